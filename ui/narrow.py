"""The quiet row below the question: how to search, how much to show, and where. A choice acts at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.results import Mode
from ui.address import HITS, MOST_HITS, Asked
from ui.follow import follow
from ui.session import Facts
from ui.text import field_words

MODES: dict[Mode, str] = {"hybrid": "Meaning and words", "dense": "Meaning only", "lexical": "Words only"}
FIELDS = {"group": "Subject", "evidence": "Kind of evidence", "year": "Year", "type": "Format"}
AMOUNTS = (5, HITS, 20, MOST_HITS)


def draw(asked: Asked, known: Facts) -> None:
    """Draw the choices; one goes to the address before the page is drawn."""
    follow((asked.mode, asked.k, asked.where), _shown(asked))
    act = partial(_act, asked)
    fields = [name for name in FIELDS if asked.values(name) or len(_options(asked, known, name)) > 1]
    # The label stays the same whatever is chosen: another one would be another row, and closed.
    with st.expander("Narrow the search"):
        st.segmented_control(
            "Search by", list(MODES), format_func=MODES.__getitem__, required=True, key="mode", on_change=act
        )
        columns = st.columns(2)
        for place, name in enumerate(fields):
            columns[place % 2].multiselect(
                FIELDS[name],
                _options(asked, known, name),
                format_func=partial(field_words, name),
                key=name,
                placeholder="Any",
                on_change=act,
            )
        # The amount asked for comes first: it is what a browser shows, and sends, before it is told the value.
        amounts = [asked.k, *(amount for amount in AMOUNTS if amount != asked.k)]
        columns[len(fields) % 2].selectbox("Passages to show", amounts, key="k", on_change=act)


def _act(asked: Asked) -> None:
    st.query_params.from_dict(chosen(asked).parameters())


def chosen(asked: Asked) -> Asked:
    """Return the question as it is with the choices of the row."""
    now = {key: st.session_state[key] for key in _shown(asked)}
    elsewhere = tuple(pair for pair in asked.where if pair[0] not in FIELDS)
    where = tuple((name, value) for name in FIELDS for value in now[name])
    return Asked(asked.question, now["mode"] or asked.mode, now["k"], (*where, *elsewhere))


def _shown(asked: Asked) -> dict[str, object]:
    """Return what the choices show for a question, by the keys of their widgets."""
    return {"mode": asked.mode, "k": asked.k, **{name: list(asked.values(name)) for name in FIELDS}}


def _options(asked: Asked, known: Facts, name: str) -> Sequence[str]:
    """Return a field's values, with those asked for though no document has them, so that they can be taken away."""
    return list(dict.fromkeys([*known.fields.get(name, ()), *asked.values(name)]))

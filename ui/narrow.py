"""The quiet row below the question: how to search, how much to show, and in which documents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.results import Mode
from ui.address import HITS, MOST_HITS, Asked
from ui.session import Facts
from ui.text import field_words

MODES: dict[Mode, str] = {"hybrid": "Meaning and words", "dense": "Meaning only", "lexical": "Words only"}
FIELDS = {"group": "Subject", "evidence": "Kind of evidence", "year": "Year", "type": "Format"}
AMOUNTS = (5, HITS, 20, MOST_HITS)


def values(asked: Asked) -> dict[str, object]:
    """Return what the choices show for a question, by the keys of their widgets."""
    return {"mode": asked.mode, "k": asked.k, **{name: list(asked.values(name)) for name in FIELDS}}


def draw(asked: Asked, known: Facts) -> Asked:
    """Draw the choices inside the question's form and return what is chosen, without a question."""
    fields = [name for name in FIELDS if asked.values(name) or len(_options(asked, known, name)) > 1]
    with st.expander(_label(asked)):
        mode = st.segmented_control("Search by", list(MODES), format_func=MODES.__getitem__, required=True, key="mode")
        columns = st.columns(2)
        where: list[tuple[str, str]] = []
        for place, name in enumerate(fields):
            options = _options(asked, known, name)
            chosen = columns[place % 2].multiselect(
                FIELDS[name], options, format_func=partial(field_words, name), key=name, placeholder="Any"
            )
            where += [(name, value) for value in chosen]
        k = columns[len(fields) % 2].selectbox("Passages to show", sorted({*AMOUNTS, asked.k}), key="k")
    elsewhere = tuple(pair for pair in asked.where if pair[0] not in FIELDS)
    return Asked("", mode or asked.mode, k, (*where, *elsewhere))


def _options(asked: Asked, known: Facts, name: str) -> Sequence[str]:
    """Return a field's values, with those asked for though no document has them, so that they can be taken away."""
    return list(dict.fromkeys([*known.fields.get(name, ()), *asked.values(name)]))


def _label(asked: Asked) -> str:
    """Say on the closed row what is not as usual; never in words of documents, since labels are Markdown."""
    return "Narrow the search" if asked.mode == "hybrid" else f"Narrow the search: {MODES[asked.mode].lower()}"

"""The Library page: what the corpus holds, as a list, or one document of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import streamlit as st

from core.words import counted
from index import State, Summary
from ui import adding, document, refused, standing, work
from ui.address import Place
from ui.follow import follow
from ui.notice import remark
from ui.session import Facts, facts
from ui.sheets import count_of, links
from ui.source import authors_words, dotted, evidence_words
from ui.text import safe

SHEET = 100
"""How many documents are listed at a time."""

# How the list can be ordered: what it says, and by what. Those that sort into few groups get a heading a group.
_ORDERS: dict[str, tuple[str, Callable[[Summary], tuple[object, ...]]]] = {
    "": ("Title", lambda _: ()),
    "group": ("Subject", lambda one: (not one.metadata.first("group"), one.metadata.first("group"))),
    "evidence": ("Kind of evidence", lambda one: (not evidence_words(one.metadata), evidence_words(one.metadata))),
    "year": ("Newest first", lambda one: (-(one.metadata.year or 0),)),
    "pages": ("Most pages", lambda one: (-one.pages,)),
    "passages": ("Most passages", lambda one: (-one.passages,)),
    "losses": ("Most not read", lambda one: (-len(one.losses),)),
}
_HEADINGS: dict[str, Callable[[Summary], str]] = {
    "group": lambda one: one.metadata.first("group") or "No subject given",
    "evidence": lambda one: evidence_words(one.metadata).capitalize() or "No kind of evidence given",
}


def draw() -> None:
    """Draw the list, or the document that the address names."""
    place = Place.read({key: st.query_params.get_all(key) for key in st.query_params})
    if place.document:
        document.draw(place)
        return
    st.html("<h1>Library</h1>")
    held = st.empty()
    # Before anything that can fail: work that goes on draws the page anew when it ends, and with it what failed.
    work.draw()
    known = facts()
    held.html(f"<p class='held'>{_held(known)}</p>")
    adding.draw(wanted=not known.documents)
    if known.documents:
        _list(place, known)
    else:
        remark(
            "The library is empty. Bring it up to date with the folder of documents that came along, or add your own."
        )
    refused.draw()


def _held(known: Facts) -> str:
    kinds = len({evidence_words(one.metadata) for one in known.summaries} - {""})
    parts = [counted(known.documents, "document"), counted(known.passages, "passage")]
    parts += [counted(kinds, "kind of evidence", "kinds of evidence")] if kinds else []
    return ", ".join(parts)


def _list(place: Place, known: Facts) -> None:
    sort = place.sort if place.sort in _ORDERS else ""
    follow((place.find, sort), {"find": place.find, "sort": sort})
    find, order = st.columns([2, 1])
    words = find.text_input("Find a title, author or subject", key="find", placeholder="Part of it will do")
    chosen = order.selectbox("Order", list(_ORDERS), format_func=lambda name: _ORDERS[name][0], key="sort")
    if (words or "").strip() != place.find or chosen != sort:
        st.query_params.from_dict(Place(find=(words or "").strip(), sort=chosen).parameters())
        st.rerun()
    found = sorted((one for one in known.summaries if _fits(one, place.find)), key=_ORDERS[sort][1])
    if not found:
        remark(f"No document fits “{place.find}”. Try fewer letters, or clear the box to see all of them.")
        return
    last = count_of(found, SHEET)
    sheet = min(place.sheet or 1, last)
    shown = found[(sheet - 1) * SHEET : sheet * SHEET]
    turning = links(replace(place, sort=sort), sheet, last)
    listed = st.empty()
    listed.html("".join(_entries(shown, sort, {})) + turning)
    # After the list is there, since files that were never looked at have to be read once.
    states = standing.lately_in_place(tuple(one.id for one in shown))
    if any(map(standing.in_the_list, states.values())):
        listed.html("".join(_entries(shown, sort, states)) + turning)


def _fits(one: Summary, words: str) -> bool:
    """Tell whether every word stands somewhere in what the list says of a document."""
    said = " ".join((one.title, one.name, one.metadata.first("group"), *one.metadata.authors, *_keywords(one))).lower()
    return all(word in said for word in words.lower().split())


def _keywords(one: Summary) -> Iterator[str]:
    return (value for key, value in one.metadata.fields if key == "keywords")


def _entries(found: Sequence[Summary], sort: str, states: Mapping[str, State]) -> Iterator[str]:
    """Yield the list as HTML, under headings where the order makes groups."""
    for name, members in groupby(found, key=_HEADINGS.get(sort, lambda _: "")):
        if name:
            yield f"<h2>{safe(name)}</h2>"
        yield f'<ul class="documents">{"".join(_entry(one, sort, states.get(one.id, "found")) for one in members)}</ul>'


def _entry(one: Summary, sort: str, state: State) -> str:
    """Return one line of the list; what its heading says already is left out."""
    metadata = one.metadata
    words = (
        authors_words(metadata.authors),
        str(metadata.year or ""),
        evidence_words(metadata) if sort != "evidence" else "",
        metadata.first("group") if sort != "group" else "",
        counted(one.pages, "page") if one.pages else "",
        counted(one.passages, "passage"),
    )
    lost = f'<span class="lost">{counted(len(one.losses), "part")} not read</span>' if one.losses else ""
    line = dotted((*map(safe, words), lost, standing.in_the_list(state)))
    link = safe(Place(one.id).link())
    return f'<li><a class="title" href="{link}" target="_self">{safe(one.title)}</a><p>{line}</p></li>'

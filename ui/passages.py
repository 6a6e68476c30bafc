"""The passages of one document, in order, and the one that a link names, within its surroundings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import streamlit as st

from core.document import Document, Passage
from core.words import counted
from ui.address import Place
from ui.blocks import head_above
from ui.citation import in_context
from ui.notice import remark
from ui.quotation import quotation
from ui.sheets import count_of, links
from ui.source import citation_text, dotted, pages_words, section_words
from ui.text import safe

SHEET = 25
"""How many passages are shown at a time."""


BEFORE = 300
"""How many characters of its surroundings come before the linked passage: few, so that it is seen without scrolling."""


def linked(document: Document, start: int, end: int) -> None:
    """Draw the passage that the address names, within its surroundings."""
    if not start < end <= len(document.text):
        remark("The link names a passage beyond this document's text; it was made for another version of it.")
        return
    where = dotted(map(safe, (section_words(document, start), pages_words(document, start, end))))
    st.html(
        f'<h2 class="linked">The passage of this link</h2><p class="place">{where}</p>'
        f'<div class="context quotation">{in_context(document, start, end, BEFORE)}</div>'
    )
    with st.expander("To quote it and find it again"):
        st.code(citation_text(document, start, end), language=None, wrap_lines=True)


def draw(document: Document, passages: Sequence[Passage], place: Place) -> None:
    """Draw a sheet of passages: the one the address asks for, else the one with the passage it names."""
    named = next((at for at, one in enumerate(passages) if (one.start, one.end) == (place.start, place.end)), 0)
    last = count_of(passages, SHEET)
    sheet = min(place.sheet or named // SHEET + 1, last)
    shown = passages[(sheet - 1) * SHEET : sheet * SHEET]
    title = counted(len(passages), "passage")
    turning = links(replace(place, start=None, end=None), sheet, last)
    st.html(f"<h2>{title}</h2>{''.join(_listed(document, shown, place))}{turning}")


def _listed(document: Document, passages: Sequence[Passage], place: Place) -> Iterator[str]:
    """Yield passages as HTML, each section's heading before its first."""
    before = ""
    for one in passages:
        section = section_words(document, one.start)
        if section != before:
            yield f"<h3>{safe(section)}</h3>" if section else ""
        before = section
        head = head_above(document.text, one.start)
        text = quotation(document.text[one.start : one.end], (), document.metadata.references, one.start, head)
        link = (
            f'<a href="{safe(Place(document.id, one.start, one.end).link())}" target="_self">Link to this passage</a>'
        )
        where = dotted((safe(pages_words(document, one.start, one.end)), link))
        named = " named" if (one.start, one.end) == (place.start, place.end) else ""
        yield f'<div class="passage{named}"><div class="quotation">{text}</div><p class="place">{where}</p></div>'

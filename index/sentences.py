"""Sentences of a quotation, as spans."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.results import Span

# A full stop after these is not the end of a sentence.
_ABBREVIATIONS = (
    "al", "approx", "ca", "cf", "dr", "e.g", "eq", "etc", "fig", "figs", "i.e", "incl", "mr", "mrs", "no", "nos", "p",
    "pp", "prof", "ref", "refs", "resp", "sp", "spp", "st", "subsp", "suppl", "tab", "var", "vol", "vs",
)  # fmt: skip
_BOUNDARY = re.compile(
    r"""
    [.!?]["'\u201d\u2019)\]]*(?:\s*\[\d+\])*\s+(?=["'\u201c\u2018(\[]?[A-Z0-9\u00c0-\u00de])  # a stop, then a capital
    | \n\s*\n                                                                              # a blank line
    | \n(?=[ \t]*(?:[-*+\u2022|]|\d{1,3}[.)]\s))                                           # a list item, a table row
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"([\w.]+)\.$")


def sentences(text: str) -> tuple[Span, ...]:
    """Split a text into sentences, list items and table rows; trimmed, in order, blank ones left out.

    >>> [text[s.start:s.end] for text in ["Approx. 5 % vs. none. It held."] for s in sentences(text)]
    ['Approx. 5 % vs. none.', 'It held.']
    """
    return tuple(_trimmed(text))


def _trimmed(text: str) -> Iterator[Span]:
    start = 0
    for end in (*_ends(text), len(text)):
        piece = text[start:end]
        if piece.strip():
            yield Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
        start = end


def _ends(text: str) -> Iterator[int]:
    for boundary in _BOUNDARY.finditer(text):
        before = _LAST_WORD.search(text[: boundary.start() + 1][-24:])
        word = before.group(1).lower() if before else ""
        if word not in _ABBREVIATIONS and not (len(word) == 1 and word.isalpha()):
            yield boundary.end()

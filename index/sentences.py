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
    [.!?]["'\u201d\u2019)\]]*(?:\s*\[[\d,\s\u2013-]+\])*   # a stop, with marks and citations that belong to it,
        \s+(?=["'\u201c\u2018(\[]?[A-Z0-9\u00c0-\u00de])      # before a capital or a figure
    | \n\s*\n                                      # a blank line
    | \n(?=[ \t]*(?:[-*+\u2022|]|\d{1,3}[.)]\s))   # a list item, a table row
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"(?:^|(?<=[\s(\[]))([\w.]+)\.\Z")
_ITEM_NUMBER = re.compile(r"(?:^|\n)[ \t]*\d{1,3}\.\Z")
# How much of the text before a stop is looked at: no abbreviation is longer.
_LOOK_BACK = 24


def sentences(text: str) -> tuple[Span, ...]:
    """Split a text into sentences, list items and table rows; trimmed, in order; what holds no word is left out.

    >>> [text[s.start:s.end] for text in ["Approx. 5 % vs. none. It held."] for s in sentences(text)]
    ['Approx. 5 % vs. none.', 'It held.']
    """
    return tuple(_trimmed(text))


def _trimmed(text: str) -> Iterator[Span]:
    start = 0
    for end in (*_ends(text), len(text)):
        piece = text[start:end]
        # A rule, or the line under a table's head, says nothing.
        if any(map(str.isalnum, piece)):
            yield Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
        start = end


def _ends(text: str) -> Iterator[int]:
    for boundary in _BOUNDARY.finditer(text):
        stop = boundary.start()
        if text[stop] == "\n" or not _abbreviates(text[max(0, stop - _LOOK_BACK) : stop + 1]):
            yield boundary.end()


def _abbreviates(before: str) -> bool:
    """Tell whether the stop at the end belongs to an abbreviation, an initial or the number of a list item."""
    match = _LAST_WORD.search(before)
    word = match.group(1).lower() if match else ""
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()) or _ITEM_NUMBER.search(before) is not None

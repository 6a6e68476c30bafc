"""Long lists, a sheet at a time."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import replace

from ui.address import Place
from ui.text import safe


def count_of(things: Sized, on_a_sheet: int) -> int:
    """Return how many sheets things need; one at least.

    >>> count_of(range(51), 25), count_of((), 25)
    (3, 1)
    """
    return max(1, -(-len(things) // on_a_sheet))


def links(place: Place, sheet: int, last: int) -> str:
    """Return links to the sheets before and after one, as HTML; empty where there is only one."""
    if last == 1:
        return ""
    before = _link(place, sheet - 1, "Previous") if sheet > 1 else "<span></span>"
    after = _link(place, sheet + 1, "Next") if sheet < last else "<span></span>"
    return f'<nav class="sheets" aria-label="Sheets">{before}<span>{sheet} of {last}</span>{after}</nav>'


def _link(place: Place, sheet: int, words: str) -> str:
    return f'<a href="{safe(replace(place, sheet=sheet).link())}" target="_self">{words}</a>'

"""From title lines to nested sections: what the readers find becomes `Heading`s here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.document import Heading

TITLE_LEVEL = 0
"""The level of the document's own title: a heading over everything that gives no name to any path."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A title found in the text: `[start, title_end)` and its level, 1 being the outermost section.

    `end` closes the section early; without it the section runs to the next title of its level or above.
    """

    start: int
    title_end: int
    level: int
    title: str
    end: int | None = None


def nest(marks: Iterable[Mark], length: int) -> tuple[Heading, ...]:
    """Turn title marks into sections nested by level; `length` is that of the text.

    Levels may be skipped, and a title may have no span of its own. Marks without a title, and those that overlap an
    earlier one or the end of a section, are dropped.

    >>> [h.path for h in nest([Mark(0, 1, 1, "A"), Mark(5, 6, 3, "B"), Mark(9, 10, 1, "C")], 20)]
    [('A',), ('A', 'B'), ('C',)]
    """
    kept = _without_overlaps(marks)
    ends = _ends(kept, length)
    headings: list[Heading] = []
    open_sections: list[tuple[int, Heading]] = []
    for mark, end in zip(kept, ends, strict=True):
        while open_sections and (open_sections[-1][0] >= mark.level or open_sections[-1][1].end <= mark.start):
            open_sections.pop()
        above = open_sections[-1][1].path if open_sections else ()
        path = above if mark.level == TITLE_LEVEL else (*above, mark.title)
        limit = open_sections[-1][1].end if open_sections else length
        if mark.title_end > limit:
            continue
        heading = Heading(mark.start, mark.title_end, min(end, limit), path)
        headings.append(heading)
        open_sections.append((mark.level, heading))
    return tuple(headings)


def _without_overlaps(marks: Iterable[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda each: each.start):
        if (
            mark.title
            and mark.title_end >= mark.start
            and (not kept or mark.start >= max(kept[-1].title_end, kept[-1].start + 1))
        ):
            kept.append(mark)
    return kept


def _ends(marks: list[Mark], length: int) -> list[int]:
    """Return where each section ends by level and by its own `end`, before its parents' ends are applied."""
    ends = [length] * len(marks)
    waiting: list[int] = []
    for index, mark in enumerate(marks):
        while waiting and marks[waiting[-1]].level >= mark.level:
            ends[waiting.pop()] = mark.start
        waiting.append(index)
    return [
        end if mark.end is None else max(mark.title_end, min(end, mark.end))
        for mark, end in zip(marks, ends, strict=True)
    ]

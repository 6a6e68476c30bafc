"""How a plain text is built: paragraphs, lists, tables, headings; as spans, so that no character is lost or added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

Kind = Literal["paragraph", "item", "row", "ruler", "heading", "quote"]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """A span of a text that stands on its own; `marker` is the end of its leading sign, such as "- "."""

    kind: Kind
    start: int
    end: int
    marker: int


@dataclass(slots=True)
class _Open:
    """A block that the next line may still belong to."""

    blocks: list[Block] = field(default_factory=list)
    continues: bool = False


# What a line is, by how it begins; the first that fits. A group holds the sign that is shown by layout instead.
_LINES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("ruler", re.compile(r"[ \t]*\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*$")),
    ("row", re.compile(r"[ \t]*\|.*\|[ \t]*$")),
    ("item", re.compile(r"([ \t]*(?:[-*+•][ \t]+))\S")),
    ("item", re.compile(r"[ \t]*\d{1,3}[.)][ \t]+\S")),
    ("heading", re.compile(r"(#{1,6}[ \t]+)\S")),
    ("quote", re.compile(r"([ \t]*>[ \t]?)")),
)
# Lines that may follow a block and still be part of it.
_FLOWING = ("paragraph", "item", "quote")
# What stands between the cells of a row without bars at its ends, as tables of web pages are read.
_BETWEEN = " | "
_BARE_ROW: tuple[Kind, int] = ("row", 0)


def blocks(text: str) -> tuple[Block, ...]:
    r"""Split a text into blocks, in order; between them stands nothing but white space.

    >>> [(block.kind, "a\nb\n\n- c"[block.start : block.end]) for block in blocks("a\nb\n\n- c")]
    [('paragraph', 'a\nb'), ('item', '- c')]
    """
    found = _Open()
    lines = list(_lines(text))
    bare = _bare_rows([text[start:end] for start, end in lines])
    for place, (start, end) in enumerate(lines):
        _take(found, text, start, end, bare=place in bare)
    return tuple(found.blocks)


def head_above(text: str, start: int) -> str:
    r"""Return the row of column headings of the table that goes on at `start`; empty where none does.

    >>> head_above("| A | B |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", 30)
    '| A | B |'
    """
    ruled = False
    for line in _upwards(text, start):
        kind = _kind(line)[0]
        if kind not in ("row", "ruler") or (ruled and kind == "ruler"):
            return ""
        if ruled:
            return line
        ruled = kind == "ruler"
    return ""


def row_start(text: str, position: int) -> int:
    """Return where the table's row begins that holds a position; the position itself outside of any.

    >>> row_start("| A | B |", 5), row_start("A or B", 5)
    (0, 5)
    """
    line = next(_upwards(text, position))
    return text.rfind("\n", 0, position) + 1 if _kind(line)[0] == "row" else position


def cells(text: str, row: Block) -> Iterator[Range]:
    r"""Yield the cells of a table's row: together they are the whole row, each begins with its bar.

    >>> ["| a | b\\|c |"[start:end] for start, end in cells("| a | b\\|c |", Block("row", 0, 12, 0))]
    ['| a ', '| b\\|c |']
    >>> ["a | b"[start:end] for start, end in cells("a | b", Block("row", 0, 5, 0))]
    ['a ', '| b']
    """
    line = text[row.start : row.end]
    bars = [bar.start() for bar in re.finditer(r"(?<!\\)\|", line)]
    inner = bars[1:-1] if _kind(line)[0] == "row" else bars
    starts = [row.start, *(row.start + bar for bar in inner)]
    yield from zip(starts, [*starts[1:], row.end], strict=True)


def _upwards(text: str, start: int) -> Iterator[str]:
    """Yield the line that holds a position, and those above it, the nearest first."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    while end >= 0:
        begin = text.rfind("\n", 0, end) + 1
        yield text[begin:end]
        end = begin - 1


def _lines(text: str) -> Iterator[Range]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _bare_rows(lines: Sequence[str]) -> set[int]:
    """Return which lines are rows without bars at their ends: two or more in turn that have equally many cells.

    One line by itself may be prose, such as P(A | B).
    """
    counts = [line.count(_BETWEEN) if _kind(line)[0] == "paragraph" else 0 for line in lines]
    alike = {place for place, (one, other) in enumerate(pairwise(counts)) if one and one == other}
    return alike | {place + 1 for place in alike}


def _take(found: _Open, text: str, start: int, end: int, *, bare: bool) -> None:
    line = text[start:end]
    if not line.strip():
        found.continues = False
        return
    kind, sign = _BARE_ROW if bare else _kind(line)
    if kind == "paragraph" and found.continues:
        last = found.blocks.pop()
        found.blocks.append(Block(last.kind, last.start, end, last.marker))
        return
    found.blocks.append(Block(kind, start, end, start + sign))
    found.continues = kind in _FLOWING


def _kind(line: str) -> tuple[Kind, int]:
    for kind, pattern in _LINES:
        match = pattern.match(line)
        if match:
            return kind, match.end(1) if pattern.groups else 0
    return "paragraph", 0

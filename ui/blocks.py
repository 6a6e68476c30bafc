"""How a plain text is built: paragraphs, lists, tables, headings; as spans, so that no character is lost or added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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


def blocks(text: str) -> tuple[Block, ...]:
    r"""Split a text into blocks, in order; between them stands nothing but white space.

    >>> [(block.kind, "a\nb\n\n- c"[block.start : block.end]) for block in blocks("a\nb\n\n- c")]
    [('paragraph', 'a\nb'), ('item', '- c')]
    """
    found = _Open()
    for start, end in _lines(text):
        _take(found, text, start, end)
    return tuple(found.blocks)


def cells(text: str, row: Block) -> Iterator[Range]:
    r"""Yield the cells of a table's row: together they are the whole row, each begins with its bar.

    >>> ["| a | b\\|c |"[start:end] for start, end in cells("| a | b\\|c |", Block("row", 0, 12, 0))]
    ['| a ', '| b\\|c |']
    """
    bars = [bar.start() for bar in re.finditer(r"(?<!\\)\|", text[row.start : row.end])]
    starts = [row.start, *(row.start + bar for bar in bars[1:-1])]
    yield from zip(starts, [*starts[1:], row.end], strict=True)


def _lines(text: str) -> Iterator[Range]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _take(found: _Open, text: str, start: int, end: int) -> None:
    line = text[start:end]
    if not line.strip():
        found.continues = False
        return
    kind, sign = _kind(line)
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

"""Bullet outlines in plain text: a short bullet above labelled or indented ones is a heading, a list is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.headings import Mark
from ingest.readers.title_lines import Line, is_wrapped
from ingest.readers.titles import is_title

_BULLET = re.compile(r"(?P<indent>[ \t]*)[-*+•‣◦▪·\u2013\u2014][ \t]+(?P<body>\S.*)")
_LABEL = re.compile(r"(?P<label>[^\W\d_a-z][^:.!?;,\n]{0,39}):[ \t]+(?=\S)")
_LABEL_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Item:
    """A bullet: its sign stands at `start`, its words at `body`; `label_end` is 0 where it has no label."""

    start: int
    end: int
    indent: int
    body: int
    words: str
    label: str
    label_end: int
    single: bool
    """Whether the bullet has no further lines of its own."""


@dataclass(slots=True)
class _Open:
    """A heading whose end is not known yet, with the indentation of the labels directly below it."""

    item: _Item
    level: int
    label_indent: int | None = None
    label: _Item | None = None


def bullet_marks(lines: Sequence[Line], titles: Sequence[Mark]) -> list[Mark]:
    """Find the headings among the bullets of a text; `titles` are its title lines, under which the bullets stand.

    A labelled bullet ("- Overview: One of ...") below such a heading is a section whose body is in the same line.
    """
    marks: list[Mark] = []
    for items, end in _blocks(lines, {title.start for title in titles}):
        above = [title.level for title in titles if title.start <= items[0].start]
        marks.extend(_block_marks(items, end, above[-1] if above else 0))
    return marks


def _blocks(lines: Sequence[Line], titles: set[int]) -> Iterator[tuple[list[_Item], int]]:
    """Yield the bullets that stand together, and where what stands under them ends."""
    wrapped = is_wrapped(lines)
    items: list[_Item] = []
    gap = False
    for line in lines:
        if not line.words:
            gap = True
            continue
        item = _item(line)
        indented = line.text[0] in " \t"
        if item:
            items.append(item)
        elif items and (indented or (wrapped and not gap)) and line.start not in titles:
            last = items[-1]
            items[-1] = _Item(
                last.start, line.end, last.indent, last.body, last.words, last.label, last.label_end, single=False
            )
        elif items:
            yield items, line.start
            items = []
        gap = False
    if items:
        yield items, lines[-1].end


def _item(line: Line) -> _Item | None:
    match = _BULLET.fullmatch(line.text)
    if match is None:
        return None
    indent, body = match["indent"], line.start + match.start("body")
    label = _LABEL.match(match["body"])
    if label is None or len(label["label"].split()) > _LABEL_WORDS:
        label = None
    return _Item(
        start=line.start + len(indent),
        end=line.end,
        indent=len(indent.expandtabs(4)),
        body=body,
        words=match["body"].strip(),
        label=label["label"].strip() if label else "",
        label_end=body + label.end() if label else 0,
        single=True,
    )


def _block_marks(items: Sequence[_Item], end: int, base: int) -> Iterator[Mark]:
    above: list[_Open] = []
    for index, item in enumerate(items):
        heads = _is_heading(items, index)
        while above and not _holds(above[-1], item, heads=heads):
            yield from _closed(above.pop(), item.start)
        if heads:
            above.append(_Open(item, base + 1 + len(above)))
        elif above:
            yield from _entered(above[-1], item)
    while above:
        yield from _closed(above.pop(), end)


def _is_heading(items: Sequence[_Item], index: int) -> bool:
    item = items[index]
    below = items[index + 1 : index + 3]
    if item.label or not item.single or not below or not is_title(item.words):
        return False
    if below[0].indent > item.indent:
        return True
    # Unindented, one labelled bullet is as likely the end of a list ("- Soap", "- Water", "- Note: ..."); two are not.
    labelled = len(below) > 1 and all(each.label and each.indent == item.indent for each in below)
    before = items[index - 1] if index else None
    in_list = before is not None and before.indent == item.indent and not before.label
    return labelled and not in_list


def _holds(head: _Open, item: _Item, *, heads: bool) -> bool:
    """Tell whether an item still stands under a heading; at its own indentation only labels following it do."""
    if item.indent != head.item.indent:
        return item.indent > head.item.indent
    return bool(item.label) and not heads and head.label_indent in (None, item.indent)


def _entered(head: _Open, item: _Item) -> Iterator[Mark]:
    """Take an item in under a heading: a label begins a section, and ends the one before."""
    if head.label_indent is None:
        head.label_indent = item.indent
    if item.indent <= head.label_indent:
        yield from _label_closed(head, item.start)
        head.label = item if item.label else None


def _closed(head: _Open, end: int) -> Iterator[Mark]:
    yield from _label_closed(head, end)
    yield Mark(head.item.start, head.item.end, head.level, " ".join(head.item.words.split()), end)


def _label_closed(head: _Open, end: int) -> Iterator[Mark]:
    if head.label:
        yield Mark(head.label.start, head.label.label_end, head.level + 1, " ".join(head.label.label.split()), end)

"""From an element tree to canonical text: paragraphs, headings, list items and table rows, with the titles marked."""

from __future__ import annotations

import re
from typing import Literal

from lxml import etree
from lxml.etree import _Element

from ingest.readers.decode import clean
from ingest.readers.headings import Mark

Kind = Literal["block", "heading", "item", "row", "cell", "break", "verbatim", "hidden"]

# HTML's own elements, and in the last lines those of trafilatura's tree (TEI); what is not named here is inline.
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("body", "div", "p", "section", "article", "main", "header", "footer", "aside", "nav"), "block"),
    **dict.fromkeys(("blockquote", "figure", "figcaption", "address", "form", "fieldset", "details", "hr"), "block"),
    **dict.fromkeys(("ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "caption", "summary", "center"), "block"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "item"),
    **dict.fromkeys(("td", "th"), "cell"),
    **dict.fromkeys(("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "audio"), "hidden"),
    **dict.fromkeys(("video", "canvas", "select", "button", "textarea", "title", "datalist", "map"), "hidden"),
    **dict.fromkeys(("br", "lb"), "break"),
    **dict.fromkeys(("pre", "code"), "verbatim"),
    **dict.fromkeys(("list", "quote"), "block"),
    "tr": "row",
    "row": "row",
    "cell": "cell",
    "item": "item",
}

_TIGHT: frozenset[Kind] = frozenset({"item", "row"})
"""Neighbours of these kinds stand on successive lines; everything else is parted by an empty line."""

_LAYOUT = frozenset({"table", "h1", "h2", "h3", "h4", "h5", "h6", "head", "ul", "ol", "dl", "list"})
"""A table cell that holds one of these is there for layout, and its content is not one cell of a row of data."""

_BLANKS = re.compile(r"[ \t\n\r\f\xa0]+")
_BREAK = "\v"
_BREAKS = re.compile(rf" *{_BREAK} *")
_DEFAULT_LEVEL = 2


class Writer:
    """Writes a tree out as text; `text` and `marks` are complete once `write` has returned."""

    def __init__(self, hidden: tuple[str, ...] = ()) -> None:
        """Start empty; elements named in `hidden` are left out besides those that are never shown."""
        self._hidden = hidden
        self.marks: list[Mark] = []
        self._parts: list[str] = []
        self._length = 0
        self._last: Kind | None = None
        self._run: list[str] = []
        self._cells: list[str] = []
        self._in_cell = 0
        self._verbatim = 0
        self._new_item = False

    @property
    def text(self) -> str:
        """What has been written so far."""
        return "".join(self._parts)

    def write(self, root: _Element) -> None:
        """Write an element and all below it, without recursion: hostile pages nest 2,000 elements deep."""
        layout = _layout_elements(root)
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            if event in ("start", "end"):
                kind = "hidden" if element.tag in self._hidden else _kind(element, layout)
                if event == "start" and kind == "hidden":
                    walker.skip_subtree()
                elif event == "start":
                    self._enter(kind)
                    self._add(element.text)
                elif kind != "hidden":
                    self._leave(kind, element)
            if event != "start" and element is not root:
                self._add(element.tail)
        self._flush("block")

    def _add(self, text: str | None) -> None:
        if text:
            self._run.append(text.replace("\n", _BREAK) if self._verbatim else text)

    def _enter(self, kind: Kind | None) -> None:
        if kind == "break":
            self._run.append(_BREAK)
        elif kind == "verbatim":
            self._verbatim += 1
        elif kind is not None and self._in_cell:
            self._run.append(" ")
        elif kind is not None:
            self._flush("block")
            self._new_item = kind == "item" or (self._new_item and kind != "heading")
        self._in_cell += kind == "cell"

    def _leave(self, kind: Kind | None, element: _Element) -> None:
        self._verbatim -= kind == "verbatim"
        self._in_cell -= kind == "cell"
        if kind in (None, "break", "verbatim"):
            return
        if self._in_cell:
            self._run.append(" ")
        elif kind == "cell":
            self._cells.append(self._taken().replace("\n", " "))
        elif kind == "row":
            self._end_row()
        elif kind == "heading":
            self._flush("heading", _level(element))
        else:
            self._flush("block")
            self._new_item = self._new_item and kind != "item"

    def _end_row(self) -> None:
        cells, self._cells = self._cells, []
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            self._put(" | ".join(cells), "row")
        self._flush("block")

    def _flush(self, kind: Kind, level: int = 0) -> None:
        words = self._taken()
        if not words:
            return
        if kind == "heading":
            words = " ".join(words.split())
            start = self._put(words, "heading")
            self.marks.append(Mark(start, start + len(words), level, words))
        elif self._new_item:
            self._new_item = False
            self._put(f"- {words}", "item")
        else:
            self._put(words, kind)

    def _put(self, words: str, kind: Kind) -> int:
        """Append a piece in the right distance from the one before; returns where it starts."""
        if self._last is not None:
            gap = "\n" if kind == self._last and kind in _TIGHT else "\n\n"
            self._parts.append(gap)
            self._length += len(gap)
        start = self._length
        self._parts.append(words)
        self._length += len(words)
        self._last = kind
        return start

    def _taken(self) -> str:
        words = clean(_BREAKS.sub("\n", _BLANKS.sub(" ", "".join(self._run))))
        self._run = []
        return words.strip()


def _layout_elements(root: _Element) -> set[_Element]:
    """Return every element above one that a data cell would not hold; each is visited once."""
    above: set[_Element] = set()
    for element in root.iter(*_LAYOUT):
        for ancestor in element.iterancestors():
            if ancestor in above:
                break
            above.add(ancestor)
    return above


def _kind(element: _Element, layout: set[_Element]) -> Kind | None:
    if element.tag == "head":
        # In trafilatura's tree a head is a heading and says which; in HTML it holds what is not shown.
        return "heading" if element.get("rend") else "hidden"
    kind = _KINDS.get(str(element.tag))
    return "block" if kind in ("cell", "row") and element in layout else kind


def _level(element: _Element) -> int:
    name = element.get("rend") or str(element.tag)
    return int(name[1]) if len(name) == 2 and name[1].isdigit() else _DEFAULT_LEVEL  # noqa: PLR2004 - "h2"

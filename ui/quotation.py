"""A quotation as HTML: every character escaped first, then marked; nothing added, nothing left out.

What the reader sees between the tags is the quotation, save characters nobody can see (`ui.text.UNSEEN`). Signs of
Markdown stay in the text and are shown by what they mean: a table as a table, `**` as weight.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from core.document import Reference
from core.results import Span
from ui.blocks import Block, blocks, cells
from ui.text import safe


@dataclass(frozen=True, slots=True)
class Layer:
    """A span of the text with the name it is drawn by; `link` and `title` make it a link with an explanation."""

    name: str
    start: int
    end: int
    link: str = ""
    title: str = ""


# Layers that point something out, as opposed to those that give a sign its meaning.
POINTING = frozenset({"best", "match", "passage"})

_INLINE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("strong", re.compile(r"(\*\*|__)(?=[^\s*_])(?:(?!\n\s*\n).){1,500}?(?<=\S)(\1)", re.DOTALL)),
    ("em", re.compile(r"(?<![\w*])(\*)(?=[^\s*])[^*\n]{1,300}(?<=[^\s*])(\*)(?![\w*])")),
    ("code", re.compile(r"(?<!`)(`)(?=[^`\s])[^`\n]{1,300}(`)(?!`)")),
)
_CITED = re.compile(r"\[(\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*)\]")
_WEB = re.compile(r"https?://[^\s\"'<>]+$", re.IGNORECASE)


def marked(layers: Iterable[tuple[str, Span]]) -> tuple[Layer, ...]:
    """Return named spans, as citations have them, as layers."""
    return tuple(Layer(name, span.start, span.end) for name, span in layers)


def quotation(text: str, layers: Sequence[Layer] = (), references: Sequence[Reference] = (), offset: int = 0) -> str:
    """Return a text as HTML; layers are counted in the document, in which the text begins at `offset`.

    >>> quotation("It held [1].", [Layer("match", 3, 7)])
    '<p>It <mark class="match">held</mark> [1].</p>'
    """
    found = blocks(text)
    drawn = [
        *(Layer(layer.name, layer.start - offset, layer.end - offset) for layer in layers),
        *_signs(text, found),
        *_inline(text),
        *_citations(text, references),
    ]
    return "".join(_parts(text, found, drawn))


def web_link(address: str) -> str:
    """Return an address if it leads to the web, else nothing: documents may give any scheme.

    >>> web_link("https://doi.org/10.1000/182"), web_link("javascript:alert(1)")
    ('https://doi.org/10.1000/182', '')
    """
    return address if _WEB.fullmatch(address) else ""


def _parts(text: str, found: Sequence[Block], layers: Sequence[Layer]) -> Iterator[str]:
    """Yield the blocks in their elements, neighbours of a list or table together, and the white space between."""
    position = 0
    for group, members in groupby(found, key=lambda block: _GROUPS.get(block.kind, "")):
        inside = list(members)
        yield safe(text[position : inside[0].start])
        yield f"<{group}>" if group else ""
        header = any(block.kind == "ruler" for block in inside[1:2])
        position = inside[0].start
        for place, block in enumerate(inside):
            yield safe(text[position : block.start])
            yield (
                _row(text, block, layers, header=header and place == 0)
                if group == "table"
                else _flow(text, block, layers)
            )
            position = block.end
        yield f"</{group}>" if group else ""
    yield safe(text[position:])


_GROUPS = {"item": "ul", "row": "table", "ruler": "table"}
_TAGS = {
    "paragraph": ("<p>", "</p>"),
    "item": ("<li>", "</li>"),
    "heading": ('<p class="heading">', "</p>"),
    "quote": ("<blockquote>", "</blockquote>"),
}


def _flow(text: str, block: Block, layers: Sequence[Layer]) -> str:
    before, after = _TAGS[block.kind]
    return before + _runs(text, block.start, block.end, layers) + after


def _row(text: str, block: Block, layers: Sequence[Layer], *, header: bool) -> str:
    if block.kind == "ruler":
        return f'<tr class="sign"><td>{safe(text[block.start : block.end])}</td></tr>'
    tag, scope = ("th", ' scope="col"') if header else ("td", "")
    inside = (f"<{tag}{scope}>{_runs(text, start, end, layers)}</{tag}>" for start, end in cells(text, block))
    return f"<tr>{''.join(inside)}</tr>"


def _runs(text: str, start: int, end: int, layers: Sequence[Layer]) -> str:
    """Return a span of the text cut wherever a layer begins or ends, each piece in one element."""
    here = [layer for layer in layers if layer.start < end and layer.end > start]
    cuts = {cut for layer in here for cut in (layer.start, layer.end) if start < cut < end}
    pieces = []
    for left, right in pairwise(sorted({start, end, *cuts})):
        over = [layer for layer in here if layer.start <= left and right <= layer.end]
        pieces.append(_piece(safe(text[left:right]), over))
    return "".join(pieces)


def _piece(escaped: str, over: Sequence[Layer]) -> str:
    names = sorted({layer.name for layer in over})
    if not names or not escaped:
        return escaped
    tag = "mark" if POINTING.intersection(names) else "span"
    link = next((layer for layer in over if layer.link or layer.title), None)
    if link is not None:
        escaped = _linked(escaped, link)
    return f'<{tag} class="{" ".join(names)}">{escaped}</{tag}>'


def _linked(escaped: str, layer: Layer) -> str:
    title = f' title="{safe(layer.title)}"'
    if not layer.link:
        return f"<span{title}>{escaped}</span>"
    return f'<a href="{safe(layer.link)}" target="_blank" rel="noopener noreferrer"{title}>{escaped}</a>'


def _signs(text: str, found: Sequence[Block]) -> Iterator[Layer]:
    """Yield the signs that layout stands for: a list's dash, a heading's hashes, a table's bars."""
    for block in found:
        if block.marker > block.start:
            yield Layer("sign", block.start, block.marker)
        if block.kind == "row":
            for start, end in cells(text, block):
                inner = text[start:end]
                yield Layer("sign", start, start + len(inner) - len(inner.lstrip(" \t|")))
                if end == block.end:
                    yield Layer("sign", start + len(inner.rstrip(" \t|")), end)


def _inline(text: str) -> Iterator[Layer]:
    for name, pattern in _INLINE:
        for match in pattern.finditer(text):
            yield Layer("sign", *match.span(1))
            yield Layer(name, match.end(1), match.start(2))
            yield Layer("sign", *match.span(2))


def _citations(text: str, references: Sequence[Reference]) -> Iterator[Layer]:
    """Yield the numbers in brackets that name a reference."""
    known = {reference.id: reference for reference in references}
    for bracket in _CITED.finditer(text):
        for number in re.finditer(r"\d+", bracket.group(1)):
            reference = known.get(number.group())
            if reference is not None:
                start = bracket.start(1) + number.start()
                yield Layer("cited", start, start + len(number.group()), web_link(reference.link), reference.text)

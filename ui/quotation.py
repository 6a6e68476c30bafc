"""A quotation as HTML: every character escaped first, then marked; nothing added, nothing left out.

What the reader sees between the tags is the quotation, save characters nobody can see (`ui.text.UNSEEN`). Signs of
Markdown stay in the text and are shown by what they mean: a table as a table, `**` as weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from core.document import Reference
from core.results import Span
from ui.blocks import Block, blocks, cells
from ui.layers import Layer, cited, inline, signs
from ui.text import safe

# Layers that point something out, as opposed to those that give a sign its meaning.
POINTING = frozenset({"best", "match", "passage"})


def marked(layers: Iterable[tuple[str, Span]]) -> tuple[Layer, ...]:
    """Return named spans, as citations have them, as layers."""
    return tuple(Layer(name, span.start, span.end) for name, span in layers)


def quotation(
    text: str,
    layers: Sequence[Layer] = (),
    references: Sequence[Reference] = (),
    offset: int = 0,
    head: str = "",
) -> str:
    """Return a text as HTML; layers are counted in the document, in which the text begins at `offset`.

    A text that begins within a table is hard to read without the column headings that stand above it in the document:
    `head` is their row, which is shown as no part of the quotation.

    >>> quotation("It held [1].", [Layer("match", 3, 7)])
    '<p>It <mark class="match">held</mark> [1].</p>'
    """
    found = blocks(text)
    drawn = [
        *(Layer(layer.name, layer.start - offset, layer.end - offset) for layer in layers),
        *signs(text, found),
        *inline(text),
        *cited(text, references),
    ]
    return "".join(_parts(text, found, drawn, _above(head)))


def _above(head: str) -> str:
    if not head:
        return ""
    row = Block("row", 0, len(head), 0)
    return _row(head, row, [*signs(head, [row]), *inline(head)], header=True).replace("<tr>", '<tr class="above">', 1)


def _parts(text: str, found: Sequence[Block], layers: Sequence[Layer], above: str) -> Iterator[str]:
    """Yield the blocks in their elements, neighbours of a list or table together, and the white space between."""
    position = 0
    for group, members in groupby(found, key=lambda block: _GROUPS.get(block.kind, "")):
        inside = list(members)
        yield safe(text[position : inside[0].start])
        yield _OPENED.get(group, "")
        if group == "table" and position == 0:
            yield above
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
        yield _CLOSED.get(group, "")
    yield safe(text[position:])


_GROUPS = {"item": "ul", "row": "table", "ruler": "table"}
# A table may be wider than the page: then it is moved by itself, also with the keyboard.
_OPENED = {"ul": "<ul>", "table": '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>'}
_CLOSED = {"ul": "</ul>", "table": "</table></div>"}
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

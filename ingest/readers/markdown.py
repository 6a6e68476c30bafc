"""Markdown: the text as it stands below the front matter, its headings, its metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.document import Document, Loss, Metadata, Source
from ingest.readers.base import check_length
from ingest.readers.decode import decode
from ingest.readers.front_matter import front_matter
from ingest.readers.headings import TITLE_LEVEL, Mark, nest

_BLOCKS = MarkdownIt("commonmark").disable("inline")
"""Blocks only: inline markup is parsed for titles alone, since a hostile paragraph can take it quadratic time."""

_INLINE = MarkdownIt("commonmark")
_LONGEST_TITLE = 1_000
"""A title beyond this is taken as written; parsing its markup could take quadratic time."""

_TERM = re.compile(r"\*\*(?P<term>[^*\n]{1,80})\*\*(?P<more> \([^()\n]{1,160}\))?:")
_TERM_LEVEL = 7
_FEWEST_TERMS = 3

_CODE = re.compile(r"(`{1,9})[^`\n]{1,500}\1")
_IMAGE = re.compile(r"!\[[^\]\n]{0,500}\](?:\(|\[)|<img\b", re.IGNORECASE)


def read(source: Source) -> Document:
    """Read a Markdown file; the text is the file's own from below the front matter, so quotations stand in it."""
    decoded = decode(source.data)
    check_length(source.name, decoded.text)
    front = front_matter(decoded.text)
    text = decoded.text[front.body_start :]
    first_line = decoded.text.count("\n", 0, front.body_start) + 1
    tokens = _BLOCKS.parse(text)
    marks, metadata = _titled(list(_marks(text, tokens)), text, front.metadata)
    marks = sorted([*marks, *_definitions(text, tokens)], key=lambda mark: mark.start)
    return Document(
        id=source.document_id,
        name=source.name,
        sha256=source.sha256,
        media_type=source.media_type,
        reader="",
        text=text,
        metadata=metadata,
        headings=nest(marks, len(text)),
        losses=(*decoded.losses, *front.losses, *_images(tokens, first_line)),
    )


def _marks(text: str, tokens: Sequence[Token]) -> Iterator[Mark]:
    """Yield the headings that stand on their own, not those inside lists and quotations."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    for token, content in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            first, after = token.map
            start, end = starts[first], min(starts[after], len(text))
            title_end = start + len(text[start:end].rstrip())
            start += len(text[start:end]) - len(text[start:end].lstrip())
            yield Mark(start, title_end, int(token.tag[1:]), _plain(content.content))


def _definitions(text: str, tokens: Sequence[Token]) -> list[Mark]:
    """Return the terms that paragraphs of a glossary define, as sections without a title line of their own.

    A term belongs to its definition and stays in the text, so its heading is empty; fewer than three are no glossary.
    """
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    marks = []
    for token in tokens:
        if token.type == "paragraph_open" and token.level == 0 and token.map:
            start = starts[token.map[0]]
            term = _TERM.match(text, start)
            if term:
                end = min(starts[token.map[1]], len(text))
                marks.append(Mark(start, start, _TERM_LEVEL, f"{term['term']}{term['more'] or ''}", end))
    return marks if len(marks) >= _FEWEST_TERMS else []


def _plain(markup: str) -> str:
    """Return a title without its markup.

    >>> _plain("The *skin* [barrier](x.md) & `pH`")
    'The skin barrier & pH'
    """
    if len(markup) > _LONGEST_TITLE:
        return " ".join(markup.split())
    children = [child for token in _INLINE.parseInline(markup) for child in token.children or ()]
    parts = (" " if child.type in ("softbreak", "hardbreak") else _words(child) for child in children)
    return " ".join("".join(parts).split())


def _words(token: Token) -> str:
    return "" if token.type == "html_inline" else token.content


def _titled(marks: list[Mark], text: str, metadata: Metadata) -> tuple[list[Mark], Metadata]:
    """Take a single level-1 heading at the very top as the document's title, unless the front matter has another."""
    tops = [mark for mark in marks if mark.level == 1]
    if len(tops) != 1 or text[: tops[0].start].strip():
        return marks, metadata
    title = tops[0].title
    if metadata.title and metadata.title.casefold() != title.casefold():
        return marks, metadata
    below = [replace(mark, level=TITLE_LEVEL) if mark is tops[0] else mark for mark in marks]
    return below, replace(metadata, title=metadata.title or title)


def _images(tokens: Sequence[Token], first_line: int) -> Iterator[Loss]:
    for token in tokens:
        if token.type in ("inline", "html_block") and token.map:
            for offset, line in enumerate(_CODE.sub("", token.content).split("\n")):
                for _ in _IMAGE.finditer(line):
                    yield Loss(f"line {first_line + token.map[0] + offset}", "image", "images are not read")

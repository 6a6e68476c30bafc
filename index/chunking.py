"""A document's text to passages: along its headings, paragraphs and sentences, never past what the model reads.

It stands in this room because a rebuild under another model must split the stored texts anew, without the files.
The figures behind `TARGET_TOKENS` and the missing overlap are in ARCHITECTURE.md ("Passages").
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from semantic_text_splitter import TextSplitter

from core.document import PATH_SEPARATOR, Document, Heading, Passage, section_of

if TYPE_CHECKING:
    from index.encoder import Encoder

CHUNKER = "structure/1"

# A paragraph longer than LONG tokens (or than the model reads) is cut into even pieces; one shorter than SHORT is
# joined to its neighbour in the same section.
LONG = 256
SHORT = 64
# At most this share of what the model reads goes to the heading path that is embedded with a passage.
CONTEXT_SHARE = 4

# Blank lines part paragraphs; so does the end of a line too long to have been wrapped by an editor or typesetter.
_PARAGRAPH_END = re.compile(r"\n[ \t]*(?=\n)|(?<=[^\n]{120})\n")
# A single newline inside a paragraph is a wrapped line, unless a list item or a table row follows.
_WRAPPED_LINE = re.compile(r"\n(?![ \t]*(?:[-*+•|]|\d{1,3}[.)][ \t]))")


class Chunker:
    """Splits documents for one encoder; keep it while indexing, since it measures with the model's tokenizer."""

    def __init__(self, encoder: Encoder, long: int = LONG, short: int = SHORT) -> None:
        self._long, self._short = long, short
        self._tokenizer = encoder.tokenizer
        self._splitters: dict[tuple[int, int], TextSplitter] = {}
        special = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        self._capacity = encoder.max_tokens - special - self._count(encoder.passage_prompt)

    def passages(self, document: Document) -> tuple[Passage, ...]:
        """Return the document's passages in order; they do not overlap and leave out only white space and headings."""
        return tuple(
            Passage(document.id, start, end)
            for section_start, section_end in _sections(document)
            for start, end in self._split(document, section_start, section_end)
        )

    def embedded_text(self, document: Document, passage: Passage) -> str:
        """Return what the model reads for a passage: its heading path on one line, then the quotation."""
        context = self._context(document, passage.start)
        quotation = document.text[passage.start : passage.end]
        return f"{context}\n{quotation}" if context else quotation

    def _split(self, document: Document, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the passages of one section: its paragraphs, the short ones joined and the long ones cut."""
        room = self._capacity - self._count(self._context(document, start))
        longest = min(self._long, room)
        pending: tuple[int, int] | None = None
        for paragraph in _paragraphs(document.text, start, end):
            joined = (pending[0], paragraph[1]) if pending else paragraph
            if pending and self._count(document.text[joined[0] : joined[1]]) > longest:
                yield pending
                joined = paragraph
            pending = None
            size = self._count(document.text[joined[0] : joined[1]])
            if size > longest:
                yield from self._cut(document.text, joined, size, longest, room)
            elif size < self._short:
                pending = joined
            else:
                yield joined
        if pending:
            yield pending

    def _cut(self, text: str, span: tuple[int, int], size: int, longest: int, room: int) -> Iterator[tuple[int, int]]:
        """Cut a long paragraph between sentences into pieces of about the same size."""
        start, end = span
        target = math.ceil(size / math.ceil(size / longest))
        # A space in the place of a newline keeps the offsets.
        unwrapped = _WRAPPED_LINE.sub(" ", text[start:end])
        splitter = self._splitter(min(target, room), room)
        for offset, piece in splitter.chunk_indices(unwrapped):
            # The splitter and Python do not agree on what white space is.
            trimmed = _trim(text, start + offset, start + offset + len(piece))
            if trimmed[0] < trimmed[1]:
                yield trimmed

    def _splitter(self, target: int, room: int) -> TextSplitter:
        """Return a splitter, made once: it copies the whole tokenizer, which takes 40 ms."""
        if (target, room) not in self._splitters:
            self._splitters[target, room] = TextSplitter.from_huggingface_tokenizer(self._tokenizer, (target, room))
        return self._splitters[target, room]

    def _context(self, document: Document, position: int) -> str:
        """Return the heading path at `position`; outer titles go first when it would crowd out the text."""
        path = [
            *([document.metadata.title] if document.metadata.title else []),
            *section_of(document.headings, position),
        ]
        while len(path) > 1 and self._count(PATH_SEPARATOR.join(path)) > self._capacity // CONTEXT_SHARE:
            path.pop(0)
        context = PATH_SEPARATOR.join(path)
        limit = self._capacity // CONTEXT_SHARE
        encoding = self._tokenizer.encode(context, add_special_tokens=False)
        return context if len(encoding) <= limit else context[: encoding.offsets[limit][0]].rstrip()

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False)) if text else 0


def _sections(document: Document) -> Iterator[tuple[int, int]]:
    """Yield the stretches of text between headings, trimmed, and the headings that have nothing under them."""
    text = document.text
    titles = {heading.start: heading for heading in document.headings}
    cuts = {0, len(text)}
    for heading in document.headings:
        cuts |= {heading.start, heading.title_end, heading.end}
    for start, end in pairwise(sorted(cuts)):
        title = titles.get(start)
        if title is not None and end <= title.title_end and not _is_bare(text, title):
            continue
        trimmed_start, trimmed_end = _trim(text, start, end)
        if trimmed_start < trimmed_end:
            yield trimmed_start, trimmed_end


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs of a section, trimmed; a list or a table is one paragraph."""
    position = start
    for stop in (*(boundary.end() for boundary in _PARAGRAPH_END.finditer(text, start, end)), end):
        trimmed = _trim(text, position, stop)
        if trimmed[0] < trimmed[1]:
            yield trimmed
        position = stop


def _is_bare(text: str, heading: Heading) -> bool:
    """Tell whether a heading has nothing under it; it is then a passage itself, so that no word is lost."""
    return not text[heading.title_end : heading.end].strip()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())

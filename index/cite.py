"""From a hit to a citation: the one place where a quotation is cut from a document and given its page and section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.document import Document, Passage, pages_of, section_of
from core.results import Citation, Elsewhere, Hit, PageRef, Span
from index.sentences import sentences

# How much a sentence gains by holding all the weight of the question's words, against a cosine difference of one.
WORDS_GAIN = 0.3


@dataclass(frozen=True, slots=True)
class Clues:
    """What tells the best sentence of a passage.

    Spans of matched words, the rarity of each word as it is written, and the cosine of each sentence with the question
    where it is known. `called` are names of the question that the passage says otherwise.
    """

    matches: tuple[Span, ...]
    rarity: Mapping[str, float]
    similarities: Mapping[Span, float]
    called: tuple[tuple[str, str], ...] = ()


def cite(document: Document, path: str, hit: Hit, clues: Clues, also: tuple[Elsewhere, ...] = ()) -> Citation:
    """Return the citation of a hit in a document, which `path` leads to; its words stand `also` elsewhere.

    Page, label and section are looked up from the span each time, so they cannot drift away from the text.
    """
    passage, metadata = hit.passage, document.metadata
    quote = document.text[passage.start : passage.end]
    best = best_sentence(quote, clues)
    return Citation(
        rank=hit.rank,
        score=hit.score,
        dense=hit.dense,
        lexical=hit.lexical,
        document_id=document.id,
        title=document.title,
        authors=metadata.authors,
        year=metadata.year,
        doi=metadata.doi,
        url=metadata.url,
        path=shown_path(path),
        media_type=document.media_type,
        pages=_pages(document, passage),
        section=section_of(document.headings, passage.start),
        start=passage.start,
        end=passage.end,
        quote=quote,
        highlight=Span(passage.start + best.start, passage.start + best.end),
        matches=tuple(Span(passage.start + match.start, passage.start + match.end) for match in clues.matches),
        sha256=document.sha256,
        called=clues.called,
        fields=metadata.fields,
        references=metadata.references,
        also=also,
    )


def elsewhere(document: Document, path: str, passage: Passage, *, same: bool) -> Elsewhere:
    """Return the place of a passage that says what a better one says, the `same` or nearly, in a document."""
    return Elsewhere(
        document_id=document.id,
        title=document.title,
        path=shown_path(path),
        pages=_pages(document, passage),
        section=section_of(document.headings, passage.start),
        start=passage.start,
        end=passage.end,
        same=same,
    )


def _pages(document: Document, passage: Passage) -> tuple[PageRef, ...]:
    return tuple(PageRef(page.index, page.label) for page in pages_of(document.pages, passage.start, passage.end))


def best_sentence(quote: str, clues: Clues) -> Span:
    """Return the sentence of a quotation that is nearest in meaning and holds most of the question's rare words.

    Without any clue it is the first; earlier ones win ties.
    """
    spans = tuple(clues.similarities) or sentences(quote) or (Span(0, len(quote)),)
    whole = sum(clues.rarity.values()) or 1.0

    def weight(span: Span) -> float:
        inside = (match for match in clues.matches if span.start <= match.start < span.end)
        words = {quote[match.start : match.end].lower() for match in inside}
        held = sum(clues.rarity.get(word, 0.0) for word in words) / whole
        return clues.similarities.get(span, 0.0) + WORDS_GAIN * held

    return max(spans, key=lambda span: (weight(span), -span.start))


def shown_path(path: str) -> str:
    """Return a path as a person would write it: relative to where they stand when it lies beneath."""
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path

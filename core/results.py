"""The nouns of searching: what an index was made with, what was found, and how it is cited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.document import Passage, Reference

Mode = Literal["hybrid", "dense", "lexical"]
MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")

Support = Literal["supported", "weak", "none"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Everything that must be the same for two indexes to rank alike.

    `weights` is a SHA-256 over the model's weight files; `dimension` counts vector components; `max_tokens` is
    how much the model reads; `tokens` names how token vectors are made (index/projection.py), and is empty when there
    are none. The reader's version is not here: it is kept with every document (`Document.reader`).
    """

    schema: int
    chunker: str
    model: str
    weights: str
    dimension: int
    max_tokens: int
    query_prompt: str = ""
    passage_prompt: str = ""
    tokens: str = ""


@dataclass(frozen=True, slots=True)
class Reranking:
    """A cross-encoder that had a second say: its name, a SHA-256 over its weights, and how many tokens it reads.

    `share` is its part of the final score, `read` how many of the first candidates it was given.
    """

    model: str
    weights: str
    max_tokens: int
    share: float
    read: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: rank from 1, score (higher is better) and its two parts.

    `dense` is the cosine with the question, `lexical` the BM25 score (0 when no word matched); None where that
    side was not asked.
    """

    passage: Passage
    rank: int
    score: float
    dense: float | None
    lexical: float | None


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page as it is cited: counted from 0, and as printed."""

    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters in a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another place where a quotation's words stand; `same` when they are equal there, not only nearly.

    The place is `document.text[start:end]`; `section` is the heading path, outermost first.
    """

    document_id: str
    title: str
    path: str
    pages: tuple[PageRef, ...]
    section: tuple[str, ...]
    start: int
    end: int
    same: bool


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation with everything needed to find it again; the only thing shown, printed or exported.

    `quote` is `document.text[start:end]`; `sha256` is that of the source file; `highlight` is the best sentence
    and `matches` the words of the question, in document offsets; `section` is the heading path, outermost first.
    `called` pairs names of the question with what the quotation calls the same thing; `also` names the passages that
    were folded into this one because they say the same (index/diversity.py).
    """

    rank: int
    score: float
    dense: float | None
    lexical: float | None
    document_id: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str
    url: str
    path: str
    media_type: str
    pages: tuple[PageRef, ...]
    section: tuple[str, ...]
    start: int
    end: int
    quote: str
    highlight: Span
    matches: tuple[Span, ...]
    sha256: str
    called: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    references: tuple[Reference, ...]
    also: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the corpus says to one question; `confidence` lies in 0..1, `elapsed_ms` in milliseconds.

    `hits` are all passages that were asked for, best first; `citations` quote the first of them, usually all.
    `reranker` says which model had a second say, None where there was none. `unmentioned` are names in the question
    that no document mentions; `lacking` is the kind of figure it asks for ("price", "number of women") if none of the
    best passages gives one. `read_as` pairs words of the question that no document uses, slips of the pen and other
    names, with what was searched for beside them.
    """

    query: str
    mode: Mode
    support: Support
    confidence: float
    generation: int
    elapsed_ms: float
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...] = ()
    reranker: Reranking | None = None
    unmentioned: tuple[str, ...] = ()
    lacking: str = ""
    read_as: tuple[tuple[str, str], ...] = ()

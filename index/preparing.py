"""Documents to passages with vectors, ready to be stored: split, look up what was embedded before, embed the rest."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.document import PATH_SEPARATOR, Document, Passage, section_of
from core.results import Fingerprint
from index import closeup
from index.arrays import Vectors
from index.catalogue import Catalogue
from index.chunking import Chunker
from index.encoder import BATCH, Encoder
from index.fingerprint import fingerprint_of

PASSAGES_AT_ONCE = 64
"""What is embedded before it is kept: four seconds, on two idle cores, that an interruption costs of a long work.

Larger batches are no quicker (figures in ingest/run.py).
"""

# Called with the number of passages embedded so far and in all that this commit embeds.
Embedding = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the model made of a passage, as it is stored: its vector, its sentences' spans and vectors, its tokens."""

    vector: bytes
    spans: bytes
    sentences: bytes
    tokens: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A passage ready to be stored: its span and section, the hash of what was embedded, and what came of it."""

    passage: Passage
    section: str
    embedded_sha256: str
    embedded: Embedded


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to be embedded: its span and section, the text for the model, the quotation, and the hash of both."""

    passage: Passage
    section: str
    text: str
    quotation: str
    key: str

    def with_vector(self, embedded: Embedded) -> Prepared:
        """Return the piece as it is stored."""
        return Prepared(self.passage, self.section, self.key, embedded)


def pieces(document: Document, chunker: Chunker) -> tuple[Piece, ...]:
    """Split a document into what is embedded of it."""
    found = []
    for passage in chunker.passages(document):
        text = chunker.embedded_text(document, passage)
        quotation = document.text[passage.start : passage.end]
        section = PATH_SEPARATOR.join(section_of(document.headings, passage.start))
        found.append(Piece(passage, section, text, quotation, _key(text, quotation)))
    return tuple(found)


def stored(catalogue: Catalogue, keys: Iterable[str], encoder: Encoder) -> dict[str, Embedded]:
    """Return the vectors this model has already made for embedded texts of these hashes."""
    if not made_alike(catalogue.fingerprint(), fingerprint_of(encoder)):
        return {}
    vectors = {}
    for key in keys:
        row = catalogue.connection.execute(f"{_STORED} WHERE p.embedded_sha256 = ? LIMIT 1", (key,)).fetchone()
        if row is not None:
            vectors[key] = Embedded(*row[1:])
    return vectors


def own(catalogue: Catalogue, document_id: str, encoder: Encoder) -> dict[str, Embedded]:
    """Return the vectors that the passages of a document have, by the hash of what was embedded."""
    if not made_alike(catalogue.fingerprint(), fingerprint_of(encoder)):
        return {}
    rows: sqlite3.Cursor = catalogue.connection.execute(f"{_STORED} WHERE p.document_id = ?", (document_id,))
    return {row[0]: Embedded(*row[1:]) for row in rows}


def embedded(wanted: Iterable[Piece], encoder: Encoder, progress: Embedding | None = None) -> dict[str, Embedded]:
    """Return what the model makes of every piece, by key: of it as a whole, of its sentences, and of its tokens."""
    new = {piece.key: piece for piece in wanted}
    spans = {key: closeup.spans_to_embed(piece.quotation) for key, piece in new.items()}
    sentences = {key: [piece.quotation[span.start : span.end] for span in spans[key]] for key, piece in new.items()}
    whole = {piece.text for piece in new.values()}
    texts = whole | {sentence for some in sentences.values() for sentence in some}
    vectors, tokens = _encoded(texts, whole, encoder, len(new), progress)
    return {
        key: Embedded(
            vectors[piece.text].tobytes(),
            closeup.packed_spans(spans[key]),
            closeup.packed(np.stack([vectors[sentence] for sentence in sentences[key]])),
            tokens[piece.text],
        )
        for key, piece in new.items()
    }


def made_alike(one: Fingerprint | None, other: Fingerprint) -> bool:
    """Tell whether two indexes give the same text the same vector."""
    return one is not None and _embedding_part(one) == _embedding_part(other)


_STORED = (
    "SELECT p.embedded_sha256, p.vector, c.spans, c.vectors, c.tokens "
    "FROM passages p JOIN closeups c ON c.passage_id = p.id"
)


def _key(text: str, quotation: str) -> str:
    """Return the hash that an embedded text is known by, with where its heading path ends and its quotation begins."""
    return hashlib.sha256(f"{len(quotation)}\n{text}".encode()).hexdigest()


def _encoded(
    texts: Iterable[str], whole: Collection[str], encoder: Encoder, passages: int, progress: Embedding | None
) -> tuple[Mapping[str, Vectors], Mapping[str, bytes]]:
    """Return the vector of every text, and the packed tokens of those in `whole`.

    `passages` is how many of them progress is told in.
    """
    vectors: dict[str, Vectors] = {}
    tokens: dict[str, bytes] = {}
    # Longest first, so that a batch pads little and the most memory is taken at the start; no text is given twice.
    order = sorted(texts, key=lambda text: (-len(text), text))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        read = encoder.read_passages(batch)
        vectors.update(zip(batch, read.vectors, strict=True))
        tokens.update((text, own) for text, own in zip(batch, read.tokens, strict=True) if text in whole)
        if progress is not None:
            progress(passages * len(vectors) // len(order), passages)
    return vectors, tokens


def _embedding_part(fingerprint: Fingerprint) -> tuple[object, ...]:
    """Return what decides a vector, given the text that is embedded."""
    return (
        fingerprint.model,
        fingerprint.weights,
        fingerprint.dimension,
        fingerprint.max_tokens,
        fingerprint.passage_prompt,
        fingerprint.tokens,
    )

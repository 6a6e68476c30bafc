"""Documents to passages with vectors, ready to be stored: split, look up what was embedded before, embed the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
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

# Called with the number of passages embedded so far and in all that this commit embeds.
Embedding = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the model made of a passage, as it is stored: its vector, its sentences' spans and their vectors."""

    vector: bytes
    spans: bytes
    sentences: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A passage ready to be stored: its span and section, the hash of what was embedded, and what came of it."""

    passage: Passage
    section: str
    embedded_sha256: str
    embedded: Embedded


def prepared(
    catalogue: Catalogue, documents: Sequence[Document], encoder: Encoder, progress: Embedding | None
) -> list[tuple[Document, list[Prepared]]]:
    """Split documents and give every passage its vector: a stored one where the same text was embedded before."""
    chunker = Chunker(encoder)
    pieces = [(document, passage) for document in documents for passage in chunker.passages(document)]
    texts = [chunker.embedded_text(document, passage) for document, passage in pieces]
    quotations = [document.text[passage.start : passage.end] for document, passage in pieces]
    keys = [_key(text, quotation) for text, quotation in zip(texts, quotations, strict=True)]
    vectors = _stored(catalogue, keys, encoder)
    missing = {
        key: (text, quotation)
        for key, text, quotation in zip(keys, texts, quotations, strict=True)
        if key not in vectors
    }
    vectors |= _embedded(missing, encoder, progress)
    result: dict[str, tuple[Document, list[Prepared]]] = {document.id: (document, []) for document in documents}
    for (document, passage), key in zip(pieces, keys, strict=True):
        section = PATH_SEPARATOR.join(section_of(document.headings, passage.start))
        result[document.id][1].append(Prepared(passage, section, key, vectors[key]))
    return list(result.values())


def _key(text: str, quotation: str) -> str:
    """Return the hash that an embedded text is known by, with where its heading path ends and its quotation begins."""
    return hashlib.sha256(f"{len(quotation)}\n{text}".encode()).hexdigest()


def _stored(catalogue: Catalogue, keys: Sequence[str], encoder: Encoder) -> dict[str, Embedded]:
    """Return the vectors this model has already made for embedded texts of these hashes."""
    stored = catalogue.fingerprint()
    if stored is None or _embedding_part(stored) != _embedding_part(fingerprint_of(encoder)):
        return {}
    vectors = {}
    for key in dict.fromkeys(keys):
        row = catalogue.connection.execute(
            "SELECT p.vector, c.spans, c.vectors FROM passages p JOIN closeups c ON c.passage_id = p.id "
            "WHERE p.embedded_sha256 = ? LIMIT 1",
            (key,),
        ).fetchone()
        if row is not None:
            vectors[key] = Embedded(*row)
    return vectors


def _embedded(pieces: dict[str, tuple[str, str]], encoder: Encoder, progress: Embedding | None) -> dict[str, Embedded]:
    """Return what the model makes of every (text to embed, quotation): one vector for it, one for each sentence."""
    spans = {key: closeup.spans_to_embed(quotation) for key, (_, quotation) in pieces.items()}
    sentences = {
        key: [quotation[span.start : span.end] for span in spans[key]] for key, (_, quotation) in pieces.items()
    }
    texts = {text for text, _ in pieces.values()} | {sentence for some in sentences.values() for sentence in some}
    vectors: dict[str, Vectors] = {}
    # Longest first, so that a batch pads little and the most memory is taken at the start; no text is given twice.
    order = sorted(texts, key=lambda text: (-len(text), text))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        vectors.update(zip(batch, encoder.encode_passages(batch), strict=True))
        if progress is not None:
            progress(len(pieces) * len(vectors) // len(order), len(pieces))
    return {
        key: Embedded(
            vectors[text].tobytes(),
            closeup.packed_spans(spans[key]),
            closeup.packed(np.stack([vectors[sentence] for sentence in sentences[key]])),
        )
        for key, (text, _) in pieces.items()
    }


def _embedding_part(fingerprint: Fingerprint) -> tuple[object, ...]:
    """Return what decides a vector, given the text that is embedded."""
    return (
        fingerprint.model,
        fingerprint.weights,
        fingerprint.dimension,
        fingerprint.max_tokens,
        fingerprint.passage_prompt,
    )

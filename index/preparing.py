"""Documents to passages with vectors, ready to be stored: split, look up what was embedded before, embed the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.document import PATH_SEPARATOR, Document, Passage, section_of
from core.results import Fingerprint
from index import closeup
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
    for done, (key, embedded) in enumerate(_embedded(missing, encoder), start=1):
        vectors[key] = embedded
        if progress is not None:
            progress(done, len(missing))
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


def _embedded(texts: dict[str, tuple[str, str]], encoder: Encoder) -> Iterator[tuple[str, Embedded]]:
    """Yield what the model makes of every (text to embed, quotation), longest first, so that a batch pads little."""
    order = sorted(texts, key=lambda key: (-len(texts[key][0]), key))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        vectors = encoder.encode_passages([texts[key][0] for key in batch])
        spans = [closeup.spans_to_embed(texts[key][1]) for key in batch]
        sentences = [
            texts[key][1][span.start : span.end] for key, own in zip(batch, spans, strict=True) for span in own
        ]
        sentence_vectors = iter(encoder.encode_passages(sentences))
        for key, vector, own in zip(batch, vectors, spans, strict=True):
            mine = np.stack([next(sentence_vectors) for _ in own])
            yield key, Embedded(vector.tobytes(), closeup.packed_spans(own), closeup.packed(mine))


def _embedding_part(fingerprint: Fingerprint) -> tuple[object, ...]:
    """Return what decides a vector, given the text that is embedded."""
    return (
        fingerprint.model,
        fingerprint.weights,
        fingerprint.dimension,
        fingerprint.max_tokens,
        fingerprint.passage_prompt,
    )

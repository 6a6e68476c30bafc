"""A rebuild in two steps: embed ahead beside the index that answers, then hand everything over for the one commit."""

from __future__ import annotations

from collections.abc import Iterator

from core.document import Document
from index import preparing
from index.ahead import Ahead
from index.catalogue import Catalogue
from index.chunking import Chunker
from index.encoder import Encoder
from index.fingerprint import fingerprint_of
from index.preparing import Embedded, Embedding, Piece, Prepared

PASSAGES_AT_ONCE = preparing.PASSAGES_AT_ONCE


def embed(catalogue: Catalogue, ahead: Ahead, encoder: Encoder, progress: Embedding | None = None) -> None:
    """Embed every stored text that has no vector of this model yet, and keep it ahead, batch by batch.

    Progress is told in passages of the index as it stands, those that need nothing included.
    """
    chunker = Chunker(encoder)
    ahead.begin(fingerprint_of(encoder))
    _, total = catalogue.counts()
    done = 0
    waiting: list[tuple[str, tuple[Piece, ...]]] = []
    for document_id in catalogue.document_ids():
        split = preparing.pieces(catalogue.document(document_id), chunker)
        done += len(catalogue.passages(document_id))
        there = _there(catalogue, ahead, document_id, encoder)
        missing = tuple(piece for piece in split if piece.key not in there)
        if missing:
            waiting.append((document_id, missing))
        if sum(len(some) for _, some in waiting) >= PASSAGES_AT_ONCE:
            _keep(catalogue, ahead, waiting, encoder)
            waiting = []
        if progress is not None and not waiting:
            progress(done, total)
    _keep(catalogue, ahead, waiting, encoder)
    if progress is not None and total:
        progress(total, total)


def prepared(catalogue: Catalogue, ahead: Ahead, encoder: Encoder) -> Iterator[tuple[Document, list[Prepared]]]:
    """Yield every document with its passages as they will be stored; `embed` must have come to its end.

    A document's vectors are looked up before it is yielded: the caller replaces its passages then.
    """
    chunker = Chunker(encoder)
    for document_id in catalogue.document_ids():
        document = catalogue.document(document_id)
        there = _there(catalogue, ahead, document_id, encoder)
        yield document, [piece.with_vector(there[piece.key]) for piece in preparing.pieces(document, chunker)]


def _there(catalogue: Catalogue, ahead: Ahead, document_id: str, encoder: Encoder) -> dict[str, Embedded]:
    """Return the vectors of this model that a document has in the index or ahead of it."""
    return preparing.own(catalogue, document_id, encoder) | ahead.of(document_id)


def _keep(catalogue: Catalogue, ahead: Ahead, waiting: list[tuple[str, tuple[Piece, ...]]], encoder: Encoder) -> None:
    """Find or make the vectors of what waits, and keep them by document."""
    every = {piece.key: piece for _, some in waiting for piece in some}
    vectors = preparing.stored(catalogue, every, encoder)
    vectors |= preparing.embedded((piece for key, piece in every.items() if key not in vectors), encoder)
    ahead.put((document_id, {piece.key: vectors[piece.key] for piece in some}) for document_id, some in waiting)

"""Long documents, embedded bit by bit: what was begun of one is kept beside the catalogue until its commit.

A document is there whole or not at all, so one that takes minutes to embed would have to begin again whenever it is
interrupted. The file holds vectors only, belongs to one model, and goes with the run that ends well.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.document import Document
from index import ahead, preparing
from index.ahead import Ahead
from index.catalogue import Catalogue
from index.chunking import Chunker
from index.encoder import Encoder
from index.fingerprint import fingerprint_of
from index.preparing import PASSAGES_AT_ONCE, Embedded, Embedding, Piece, Prepared

FILE = "begun.sqlite"


def prepared(
    catalogue: Catalogue, data: Path, documents: Sequence[Document], encoder: Encoder, progress: Embedding | None
) -> list[tuple[Document, list[Prepared]]]:
    """Split documents and give every passage its vector: a stored one where the same text was embedded before."""
    chunker = Chunker(encoder)
    split = [(document, preparing.pieces(document, chunker)) for document in documents]
    every = {piece.key: piece for _, some in split for piece in some}
    vectors = preparing.stored(catalogue, every, encoder)
    new = [piece for key, piece in every.items() if key not in vectors]
    if len(new) <= PASSAGES_AT_ONCE:
        vectors |= preparing.embedded(new, encoder, progress)
    else:
        owners = {piece.key: document.id for document, some in split for piece in some}
        with ahead.open_ahead(data, FILE) as begun:
            begun.begin(fingerprint_of(encoder))
            vectors |= _bit_by_bit(begun, new, owners, encoder, progress)
    return [(document, [piece.with_vector(vectors[piece.key]) for piece in some]) for document, some in split]


def committed(data: Path, documents: Sequence[Document]) -> None:
    """Forget what was begun of documents that have been committed."""
    if ahead.waiting(data, FILE):
        with ahead.open_ahead(data, FILE) as begun:
            begun.forget(document.id for document in documents)


def discard(data: Path) -> None:
    """Throw away what was begun."""
    if ahead.waiting(data, FILE):
        ahead.discard(data, FILE)


def _bit_by_bit(
    begun: Ahead, new: Sequence[Piece], owners: dict[str, str], encoder: Encoder, progress: Embedding | None
) -> dict[str, Embedded]:
    """Return the vectors of pieces, whose documents are given by key; what is made is kept every few passages."""
    there = {key: vector for owner in dict.fromkeys(owners.values()) for key, vector in begun.of(owner).items()}
    vectors = {piece.key: there[piece.key] for piece in new if piece.key in there}
    rest = [piece for piece in new if piece.key not in vectors]
    for start in range(0, len(rest), PASSAGES_AT_ONCE):
        before = len(vectors)

        def told(done: int, _of: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, len(new))

        made = preparing.embedded(rest[start : start + PASSAGES_AT_ONCE], encoder, told)
        begun.put((owners[key], {key: vector}) for key, vector in made.items())
        vectors |= made
    return vectors

"""The dense side: FAISS blocks over the segments on disk, and over what no segment holds yet.

A view belongs to one generation and is never changed. The next one is made from the catalogue's list of segments:
blocks that are loaded already are shared, only the tail (at most some thousand passages) is read again. So a reader
sees one added document at its next question at a cost that does not grow with the corpus. Exact inner product.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from core import storage
from index import segments
from index.arrays import Ids, Scores, Vectors
from index.catalogue import Catalogue
from index.segments import Segment

# How far FAISS's single precision may be from the exact cosine, and how many rows beyond k are looked at for ties.
_ROUNDING = 1e-5
_SPARE = 16

_log = logging.getLogger(__name__)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Block:
    """Vectors that are searched together: `ids` ascending, shape `(n,)`; `name` is that of the segment, or empty."""

    name: str
    ids: Ids
    index: faiss.IndexFlatIP

    @classmethod
    def of(cls, name: str, ids: Ids, vectors: Vectors) -> Block:
        """Return a block of vectors, shape `(n, dimension)`."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(name, ids, index)

    def nearest(self, queries: Vectors, k: int, permitted: Mask) -> list[Ids]:
        """Return for each query the permitted rows that can be among its `k` nearest: those, and all that tie last.

        `queries` has shape `(n, dimension)`.
        """
        available = int(permitted.sum())
        if not available:
            return [np.empty(0, np.int64)] * len(queries)
        selector = None if permitted.all() else faiss.IDSelectorBitmap(np.packbits(permitted, bitorder="little"))
        parameters = None if selector is None else faiss.SearchParameters(sel=selector)
        scores, rows = self.index.search(queries, min(k + _SPARE, available), params=parameters)
        last = min(k, available) - 1
        found = list(rows)
        for place in np.flatnonzero(scores[:, last] - scores[:, -1] <= _ROUNDING) if rows.shape[1] < available else ():
            # The last place is shared by more passages than were asked for: take every one that may share it.
            least = float(scores[place, last]) - _ROUNDING
            _, _, found[place] = self.index.range_search(queries[place : place + 1], least, params=parameters)
        return found

    def cosines(self, query: Vectors, rows: Ids) -> Scores:
        """Score rows one by one in double precision, so that a score does not depend on what is scored beside it."""
        count, dimension = self.index.ntotal, self.index.d
        matrix = faiss.rev_swig_ptr(self.index.get_xb(), count * dimension).reshape(count, dimension)
        return np.asarray((matrix[rows].astype(np.float64) * query.astype(np.float64)).sum(axis=1))


@dataclass(frozen=True, slots=True)
class DenseView:
    """The vectors of one generation: blocks in the order of their ids, and which of their rows live, mask by mask."""

    generation: int
    dimension: int
    blocks: tuple[Block, ...]
    alive: tuple[Mask, ...]

    @classmethod
    def opened(cls, catalogue: Catalogue, data: Path, before: DenseView | None = None) -> DenseView:
        """Return the view of the catalogue's generation; blocks of the view `before` it are taken over."""
        fingerprint = catalogue.fingerprint()
        if fingerprint is None:
            return cls(catalogue.generation(), 1, (), ())
        dimension = fingerprint.dimension
        loaded = {block.name: block for block in before.blocks} if before and before.dimension == dimension else {}
        blocks = []
        for first, last, segment in segments.stretches(catalogue):
            block = loaded.get(segment.name) if segment else None
            block = block or (_read(data, segment, dimension) if segment else None)
            if block is None:
                name = segment.name if segment else ""
                block = Block.of(name, *segments.vectors(catalogue, first, last, dimension))
            if block.ids.size:
                blocks.append(block)
        rows = catalogue.connection.execute("SELECT passage_id FROM removals").fetchall()
        removed = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        alive = tuple(~np.isin(block.ids, removed, assume_unique=True) for block in blocks)
        return cls(catalogue.generation(), dimension, tuple(blocks), alive)

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
        """Return the ids and cosines of the `k` nearest passages, best first, and of all that tie with the last.

        `query` has shape `(dimension,)`; `allowed`, ascending, restricts the search before it ranks.
        """
        return self.search_many(query[None, :], k, allowed)[0]

    def search_many(self, queries: Vectors, k: int, allowed: Ids | None = None) -> list[tuple[Ids, Scores]]:
        """Return for each query, shape `(n, dimension)`, what `search` returns: together they cost far less."""
        permitted = [
            alive if allowed is None else alive & np.isin(block.ids, allowed, assume_unique=True)
            for block, alive in zip(self.blocks, self.alive, strict=True)
        ]
        wanted = min(k, sum(int(mask.sum()) for mask in permitted))
        if not wanted:
            return [(np.empty(0, np.int64), np.empty(0, np.float64))] * len(queries)
        found = [block.nearest(queries, wanted, mask) for block, mask in zip(self.blocks, permitted, strict=True)]
        return [self._best(query, [rows[place] for rows in found], wanted) for place, query in enumerate(queries)]

    def _best(self, query: Vectors, found: Sequence[Ids], wanted: int) -> tuple[Ids, Scores]:
        """Return the best of the rows found in each block, scored exactly."""
        ids = np.concatenate([block.ids[rows] for block, rows in zip(self.blocks, found, strict=True)])
        scores = np.concatenate([block.cosines(query, rows) for block, rows in zip(self.blocks, found, strict=True)])
        order = np.lexsort((ids, -scores))
        best = order[scores[order] >= scores[order[wanted - 1]]]
        return ids[best], scores[best]

    def cosines(self, query: Vectors, ids: Ids) -> Scores:
        """Return the cosines of passages that are in this view."""
        scores = np.empty(len(ids), np.float64)
        owners = np.searchsorted([block.ids[0] for block in self.blocks], ids, side="right") - 1
        for place, block in enumerate(self.blocks):
            mine = owners == place
            if mine.any():
                scores[mine] = block.cosines(query, np.searchsorted(block.ids, ids[mine]))
        return scores


def _read(data: Path, segment: Segment, dimension: int) -> Block | None:
    """Return a segment's block, or None when its file is missing or not what was written.

    FAISS files carry no checksum, and most flipped bits load without a word: the SHA-256 is compared first. What is not
    what was written is removed, so that the next writer sees that it is missing and makes it again.
    """
    file = data / segments.FOLDER / segment.name
    try:
        content = file.read_bytes()
    except OSError as error:
        _log.info("The view %s cannot be read (%s); the catalogue stands in for it.", segment.name, error.strerror)
        return None
    if hashlib.sha256(content).hexdigest() != segment.sha256:
        _log.warning(
            "The view %s is not what was written; the catalogue stands in for it until a run writes it again.",
            segment.name,
        )
        _discard(file)
        return None
    index = faiss.deserialize_index(np.frombuffer(content, np.uint8))
    ids = faiss.vector_to_array(index.id_map).astype(np.int64)
    flat = faiss.downcast_index(index.index)
    flat.referenced_objects = [index]  # the id map owns the flat index: it must live as long
    return Block(segment.name, ids, flat) if flat.d == dimension else None


def _discard(file: Path) -> None:
    try:
        storage.remove_file(file)
    except OSError as error:
        _log.info("The damaged view %s cannot be removed (%s).", file.name, error.strerror)

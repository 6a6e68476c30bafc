"""The dense side: a FAISS snapshot plus a small tail, both disposable views of the vectors in the catalogue.

A view is never changed in place. `advanced` returns a new one that knows the passages committed since; the snapshot
(exact inner product, `IndexFlatIP`) is shared between them, and the tail is searched with NumPy. So a reader sees
one added document at its next question at a cost that does not grow with the corpus.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import faiss
import numpy as np
from numpy.typing import NDArray

from index.arrays import Ids, Scores, Vectors

if TYPE_CHECKING:
    from index.catalogue import Catalogue

FOLDER = "views"

# How far FAISS's single precision may be from the exact cosine, and how many rows beyond k are looked at for ties.
_ROUNDING = 1e-5
_SPARE = 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DenseView:
    """Vectors of one generation: `ids` ascending, `snapshot` and `tail` side by side, `alive` by row.

    `ids` has shape `(n,)`, `tail` `(n - snapshot.ntotal, dimension)`, `alive` `(n,)`.
    """

    generation: int
    ids: Ids
    alive: NDArray[np.bool_]
    snapshot: faiss.IndexFlatIP
    tail: Vectors

    @classmethod
    def opened(cls, catalogue: Catalogue, folder: Path) -> DenseView:
        """Return the view of the catalogue's generation: from the newest sound snapshot, else from the truth."""
        dimension = _dimension(catalogue)
        view = _snapshot(catalogue, folder, dimension) or cls.empty(dimension)
        return view.with_changes(catalogue)

    @classmethod
    def empty(cls, dimension: int) -> DenseView:
        """Return the view of an index without passages."""
        return cls(0, np.empty(0, np.int64), np.empty(0, bool), faiss.IndexFlatIP(dimension), _no_vectors(dimension))

    def advanced(self, catalogue: Catalogue, folder: Path) -> DenseView:
        """Return the view brought up to the catalogue's generation; itself when nothing was committed since."""
        if catalogue.generation() == self.generation:
            return self
        (folded,) = catalogue.connection.execute("SELECT coalesce(max(generation), 0) FROM views").fetchone()
        # Removals are remembered from the newest snapshot on: a view from before it cannot be brought up to date.
        if self.generation < folded or self.snapshot.d != _dimension(catalogue):
            return DenseView.opened(catalogue, folder)
        return self.with_changes(catalogue)

    def with_changes(self, catalogue: Catalogue) -> DenseView:
        """Add what was committed since this view's generation, and take out what was removed."""
        generation = catalogue.generation()
        dimension = self.snapshot.d
        rows = catalogue.connection.execute(
            "SELECT id, vector FROM passages WHERE generation > ? ORDER BY id", (self.generation,)
        ).fetchall()
        ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        vectors = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(len(rows), dimension)
        removed = catalogue.connection.execute(
            "SELECT passage_id FROM removals WHERE generation > ?", (self.generation,)
        ).fetchall()
        all_ids = np.concatenate([self.ids, ids])
        alive = np.concatenate([self.alive, np.ones(len(ids), bool)])
        alive[np.isin(all_ids, np.fromiter((row[0] for row in removed), np.int64, len(removed)))] = False
        if not self.ids.size:
            # The first vectors become the snapshot: an index that is opened whole is searched by FAISS alone.
            snapshot = faiss.IndexFlatIP(dimension)
            snapshot.add(vectors)
            return DenseView(generation, all_ids, alive, snapshot, _no_vectors(dimension))
        return DenseView(generation, all_ids, alive, self.snapshot, np.concatenate([self.tail, vectors]))

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
        """Return the ids and cosines of the `k` nearest passages, best first, and of all that tie with the last.

        `query` has shape `(dimension,)`; `allowed`, ascending, restricts the search before it ranks.
        """
        permitted = self.alive if allowed is None else self.alive & np.isin(self.ids, allowed, assume_unique=True)
        wanted = min(k, int(permitted.sum()))
        if not wanted:
            return np.empty(0, np.int64), np.empty(0, np.float64)
        split = self.snapshot.ntotal
        rows = np.concatenate(
            [self._snapshot_rows(query, wanted, permitted[:split]), split + np.flatnonzero(permitted[split:])]
        )
        scores = self._cosines(query, rows)
        order = np.lexsort((self.ids[rows], -scores))
        best = order[scores[order] >= scores[order[wanted - 1]]]
        return self.ids[rows[best]], scores[best]

    def cosines(self, query: Vectors, ids: Ids) -> Scores:
        """Return the cosines of passages that are in this view."""
        return self._cosines(query, np.searchsorted(self.ids, ids))

    def _snapshot_rows(self, query: Vectors, k: int, permitted: NDArray[np.bool_]) -> Ids:
        """Return the snapshot rows that can be among the `k` nearest: those, and all that tie with the last of them."""
        available = int(permitted.sum())
        if not available:
            return np.empty(0, np.int64)
        selector = None if permitted.all() else faiss.IDSelectorBitmap(np.packbits(permitted, bitorder="little"))
        parameters = None if selector is None else faiss.SearchParameters(sel=selector)
        scores, rows = self.snapshot.search(query[None, :], min(k + _SPARE, available), params=parameters)
        last = min(k, available) - 1
        if rows.shape[1] == available or scores[0, last] - scores[0, -1] > _ROUNDING:
            return np.asarray(rows[0])
        # The last place is shared by more passages than were asked for: take every one that may share it.
        _, _, tied = self.snapshot.range_search(query[None, :], float(scores[0, last]) - _ROUNDING, params=parameters)
        return np.asarray(tied)

    def _cosines(self, query: Vectors, rows: Ids) -> Scores:
        """Score rows one by one in double precision, so that a score does not depend on what is scored beside it."""
        split = self.snapshot.ntotal
        matrix = faiss.rev_swig_ptr(self.snapshot.get_xb(), split * self.snapshot.d).reshape(split, self.snapshot.d)
        vectors = np.empty((len(rows), self.snapshot.d), np.float64)
        in_snapshot = rows < split
        vectors[in_snapshot] = matrix[rows[in_snapshot]]
        vectors[~in_snapshot] = self.tail[rows[~in_snapshot] - split]
        return np.asarray((vectors * query.astype(np.float64)).sum(axis=1))


def serialised(view: DenseView) -> bytes:
    """Return the view's living passages as one FAISS file that carries the passage ids."""
    split = view.snapshot.ntotal
    matrix = faiss.rev_swig_ptr(view.snapshot.get_xb(), split * view.snapshot.d).reshape(split, view.snapshot.d)
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(view.snapshot.d))
    vectors = np.concatenate([matrix[view.alive[:split]], view.tail[view.alive[split:]]])
    index.add_with_ids(np.ascontiguousarray(vectors), view.ids[view.alive])
    return bytes(faiss.serialize_index(index))


def _snapshot(catalogue: Catalogue, folder: Path, dimension: int) -> DenseView | None:
    """Return the newest stored snapshot, or None when it is missing or not what was written.

    FAISS files carry no checksum, and most flipped bits load without a word: the SHA-256 is compared first.
    """
    row = catalogue.connection.execute(
        "SELECT generation, name, sha256 FROM views ORDER BY generation DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    generation, name, sha256 = row
    try:
        data = (folder / FOLDER / name).read_bytes()
    except OSError as error:
        _log.info("The view %s cannot be read (%s); it is made again from the catalogue.", name, error)
        return None
    if hashlib.sha256(data).hexdigest() != sha256:
        _log.warning("The view %s is not what was written; it is made again from the catalogue.", name)
        return None
    index = faiss.deserialize_index(np.frombuffer(data, np.uint8))
    if index.d != dimension:
        # Written before a rebuild with another model.
        return None
    ids = faiss.vector_to_array(index.id_map).astype(np.int64)
    flat = faiss.downcast_index(index.index)
    flat.referenced_objects = [index]  # the id map owns the flat index: it must live as long
    return DenseView(generation, ids, np.ones(len(ids), bool), flat, _no_vectors(dimension))


def _dimension(catalogue: Catalogue) -> int:
    """Return the dimension of the catalogue's vectors; 1 while there are none."""
    fingerprint = catalogue.fingerprint()
    return fingerprint.dimension if fingerprint else 1


def _no_vectors(dimension: int) -> Vectors:
    return np.empty((0, dimension), np.float32)

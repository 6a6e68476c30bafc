"""The dense side on disk: FAISS files, each holding a run of passages, disposable, replaced whole and never changed.

A segment holds at most `MOST` passages, so that whatever a commit does, what is written afterwards is bounded: a
removal rewrites the segments it touched, an addition now and then folds the tail (what no segment holds yet) into a
new one, which takes in neighbours no larger than itself (a log-structured merge; O'Neil et al., 1996). The catalogue
lists the segments with their SHA-256; a file is named by its content, so one name never means two things.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

import faiss
import numpy as np

from core import storage
from index.arrays import Ids, Vectors
from index.catalogue import Catalogue
from index.digest import digest

FOLDER = "views"

MOST = 65_536
"""Passages in one segment: 100 MB of vectors of 384 dimensions, rewritten in about half a second."""

# The tail is folded once it is this long, or this share of all passages.
TAIL_PASSAGES = 1_000
TAIL_SHARE = 0.1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of the view as the catalogue lists it: it holds `passages` of the ids `first` to `last`, both included.

    `size` counts its bytes: a power cut shows there, and looking costs nothing.
    """

    name: str
    sha256: str
    first: int
    last: int
    passages: int
    size: int


Due = Literal["damaged", "outdated", "added"]
"""Why a part must be written: its file is not as it was written, it holds removed passages, no file holds it yet."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of ids that one segment, or the tail, covers: `passages` live there; `due` says it must be written."""

    first: int
    last: int
    passages: int
    due: bool
    why: Due | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """What a fold did, and why.

    `damaged` views were missing or not what was written, `outdated` ones held removed passages, `added` passages were
    in none yet; `written` counts the views made anew. `error` says why none could be, where that is so.
    """

    damaged: int = 0
    outdated: int = 0
    added: int = 0
    written: int = 0
    error: str = ""


def listed(catalogue: Catalogue) -> tuple[Segment, ...]:
    """Return the segments in the order of their ids; one whose row was altered is left out, and does without."""
    rows = catalogue.connection.execute(
        "SELECT name, sha256, first, last, passages, size, digest FROM segments ORDER BY first"
    )
    return tuple(Segment(*row[:-1]) for row in rows if digest(*row[:-1]) == row[-1])


def stretches(catalogue: Catalogue) -> Iterator[tuple[int, int, Segment | None]]:
    """Yield every stretch of ids, first and last, with the segment that covers it; None where only the truth does."""
    covered = 0
    for segment in listed(catalogue):
        if segment.first > covered + 1:
            yield covered + 1, segment.first - 1, None
        yield segment.first, segment.last, segment
        covered = segment.last
    (newest,) = catalogue.connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()
    if newest > covered:
        yield covered + 1, newest, None


def vectors(catalogue: Catalogue, first: int, last: int, dimension: int) -> tuple[Ids, Vectors]:
    """Return the ids from `first` to `last` that live, ascending, and their vectors, from the truth."""
    rows = catalogue.connection.execute(
        "SELECT id, vector FROM passages WHERE id BETWEEN ? AND ? ORDER BY id", (first, last)
    ).fetchall()
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    return ids, np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(len(rows), dimension)


def fold(catalogue: Catalogue, data: Path, *, thoroughly: bool = False) -> Folded:
    """Write what is due: segments that hold removed passages or are missing, and a tail that has grown.

    `thoroughly` also compares every file with its SHA-256 and folds any tail. A file that cannot be written raises
    nothing: what was committed stays committed, and questions are answered from the truth.
    """
    try:
        parts = _parts(catalogue, data, thoroughly=thoroughly)
        runs = runs_to_write(parts)
        written: list[Segment] = []
        if runs:
            storage.make_folder(data / FOLDER)
            written += [segment for first, last in runs for segment in _written(catalogue, data, first, last)]
            kept = [one for one in listed(catalogue) if not any(first <= one.first <= last for first, last in runs)]
            _register(catalogue, sorted([*kept, *written], key=lambda segment: segment.first))
        sweep(catalogue, data)
    except OSError as error:
        return Folded(error=error.strerror or str(error))
    why = Counter(part.why for part in parts)
    added = sum(part.passages for part in parts if part.why == "added")
    return Folded(why["damaged"], why["outdated"], added, len(written))


def runs_to_write(parts: Sequence[Part]) -> tuple[tuple[int, int], ...]:
    """Return the stretches of ids to write anew: the parts that are due, and neighbours before them that are no larger.

    A passage is then rewritten about log2(`MOST`) times in its life, and few small segments lie about.
    """
    kept: list[Part] = []
    for part in parts:
        kept.append(part)
        while len(kept) > 1 and kept[-1].due and _absorbs(kept[-1], kept[-2]):
            after, before = kept.pop(), kept.pop()
            kept.append(Part(before.first, after.last, before.passages + after.passages, due=True))
    return tuple((part.first, part.last) for part in kept if part.due)


def _absorbs(part: Part, neighbour: Part) -> bool:
    return neighbour.passages <= part.passages and neighbour.passages + part.passages <= MOST


def sound(data: Path, segment: Segment) -> bool:
    """Tell whether the file of a segment is there and holds what was written."""
    try:
        return hashlib.sha256((data / FOLDER / segment.name).read_bytes()).hexdigest() == segment.sha256
    except OSError as error:
        _log.info("The view %s cannot be read (%s).", segment.name, error.strerror)
        return False


def sweep(catalogue: Catalogue, data: Path) -> None:
    """Delete files of segments, finished or not, that the catalogue does not list."""
    known = {segment.name for segment in listed(catalogue)}
    for file in (data / FOLDER).glob("dense-*"):
        if file.name not in known and file.is_file():
            storage.remove_file(file)


def _parts(catalogue: Catalogue, data: Path, *, thoroughly: bool) -> list[Part]:
    """Return the stretches that the segments and the tail cover, with what is due of each."""
    _, everything = catalogue.counts()
    most = 0 if thoroughly else min(TAIL_PASSAGES, TAIL_SHARE * everything)
    parts = []
    for first, last, segment in stretches(catalogue):
        stretch = (first, last)
        if segment is None:
            passages = _counted(catalogue, "SELECT count(*) FROM passages WHERE id BETWEEN ? AND ?", stretch)
            due = passages > most
            parts.append(Part(first, last, passages, due, "added" if due else None))
        else:
            removed = _counted(catalogue, "SELECT count(*) FROM removals WHERE passage_id BETWEEN ? AND ?", stretch)
            there = sound(data, segment) if thoroughly else _looks_sound(data, segment)
            why: Due | None = "damaged" if not there else "outdated" if removed else None
            parts.append(Part(first, last, segment.passages - removed, why is not None, why))
    return parts


def _looks_sound(data: Path, segment: Segment) -> bool:
    file = data / FOLDER / segment.name
    return file.is_file() and file.stat().st_size == segment.size


def _counted(catalogue: Catalogue, sql: str, stretch: tuple[int, int]) -> int:
    return int(catalogue.connection.execute(sql, stretch).fetchone()[0])


def _written(catalogue: Catalogue, data: Path, first: int, last: int) -> Iterator[Segment]:
    """Write the living passages of a stretch into one segment, or as many as it takes."""
    fingerprint = catalogue.fingerprint()
    while fingerprint is not None and first <= last:
        row = catalogue.connection.execute(
            "SELECT max(id) FROM (SELECT id FROM passages WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)",
            (first, last, MOST),
        ).fetchone()
        if row[0] is None:
            return
        ids, matrix = vectors(catalogue, first, row[0], fingerprint.dimension)
        content = _serialised(ids, matrix)
        sha256 = hashlib.sha256(content).hexdigest()
        name = f"dense-{ids[0]}-{ids[-1]}-{sha256[:12]}.faiss"
        if (data / FOLDER / name).is_dir():
            # Nothing of ours makes a folder of this name, and none may keep the view from being written.
            shutil.rmtree(data / FOLDER / name)
        storage.write_file(data / FOLDER / name, content)
        yield Segment(name, sha256, first, int(ids[-1]), len(ids), len(content))
        first = int(ids[-1]) + 1


def _serialised(ids: Ids, matrix: Vectors) -> bytes:
    """Return a FAISS file that carries the passage ids."""
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(matrix.shape[1]))
    index.add_with_ids(matrix, ids)
    return bytes(faiss.serialize_index(index))


def _register(catalogue: Catalogue, segments: Sequence[Segment]) -> None:
    """Make these the segments of the catalogue; no passage that was removed is in any of them."""
    connection = catalogue.connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("DELETE FROM segments")
        for segment in segments:
            row = astuple(segment)
            connection.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, digest(*row)))
        connection.execute("DELETE FROM removals")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise

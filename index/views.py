"""When a view is written: after commits, by the writer, once the tail has grown; and never needed to answer."""

from __future__ import annotations

import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path

from index.catalogue import Catalogue
from index.dense import FOLDER, DenseView, serialised

_log = logging.getLogger(__name__)

# The tail is folded into a new snapshot once it is this long, or this share of the snapshot.
TAIL_PASSAGES = 1_000
TAIL_SHARE = 0.1


def refreshed(catalogue: Catalogue, data: Path) -> None:
    """Write a new snapshot when the present one is missing, damaged or has fallen behind; drop the ones before it.

    A view that cannot be written is no failure: what was committed stays committed, and readers do without.
    """
    row = catalogue.connection.execute("SELECT generation, name, sha256 FROM views ORDER BY generation DESC LIMIT 1")
    present = row.fetchone()
    try:
        if present is None or not sound(data, *present[1:]) or _behind(catalogue, int(present[0])):
            write(catalogue, data, catalogue.generation())
        sweep(catalogue, data)
    except OSError as error:
        _log.warning("The view in %s cannot be written (%s); questions are answered without it.", data, error.strerror)


def sound(data: Path, name: str, sha256: str) -> bool:
    """Tell whether a view is there and holds what was written."""
    try:
        return hashlib.sha256((data / FOLDER / name).read_bytes()).hexdigest() == sha256
    except OSError as error:
        _log.info("The view %s cannot be read (%s).", name, error.strerror)
        return False


def write(catalogue: Catalogue, data: Path, generation: int) -> None:
    """Write the snapshot of a generation and register it with its SHA-256 in the catalogue."""
    folder = data / FOLDER
    folder.mkdir(exist_ok=True)
    view = DenseView.opened(catalogue, data)
    content = serialised(view)
    name = f"dense-{generation}.faiss"
    _write_durably(folder / name, content)
    catalogue.connection.execute("BEGIN IMMEDIATE")
    catalogue.connection.execute("DELETE FROM views")
    catalogue.connection.execute(
        "INSERT INTO views VALUES (?, ?, ?)", (generation, name, hashlib.sha256(content).hexdigest())
    )
    # Removals up to this generation are part of the snapshot now, and no older one will be opened again.
    catalogue.connection.execute("DELETE FROM removals WHERE generation <= ?", (generation,))
    catalogue.connection.execute("COMMIT")


def sweep(catalogue: Catalogue, data: Path) -> None:
    """Delete snapshots, finished or not, that the catalogue does not know."""
    known = {row[0] for row in catalogue.connection.execute("SELECT name FROM views")}
    for file in (data / FOLDER).glob("dense-*"):
        if file.name not in known and file.is_file():
            file.unlink(missing_ok=True)


def _behind(catalogue: Catalogue, generation: int) -> bool:
    added, removed, passages = catalogue.connection.execute(
        "SELECT (SELECT count(*) FROM passages WHERE generation > ?1), "
        "(SELECT count(*) FROM removals WHERE generation > ?1), (SELECT count(*) FROM passages)",
        (generation,),
    ).fetchone()
    # Removed means removed: a snapshot that still holds the vector of a removed passage is written anew at once.
    return bool(removed or added > min(TAIL_PASSAGES, TAIL_SHARE * passages))


def _write_durably(file: Path, content: bytes) -> None:
    """Write a file so that it is there whole, or not at all, whatever instant the machine stops."""
    temporary = file.with_suffix(".tmp")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
    with suppress(PermissionError):  # Windows does not open folders
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

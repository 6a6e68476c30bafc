"""Vectors made ahead of a rebuild: kept beside the catalogue, so that an interrupted rebuild goes on where it stopped.

The old index answers meanwhile and knows nothing of them. They are by document, so that what is removed in between
is removed here too; they belong to one model, and the swap that takes them in throws the file away. It is a cache: a
damaged file or row is embedded again.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core import codec, storage
from core.results import Fingerprint
from index import schema
from index.digest import digest
from index.preparing import Embedded, made_alike

FILE = "ahead.sqlite"

# The first table is that of a program that knew no tokens: what it holds is of no use.
_SCHEMA = """
DROP TABLE IF EXISTS ahead;
CREATE TABLE IF NOT EXISTS model (fingerprint TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS embedded (
    document_id TEXT NOT NULL,
    key TEXT NOT NULL,
    vector BLOB NOT NULL,
    spans BLOB NOT NULL,
    sentences BLOB NOT NULL,
    tokens BLOB NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (document_id, key)
) STRICT;
"""

_log = logging.getLogger(__name__)


class Ahead:
    """What was embedded ahead for one model; obtained from `open_ahead`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of(self, document_id: str) -> dict[str, Embedded]:
        """Return the vectors made for a document, by the hash of what was embedded."""
        rows = self._connection.execute(
            "SELECT document_id, key, vector, spans, sentences, tokens, digest FROM embedded WHERE document_id = ?",
            (document_id,),
        )
        return {row[1]: Embedded(*row[2:-1]) for row in rows if digest(*row[:-1]) == row[-1]}

    def put(self, vectors: Iterable[tuple[str, Mapping[str, Embedded]]]) -> None:
        """Keep vectors of several documents, all or none."""
        rows = [
            (document_id, key, item.vector, item.spans, item.sentences, item.tokens)
            for document_id, some in vectors
            for key, item in some.items()
        ]
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "INSERT OR REPLACE INTO embedded VALUES (?, ?, ?, ?, ?, ?, ?)", [(*row, digest(*row)) for row in rows]
            )

    def documents(self) -> tuple[str, ...]:
        """Return the ids of the documents that something was made for."""
        return tuple(row[0] for row in self._connection.execute("SELECT DISTINCT document_id FROM embedded ORDER BY 1"))

    def forget(self, document_ids: Iterable[str]) -> None:
        """Remove what was made for documents that are gone."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("DELETE FROM embedded WHERE document_id = ?", [(one,) for one in document_ids])

    def begin(self, fingerprint: Fingerprint) -> None:
        """Keep what was made with this model before, and nothing that was made with another."""
        row = self._connection.execute("SELECT fingerprint FROM model").fetchone()
        if row is None or not made_alike(codec.decode(Fingerprint, row[0]), fingerprint):
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute("DELETE FROM embedded")
                self._connection.execute("DELETE FROM model")
                self._connection.execute("INSERT INTO model VALUES (?)", (codec.encode(fingerprint),))


def waiting(data: Path, name: str = FILE) -> bool:
    """Tell whether a rebuild was begun and has not been finished; or, by the name of its file, another work."""
    return (data / name).is_file()


@contextmanager
def open_ahead(data: Path, name: str = FILE) -> Iterator[Ahead]:
    """Open what was made ahead in a data folder; a file that is damaged is thrown away first."""
    file = data / name
    if waiting(data, name) and not _sound(file):
        _log.warning("What was embedded ahead in %s is damaged; it is embedded again.", file)
        discard(data, name)
    connection = _connected(file)
    try:
        connection.executescript(_SCHEMA)
        yield Ahead(connection)
    finally:
        connection.close()


def discard(data: Path, name: str = FILE) -> None:
    """Throw away what was made ahead."""
    for ending in ("-wal", "-shm", ""):
        storage.remove_file(data / f"{name}{ending}")


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        schema.require_readable(connection)
        # A power cut may cost the last batches, never the soundness of those before.
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _sound(file: Path) -> bool:
    try:
        connection = _connected(file)
        try:
            return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        _log.info("%s cannot be opened (%s).", file, error)
        return False

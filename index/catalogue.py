"""The truth: one SQLite file with texts, spans, passages, vectors, ledger and fingerprint; this module reads it.

A `Catalogue` is opened for one question or one page and pinned to one generation: everything read through it comes
from the same instant, whatever a writer does meanwhile. Readers never write, so they never checkpoint the log.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core import codec
from core.document import Document, Heading, Loss, Metadata, Page, Passage, readable_name
from core.errors import DamagedError, DataFolderError, InputError, NoIndexError
from core.ledger import LedgerEntry, Outcome, SourceFile
from core.results import Fingerprint
from index import schema
from index.closeup import Closeups

FILE = "catalogue.sqlite"
BUSY_MS = 5_000


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the library: a document without its text; `passages` and `pages` are counts."""

    id: str
    title: str
    path: str
    name: str
    media_type: str
    metadata: Metadata
    pages: int
    passages: int
    losses: tuple[Loss, ...]


@contextmanager
def open_catalogue(data: Path) -> Iterator[Catalogue]:
    """Open the catalogue of a data folder for reading, pinned to its present generation.

    Raises NoIndexError when nothing was indexed there, DamagedError when the file is not a sound catalogue.
    """
    file = data / FILE
    nothing = f"There is no index in {data}; run `python -m ingest sync` first, or give another folder with --data."
    if not file.is_file():
        raise NoIndexError(nothing)
    with translated(file):
        connection = sqlite3.connect(_read_only_uri(file), uri=True, isolation_level=None)
        try:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            connection.execute("BEGIN")
            if schema.version(connection) == 0:
                # The first writer has made the file and not yet committed anything.
                raise NoIndexError(nothing)
            schema.require_known(schema.version(connection))
            if schema.version(connection) != schema.SCHEMA:
                message = (
                    f"The index in {data} has schema {schema.version(connection)}, this version of Stratum reads "
                    f"{schema.SCHEMA}; run `python -m index rebuild` to bring it up to date."
                )
                raise DataFolderError(message)
            yield Catalogue(connection)
        finally:
            connection.close()


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Turn SQLite's own errors into sentences that say what to do."""
    try:
        yield
    except sqlite3.IntegrityError:
        # A constraint that does not hold is a defect of ours, not damage: it must show itself.
        raise
    except sqlite3.OperationalError as error:
        message = f"The data folder {file.parent} cannot be used ({error}); check its permissions and free space."
        raise DataFolderError(message) from error
    except sqlite3.DatabaseError as error:
        message = (
            f"The catalogue {file} is damaged ({error}); restore a backup, "
            "or move the data folder away and run `python -m ingest sync` again."
        )
        raise DamagedError(message) from error


class Catalogue:
    """Everything that can be asked of one generation of the index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def generation(self) -> int:
        """Return the number of the last commit."""
        return int(self.meta("generation") or 0)

    def identity(self) -> str:
        """Return what tells this catalogue from another that was made in the same place later."""
        return self.meta("identity") or ""

    def fingerprint(self) -> Fingerprint | None:
        """Return what the index was made with; None while nothing is indexed."""
        stored = self.meta("fingerprint")
        return codec.decode(Fingerprint, stored) if stored else None

    def meta(self, key: str) -> str | None:
        """Return one of the catalogue's own settings."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def counts(self) -> tuple[int, int]:
        """Return how many documents and passages there are."""
        row = self.connection.execute(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)"
        ).fetchone()
        return int(row[0]), int(row[1])

    def document_ids(self) -> tuple[str, ...]:
        """Return the ids of all documents, in order."""
        return tuple(row[0] for row in self.connection.execute("SELECT id FROM documents ORDER BY id"))

    def document(self, document_id: str) -> Document:
        """Return a document whole; raises InputError when there is none of this id."""
        row = self.connection.execute(
            f"SELECT id, {_NAME}, sha256, media_type, reader, text, metadata, pages, headings, losses "  # noqa: S608 - constant
            "FROM documents WHERE id = ?",
            (document_id,),
        ).fetchone()
        if row is None:
            message = f"There is no document {document_id} in the index; `python -m ingest ledger` lists them."
            raise InputError(message)
        return Document(
            id=row[0],
            name=row[1],
            sha256=row[2],
            media_type=row[3],
            reader=row[4],
            text=row[5],
            metadata=codec.decode(Metadata, row[6]),
            pages=codec.decode(tuple[Page, ...], row[7]),
            headings=codec.decode(tuple[Heading, ...], row[8]),
            losses=codec.decode(tuple[Loss, ...], row[9]),
        )

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Return the passages of a document in the order of the text."""
        rows = self.connection.execute(
            'SELECT document_id, start, "end" FROM passages WHERE document_id = ? ORDER BY start, "end"', (document_id,)
        )
        return tuple(Passage(*row) for row in rows)

    def passages_by_id(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by their row ids; ids that no longer exist are left out."""
        found = {}
        for start in range(0, len(ids), _MOST_PARAMETERS):
            some = ids[start : start + _MOST_PARAMETERS]
            marks = ",".join("?" * len(some))
            rows = self.connection.execute(
                f'SELECT id, document_id, start, "end" FROM passages WHERE id IN ({marks})',  # noqa: S608 - marks only
                list(some),
            )
            found.update({row[0]: Passage(*row[1:]) for row in rows})
        return found

    def closeups(self, ids: Sequence[int], dimension: int) -> Closeups:
        """Return the sentences of passages, given by row id, with their vectors."""
        marks = ",".join("?" * len(ids))
        rows = self.connection.execute(
            f"SELECT passage_id, spans, vectors FROM closeups WHERE passage_id IN ({marks}) ORDER BY passage_id",  # noqa: S608 - marks only
            [int(number) for number in ids],
        ).fetchall()
        return Closeups.read(rows, dimension)

    def summaries(self) -> tuple[Summary, ...]:
        """Return the library, one line a document, by title."""
        rows = self.connection.execute(
            f"SELECT id, {_PATH}, {_NAME}, media_type, metadata, json_array_length(pages), "  # noqa: S608 - constants
            "(SELECT count(*) FROM passages WHERE document_id = documents.id), losses FROM documents"
        )
        summaries = []
        for document_id, path, name, media_type, metadata_json, pages, passages, losses in rows:
            metadata = codec.decode(Metadata, metadata_json)
            summaries.append(
                Summary(
                    document_id,
                    metadata.title or readable_name(name),
                    path,
                    name,
                    media_type,
                    metadata,
                    pages,
                    passages,
                    codec.decode(tuple[Loss, ...], losses),
                )
            )
        return tuple(sorted(summaries, key=lambda summary: (summary.title.lower(), summary.id)))

    def paths(self, document_id: str) -> tuple[str, ...]:
        """Return the paths of the files that hold this document, in order."""
        rows = self.connection.execute("SELECT path FROM sources WHERE document_id = ? ORDER BY path", (document_id,))
        return tuple(row[0] for row in rows)

    def name(self, document_id: str) -> str:
        """Return the file name a document goes by: that of its first path."""
        row = self.connection.execute(
            "SELECT name FROM sources WHERE document_id = ? ORDER BY path LIMIT 1", (document_id,)
        ).fetchone()
        return str(row[0]) if row else document_id

    def sources(self) -> dict[str, tuple[SourceFile, str]]:
        """Return every known file by path, with the id of its document (empty for a refused file)."""
        rows = self.connection.execute(
            "SELECT path, name, sha256, root, coalesce(document_id, '') FROM sources ORDER BY path"
        )
        return {row[0]: (SourceFile(*row[:4]), row[4]) for row in rows}

    def readers(self) -> dict[str, str]:
        """Return the reader, such as "pdf/1", that each document was read by, by document id."""
        return dict(self.connection.execute("SELECT id, reader FROM documents ORDER BY id").fetchall())

    def ledger(self) -> tuple[LedgerEntry, ...]:
        """Return what became of every known file, by path."""
        rows = self.connection.execute(
            "SELECT coalesce(d.id, ''), s.path, s.reason, coalesce(json_array_length(d.pages), 0), "
            "(SELECT count(*) FROM passages WHERE document_id = d.id), coalesce(d.losses, '[]'), "
            "row_number() OVER (PARTITION BY d.id ORDER BY s.path) "
            "FROM sources s LEFT JOIN documents d ON d.id = s.document_id ORDER BY s.path"
        )
        return tuple(_entry(*row) for row in rows)

    def fields(self) -> dict[str, tuple[str, ...]]:
        """Return the keys that can be filtered on, with their values."""
        found: dict[str, list[str]] = {}
        for key, value in self.connection.execute("SELECT DISTINCT key, value FROM fields ORDER BY key, value"):
            found.setdefault(str(key), []).append(value)
        return {key: tuple(values) for key, values in found.items()}


# SQLite takes at most 32,766 parameters in one statement.
_MOST_PARAMETERS = 30_000

_PATH = "(SELECT min(path) FROM sources WHERE document_id = documents.id)"
_NAME = "(SELECT name FROM sources WHERE document_id = documents.id ORDER BY path LIMIT 1)"


def _entry(document_id: str, path: str, reason: str, pages: int, passages: int, losses: str, copy: int) -> LedgerEntry:
    lost = codec.decode(tuple[Loss, ...], losses)
    outcome: Outcome = "refused" if not document_id else "duplicate" if copy > 1 else "partial" if lost else "read"
    return LedgerEntry(document_id, path, outcome, reason or summarised(lost), pages, passages, lost)


def summarised(losses: tuple[Loss, ...]) -> str:
    """Say in one line what a reader did not read; empty when it read everything.

    >>> summarised((Loss("page 3", "page", "no text"), Loss("page 9", "page", "no text")))
    'not read: page 3 (no text) and 1 more'
    """
    if not losses:
        return ""
    more = f" and {len(losses) - 1} more" if len(losses) > 1 else ""
    return f"not read: {losses[0].where} ({losses[0].why}){more}"


def _read_only_uri(file: Path) -> str:
    """Return the URI of a read-only connection; a folder that cannot be written is opened as unchanging.

    SQLite needs to make a shared-memory file beside a write-ahead log, which a read-only folder does not allow.
    """
    log = file.with_name(file.name + "-wal")
    settled = not log.exists() or log.stat().st_size == 0
    immutable = "&immutable=1" if settled and not os.access(file.parent, os.W_OK) else ""
    return f"{file.resolve().as_uri()}?mode=ro{immutable}"

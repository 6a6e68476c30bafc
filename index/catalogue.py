"""The truth: one SQLite file with texts, spans, passages, vectors, ledger and fingerprint; this module reads it.

A `Catalogue` is opened for one question or one page and pinned to one generation: everything read through it comes
from the same instant, whatever a writer does meanwhile. Readers never write, so they never checkpoint the log.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import codec
from core.document import Document, Heading, Loss, Metadata, Page, Passage, readable_name
from core.errors import DamagedError, InputError
from core.ledger import KnownFile, LedgerEntry, Outcome, SourceFile, copy_of
from core.results import Fingerprint
from index.closeup import Closeups
from index.digest import digest

# What `meta` holds besides its own digest, in the order of the digest.
META = ("identity", "generation", "documents", "passages", "fingerprint")


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
        """Return how many documents and passages there are; kept with every commit, for counting takes long."""
        return int(self.meta("documents") or 0), int(self.meta("passages") or 0)

    def document_ids(self) -> tuple[str, ...]:
        """Return the ids of all documents, in order."""
        return tuple(row[0] for row in self.connection.execute("SELECT id FROM documents ORDER BY id"))

    def document(self, document_id: str) -> Document:
        """Return a document whole; raises InputError when there is none, DamagedError when it was altered in store."""
        row = self.connection.execute(
            "SELECT id, sha256, media_type, reader, text, metadata, pages, headings, losses, digest "
            "FROM documents WHERE id = ?",
            (document_id,),
        ).fetchone()
        if row is None:
            message = f"There is no document {document_id} in the index; `python -m ingest ledger` lists them."
            raise InputError(message)
        if digest(*row[:-1]) != row[-1]:
            message = (
                f"The stored text of document {document_id} ({self.name(document_id)}) is not what was written; run "
                f"`python -m ingest remove {document_id}` and add its file again with `python -m ingest add FILE`, or "
                "restore a backup: `python -m index restore FILE --replace`."
            )
            raise DamagedError(message)
        return Document(
            id=row[0],
            name=self.name(document_id),
            sha256=row[1],
            media_type=row[2],
            reader=row[3],
            text=row[4],
            metadata=codec.decode(Metadata, row[5]),
            pages=codec.decode(tuple[Page, ...], row[6]),
            headings=codec.decode(tuple[Heading, ...], row[7]),
            losses=codec.decode(tuple[Loss, ...], row[8]),
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

    def tokens(self, ids: Sequence[int]) -> list[bytes]:
        """Return the packed tokens of passages, given by row id, in ascending order of the ids."""
        marks = ",".join("?" * len(ids))
        rows = self.connection.execute(
            f"SELECT tokens FROM closeups WHERE passage_id IN ({marks}) ORDER BY passage_id",  # noqa: S608 - marks only
            [int(number) for number in ids],
        )
        return [row[0] for row in rows]

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
        """Return the paths of the files that hold this document, the one it was first known by first."""
        return tuple(known.file.path for known in self.files_of(document_id))

    def name(self, document_id: str) -> str:
        """Return the file name a document goes by: that of the first of its paths."""
        return next((known.file.name for known in self.files_of(document_id)), document_id)

    def files(self) -> dict[str, KnownFile]:
        """Return every known file, by path."""
        return {row[0]: _known(row) for row in self.connection.execute(f"{_FILES} ORDER BY path")}

    def file(self, path: str) -> KnownFile | None:
        """Return the file known by this path."""
        row = self.connection.execute(f"{_FILES} WHERE path = ?", (path,)).fetchone()
        return None if row is None else _known(row)

    def files_of(self, document_id: str) -> tuple[KnownFile, ...]:
        """Return the files that hold a document, the one it was first known by first."""
        rows = self.connection.execute(f"{_FILES} WHERE document_id = ? ORDER BY rowid", (document_id,))
        return tuple(map(_known, rows))

    def files_within(self, folder: str) -> tuple[KnownFile, ...]:
        """Return the known files at this path or beneath it, by path."""
        beneath = folder.rstrip(os.sep) + os.sep
        rows = self.connection.execute(
            f"{_FILES} WHERE path = ?1 OR (path >= ?2 AND path < ?3) ORDER BY path",
            (folder, beneath, beneath[:-1] + chr(ord(os.sep) + 1)),
        )
        return tuple(map(_known, rows))

    def reader(self, document_id: str) -> str | None:
        """Return the reader, such as "pdf/1", that a document was read by; None when there is no such document."""
        row = self.connection.execute("SELECT reader FROM documents WHERE id = ?", (document_id,)).fetchone()
        return None if row is None else str(row[0])

    def ledger(self) -> tuple[LedgerEntry, ...]:
        """Return what became of every known file, by path."""
        return tuple(_entry(row) for row in self.connection.execute(f"{_LEDGER} ORDER BY s.path"))

    def entry(self, path: str) -> LedgerEntry | None:
        """Return what became of the file known by this path."""
        row = self.connection.execute(f"{_LEDGER} WHERE s.path = ?", (path,)).fetchone()
        return None if row is None else _entry(row)

    def fields(self) -> dict[str, tuple[str, ...]]:
        """Return the keys that can be filtered on, with their values."""
        found: dict[str, list[str]] = {}
        for key, value in self.connection.execute("SELECT DISTINCT key, value FROM fields ORDER BY key, value"):
            found.setdefault(str(key), []).append(value)
        return {key: tuple(values) for key, values in found.items()}


# SQLite takes at most 32,766 parameters in one statement.
_MOST_PARAMETERS = 30_000

# Rows of `sources` are numbered as they come (index/rows.py): of several files that hold a document, it goes by the one
# that was first known to, whatever the others are called.
_PATH = "(SELECT path FROM sources WHERE document_id = documents.id ORDER BY rowid LIMIT 1)"
_NAME = "(SELECT name FROM sources WHERE document_id = documents.id ORDER BY rowid LIMIT 1)"
_FILES = "SELECT path, name, sha256, root, coalesce(document_id, ''), reason, reader FROM sources"
_LEDGER = (
    "SELECT coalesce(d.id, ''), s.path, s.name, s.sha256, s.root, s.reason, coalesce(json_array_length(d.pages), 0), "
    "(SELECT count(*) FROM passages WHERE document_id = d.id), coalesce(d.losses, '[]'), "
    "f.path, f.name, f.sha256, f.root "
    "FROM sources s LEFT JOIN documents d ON d.id = s.document_id "
    "LEFT JOIN sources f ON f.rowid = (SELECT min(rowid) FROM sources WHERE document_id = d.id) AND f.rowid < s.rowid"
)


def _known(row: tuple[str, ...]) -> KnownFile:
    return KnownFile(SourceFile(*row[:4]), *row[4:])


def _entry(row: Sequence[Any]) -> LedgerEntry:
    """Return a row of the ledger as its entry; its last four columns are the file that it is a copy of, if it is."""
    document_id, reason, pages, passages = row[0], row[5], row[6], row[7]
    file, lost = SourceFile(*row[1:5]), codec.decode(tuple[Loss, ...], row[8])
    said: tuple[Outcome, str] = ("partial" if lost else "read", summarised(lost))
    if not document_id:
        said = "refused", reason
    elif row[9] is not None:
        said = "duplicate", copy_of(SourceFile(*row[9:]), file)
    return LedgerEntry(document_id, file.path, *said, pages, passages, lost, file.name)


def summarised(losses: tuple[Loss, ...]) -> str:
    """Say in one line what a reader did not read; empty when it read everything.

    >>> summarised((Loss("page 3", "page", "no text"), Loss("page 9", "page", "no text")))
    'not read: page 3 (no text) and 1 more'
    """
    if not losses:
        return ""
    more = f" and {len(losses) - 1} more" if len(losses) > 1 else ""
    return f"not read: {losses[0].where} ({losses[0].why}){more}"

"""The only way in: one writer, one commit point.

A change is embedded first and then committed in one SQL transaction with the new generation; until that instant
nothing of it can be seen, and from then on all of it. Views are made afterwards and may be lost at any time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from core import codec
from core.document import Document, Heading, Loss, Page
from core.errors import BusyError, DataFolderError, NoIndexError
from core.ledger import SourceFile
from core.results import Fingerprint
from index import schema, views
from index.catalogue import BUSY_MS, FILE, Catalogue, translated
from index.encoder import Encoder
from index.fingerprint import chosen_model, fingerprint_of, require_same
from index.preparing import Embedding, Prepared, prepared

LOCK = "writer.lock"


@dataclass(frozen=True, slots=True)
class Change:
    """One step of an ingest, committed whole: what was read, what got another path, what was refused, what went."""

    read: tuple[tuple[SourceFile, Document], ...] = ()
    linked: tuple[tuple[SourceFile, str], ...] = ()
    refused: tuple[tuple[SourceFile, str], ...] = ()
    gone: tuple[str, ...] = ()


@contextmanager
def open_writer(data: Path, *, create: bool = True) -> Iterator[Writer]:
    """Open a data folder for writing; bring its schema up to date first and its view at the end.

    Without `create`, a folder that holds no index is refused. Raises BusyError when another process writes,
    DataFolderError when the folder cannot be written.
    """
    if not create and not (data / FILE).is_file():
        message = f"There is no index in {data}; run `python -m ingest sync` first, or give another folder with --data."
        raise NoIndexError(message)
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data / LOCK)
        lock.acquire(timeout=0)
    except Timeout as error:
        message = f"Another process is writing to the index in {data} now; wait until it has finished, then try again."
        raise BusyError(message) from error
    except OSError as error:
        message = f"The data folder {data} cannot be written ({error.strerror}); give another one with --data."
        raise DataFolderError(message) from error
    try:
        with translated(data / FILE):
            connection = sqlite3.connect(data / FILE, isolation_level=None)
            try:
                _configure(connection)
                schema.migrate(connection)
                yield Writer(connection, data)
                views.refreshed(Catalogue(connection), data)
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
    finally:
        lock.release()


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Removed means removed: freed pages are overwritten.
    connection.execute("PRAGMA secure_delete = ON")


class Writer:
    """Commits changes; obtained from `open_writer`, and gone with it."""

    def __init__(self, connection: sqlite3.Connection, data: Path) -> None:
        self._connection = connection
        self.data = data
        self.catalogue = Catalogue(connection)

    def model(self, wanted: str | None) -> str:
        """Return the name of the model to write with: the index's own, which `wanted` may only confirm."""
        stored = self.catalogue.fingerprint()
        if stored is not None and not self.catalogue.counts()[0]:
            return wanted or stored.model
        return chosen_model(stored, wanted)

    def require_fingerprint(self, encoder: Encoder) -> None:
        """Raise FingerprintError unless the index is empty or was made with this encoder."""
        stored = self.catalogue.fingerprint()
        if stored is not None and self.catalogue.counts()[0]:
            require_same(stored, fingerprint_of(encoder))

    def commit(self, change: Change, encoder: Encoder | None = None, progress: Embedding | None = None) -> int:
        """Embed what is new, commit the change whole, and return the new generation.

        `encoder` may be None when nothing was read. A document whose last file is gone goes with it.
        """
        ready: list[tuple[Document, list[Prepared]]] = []
        if change.read:
            if encoder is None:
                message = "Documents can only be added with an encoder."
                raise ValueError(message)
            self.require_fingerprint(encoder)
            documents = list({document.id: document for _, document in change.read}.values())
            ready = prepared(self.catalogue, documents, encoder, progress)
        with self._transaction() as generation:
            if encoder is not None and ready:
                self._set_fingerprint(fingerprint_of(encoder))
            for document, passages in ready:
                self._insert_document(document, passages, generation)
            for source, document in change.read:
                self._put_source(source, document.id, "")
            for source, document_id in change.linked:
                self._put_source(source, document_id, "")
            for source, reason in change.refused:
                self._put_source(source, None, reason)
            self._connection.executemany("DELETE FROM sources WHERE path = ?", [(path,) for path in change.gone])
            self._remove_orphans(generation)
        return generation

    def rebuild(self, encoder: Encoder, progress: Embedding | None = None) -> int:
        """Split and embed every stored text anew, with any model, and return the new generation.

        The source files are not needed. Vectors of the same model for unchanged passages are kept. Questions are
        answered from the old state until the one commit at the end.
        """
        documents = [self.catalogue.document(document_id) for document_id in self.catalogue.document_ids()]
        ready = prepared(self.catalogue, documents, encoder, progress)
        with self._transaction() as generation:
            for document in documents:
                self._delete_passages(document.id, generation)
            self._set_fingerprint(fingerprint_of(encoder))
            for document, passages in ready:
                self._insert_passages(document, passages, generation)
        return generation

    @contextmanager
    def _transaction(self) -> Iterator[int]:
        """Run one commit: everything inside happens with the new generation, or nothing does."""
        self._connection.execute("BEGIN IMMEDIATE")
        # A document that is read again is deleted and inserted under the same id, which its sources point to.
        self._connection.execute("PRAGMA defer_foreign_keys = ON")
        try:
            generation = self.catalogue.generation() + 1
            self._connection.execute("UPDATE meta SET value = ? WHERE key = 'generation'", (str(generation),))
            yield generation
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _insert_document(self, document: Document, passages: Sequence[Prepared], generation: int) -> None:
        self._delete_document(document.id, generation)
        self._connection.execute(
            "INSERT INTO documents (id, sha256, media_type, reader, text, metadata, pages, headings, losses) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                document.sha256,
                document.media_type,
                document.reader,
                document.text,
                codec.encode(document.metadata),
                codec.encode(document.pages, tuple[Page, ...]),
                codec.encode(document.headings, tuple[Heading, ...]),
                codec.encode(document.losses, tuple[Loss, ...]),
            ),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO fields (document_id, key, value) VALUES (?, ?, ?)",
            [(document.id, key, value) for key, value in _filterable(document)],
        )
        self._insert_passages(document, passages, generation)

    def _insert_passages(self, document: Document, passages: Sequence[Prepared], generation: int) -> None:
        for item in passages:
            start, end = item.passage.start, item.passage.end
            cursor = self._connection.execute(
                'INSERT INTO passages (document_id, start, "end", generation, embedded_sha256, vector) '
                "VALUES (?, ?, ?, ?, ?, ?)",
                (document.id, start, end, generation, item.embedded_sha256, item.embedded.vector),
            )
            self._connection.execute(
                "INSERT INTO closeups (passage_id, spans, vectors) VALUES (?, ?, ?)",
                (cursor.lastrowid, item.embedded.spans, item.embedded.sentences),
            )
            self._connection.execute(
                "INSERT INTO lexical (rowid, title, section, quote) VALUES (?, ?, ?, ?)",
                (cursor.lastrowid, document.metadata.title, item.section, document.text[start:end]),
            )

    def _put_source(self, source: SourceFile, document_id: str | None, reason: str) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO sources (path, name, sha256, root, document_id, reason) VALUES (?, ?, ?, ?, ?, ?)",
            (source.path, source.name, source.sha256, source.root, document_id, reason),
        )

    def _remove_orphans(self, generation: int) -> None:
        rows = self._connection.execute(
            "SELECT id FROM documents WHERE NOT EXISTS (SELECT 1 FROM sources WHERE document_id = documents.id)"
        ).fetchall()
        for (document_id,) in rows:
            self._delete_document(document_id, generation)

    def _delete_document(self, document_id: str, generation: int) -> None:
        self._delete_passages(document_id, generation)
        self._connection.execute("DELETE FROM fields WHERE document_id = ?", (document_id,))
        self._connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def _delete_passages(self, document_id: str, generation: int) -> None:
        ids = [
            row[0] for row in self._connection.execute("SELECT id FROM passages WHERE document_id = ?", (document_id,))
        ]
        self._connection.executemany("DELETE FROM lexical WHERE rowid = ?", [(number,) for number in ids])
        self._connection.executemany("INSERT INTO removals VALUES (?, ?)", [(number, generation) for number in ids])
        self._connection.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))

    def _set_fingerprint(self, fingerprint: Fingerprint) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('fingerprint', ?)", (codec.encode(fingerprint),))


def _filterable(document: Document) -> Iterator[tuple[str, str]]:
    """Yield everything of a document that `--where` can ask for."""
    metadata = document.metadata
    yield "document", document.id
    yield "type", document.media_type.partition("/")[2]
    yield from (("author", author) for author in metadata.authors)
    if metadata.year is not None:
        yield "year", str(metadata.year)
    yield from metadata.fields

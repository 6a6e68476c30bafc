"""The only way in: one writer, one commit point.

A change is embedded first and then committed in one SQL transaction with the new generation; until that instant
nothing of it can be seen, and from then on all of it. Views are made afterwards and may be lost at any time.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from core import storage
from core.document import Document
from core.errors import BusyError, DataFolderError, NoIndexError
from core.ledger import SourceFile
from index import ahead, begun, rebuilding, schema, segments
from index.catalogue import Catalogue
from index.encoder import Encoder
from index.fingerprint import chosen_model, fingerprint_of, require_current, require_same
from index.opening import BUSY_MS, FILE, damage_named, translated
from index.preparing import Embedding, Prepared
from index.rows import Rows

LOCK = "writer.lock"

# How long the end of a run waits for readers; then it leaves the log for the next run to truncate.
_SETTLING_MS = 1_000
# In a long run the tail is folded after about this many passages, so that readers beside it stay quick.
_FOLD_EVERY = 8 * segments.TAIL_PASSAGES

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was refused and why; `reader` is what refused it, empty when none saw it."""

    file: SourceFile
    reason: str
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of an ingest, committed whole: what was read, what got another path, what was refused, what went."""

    read: tuple[tuple[SourceFile, Document], ...] = ()
    linked: tuple[tuple[SourceFile, str], ...] = ()
    refused: tuple[Refusal, ...] = ()
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
    with locked(data), translated(data / FILE):
        connection = connected(data)
        try:
            found = schema.migrate(connection)
            writer = Writer(connection, data, found)
            _forget_ahead(writer.catalogue, data)
            with damage_named(writer.catalogue, data):
                yield writer
            begun.discard(data)
            _fold(writer.catalogue, data)
            settle(connection)
        finally:
            connection.close()


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the writer's lock of a data folder, which is made if need be; refused at once when another holds it."""
    try:
        storage.keep_folder(data)
        lock = FileLock(data / LOCK)
        lock.acquire(timeout=0)
    except Timeout as error:
        message = f"Another process is writing to the index in {data} now; wait until it has finished, then try again."
        raise BusyError(message) from error
    except OSError as error:
        message = f"The data folder {data} cannot be written ({error.strerror}); give another one with --data."
        raise DataFolderError(message) from error
    try:
        yield
    finally:
        lock.release()


def connected(data: Path) -> sqlite3.Connection:
    """Return a connection that writes durably, for whoever holds the lock."""
    connection = sqlite3.connect(data / FILE, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        schema.require_readable(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # Removed means removed: freed pages are overwritten.
        connection.execute("PRAGMA secure_delete = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def settle(connection: sqlite3.Connection) -> None:
    """Move the log into the catalogue and truncate it, unless a reader still needs it."""
    connection.execute(f"PRAGMA busy_timeout = {_SETTLING_MS}")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Writer:
    """Commits changes; obtained from `open_writer`, and gone with it.

    `found_schema` is the schema that the catalogue had before it was opened; 0 where there was none.
    """

    def __init__(self, connection: sqlite3.Connection, data: Path, found_schema: int) -> None:
        self._connection = connection
        self.data = data
        self.found_schema = found_schema
        self.catalogue = Catalogue(connection)
        self._unfolded = 0

    def model(self, wanted: str | None) -> str:
        """Return the name of the model to write with: the index's own, which `wanted` may only confirm.

        Raises FingerprintError for another one, and for an index that this version makes otherwise.
        """
        stored = self.catalogue.fingerprint()
        if stored is not None and not self.catalogue.counts()[0]:
            return wanted or stored.model
        chosen = chosen_model(stored, wanted)
        if stored is not None:
            require_current(stored)
        return chosen

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
            ready = begun.prepared(self.catalogue, self.data, documents, encoder, progress)
        with self._transaction() as (rows, generation):
            if encoder is not None and ready:
                rows.set_fingerprint(fingerprint_of(encoder))
            for document, passages in ready:
                rows.put_document(document, passages)
            for file, document in change.read:
                rows.put_file(file, document.id)
            for file, document_id in change.linked:
                rows.put_file(file, document_id)
            for refusal in change.refused:
                rows.put_file(refusal.file, None, refusal.reason, refusal.reader)
            for path in change.gone:
                rows.remove_file(path)
            orphans = rows.remove_orphans()
        begun.committed(self.data, [document for document, _ in ready])
        if orphans:
            _forget_ahead(self.catalogue, self.data)
        self._fold_now_and_then(sum(len(passages) for _, passages in ready))
        return generation

    def rebuild(self, encoder: Encoder, progress: Embedding | None = None) -> int:
        """Split and embed every stored text anew, with any model, and return the new generation.

        The source files are not needed. What is embedded is kept beside the index, which answers as before until the
        one commit at the end; a rebuild that was interrupted goes on where it stopped.
        """
        with ahead.open_ahead(self.data) as vectors:
            rebuilding.embed(self.catalogue, vectors, encoder, progress)
            with self._transaction() as (rows, generation):
                rows.begin_anew()
                for document, passages in rebuilding.prepared(self.catalogue, vectors, encoder):
                    rows.replace_passages(document, passages)
                rows.set_fingerprint(fingerprint_of(encoder))
        ahead.discard(self.data)
        return generation

    @contextmanager
    def _transaction(self) -> Iterator[tuple[Rows, int]]:
        """Run one commit: everything inside happens with the new generation, or nothing does."""
        self._connection.execute("BEGIN IMMEDIATE")
        # A document that is read again is deleted and inserted under the same id, which its files point to.
        self._connection.execute("PRAGMA defer_foreign_keys = ON")
        try:
            generation = self.catalogue.generation() + 1
            rows = Rows(self._connection, self.catalogue)
            yield rows, generation
            rows.seal(generation)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _fold_now_and_then(self, passages: int) -> None:
        self._unfolded += passages
        if self._unfolded >= _FOLD_EVERY:
            _fold(self.catalogue, self.data)
            self._unfolded = 0


def _fold(catalogue: Catalogue, data: Path) -> None:
    error = segments.fold(catalogue, data).error
    if error:
        _log.warning("The view in %s cannot be written (%s); questions are answered without it.", data, error)


def _forget_ahead(catalogue: Catalogue, data: Path) -> None:
    """Remove what a rebuild embedded ahead of documents that are gone: removed means removed."""
    if ahead.waiting(data):
        with ahead.open_ahead(data) as vectors:
            vectors.forget(one for one in vectors.documents() if catalogue.reader(one) is None)

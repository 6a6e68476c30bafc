"""Opening the catalogue for reading: pinned to one generation, never writing, with SQLite's errors as sentences."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from core.errors import DamagedError, DataFolderError, NoIndexError
from index import schema
from index.catalogue import Catalogue
from index.checks import RESTORE, TRUTH, of_itself, problems, torn

FILE = "catalogue.sqlite"
BUSY_MS = 5_000
# Pages that a reader keeps, in KiB: a batch of questions comes back to the same pages (SQLite's 2 MB hold hardly any).
CACHE_KIB = 65_536

# The primary codes of errors that the folder, its disk or another process is to blame for, not the file's content.
_PRIMARY = 0xFF
_THE_FOLDERS = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)


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
            schema.require_readable(connection)
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.execute("BEGIN")
            if schema.version(connection) == 0:
                # The first writer has made the file and not yet committed anything.
                raise NoIndexError(nothing)
            schema.require_known(schema.version(connection))
            if schema.version(connection) != schema.SCHEMA:
                message = (
                    f"The index in {data} has schema {schema.version(connection)}, this version of Stratum reads "
                    f"{schema.SCHEMA}; run `python -m index fold` to bring it up to date; nothing is embedded again."
                )
                raise DataFolderError(message)
            catalogue = Catalogue(connection)
            with damage_named(catalogue, data):
                yield catalogue
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
    except sqlite3.DatabaseError as error:
        # pysqlite raises errors of its own too, which carry no code: what it could not decode is damage.
        if getattr(error, "sqlite_errorname", "") == "SQLITE_READONLY_ROLLBACK":
            # Only the making of a catalogue uses a rollback journal, and only a writer may clear up what it left.
            message = f"The first run in {file.parent} was cut short; run `python -m ingest sync` to begin again."
            raise NoIndexError(message) from error
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _THE_FOLDERS:
            message = f"The data folder {file.parent} cannot be used ({error}); check its permissions and free space."
            raise DataFolderError(message) from error
        raise _damaged(file, str(error)) from error


@contextmanager
def damage_named(catalogue: Catalogue, data: Path) -> Iterator[None]:
    """Tell damage from defects: what reading stumbles over is DamagedError if an invariant does not hold, else itself.

    Only then is the whole catalogue checked, which can take a minute; nothing is checked while all goes well.
    """
    try:
        yield
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        problem = next(problems(catalogue, data, TRUTH), "")
        if not problem:
            raise
        raise _damaged(data / FILE, problem) from error


def require_whole(catalogue: Catalogue, data: Path) -> None:
    """Raise DamagedError when the catalogue is damaged in its structure or in what it says of itself.

    Single rows are not compared with their digests: that is what `verify` takes its time for. This takes two seconds
    for 100,000 passages.
    """
    problem = next(chain(torn(catalogue.connection), of_itself(catalogue, data)), "")
    if problem:
        raise _damaged(data / FILE, problem)


def _damaged(file: Path, how: str) -> DamagedError:
    # What a check says may end in the same advice.
    said = how.rstrip(".").removesuffix(f"; {RESTORE}")
    return DamagedError(
        f"The catalogue {file} is damaged ({said}); {RESTORE}, "
        "or move the data folder away and run `python -m ingest sync` again."
    )


def _read_only_uri(file: Path) -> str:
    """Return the URI of a read-only connection; a folder that cannot be written is opened as unchanging.

    SQLite needs to make a shared-memory file beside a write-ahead log, which a read-only folder does not allow.
    """
    log = file.with_name(file.name + "-wal")
    settled = not log.exists() or log.stat().st_size == 0
    immutable = "&immutable=1" if settled and not os.access(file.parent, os.W_OK) else ""
    return f"{file.resolve().as_uri()}?mode=ro{immutable}"

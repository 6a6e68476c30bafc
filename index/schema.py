"""The catalogue's tables, as numbered migrations; each runs once, in a transaction of its own.

To change the schema, append a migration; never edit one that has shipped. `PRAGMA user_version` holds the number
of the last one that ran.
"""

from __future__ import annotations

import sqlite3

from core.errors import DataFolderError

# A passage and its vector are one row, so neither can exist without the other (invariant 2). Passage ids are never
# used again (AUTOINCREMENT), so that a view that has not heard of a removal cannot point at another passage.
_VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', '0'), ('identity', lower(hex(randomblob(16))));

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    reader TEXT NOT NULL,
    text TEXT NOT NULL,
    metadata TEXT NOT NULL,
    pages TEXT NOT NULL,
    headings TEXT NOT NULL,
    losses TEXT NOT NULL
) STRICT;

CREATE TABLE fields (
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    key TEXT NOT NULL COLLATE NOCASE,
    value TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (key, value, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fields_of_document ON fields (document_id);

CREATE TABLE sources (
    path TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    root TEXT NOT NULL,
    document_id TEXT REFERENCES documents,
    reason TEXT NOT NULL,
    CHECK ((document_id IS NULL) = (reason <> ''))
) STRICT;
CREATE INDEX sources_of_document ON sources (document_id);

CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    embedded_sha256 TEXT NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (document_id, start, "end"),
    CHECK (start < "end")
) STRICT;
CREATE INDEX passages_by_embedded_text ON passages (embedded_sha256);
CREATE INDEX passages_by_generation ON passages (generation);

CREATE TABLE closeups (
    passage_id INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    spans BLOB NOT NULL,
    vectors BLOB NOT NULL
) STRICT;

CREATE TABLE removals (passage_id INTEGER PRIMARY KEY, generation INTEGER NOT NULL) STRICT;

CREATE TABLE views (
    generation INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE lexical USING fts5 (
    title, section, quote, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""

MIGRATIONS: tuple[str, ...] = (_VERSION_1,)
SCHEMA = len(MIGRATIONS)


def version(connection: sqlite3.Connection) -> int:
    """Return the number of the last migration that ran; 0 for an empty database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def require_known(current: int) -> None:
    """Raise DataFolderError for the schema of a later program."""
    if current > SCHEMA:
        message = (
            f"The index was made by a later version of Stratum (schema {current}, this one knows {SCHEMA}); "
            "update the program, or give another data folder with --data."
        )
        raise DataFolderError(message)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the catalogue to the newest schema, all or nothing for each step; refuses one from a later program."""
    current = version(connection)
    require_known(current)
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if current == 0 and tables:
        message = "The data folder holds a database of another program; give another folder with --data."
        raise DataFolderError(message)
    for number, script in enumerate(MIGRATIONS[current:], start=current + 1):
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")

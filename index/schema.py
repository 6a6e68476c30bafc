"""The catalogue's tables, as numbered migrations; those a catalogue lacks run in one transaction.

To change the schema, append a migration and keep a catalogue of the last schema in tests/index/schemas; never edit a
migration that has shipped. `PRAGMA user_version` holds the number of the last one that ran.
"""

from __future__ import annotations

import sqlite3

from core.errors import DataFolderError
from index.digest import digest

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

TOKENIZER = "tokenize = 'porter unicode61 remove_diacritics 2'"
LEXICAL = f"CREATE VIRTUAL TABLE lexical USING fts5 (title, section, quote, {TOKENIZER})"
"""The lexical side as a rebuild makes it anew."""

# What is stored carries a digest of itself, so that damage which SQLite cannot see is named by `verify`. The one view
# becomes segments, which are rewritten apart. A refused file remembers which reader refused it.
_VERSION_2 = """
DROP TABLE views;
DROP TABLE removals;
CREATE TABLE removals (passage_id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE segments (
    name TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    size INTEGER NOT NULL,
    digest TEXT NOT NULL,
    CHECK (first <= last AND passages > 0)
) STRICT;

ALTER TABLE sources ADD COLUMN reader TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN digest TEXT NOT NULL DEFAULT '';
UPDATE sources SET digest = digest(path, name, sha256, root, document_id, reason, reader);

ALTER TABLE documents ADD COLUMN digest TEXT NOT NULL DEFAULT '';
UPDATE documents SET digest = digest(id, sha256, media_type, reader, text, metadata, pages, headings, losses);

DROP INDEX passages_by_generation;
ALTER TABLE passages DROP COLUMN generation;
ALTER TABLE passages ADD COLUMN digest TEXT NOT NULL DEFAULT '';
UPDATE passages SET digest = (
    SELECT digest(passages.id, document_id, start, "end", embedded_sha256, vector, spans, vectors)
    FROM closeups WHERE passage_id = passages.id
);

INSERT INTO meta VALUES
    ('documents', (SELECT count(*) FROM documents)),
    ('passages', (SELECT count(*) FROM passages)),
    ('digest', '');
UPDATE meta SET value = json_set(value, '$.schema', 2) WHERE key = 'fingerprint';
UPDATE meta SET value = digest(
    (SELECT value FROM meta WHERE key = 'identity'),
    (SELECT value FROM meta WHERE key = 'generation'),
    (SELECT value FROM meta WHERE key = 'documents'),
    (SELECT value FROM meta WHERE key = 'passages'),
    (SELECT value FROM meta WHERE key = 'fingerprint')
) WHERE key = 'digest';
"""

# Passages have token vectors, where the model gives them. An index made with such a model is of another fingerprint, so
# it asks for a rebuild. A digest that was not that of its row stays wrong: a migration must not vouch for damage.
_VERSION_3 = """
ALTER TABLE closeups ADD COLUMN tokens BLOB NOT NULL DEFAULT x'';
UPDATE passages SET digest = coalesce((
    SELECT digest(passages.id, document_id, start, "end", embedded_sha256, vector, spans, vectors, tokens)
    FROM closeups WHERE passage_id = passages.id
        AND passages.digest = digest(passages.id, document_id, start, "end", embedded_sha256, vector, spans, vectors)
), digest);

UPDATE meta SET value = digest(
    (SELECT value FROM meta WHERE key = 'identity'),
    (SELECT value FROM meta WHERE key = 'generation'),
    (SELECT value FROM meta WHERE key = 'documents'),
    (SELECT value FROM meta WHERE key = 'passages'),
    (SELECT json_set(value, '$.schema', 3, '$.tokens', '') FROM meta WHERE key = 'fingerprint')
) WHERE key = 'digest' AND value = digest(
    (SELECT value FROM meta WHERE key = 'identity'),
    (SELECT value FROM meta WHERE key = 'generation'),
    (SELECT value FROM meta WHERE key = 'documents'),
    (SELECT value FROM meta WHERE key = 'passages'),
    (SELECT value FROM meta WHERE key = 'fingerprint')
);
UPDATE meta SET value = json_set(value, '$.schema', 3, '$.tokens', '') WHERE key = 'fingerprint';
"""

MIGRATIONS: tuple[str, ...] = (_VERSION_1, _VERSION_2, _VERSION_3)
SCHEMA = len(MIGRATIONS)


def version(connection: sqlite3.Connection) -> int:
    """Return the number of the last migration that ran; 0 for an empty database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def require_readable(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError when the schema is malformed; to be called before anything else is asked.

    What SQLite says of a malformed schema quotes it, and pysqlite cannot decode that when a bit of it has flipped.
    """
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except UnicodeDecodeError as error:
        message = "malformed database schema"
        raise sqlite3.DatabaseError(message) from error


def require_known(current: int) -> None:
    """Raise DataFolderError for the schema of a later program."""
    if current > SCHEMA:
        message = (
            f"The index was made by a later version of Stratum (schema {current}, this one knows {SCHEMA}); "
            "update the program, or give another data folder with --data."
        )
        raise DataFolderError(message)


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the catalogue to the newest schema, all or nothing, and return the one it had; 0 for an empty file.

    Refuses one from a later program.
    """
    current = version(connection)
    require_known(current)
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if current == 0 and tables:
        message = "The data folder holds a database of another program; give another folder with --data."
        raise DataFolderError(message)
    connection.create_function("digest", -1, digest, deterministic=True)
    scripts = "".join(MIGRATIONS[current:])
    if scripts:
        connection.executescript(f"BEGIN IMMEDIATE;\n{scripts}\nPRAGMA user_version = {SCHEMA};\nCOMMIT;")
    return current

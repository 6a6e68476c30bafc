"""The rows of one commit: what is written, what goes with it, and the digests by which damage is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from core import codec
from core.document import Document, Heading, Loss, Page
from core.ledger import SourceFile
from core.results import Fingerprint
from index import schema
from index.catalogue import META, Catalogue
from index.digest import digest
from index.preparing import Prepared


class Rows:
    """Writes inside one transaction, which `seal` completes; counts documents and passages as they come and go."""

    def __init__(self, connection: sqlite3.Connection, catalogue: Catalogue) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._documents, self._passages = catalogue.counts()
        self._left: set[str] = set()

    def put_file(self, file: SourceFile, document_id: str | None, reason: str = "", reader: str = "") -> None:
        """Note what a file holds, or why it was refused; the document it held before may be left without a file."""
        known = self._catalogue.file(file.path)
        if known is not None and known.document_id != document_id:
            # It comes after the files that hold this document already: a document goes by the first of them.
            self.remove_file(file.path)
        row = (file.path, file.name, file.sha256, file.root, document_id, reason, reader)
        self._connection.execute(
            "INSERT INTO sources (path, name, sha256, root, document_id, reason, reader, digest) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET name = excluded.name, "
            "sha256 = excluded.sha256, root = excluded.root, document_id = excluded.document_id, "
            "reason = excluded.reason, reader = excluded.reader, digest = excluded.digest",
            (*row, digest(*row)),
        )

    def remove_file(self, path: str) -> None:
        """Forget a file."""
        self._leave(path)
        self._connection.execute("DELETE FROM sources WHERE path = ?", (path,))

    def remove_orphans(self) -> tuple[str, ...]:
        """Remove the documents that this commit left without a file, and return their ids."""
        orphans = tuple(one for one in sorted(self._left) if not self._catalogue.files_of(one))
        for document_id in orphans:
            self.remove_document(document_id)
        return orphans

    def put_document(self, document: Document, passages: Iterable[Prepared]) -> None:
        """Insert a document with its passages, in the place of one that has its id."""
        self.remove_document(document.id)
        row = (
            document.id,
            document.sha256,
            document.media_type,
            document.reader,
            document.text,
            codec.encode(document.metadata),
            codec.encode(document.pages, tuple[Page, ...]),
            codec.encode(document.headings, tuple[Heading, ...]),
            codec.encode(document.losses, tuple[Loss, ...]),
        )
        self._connection.execute(
            "INSERT INTO documents (id, sha256, media_type, reader, text, metadata, pages, headings, losses, digest) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, digest(*row)),
        )
        self._documents += 1
        self._connection.executemany(
            "INSERT OR IGNORE INTO fields (document_id, key, value) VALUES (?, ?, ?)",
            [(document.id, key, value) for key, value in filterable(document)],
        )
        self.put_passages(document, passages)

    def remove_document(self, document_id: str) -> None:
        """Remove a document with all that belongs to it; one that is not there is no error."""
        self.remove_passages(document_id)
        self._connection.execute("DELETE FROM fields WHERE document_id = ?", (document_id,))
        gone = self._connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
        self._documents -= gone.rowcount

    def put_passages(self, document: Document, passages: Iterable[Prepared]) -> None:
        """Insert passages of a document that is there: span, vector, sentences, tokens, words."""
        for item in passages:
            span = (document.id, item.passage.start, item.passage.end, item.embedded_sha256, item.embedded.vector)
            cursor = self._connection.execute(
                'INSERT INTO passages (document_id, start, "end", embedded_sha256, vector) VALUES (?, ?, ?, ?, ?)', span
            )
            number = cursor.lastrowid
            closeup = (item.embedded.spans, item.embedded.sentences, item.embedded.tokens)
            self._connection.execute(
                "UPDATE passages SET digest = ? WHERE id = ?", (digest(number, *span, *closeup), number)
            )
            self._connection.execute(
                "INSERT INTO closeups (passage_id, spans, vectors, tokens) VALUES (?, ?, ?, ?)", (number, *closeup)
            )
            quote = document.text[item.passage.start : item.passage.end]
            self._connection.execute(
                "INSERT INTO lexical (rowid, title, section, quote) VALUES (?, ?, ?, ?)",
                (number, document.metadata.title, item.section, quote),
            )
            self._passages += 1

    def remove_passages(self, document_id: str) -> None:
        """Remove the passages of a document; a segment that still holds their vectors is told to forget them."""
        rows = self._connection.execute("SELECT id FROM passages WHERE document_id = ?", (document_id,)).fetchall()
        self._connection.executemany("DELETE FROM lexical WHERE rowid = ?", rows)
        self._connection.executemany("INSERT INTO removals VALUES (?)", rows)
        self._connection.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
        self._passages -= len(rows)

    def begin_anew(self) -> None:
        """Make room for passages of all documents under another fingerprint: no segment, no word of before remains."""
        for statement in ("DELETE FROM segments", "DELETE FROM removals", "DROP TABLE lexical", schema.LEXICAL):
            self._connection.execute(statement)

    def replace_passages(self, document: Document, passages: Iterable[Prepared]) -> None:
        """Give a document other passages, once `begin_anew` has made room for those of all documents."""
        gone = self._connection.execute("DELETE FROM passages WHERE document_id = ?", (document.id,))
        self._passages -= gone.rowcount
        self.put_passages(document, passages)

    def set_fingerprint(self, fingerprint: Fingerprint) -> None:
        """Note what the index is made with from now on."""
        self._set("fingerprint", codec.encode(fingerprint))

    def seal(self, generation: int) -> None:
        """Write the generation, the counts and their digest: the last rows of a commit."""
        self._set("generation", str(generation))
        self._set("documents", str(self._documents))
        self._set("passages", str(self._passages))
        self._set("digest", sealed(self._catalogue))

    def _leave(self, path: str) -> None:
        known = self._catalogue.file(path)
        if known is not None and known.document_id:
            self._left.add(known.document_id)

    def _set(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def sealed(catalogue: Catalogue) -> str:
    """Return the digest over what `meta` says of the whole."""
    return digest(*map(catalogue.meta, META))


def filterable(document: Document) -> Iterator[tuple[str, str]]:
    """Yield everything of a document that `--where` can ask for."""
    metadata = document.metadata
    yield "document", document.id
    yield "type", document.media_type.partition("/")[2]
    yield from (("author", author) for author in metadata.authors)
    if metadata.year is not None:
        yield "year", str(metadata.year)
    yield from metadata.fields

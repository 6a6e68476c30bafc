"""The invariants of a data folder, each a function that yields a sentence for every way in which it does not hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from core.document import PATH_SEPARATOR, Document, section_of
from core.errors import DamagedError
from core.words import counted
from index import segments
from index.catalogue import Catalogue
from index.digest import digest
from index.rows import filterable, sealed
from index.schema import TOKENIZER
from index.tokens import TOKEN_BYTES

_UNIT_TOLERANCE = 1e-3


def torn(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what SQLite finds wrong with the structure of a file, a line each; nothing of a sound one.

    Not by `quick_check`: from SQLite 3.40.0 to 3.41.0 that one sees NULL in every row of a table like `fields`.
    """
    for (said,) in connection.execute("PRAGMA integrity_check"):
        yield from (line for line in said.splitlines() if line != "ok" and not line.startswith("***"))


def _sqlite(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    yield from (f"The catalogue file is damaged: {line}." for line in torn(catalogue.connection))
    for row in catalogue.connection.execute("PRAGMA foreign_key_check"):
        yield f"A row of {row[0]} points at a row of {row[2]} that is not there."


def _texts(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    for document_id in catalogue.document_ids():
        try:
            document = catalogue.document(document_id)
        except DamagedError as error:
            yield str(error)
            continue
        for check, sentence in _OF_A_DOCUMENT.items():
            if not check(document, catalogue):
                yield f"Document {document_id} ({document.name}): {sentence}."


def _pages_tile(document: Document, _catalogue: Catalogue) -> bool:
    pages = document.pages
    if not pages:
        return True
    ends = pages[0].start == 0 and pages[-1].end == len(document.text)
    return ends and all(before.end == after.start for before, after in pairwise(pages))


def _headings_nest(document: Document, _catalogue: Catalogue) -> bool:
    ends = [len(document.text)]
    for heading in document.headings:
        if not 0 <= heading.start <= heading.title_end <= heading.end:
            return False
        while ends and ends[-1] <= heading.start:
            ends.pop()
        if not ends or heading.end > ends[-1]:
            return False
        ends.append(heading.end)
    return True


def _passages_quote(document: Document, catalogue: Catalogue) -> bool:
    rows = catalogue.connection.execute(
        'SELECT p.start, p."end", l.quote, l.title, l.section FROM passages p LEFT JOIN lexical l ON l.rowid = p.id '
        "WHERE p.document_id = ?",
        (document.id,),
    )
    return all(
        quote == document.text[start:end]
        and quote.strip()
        and title == document.metadata.title
        and section == PATH_SEPARATOR.join(section_of(document.headings, start))
        for start, end, quote, title, section in rows
    )


def _filters_match(document: Document, catalogue: Catalogue) -> bool:
    stored = catalogue.connection.execute("SELECT key, value FROM fields WHERE document_id = ?", (document.id,))
    # Keys and values are compared without regard to case, so the first spelling of a pair stands for all.
    return {(key.lower(), value.lower()) for key, value in stored} == {
        (key.lower(), value.lower()) for key, value in filterable(document)
    }


_OF_A_DOCUMENT: dict[Callable[[Document, Catalogue], bool], str] = {
    _pages_tile: "its pages do not tile its text",
    _headings_nest: "its headings are not nested",
    _passages_quote: "a passage is not what its span says, or the lexical side holds other words",
    _filters_match: "what it can be filtered by is not what it says of itself",
}


def _vectors(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    fingerprint = catalogue.fingerprint()
    dimension = fingerprint.dimension if fingerprint else 0
    tokened = bool(fingerprint and fingerprint.tokens)
    for row in catalogue.connection.execute(
        'SELECT p.id, p.document_id, p.start, p."end", p.embedded_sha256, p.vector, c.spans, c.vectors, c.tokens, '
        "p.digest FROM passages p LEFT JOIN closeups c ON c.passage_id = p.id"
    ):
        number, (blob, spans, sentences, tokens) = row[0], row[5:9]
        if digest(*row[:-1]) != row[-1]:
            yield f"What is stored of passage {number} is not what was written; run `python -m index rebuild`."
            continue
        vector = np.frombuffer(blob, np.float32).astype(float) if len(blob) % 4 == 0 else np.empty(0)
        if vector.size != dimension:
            yield f"The vector of passage {number} has {counted(vector.size, 'component')}, not {dimension}."
        elif not abs(float(vector @ vector) - 1) < _UNIT_TOLERANCE:
            yield f"The vector of passage {number} is not of unit length."
        elif not spans or sentences is None or len(sentences) != len(spans) // 8 * dimension:
            yield f"The sentences of passage {number} do not match their vectors."
        elif len(tokens) % TOKEN_BYTES or (tokens and not tokened):
            yield f"The tokens of passage {number} are not what the model makes; run `python -m index rebuild`."
    for table, key in (("lexical", "rowid"), ("closeups", "passage_id")):
        (strays,) = catalogue.connection.execute(
            f"SELECT count(*) FROM {table} WHERE {key} NOT IN (SELECT id FROM passages)"  # noqa: S608 - constants
        ).fetchone()
        if strays:
            stray = f"{counted(strays, 'passage')} {'that is' if strays == 1 else 'that are'} not in the catalogue"
            yield f"{table} holds {stray}; run `python -m index rebuild`."


def _words(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    """Compare the words that the lexical side finds, and where, with those of its texts, indexed anew beside it."""
    connection = catalogue.connection
    connection.execute(f"CREATE VIRTUAL TABLE temp.anew USING fts5 (title, section, quote, content='', {TOKENIZER})")
    connection.execute("INSERT INTO temp.anew (rowid, title, section, quote) SELECT rowid, * FROM lexical")
    for kind in ("col", "instance"):
        connection.execute(f"CREATE VIRTUAL TABLE temp.held_{kind} USING fts5vocab('main', 'lexical', '{kind}')")
        connection.execute(f"CREATE VIRTUAL TABLE temp.anew_{kind} USING fts5vocab('temp', 'anew', '{kind}')")
    differing = any(
        connection.execute(_DIFFERENT_TERMS.format(one, other)).fetchone()
        for one, other in (("held", "anew"), ("anew", "held"))
    )
    places = [connection.execute(_PLACES.format(side)).fetchall() for side in ("held", "anew")]
    if differing or places[0] != places[1]:
        yield "The lexical side finds other words than its texts hold; run `python -m index rebuild`."


_DIFFERENT_TERMS = "SELECT 1 FROM (SELECT * FROM temp.{}_col EXCEPT SELECT * FROM temp.{}_col) LIMIT 1"
# A sum over every occurrence, which any that moved to another passage or place changes.
_PLACES = (
    'SELECT col, count(*), sum((doc * 1000003 + "offset" * 7919 + unicode(term) * 104729 + length(term) * 611953) '
    "% 1000000007) FROM temp.{}_instance GROUP BY col ORDER BY col"
)


def of_itself(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    """Yield whether the catalogue says of itself what was written."""
    if sealed(catalogue) != catalogue.meta("digest"):
        yield _NOT_ITSELF


_NOT_ITSELF = "What the catalogue says of itself (generation, counts, model) is not what was written."


def _bookkeeping(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    for path, known in catalogue.files().items():
        file = known.file
        row = (file.path, file.name, file.sha256, file.root, known.document_id or None, known.reason, known.reader)
        (stored,) = catalogue.connection.execute("SELECT digest FROM sources WHERE path = ?", (path,)).fetchone()
        if digest(*row) != stored:
            yield f"What the ledger says of {path} is not what was written; run `python -m ingest sync` or `add` again."
    found = catalogue.connection.execute(
        "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)"
    ).fetchone()
    if found != catalogue.counts():
        yield _NOT_ITSELF
    for sentence, sql in _EMPTY.items():
        (number,) = catalogue.connection.execute(sql).fetchone()
        if number:
            yield f"{counted(number, 'document')} {'has' if number == 1 else 'have'} {sentence}."


_EMPTY = {
    "no source file on the ledger": "SELECT count(*) FROM documents "
    "WHERE NOT EXISTS (SELECT 1 FROM sources WHERE document_id = documents.id)",
    "no passage": "SELECT count(*) FROM documents "
    "WHERE NOT EXISTS (SELECT 1 FROM passages WHERE document_id = documents.id)",
}


def _view(catalogue: Catalogue, data: Path) -> Iterator[str]:
    (registered,) = catalogue.connection.execute("SELECT count(*) FROM segments").fetchone()
    listed = segments.listed(catalogue)
    if registered != len(listed):
        yield "The list of views is not what was written; run `python -m index fold`."
    for segment in listed:
        if not segments.sound(data, segment):
            yield f"The view {segment.name} is missing or not what was written; run `python -m index fold`."
        stretch = (segment.first, segment.last)
        living = (
            "SELECT (SELECT count(*) FROM passages WHERE id BETWEEN ?1 AND ?2) + "
            "(SELECT count(*) FROM removals WHERE passage_id BETWEEN ?1 AND ?2)"
        )
        (passages,) = catalogue.connection.execute(living, stretch).fetchone()
        if passages != segment.passages:
            yield (
                f"The view {segment.name} holds {counted(segment.passages, 'passage')}, the catalogue {passages} for "
                "the same ids; run `python -m index fold`."
            )


RESTORE = "restore a backup with `python -m index restore FILE --replace`"
"""The way back from damage to the truth."""

Check = Callable[[Catalogue, Path], Iterator[str]]

TRUTH: tuple[Check, ...] = (_sqlite, of_itself, _texts, _vectors, _words, _bookkeeping)
CHECKS: tuple[Check, ...] = (*TRUTH, _view)


def problems(catalogue: Catalogue, data: Path, checks: Sequence[Check] = CHECKS) -> Iterator[str]:
    """Yield every way in which an invariant does not hold; a check that damage stops is one of them."""
    for check in checks:
        try:
            yield from check(catalogue, data)
        except (sqlite3.DatabaseError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            # What a check itself stumbles over is damage too: nothing of what it reads may be otherwise than written.
            yield f"The catalogue cannot be read through ({type(error).__name__}: {_first_line(error)}); {RESTORE}."


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no more is known"])[0]

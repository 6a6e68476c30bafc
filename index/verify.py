"""Checks of every invariant, and of every citation against the file it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np

from core.document import PATH_SEPARATOR, Document, section_of
from core.ledger import SourceFile
from index import views
from index.catalogue import Catalogue, open_catalogue

State = Literal["found", "moved", "changed", "missing"]

_UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Verification:
    """How many citations were checked, the state of their source files, and every invariant that does not hold.

    `stale` names the documents whose file is not found as it was read, with the state and the path it had.
    """

    checked: int
    found: int
    moved: int
    changed: int
    missing: int
    problems: tuple[str, ...]
    stale: tuple[tuple[State, str], ...]


def verify(data: Path) -> Verification:
    """Check the whole data folder; an empty `problems` means that every invariant holds."""
    with open_catalogue(data) as catalogue:
        problems = [problem for check in _CHECKS for problem in check(catalogue, data)]
        states: dict[State, int] = {"found": 0, "moved": 0, "changed": 0, "missing": 0}
        files = _Files()
        sources: dict[str, list[SourceFile]] = {}
        for source, document_id in catalogue.sources().values():
            sources.setdefault(document_id, []).append(source)
        stale = []
        for document_id in catalogue.document_ids():
            own = sources.get(document_id, [])
            state = _state(own, files)
            states[state] += len(catalogue.passages(document_id))
            if state != "found":
                stale.append((state, own[0].path if own else document_id))
    return Verification(checked=sum(states.values()), problems=tuple(problems), stale=tuple(stale), **states)


def document_state(catalogue: Catalogue, document_id: str) -> State:
    """Tell whether a document's source file still holds what is quoted from it.

    `found`: a file with the very bytes that were read is where it was. `moved`: such a file is elsewhere in the
    folder it came with. `changed`: a file is there with other bytes. `missing`: there is none.
    """
    return _state([source for source, known in catalogue.sources().values() if known == document_id], _Files())


_BEST_FIRST: tuple[State, ...] = ("found", "moved", "changed", "missing")


class _Files:
    """The files on disk as one verification sees them: each is read once."""

    def __init__(self) -> None:
        self._known: dict[Path, str | None] = {}

    def sha256(self, path: Path) -> str | None:
        """Return the hash of a file's bytes; None when it cannot be read, which is as good as absent."""
        if path not in self._known:
            try:
                self._known[path] = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError:
                self._known[path] = None
        return self._known[path]

    def state(self, source: SourceFile) -> State:
        """Tell what became of one source file."""
        path = Path(source.path)
        if self.sha256(path) == source.sha256:
            return "found"
        root = Path(source.root)
        elsewhere = root.rglob(f"*{path.suffix}") if root.is_dir() else path.parent.glob(f"*{path.suffix}")
        if any(self.sha256(other) == source.sha256 for other in elsewhere):
            return "moved"
        return "changed" if path.is_file() else "missing"


def _state(sources: list[SourceFile], files: _Files) -> State:
    return min((files.state(source) for source in sources), key=_BEST_FIRST.index, default="missing")


def _sqlite(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    for (line,) in catalogue.connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"The catalogue file is damaged: {line}."
    for row in catalogue.connection.execute("PRAGMA foreign_key_check"):
        yield f"A row of {row[0]} points at a row of {row[2]} that is not there."


def _texts(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    for document_id in catalogue.document_ids():
        document = catalogue.document(document_id)
        for check in (_pages_tile, _headings_nest, _passages_quote):
            if not check(document, catalogue):
                yield f"Document {document_id} ({document.name}): {_SENTENCES[check]}."


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


_SENTENCES: dict[Callable[[Document, Catalogue], bool], str] = {
    _pages_tile: "its pages do not tile its text",
    _headings_nest: "its headings are not nested",
    _passages_quote: "a passage is not what its span says, or the lexical side holds other words",
}


def _vectors(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    fingerprint = catalogue.fingerprint()
    dimension = fingerprint.dimension if fingerprint else 0
    for number, blob in catalogue.connection.execute("SELECT id, vector FROM passages"):
        vector = np.frombuffer(blob, np.float32) if len(blob) % 4 == 0 else np.empty(0, np.float32)
        if vector.size != dimension:
            yield f"The vector of passage {number} has {vector.size} components, not {dimension}."
        elif not abs(float(vector @ vector) - 1) < _UNIT_TOLERANCE:
            yield f"The vector of passage {number} is not of unit length."
    for number, size, spans in catalogue.connection.execute(
        "SELECT p.id, length(c.vectors), length(c.spans) FROM passages p LEFT JOIN closeups c ON c.passage_id = p.id"
    ):
        if size is None or not spans or size != spans // 8 * dimension:
            yield f"The sentences of passage {number} do not match their vectors."
    (strays,) = catalogue.connection.execute(
        "SELECT count(*) FROM lexical WHERE rowid NOT IN (SELECT id FROM passages)"
    ).fetchone()
    if strays:
        yield f"The lexical side holds {strays} passages that are not in the catalogue."


def _words(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    """Compare the words that the lexical side finds with those its passages hold, by counting."""
    catalogue.connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'lexical', 'instance')")
    (indexed,) = catalogue.connection.execute("SELECT count(DISTINCT doc) FROM temp.words").fetchone()
    held = sum(
        any(map(str.isalnum, f"{title}{section}{quote}"))
        for title, section, quote in catalogue.connection.execute("SELECT title, section, quote FROM lexical")
    )
    if indexed != held:
        yield f"The lexical side knows words of {indexed} passages, not of {held}; run `python -m index rebuild`."


def _bookkeeping(catalogue: Catalogue, _data: Path) -> Iterator[str]:
    (orphans,) = catalogue.connection.execute(
        "SELECT count(*) FROM documents WHERE NOT EXISTS (SELECT 1 FROM sources WHERE document_id = documents.id)"
    ).fetchone()
    if orphans:
        yield f"{orphans} documents have no source file on the ledger."
    (bare,) = catalogue.connection.execute(
        "SELECT count(*) FROM documents WHERE NOT EXISTS (SELECT 1 FROM passages WHERE document_id = documents.id)"
    ).fetchone()
    if bare:
        yield f"{bare} documents have no passage."


def _view(catalogue: Catalogue, data: Path) -> Iterator[str]:
    row = catalogue.connection.execute("SELECT name, sha256 FROM views ORDER BY generation DESC LIMIT 1").fetchone()
    if row is not None and not views.sound(data, *row):
        yield f"The view {row[0]} is missing or not what was written; the next `ingest sync` makes it again."


_CHECKS: tuple[Callable[[Catalogue, Path], Iterator[str]], ...] = (
    _sqlite,
    _texts,
    _vectors,
    _words,
    _bookkeeping,
    _view,
)

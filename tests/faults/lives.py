"""The scripted life of an index that the crash tests record, and what may be found of it at any instant.

A reader must find exactly one committed state, whole: the last that was acknowledged or, while a commit was under way,
the next. It must be answered as by a fresh build of that state. An upload that was accepted must be on the ledger or
wait to be read. One run of the writer, though it has nothing to do, must leave nothing half-written lying about and
nothing for `verify` to name but views, which `index fold` writes again; and the next commit must work. A rebuild that
was under way must come to its end from what it left.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import ingest
from core.document import Document
from core.errors import NoIndexError
from core.results import MODES, Mode
from index import Catalogue, Change, Encoder, Refusal, Searcher, Writer, open_catalogue, open_writer, segments, verify
from tests.faults.simulated_disk import Disk, Entry, Mark, recording, unwaiting
from tests.index.builders import Counting, added, document, file_of, gone, paragraphs, ranking, sectioned

QUESTIONS = ("word1x1 word2x2 word7x3", "retinol harms the skin", "oil")
K = 8
REFUSED = "the file is empty: there is nothing to read"
UPLOAD = b"# Peeling\n\nAn acid peel takes off what is dead. Oil calms the skin.\n\n## Harms\n\nIt burns.\n"
FOLDER = "var"

# A document that is in none of the lives: what the writer goes on with after a crash.
_NEXT = document("Something that was written after the crash, about zinc.", title="Afterwards")


# The one upload of the life: not accepted yet, accepted, or its removal has begun.
Upload = Literal["unknown", "accepted", "leaving"]

# How questions are answered, by mode.
Ranked = dict[Mode, list[object]]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A committed state: what the catalogue says of it, and how a fresh build of it ranks; generation 0 is nothing."""

    generation: int
    encoder: Encoder
    contents: object
    ranked: Ranked


@dataclass(frozen=True, slots=True)
class Life:
    """A recorded life: the log, with a mark at each commit's begin and end, and the state that each commit made."""

    log: tuple[Entry, ...]
    expected: dict[int, Expectation]

    def marks(self, at: int, word: str) -> list[int]:
        """Return the numbers of the marks of a word that were set up to entry `at`."""
        return [entry.number for entry in self.log[: at + 1] if isinstance(entry, Mark) and entry.word == word]

    def upload(self, at: int) -> Upload:
        """Return what has come of the one upload at entry `at`."""
        if self.marks(at, "removing"):
            return "leaving"
        return "accepted" if self.marks(at, "accepted") else "unknown"

    def allowed(self, at: int) -> tuple[Expectation, ...]:
        """Return the states that may be found after a crash behind entry `at`: one, or two within a commit."""
        done = max(self.marks(at, "acknowledged"), default=0)
        begun = max(self.marks(at, "begun"), default=0)
        return tuple(self.expected[number] for number in sorted({done, max(done, begun)}))


def contents(catalogue: Catalogue) -> object:
    """Return everything the catalogue says, but for vectors and words, which rankings show."""
    documents = [catalogue.document(document_id) for document_id in catalogue.document_ids()]
    passages = [catalogue.passages(one.id) for one in documents]
    return catalogue.generation(), catalogue.fingerprint(), documents, passages, catalogue.ledger()


def present(data: Path) -> object:
    """Return everything a reader finds in a data folder now; None when nothing was indexed there yet."""
    try:
        with open_catalogue(data) as catalogue:
            return contents(catalogue) if catalogue.generation() else None
    except NoIndexError:
        return None


def ranked(data: Path, encoder: Encoder, modes: Sequence[Mode] = MODES) -> Ranked:
    """Return how a data folder answers the questions."""
    return answered(Searcher(data, encoder), modes)


def answered(searcher: Searcher, modes: Sequence[Mode] = MODES) -> Ranked:
    """Return how a searcher answers the questions, mode by mode: every place, score and path of the first `K`."""
    return {
        mode: [
            (answer.query, answer.support, answer.confidence, ranking(answer))
            for answer in searcher.ask_many(QUESTIONS, K, mode)
        ]
        for mode in modes
    }


def ranked_afresh(files: Mapping[str, Document], encoder: Encoder) -> Ranked:
    """Return how an index ranks that is built now from these files, by path."""
    with TemporaryDirectory() as folder:
        data = Path(folder) / FOLDER
        with open_writer(data) as writer:
            writer.commit(added(files), encoder)
        return ranked(data, encoder)


REBUILT_WITH = Counting("hashing-64", 64)
NOTHING = Expectation(0, Counting(), None, {})


def violations(data: Path, allowed: Sequence[Expectation], upload: Upload = "unknown") -> list[str]:
    """Return what does not hold of a data folder after a crash, a sentence each; it is written to."""
    try:
        with unwaiting():
            return list(_violations(data, allowed, upload))
    except Exception as error:  # noqa: BLE001 - whatever is raised is what the tests are after
        return [f"{type(error).__name__}: {error}"]


def _violations(data: Path, allowed: Sequence[Expectation], upload: Upload) -> Iterator[str]:
    found = present(data)
    fitting = [one for one in allowed if one.contents == found]
    if not fitting:
        generation = found[0] if isinstance(found, tuple) else 0
        yield f"generation {generation} is found, and it is none of {[one.generation for one in allowed]} whole"
        return
    (state,) = fitting
    if state.generation and ranked(data, state.encoder) != state.ranked:
        yield "a reader is answered otherwise than by a fresh build"
    run(data)
    if present(data) != state.contents:
        yield "a run that had nothing to do has changed what is there"
    yield from _uploads(data, upload)
    if state.generation:
        yield from unsound(data)
        if ranked(data, state.encoder, ["hybrid"]) != {"hybrid": state.ranked["hybrid"]}:
            yield "after a writer was there, a reader is answered otherwise than by a fresh build"
        if (data / "ahead.sqlite").exists():
            yield from _unfinished_rebuild(data)
            return
    with open_writer(data) as writer:
        generation = writer.commit(added({"next.md": _NEXT}), state.encoder)
    hits = Searcher(data, state.encoder).ask("written after the crash about zinc", 1).citations
    if generation != state.generation + 1 or [hit.document_id for hit in hits] != [_NEXT.id]:
        yield "the writer cannot go on"


def run(data: Path) -> None:
    """Let the program write to a data folder when there is nothing to write: what was left behind is mended."""
    with TemporaryDirectory() as nothing:
        ingest.sync(data, Path(nothing))


def unsound(data: Path) -> Iterator[str]:
    """Yield what `verify` names, of views only what it names after they were folded, and what belongs to nothing."""
    verified = verify(data)
    if any("index fold" in problem for problem in verified.problems):
        with open_writer(data) as writer:
            segments.fold(writer.catalogue, data, thoroughly=True)
        verified = verify(data)
    yield from verified.problems
    yield from (f"{file.name} was left behind" for file in data.rglob("*.tmp"))


def _uploads(data: Path, upload: Upload) -> Iterator[str]:
    """Yield uploads that belong to nothing, and say when the one of the life is lost or has come back."""
    kept = {file for file in (data / "uploads").glob("*") if file.is_file()}
    with open_catalogue(data) as catalogue:
        indexed = {Path(entry.path) for entry in catalogue.ledger() if entry.document_id}
    waiting = {path for path, _ in ingest.waiting_uploads(data)}
    known = indexed | waiting
    yield from (f"the upload {path.name} belongs to nothing" for path in kept - known)
    yield from (f"the upload {path.name} was read, and still waits" for path in indexed & waiting)
    if upload == "leaving" and waiting:
        yield "an upload that was being removed waits to be read again"
    if upload == "accepted" and not any(path.read_bytes() == UPLOAD for path in kept & known):
        yield "an upload that was accepted is lost"
    if any(path.parent == data / "uploads" and path not in kept for path in known):
        yield "an upload that is cited is not there"


# Fresh builds with the other model, by what they hold: the same few are asked for again and again.
_REBUILT: dict[tuple[tuple[str, str], ...], Ranked] = {}


def _unfinished_rebuild(data: Path) -> Iterator[str]:
    with open_writer(data) as writer:
        writer.rebuild(REBUILT_WITH)
        files = {
            entry.path: writer.catalogue.document(entry.document_id)
            for entry in writer.catalogue.ledger()
            if entry.document_id
        }
    key = tuple(sorted((path, read.id) for path, read in files.items()))
    if key not in _REBUILT:
        _REBUILT[key] = ranked_afresh(files, REBUILT_WITH)
    if ranked(data, REBUILT_WITH) != _REBUILT[key]:
        yield "a rebuild that was begun before does not rank as a fresh build"
    if list(data.glob("ahead.*")):
        yield "what a rebuild embedded ahead was left behind"


@dataclass(slots=True)
class _Script:
    """Lets commits happen one after another, with marks around them, and keeps what each must have made."""

    disk: Disk
    data: Path
    encoder: Encoder
    files: dict[str, Document] = field(default_factory=dict)
    expected: dict[int, Expectation] = field(default_factory=lambda: {0: NOTHING})

    @contextmanager
    def step(self) -> Iterator[None]:
        """Mark the begin and the end of one commit, and keep the state that it made."""
        number = len(self.expected)
        self.disk.mark("begun", number)
        yield
        self.disk.mark("acknowledged", number)
        with open_catalogue(self.data) as catalogue:
            held = {entry.path: entry.document_id for entry in catalogue.ledger() if entry.document_id}
            assert held == {file_of(read, path).path: read.id for path, read in self.files.items()}
            self.expected[number] = Expectation(
                number, self.encoder, contents(catalogue), ranked_afresh(self.files, self.encoder)
            )
            assert catalogue.generation() == number

    def put(self, writer: Writer, files: Mapping[str, Document], left: Sequence[str] = (), refused: str = "") -> None:
        """Commit what is new, changed or renamed, what left, and a file that is refused."""
        with self.step():
            known = {read.id for read in self.files.values()}
            fresh = {path: read for path, read in files.items() if read.id not in known}
            change = Change(
                read=added(fresh).read,
                linked=tuple((file_of(read, path), read.id) for path, read in files.items() if read.id in known),
                refused=(Refusal(file_of(document(""), refused), REFUSED),) if refused else (),
                gone=gone(*left).gone,
            )
            writer.commit(change, self.encoder if fresh else None)
            self.files = {path: read for path, read in {**self.files, **files}.items() if path not in left}

    def upload(self) -> Path:
        """Keep a file as the browser does, and index it."""
        with self.step():
            file = ingest.store_upload(self.data, "Peel.md", UPLOAD)
            self.disk.mark("accepted", 0)
            (entry,) = ingest.add(self.data, [file], "hashing-256", names=["Peel.md"]).entries
            with open_catalogue(self.data) as catalogue:
                self.files[str(file)] = catalogue.document(entry.document_id)
        return file

    def remove_upload(self, file: Path) -> None:
        """Remove an uploaded file as the browser does."""
        with self.step():
            self.disk.mark("removing", 0)
            ingest.remove(self.data, [str(file)])
            del self.files[str(file)]

    def rebuild(self, writer: Writer, encoder: Encoder) -> None:
        """Embed everything anew with another model."""
        with self.step():
            writer.rebuild(encoder)
            self.encoder = encoder


def long(first: int, count: int, title: str) -> Document:
    """Return a document of sections that are a passage each."""
    texts = paragraphs(first + count)[first:]
    return sectioned(*((1, f"Part {number}", text) for number, text in enumerate(texts, first)), title=title)


def recorded(root: Path) -> Life:
    """Live the scripted life in a data folder beneath an empty folder, and return what the disk saw of it."""
    data = root / FOLDER
    retinol = sectioned((1, "Harms", "Retinol stings. It harms the skin."), (1, "Use", "At night."), title="Retinol")
    oil = document("Oil is for dry skin. It is said to do no harm.", title="Oil")
    with recording(root) as disk:
        script = _Script(disk, data, Counting())
        with open_writer(data) as writer:
            script.put(writer, {"retinol.md": retinol, "oil.md": oil, "long.md": long(0, 6, "Long")})
            script.put(writer, {"more.md": long(4, 3, "More")})
        with open_writer(data) as writer:
            script.put(writer, {"long.md": long(1, 6, "Long"), "deep/oil.md": oil}, ["oil.md"], refused="empty.md")
        # A reader's connection that is only open keeps SQLite from deleting its log when the writer closes.
        with closing(sqlite3.connect(f"{(data / 'catalogue.sqlite').as_uri()}?mode=ro", uri=True)) as idle:
            idle.execute("SELECT count(*) FROM meta").fetchone()
            with open_writer(data) as writer:
                script.put(writer, {}, ["more.md"])
                script.put(writer, {"many.md": long(10, 24, "Many")})
            file = script.upload()
        with open_writer(data) as writer:
            script.rebuild(writer, REBUILT_WITH)
        script.remove_upload(file)
        with open_writer(data) as writer:
            script.put(writer, {"retinol.md": sectioned((1, "Harms", "It harms none."), title="Retinol")})
    return Life(tuple(disk.log), script.expected)

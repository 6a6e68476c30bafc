"""Whatever happened to an index, it ranks as one built today from what is left; nothing known is embedded again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.document import Document
from core.results import MODES
from index import Change, Searcher, open_catalogue, open_writer, rebuilding, segments, verify
from index.ahead import open_ahead
from index.arrays import Vectors
from index.backup import backup, restore
from index.chunking import Chunker
from index.hashing import HashingEncoder
from tests.index.builders import Counting, added, file_of, gone, put, rankings, sectioned

NAMES = st.sampled_from(["a.md", "b.md", "c.md", "deep/a.md", "öl.md"])
TEXTS = st.integers(0, 9)
QUESTIONS = ("retinol harms", "oil and acid", "peel", "nothing of it")
WORDS = ("retinol", "acid", "oil", "peel", "harms")


def text(number: int) -> Document:
    """Return one of ten documents; some share sections, some share the very same passages."""
    shared = ("Harms", "It stings. It burns. Acid and oil do harm.")
    own = (WORDS[number % 5].title(), f"{WORDS[number % 5]} and {WORDS[number % 3]}. Number {number % 4} of them.")
    sections = [own, shared] if number % 2 else [own]
    return sectioned(*((1, title, body) for title, body in sections), title="Leaflet" if number < 5 else "")


def embedded_texts(documents: Iterable[Document]) -> set[str]:
    """Return what the model has read of these documents' passages."""
    chunker = Chunker(Counting())
    return {chunker.embedded_text(read, passage) for read in documents for passage in chunker.passages(read)}


class DeathError(Exception):
    """The end of a run that comes without warning."""


class Dying(HashingEncoder):
    """Another model, which takes the run with it after some batches."""

    def __init__(self, after: int) -> None:
        super().__init__("hashing-other", 64)
        self._left = after

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self._left -= 1
        if self._left < 0:
            raise DeathError
        return super().encode_passages(texts)


class History(RuleBasedStateMachine):
    """An index that lives on while files come, change, move and go; its searcher was opened at the start."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._data = Path(self._folder.name) / "var"
        self._files: dict[str, Document] = {}
        self._encoder = Counting()
        self._open = ExitStack()
        self._writer = self._open.enter_context(open_writer(self._data))

    @initialize(number=TEXTS)
    def begin(self, number: int) -> None:
        self._write({"a.md": text(number)}, ())
        self._searcher = Searcher(self._data, self._encoder)

    @rule(name=NAMES, number=TEXTS)
    def put_a_file(self, name: str, number: int) -> None:
        self._write({name: text(number)}, ())

    @rule(names=st.lists(NAMES, min_size=2, max_size=4, unique=True), numbers=st.lists(TEXTS, min_size=4, max_size=4))
    def put_several_files_at_once(self, names: list[str], numbers: list[int]) -> None:
        self._write({name: text(number) for name, number in zip(names, numbers, strict=False)}, ())

    @precondition(lambda self: self._files)
    @rule(data=st.data())
    def remove_a_file(self, data: st.DataObject) -> None:
        self._write({}, (data.draw(st.sampled_from(sorted(self._files))),))

    @precondition(lambda self: self._files)
    @rule(data=st.data(), name=NAMES)
    def rename_a_file(self, data: st.DataObject, name: str) -> None:
        old = data.draw(st.sampled_from(sorted(self._files)))
        self._write({name: self._files[old]}, (old,) if old != name else ())

    @precondition(lambda self: len(self._files) > 1)
    @rule()
    def swap_two_files(self) -> None:
        one, two = sorted(self._files)[:2]
        self._write({one: self._files[two], two: self._files[one]}, ())

    @rule()
    def rebuild(self) -> None:
        before = len(self._encoder.embedded)
        self._writer.rebuild(self._encoder)
        assert len(self._encoder.embedded) == before

    @rule()
    def end_the_run_and_begin_another(self) -> None:
        self._open.close()
        self._writer = self._open.enter_context(open_writer(self._data))

    @rule()
    def die_between_two_commits(self) -> None:
        """Leave the views unwritten and the log as it is."""
        with pytest.raises(DeathError), self._open:
            raise DeathError
        self._open = ExitStack()
        self._writer = self._open.enter_context(open_writer(self._data))

    @rule(name=NAMES, number=TEXTS)
    def die_within_a_commit(self, name: str, number: int) -> None:
        connection = self._writer.catalogue.connection
        connection.execute("CREATE TEMP TRIGGER die BEFORE INSERT ON main.sources BEGIN SELECT raise(ABORT, ''); END")
        with pytest.raises(sqlite3.IntegrityError):
            self._writer.commit(added({name: text(number)}), self._encoder)
        connection.execute("DROP TRIGGER die")

    @rule(after=st.integers(0, 5))
    def embed_ahead_for_another_model_and_stop(self, after: int) -> None:
        with open_ahead(self._data) as vectors, suppress(DeathError):
            rebuilding.embed(self._writer.catalogue, vectors, Dying(after))

    @rule()
    def fold(self) -> None:
        segments.fold(self._writer.catalogue, self._data, thoroughly=True)

    @precondition(lambda self: self._files)
    @rule()
    def restore_a_backup_into_the_same_folder(self) -> None:
        self._open.close()
        file = Path(self._folder.name) / "backup.zip"
        backup(self._data, file)
        restore(file, self._data, replace=True)
        self._writer = self._open.enter_context(open_writer(self._data))

    @rule(name=NAMES)
    def ask(self, name: str) -> None:
        hits = self._searcher.ask(name.partition(".")[0], 50).citations
        assert all(hit.path == self._first_known()[hit.document_id] for hit in hits)

    def _write(self, files: dict[str, Document], left: tuple[str, ...]) -> None:
        """Commit as a sync does: known content is linked, new content is read, and what is left over goes last."""
        known = {read.id for read in self._files.values()}
        fresh = {path: read for path, read in files.items() if read.id not in known}
        linked = tuple((file_of(read, path), read.id) for path, read in files.items() if read.id in known)
        living, before = embedded_texts(self._files.values()), len(self._encoder.embedded)
        self._writer.commit(Change(linked=linked, read=added(fresh).read, gone=gone(*left).gone), self._encoder)
        assert not living & set(self._encoder.embedded[before:]), "embedded again"
        for path, read in files.items():
            if path in self._files and self._files[path].id != read.id:
                del self._files[path]
        self._files |= files
        for path in left:
            del self._files[path]

    def _first_known(self) -> dict[str, str]:
        """Return the path that each document goes by: of those that hold it, the first that did."""
        return {read.id: file_of(read, path).path for path, read in reversed(self._files.items())}

    def teardown(self) -> None:
        with open_catalogue(self._data) as catalogue:
            assert {one: catalogue.paths(one)[0] for one in catalogue.document_ids()} == self._first_known()
        self._open.close()
        fresh = Path(self._folder.name) / "fresh"
        put(fresh, Counting(), added(self._files))
        wanted = rankings(Searcher(fresh, self._encoder), QUESTIONS, MODES)
        assert rankings(self._searcher, QUESTIONS, MODES) == wanted, "the searcher that followed"
        assert rankings(Searcher(self._data, self._encoder), QUESTIONS, MODES) == wanted, "a searcher opened now"
        assert verify(self._data).problems == ()
        self._folder.cleanup()


_EXHAUSTIVE = settings.default is not None and settings.default.max_examples >= 1_000
History.TestCase.settings = settings(
    max_examples=400 if _EXHAUSTIVE else 12, stateful_step_count=40 if _EXHAUSTIVE else 12, deadline=None
)
test_any_history_ranks_as_a_fresh_build_of_its_end = History.TestCase

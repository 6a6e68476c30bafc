"""The plan of a run: a pure function, cheap in a large index, that makes what is known equal to what was found."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from core.document import Source
from core.ledger import KnownFile, SourceFile
from ingest.files import FoundFile
from ingest.plan import Plan, Step, plan

FOLDER = "/folder"
TODAY = {"text/markdown": "markdown/2"}
# Contents that the reader refuses, and one that is not even a file that could be read.
REFUSED = {5, 6}
UNREADABLE = 7

INSIDE = [f"{FOLDER}/{name}" for name in ("a.md", "b.md", "deep/a.md", "deep/c.md")]
OUTSIDE = ["/elsewhere/a.md", "/elsewhere/d.md", "/folder2/a.md"]


def item(path: str, content: int) -> FoundFile:
    """Return a file of one of eight contents as it is found on disk."""
    name = PurePosixPath(path).name
    if content == UNREADABLE:
        return FoundFile(SourceFile(path, name, "", FOLDER), None, f"{name} cannot be read")
    source = Source(name, "text/markdown", bytes([content]))
    return FoundFile(SourceFile(path, name, source.sha256, FOLDER), source, "")


def document_id(content: int) -> str:
    source = item("/x", content).source
    return source.document_id if source else ""


@dataclass
class Model:
    """An index of nothing but its bookkeeping: files by path, the reader of each document, and what it was asked."""

    files: dict[str, KnownFile] = field(default_factory=dict)
    readers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def file(self, path: str) -> KnownFile | None:
        self.asked.append(path)
        return self.files.get(path)

    def files_of(self, document_id: str) -> tuple[KnownFile, ...]:
        self.asked.append(document_id)
        return tuple(one for _, one in sorted(self.files.items()) if one.document_id == document_id)

    def reader(self, document_id: str) -> str | None:
        self.asked.append(document_id)
        return self.readers.get(document_id)

    def within(self) -> list[KnownFile]:
        """Return the known files beneath the followed folder."""
        return [one for path, one in sorted(self.files.items()) if path.startswith(f"{FOLDER}/")]

    def put(self, path: str, content: int, reader: str) -> None:
        """Put a file as a run would have left it, read or refused by a reader."""
        found = item(path, content)
        if found.source is None:
            self.files[path] = KnownFile(found.file, "", found.reason, "")
        elif content in REFUSED:
            self.files[path] = KnownFile(found.file, "", "refused", reader)
        else:
            self.files[path] = KnownFile(found.file, found.source.document_id, "", "")
            self.readers.setdefault(found.source.document_id, reader)

    def carry_out(self, steps: Plan, contents: Mapping[str, int]) -> None:
        """Do what a run does, in its order; no document may be asked for that is not there."""
        for step in steps.of("link"):
            assert step.document_id in self.readers
            self.files[step.file.path] = KnownFile(step.file, step.document_id, "", "")
        self.leave(one.path for one in steps.gone if one.renamed)
        for step in steps.of("read"):
            self.read(step, contents)
        for step in steps.of("copy"):
            if step.document_id in self.readers:
                self.files[step.file.path] = KnownFile(step.file, step.document_id, "", "")
            else:
                self.read(step, contents)
        for step in steps.of("refuse"):
            self.files[step.file.path] = KnownFile(step.file, "", step.reason, step.reader)
        self.leave(one.path for one in steps.gone if not one.renamed)

    def read(self, step: Step, contents: Mapping[str, int]) -> None:
        self.readers.pop(step.document_id, None)
        self.put(step.file.path, contents[step.file.path], TODAY["text/markdown"])

    def leave(self, paths: Iterator[str]) -> None:
        for path in paths:
            del self.files[path]
        held = {one.document_id for one in self.files.values()}
        self.readers = {document: reader for document, reader in self.readers.items() if document in held}


def planned(model: Model, contents: Mapping[str, int], missing: frozenset[str] = frozenset()) -> Plan:
    """Return the plan for a folder that holds these contents, while the paths in `missing` hold nothing."""
    found = [item(path, content) for path, content in contents.items()]
    return plan(found, model.within(), model, TODAY, lambda path: path not in missing)


@st.composite
def models(draw: st.DrawFn) -> Model:
    model = Model()
    readers = {content: draw(st.sampled_from(["markdown/1", "markdown/2"])) for content in range(8)}
    known = st.dictionaries(st.sampled_from(INSIDE + OUTSIDE), st.integers(0, 7))
    for path, content in draw(known).items():
        model.put(path, content, readers[content])
    return model


FILES = st.dictionaries(st.sampled_from(INSIDE), st.integers(0, 7))
MISSING = st.frozensets(st.sampled_from(OUTSIDE))


@given(models(), FILES, MISSING)
def test_carried_out_it_makes_the_index_equal_to_the_folder(
    model: Model, contents: dict[str, int], missing: frozenset[str]
) -> None:
    elsewhere = {path: one for path, one in model.files.items() if not path.startswith(f"{FOLDER}/")}
    kept = {
        path: model.files[path]
        for path, content in contents.items()
        if content == UNREADABLE and path in model.files and model.files[path].document_id
    }

    model.carry_out(planned(model, contents, missing), contents)

    assert {one.file.path for one in model.within()} == set(contents)
    for path, content in contents.items():
        if path in kept:
            # The bytes cannot be had, so nothing is known to have changed: what was read of them stays.
            assert model.files[path] == kept[path]
            continue
        readable = content != UNREADABLE and content not in REFUSED
        assert model.files[path].document_id == (document_id(content) if readable else "")
        assert bool(model.files[path].reason) == (not readable)
        assert model.files[path].file == item(path, content).file
    held = {one.document_id for one in model.files.values()} - {""}
    assert set(model.readers) == held
    assert all(model.readers[document_id(one)] == "markdown/2" for one in contents.values() if document_id(one) in held)
    assert {path for path in elsewhere if path not in model.files} <= missing


@given(models(), FILES, MISSING)
def test_it_is_a_pure_function(model: Model, contents: dict[str, int], missing: frozenset[str]) -> None:
    files = dict(model.files)

    assert planned(model, contents, missing) == planned(model, contents, missing)
    assert model.files == files


@given(models(), FILES, MISSING)
def test_once_carried_out_there_is_nothing_left_to_do(
    model: Model, contents: dict[str, int], missing: frozenset[str]
) -> None:
    model.carry_out(planned(model, contents, missing), contents)

    again = planned(model, contents, missing)

    assert {step.action for step in again.steps} <= {"keep"}
    assert again.gone == ()


@given(models(), FILES, MISSING)
def test_every_file_is_named_once(model: Model, contents: dict[str, int], missing: frozenset[str]) -> None:
    steps = planned(model, contents, missing)

    assert [step.file.path for step in steps.steps] == list(contents)
    departed = [one.path for one in steps.gone]
    assert len(set(departed)) == len(departed)
    assert not set(departed) & set(contents)
    renamed = [step for step in steps.steps if step.reason.startswith("renamed from")]
    assert sum(one.renamed for one in steps.gone) <= len(renamed)
    assert all(step.outcome == "unchanged" for step in renamed)


@given(models(), FILES, MISSING)
def test_nothing_is_read_that_todays_reader_has_read_or_refused(
    model: Model, contents: dict[str, int], missing: frozenset[str]
) -> None:
    before = dict(model.files)
    read = planned(model, contents, missing).of("read")

    assert all(model.readers.get(step.document_id) != "markdown/2" for step in read)
    assert len({step.document_id for step in read}) == len(read)
    for step in read:
        known = before.get(step.file.path)
        assert known is None or (known.file.sha256, known.reader) != (step.file.sha256, "markdown/2")


def test_a_new_file_costs_the_same_however_much_is_known() -> None:
    model = Model()
    for number in range(1_000):
        model.put(f"/elsewhere/{number}.md", number % 5, "markdown/2")
    contents = {f"{FOLDER}/new.md": 3}
    model.asked.clear()

    (step,) = planned(model, contents).steps

    assert step.reason == "the same content as 103.md"
    assert len(model.asked) == 3


def test_a_refused_file_that_is_asked_for_by_name_is_read_again() -> None:
    model = Model()
    model.put(INSIDE[0], 5, "markdown/2")

    followed = planned(model, {INSIDE[0]: 5})
    named = plan([item(INSIDE[0], 5)], (), model, TODAY, lambda _: True)

    assert [(step.action, step.outcome, step.reason) for step in followed.steps] == [("keep", "refused", "refused")]
    assert [(step.action, step.reason) for step in named.steps] == [("read", "refused before")]


def test_a_newer_reader_reads_a_refused_file_again() -> None:
    model = Model()
    model.put(INSIDE[0], 5, "markdown/1")

    assert [step.action for step in planned(model, {INSIDE[0]: 5}).steps] == ["read"]


def test_why_a_file_is_read() -> None:
    model = Model()
    model.put(INSIDE[0], 1, "markdown/1")
    model.put(INSIDE[1], 2, "markdown/2")

    steps = planned(model, {INSIDE[0]: 1, INSIDE[1]: 3, INSIDE[2]: 4})

    assert [step.reason for step in steps.steps] == ["read by markdown/1 before, now by markdown/2", "edited", "new"]


def test_it_keeps_no_file_in_memory() -> None:
    def files() -> Iterator[FoundFile]:
        for number in range(48):
            content = number.to_bytes(1) * 1_000_000
            yield FoundFile(SourceFile(f"/{number}.md", "", "", "/"), Source("", "text/markdown", content), "")

    tracemalloc.start()
    steps = plan(files(), (), Model(), TODAY, lambda _: True).steps
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(steps) == 48
    assert peak < 8_000_000

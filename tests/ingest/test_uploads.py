"""Uploads: accepted means kept, removed means gone, at whatever call to the disk the program is stopped."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest

from core import storage
from core.errors import DataFolderError, InputError
from core.ledger import LedgerEntry
from index import verify
from ingest import add, entries_for, remove, store_upload, sync, waiting_uploads

MODEL = "hashing-256"
FULL = OSError(errno.ENOSPC, "No space left on device")
ONE, TWO, BROKEN = b"Niacinamide lowers oil.", b"Glycolic acid peels.", b""


class PowerCutError(Exception):
    """Ends the program in the middle of a call to the disk."""


@contextmanager
def failing(at: int, error: Exception, spared: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Let every call to the disk about uploads fail from the n-th on, save those `spared`; yield what was called."""
    calls: list[str] = []
    names = [one.name for one in fields(storage.disk)]
    originals = {name: getattr(storage.disk, name) for name in names}

    def counted(name: str) -> Callable[..., Any]:
        def call(path: Path, *arguments: Any) -> None:
            if "uploads" in path.parts and name not in spared:
                calls.append(name)
                if len(calls) > at:
                    raise error
            originals[name](path, *arguments)

        return call

    try:
        for name in names:
            setattr(storage.disk, name, counted(name))
        yield calls
    finally:
        for name, original in originals.items():
            setattr(storage.disk, name, original)


def file_of(content: bytes, ending: str = ".md") -> str:
    return f"{hashlib.sha256(content).hexdigest()}{ending}"


def on_disk(data: Path) -> set[str]:
    """Return everything beneath uploads/."""
    folder = data / "uploads"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def on_ledger(data: Path) -> dict[str, LedgerEntry]:
    """Return the entries of uploads by the name they are shown as."""
    return {entry.name: entry for entry in entries_for(data) if "uploads" in Path(entry.path).parts}


def test_an_upload_is_kept_by_its_hash_and_waits_under_its_name(data: Path) -> None:
    path = store_upload(data, "../../Oil & skin.MD", ONE)

    assert path == data / "uploads" / file_of(ONE)
    assert path.read_bytes() == ONE
    assert waiting_uploads(data) == ((path, "../../Oil & skin.MD"),)


@pytest.mark.parametrize(("name", "ending"), [("a.p/df", ""), ("a.tmp", ""), ("a.ü", ""), ("a", ""), ("a.PDF", ".pdf")])
def test_only_a_plain_ending_becomes_part_of_the_path(data: Path, name: str, ending: str) -> None:
    path = store_upload(data, name, ONE)

    assert path.name == file_of(ONE, ending)
    assert waiting_uploads(data) == ((path, name),)


def test_a_name_that_is_no_text_is_kept_as_escapes(data: Path) -> None:
    path = store_upload(data, "caf\udce9.md", ONE)

    assert waiting_uploads(data) == ((path, "caf\\udce9.md"),)


def test_an_upload_that_was_read_or_refused_waits_no_more(data: Path) -> None:
    paths = [store_upload(data, "oil.md", ONE), store_upload(data, "empty.md", BROKEN)]

    outcomes = add(data, paths, MODEL)

    assert {entry.name: entry.outcome for entry in outcomes.entries} == {"oil.md": "read", "empty.md": "refused"}
    assert waiting_uploads(data) == ()
    assert on_disk(data) == {file_of(ONE), file_of(BROKEN)}


def test_the_kept_name_is_used_when_none_is_given(data: Path) -> None:
    path = store_upload(data, "oil.md", ONE)
    add(data, [path], MODEL)
    assert set(on_ledger(data)) == {"oil.md"}

    add(data, [path], MODEL)
    assert set(on_ledger(data)) == {"oil.md"}

    add(data, [path], MODEL, names=["Oil, revised.md"])
    assert set(on_ledger(data)) == {"Oil, revised.md"}


def test_an_upload_that_comes_again_under_another_name_takes_it(data: Path) -> None:
    add(data, [store_upload(data, "oil.md", ONE)], MODEL)
    path = store_upload(data, "skin.md", ONE)
    assert waiting_uploads(data) == ((path, "skin.md"),)

    (entry,) = add(data, [path], MODEL).entries

    assert (entry.outcome, entry.name) == ("unchanged", "skin.md")
    assert waiting_uploads(data) == ()


def test_a_removed_upload_is_gone_from_the_disk(data: Path) -> None:
    path = store_upload(data, "oil.md", ONE)
    (entry,) = add(data, [path], MODEL).entries

    (removed,) = remove(data, [entry.document_id]).entries

    assert (removed.outcome, removed.name) == ("removed", "oil.md")
    assert on_disk(data) == set()


def test_an_upload_that_comes_again_before_its_removal_is_carried_out_is_not_lost(data: Path) -> None:
    path = store_upload(data, "oil.md", ONE)
    add(data, [path], MODEL)

    store_upload(data, "oil again.md", ONE)
    remove(data, [str(path)])

    assert waiting_uploads(data) == ((path, "oil again.md"),)
    assert path.read_bytes() == ONE
    assert [entry.outcome for entry in add(data, [path]).entries] == ["read"]


def test_a_file_beside_the_uploads_that_nobody_knows_is_left_alone(data: Path) -> None:
    path = store_upload(data, "oil.md", ONE)
    add(data, [path], MODEL)
    stranger = path.with_name(file_of(TWO))
    stranger.write_bytes(TWO)

    remove(data, [str(path)])

    assert on_disk(data) == {file_of(TWO)}


def test_the_folder_of_uploads_can_be_added_but_holds_no_notes_for_documents(data: Path) -> None:
    store_upload(data, "oil.md", ONE)

    assert [entry.path for entry in add(data, [data / "uploads"], MODEL).entries] == [
        str(data / "uploads" / file_of(ONE))
    ]


def test_following_the_folder_around_the_data_folder_leaves_uploads_alone(data: Path) -> None:
    add(data, [store_upload(data, "oil.md", ONE)], MODEL)
    (data.parent / "a.md").write_bytes(TWO)

    outcomes = sync(data, data.parent)

    assert [(Path(entry.path).name, entry.outcome) for entry in outcomes.entries] == [("a.md", "read")]
    assert set(on_ledger(data)) == {"oil.md"}


def test_the_uploads_themselves_cannot_be_followed(data: Path) -> None:
    path = store_upload(data, "oil.md", ONE)

    with pytest.raises(InputError, match="data folder"):
        sync(data, path.parent, MODEL)


def test_a_full_disk_is_told_and_leaves_nothing(data: Path) -> None:
    with failing(1_000, FULL) as every:
        store_upload(data, "oil.md", ONE)
    assert len(every) == 11
    for at in range(len(every)):
        shutil.rmtree(data)
        with failing(at, FULL, ("remove",)) as calls, pytest.raises(DataFolderError) as caught:
            store_upload(data, "oil.md", ONE)

        assert len(calls) > at
        assert "No space left on device" in str(caught.value)
        assert "check its permissions and free space" in str(caught.value)
        assert waiting_uploads(data) == ()
        assert on_disk(data) == set()


def test_a_disk_that_takes_nothing_back_either_is_cleared_up_by_the_next_run(data: Path) -> None:
    (data.parent / "zinc.md").write_bytes(TWO)
    add(data, [data.parent / "zinc.md"], MODEL)
    for at in range(7):
        with failing(at, FULL), pytest.raises(DataFolderError):
            store_upload(data, "oil.md", ONE)

        add(data, [data.parent / "zinc.md"])
        assert on_disk(data) == set()


def test_a_full_disk_takes_nothing_from_an_upload_that_waits_already(data: Path) -> None:
    path = store_upload(data, "oil.md", ONE)

    for at in range(6):
        with failing(at, FULL, ("remove",)), pytest.raises(DataFolderError):
            store_upload(data, "skin.md", ONE)

        assert path.read_bytes() == ONE
        assert [waiting for waiting, _ in waiting_uploads(data)] == [path]


@dataclass
class Life:
    """What a person has been told of their uploads: which were accepted, which are to go, and which are gone."""

    data: Path
    accepted: dict[str, bytes] = field(default_factory=dict)
    going: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def store(self, name: str, content: bytes) -> None:
        again = name in self.gone
        if again:
            self.forget(name)
        store_upload(self.data, name, content)
        self.accepted[name] = content

    def forget(self, name: str) -> None:
        """Forget an upload that was removed and is about to come again: in between, either is right."""
        del self.accepted[name]
        self.going.discard(name)
        self.gone.discard(name)

    def add(self, *contents: bytes) -> None:
        add(self.data, [self.data / "uploads" / file_of(content) for content in contents], MODEL)

    def remove(self, *contents: bytes) -> None:
        names = {name for name, content in self.accepted.items() if content in contents}
        self.going |= names
        remove(self.data, [str(self.data / "uploads" / file_of(content)) for content in contents])
        self.gone |= names

    def copy(self) -> Life:
        return Life(self.data, dict(self.accepted), set(self.going), set(self.gone))


STEPS: tuple[Callable[[Life], None], ...] = (
    lambda life: life.store("oil.md", ONE),
    lambda life: life.add(ONE),
    lambda life: life.store("empty.md", BROKEN),
    lambda life: life.remove(ONE),
    lambda life: life.store("oil.md", ONE),
    lambda life: life.add(BROKEN, ONE),
    lambda life: life.remove(BROKEN),
)


def test_at_whatever_call_it_is_stopped_nothing_accepted_is_lost_and_nothing_removed_stays(tmp_path: Path) -> None:
    life, before, instants = Life(tmp_path / "var"), tmp_path / "before", 0
    (tmp_path / "zinc.md").write_text("Zinc soothes.")
    add(life.data, [tmp_path / "zinc.md"], MODEL)
    for step in STEPS:
        shutil.copytree(life.data, before)
        whole = life.copy()
        with failing(1_000, PowerCutError()) as calls:
            step(whole)
        for at in range(len(calls)):
            shutil.rmtree(life.data)
            shutil.copytree(before, life.data)
            stopped = life.copy()
            with failing(at, PowerCutError()), pytest.raises(PowerCutError):
                step(stopped)
            require_it_can_go_on(stopped, tmp_path / "zinc.md")
        instants += len(calls)
        shutil.rmtree(life.data)
        shutil.copytree(before, life.data)
        shutil.rmtree(before)
        step(life)
    assert instants > 45
    assert verify(life.data).problems == ()


def require_it_can_go_on(life: Life, other: Path) -> None:
    """Assert that nothing is lost or left, before the next run, after it, and once what waits has been read."""
    require_nothing_lost(life)
    add(life.data, [other])
    require_nothing_lost(life)
    waiting = waiting_uploads(life.data)
    names = {path.name for path, _ in waiting}
    known = {Path(entry.path).name for entry in on_ledger(life.data).values()}
    assert on_disk(life.data) == known | names | {f"notes/{name}.waits" for name in names}
    if waiting:
        add(life.data, [path for path, _ in waiting])
        assert waiting_uploads(life.data) == ()
        require_nothing_lost(life)


def require_nothing_lost(life: Life) -> None:
    """Assert that what was accepted and not removed is on the ledger or waits, whole and by its name."""
    waiting = {name: path.read_bytes() for path, name in waiting_uploads(life.data)}
    known = {name: Path(entry.path).read_bytes() for name, entry in on_ledger(life.data).items()}
    for name, content in life.accepted.items():
        if name not in life.going:
            assert {**known, **waiting}[name] == content
        elif name in life.gone:
            assert name not in {**known, **waiting}

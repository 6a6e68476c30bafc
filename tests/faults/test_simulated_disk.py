"""The simulated disk is worth what it records: all that is written, in order, and faults exactly where they are set."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core import storage
from tests.faults import lives
from tests.faults.crash_states import State, last_state, states
from tests.faults.simulated_disk import Faults, Operation, fleeting, recording


def held(root: Path) -> dict[str, bytes]:
    """Return the files beneath a folder that are durable state, by path."""
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and not fleeting(file.name)
    }


def by_how(found: list[State], at: int) -> dict[str, dict[str, bytes]]:
    return {state.how: state.files for state in found if state.at == at}


def test_a_whole_life_played_back_from_its_log_is_the_folder_byte_for_byte(tmp_path: Path) -> None:
    life = lives.recorded(tmp_path)
    played = last_state(life.log)
    assert played.files == held(tmp_path)
    assert set(played.folders) == {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_dir()
    }


def test_a_kept_file_is_written_synced_named_and_its_folder_synced(tmp_path: Path) -> None:
    with recording(tmp_path) as disk:
        storage.keep_file(tmp_path / "kept", b"all of it")
    assert disk.log == [
        Operation("create", "kept.tmp"),
        Operation("write", "kept.tmp", 0, b"all of it"),
        Operation("sync", "kept.tmp"),
        Operation("rename", "kept.tmp", to="kept"),
        Operation("sync folder", "."),
    ]


def test_a_commit_of_sqlite_is_a_synced_log_and_the_sync_of_its_folder_is_seen(tmp_path: Path) -> None:
    with recording(tmp_path) as disk, closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        disk.mark("before", 0)
        database.execute("CREATE TABLE one (x)")
        disk.mark("after", 0)
        marks = [place for place, entry in enumerate(disk.log) if not isinstance(entry, Operation)]
        commit = disk.log[marks[0] + 1 : marks[1]]
    kinds = [(entry.kind, entry.path) for entry in commit if isinstance(entry, Operation) and entry.kind != "write"]
    log = "a.sqlite-wal"
    # The head of a new log is synced, with its folder, before the first page; the commit is the sync at the end.
    assert kinds == [("create", log), ("sync", log), ("sync folder", "."), ("sync", log)]


def test_what_was_not_synced_may_be_lost_and_what_was_synced_may_not(tmp_path: Path) -> None:
    with recording(tmp_path) as disk:
        storage.keep_file(tmp_path / "kept", b"old")
        storage.write_file(tmp_path / "kept", b"new")
    found = list(states(disk.log))
    last = by_how(found, len(disk.log) - 1)
    assert last["kill"] == {"kept": b"new"}
    assert last["cut contents lost"] == {"kept": b""}
    assert last["cut names lost"] == last["cut both lost"] == {"kept": b"old"}
    torn = by_how(found, len(disk.log) - 2)["torn half"]
    assert torn == {"kept": b"old", "kept.tmp": b"n"}


def test_a_file_in_a_folder_that_was_not_kept_is_gone_with_it(tmp_path: Path) -> None:
    with recording(tmp_path) as disk:
        storage.disk.make_folder(tmp_path / "folder")
        storage.keep_file(tmp_path / "folder" / "file", b"content")
    last = by_how(list(states(disk.log)), len(disk.log) - 1)
    assert last["kill"] == {"folder/file": b"content"}
    assert last["cut names lost"] == {}


def test_every_mixed_state_of_one_unsynced_write_is_drawn_sooner_or_later(tmp_path: Path) -> None:
    with recording(tmp_path) as disk:
        storage.keep_file(tmp_path / "file", b"")
        storage.disk.write(tmp_path / "file", b"1" * 1024)
    at = len(disk.log) - 1
    drawn = {state.files["file"] for state in states(disk.log, [at], seeds=range(200)) if state.kind == "mixed"}
    assert {b"", b"1" * 1024, b"1" * 512 + bytes(512), bytes(512) + b"1" * 512} <= drawn
    assert max(map(len, drawn)) == 1024


@pytest.mark.parametrize(("at", "left"), [(1, []), (2, ["file.tmp"]), (3, ["file.tmp"]), (4, ["file"])])
def test_the_call_that_is_to_fail_fails_and_what_came_before_it_stays(tmp_path: Path, at: int, left: list[str]) -> None:
    with recording(tmp_path, Faults(at=at)), pytest.raises(OSError, match="Input/output error"):
        storage.keep_file(tmp_path / "file", b"content")
    assert list(held(tmp_path)) == left


def test_a_full_disk_takes_what_fits_and_says_so(tmp_path: Path) -> None:
    with recording(tmp_path, Faults(room=10)) as disk:
        storage.disk.write(tmp_path / "first", b"1234567")
        with pytest.raises(OSError, match="No space left"):
            storage.disk.write(tmp_path / "second", b"1234567")
        storage.disk.remove(tmp_path / "first")
        storage.disk.write(tmp_path / "second", b"7654321")
    assert held(tmp_path) == {"second": b"7654321"}
    assert last_state(disk.log).files == {"second": b"7654321"}


@pytest.mark.parametrize(("error", "sentence"), [(errno.ENOSPC, "full"), (errno.EIO, "disk I/O error")])
def test_sqlite_hears_of_a_failed_write_in_its_own_words(tmp_path: Path, error: int, sentence: str) -> None:
    with recording(tmp_path) as disk, closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        disk.faults = Faults(at=2, error=error)
        with pytest.raises(sqlite3.OperationalError, match=sentence):
            database.execute("CREATE TABLE one (x)")
        disk.faults = Faults()
        database.execute("CREATE TABLE one (x)")
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

"""A disk that writes down everything the program does to it, and that can fail at any call or be full at any byte.

`recording(root)` watches every file beneath a folder: SQLite's through `sqlite_files`, all others through the five
calls of `core.storage.disk`. The result is a log of operations in the order they happened, with their bytes, and of
the marks a test sets between them; `crash_states` says what a disk could hold had the machine stopped anywhere in it.
`test_simulated_disk.py` shows that the log is complete: played back whole, it gives the very folder it was taken from.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.storage import disk
from tests.faults.sqlite_files import Call, watched

Kind = Literal["create", "write", "truncate", "sync", "sync folder", "rename", "remove", "make folder"]

# What is no durable state: SQLite's shared memory is made again after a crash, and a lock dies with its process.
FLEETING = ("-shm", ".lock")


@dataclass(frozen=True, slots=True)
class Operation:
    """One call that reached the disk; `place` is an offset (write) or a size (truncate), `to` a rename's new path.

    Paths are relative to the root, which is ".".
    """

    kind: Kind
    path: str
    place: int = 0
    content: bytes = b""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the test knew between two operations: `word` such as "acknowledged", and the number of a commit."""

    word: str
    number: int


Entry = Operation | Mark


@dataclass(slots=True)
class Faults:
    """What goes wrong: the call with number `at` fails with `error`, all later ones too when `lasting`.

    `room` is how many bytes the files may take in all; beyond it a write is cut short with ENOSPC.
    """

    at: int | None = None
    error: int = errno.EIO
    lasting: bool = False
    room: int | None = None
    calls: int = 0

    def check(self) -> None:
        """Count a call, and raise OSError when it is to fail."""
        self.calls += 1
        if self.at is not None and (self.calls == self.at or (self.lasting and self.calls > self.at)):
            raise OSError(self.error, os.strerror(self.error))


@dataclass(slots=True)
class Disk:
    """The watcher of one folder: makes every call, fails those that are to fail, and writes down those that worked."""

    root: Path
    faults: Faults = field(default_factory=Faults)
    log: list[Entry] = field(default_factory=list)

    def mark(self, word: str, number: int) -> None:
        """Set a mark at this point of the log."""
        self.log.append(Mark(word, number))

    def used(self) -> int:
        """Return how many bytes the files take."""
        return sum(file.stat().st_size for file in self.root.rglob("*") if file.is_file() and not fleeting(file.name))

    # --- what SQLite calls (`sqlite_files.Watcher`)

    def concerns(self, path: Path) -> bool:
        """Watch what stands beneath the root, except what is no durable state."""
        return path.is_relative_to(self.root) and not fleeting(path.name)

    def open(self, path: Path, call: Call) -> int:
        """Make a new file for SQLite."""
        self.faults.check()
        return self._done(call(), Operation("create", self._name(path)))

    def write(self, path: Path, offset: int, content: bytes, call: Callable[[int], int]) -> int:
        """Write bytes for SQLite; as many as there is room for when the disk is full."""
        self.faults.check()
        fits = self._fits(path, offset + len(content), len(content))
        if fits < len(content):
            if fits:
                self._done(call(fits), Operation("write", self._name(path), offset, content[:fits]))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._done(call(len(content)), Operation("write", self._name(path), offset, content))

    def truncate(self, path: Path, size: int, call: Call) -> int:
        """Cut a file for SQLite."""
        self.faults.check()
        return self._done(call(), Operation("truncate", self._name(path), size))

    def sync(self, path: Path, call: Call, folder_too: Callable[[], bool]) -> int:
        """Sync a file for SQLite, which syncs the folder of a new log or journal with it."""
        self.faults.check()
        code = self._done(call(), Operation("sync", self._name(path)))
        if folder_too():
            self._done(code, Operation("sync folder", self._name(path.parent)))
        return code

    def remove(self, path: Path, call: Call, folder_too: Callable[[], bool]) -> int:
        """Delete a file for SQLite."""
        self.faults.check()
        code = self._done(call(), Operation("remove", self._name(path)))
        if folder_too():
            self._done(code, Operation("sync folder", self._name(path.parent)))
        return code

    # --- what the program calls (`core.storage.disk`)

    def write_file(self, file: Path, content: bytes) -> None:
        """Make or empty a file, then write it."""
        if not self.concerns(file):
            _write(file, content)
            return
        self.faults.check()
        fits = self._fits(file, len(content), len(content))
        emptied = Operation("truncate", self._name(file)) if file.exists() else Operation("create", self._name(file))
        _write(file, content[:fits])
        self._done(0, emptied)
        if fits:
            self._done(0, Operation("write", self._name(file), 0, content[:fits]))
        if fits < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def sync_path(self, path: Path) -> None:
        """Sync a file or a folder."""
        if not self.concerns(path):
            _sync(path)
            return
        self.faults.check()
        _sync(path)
        self._done(0, Operation("sync folder" if path.is_dir() else "sync", self._name(path)))

    def rename_file(self, old: Path, new: Path) -> None:
        """Give a file another name."""
        if not self.concerns(new):
            _rename(old, new)
            return
        self.faults.check()
        _rename(old, new)
        self._done(0, Operation("rename", self._name(old), to=self._name(new)))

    def remove_file(self, file: Path) -> None:
        """Remove a file, if it is there."""
        if not self.concerns(file):
            _remove(file)
            return
        self.faults.check()
        there = file.exists()
        _remove(file)
        if there:
            self._done(0, Operation("remove", self._name(file)))

    def make_folder(self, folder: Path) -> None:
        """Make a folder, if it is not there."""
        if not self.concerns(folder):
            _make_folder(folder)
            return
        self.faults.check()
        there = folder.is_dir()
        _make_folder(folder)
        if not there:
            self._done(0, Operation("make folder", self._name(folder)))

    # --- within

    def _done(self, code: int, operation: Operation) -> int:
        if code == 0:
            self.log.append(operation)
        return code

    def _name(self, path: Path) -> str:
        return path.resolve().relative_to(self.root.resolve()).as_posix()

    def _fits(self, path: Path, end: int, size: int) -> int:
        """Return how many of `size` bytes that end at `end` there is room for."""
        if self.faults.room is None:
            return size
        present = path.stat().st_size if path.exists() else 0
        beyond = self.used() + max(0, end - present) - self.faults.room
        return size if beyond <= 0 else max(0, size - beyond)


_write, _sync, _rename, _remove, _make_folder = disk.write, disk.sync, disk.rename, disk.remove, disk.make_folder


class _Unwaiting:
    """A disk on which every call works and no sync waits: for looking at thousands of states in little time."""

    def concerns(self, path: Path) -> bool:
        return not fleeting(path.name)

    def open(self, _path: Path, call: Call) -> int:
        return call()

    def write(self, _path: Path, _offset: int, content: bytes, call: Callable[[int], int]) -> int:
        return call(len(content))

    def truncate(self, _path: Path, _size: int, call: Call) -> int:
        return call()

    def sync(self, _path: Path, _call: Call, _folder_too: Callable[[], bool]) -> int:
        return 0

    def remove(self, _path: Path, call: Call, _folder_too: Callable[[], bool]) -> int:
        return call()


def fleeting(name: str) -> bool:
    """Tell whether a file is no durable state."""
    return name.endswith(FLEETING)


@contextmanager
def recording(root: Path, faults: Faults | None = None) -> Iterator[Disk]:
    """Record everything that happens beneath a folder, which must exist, and let the given faults happen."""
    watcher = Disk(root, faults or Faults())
    names = ("write", "sync", "rename", "remove", "make_folder")
    ours = (watcher.write_file, watcher.sync_path, watcher.rename_file, watcher.remove_file, watcher.make_folder)
    before = [getattr(disk, name) for name in names]
    with watched(watcher):
        for name, call in zip(names, ours, strict=True):
            setattr(disk, name, call)
        try:
            yield watcher
        finally:
            for name, call in zip(names, before, strict=True):
                setattr(disk, name, call)


@contextmanager
def unwaiting() -> Iterator[None]:
    """Let no sync wait for the real disk meanwhile."""
    before = disk.sync
    with watched(_Unwaiting()):
        disk.sync = _no_wait
        try:
            yield
        finally:
            disk.sync = before


def _no_wait(_path: Path) -> None:
    return None

"""What a disk may hold after a crash, computed from the log of a simulated disk.

Four kinds of state after the operation number `at`:

* **kill**: the process dies, the machine lives on. Every operation up to `at` is there, in order.
* **torn**: the process dies inside the write `at`; half of it, or one sector of 512 bytes, is there.
* **cut**: the power goes. What was synced is there. The three corners: of all files the contents since their last sync
  are lost; of all folders the names since their last sync (created, renamed, removed) are as they were; or both.
* **mixed** (drawn from a seed): for every write and truncation since its file's last sync it is decided by itself
  whether it is kept, lost, or garbled; for every change of a name since its folder's last sync, whether it is kept or
  lost. In a garbled write every sector by itself holds the new bytes, the old ones, zeros or noise.

So unsynced writes may be lost in any combination, which covers every order in which a disk can carry them out, within
a file and between files; so may changes of names, a rename being one change. A new file whose name was kept and whose
contents were lost is empty; a lost write below a kept one leaves zeros.

What the model leaves out: a write that damages bytes outside its own range (SQLite, too, counts on none), a disk that
says "synced" and did not, and synced data that decays; for the last see `test_damage.py`. It is stricter
than most file systems in one place: a synced file whose folder was not synced may have no name.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from tests.faults.simulated_disk import Entry, Operation

SECTOR = 512
KINDS = ("kill", "torn", "cut", "mixed")


@dataclass(frozen=True, slots=True)
class State:
    """A folder that a crash after entry `at` of a log may leave; `how` says which, its first word is the kind."""

    at: int
    how: str
    files: dict[str, bytes]
    folders: tuple[str, ...]

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return self.how.partition(" ")[0]

    def digest(self) -> str:
        """Return what two equal folders have in common."""
        whole = blake2b(digest_size=16)
        for name, content in sorted(self.files.items()):
            whole.update(f"{name}:{len(content)}:".encode())
            whole.update(content)
        whole.update("\n".join(sorted(self.folders)).encode())
        return whole.hexdigest()

    def restore(self, root: Path) -> None:
        """Make the folder `root`, which exists, hold this state and nothing else."""
        for old in root.iterdir():
            if old.is_dir():
                shutil.rmtree(old)
            else:
                old.unlink()
        for folder in sorted(self.folders):
            (root / folder).mkdir()
        for name, content in self.files.items():
            (root / name).write_bytes(content)


def states(
    log: Sequence[Entry],
    chosen: Collection[int] | None = None,
    *,
    seeds: Sequence[int] = (0, 1),
    start: State | None = None,
) -> Iterator[State]:
    """Yield the states after each of the chosen entries of a log (all when None), with a mixed one for each seed.

    A mark is an instant too: the disk is as before it, and more is expected of it. `start` is what the disk held,
    durably, when the log began. The same seed draws the same state again.
    """
    replay = _Replay(start)
    for at, entry in enumerate(log):
        wanted = chosen is None or at in chosen
        if isinstance(entry, Operation):
            if wanted and entry.kind == "write":
                yield from _torn(replay, at, entry)
            replay.carry_out(entry)
        if wanted:
            yield State(at, "kill", *replay.now())
            yield State(at, "cut contents lost", *replay.after_cut(contents=False, names=True))
            yield State(at, "cut names lost", *replay.after_cut(contents=True, names=False))
            yield State(at, "cut both lost", *replay.after_cut(contents=False, names=False))
            for seed in seeds:
                yield State(at, f"mixed {seed}", *replay.mixed(random.Random(f"{at} {seed}")))  # noqa: S311 - drawn again at will


def last_state(log: Sequence[Entry]) -> State:
    """Return what the folder holds when every operation of a log was carried out."""
    replay = _Replay(None)
    for entry in log:
        if isinstance(entry, Operation):
            replay.carry_out(entry)
    return State(len(log) - 1, "kill", *replay.now())


@dataclass(slots=True)
class _File:
    """A file by itself, whatever it is called: its bytes at the last sync, its bytes now, and the calls between."""

    synced: bytes = b""
    now: bytearray = field(default_factory=bytearray)
    since: list[Operation] = field(default_factory=list)


# Which file (None: a folder) each path leads to.
_Names = dict[str, "_File | None"]


class _Replay:
    """The disk while the log is played back: the files, the names they have and those that are durable."""

    def __init__(self, start: State | None) -> None:
        self._names: _Names = {}
        if start is not None:
            self._names.update(dict.fromkeys(start.folders))
            self._names.update({path: _File(content, bytearray(content)) for path, content in start.files.items()})
        self._durable: _Names = dict(self._names)
        self._since: list[tuple[Operation, _File | None]] = []

    def carry_out(self, operation: Operation) -> None:
        """Let one operation happen."""
        path = operation.path
        if operation.kind in ("write", "truncate"):
            file = self._file(path)
            _apply(file.now, operation)
            file.since.append(operation)
        elif operation.kind == "sync":
            file = self._file(path)
            file.synced = bytes(file.now)
            file.since.clear()
        elif operation.kind == "sync folder":
            self._sync_folder(path)
        else:
            file_or_folder = _File() if operation.kind == "create" else self._names.get(path)
            self._since.append((operation, file_or_folder))
            _rename(self._names, operation, file_or_folder)

    def _file(self, path: str) -> _File:
        file = self._names.get(path)
        if file is None:
            message = f"The log touches {path}, which was never created: something was written past the simulated disk."
            raise AssertionError(message)
        return file

    def _sync_folder(self, folder: str) -> None:
        self._since = [pair for pair in self._since if _folder_of(pair[0].path) != folder]
        self._durable = {path: one for path, one in self._durable.items() if _folder_of(path) != folder}
        self._durable |= {path: one for path, one in self._names.items() if _folder_of(path) == folder}

    def now(self) -> tuple[dict[str, bytes], tuple[str, ...]]:
        """Return all that happened."""
        return _tree(self._names, {})

    def torn(self, operation: Operation, kept: int) -> tuple[dict[str, bytes], tuple[str, ...]]:
        """Return all that happened, and the first bytes of one more write."""
        file = self._file(operation.path)
        content = bytearray(file.now)
        _apply(content, Operation("write", operation.path, operation.place, operation.content[:kept]))
        return _tree(self._names, {id(file): bytes(content)})

    def after_cut(self, *, contents: bool, names: bool) -> tuple[dict[str, bytes], tuple[str, ...]]:
        """Return what is left with all unsynced contents kept or lost, and all unsynced names."""
        held = self._names if names else self._durable
        return _tree(held, {} if contents else {id(file): file.synced for file in held.values() if file})

    def mixed(self, chance: random.Random) -> tuple[dict[str, bytes], tuple[str, ...]]:
        """Return what is left when chance decides on every unsynced call."""
        names = dict(self._durable)
        for operation, file in self._since:
            if chance.random() < 0.5:
                _rename(names, operation, file)
        contents = {}
        for file in names.values():
            if file is not None and file.since:
                content = bytearray(file.synced)
                for operation in file.since:
                    _perhaps(content, operation, chance)
                contents[id(file)] = bytes(content)
        return _tree(names, contents)


def _torn(replay: _Replay, at: int, operation: Operation) -> Iterator[State]:
    size = len(operation.content)
    yield State(at, "torn half", *replay.torn(operation, size // 2))
    if size > 2 * SECTOR:
        yield State(at, "torn sector", *replay.torn(operation, SECTOR))


def _tree(names: _Names, contents: dict[int, bytes]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return files and folders by path; what stands in a folder that is not there is not there."""
    folders = {path for path, one in names.items() if one is None}
    folders = {path for path in folders if _reachable(path, folders)}
    files = {
        path: contents[id(file)] if id(file) in contents else bytes(file.now)
        for path, file in names.items()
        if file is not None and _reachable(path, folders)
    }
    return files, tuple(sorted(folders))


def _reachable(path: str, folders: set[str]) -> bool:
    return all(str(above) in folders for above in PurePosixPath(path).parents if str(above) != ".")


def _folder_of(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _rename(names: _Names, operation: Operation, file: _File | None) -> None:
    """Carry out a change of names: create, remove, rename, make folder."""
    if operation.kind == "rename":
        if names.get(operation.path) is file:
            names.pop(operation.path, None)
        names[operation.to] = file
    elif operation.kind == "remove":
        names.pop(operation.path, None)
    else:
        names[operation.path] = None if operation.kind == "make folder" else file


def _apply(content: bytearray, operation: Operation) -> None:
    """Carry out a write or a truncation."""
    place = operation.place
    if operation.kind == "truncate":
        del content[place:]
        content.extend(bytes(place - len(content)))
    else:
        content.extend(bytes(max(0, place - len(content))))
        content[place : place + len(operation.content)] = operation.content


def _perhaps(content: bytearray, operation: Operation, chance: random.Random) -> None:
    """Keep, lose or garble an unsynced write; keep or lose an unsynced truncation."""
    draw = chance.random()
    if draw < 0.4:
        _apply(content, operation)
    elif draw < 0.7 and operation.kind == "write":
        for start in range(0, len(operation.content), SECTOR):
            new = operation.content[start : start + SECTOR]
            place = operation.place + start
            old = bytes(content[place : place + len(new)]).ljust(len(new), b"\0")
            sector = chance.choice((new, new, old, bytes(len(new)), chance.randbytes(len(new))))
            _apply(content, Operation("write", operation.path, place, sector))

"""The few calls through which the program writes files other than SQLite's, so that a power cut can be thought through.

Nothing written is durable before `sync` of the file, and no new name before `sync` of its folder. Everything else is
built from the five calls below, and the tests put a simulated disk in their place (tests/faults).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(content)


# Windows neither opens folders nor needs it; everywhere else a refusal is an error that must be heard.
_TOLERATED = (PermissionError,) if os.name == "nt" else ()


def _sync(path: Path) -> None:
    with suppress(*_TOLERATED):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _rename(old: Path, new: Path) -> None:
    old.replace(new)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    folder.mkdir(exist_ok=True)


@dataclass(slots=True)
class Disk:
    """The calls themselves; a test replaces them to record them, to fail, or to forget what was not synced."""

    write: Callable[[Path, bytes], None] = _write
    sync: Callable[[Path], None] = _sync
    rename: Callable[[Path, Path], None] = _rename
    remove: Callable[[Path], None] = _remove
    make_folder: Callable[[Path], None] = _make_folder


disk = Disk()


def write_file(file: Path, content: bytes) -> None:
    """Write a file that appears under its name whole or not at all; after a power cut it may be gone or empty.

    For what can be made again and carries a checksum: it costs no wait for the disk.
    """
    temporary = file.with_name(f"{file.name}.tmp")
    disk.write(temporary, content)
    disk.rename(temporary, file)


def keep_file(file: Path, content: bytes) -> None:
    """Write a file that is there whole, name and content, once this returns, whatever instant the machine stops."""
    temporary = file.with_name(f"{file.name}.tmp")
    disk.write(temporary, content)
    settle(temporary, file)


def settle(temporary: Path, file: Path) -> None:
    """Give a finished temporary file its name, durably."""
    disk.sync(temporary)
    disk.rename(temporary, file)
    disk.sync(file.parent)


def keep_folder(folder: Path) -> None:
    """Make a folder, with those above it, so that it is there once this returns."""
    missing = [folder, *folder.parents]
    missing = missing[: next((place for place, one in enumerate(missing) if one.is_dir()), len(missing))]
    for one in reversed(missing):
        disk.make_folder(one)
        disk.sync(one.parent)


def remove_file(file: Path) -> None:
    """Remove a file; one that is not there is no error."""
    disk.remove(file)


def make_folder(folder: Path) -> None:
    """Make a folder whose loss does no harm; one that is there is no error."""
    if not folder.is_dir():
        disk.make_folder(folder)

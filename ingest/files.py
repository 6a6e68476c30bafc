"""Which files a folder holds, and what is in them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.document import Source
from core.errors import UnreadableError
from core.ledger import SourceFile
from ingest.readers import media_type_of
from ingest.readers.base import FILE_BYTES, MEGABYTE


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file on disk with its bytes; `source` is None, and `reason` says why, when it cannot be read at all."""

    file: SourceFile
    source: Source | None
    reason: str


def beneath(path: Path, without: Path) -> Iterator[Path]:
    """Yield the files under a folder in the order of their names, or the path itself when it is no folder.

    Hidden files and the folder `without` (the data folder) are left out. Links are followed; a folder that was seen
    before is not entered again.
    """
    if not path.is_dir():
        yield path
        return
    seen: set[Path] = set()
    for folder, folders, files in os.walk(path, followlinks=True):
        real = Path(folder).resolve()
        if real in seen or real == without:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(files) if not name.startswith("."))


def found(path: Path, root: Path, name: str = "") -> FoundFile:
    """Read a file's bytes and tell what they are; `name` is what it is shown as, by default its own.

    The bytes are always read: a time stamp or a size can stay the same when the content does not.
    """
    shown = storable(name or path.name)
    refused = SourceFile(storable(str(path)), shown, "", storable(str(root)))
    if refused.path != str(path):
        return FoundFile(refused, None, f"{shown} has a name that is no text: rename it")
    try:
        if not path.is_file():
            return FoundFile(refused, None, f"{shown} is not a regular file: copy its content into one")
        size = path.stat().st_size
        if size > FILE_BYTES:
            size, most = size // MEGABYTE, FILE_BYTES // MEGABYTE
            return FoundFile(
                refused, None, f"{shown} is {size} MB, and no file of more than {most} MB is read: split it"
            )
        data = path.read_bytes()
    except OSError as error:
        return FoundFile(refused, None, f"{shown} cannot be read ({error.strerror}): check its permissions")
    file = SourceFile(str(path), shown, hashlib.sha256(data).hexdigest(), str(root))
    try:
        return FoundFile(file, Source(shown, media_type_of(shown, data), data), "")
    except UnreadableError as error:
        return FoundFile(file, None, str(error))


def storable(name: str) -> str:
    """Return a name as text that can be stored; bytes that are no text stand as escapes."""
    return name.encode(errors="backslashreplace").decode()


def absolute(paths: Sequence[Path]) -> list[Path]:
    """Return paths as the ledger keeps them: absolute, without dots, links left as they are."""
    return [Path(os.path.normpath(Path.cwd() / path)) for path in paths]

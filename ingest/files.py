"""Which files a folder holds, and what is in them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.document import Source
from core.errors import UnreadableError
from core.ledger import SourceFile
from ingest.readers import media_type_of, reader_of
from ingest.readers.base import FILE_BYTES, MEGABYTE


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file on disk with its bytes; `source` is None, and `reason` says why, when it cannot be read at all."""

    file: SourceFile
    source: Source | None
    reason: str


@dataclass(frozen=True, slots=True)
class Walk:
    """What stands under a folder, by name: its files, the folders behind links, and those that may not be listed.

    `linked` are real paths. Hidden files are left out.
    """

    files: tuple[Path, ...]
    linked: tuple[Path, ...] = ()
    closed: tuple[Path, ...] = ()


def walk(path: Path, without: Path) -> Walk:
    """Look through a folder, or at the path itself when it is no folder; the folder `without` is left out.

    Links are followed; a folder that was seen before is not entered again.
    """
    if not path.is_dir():
        return Walk((path,))
    seen: set[Path] = set()
    files: list[Path] = []
    linked: list[Path] = []
    closed: list[Path] = []

    def note(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            closed.append(Path(error.filename))

    for folder, folders, names in os.walk(path, onerror=note, followlinks=True):
        place = Path(folder)
        real = place.resolve()
        if real in seen or real == without:
            folders.clear()
            continue
        seen.add(real)
        if place.is_symlink():
            linked.append(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [place / name for name in sorted(names) if not name.startswith(".")]
    return Walk(tuple(files), tuple(linked), tuple(closed))


def found(path: Path, root: Path, name: str = "") -> FoundFile:
    """Read a file's bytes and tell what they are; `name` is what it is shown as, by default its own.

    The bytes are always read: a time stamp or a size can stay the same when the content does not.
    """
    shown = storable(name or path.name)
    refused = SourceFile(storable(str(path)), shown, "", storable(str(root)))
    if refused.path != str(path):
        return FoundFile(refused, None, f"{shown} has a name that is no text: rename it")
    try:
        if path.is_dir():
            return FoundFile(refused, None, not_listed(shown))
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
        source = Source(shown, media_type_of(shown, data), data)
        # What no reader would so much as open is refused here, so that a plan knows it.
        reader_of(source)
        return FoundFile(file, source, "")
    except UnreadableError as error:
        return FoundFile(file, None, str(error))


def not_listed(name: str) -> str:
    """Say why nothing in a folder can be read."""
    return f"the folder {name} cannot be listed: check its permissions"


def may_exist(path: str | Path, *, follow_links: bool = True) -> bool:
    """Tell whether something may stand at a path: where permissions forbid to look, it may.

    Without `follow_links`, a link that leads nowhere is something too.
    """
    try:
        Path(path).stat(follow_symlinks=follow_links)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def vanished(path: Path) -> bool:
    """Tell whether a path that was listed is there no longer, not even as a link that leads nowhere."""
    return not may_exist(path, follow_links=False)


def storable(name: str) -> str:
    """Return a name as text that can be stored; bytes that are no text stand as escapes."""
    return name.encode(errors="backslashreplace").decode()


def absolute(paths: Sequence[Path]) -> list[Path]:
    """Return paths as the ledger keeps them: absolute, without dots, links left as they are."""
    return [Path(os.path.normpath(Path.cwd() / path)) for path in paths]

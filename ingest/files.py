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


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file on disk with its bytes; `source` is None, and `reason` says why, when it cannot be read at all."""

    file: SourceFile
    source: Source | None
    reason: str


def beneath(path: Path) -> Iterator[Path]:
    """Yield the files under a folder in the order of their names, or the file itself; hidden ones are left out.

    Links are followed; a folder that was seen before is not entered again.
    """
    if path.is_file():
        yield path
        return
    seen: set[Path] = set()
    for folder, folders, files in os.walk(path, followlinks=True):
        real = Path(folder).resolve()
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(files) if not name.startswith("."))


def found(path: Path, root: Path, name: str = "") -> FoundFile:
    """Read a file's bytes and tell what they are; `name` is what it is shown as, by default its own.

    The bytes are always read: a time stamp or a size can stay the same when the content does not.
    """
    shown = name or path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        nothing = SourceFile(str(path), shown, "", str(root))
        return FoundFile(nothing, None, f"{shown} cannot be read ({error.strerror}): check its permissions")
    file = SourceFile(str(path), shown, hashlib.sha256(data).hexdigest(), str(root))
    try:
        return FoundFile(file, Source(shown, media_type_of(shown, data), data), "")
    except UnreadableError as error:
        return FoundFile(file, None, str(error))


def absolute(paths: Sequence[Path]) -> list[Path]:
    """Return paths as the ledger keeps them: absolute, without dots, links left as they are."""
    return [Path(os.path.normpath(Path.cwd() / path)) for path in paths]

"""Files that came through the browser: kept by their hash, shown by their name, removed with their document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from core.errors import DataFolderError

FOLDER = "uploads"


def store_upload(data: Path, name: str, content: bytes) -> Path:
    """Keep an uploaded file in the data folder and return its path.

    Only the ending of `name` is used, and only when it is plain: names arrive raw, `../../x` among them.
    """
    ending = Path(name).suffix.lower()
    plain = ending if ending[1:].isalnum() and ending.isascii() else ""
    folder = data / FOLDER
    file = folder / f"{hashlib.sha256(content).hexdigest()}{plain}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        message = f"The upload cannot be kept in {folder} ({error.strerror}); check its permissions and free space."
        raise DataFolderError(message) from error
    return file


def discard(data: Path, paths: Iterable[str]) -> None:
    """Delete the files among `paths` that are kept uploads."""
    folder = (Path.cwd() / data / FOLDER).resolve()
    for path in map(Path, paths):
        if path.resolve().parent == folder:
            path.unlink(missing_ok=True)

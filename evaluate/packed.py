"""The files of a kept evaluation, to be handed out: one by one, or all in one ZIP."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from core.errors import InputError
from evaluate.kept import folder_of


def files_of(data: Path, name: str) -> tuple[str, ...]:
    """Return the files of a kept evaluation, as paths within its folder, those for the whole first."""
    folder = folder_of(data, name)
    inside = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return tuple(path.as_posix() for path in sorted(inside, key=lambda path: (len(path.parts), path)))


def file_of(data: Path, name: str, file: str) -> bytes:
    """Return one of the files that `files_of` names."""
    if file not in files_of(data, name):
        message = f"There is no file {file} in the evaluation {name}; choose one that is listed."
        raise InputError(message)
    return (folder_of(data, name) / file).read_bytes()


def zipped(data: Path, name: str) -> bytes:
    """Return every file of a kept evaluation in one ZIP, within a folder of its name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files_of(data, name):
            archive.write(folder_of(data, name) / file, f"{name}/{file}")
    return stream.getvalue()

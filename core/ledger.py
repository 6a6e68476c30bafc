"""The nouns of bookkeeping: which files the index knows, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.document import Loss

Outcome = Literal["read", "partial", "refused", "unchanged", "duplicate", "removed"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was found: its absolute path, display name, the SHA-256 of its bytes, and the folder it came with.

    `root` is the folder given to `sync` or `add`, or the file itself; a moved file is looked for beneath it.
    """

    path: str
    name: str
    sha256: str
    root: str


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as the index knows it: what it was when found, the document it holds, or why it was refused.

    `document_id` is empty for a refused file and `reason` for one that was read. `reader` is what refused it, such as
    "pdf/1"; empty when the file was read, or was refused before any reader saw it.
    """

    file: SourceFile
    document_id: str
    reason: str
    reader: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What became of one file; `reason` says why it was refused or only partly read, and is empty otherwise.

    `pages` and `passages` are counts; `document_id` is empty for a refused file. `name` is what the file is shown as:
    an upload is kept under its hash, and was called something else.
    """

    document_id: str
    path: str
    outcome: Outcome
    reason: str
    pages: int
    passages: int
    losses: tuple[Loss, ...]
    name: str = ""


def called(file: SourceFile, beside: SourceFile) -> str:
    """Return what a file is called in a sentence about another: its name, or where it lies if they are called alike."""
    if file.name != beside.name:
        return file.name
    place = Path(file.path)
    return (
        str(place.relative_to(file.root)) if place.is_relative_to(file.root) and file.path != file.root else file.path
    )


def copy_of(first: SourceFile, copy: SourceFile) -> str:
    """Say why a copy is no document of its own, in words for the ledger."""
    return f"the same content as {called(first, copy)}"

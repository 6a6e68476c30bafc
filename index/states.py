"""The state of a citation: whether the file it was read from still holds what is quoted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from core.ledger import SourceFile
from index.catalogue import Catalogue

State = Literal["found", "moved", "changed", "missing"]

_BEST_FIRST: tuple[State, ...] = ("found", "moved", "changed", "missing")
_BLOCK = 1 << 20

# What a file was when it was hashed: size, times of its content and of its entry, and the number of the entry.
_Stamp = tuple[int, int, int, int]


class Files:
    """The files on disk as they are seen at one moment: each is read once."""

    def __init__(self) -> None:
        self._known: dict[Path, str | None] = {}

    def sha256(self, path: Path) -> str | None:
        """Return the hash of a file's bytes; None when it cannot be read, which is as good as absent."""
        if path not in self._known:
            self._known[path] = _hashed(path)
        return self._known[path]


class WatchedFiles(Files):
    """The files on disk as a page shows them again and again: one is read anew when size, times or entry have changed.

    Good enough to show, not to verify: a file can be altered behind its times.
    """

    def __init__(self) -> None:
        super().__init__()
        self._stamped: dict[Path, tuple[_Stamp, str | None]] = {}

    def sha256(self, path: Path) -> str | None:
        """Return the hash of a file's bytes, from before when nothing tells that the file is another."""
        stamp = _stamp(path)
        if stamp is None:
            return None
        known = self._stamped.get(path)
        if known is None or known[0] != stamp:
            known = (stamp, _hashed(path))
            self._stamped[path] = known
        return known[1]


def document_states(catalogue: Catalogue, document_ids: Iterable[str], files: Files | None = None) -> dict[str, State]:
    """Tell of documents whether a source file still holds what is quoted from them.

    `found`: a file with the very bytes that were read is where it was. `moved`: such a file is elsewhere in the
    folder it came with. `changed`: a file is there with other bytes. `missing`: there is none.
    """
    seen = Files() if files is None else files
    return {one: state_of([known.file for known in catalogue.files_of(one)], seen) for one in document_ids}


def document_state(catalogue: Catalogue, document_id: str) -> State:
    """Tell the state of one document; its file is read for it."""
    return document_states(catalogue, [document_id])[document_id]


def state_of(sources: Sequence[SourceFile], files: Files) -> State:
    """Return the best state among the files of one document."""
    return min((_state(source, files) for source in sources), key=_BEST_FIRST.index, default="missing")


def state_in_place(catalogue: Catalogue, document_id: str, files: Files) -> State:
    """Tell whether a file of a document is as it was where it was; `missing` may also be one that has moved.

    No folder is walked for it, so it can be asked of many documents again and again.
    """
    sources = [known.file for known in catalogue.files_of(document_id)]
    hashes = [files.sha256(Path(source.path)) for source in sources]
    if any(now == source.sha256 for now, source in zip(hashes, sources, strict=True)):
        return "found"
    return "changed" if any(hashes) else "missing"


def whereabouts(source: SourceFile, files: Files) -> Path | None:
    """Return where the very bytes of a file are now: where they were, or elsewhere in the folder it came with."""
    path, root = Path(source.path), Path(source.root)
    if files.sha256(path) == source.sha256:
        return path
    elsewhere = root.rglob(f"*{path.suffix}") if root.is_dir() else path.parent.glob(f"*{path.suffix}")
    return next((other for other in sorted(elsewhere) if files.sha256(other) == source.sha256), None)


def _state(source: SourceFile, files: Files) -> State:
    path, now = Path(source.path), whereabouts(source, files)
    if now is not None:
        return "found" if now == path else "moved"
    return "changed" if path.is_file() else "missing"


def _hashed(path: Path) -> str | None:
    digest = hashlib.sha256()
    if not path.is_file():
        # A pipe in the place of a file would be waited for.
        return None
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError:
        # Absent, a folder, or not ours to read: either way nothing can be quoted from it.
        return None
    return digest.hexdigest()


def _stamp(path: Path) -> _Stamp | None:
    try:
        entry = path.stat()
    except OSError:
        return None
    return entry.st_size, entry.st_mtime_ns, entry.st_ctime_ns, entry.st_ino

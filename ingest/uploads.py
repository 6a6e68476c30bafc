"""Files that came through the browser: kept by their hash, shown by their name, removed with their document.

What is promised: an upload that `store_upload` has returned is on the ledger or waits to be read, whatever instant the
program or the machine stopped; one that was removed is gone from the disk. A content is `uploads/FILE`; beside it, in
`uploads/notes/`, stands at most one note of each kind:

    FILE.waits      it was accepted under the name that the note holds, and no run has begun to read it
    FILE.taken      a run has begun to read it
    FILE.removed    a run has begun to remove it; the note holds its path on the ledger

To accept: write `waits`, then the content. To read: rename `waits` to `taken`, commit, delete `taken`. To remove: write
`removed`, commit, delete the content unless the file was accepted again meanwhile, delete `removed`. Every step is on
the disk before the next begins, so what a stop can leave is told by the notes alone, and the next run mends it:

    waits without content            was never accepted: the note goes
    taken, and on the ledger         the commit was reached: the note goes
    taken, and not on the ledger     it was not: the file waits again
    removed, and on the ledger       the commit was not reached: the note goes
    removed, and not on the ledger   it was: the content goes, unless the file waits again, and then the note

A content without any note is never touched: after a backup of the catalogue alone was restored, or the data folder was
moved, it may be the only copy there is. A lock keeps those who accept and those who clear up out of each other's way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from core import storage
from core.errors import DataFolderError, NoIndexError
from core.settings import UPLOADS
from index import Catalogue, open_catalogue
from ingest.files import absolute, storable

FOLDER = UPLOADS
NOTES = "notes"
LOCK = "uploads.lock"

_WAITS, _TAKEN, _REMOVED = "waits", "taken", "removed"
# `core.storage` writes a file under this ending first.
_UNFINISHED = "tmp"


def store_upload(data: Path, name: str, content: bytes) -> Path:
    """Keep an uploaded file and what it is called, and return its path; from then on it is not lost.

    Only the ending of `name` is used for the path, and only when it is plain: names arrive raw, `../../x` among them.
    Raises DataFolderError when there is no room or no permission; nothing is left of it then.
    """
    ending = Path(name).suffix.lower()
    plain = ending[1:].isalnum() and ending.isascii() and ending[1:] != _UNFINISHED
    kept = _Kept(data, f"{hashlib.sha256(content).hexdigest()}{ending if plain else ''}")
    with _told(data):
        storage.keep_folder(kept.note(_WAITS).parent)
        with _locked(data):
            _write(kept, storable(name), content)
    return kept.content


def waiting_uploads(data: Path) -> tuple[tuple[Path, str], ...]:
    """Return the uploads that were accepted and that no run has read or refused yet, each with its name, by path."""
    waiting: dict[Path, str] = {}
    for kept, kind in _noted(data):
        if kept.content.is_file() and (kind == _WAITS or (kind == _TAKEN and not _on_ledger(kept))):
            name = _name_in(kept)
            waiting |= {kept.content: name} if name else {}
    return tuple(sorted(waiting.items()))


def name_of(data: Path, path: Path, catalogue: Catalogue) -> str:
    """Return what a kept upload is called; empty for any other path."""
    kept = _kept(data, path)
    if kept is None:
        return ""
    known = catalogue.file(kept.ledger_path)
    return _name_in(kept) or (known.file.name if known else "")


def is_note(data: Path, path: Path) -> bool:
    """Tell whether a file is one of the notes beside the uploads and no document."""
    return path.resolve().parent == (data / FOLDER / NOTES).resolve()


@contextmanager
def taking(data: Path, paths: Iterable[Path]) -> Iterator[None]:
    """Mark the uploads among `paths` as being read; once that has ended well, they wait no more."""
    taken = [kept for path in paths if (kept := _kept(data, path)) and kept.note(_WAITS).is_file()]
    if taken:
        with _told(data), _locked(data):
            for kept in taken:
                storage.settle(kept.note(_WAITS), kept.note(_TAKEN))
    yield
    if taken:
        with _told(data), _locked(data):
            for kept in taken:
                storage.remove_file(kept.note(_TAKEN))


@contextmanager
def removing(data: Path, paths: Iterable[str]) -> Iterator[None]:
    """Mark the uploads among these paths of the ledger as going; once that is committed, delete them."""
    going = [(kept, path) for path in paths if (kept := _kept(data, Path(path)))]
    if going:
        with _told(data), _locked(data):
            storage.keep_folder(going[0][0].note(_REMOVED).parent)
            for kept, path in going:
                storage.keep_file(kept.note(_REMOVED), path.encode())
    yield
    if going:
        with _told(data), _locked(data):
            _delete([kept for kept, _ in going])


def mend(data: Path, catalogue: Catalogue) -> None:
    """Bring to its end what a run or an upload that was stopped has begun; only the writer may call this."""
    if not any(True for _ in (data / FOLDER / NOTES).glob("*")):
        return
    with _told(data), _locked(data):
        for unfinished in (data / FOLDER / NOTES).glob(f"*.{_UNFINISHED}"):
            storage.remove_file(unfinished)
        noted = _noted(data)
        for kept, kind in noted:
            storage.remove_file(kept.unfinished)
            if not kept.content.is_file() and kind != _REMOVED:
                storage.remove_file(kept.note(kind))
            elif kind == _TAKEN:
                _decide_taken(kept, catalogue)
        doomed = [kept for kept, kind in noted if kind == _REMOVED]
        committed = [kept for kept in doomed if catalogue.file(kept.note(_REMOVED).read_text("utf-8")) is None]
        _delete(committed)
        for kept in doomed:
            storage.remove_file(kept.note(_REMOVED))


@dataclass(frozen=True, slots=True)
class _Kept:
    """An upload by its file name: where its content and its notes are."""

    data: Path
    file: str

    @property
    def content(self) -> Path:
        return self.data / FOLDER / self.file

    @property
    def unfinished(self) -> Path:
        return self.content.with_name(f"{self.file}.{_UNFINISHED}")

    @property
    def ledger_path(self) -> str:
        """The path that the ledger knows it by."""
        return str(absolute([self.content])[0])

    def note(self, kind: str) -> Path:
        return self.data / FOLDER / NOTES / f"{self.file}.{kind}"


def _kept(data: Path, path: Path) -> _Kept | None:
    """Return the upload that a path leads to; None for a path anywhere else."""
    return _Kept(data, path.name) if path.resolve().parent == (data / FOLDER).resolve() else None


def _noted(data: Path) -> Sequence[tuple[_Kept, str]]:
    """Return every note there is, by file name."""
    kinds = (_WAITS, _TAKEN, _REMOVED)
    notes = sorted((data / FOLDER / NOTES).glob("*"))
    return [(_Kept(data, note.stem), note.suffix[1:]) for note in notes if note.suffix[1:] in kinds]


def _name_in(kept: _Kept) -> str:
    """Return the name that a note holds; empty when there is none, as when a run has just finished with it."""
    for kind in (_WAITS, _TAKEN):
        with suppress(FileNotFoundError):
            return kept.note(kind).read_text("utf-8")
    return ""


def _on_ledger(kept: _Kept) -> bool:
    try:
        with open_catalogue(kept.data) as catalogue:
            return catalogue.file(kept.ledger_path) is not None
    except NoIndexError:
        return False


def _write(kept: _Kept, name: str, content: bytes) -> None:
    """Write note and content; when that fails, take away what was not there before."""
    note = kept.note(_WAITS)
    new = [file for file in (kept.content, note) if not file.exists()]
    try:
        storage.keep_file(note, name.encode())
        storage.keep_file(kept.content, content)
    except OSError:
        # The note goes last: while it stands, the next run knows that there may be something to clear up.
        with suppress(OSError):
            for file in (kept.unfinished, note.with_name(f"{note.name}.{_UNFINISHED}"), *new):
                storage.remove_file(file)
        raise


def _decide_taken(kept: _Kept, catalogue: Catalogue) -> None:
    if catalogue.file(kept.ledger_path) is not None or kept.note(_WAITS).is_file():
        storage.remove_file(kept.note(_TAKEN))
    else:
        storage.settle(kept.note(_TAKEN), kept.note(_WAITS))


def _delete(kept: Sequence[_Kept]) -> None:
    """Delete contents that do not wait again, and then the notes of their removal."""
    again = {one for one in kept if one.note(_WAITS).is_file()}
    for one in kept:
        if one not in again:
            storage.remove_file(one.content)
    if kept:
        # A content that came back after a power cut, when its note did not, would stay for ever.
        storage.disk.sync(kept[0].content.parent)
    for one in kept:
        storage.remove_file(one.note(_REMOVED))


def _locked(data: Path) -> FileLock:
    return FileLock(data / LOCK)


@contextmanager
def _told(data: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as error:
        message = (
            f"Uploads cannot be kept in {data / FOLDER} ({error.strerror or error}); check its permissions and free "
            "space, then try again."
        )
        raise DataFolderError(message) from error

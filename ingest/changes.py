"""What happens in a real folder and beneath it, as the operating system tells it through watchdog."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from core.errors import InputError, StratumError
from ingest.files import walk

# Reading a file is not among them: a sync would set off the next one.
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    FileClosedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]
_NO_ROOM = (errno.ENOSPC, errno.EMFILE, errno.ENFILE)


class FolderChanges:
    """The changes in a folder and in folders that links in it lead to; hidden files and `without` do not count.

    A file behind a link to that file alone is not watched: its changes are seen at the next sync.
    """

    def __init__(self, folder: Path, without: Path) -> None:
        self._folder = folder
        self._without = without
        self._identity = _identity(folder)
        self._changed = Event()
        self._watches: dict[Path, ObservedWatch] = {}
        with _sentences(folder):
            self._observer: BaseObserver = Observer()

    def __enter__(self) -> Self:
        """Begin to watch."""
        with _sentences(self._folder):
            self._observer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Cease to watch."""
        self._observer.stop()
        self._observer.join()

    def came(self, seconds: float) -> bool:
        """Wait for a change since the last call, so many seconds at most, and tell whether there was one.

        Raises InputError when the folder is gone.
        """
        if self._changed.wait(seconds):
            self._changed.clear()
            return True
        return _identity(self._folder) != self._identity

    def renew(self) -> None:
        """Watch what is to be watched now: the folder, even if it is another one of that name, and linked folders."""
        identity = _identity(self._folder)
        if identity != self._identity:
            self._observer.unschedule_all()
            self._watches.clear()
            self._identity = identity
        wanted = _outermost([self._folder.resolve(), *walk(self._folder, self._without).linked])
        with _sentences(self._folder):
            for place in [place for place in self._watches if place not in wanted]:
                self._observer.unschedule(self._watches.pop(place))
            for place in [place for place in wanted if place not in self._watches]:
                handler = _Handler(place, self._without, self._changed.set)
                self._watches[place] = self._observer.schedule(
                    handler, str(place), recursive=True, event_filter=_EVENTS
                )
            self._require_room()

    def _require_room(self) -> None:
        """Raise OSError when no more folder can be watched: watchdog says nothing when one within the folder cannot."""
        with tempfile.TemporaryDirectory() as place:
            watch_of_it = self._observer.schedule(FileSystemEventHandler(), place, event_filter=_EVENTS)
            self._observer.unschedule(watch_of_it)


class _Handler(FileSystemEventHandler):
    """Passes on that something changed, when it is something that a sync would look at."""

    def __init__(self, place: Path, without: Path, changed: Callable[[], None]) -> None:
        self._place = place
        self._without = without
        self._changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Judge one event by its paths."""
        if any(self._counts(Path(os.fsdecode(path))) for path in (event.src_path, event.dest_path) if path):
            self._changed()

    def _counts(self, path: Path) -> bool:
        if path.is_relative_to(self._without) or not path.is_relative_to(self._place):
            return False
        return not any(part.startswith(".") for part in path.relative_to(self._place).parts)


def _outermost(places: list[Path]) -> list[Path]:
    """Return the folders that lie in no other one of these."""
    return [one for one in dict.fromkeys(places) if not any(other in one.parents for other in places)]


def _identity(folder: Path) -> tuple[int, int]:
    """Return what tells a folder from another of the same name; raises InputError when it is not there."""
    try:
        state = folder.stat()
    except OSError as error:
        message = f"The folder {folder} is no longer there ({error.strerror}); bring it back and start again."
        raise InputError(message) from error
    return state.st_dev, state.st_ino


@contextmanager
def _sentences(folder: Path) -> Iterator[None]:
    """Turn what the system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        limit = "fs.inotify.max_user_instances" if error.errno != errno.ENOSPC else "fs.inotify.max_user_watches"
        remedy = (
            f"raise {limit}, or run `python -m ingest sync` whenever it has changed"
            if error.errno in _NO_ROOM
            else "run `python -m ingest sync` whenever it has changed"
        )
        message = f"The folder {folder} cannot be watched ({error.strerror or error}); {remedy}."
        raise StratumError(message) from error

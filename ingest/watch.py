"""Following a folder: it is synced, and synced again whenever something beneath it has changed and is quiet again.

`follow` is the patience, and knows neither the clock nor the file system: it asks `Changes` whether something happened,
which in a real folder is `FolderChanges`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, Protocol

from core.errors import BusyError
from core.progress import Progress
from ingest.changes import FolderChanges
from ingest.run import Outcomes
from ingest.sync import followed_root, sync

QUIET = 1.0
"""A folder is quiet when nothing has changed in it for so many seconds."""

PATIENCE = 60.0
"""A folder that is never quiet, because a log is written in it, is synced after so many seconds all the same."""

RETRY = 2.0
"""While another process writes, it is tried again after so many seconds."""

LOOK = 2.0
"""Every so many seconds it is looked whether the folder itself is still there, since no event tells of its move."""

Report = Callable[[Outcomes], None]
Say = Callable[[str], None]


class Changes(Protocol):
    """Tells of changes in a folder."""

    def renew(self) -> None:
        """Look at the folder anew, before a sync; raises StratumError when its changes cannot be told any longer."""

    def came(self, seconds: float) -> bool:
        """Wait for a change since the last call, so many seconds at most, and tell whether there was one."""


def watch(
    data: Path,
    folder: Path,
    model: str | None,
    report: Report,
    say: Say,
    progress: Progress | None = None,
) -> NoReturn:
    """Sync a folder, and again after every change, until interrupted: it ends by an exception only.

    `report` is given the outcomes of the first sync and of each later one that changed the index; `say` is given
    sentences. Raises InputError when the folder is not there (any longer), StratumError when it cannot be watched.
    """
    root = followed_root(data, folder)
    with FolderChanges(root, data.resolve()) as changes:
        follow(lambda: sync(data, folder, model, progress), changes, report, say)


def follow(
    run: Callable[[], Outcomes],
    changes: Changes,
    report: Report,
    say: Say,
    clock: Callable[[], float] = time.monotonic,
) -> NoReturn:
    """Run at once, and again whenever changes came and have ceased; never returns.

    A change that comes while a run goes on sets off another: no file that was half written is left so.
    """
    generation = None
    while True:
        changes.renew()
        outcomes = _tried(run, changes, say)
        if outcomes.generation != generation:
            generation = outcomes.generation
            report(outcomes)
        while not changes.came(LOOK):
            pass
        began = clock()
        while changes.came(QUIET) and clock() - began < PATIENCE:
            pass


def _tried(run: Callable[[], Outcomes], changes: Changes, say: Say) -> Outcomes:
    """Run as soon as no other process writes; say once that it has to wait."""
    waits = False
    while True:
        try:
            return run()
        except BusyError:
            if not waits:
                say("Another process is writing to the index; as soon as it has finished, this one goes on.")
            waits = True
            changes.came(RETRY)

"""Every sync is needed: leave one out, and some power cut loses what was promised.

The log of the scripted life is taken as if the program had never made the syncs of one site (this file or folder, for
this purpose), and states of a power cut behind them are tried until one breaks a promise. So no sync is there in vain,
and none of them could be lost from the code without a test that fails. Views have none: they may be lost.

Some syncs of SQLite's own do nothing in this life, and so cannot be missed: those are listed, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path, PurePosixPath

import pytest

from tests.faults import lives
from tests.faults.crash_states import states
from tests.faults.extent import FULL
from tests.faults.lives import Life, violations
from tests.faults.record import note
from tests.faults.simulated_disk import Entry, Mark, Operation

# Behind a sync so many entries are tried, and so many of the promises made next; with so many draws each.
NEAR, PROMISES = 4, 2
DRAWS = 40
# A site is tried at so many of its places; the sync is left out at all of them.
PLACES = 3

NEVER_MISSED = {
    "catalogue.sqlite-wal, nothing new": "a checkpoint syncs the log first; with synchronous=FULL every commit has",
    "catalogue.sqlite-wal, head": "matters for a log that begins anew over old pages; ours is empty whenever it begins",
    "ahead.sqlite": "what is embedded ahead is a cache: a damaged file is thrown away",
    "ahead.sqlite-wal, head": "the same",
    "ahead.sqlite-wal, pages": "the same",
    "ahead.sqlite-wal, nothing new": "the same",
    "ahead.sqlite-journal, head": "the same",
    "folder var, new ahead.sqlite-journal": "the same",
    "folder var, new ahead.sqlite-wal": "the same",
    "folder var/uploads, make folder notes": "the content that follows syncs the same folder, before it is accepted",
    "note that an upload waits, renamed": "it was synced when it was written; only its name is new",
}

_PROMISING = ("accepted", "acknowledged")
_KEPT = {"waits": "note that an upload waits", "removed": "note that an upload goes"}


def site(log: tuple[Entry, ...], at: int) -> str | None:
    """Return what a sync is for, such as "catalogue.sqlite-wal, commit"; None for any other entry."""
    entry = log[at]
    if not isinstance(entry, Operation) or entry.kind not in ("sync", "sync folder"):
        return None
    if entry.kind == "sync folder":
        return f"folder {entry.path}, {_cause(log, at)}"
    name = PurePosixPath(entry.path).name.removesuffix(".tmp")
    if name.endswith(("-wal", "-journal")):
        return f"{name}, {_written(log, at, entry.path)}"
    if "/uploads/" in entry.path:
        kind = name.rpartition(".")[2]
        done = "written" if entry.path.endswith(".tmp") else "renamed"
        return f"{_KEPT.get(kind, 'upload')}, {done}"
    return name


def _written(log: tuple[Entry, ...], at: int, path: str) -> str:
    """Tell what of a log or journal was written since its last sync."""
    new = []
    for entry in reversed(log[:at]):
        if isinstance(entry, Operation) and entry.path == path:
            if entry.kind == "sync":
                break
            if entry.kind == "write":
                new.append(entry.place)
    return "nothing new" if not new else "head" if new == [0] else "pages"


def _cause(log: tuple[Entry, ...], at: int) -> str:
    """Tell what has happened last to a name in the folder that is synced."""
    folder = log[at]
    assert isinstance(folder, Operation)
    for entry in reversed(log[:at]):
        if isinstance(entry, Operation) and str(PurePosixPath(entry.path).parent) == folder.path:
            if entry.kind == "sync":
                return f"new {PurePosixPath(entry.path).name}"
            if entry.kind in ("rename", "remove", "make folder"):
                name = PurePosixPath(entry.to or entry.path).name
                return f"{entry.kind} {name if entry.kind == 'make folder' else name.rpartition('.')[2]}"
    return "nothing new"


def sites(log: tuple[Entry, ...]) -> dict[str, list[int]]:
    """Return where the syncs of each site are."""
    found: dict[str, list[int]] = {}
    for at in range(len(log)):
        if (name := site(log, at)) is not None:
            found.setdefault(name, []).append(at)
    return found


def instants(log: tuple[Entry, ...], place: int) -> set[int]:
    """Return the entries behind a sync that are tried: the next ones, the next commit, and what is promised next."""
    behind = range(place, len(log))
    promises = [
        at for at in behind if isinstance(entry := log[at], Mark) and entry.word in ("accepted", "acknowledged")
    ]
    commits = [at for at in behind[1:] if site(log, at) == "catalogue.sqlite-wal, pages"]
    return {*behind[:NEAR], *commits[:1], *promises[:PROMISES]}


def broken_without(root: Path, life: Life, places: list[int]) -> Iterator[str]:
    """Yield what a power cut breaks when the syncs at these places were never made; the corners are tried first."""
    without = tuple(Mark("left out", at) if at in places else entry for at, entry in enumerate(life.log))
    some = {places[0], places[len(places) // 2], places[-1]} if len(places) > PLACES else set(places)
    chosen = {at for place in some for at in instants(life.log, place)}
    without = without[: max(chosen) + 1]
    corners = (state for state in states(without, chosen, seeds=()) if state.kind == "cut")
    draws = (one for seed in range(DRAWS) for one in states(without, chosen, seeds=[seed]) if one.kind == "mixed")
    tried: set[tuple[str, tuple[int, ...], str]] = set()
    for state in chain(corners, draws):
        allowed, upload = life.allowed(state.at), life.upload(state.at)
        known = state.digest(), tuple(one.generation for one in allowed), upload
        if known not in tried:
            tried.add(known)
            state.restore(root)
            found = violations(root / lives.FOLDER, allowed, upload)
            yield from (f"{one} [{state.how}, behind {state.at}]" for one in found)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that is the disk."""
    return tmp_path_factory.mktemp("disk")


@pytest.fixture(scope="module")
def life(root: Path) -> Life:
    """Return the recorded life."""
    return lives.recorded(root)


def test_every_sync_left_out_breaks_a_promise_after_some_power_cut(root: Path, life: Life) -> None:
    found = sites(life.log)
    missed = {
        name: next(broken_without(root, life, places), None)
        for name, places in found.items()
        if FULL or name not in NEVER_MISSED
    }
    never = {name for name, broken in missed.items() if broken is None}
    note("syncs left out", {"sites": len(found), "missed": len(missed) - len(never)}, len(never - NEVER_MISSED.keys()))
    assert never <= NEVER_MISSED.keys(), f"nothing breaks without {sorted(never - NEVER_MISSED.keys())}"


def test_views_are_never_synced(life: Life) -> None:
    synced = {entry.path for entry in life.log if isinstance(entry, Operation) and entry.kind.startswith("sync")}
    assert any(isinstance(entry, Operation) and "/views/" in entry.path for entry in life.log)
    assert not [path for path in synced if "views" in path]

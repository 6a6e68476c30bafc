"""Following a folder: when it is looked at again, what counts as a change, and how it ends."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import BusyError, InputError, StratumError
from index import open_writer
from ingest import Outcomes, entries_for, sync
from ingest.changes import FolderChanges
from ingest.watch import LOOK, PATIENCE, QUIET, RETRY, follow, watch

pytestmark = pytest.mark.processes

PROJECT = Path(__file__).resolve().parents[2]
# Longer than the system ever takes to tell of a change, and never waited for to the end.
SOON = 20.0
# Long enough that what was done just before would have been told.
HARDLY = 0.3


class EndOfScriptError(Exception):
    """Ends the following that otherwise never ends."""


class Script:
    """Changes that come as written down, a mark for every time it is asked: "!" for a change, "." for none."""

    def __init__(self, answers: str) -> None:
        self.answers = [mark == "!" for mark in answers]
        self.waited: list[float] = []
        self.renewed = 0
        self.now = 0.0

    def renew(self) -> None:
        self.renewed += 1

    def came(self, seconds: float) -> bool:
        self.waited.append(seconds)
        if not self.answers:
            raise EndOfScriptError
        came = self.answers.pop(0)
        self.now += 0.4 if came else seconds
        return came


class Runs:
    """Runs that end as written down: at a generation, or with an error."""

    def __init__(self, *ends: int | StratumError) -> None:
        self.ends = list(ends)
        self.count = 0

    def __call__(self) -> Outcomes:
        self.count += 1
        end = self.ends.pop(0)
        if isinstance(end, StratumError):
            raise end
        return Outcomes((), end)


def followed(script: Script, runs: Runs) -> tuple[list[int], list[str]]:
    """Follow to the end of the script, and return the generations that were reported and the sentences said."""
    reported: list[int] = []
    said: list[str] = []
    with pytest.raises(EndOfScriptError):
        follow(runs, script, lambda outcomes: reported.append(outcomes.generation), said.append, lambda: script.now)
    return reported, said


def test_a_burst_of_changes_is_one_run_once_it_is_quiet() -> None:
    script, runs = Script("..!!!."), Runs(1, 2)

    assert followed(script, runs) == ([1, 2], [])
    assert script.waited == [LOOK, LOOK, LOOK, QUIET, QUIET, QUIET, LOOK]
    assert script.renewed == 2


def test_a_change_during_a_run_sets_off_another() -> None:
    script, runs = Script("!.!."), Runs(1, 2, 3)

    assert followed(script, runs) == ([1, 2, 3], [])


def test_a_run_that_changed_nothing_is_not_reported() -> None:
    script, runs = Script("!.!."), Runs(1, 1, 2)

    assert followed(script, runs) == ([1, 2], [])


def test_a_folder_that_is_never_quiet_is_looked_at_all_the_same() -> None:
    enough = int(PATIENCE / 0.4) + 2
    script, runs = Script("!" * enough), Runs(1, 2)

    assert followed(script, runs) == ([1, 2], [])


def test_while_another_process_writes_it_is_said_once_and_tried_again() -> None:
    busy = BusyError("Another process is writing.")
    script, runs = Script(".!!.."), Runs(busy, busy, 1, busy, 2)

    reported, said = followed(script, runs)

    assert reported == [1, 2]
    assert len(said) == 2
    assert said[0].startswith("Another process is writing")
    assert script.waited == [RETRY, RETRY, LOOK, QUIET, RETRY, LOOK]


def test_any_other_error_ends_it() -> None:
    with pytest.raises(InputError, match="gone"):
        follow(Runs(1, InputError("gone")), Script("!."), lambda _: None, lambda _: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a followed folder with a file, a folder in it, and the data folder within."""
    place = tmp_path / "docs"
    (place / "deep").mkdir(parents=True)
    (place / "var").mkdir()
    (place / "a.md").write_text("Text one.")
    (place / ".git").mkdir()
    return place


@contextmanager
def watched(folder: Path) -> Iterator[FolderChanges]:
    with FolderChanges(folder, (folder / "var").resolve()) as changes:
        changes.renew()
        yield changes


CHANGES: dict[str, Callable[[Path], object]] = {
    "a new file": lambda place: (place / "b.md").write_text("Text two."),
    "an edit": lambda place: (place / "a.md").write_text("Text two."),
    "a removal": lambda place: (place / "a.md").unlink(),
    "a new name": lambda place: (place / "a.md").rename(place / "b.md"),
    "a file that comes from elsewhere": lambda place: shutil.copy(__file__, place / "b.md"),
    "a folder that is hidden no longer": lambda place: (place / ".git").rename(place / "shown"),
    "a file moved out": lambda place: (place / "a.md").rename(place.parent / "a.md"),
    "a file in a folder": lambda place: (place / "deep" / "b.md").write_text("Text two."),
    "a folder that goes": lambda place: shutil.rmtree(place / "deep"),
    "a link": lambda place: (place / "b.md").symlink_to(place / "a.md"),
}
NO_CHANGES: dict[str, Callable[[Path], object]] = {
    "reading": lambda place: (place / "a.md").read_bytes(),
    "listing": lambda place: list(place.rglob("*")),
    "the data folder": lambda place: (place / "var" / "catalogue.sqlite").write_text("x"),
    "a hidden file": lambda place: (place / ".b.md").write_text("x"),
    "a file in a hidden folder": lambda place: (place / ".git" / "index").write_text("x"),
    "a file beside the folder": lambda place: (place.parent / "b.md").write_text("x"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_counts_as_a_change(folder: Path, change: str) -> None:
    with watched(folder) as changes:
        CHANGES[change](folder)

        assert changes.came(SOON)


@pytest.mark.parametrize("change", NO_CHANGES)
def test_what_counts_as_none(folder: Path, change: str) -> None:
    with watched(folder) as changes:
        NO_CHANGES[change](folder)

        assert not changes.came(HARDLY)


def test_a_folder_that_is_new_is_watched_too(folder: Path) -> None:
    with watched(folder) as changes:
        (folder / "new").mkdir()
        assert changes.came(SOON)
        while changes.came(HARDLY):
            pass

        (folder / "new" / "b.md").write_text("Text two.")

        assert changes.came(SOON)


def test_a_linked_folder_is_watched_and_a_link_in_a_ring_is_no_trouble(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    with watched(folder) as changes:
        (folder / "linked").symlink_to(outside)
        (folder / "ring").symlink_to(folder)
        assert changes.came(SOON)
        changes.renew()
        while changes.came(HARDLY):
            pass

        (outside / "b.md").write_text("Text two.")

        assert changes.came(SOON)


def test_a_folder_in_the_place_of_the_old_one_is_watched(folder: Path, tmp_path: Path) -> None:
    with watched(folder) as changes:
        other = tmp_path / "other"
        other.mkdir()
        os.rename(folder, tmp_path / "old")  # noqa: PTH104 - no event of the folder itself tells of this
        os.rename(other, folder)  # noqa: PTH104
        assert changes.came(HARDLY)
        changes.renew()
        while changes.came(HARDLY):
            pass

        (folder / "b.md").write_text("Text two.")

        assert changes.came(SOON)


def test_a_folder_that_is_gone_is_told(folder: Path) -> None:
    with watched(folder) as changes:
        shutil.rmtree(folder)
        with pytest.raises(InputError, match="no longer there"):
            changes.renew()


def test_a_system_that_gives_no_more_watches_is_told_in_one_sentence(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(StratumError) as caught:
            FolderChanges(folder, folder / "var")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert "cannot be watched" in str(caught.value)
    assert "fs.inotify.max_user_instances" in str(caught.value)
    assert "ingest sync" in str(caught.value)


def test_a_folder_that_goes_while_it_is_followed_ends_it(folder: Path, data: Path) -> None:
    reported: list[Outcomes] = []

    def report(outcomes: Outcomes) -> None:
        reported.append(outcomes)
        shutil.rmtree(folder)

    with pytest.raises(InputError, match="no longer there"):
        watch(data, folder, "hashing-256", report, lambda _: None)

    assert [entry.outcome for entry in reported[0].entries] == ["read"]
    assert [entry.outcome for entry in entries_for(data)] == ["read"]


class Following:
    """A real process that follows a folder; what it prints is waited for."""

    def __init__(self, here: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest", "sync", "docs", "--watch", "--json", "--model", "hashing-256"],
            cwd=here,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def entry(self) -> tuple[str, str]:
        """Wait for the next entry, and return the file's name and its outcome."""
        assert self.process.stdout is not None
        entry = json.loads(self.process.stdout.readline())
        return Path(entry["path"]).name, entry["outcome"]

    def sentence(self) -> str:
        """Wait for the next line on standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def ended(self) -> tuple[int, str, str]:
        """Wait for the end, and return the exit status and what else was printed."""
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


def test_a_file_that_stays_refused_is_named_once(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("Text one.")
    (docs / "blank.md").write_text(" ")
    following = Following(tmp_path)
    assert [following.entry(), following.entry()] == [("a.md", "read"), ("blank.md", "refused")]

    (docs / "b.md").write_text("Text two.")
    assert following.entry() == ("b.md", "read")
    # Edited, and no better for it, it is named again; and from then on once more not.
    (docs / "blank.md").write_text("  ")
    assert following.entry() == ("blank.md", "refused")
    (docs / "c.md").write_text("Text three.")
    assert following.entry() == ("c.md", "read")
    following.process.send_signal(signal.SIGINT)

    assert following.ended()[:2] == (0, "")


def test_what_was_refused_before_is_named_when_the_following_begins(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "blank.md").write_text(" ")
    sync(tmp_path / "var", docs, "hashing-256")
    following = Following(tmp_path)

    assert following.entry() == ("blank.md", "refused")
    following.process.send_signal(signal.SIGINT)
    assert following.ended()[0] == 0


def test_a_real_process_follows_a_folder_until_it_is_interrupted(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("Text one.")
    (docs / "b.md").write_text("Text two.")
    following = Following(tmp_path)
    assert "Ctrl+C ends it" in following.sentence()
    assert [following.entry(), following.entry()] == [("a.md", "read"), ("b.md", "read")]

    with open_writer(tmp_path / "var"):
        (docs / "c.md").write_text("Text three.")
        assert "Another process is writing" in following.sentence()
    assert following.entry() == ("c.md", "read")
    (docs / "b.md").unlink()
    assert following.entry() == ("b.md", "removed")
    following.process.send_signal(signal.SIGINT)

    status, out, err = following.ended()

    assert (status, out) == (0, "")
    assert err == "No longer following docs; what was read is in the index.\n"

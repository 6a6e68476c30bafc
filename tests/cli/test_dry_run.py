"""`ingest sync --dry-run` tells what would happen to each file; nothing changes; Ctrl+C ends a run with a sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from core.errors import StoppedError
from index import open_writer, verify
from ingest import add, entries_for, sync
from tests.cli.conftest import MODEL, Command, Done, write

PROJECT = Path(__file__).resolve().parents[2]
KEYS = {"document_id", "path", "outcome", "reason", "pages", "passages", "losses", "name", "planned"}


def told(done: Done) -> dict[str, tuple[str, str]]:
    """Return outcome and reason of each file by its name."""
    return {Path(one["path"]).name: (one["outcome"], one["reason"]) for one in done.objects}


def everything(here: Path) -> dict[str, bytes]:
    """Return all files beneath a folder, but for the shared memory that readers of the catalogue make and leave."""
    passing = ("-shm", "-wal")
    return {
        str(path): path.read_bytes() if path.is_file() else b""
        for path in sorted(here.rglob("*"))
        if not path.name.endswith(passing)
    }


def test_without_an_index_every_file_is_new_and_none_is_made(stratum: Command, docs: Path, here: Path) -> None:
    before = everything(here)

    done = stratum("ingest", "sync", docs, "--dry-run", "--json")

    assert done.status == 0
    assert told(done) == dict.fromkeys(["oil.md", "peel.md", "sun.md"], ("read", "new; not opened yet"))
    assert all(set(one) == KEYS and one["planned"] is True and one["passages"] == 0 for one in done.objects)
    assert everything(here) == before


def test_it_needs_no_model(stratum: Command, docs: Path) -> None:
    assert stratum("ingest", "sync", docs, "--dry-run", "--model", "no-such-model").status == 0


def test_it_says_of_each_file_what_would_happen_and_why(synced: Command, docs: Path, here: Path) -> None:
    (docs / "oil.md").write_text("Niacinamide lowers oil.\n")
    (docs / "peel.md").rename(docs / "acid.md")
    (docs / "sun.md").unlink()
    write(docs, zinc="Zinc soothes.", zink="Zinc soothes.")
    (docs / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    before = everything(here)

    done = synced("ingest", "sync", "docs", "--dry-run", "--json")

    assert done.status == 1
    outcomes = told(done)
    assert outcomes.pop("photo.png")[0] == "refused"
    assert outcomes == {
        "acid.md": ("unchanged", "renamed from peel.md"),
        "oil.md": ("read", "edited; not opened yet; passages so far: 1"),
        "zinc.md": ("read", "new; not opened yet"),
        "zink.md": ("duplicate", "the same content as zinc.md"),
        "sun.md": ("removed", ""),
    }
    assert everything(here) == before


def test_what_it_tells_is_what_then_happens(synced: Command, docs: Path) -> None:
    (docs / "peel.md").rename(docs / "acid.md")
    write(docs, zinc="Zinc soothes.", zink="Zinc soothes.", oil="Edited.")
    (docs / "sun.md").unlink()

    planned = synced("ingest", "sync", "docs", "--dry-run", "--json")
    done = synced("ingest", "sync", "docs", "--json")

    assert [(one["path"], one["outcome"], one["document_id"]) for one in planned.objects] == [
        (one["path"], one["outcome"], one["document_id"]) for one in done.objects
    ]


def test_to_be_read_it_leaves_out_what_stays_and_says_that_nothing_was_changed(synced: Command, docs: Path) -> None:
    write(docs, zinc="Zinc soothes.")

    done = synced("ingest", "sync", "docs", "--dry-run")

    assert done.out.splitlines() == [
        f"read      {docs / 'zinc.md'}: new; not opened yet",
        "Planned: 1 read, 3 unchanged. What is not opened yet may still be refused. Nothing was changed.",
    ]


def test_what_needs_no_opening_to_be_refused_is_planned_to_be(synced: Command, docs: Path) -> None:
    (docs / "empty.md").write_bytes(b"")
    (docs / "empty.pdf").write_bytes(b"")
    (docs / "long.html").write_bytes(b"<p>" + b"x" * 11_000_000)
    (docs / "data.csv").write_bytes(b"a,b\n")
    (docs / "blank.md").write_bytes(b" \n")

    planned = told(synced("ingest", "sync", "docs", "--dry-run", "--json"))
    printed = synced("ingest", "sync", "docs", "--dry-run").out
    done = told(synced("ingest", "sync", "docs", "--json"))

    # That nothing but white space is in it cannot be known before it is opened.
    assert planned.pop("blank.md") == ("read", "new; not opened yet")
    assert done.pop("blank.md")[0] == "refused"
    assert planned == done
    assert sorted(name for name, (outcome, _) in planned.items() if outcome == "refused") == [
        "data.csv",
        "empty.md",
        "empty.pdf",
        "long.html",
    ]
    assert "Planned: 1 read, 4 refused, 3 unchanged. What is not opened yet may still be refused." in printed


def test_a_plan_that_opens_nothing_says_only_that_nothing_was_changed(synced: Command) -> None:
    assert synced("ingest", "sync", "docs", "--dry-run").out == "Planned: 3 unchanged. Nothing was changed.\n"


def test_it_does_not_wait_for_a_writer(synced: Command, here: Path) -> None:
    with open_writer(here / "var"):
        assert synced("ingest", "sync", "docs", "--dry-run").status == 0


def test_looking_once_and_going_on_looking_exclude_each_other(stratum: Command, docs: Path) -> None:
    done = stratum("ingest", "sync", docs, "--dry-run", "--watch")

    assert (done.status, done.out) == (2, "")
    assert "--watch" in done.sentence


def test_a_folder_that_is_not_there_cannot_be_watched(stratum: Command, here: Path) -> None:
    done = stratum("ingest", "sync", "nowhere", "--watch", *MODEL)

    assert (done.status, done.out) == (2, "")
    assert "There is no folder nowhere" in done.err
    assert not (here / "var").exists()


def test_a_refused_file_is_not_read_again_but_named_again(synced: Command, docs: Path) -> None:
    write(docs, blank=" \n")
    first = synced("ingest", "sync", "docs", "--json")

    again = synced("ingest", "sync", "docs", "--json")

    assert (first.status, again.status) == (1, 1)
    assert told(again)["blank.md"] == told(first)["blank.md"]
    assert told(again)["blank.md"][0] == "refused"
    # Had it been read again it would have been committed again.
    assert synced("index", "status", "--json").objects[0]["generation"] == 2


def part(number: int) -> str:
    """Return a document that fills a commit of its own."""
    sections = (f"## Part {place}\n\n{f'barrier {number} of the skin ' * 80}\n\n" for place in range(100))
    return "".join(sections)


@pytest.mark.processes
def test_an_interrupted_sync_keeps_what_was_committed_and_goes_on_from_there(docs: Path, here: Path) -> None:
    write(docs, **{f"part{number}": part(number) for number in range(3)})
    shares: list[float] = []

    def interrupt(share: float, _passages: int) -> None:
        shares.append(share)
        if len([one for one in shares if one > 0.5]) == 1:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(StoppedError, match="Stopped; 2 of 6 new or changed files are in"):
        sync(here / "var", docs, MODEL[1], interrupt)

    assert [Path(entry.path).name for entry in entries_for(here / "var")] == ["oil.md", "part0.md"]
    assert verify(here / "var").problems == ()
    outcomes = sync(here / "var", docs, MODEL[1])
    assert [entry.outcome for entry in outcomes.entries].count("unchanged") == 2
    assert len(entries_for(here / "var")) == 6


def small(number: int) -> str:
    """Return a document of about 5,000 characters, four of which fill a commit."""
    return "".join(f"## Part {place}\n\n{f'barrier {number} of the skin ' * 10}\n\n" for place in range(20))


def test_an_interrupted_sync_of_small_documents_loses_only_the_last_few(docs: Path, here: Path) -> None:
    write(docs, **{f"{number:02}": small(number) for number in range(40)})

    def interrupt(share: float, _passages: int) -> None:
        if share > 0.5:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(StoppedError) as stopped:
        sync(here / "var", docs, MODEL[1], interrupt)

    entries = entries_for(here / "var")
    assert len(entries) >= 40 / 2 - 4
    assert f"Stopped; {len(entries)} of 43 new or changed files are in" in str(stopped.value)


@pytest.mark.processes
def test_a_killed_sync_of_small_documents_loses_only_the_last_few(docs: Path, here: Path) -> None:
    write(docs, **{f"{number:02}": small(number) for number in range(40)})
    code = (
        "import os, signal\nfrom pathlib import Path\nfrom ingest import sync\n"
        "def kill(share, _passages):\n    if share > 0.5: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"sync(Path('var'), Path('docs'), {MODEL[1]!r}, kill)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=here, env={**os.environ, "PYTHONPATH": str(PROJECT)}, check=False
    )

    assert done.returncode == -signal.SIGKILL
    assert len(entries_for(here / "var")) >= 40 / 2 - 4
    assert verify(here / "var").problems == ()


def test_a_commit_holds_little_text_or_one_document(docs: Path, here: Path) -> None:
    write(docs, a=small(1), b=part(2), c=small(3), d=small(4))

    outcomes = sync(here / "var", docs, MODEL[1])

    # The long one stands alone, so what comes before it is not lost with it.
    assert outcomes.generation == 3


def test_an_interrupted_add_says_the_same(docs: Path, here: Path) -> None:
    def interrupt(_share: float, _passages: int) -> None:
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(StoppedError, match="Stopped; 0 of 3 new or changed files are in"):
        add(here / "var", [docs], MODEL[1], interrupt)


@pytest.mark.processes
def test_ctrl_c_in_a_shell_is_one_sentence_and_status_2(docs: Path, here: Path) -> None:
    # The first file fills a commit, whose progress is waited for; the others keep a worker busy for seconds.
    write(docs, a=part(0))
    for number in range(200):
        (docs / f"{number}.html").write_text(f"<html><body><p>Text {number} of the skin.</p></body></html>")

    with subprocess.Popen(
        [sys.executable, "-m", "ingest", "sync", "docs", *MODEL],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        said = b"".join(until(running.stderr, b"Embedding"))
        running.send_signal(signal.SIGINT)
        out, said = running.stdout.read(), said + running.stderr.read()

    assert (running.returncode, out) == (2, b"")
    assert b"Traceback" not in said
    assert b"ingest: Stopped; " in said.splitlines()[-1]
    assert verify(here / "var").problems == ()


def until(stream: IO[bytes], word: bytes) -> Iterator[bytes]:
    """Yield what a stream says until it has said a word."""
    seen = b""
    while word not in seen:
        letter = stream.read(1)
        assert letter
        seen += letter
        yield letter

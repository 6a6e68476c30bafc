"""A few commands as real processes: the exit status a shell sees, clean streams, nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from index import open_writer
from tests.cli.conftest import MODEL, Command

pytestmark = pytest.mark.processes

PROJECT = Path(__file__).resolve().parents[2]


def process(here: Path, *arguments: object, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run `python -m ARGUMENTS` in a folder, for so many seconds at most."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def test_a_question_can_be_asked_in_a_shell(synced: Command, here: Path) -> None:
    assert synced("index", "status").status == 0

    done = process(here, "index", "search", "does niacinamide lower oil?", "--json")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["hits"][0]["title"] == "Niacinamide"


def test_a_file_that_is_refused_stops_nothing_and_the_shell_sees_1(docs: Path, here: Path) -> None:
    (docs / "empty.md").write_text("")
    # Whoever opens a pipe waits until somebody writes into it.
    os.mkfifo(docs / "pipe.md")

    done = process(here, "ingest", "sync", "docs", *MODEL, "--json", timeout=20)

    outcomes = {Path(one["path"]).name: one["outcome"] for one in map(json.loads, done.stdout.splitlines())}
    assert outcomes.pop("pipe.md", "refused") == "refused"
    assert outcomes == {"empty.md": "refused", "oil.md": "read", "peel.md": "read", "sun.md": "read"}
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_second_writer_sees_2_at_once(synced: Command, here: Path) -> None:
    assert synced("index", "status").status == 0

    with open_writer(here / "var"):
        done = process(here, "ingest", "sync", "docs")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ingest: Another process is writing")
    assert done.stderr.count("\n") == 1


def test_a_reader_of_the_output_may_leave_early(synced: Command, here: Path) -> None:
    assert synced("index", "status").status == 0
    (here / "queries.txt").write_text("oil and skin\n" * 300)

    with subprocess.Popen(
        [sys.executable, "-m", "index", "search", "--batch", "queries.txt"],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        first = running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read()

    assert json.loads(first)["_id"] == "1"
    assert running.returncode != 0
    assert "Traceback" not in said
    assert "Exception ignored" not in said

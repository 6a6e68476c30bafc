"""A disk that is full or fails: the error is a sentence, nothing acknowledged is lost, the next start with room mends.

A life of some runs of the writer meets a disk that is full at every 64 kB, simulated and real, and one on which the
n-th call fails, once or from then on. Views that cannot be written are no error: questions are answered without them.
"""

from __future__ import annotations

import errno
import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

import ingest
from core.errors import DataFolderError, StratumError
from tests.faults.extent import FULL, extent
from tests.faults.processes import process, told
from tests.faults.random_life import Held, Tell, Witness, live_on, mended
from tests.faults.record import note
from tests.faults.simulated_disk import Faults, recording
from tests.faults.tmpfs import KILOBYTES, Outcome, lived

STEP = KILOBYTES * 1024
SEED, RUNS = 5, 4


def simulated(root: Path, faults: Faults) -> Outcome:
    """Live on a disk with faults, then once more without; return what came of it."""
    data = root / "var"

    def life(tell: Tell) -> None:
        with recording(root, faults):
            live_on(tell, data, SEED, Held(), RUNS)

    return lived(data, life)


def limited(pipe: Connection, data: Path, size: int) -> None:
    """Live in a process that may write no file longer than `size`; tell every step, then the error."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        live_on(pipe.send, data, SEED, Held(), RUNS)
    except StratumError as error:
        pipe.send(error)


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Return a maker of empty folders."""
    return lambda: tmp_path_factory.mktemp("disk")


def test_a_disk_that_is_full_at_any_64_kilobytes_is_a_sentence_and_loses_nothing(room: Callable[[], Path]) -> None:
    outcomes = []
    for step in count():
        outcomes.append(simulated(room(), Faults(room=step * STEP)))
        if outcomes[-1].error is None and step and outcomes[-2].error is None:
            break
    _judge("disk full (simulated)", outcomes, at_least=4)


def test_a_file_that_may_not_grow_beyond_any_64_kilobytes_is_a_sentence_and_loses_nothing(
    room: Callable[[], Path],
) -> None:
    outcomes = []
    for step in count():
        data, witness = room() / "var", Witness(Held())
        error: StratumError | None = None
        with process(limited, data, step * STEP) as (child, pipe):
            for word in told(pipe):
                if isinstance(word, StratumError):
                    error = word
                else:
                    witness.hear(word)
            child.join()
            crashed = [] if child.exitcode == 0 else [f"the process ended with status {child.exitcode}"]
        _, problems = mended(data, witness.allowed)
        outcomes.append(Outcome(None if error is None else str(error), tuple(crashed + problems)))
        if error is None:
            break
    _judge("file size limit (real)", outcomes, at_least=3)


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_any_call_that_fails_is_a_sentence_and_loses_nothing(
    room: Callable[[], Path], error: int, *, lasting: bool
) -> None:
    all_well = Faults()
    assert simulated(room(), all_well) == Outcome(None, ())
    calls = range(1, all_well.calls + 1)
    chance = random.Random(f"{error} {lasting}")  # noqa: S311 - drawn again at will
    chosen = calls if FULL else sorted(chance.sample(calls, 12))
    outcomes = [simulated(room(), Faults(at=at, error=error, lasting=lasting)) for at in chosen]
    kind = f"{errno.errorcode[error]} {'from the n-th call on' if lasting else 'at the n-th call'} (simulated)"
    _judge(kind, outcomes, at_least=extent(6, 100))


def test_an_upload_for_which_there_is_no_room_leaves_nothing_behind(room: Callable[[], Path]) -> None:
    content = b"# Peel\n\n" + b"word " * 40_000
    for step in range(4):
        root = room()
        with recording(root, Faults(room=step * STEP)), pytest.raises(DataFolderError, match="free space"):
            ingest.store_upload(root / "var", "Peel.md", content)
        assert [file for file in root.rglob("*") if file.is_file() and file.suffix != ".lock"] == []


def _judge(what: str, outcomes: Sequence[Outcome], *, at_least: int) -> None:
    """Note the figures, and hold every outcome to what is promised."""
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    note(what, {"disks": len(outcomes), "errors told": len(errors)}, len(problems))
    assert not problems, "\n".join(problems)
    assert len(errors) >= at_least
    assert [error for error in errors if not error.endswith(".") or "\n" in error] == []


if FULL:

    def test_a_real_file_system_that_is_full_at_any_64_kilobytes_loses_nothing(tmp_path: Path) -> None:
        command = ["unshare", "--map-root-user", "--mount", sys.executable, "-m", "tests.faults.tmpfs", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        outcomes = [Outcome(error, tuple(problems)) for error, problems in json.loads(done.stdout)]
        _judge("disk full (real tmpfs)", outcomes, at_least=4)

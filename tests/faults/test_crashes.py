"""Whatever instant the machine stops: what was acknowledged is there, whole, and nothing else is.

The scripted life of `lives.py` is recorded once. For every operation the disk saw, and every state that a crash behind
it can leave (`crash_states.py`), the folder is opened with the program and held against `lives.violations`. In
`make test` one state of each sort is tried behind an operation of each sort; exhaustively, all of them.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from index import open_writer
from index.hashing import HashingEncoder
from tests.faults import lives
from tests.faults.crash_states import State, states
from tests.faults.extent import FULL, extent
from tests.faults.lives import Life, present, ranked, run, unsound, violations
from tests.faults.record import note
from tests.faults.simulated_disk import Entry, Operation, recording, unwaiting


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that is the disk: every state is restored where it was recorded, paths being part of it."""
    return tmp_path_factory.mktemp("disk")


@pytest.fixture(scope="module")
def life(root: Path) -> Life:
    """Return the recorded life."""
    return lives.recorded(root)


def sort(entry: Entry) -> tuple[str, str]:
    """Return what is done to what: the kind of an operation, and of the file."""
    return (entry.kind, Path(entry.to or entry.path).suffix) if isinstance(entry, Operation) else ("mark", entry.word)


def one_of_each(log: tuple[Entry, ...], chance: random.Random) -> set[int]:
    """Return the places of three entries of each sort: the first, the last, and any."""
    places: dict[tuple[str, str], list[int]] = {}
    for at, entry in enumerate(log):
        places.setdefault(sort(entry), []).append(at)
    return {at for some in places.values() for at in (some[0], some[-1], chance.choice(some))}


def tried(log: tuple[Entry, ...], seed: int, start: State | None = None) -> Iterator[State]:
    """Yield all states of a log or, bounded, one of each sort behind an operation of each sort."""
    if FULL:
        yield from states(log, seeds=range(3), start=start)
        return
    chance = random.Random(seed)  # noqa: S311 - drawn again at will
    found = list(states(log, one_of_each(log, chance), seeds=[0], start=start))
    chance.shuffle(found)
    yield from {(sort(log[state.at]), state.how): state for state in found}.values()


def broken(
    root: Path, found: Iterable[State], life: Life, log: tuple[Entry, ...], at: int | None = None
) -> tuple[int, list[str]]:
    """Restore and check every state of a log that was not met before; return how many, and what does not hold.

    `at` is the entry of the life that a crash is judged by, when it is not the state's own.
    """
    met: set[tuple[str, tuple[int, ...], str]] = set()
    problems = []
    for state in found:
        behind = state.at if at is None else at
        allowed, upload = life.allowed(behind), life.upload(behind)
        known = state.digest(), tuple(one.generation for one in allowed), upload
        if known in met:
            continue
        met.add(known)
        state.restore(root)
        problems += [
            f"{problem} [{state.how}, behind {state.at}: {' '.join(sort(log[state.at]))}]"
            for problem in violations(root / lives.FOLDER, allowed, upload)
        ]
    return len(met), problems


def test_the_life_commits_and_folds_renames_refuses_rebuilds_and_removes(life: Life) -> None:
    seen = {sort(entry) for entry in life.log}
    assert len(life.expected) - 1 == 9
    assert {("write", ".sqlite-wal"), ("sync", ".sqlite"), ("rename", ".faiss"), ("remove", ".faiss")} <= seen
    assert {("rename", ".md"), ("remove", ".md"), ("sync folder", ""), ("make folder", "")} <= seen


def test_after_a_crash_anywhere_exactly_a_committed_state_is_found_and_life_goes_on(root: Path, life: Life) -> None:
    count, problems = broken(root, tried(life.log, seed=1), life, life.log)
    operations = sum(isinstance(entry, Operation) for entry in life.log)
    note("simulated crash", {"instants": operations, "different states": count}, len(problems))
    assert not problems, "\n".join(problems)
    assert count > extent(80, 3_000)


def test_a_crash_while_a_crash_is_mended_loses_nothing_either(root: Path, life: Life) -> None:
    chance = random.Random(2)  # noqa: S311 - drawn again at will
    commits = [at for at, entry in enumerate(life.log) if sort(entry) == ("sync", ".sqlite-wal")]
    tally: list[int] = []
    problems: list[str] = []
    for at in chance.sample(commits, extent(2, 12)):
        (first,) = [state for state in states(life.log, [at]) if state.how == "kill"]
        first.restore(root)
        with recording(root) as disk, open_writer(root / lives.FOLDER):
            pass
        log = tuple(disk.log)
        some = list(tried(log, seed=at, start=first))
        count, found = broken(root, some if FULL else chance.sample(some, min(len(some), 15)), life, log, at)
        tally.append(count)
        problems += found
    note(
        "simulated crash during recovery", {"first crashes": len(tally), "different states": sum(tally)}, len(problems)
    )
    assert not problems, "\n".join(problems)
    assert min(tally) > 0


def test_a_crash_while_an_older_index_is_brought_up_to_date_loses_nothing_either(root: Path) -> None:
    old = gzip.decompress((Path(__file__).parents[1] / "index" / "schemas" / "1.sqlite.gz").read_bytes())
    first = State(0, "kill", {f"{lives.FOLDER}/catalogue.sqlite": old}, (lives.FOLDER,))
    first.restore(root)
    data = root / lives.FOLDER
    with recording(root) as disk, open_writer(data):
        pass
    expected, answers = present(data), ranked(data, HashingEncoder("hashing-256", 256))
    problems: list[str] = []
    found = list(tried(tuple(disk.log), seed=3, start=first))
    found = found if FULL else found[:25]
    for state in found:
        state.restore(root)
        with unwaiting():
            run(data)
            problems += [f"{problem} [{state.how}, behind {state.at}]" for problem in unsound(data)]
            if (present(data), ranked(data, HashingEncoder("hashing-256", 256))) != (expected, answers):
                problems.append(f"the index is another than it was [{state.how}, behind {state.at}]")
    note("simulated crash during an upgrade", {"states": len(found)}, len(problems))
    assert not problems, "\n".join(problems)
    assert len(found) >= extent(25, 500)

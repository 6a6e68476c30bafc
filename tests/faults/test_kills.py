"""A writer that is killed (SIGKILL, a real process) at any instant leaves a committed state, and its heirs go on.

One folder sees many lives: each is killed at a random instant, what it left is held against what it had said, and the
next life begins with it. Nothing acknowledged may be lost, nothing unfinished may be seen.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from tests.faults.extent import extent
from tests.faults.processes import process, told
from tests.faults.random_life import Held, Witness, live, mended
from tests.faults.record import note

# A life is killed after so many steps at most that it told, and then so many seconds: a commit takes a few hundredths.
STEPS, SECONDS = 10, 0.05


def killed(data: Path, seed: int, held: Held) -> Witness:
    """Let a life go on from `held`, kill it, and return what it had told."""
    witness, chance = Witness(held), random.Random(seed)  # noqa: S311 - drawn again at will
    last = chance.randint(1, STEPS)
    with process(live, data, seed, held) as (child, pipe):
        for step, word in enumerate(told(pipe), start=1):
            witness.hear(word)
            if step == last:
                child.join(chance.uniform(0, SECONDS))
                child.kill()
    return witness


def test_killed_at_any_instant_it_goes_on_with_what_was_acknowledged(data: Path) -> None:
    held = Held()
    deaths: Counter[str] = Counter()
    problems: list[str] = []
    for seed in range(extent(30, 1_000)):
        witness = killed(data, seed, held)
        deaths[witness.doing] += 1
        held, found = mended(data, witness.allowed)
        problems += [f"{problem} [killed while {witness.doing}, life {seed}]" for problem in found]
    note("kill -9", {"kills": deaths.total(), **deaths, "commits": held.generation}, len(problems))
    assert not problems, "\n".join(problems)
    assert held.generation > extent(20, 800)
    assert deaths["inside a commit"] > extent(5, 200)
    assert deaths["folding and settling"] >= extent(0, 20)

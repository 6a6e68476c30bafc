"""A life on a disk that is full, and on a real small file system: `python -m tests.faults.tmpfs FOLDER`.

The command mounts a tmpfs of 64 kB, 128 kB and so on over the folder, lives in it, gives it room and lets the program
mend it, until a size is met on which nothing failed; it prints a JSON list of [error, problems]. It needs the right to
mount, as in `unshare --map-root-user --mount`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from core.errors import StratumError
from tests.faults.random_life import Held, Tell, Witness, live_on, mended

KILOBYTES = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a life on a bad disk: the sentence it ended with, if any, and what did not hold afterwards."""

    error: str | None
    problems: tuple[str, ...]


def lived(data: Path, life: Callable[[Tell], None], make_room: Callable[[], None] = lambda: None) -> Outcome:
    """Live until the disk fails, make room, and let the program mend what is there."""
    witness = Witness(Held())
    error: str | None = None
    unforeseen: list[str] = []
    try:
        life(witness.hear)
    except StratumError as told:
        error = str(told)
    except Exception as other:  # noqa: BLE001 - whatever else is raised is what the tests are after
        unforeseen = [f"{type(other).__name__} while {witness.doing}: {other}"]
    make_room()
    _, problems = mended(data, witness.allowed)
    return Outcome(error, (*unforeseen, *problems))


def _mount(folder: Path, *options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], check=True)


def main(folder: Path) -> None:
    """Try one size after another."""
    data = folder / "var"
    outcomes: list[Outcome] = []
    for step in count(1):
        _mount(folder, "-o", f"size={step * KILOBYTES}k")
        outcomes.append(
            lived(
                data,
                lambda tell: live_on(tell, data, 5, Held(), 4),
                lambda: _mount(folder, "-o", "remount,size=64m"),
            )
        )
        subprocess.run(["umount", str(folder)], check=True)
        if outcomes[-1].error is None and step > 1 and outcomes[-2].error is None:
            break
    print(json.dumps([[outcome.error, outcome.problems] for outcome in outcomes]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

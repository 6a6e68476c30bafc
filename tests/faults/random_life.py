"""A life that goes on until it is stopped: seeded adds, edits, renames, removals and rebuilds, told as they happen.

Before each commit its process says what the index will hold, after it that it was acknowledged; so whoever stops it
knows the one or two states that may be found.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

from core.document import Document
from core.errors import NoIndexError
from index import Change, Encoder, Writer, open_catalogue, open_writer
from index.hashing import HashingEncoder
from tests.faults.lives import long, ranked, ranked_afresh, run, unsound
from tests.faults.simulated_disk import unwaiting
from tests.index.builders import added, file_of, gone

Tell = Callable[[object], None]

NAMES = tuple(f"{name}.md" for name in "abcdefgh")
MODELS = {"hashing-256": 256, "hashing-64": 64}


@dataclass(frozen=True, slots=True)
class Held:
    """What an index holds after a commit: the number of a document by path, and the model; generation 0 is nothing."""

    generation: int = 0
    model: str = "hashing-256"
    files: tuple[tuple[str, int], ...] = ()


@cache
def numbered(number: int) -> Document:
    """Return one of many documents of one to seven passages; neighbours share most of theirs."""
    return long(number, 1 + number % 7, f"Leaflet {number % 5}")


def encoder_of(model: str) -> Encoder:
    """Return the encoder of a name."""
    return HashingEncoder(model, MODELS[model])


def live(pipe: Connection, data: Path, seed: int, held: Held) -> None:
    """Go on with an index that holds `held` until the process is killed; say every step."""
    pipe.send("ready")
    live_on(pipe.send, data, seed, held)


def live_on(tell: Tell, data: Path, seed: int, held: Held, runs: int | None = None) -> None:
    """Go on with an index that holds `held` for some runs of the writer, or for ever; tell every step."""
    chance = random.Random(seed)  # noqa: S311 - the same life again
    for _ in itertools.count() if runs is None else range(runs):
        with open_writer(data) as writer:
            for _ in range(chance.randint(1, 4)):
                held = _commit(tell, writer, held, chance)
            tell("closing")
        tell("closed")


class Witness:
    """What a life has told: the states that may be found if it were to stop now, and what it is doing."""

    def __init__(self, held: Held) -> None:
        self.allowed: tuple[Held, ...] = (held,)
        self.doing = _DOING["ready"]

    def hear(self, word: object) -> None:
        """Take in one thing that a life tells."""
        if isinstance(word, Held):
            self.allowed = (self.allowed[-1], word)
        elif word == "acknowledged":
            self.allowed = self.allowed[-1:]
        self.doing = _DOING["held" if isinstance(word, Held) else str(word)]


# What a life is doing, by the last thing it told.
_DOING = {
    "ready": "opening",
    "held": "inside a commit",
    "acknowledged": "between commits",
    "closing": "folding and settling",
    "closed": "opening",
}


def _commit(tell: Tell, writer: Writer, held: Held, chance: random.Random) -> Held:
    files = dict(held.files)
    if files and chance.random() < 0.1:
        model = chance.choice(sorted(MODELS))
        after = Held(held.generation + 1, model, held.files)
        tell(after)
        writer.rebuild(encoder_of(model))
    else:
        wanted = _changed(files, chance)
        after = Held(held.generation + 1, held.model, tuple(sorted(wanted.items())))
        tell(after)
        writer.commit(change(files, wanted), encoder_of(held.model))
    tell("acknowledged")
    return after


def _changed(files: Mapping[str, int], chance: random.Random) -> dict[str, int]:
    """Return the files of the next state: some put or edited, one renamed, or one removed."""
    wanted = dict(files)
    kind = chance.choice(("put", "put", "put", "rename", "remove"))
    if kind == "put" or not files:
        wanted |= {name: chance.randrange(40) for name in chance.sample(NAMES, chance.randint(1, 4))}
    else:
        number = wanted.pop(chance.choice(sorted(files)))
        if kind == "rename":
            wanted[chance.choice(NAMES)] = number
    return wanted


def change(before: Mapping[str, int], after: Mapping[str, int]) -> Change:
    """Return the change that leads from files to files, as a sync commits it."""
    known = set(before.values())
    fresh = {path: numbered(number) for path, number in after.items() if number not in known}
    linked = {path: number for path, number in after.items() if number in known and before.get(path) != number}
    return Change(
        read=added(fresh).read,
        linked=tuple((file_of(numbered(number), path), numbered(number).id) for path, number in linked.items()),
        gone=gone(*(path for path in before if path not in after)).gone,
    )


@cache
def _fresh(files: tuple[tuple[str, int], ...], model: str) -> object:
    return ranked_afresh({path: numbered(number) for path, number in files}, encoder_of(model))


def mended(data: Path, allowed: tuple[Held, ...]) -> tuple[Held, list[str]]:
    """Hold a folder against the states that may be found in it, and let the program mend it.

    Returns the state that is there, and what does not hold, a sentence each.
    """
    try:
        with unwaiting():
            return _mended(data, allowed)
    except Exception as error:  # noqa: BLE001 - whatever is raised is what the tests are after
        return allowed[0], [f"{type(error).__name__}: {error}"]


def _mended(data: Path, allowed: tuple[Held, ...]) -> tuple[Held, list[str]]:
    found = _found(data)
    fitting = [one for one in allowed if _described(one) == found]
    if not fitting:
        return allowed[0], [f"{found} is found, and it is none of {[_described(one) for one in allowed]}"]
    (held,) = fitting
    before = ranked(data, encoder_of(held.model)) if held.generation else None
    run(data)
    problems = list(unsound(data)) if held.generation else []
    if held.generation and not before == ranked(data, encoder_of(held.model)) == _fresh(held.files, held.model):
        problems.append(f"generation {held.generation} does not rank as a fresh build")
    if _found(data) != found:
        problems.append("a run that had nothing to do has changed what is there")
    return held, problems


def _described(held: Held) -> object:
    files = {file_of(numbered(number), path).path: numbered(number).id for path, number in held.files}
    return held.generation, held.model if held.generation else "", files


def _found(data: Path) -> object:
    try:
        with open_catalogue(data) as catalogue:
            fingerprint = catalogue.fingerprint()
            files = {entry.path: entry.document_id for entry in catalogue.ledger()}
            return catalogue.generation(), fingerprint.model if fingerprint else "", files
    except NoIndexError:
        return _described(Held())

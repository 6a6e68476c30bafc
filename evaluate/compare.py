"""Two or more runs over the same questions: is one better, by how much, and where.

Only like is compared: runs over other questions, judgements or documents are refused, and so is an arm that never ran.
The difference is always the second run minus the first. p is from the paired randomisation test, corrected by Holm
over every measure of every pair; the interval of the difference is a paired bootstrap, not corrected. Judged@10 is
shown but not tested: it says how much of a ranking was judged, not how good it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from evaluate.comparable import LETTERS, measures_of, require_comparable
from evaluate.facts import differing
from evaluate.folder import RunFolder, read_run
from evaluate.intervals import Interval, intervals
from evaluate.judgements import Level
from evaluate.manifest import Manifest
from evaluate.records import Expected, Place
from evaluate.significance import PERMUTATIONS, holm, least, randomisation

ALPHA = 0.05
TESTED_NOT = "Judged@10"
# How many of the questions that moved most are shown.
MOVED = 10
# Three digits are printed: what is nearer to 0 is printed as 0.
_SEEN = 0.0005
# Two values that differ by less are a tie: the rest is rounding.
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Arm:
    """One run of a comparison: its letter, its folder, everything that made it, and its means."""

    letter: str
    folder: str
    manifest: Manifest
    found_nothing: int
    means: dict[str, float]

    @property
    def words(self) -> str:
        """How it asked, in short: the mode, the model, and what was done with the ranking besides."""
        model = self.manifest.fingerprint.model if self.manifest.fingerprint else ""
        return ", ".join(part for part in (self.manifest.mode, model, self.manifest.besides) if part)


@dataclass(frozen=True, slots=True)
class Effect:
    """One measure of one pair; `difference` is second minus first with its 95 % interval.

    `p`, `p_holm` and `p_least` are None for a measure that is not tested; `method` says how p was made. `p_least` is
    the smallest p that so many questions could give before it is corrected.
    """

    measure: str
    first: float
    second: float
    difference: Interval
    wins: int
    ties: int
    losses: int
    p: float | None
    p_holm: float | None
    p_least: float | None
    method: str

    @property
    def significant(self) -> bool:
        """Whether the difference is more than chance at 5 %, corrected for the number of tests."""
        return self.p_holm is not None and self.p_holm < ALPHA

    @property
    def moved(self) -> int:
        """How many questions have another value in the second run."""
        return self.wins + self.losses

    @property
    def too_few(self) -> bool:
        """Whether so few questions moved that no difference, however large, could be shown."""
        return self.p_least is not None and self.p_least >= ALPHA

    @property
    def at_odds(self) -> bool:
        """Whether the interval leaves out 0, as it is printed, although the test shows nothing."""
        apart = self.difference.low >= _SEEN or self.difference.high <= -_SEEN
        return self.p is not None and not self.significant and apart


@dataclass(frozen=True, slots=True)
class Moved:
    """A question whose first measure changed, with both rankings and what was to be found."""

    id: str
    text: str
    first: float
    second: float
    first_ranking: tuple[Place, ...]
    second_ranking: tuple[Place, ...]
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One judged question with the measures of every run, by the run's letter."""

    id: str
    text: str
    kind: str
    measures: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs side by side, by their letters."""

    first: str
    second: str
    effects: tuple[Effect, ...]
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything there is to say about two or more runs.

    `tests` counts what was corrected for; `every` holds each judged question, in the order asked.
    """

    collection: str
    level: Level
    questions: int
    tests: int
    arms: tuple[Arm, ...]
    pairs: tuple[Pair, ...]
    every: tuple[Measured, ...]

    @property
    def differing(self) -> tuple[str, ...]:
        """The names of what made the runs different (evaluate/facts.py)."""
        return differing([arm.manifest for arm in self.arms])


def compare(folders: Sequence[Path]) -> Comparison:
    """Compare run folders, each with each; raises InputError when they are not comparable, naming why."""
    runs = [read_run(folder) for folder in folders]
    require_comparable(runs)
    arms = tuple(_arm(letter, run) for letter, run in zip(LETTERS, runs, strict=False))
    pairs = [
        _pair(arms[one].letter, arms[other].letter, runs[one], runs[other])
        for one, other in combinations(range(len(runs)), 2)
    ]
    tested = [effect.p for pair in pairs for effect in pair.effects if effect.p is not None]
    adjusted = iter(holm(tested))
    corrected = tuple(
        replace(
            pair,
            effects=tuple(
                effect if effect.p is None else replace(effect, p_holm=next(adjusted)) for effect in pair.effects
            ),
        )
        for pair in pairs
    )
    first = runs[0].manifest
    judged = len(measures_of(runs[0]))
    return Comparison(first.collection, first.level, judged, len(tested), arms, corrected, _every(arms, runs))


def _every(arms: Sequence[Arm], runs: Sequence[RunFolder]) -> tuple[Measured, ...]:
    found = {arm.letter: measures_of(run) for arm, run in zip(arms, runs, strict=True)}
    return tuple(
        Measured(record.id, record.text, record.kind, {letter: own[record.id] for letter, own in found.items()})
        for record in runs[0].records
        if record.measures is not None
    )


def _arm(letter: str, run: RunFolder) -> Arm:
    measured = measures_of(run)
    return Arm(
        letter=letter,
        folder=str(run.path),
        manifest=run.manifest,
        found_nothing=sum(not record.found for record in run.records if record.measures is not None),
        means={name: float(np.mean([values[name] for values in measured.values()])) for name in run.manifest.measures},
    )


def _pair(first: str, second: str, one: RunFolder, other: RunFolder) -> Pair:
    names = one.manifest.measures
    before, after = measures_of(one), measures_of(other)
    left = np.array([[before[key][name] for name in names] for key in before], np.float64)
    right = np.array([[after[key][name] for name in names] for key in before], np.float64)
    differences = right - left
    effects = []
    for column, (name, interval) in enumerate(zip(names, intervals(differences), strict=True)):
        own = differences[:, column]
        p, exact = (None, False) if name == TESTED_NOT else randomisation(own)
        effects.append(
            Effect(
                measure=name,
                first=float(left[:, column].mean()),
                second=float(right[:, column].mean()),
                difference=interval,
                wins=int(np.sum(own > _TIE)),
                ties=int(np.sum(np.abs(own) <= _TIE)),
                losses=int(np.sum(own < -_TIE)),
                p=p,
                p_holm=None,
                p_least=None if p is None else least(own),
                method=_METHODS[p is not None, exact],
            )
        )
    return Pair(first, second, tuple(effects), _moved(names[0], one, other))


_METHODS = {
    (False, False): "not tested",
    (True, True): "exact",
    (True, False): f"{PERMUTATIONS:,} random assignments of signs",
}


def _moved(measure: str, one: RunFolder, other: RunFolder) -> tuple[Moved, ...]:
    """Return the questions that moved most on one measure, up and down, largest first; equal ones by id."""
    after = {record.id: record for record in other.records}
    moved = [
        Moved(
            record.id,
            record.text,
            record.measures[measure],
            (after[record.id].measures or {})[measure],
            record.ranking,
            after[record.id].ranking,
            record.expected,
        )
        for record in one.records
        if record.measures is not None
    ]
    ordered = sorted(moved, key=lambda question: (-abs(question.second - question.first), question.id))
    up = [question for question in ordered if question.second - question.first > _TIE]
    down = [question for question in ordered if question.first - question.second > _TIE]
    # Half of each, so that what was won is seen beside what was lost; what one lacks goes to the other.
    half = MOVED // 2
    shown = {question.id for question in (*up[: max(half, MOVED - len(down))], *down[: max(half, MOVED - len(up))])}
    return tuple(question for question in ordered if question.id in shown)

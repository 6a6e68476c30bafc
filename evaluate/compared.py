"""A comparison for reading and for other programs: compare.html, compare.json and two tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core import codec
from core.words import counted
from evaluate.compare import ALPHA, Comparison, Effect, Pair
from evaluate.exports import Cell, csv_text
from evaluate.facts import beside
from evaluate.folder import as_json, writing
from evaluate.intervals import CONFIDENCE, RESAMPLES
from evaluate.intervals import SEED as BOOTSTRAP_SEED
from evaluate.pages import page
from evaluate.significance import EXACT, PERMUTATIONS
from evaluate.significance import SEED as SIGNS_SEED

_COLUMNS = (
    "first", "first_run", "second", "second_run", "measure", "first_mean", "second_mean", "difference", "low", "high",
    "wins", "ties", "losses", "p", "p_holm", "p_least", "significant", "method",
)  # fmt: skip


def write_comparison(out: Path, comparison: Comparison) -> None:
    """Write compare.json, two tables and compare.html; raises InputError when the folder cannot be written."""
    with writing(out):
        for name, make in _FILES.items():
            (out / name).write_text(make(comparison), encoding="utf-8", newline="")


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison ready for JSON, with what the figures were made with."""
    whole = codec.as_dict(comparison)
    for pair, own in zip(whole["pairs"], comparison.pairs, strict=True):
        for effect, one in zip(pair["effects"], own.effects, strict=True):
            effect["significant"] = one.significant
        pair["sentence"] = sentence(own)
        pair["caveats"] = caveats(own, comparison.tests)
    return {
        **whole,
        "differing": comparison.differing,
        "alpha": ALPHA,
        "correction": "Holm",
        "permutations": PERMUTATIONS,
        "permutation_seed": SIGNS_SEED,
        "bootstrap": {
            "method": "percentile",
            "resamples": RESAMPLES,
            "confidence": CONFIDENCE,
            "seed": BOOTSTRAP_SEED,
        },
    }


def sentence(pair: Pair, names: Mapping[str, str] | None = None) -> str:
    """Say in one sentence what the first measure shows for a pair; `names` says what its letters are called."""
    effect = pair.effects[0]
    first, second = ((names or {}).get(letter, letter) for letter in (pair.first, pair.second))
    if not effect.moved:
        return f"{first} and {second} are the same on {effect.measure} for every question."
    if effect.too_few:
        moved = counted(effect.moved, "question")
        least = f"{moved} moved, and with so few p cannot be below {effect.p_least:.3f}"
        return f"No difference between {first} and {second} can be shown on {effect.measure}: only {least}."
    said = f"corrected {chance(effect.p_holm)}"
    if not effect.significant:
        return f"No difference between {first} and {second} is shown on {effect.measure} ({said})."
    size = effect.difference.mean
    better, worse = (second, first) if size > 0 else (first, second)
    return f"{better} is better than {worse} on {effect.measure}, by {abs(size):.3f} on average ({said})."


def caveats(pair: Pair, tests: int) -> tuple[str, ...]:
    """Return, a sentence each, what keeps the table of a pair from being read at face value."""
    corrected = [one for one in pair.effects if one.p_least is not None and one.moved]
    few = [one for one in corrected if not one.significant and (one.p_least or 0) * tests >= ALPHA]
    odd = [one.measure for one in pair.effects if one.at_odds]
    said = []
    # What the finding rests on; that recall moved for one question only is seen in the table.
    if pair.effects[0] in few:
        parts = ", ".join(f"{one.moved} on {one.measure} (p at best {one.p_least:.3f})" for one in few)
        said.append(f"So few questions moved that the correction for {tests} tests may let nothing pass: {parts}.")
    if odd:
        said.append(
            f"The interval leaves out 0 although the test shows nothing ({', '.join(odd)}): intervals are not "
            "corrected for the number of tests, and with few questions they are too narrow. Go by p."
        )
    return tuple(said)


def made_alike(comparison: Comparison) -> str:
    """Say in one sentence what made the runs different."""
    if not comparison.differing:
        return "The runs were made alike."
    return f"The runs were made alike but for: {', '.join(name.lower() for name in comparison.differing)}."


def chance(p: float | None) -> str:
    """Write a corrected p as it is read.

    >>> chance(0.0001), chance(0.21)
    ('p < 0.001', 'p = 0.210')
    """
    if p is None:
        return "not tested"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"  # noqa: PLR2004 - three digits are shown


def _rows(comparison: Comparison) -> Iterator[list[Cell]]:
    runs = {arm.letter: arm.folder for arm in comparison.arms}
    for pair in comparison.pairs:
        for effect in pair.effects:
            yield [pair.first, runs[pair.first], pair.second, runs[pair.second], *_cells(effect)]


def _cells(effect: Effect) -> list[Cell]:
    difference = effect.difference
    means: list[Cell] = [effect.measure, effect.first, effect.second, difference.mean, difference.low, difference.high]
    chances: list[Cell] = [effect.p, effect.p_holm, effect.p_least]
    tested = "" if effect.p is None else "yes" if effect.significant else "no"
    return [*means, effect.wins, effect.ties, effect.losses, *chances, tested, effect.method]


def _per_query(comparison: Comparison) -> str:
    """Return a row for every judged question, with each measure of each run side by side."""
    letters = [arm.letter for arm in comparison.arms]
    names = list(comparison.arms[0].means)
    rows: list[list[Cell]] = [
        [
            one.id,
            one.text,
            one.kind,
            *(one.measures[letter][name] for name in names for letter in letters),
        ]
        for one in comparison.every
    ]
    return csv_text(["query", "text", "kind", *(f"{name} {letter}" for name in names for letter in letters)], rows)


def _html(comparison: Comparison) -> str:
    # One scale a pair, so that its measures can be compared by eye.
    scales = [
        max((max(abs(one.difference.low), abs(one.difference.high)) for one in pair.effects), default=0.0) or 1.0
        for pair in comparison.pairs
    ]
    return page(
        "compare.html.j2",
        {
            "comparison": comparison,
            "pairs": list(zip(comparison.pairs, scales, strict=True)),
            "arms": {arm.letter: arm for arm in comparison.arms},
            "measures": [effect.measure for effect in comparison.pairs[0].effects],
            "sentence": sentence,
            "caveats": caveats,
            "made_alike": made_alike(comparison),
            "facts": beside([arm.manifest for arm in comparison.arms]),
            "permutations": PERMUTATIONS,
            "exact": EXACT,
            "chance": chance,
            "alpha": ALPHA,
        },
    )


_FILES: dict[str, Callable[[Comparison], str]] = {
    "compare.json": lambda comparison: as_json(comparison_json(comparison)),
    "compare.csv": lambda comparison: csv_text(_COLUMNS, _rows(comparison)),
    "compare_per_query.csv": _per_query,
    "compare.html": _html,
}

"""A comparison for reading and for other programs: compare.html, compare.json, compare.csv."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core import codec
from evaluate.compare import ALPHA, Comparison, Effect, Pair
from evaluate.exports import Cell, csv_text
from evaluate.folder import as_json, writing
from evaluate.intervals import CONFIDENCE, RESAMPLES
from evaluate.intervals import SEED as BOOTSTRAP_SEED
from evaluate.pages import page
from evaluate.significance import PERMUTATIONS
from evaluate.significance import SEED as SIGNS_SEED

_COLUMNS = (
    "first", "second", "measure", "first_mean", "second_mean", "difference", "low", "high", "wins", "ties", "losses",
    "p", "p_holm", "significant", "method",
)  # fmt: skip


def write_comparison(out: Path, comparison: Comparison) -> None:
    """Write compare.json, compare.csv and compare.html; raises InputError when the folder cannot be written."""
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
    return {
        **whole,
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


def sentence(pair: Pair) -> str:
    """Say in one sentence what the first measure shows for a pair."""
    effect = pair.effects[0]
    size, said = effect.difference.mean, chance(effect.p_holm)
    if not effect.significant:
        return f"No difference between {pair.first} and {pair.second} is shown on {effect.measure} ({said})."
    better = pair.second if size > 0 else pair.first
    return f"{better} is better on {effect.measure}, by {abs(size):.3f} on average ({said})."


def chance(p: float | None) -> str:
    """Write a corrected p as it is read.

    >>> chance(0.0001), chance(0.21)
    ('p < 0.001', 'p = 0.210')
    """
    if p is None:
        return "not tested"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"  # noqa: PLR2004 - three digits are shown


def _rows(comparison: Comparison) -> Iterator[list[Cell]]:
    for pair in comparison.pairs:
        for effect in pair.effects:
            yield [pair.first, pair.second, *_cells(effect)]


def _cells(effect: Effect) -> list[Cell]:
    difference = effect.difference
    means: list[Cell] = [effect.measure, effect.first, effect.second, difference.mean, difference.low, difference.high]
    tested = "" if effect.p is None else "yes" if effect.significant else "no"
    return [*means, effect.wins, effect.ties, effect.losses, effect.p, effect.p_holm, tested, effect.method]


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
            "chance": chance,
            "alpha": ALPHA,
        },
    )


_FILES: dict[str, Callable[[Comparison], str]] = {
    "compare.json": lambda comparison: as_json(comparison_json(comparison)),
    "compare.csv": lambda comparison: csv_text(_COLUMNS, _rows(comparison)),
    "compare.html": _html,
}

"""Which runs may be compared: those over the same questions, judgements and documents, and only if they ran."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.errors import InputError
from evaluate.folder import RunFolder

# What a comparison calls its runs.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def require_comparable(runs: Sequence[RunFolder]) -> None:
    """Raise InputError, naming both folders, unless every run is one over the same and really ran."""
    if not 1 < len(runs) <= len(LETTERS):
        message = f"Give 2 to {len(LETTERS)} run folders to compare."
        raise InputError(message)
    if len({run.path.resolve() for run in runs}) < len(runs):
        message = "The same run folder is given twice; a run cannot be compared with itself."
        raise InputError(message)
    first = runs[0]
    for run in runs:
        _require_it_ran(run)
        for what, value in _BASIS:
            if value(run) != value(first):
                message = (
                    f"{first.path} and {run.path} are runs over different {what}, so they cannot be compared; "
                    f"make both with the same {what}."
                )
                raise InputError(message)
        if set(measures_of(run)) != set(measures_of(first)):
            missing = sorted(set(measures_of(first)) ^ set(measures_of(run)))
            message = f"Only one of {first.path} and {run.path} scores the question '{missing[0]}'; run both again."
            raise InputError(message)


# What must be the same, each with how a person calls it.
_BASIS: tuple[tuple[str, Callable[[RunFolder], object]], ...] = (
    ("questions", lambda run: run.manifest.questions),
    ("judgements", lambda run: run.manifest.judgements),
    ("documents", lambda run: run.manifest.corpus),
    ("levels", lambda run: run.manifest.level),
    ("measures", lambda run: run.manifest.measures),
    ("depths", lambda run: run.manifest.depth),
)


def _require_it_ran(run: RunFolder) -> None:
    """Refuse a run that can say nothing: differences from it would be those from no search at all."""
    measured = measures_of(run)
    if not measured:
        message = f"{run.path} has no judged question; give judgements to `python -m evaluate run` and run it again."
        raise InputError(message)
    if len(run.records) != run.manifest.questions.count:
        message = f"{run.path} answers {len(run.records)} of {run.manifest.questions.count} questions; run it again."
        raise InputError(message)
    if not any(record.found for record in run.records):
        message = f"{run.path} found nothing for any question: it never ran, so there is nothing to compare."
        raise InputError(message)
    if not any(value > 0 for values in measured.values() for value in values.values()):
        message = f"{run.path} scores 0 on every measure of every question, so there is nothing to compare."
        raise InputError(message)


def measures_of(run: RunFolder) -> dict[str, dict[str, float]]:
    """Return the measures of every judged question of a run, by its id."""
    return {record.id: record.measures for record in run.records if record.measures is not None}

"""Fits the model behind "does the corpus answer this?" (index/support.py) on judged questions, and reports it.

    python -m benchmarks.support [--data var] [--questions FILE ...] [--ablation]

Fits on the split `dev`, reports on `test`. A file of your own has JSON lines with `text`, `split` and either
`answerable` or `documents` (an empty list means that the corpus does not answer the question). Prints the constants to
put into index/support.py. `--ablation` says instead what each sign is worth, by cross-validation on `dev`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]
from sklearn.model_selection import StratifiedKFold  # type: ignore[import-untyped]

from core.settings import load_settings
from index import Searcher, support

_ROOT = Path(__file__).parents[1]
QUESTIONS = [
    _ROOT / "evaluate" / "data" / "skincare_questions.jsonl",
    _ROOT / "benchmarks" / "data" / "corpus_questions.jsonl",
]
# At most this share of the answerable questions may be refused, and may be left undecided.
REFUSED, WEAK = 0.03, 0.22

FOLDS, REPEATS = 5, 20


def main(
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
    questions: Annotated[list[Path], typer.Option(help="Judged questions; repeat for more.")] = QUESTIONS,
    *,
    ablation: Annotated[bool, typer.Option(help="What each sign is worth, and nothing else.")] = False,
) -> None:
    """Print coefficients, bounds, and how the verdicts fall on both splits of every file."""
    records = [(file, json.loads(line)) for file in questions for line in file.read_text("utf-8").splitlines()]
    searcher = Searcher.opened(load_settings(data).data)
    evidence = searcher.evidence([record["text"] for _, record in records])
    table = np.array([item.signs() for item in evidence])
    answered = np.array([record.get("answerable", bool(record.get("documents"))) for _, record in records])
    dev = np.array([record["split"] == "dev" for _, record in records])
    if ablation:
        ablated(table[dev], answered[dev])
        return
    spread = table[dev].std(axis=0)
    model = LogisticRegression(C=1.0).fit(table[dev] / spread, answered[dev])
    weights = model.coef_[0] / spread
    print(f"INTERCEPT, WEIGHTS = {model.intercept_[0]:.2f}, ({', '.join(f'{weight:.2f}' for weight in weights)})")
    words = LogisticRegression(C=100.0).fit(table[dev][:, 1:2], answered[dev])
    print(f"WORDS_ALONE = ({words.intercept_[0]:.2f}, {words.coef_[0][0]:.2f})")
    fitted = model.predict_proba(table / spread)[:, 1]
    bounds = np.quantile(fitted[dev & answered], [REFUSED, REFUSED + WEAK])
    print(f"NONE_BELOW, SUPPORTED_FROM = {bounds[0]:.2f}, {bounds[1]:.2f}  (quantiles of the answerable dev questions)")
    shipped = np.array([support.confidence(item) for item in evidence])
    for file in questions:
        mine = np.array([owner == file for owner, _ in records])
        print(file.name)
        for name, here in (("dev", dev), ("test", ~dev)):
            for label, wanted in (("answerable", answered), ("unanswerable", ~answered)):
                report(f"{name} {label}", shipped[mine & here & wanted])


def ablated(table: Any, answered: Any) -> None:
    """Print what cross-validation makes of all signs, and of all but each."""
    print("| signs | area under the curve | called supported |")
    print("|---|---|---|")
    for left_out in (None, *range(len(support.SIGNS))):
        kept = [column for column in range(len(support.SIGNS)) if column != left_out]
        area, supported = cross_validated(table[:, kept], answered)
        print(
            f"| {'all' if left_out is None else f'without {support.SIGNS[left_out]}'} | {area:.3f} | {supported:.3f} |"
        )


def cross_validated(table: Any, answered: Any) -> tuple[float, float]:
    """Return the area under the curve, and the share of unanswerable questions called supported.

    The latter where as many answerable ones are not as the bounds of `REFUSED` and `WEAK` allow.
    """
    spread = table / table.std(axis=0)
    areas, shares = [], []
    for seed in range(REPEATS):
        fitted = np.empty(len(answered))
        for kept, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(spread, answered):
            model = LogisticRegression(C=1.0).fit(spread[kept], answered[kept])
            fitted[held_out] = model.decision_function(spread[held_out])
        areas.append(roc_auc_score(answered, fitted))
        shares.append((fitted[~answered] >= np.quantile(fitted[answered], REFUSED + WEAK)).mean())
    return float(np.mean(areas)), float(np.mean(shares))


def report(label: str, confidences: Any) -> None:
    """Print how the shipped constants judge a group of questions."""
    names = [support.named(float(value)) for value in confidences]
    shares = "  ".join(f"{name} {names.count(name) / len(names):.3f}" for name in ("supported", "weak", "none"))
    print(f"{label:20} {len(names):4}  {shares}")


if __name__ == "__main__":
    typer.run(main)

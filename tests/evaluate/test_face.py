"""What other rooms may use of evaluation, and that the example in its docstring's order works end to end."""

from __future__ import annotations

from pathlib import Path

import evaluate
from core.results import MODES
from index import Encoder
from tests.evaluate.builders import json_lines, library, span_questions


def test_the_public_face_of_evaluation() -> None:
    assert sorted(evaluate.__all__) == [
        "Collection",
        "Comparison",
        "Effect",
        "Evaluation",
        "Interval",
        "Judgement",
        "MEASURES",
        "Pair",
        "Question",
        "Record",
        "RunFolder",
        "Scores",
        "compare",
        "comparison_json",
        "csv_text",
        "evaluated",
        "indexed",
        "passages_csv",
        "passages_ris",
        "read_beir",
        "read_collection",
        "read_questions",
        "read_run",
        "records",
        "report_html",
        "sentence",
        "summary",
        "write_comparison",
        "write_evaluation",
    ]
    assert all(hasattr(evaluate, name) for name in evaluate.__all__)


def test_three_modes_are_run_reported_on_and_compared(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    searcher = library(data, hashing)
    collection = evaluate.read_collection(json_lines(tmp_path / "q.jsonl", span_questions()))
    told: list[tuple[float, int]] = []
    for mode in MODES:
        one = evaluate.evaluated(searcher, collection, mode, lambda share, made: told.append((share, made)))
        evaluate.write_evaluation(tmp_path / mode, one)

    comparison = evaluate.compare([tmp_path / mode for mode in MODES])
    evaluate.write_comparison(tmp_path / "compared", comparison)

    assert told == [(1.0, 10)] * 3
    assert [arm.mode for arm in comparison.arms] == list(MODES)
    assert len({arm.letter for arm in comparison.arms}) == len(comparison.pairs) == 3

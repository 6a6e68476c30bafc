"""What other rooms may use of evaluation, and that the example in its docstring's order works end to end."""

from __future__ import annotations

from pathlib import Path

import evaluate
from core.results import MODES
from index import Encoder
from tests.evaluate.builders import json_lines, library, span_questions


def test_the_public_face_of_evaluation() -> None:
    assert sorted(evaluate.__all__) == [
        "CONFIGURATIONS",
        "Collection",
        "Comparison",
        "Configuration",
        "Effect",
        "Evaluation",
        "Expected",
        "Fact",
        "Figures",
        "Interval",
        "Judgement",
        "Kept",
        "LEVELS",
        "MEASURES",
        "Mark",
        "Moved",
        "OWN_QUESTIONS",
        "Opened",
        "Pair",
        "Place",
        "Question",
        "Record",
        "RunFolder",
        "Said",
        "Scores",
        "WORDS",
        "beside",
        "bounds",
        "caveats",
        "chance",
        "changed_since",
        "collection_of",
        "compare",
        "comparison_json",
        "csv_text",
        "evaluated",
        "excerpt",
        "file_of",
        "files_of",
        "grade_of",
        "histogram",
        "indexed",
        "judge",
        "keep",
        "kept_evaluations",
        "made_alike",
        "marks_jsonl",
        "marks_on",
        "marks_qrels",
        "own_questions",
        "passages_csv",
        "passages_ris",
        "put_away",
        "read_beir",
        "read_collection",
        "read_kept",
        "read_marks",
        "read_questions",
        "read_run",
        "records",
        "report_html",
        "require_judgements_found",
        "sentence",
        "signed",
        "summary",
        "tidy",
        "usable",
        "write_comparison",
        "write_evaluation",
        "zipped",
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
    assert [arm.manifest.mode for arm in comparison.arms] == list(MODES)
    assert len({arm.letter for arm in comparison.arms}) == len(comparison.pairs) == 3

"""docs/evaluation.md says what is read and written: its examples are taken, and its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluate import MEASURES, read_questions, write_evaluation
from evaluate.judgements import read_judgements
from index import Encoder
from tests.evaluate.builders import asked

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")
CODE = [" ".join(code.split()) for code in re.findall(r"`([^`\n]+)`", TEXT)]


def test_every_file_that_a_run_writes_is_told(hashing: Encoder, tmp_path: Path) -> None:
    write_evaluation(tmp_path / "out", asked(tmp_path, hashing))

    assert {file.name for file in (tmp_path / "out").iterdir()} <= set(CODE)


def test_every_measure_is_told() -> None:
    told = {name for row in re.findall(r"^\| ([^|]+) \|", TEXT, re.MULTILINE) for name in row.split(", ")}

    assert set(MEASURES) <= told


@pytest.mark.parametrize("line", [code for code in CODE if re.match(r'\{"query"|q1 ', code)])
def test_every_example_of_a_judgement_is_taken(tmp_path: Path, line: str) -> None:
    file = tmp_path / "judgements.txt"
    file.write_text(f"{line}\n", encoding="utf-8")

    (judgement,) = read_judgements(file)

    assert (judgement.query_id, judgement.document, judgement.relevance) == ("q1", "acids.md", 2)


def test_the_examples_of_questions_are_taken(tmp_path: Path) -> None:
    (example,) = (code for code in CODE if code.startswith('{"_id"'))
    (spans,) = (code for code in CODE if code.startswith('"spans"'))
    file = tmp_path / "questions.jsonl"
    file.write_text(f"{example.removesuffix('}')}, {spans}}}\n", encoding="utf-8")

    (question,) = read_questions(file)

    assert (question.id, question.text) == ("q1", "does niacinamide sting?")
    assert [judgement.document for judgement in question.judgements] == ["acids.md"]

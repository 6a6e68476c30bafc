"""A tiny library with judged questions, and runs over it: what the tests of evaluation share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.results import Mode
from evaluate import Evaluation, evaluated, read_collection
from evaluate.measures import measured
from evaluate.runs import Found, Run
from index import Encoder, Searcher
from tests.index.builders import added, document, put

SUBJECTS = ("acne", "scars", "melasma", "rosacea", "psoriasis", "eczema", "warts", "vitiligo")
REMEDIES = ("niacinamide", "retinol", "sunscreen", "peeling", "needling", "light", "zinc", "sulphur")


def text_of(subject: str, remedy: str) -> str:
    """Return a document of two paragraphs, each long enough to be a passage of its own."""
    filler = " ".join(f"{subject}{place}" for place in range(80))
    first = f"Against {subject} one may use {remedy} daily. {filler}"
    return f"{first}\n\nThe harm of {remedy} is {subject} redness. {filler}x\n"


def library(data: Path, encoder: Encoder) -> Searcher:
    """Return a searcher over eight documents, corpus/SUBJECT.md, of two passages each."""
    files = {
        f"corpus/{subject}.md": document(text_of(subject, remedy), title=subject.title())
        for subject, remedy in zip(SUBJECTS, REMEDIES, strict=True)
    }
    put(data, encoder, added(files))
    return Searcher(data, encoder)


def span_questions() -> list[dict[str, Any]]:
    """Return a question for each document with the span that answers it, and two that nothing answers."""
    asked: list[dict[str, Any]] = [
        {
            "_id": f"q{number}",
            "text": f"what may be used daily against {subject}",
            "kind": "usage" if number % 2 else "lay",
            "split": "dev" if number < 2 else "test",
            "answerable": True,
            "spans": [{"path": f"corpus/{subject}.md", "quote": f"one may use {remedy} daily", "grade": 2}],
        }
        for number, (subject, remedy) in enumerate(zip(SUBJECTS, REMEDIES, strict=True))
    ]
    for number, text in enumerate(("price of bread", "capital of France")):
        asked.append({"_id": f"u{number}", "text": text, "split": "test", "answerable": False, "spans": []})
    return asked


def json_lines(file: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write JSON lines; return the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


def asked(folder: Path, encoder: Encoder, mode: Mode = "hybrid") -> Evaluation:
    """Return an evaluation of the span questions over the library, both made in a folder."""
    searcher = library(folder / "var", encoder)
    return evaluated(searcher, read_collection(json_lines(folder / "questions.jsonl", span_questions())), mode)


def found(evaluation: Evaluation, rankings: Mapping[str, Sequence[str]]) -> Evaluation:
    """Return the same evaluation as if the rankings of these questions had been others (without citations)."""
    changed = {
        query_id: Found(tuple(rankings[query_id]), (), own.support, own.confidence) if query_id in rankings else own
        for query_id, own in evaluation.run.found.items()
    }
    run = Run(evaluation.run.name, evaluation.run.level, changed, evaluation.run.generation)
    return replace(evaluation, run=run, scores=measured(run, evaluation.targets))


def perfect(evaluation: Evaluation) -> dict[str, list[str]]:
    """Return a ranking for every judged question that finds everything at once."""
    return {
        query_id: [target.earners[0] for target in sorted(own, key=lambda one: -one.relevance)]
        for query_id, own in evaluation.targets.items()
    }


def beir(folder: Path) -> Path:
    """Write the library as a BEIR folder, with one question a document; return the folder."""
    documents = [
        {"_id": f"d{number}", "title": subject.title(), "text": text_of(subject, remedy)}
        for number, (subject, remedy) in enumerate(zip(SUBJECTS, REMEDIES, strict=True))
    ]
    questions = [{"_id": f"q{number}", "text": f"use against {subject}"} for number, subject in enumerate(SUBJECTS)]
    json_lines(folder / "corpus.jsonl", documents)
    json_lines(folder / "queries.jsonl", [*questions, {"_id": "spare", "text": "never judged"}])
    (folder / "qrels").mkdir()
    lines = [f"q{number}\td{number}\t1" for number in range(len(SUBJECTS))]
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(lines) + "\n", "utf-8")
    return folder

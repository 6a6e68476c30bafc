"""Judgements made while reading: kept, found again, taken back, exported; without the words judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.document import Passage
from core.errors import DataFolderError
from evaluate import evaluated, grade_of, judge, marks_jsonl, marks_on, marks_qrels, read_collection, read_marks, usable
from evaluate.marks import FILE
from index import Encoder, open_catalogue
from tests.evaluate.builders import library
from tests.index.builders import gone, put

ASKED = "What may be used daily against acne?"
FIRST, SECOND = Passage("0011223344556677", 0, 100), Passage("0011223344556677", 100, 260)
SPLIT = (FIRST, SECOND)


def test_a_judgement_is_found_again_however_the_question_is_spaced_and_written(data: Path) -> None:
    judge(data, f"  {ASKED} ", FIRST, SPLIT, 1)
    judge(data, ASKED, SECOND, SPLIT, 0)
    marks = read_marks(data)

    assert [(mark.question, mark.start, mark.end, mark.grade) for mark in marks] == [
        (ASKED, 0, 100, 1),
        (ASKED, 100, 260, 0),
    ]
    again = "what may be used  daily against ACNE?"
    assert [grade_of(marks, again, one, SPLIT) for one in SPLIT] == [1, 0]
    assert grade_of(marks, "another question", FIRST, SPLIT) is None
    assert marks_on(marks, again) == marks


def test_a_judgement_is_changed_and_taken_back_without_a_trace(data: Path) -> None:
    judge(data, ASKED, FIRST, SPLIT, 1)
    judge(data, ASKED, FIRST, SPLIT, 0)

    assert [mark.grade for mark in read_marks(data)] == [0]

    judge(data, ASKED, FIRST, SPLIT, None)

    assert (data / FILE).read_bytes() == b""


def test_a_judgement_outlives_another_splitting(data: Path) -> None:
    judge(data, ASKED, FIRST, SPLIT, 1)
    marks = read_marks(data)
    joined = (Passage(FIRST.document_id, 0, 260),)
    halves = (Passage(FIRST.document_id, 0, 70), Passage(FIRST.document_id, 70, 260))

    assert grade_of(marks, ASKED, joined[0], joined) == 1
    assert [grade_of(marks, ASKED, one, halves) for one in halves] == [1, None]

    judge(data, ASKED, halves[0], halves, None)

    assert read_marks(data) == ()


def test_a_torn_last_line_is_ignored_and_mended(data: Path) -> None:
    judge(data, ASKED, FIRST, SPLIT, 1)
    whole = (data / FILE).read_bytes()
    for length in range(1, len(whole) - 1):
        (data / FILE).write_bytes(whole + whole[:length])

        assert len(read_marks(data)) == 1

    judge(data, ASKED, SECOND, SPLIT, 1)

    assert len((data / FILE).read_bytes().splitlines()) == 2


def test_a_damaged_line_is_named(data: Path) -> None:
    judge(data, ASKED, FIRST, SPLIT, 1)
    (data / FILE).write_bytes(b"no judgement\n" + (data / FILE).read_bytes())

    with pytest.raises(DataFolderError, match=r"judgements\.jsonl, line 1: this is no judgement; take the line out"):
        read_marks(data)


def test_nothing_judged_is_no_error(data: Path) -> None:
    assert read_marks(data) == ()
    assert marks_jsonl(()) == ""


@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_any_question_is_kept_in_one_line(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    data = tmp_path_factory.mktemp("any") / "var"
    judge(data, question, FIRST, SPLIT, 1)
    judge(data, ASKED, FIRST, SPLIT, 0)

    assert grade_of(read_marks(data), question, FIRST, SPLIT) in {1, 0}
    assert (data / FILE).read_bytes().count(b"\n") == len(read_marks(data)) in {1, 2}


def test_judgements_are_exported_as_questions_that_are_read_and_measured(
    data: Path, hashing: Encoder, tmp_path: Path
) -> None:
    searcher = library(data, hashing)
    answer = searcher.ask(ASKED, 2)
    with open_catalogue(data) as catalogue:
        for rank, citation in enumerate(answer.citations):
            passage = Passage(citation.document_id, citation.start, citation.end)
            judge(data, ASKED, passage, catalogue.passages(passage.document_id), 1 - rank)
            judge(data, "capital of France", passage, catalogue.passages(passage.document_id), 0)
        marks = usable(read_marks(data), catalogue)
        qrels = marks_qrels(marks, catalogue)
    file = tmp_path / "judgements.jsonl"
    file.write_text(marks_jsonl(marks), encoding="utf-8")
    collection = read_collection(file)
    result = evaluated(searcher, collection)

    assert [question.text for question in collection.questions] == [ASKED, "capital of France"]
    assert result.scores is not None
    # Nothing was said to answer the second question: it is asked, but in no mean.
    assert list(result.scores.per_query) == [collection.questions[0].id]
    assert result.scores.mean["P@1"] == 1.0
    best = answer.citations[0]
    assert qrels.splitlines()[0] == f"{marks[0].query_id} 0 {best.document_id}:{best.start}-{best.end} 1"
    assert [line[-1] for line in qrels.splitlines()] == ["1", "0", "0", "0"]


def test_no_word_of_a_document_is_kept_and_judgements_wait_for_one_that_left(data: Path, hashing: Encoder) -> None:
    searcher = library(data, hashing)
    best = searcher.ask(ASKED, 1).citations[0]
    with open_catalogue(data) as catalogue:
        judge(data, ASKED, Passage(best.document_id, best.start, best.end), catalogue.passages(best.document_id), 1)

    assert not [word for word in best.quote.split()[8:] if word.encode() in (data / FILE).read_bytes()]

    put(data, hashing, gone("corpus/acne.md"))
    with open_catalogue(data) as catalogue:
        assert usable(read_marks(data), catalogue) == ()
    assert len(read_marks(data)) == 1

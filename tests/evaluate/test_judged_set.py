"""The judged questions in evaluate/data: every quotation stands in its file, and the page beside them is true.

An edit of the corpus that moves or changes an answering sentence fails here and names the question to be judged again.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TypedDict

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "evaluate" / "data"

ANSWERABLE_KINDS = {
    "factoid",
    "mechanism",
    "comparison",
    "safety",
    "usage",
    "regulation",
    "numeric",
    "negation",
    "lay",
    "misspelt",
    "multihop",
}
UNANSWERABLE_KINDS = {"unanswerable-near": 40, "unanswerable-far": 30}
LEAST_OF_A_KIND = 14
LEAST_IN_ALL = 240

# Rows of the two tables of README.md: "| kind | dev | test | ... |" and "| folder | split | documents |".
_COUNTED = re.compile(r"^\| ([a-z-]+) \| (\d+) \| (\d+) \|", re.MULTILINE)
_LISTED = re.compile(r"^\| (?!kind \|)([a-z-]+) \| (dev|test) \| (.+) \|$", re.MULTILINE)


class Span(TypedDict):
    """The words of a file that answer, and how well they do."""

    path: str
    quote: str
    grade: int


class Question(TypedDict):
    """One line of the file."""

    _id: str
    text: str
    kind: str
    split: str
    answerable: bool
    spans: list[Span]


def questions() -> list[Question]:
    """Return the judged questions, in the order of the file."""
    lines = (FOLDER / "skincare_questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def page() -> str:
    """Return the page that describes them."""
    return (FOLDER / "README.md").read_text(encoding="utf-8")


def split_of_each_document() -> dict[str, str]:
    """Return path -> split, as the page lists them."""
    return {
        f"corpus/{folder}/{name}.md": split
        for folder, split, names in _LISTED.findall(page())
        for name in names.split(", ")
    }


def test_every_quotation_occurs_exactly_once_in_its_file() -> None:
    texts: dict[str, str] = {}
    astray = []
    for question in questions():
        for span in question["spans"]:
            path = span["path"]
            text = texts.setdefault(path, (PROJECT / path).read_text(encoding="utf-8"))
            if (times := text.count(span["quote"])) != 1:
                astray.append(f"{question['_id']}: {times} times in {path}: {span['quote'][:60]!r}")
    assert astray == []


def test_quotations_are_taken_from_the_text_and_not_from_the_front_matter() -> None:
    for question in questions():
        for span in question["spans"]:
            text = (PROJECT / span["path"]).read_text(encoding="utf-8")
            assert text.index(span["quote"]) > text.index("\n---\n"), question["_id"]


def test_no_two_spans_of_a_question_overlap() -> None:
    for question in questions():
        taken: dict[str, list[tuple[int, int]]] = {}
        for span in question["spans"]:
            start = (PROJECT / span["path"]).read_text(encoding="utf-8").index(span["quote"])
            end = start + len(span["quote"])
            others = taken.setdefault(span["path"], [])
            assert all(end <= left or right <= start for left, right in others), question["_id"]
            others.append((start, end))


def test_names_and_texts_are_unique() -> None:
    asked = questions()
    assert len({question["_id"] for question in asked}) == len(asked)
    assert len({question["text"].casefold() for question in asked}) == len(asked)


def test_every_line_has_the_same_fields_and_known_values() -> None:
    for question in questions():
        assert set(question) == set(Question.__annotations__), question["_id"]
        assert question["text"] == " ".join(question["text"].split()) != ""
        assert question["split"] in {"dev", "test"}
        assert question["answerable"] == (question["kind"] in ANSWERABLE_KINDS), question["_id"]
        assert all(set(span) == set(Span.__annotations__) for span in question["spans"]), question["_id"]
        assert all(span["grade"] in {1, 2} for span in question["spans"]), question["_id"]


def test_answerable_questions_begin_with_a_full_answer_and_unanswerable_ones_have_none() -> None:
    for question in questions():
        if question["answerable"]:
            assert question["spans"][0]["grade"] == 2, question["_id"]
        else:
            assert question["spans"] == [], question["_id"]


def test_a_question_has_the_split_of_the_document_that_answers_it() -> None:
    split_of = split_of_each_document()
    for question in questions():
        if question["spans"]:
            assert split_of[question["spans"][0]["path"]] == question["split"], question["_id"]


def test_a_multihop_question_needs_two_documents_of_its_split() -> None:
    split_of = split_of_each_document()
    for question in questions():
        if question["kind"] == "multihop":
            own = {span["path"] for span in question["spans"] if split_of[span["path"]] == question["split"]}
            assert len(own) >= 2, question["_id"]


def test_every_listed_document_exists_and_stands_in_one_split() -> None:
    listed = [
        f"corpus/{folder}/{name}.md" for folder, _, names in _LISTED.findall(page()) for name in names.split(", ")
    ]
    assert len(listed) == len(set(listed))
    assert [path for path in listed if not (PROJECT / path).is_file()] == []


def test_every_listed_document_answers_something() -> None:
    answering = {span["path"] for question in questions() for span in question["spans"]}
    assert answering == set(split_of_each_document())


def test_there_are_enough_of_every_kind() -> None:
    counts = Counter(question["kind"] for question in questions())
    assert set(counts) == ANSWERABLE_KINDS | set(UNANSWERABLE_KINDS)
    assert {kind: counts[kind] for kind in ANSWERABLE_KINDS if counts[kind] < LEAST_OF_A_KIND} == {}
    assert all(counts[kind] >= least for kind, least in UNANSWERABLE_KINDS.items())
    assert counts.total() >= LEAST_IN_ALL


def test_every_kind_is_asked_in_both_splits() -> None:
    both = {(question["kind"], question["split"]) for question in questions()}
    assert both == {(kind, split) for kind in ANSWERABLE_KINDS | set(UNANSWERABLE_KINDS) for split in ("dev", "test")}


def test_the_page_counts_the_questions_as_they_are() -> None:
    counts = Counter((question["kind"], question["split"]) for question in questions())
    counted = {
        (kind, split): int(number)
        for kind, dev, test in _COUNTED.findall(page())
        for split, number in (("dev", dev), ("test", test))
    }
    assert counted == counts
    spans = sum(len(question["spans"]) for question in questions())
    assert f"holds {counts.total()} questions" in page()
    assert f"({spans} spans)" in " ".join(page().split())

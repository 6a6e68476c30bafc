"""The shipped corpus under the shipped model: whole, verifiable, and found by the questions it was written for."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.corpus import place, questions
from core.results import Answer
from index import Searcher, open_catalogue, verify
from ingest import sync

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder of the whole corpus, indexed once for this module."""
    data = tmp_path_factory.mktemp("shipped")
    outcomes = sync(data, CORPUS)
    assert {entry.outcome for entry in outcomes.entries} == {"read"}
    return data


@pytest.fixture(scope="module")
def searcher(shipped: Path) -> Searcher:
    return Searcher.opened(shipped)


def test_every_citation_of_the_corpus_is_found_in_its_file(shipped: Path) -> None:
    result = verify(shipped)

    assert result.problems == ()
    assert result.checked == result.found > 900


def test_a_second_sync_embeds_nothing(shipped: Path) -> None:
    told: list[float] = []

    outcomes = sync(shipped, CORPUS, progress=lambda share, _made: told.append(share))

    assert {entry.outcome for entry in outcomes.entries} == {"unchanged"}
    assert told == []


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("what is SVF", "SVF"),
        ("what is TEWL", "TEWL"),
        ("what does PRP mean", "PRP"),
        ("what is an AHA", "AHA"),
    ],
)
def test_the_glossary_answers_what_a_term_means(searcher: Searcher, question: str, term: str) -> None:
    first = searcher.ask(question).citations[0]

    assert first.quote.startswith(f"**{term}**")
    assert first.section[-1].startswith(term)


def test_every_document_can_be_filtered_by_what_it_says_of_itself(shipped: Path) -> None:
    with open_catalogue(shipped) as catalogue:
        fields = catalogue.fields()

    assert len(fields["slug"]) == 87
    assert {"group", "evidence", "keywords", "as_of", "type"} <= set(fields)


def test_most_questions_find_an_expected_document_among_the_first_five(searcher: Searcher) -> None:
    records = [record for record in questions() if record["documents"]]
    answers = searcher.ask_many([record["text"] for record in records], 50)

    found = [place(answer, record["documents"]) <= 5 for answer, record in zip(answers, records, strict=True)]

    assert len(found) == 130
    # 0.96 when this was written; below nine in ten something is broken.
    assert sum(found) / len(found) >= 0.9


def test_a_far_question_is_said_to_be_unanswered(searcher: Searcher) -> None:
    answers: tuple[Answer, ...] = searcher.ask_many(
        [record["text"] for record in questions() if record["kind"] == "unanswerable-far"]
    )

    assert sum(answer.support == "none" for answer in answers) / len(answers) >= 0.8

"""What goes by several names is found by any of them, and the reader is told which."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Encoder, Searcher, open_catalogue
from index.filters import EVERYTHING
from index.lexical import best_possible, frequency, search, weighed
from index.synonyms import names, rephrased
from tests.index.builders import Counting, document, filled

TEXTS = (
    "Isotretinoin must not be taken in pregnancy.",
    "Adapalene dries the skin at first.",
    "The water that leaves the skin is called transepidermal water loss.",
    "TEWL rises when the barrier is broken.",
    "Sunscreen is worn by day.",
    "The accused man took nothing in pregnancy.",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Path:
    """Return an index of texts that call things by one of their names; only to be read."""
    return filled(tmp_path_factory.mktemp("library") / "var", hashing, *map(document, TEXTS))


def quotes(library: Path, question: str, k: int = 1) -> list[str]:
    return [hit.quote for hit in Searcher(library, Counting()).ask(question, k, "lexical").citations]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Is Accutane safe in pregnancy?", TEXTS[0]),
        ("do retinoids dry the skin", TEXTS[1]),
        ("what is TEWL", TEXTS[3]),
        ("sun block", TEXTS[4]),
    ],
)
def test_a_passage_is_found_by_another_name(library: Path, question: str, found: str) -> None:
    assert quotes(library, question) == [found]


def test_both_names_find_both_passages(library: Path) -> None:
    for question in ("TEWL", "transepidermal water loss"):
        assert set(quotes(library, question, 2)) == {TEXTS[2], TEXTS[3]}


def test_a_citation_says_what_it_calls_otherwise_and_marks_it(library: Path) -> None:
    (hit,) = Searcher(library, Counting()).ask("Is Accutane safe in pregnancy?", 1).citations

    assert hit.called == (("Accutane", "isotretinoin"),)
    assert [hit.quote[mark.start : mark.end] for mark in hit.matches] == ["Isotretinoin", "pregnancy"]


def test_the_asked_name_itself_is_no_other_name(library: Path) -> None:
    (hit,) = Searcher(library, Counting()).ask("TEWL", 1).citations

    assert hit.called == ()


def test_a_question_is_reworded_only_to_a_name_that_more_passages_use(library: Path) -> None:
    with open_catalogue(library) as catalogue:

        def count(words: str) -> int:
            return frequency(catalogue.connection, words)

        for question, wanted in [
            ("Is Accutane safe?", "Is isotretinoin safe?"),
            ("which sunscreen is best", "which sunscreen is best"),
            ("do retinoids dry", "do retinoids dry"),
            ("nothing named", "nothing named"),
        ]:
            assert rephrased(question, names(question), count) == wanted


def test_an_abbreviation_that_is_a_word_must_be_asked_for_in_capitals() -> None:
    assert [name.asked for name in names("LED or led")] == ["LED"]
    assert [name.asked for name in names("tewl")] == ["tewl"]


def test_the_longest_name_counts_and_none_overlap() -> None:
    found = names("is vitamin c serum the same as ascorbic acid?")

    assert [name.asked for name in found] == ["vitamin c", "ascorbic acid"]


@given(
    question=st.text(max_size=80) | st.lists(st.sampled_from(["vitamin", "C", "TEWL", "acid", "-", "\n"])).map(" ".join)
)
def test_names_stand_where_they_say_whatever_is_asked(question: str) -> None:
    found = names(question)

    assert all(question[name.start : name.end] == name.asked for name in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert rephrased(question, found, lambda _words: 1) == question


@given(
    question=st.lists(st.sampled_from(["Accutane", "pregnancy", "TEWL", "retinoids", "sun", "block", "skin"])).map(
        " ".join
    )
)
def test_no_passage_scores_more_than_the_question_could(library: Path, question: str) -> None:
    with open_catalogue(library) as catalogue:
        found = names(question)
        asked = weighed(catalogue.connection, question, catalogue.counts()[1], found)
        _, scores = search(catalogue.connection, question, 10, EVERYTHING, found, asked)

    assert (scores <= best_possible(asked.rarity) + 1e-9).all()

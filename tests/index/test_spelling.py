"""A slip of the pen in a question costs nothing: what was meant is searched for as well, and said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Encoder, Searcher, open_catalogue, remarks
from index.spelling import correction, names
from tests.index.builders import Counting, document, filled

TEXTS = (
    "Hyaluronic acid holds water in the skin.",
    "Matrixyl was tried by women with wrinkles, against placebo.",
    "The matrix of the dermis is made by fibroblasts, and the matrix ages.",
    "Tretinoin peels the skin at first.",
    "Collagen gives the skin its strength.",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Path:
    """Return an index of texts that are spelt as they should be; only to be read."""
    return filled(tmp_path_factory.mktemp("library") / "var", hashing, *map(document, TEXTS))


def meant(library: Path, question: str) -> dict[str, tuple[str, ...]]:
    with open_catalogue(library) as catalogue:
        return {name.asked: name.others for name in names(catalogue.connection, question)}


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("hyluronic", "hyaluronic"),
        ("rinkles", "wrinkles"),
        ("plasebo", "placebo"),
        ("wemen", "women"),
        ("colagen", "collagen"),
        ("tretinion", "tretinoin"),
        ("fibroblst", "fibroblasts"),
    ],
)
def test_a_letter_missing_wrong_or_swapped_is_seen_through(library: Path, written: str, wanted: str) -> None:
    assert meant(library, f"does {written} help?")[written][0] == wanted


def test_what_is_offered_stands_in_the_documents_as_it_is(library: Path) -> None:
    # Stemming would find "matrixal" too, by "matrix", which more passages hold.
    assert meant(library, "matrixil")["matrixil"][0] == "matrixyl"


def test_what_was_meant_brings_its_other_names_along(library: Path) -> None:
    assert "retin-a" in meant(library, "tretinion")["tretinion"]


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("placebo", "the documents have it"),
        ("planes", "it is English, though one letter from a word that was meant otherwise"),
        ("acids", "the documents have it in the singular"),
        ("wome", "it is short"),
        ("zzzzzzzz", "nothing is near"),
    ],
)
def test_a_word_is_left_alone(library: Path, word: str, why: str) -> None:
    with open_catalogue(library) as catalogue:
        assert correction(catalogue.connection, word) == "", why


@pytest.mark.parametrize("question", ["is PLASEB given", "the plaSebo gene", "plasebo-2", "x/plasebo", "plasebo7"])
def test_what_is_written_like_a_symbol_is_no_slip(library: Path, question: str) -> None:
    assert meant(library, question) == {}


def test_a_question_all_in_capitals_is_read_as_any_other(library: Path) -> None:
    assert meant(library, "DOES PLASEBO HELP") == {"PLASEBO": ("placebo",)}


def test_names_of_the_table_are_no_slips_and_keep_their_place(library: Path) -> None:
    with open_catalogue(library) as catalogue:
        found = names(catalogue.connection, "rinkles, Accutane and hyluronic")

    assert [name.asked for name in found] == ["rinkles", "Accutane", "hyluronic"]
    assert "isotretinoin" in found[1].others


def test_a_misspelt_question_finds_what_it_means_and_the_citation_says_so(library: Path) -> None:
    answer = Searcher(library, Counting()).ask("hyluronic", 1, "lexical")
    (hit,) = answer.citations

    assert hit.quote == TEXTS[0]
    assert hit.called == (("hyluronic", "hyaluronic"),)
    assert answer.read_as == (("hyluronic", "hyaluronic"),)
    assert remarks(answer) == ("Read “hyluronic” as “hyaluronic”.",)
    assert [hit.quote[mark.start : mark.end] for mark in hit.matches] == ["Hyaluronic"]


@given(question=st.text(max_size=60))
def test_any_question_has_names_that_lie_in_it_in_order_and_apart(library: Path, question: str) -> None:
    with open_catalogue(library) as catalogue:
        found = names(catalogue.connection, question)

    assert [question[name.start : name.end] for name in found] == [name.asked for name in found]
    assert all(one.end <= other.start for one, other in pairwise(found))

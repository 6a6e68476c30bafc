"""The words of a question in a quotation: marked as the index itself matches them, by stem and without accents."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.results import Citation
from index import Encoder, Searcher
from tests.index.builders import document, filled, sectioned

TEXT = "Wrinkles and wrinkled skin: Crème with vitamin-C (CAS 50-81-7), 0.025% retinol, vitamin E. 🧴 Wrinkling stops."


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Searcher:
    """Return a searcher over one long line and its neighbours; only to be read."""
    data = filled(
        tmp_path_factory.mktemp("matching") / "var",
        hashing,
        document(TEXT, title="Ascorbic acid"),
        sectioned((1, "Peeling agents", "Glycolic acid comes first."), preamble="A word before it.\n\n"),
    )
    return Searcher(data, hashing)


def cited(searcher: Searcher, question: str, start: str = "Wrinkles") -> Citation:
    """Return the citation whose quotation begins so."""
    return next(hit for hit in searcher.ask(question).citations if hit.quote.startswith(start))


def marked(citation: Citation) -> list[str]:
    return [citation.quote[span.start - citation.start : span.end - citation.start] for span in citation.matches]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("wrinkle", ["Wrinkles", "wrinkled", "Wrinkling"]),
        ("WRINKLES", ["Wrinkles", "wrinkled", "Wrinkling"]),
        ("creme", ["Crème"]),
        ("retinol skin", ["skin", "retinol"]),
        ("50-81-7", ["50-81-7"]),
        ("0.025% retinols", ["0.025", "retinol"]),
        ("vitamin", ["vitamin", "vitamin"]),
        ("wrinkles and skin", ["Wrinkles", "wrinkled", "skin", "Wrinkling"]),
        ("does this with and", ["and", "with"]),
        ("unobtainium", []),
        ("ascorbic", []),
    ],
)
def test_the_words_matched_are_marked_where_they_stand(searcher: Searcher, question: str, words: list[str]) -> None:
    assert marked(cited(searcher, question)) == words


def test_marks_after_an_astral_character_do_not_slip(searcher: Searcher) -> None:
    assert marked(cited(searcher, "stops")) == ["stops"]


def test_spans_count_from_the_start_of_the_document(searcher: Searcher) -> None:
    citation = cited(searcher, "glycolic", "Glycolic")

    assert [(span.start - citation.start, span.end - citation.start) for span in citation.matches] == [(0, 8)]
    assert citation.start > 0


@pytest.mark.parametrize("question", ["vitamin C vitamin-C", "vitamin-c vitamin c 50 50-81-7", "cas 50-81-7 81"])
def test_marks_of_words_and_phrases_do_not_overlap(searcher: Searcher, question: str) -> None:
    matches = cited(searcher, question).matches

    assert all(before.end <= after.start for before, after in pairwise(matches))


@settings(max_examples=25)
@given(
    question=st.lists(st.sampled_from([*TEXT.split(), "acid", '"', "*", "peeling"]), min_size=1, max_size=6).map(
        " ".join
    )
)
def test_every_mark_is_a_word_of_its_quotation(searcher: Searcher, question: str) -> None:
    for citation in searcher.ask(question).citations:
        for span, words in zip(citation.matches, marked(citation), strict=True):
            assert citation.start <= span.start < span.end <= citation.end
            assert words == words.strip()
            assert any(character.isalnum() for character in words)


def test_words_in_title_or_section_count_as_held_though_nothing_is_marked(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, sectioned((1, "Peeling agents", "Nothing else is said."), title="Ascorbic acid"))
    searcher = Searcher(data, hashing)

    (everything,) = searcher.evidence(["ascorbic peeling"])
    (half,) = searcher.evidence(["ascorbic unobtainium"])
    (nothing,) = searcher.evidence(["unobtainium"])

    assert (everything.coverage, nothing.coverage) == (1.0, 0.0)
    assert 0 < half.coverage < 1

"""The lexical side: every word quoted, stemmed, and weighed by BM25 over what the index holds now."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index import Catalogue, Encoder, Searcher, open_catalogue
from index.filters import EVERYTHING, Filter
from index.lexical import STOPWORDS, best_possible, match_expression, search, terms, weighed
from tests.index.builders import added, document, filled, gone, put, ranking, sectioned

FOUR = ("acne acne gel", "cream for the face today", "sun screen", "sun cream")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Path:
    """Return an index of odd little texts; only to be read."""
    return filled(
        tmp_path_factory.mktemp("library") / "var",
        hashing,
        document("Glycolic acid (CAS 79-14-1) loosens the horny layer."),
        document("The numbers 14, 79 and 1 stand here, and so do 79 apples, 14 pears, 1 plum."),
        document("Tretinoin 0.025% cream."),
        document("Tretinoin 0.25% cream, applied 025 times."),
        document("Crème fraîche for wrinkles and wrinkled skin."),
        document("Nothing of note.", title="Azelaic acid"),
        sectioned((1, "Hyperpigmentation", "Nothing of note either.")),
        document('Alpha:beta NEAR gamma AND delta OR epsilon NOT zeta * star "quoted" {brace} ^caret drop table'),
        document("It's L'Oréal's anti-ageing β-glucan 皮膚 🧴 serum."),
    )


@pytest.fixture(scope="module")
def reading(library: Path) -> Iterator[Catalogue]:
    """Return the library's catalogue, open while the tests of this module run."""
    with open_catalogue(library) as catalogue:
        yield catalogue


def found(data: Path, question: str, k: int = 10, only: Filter = EVERYTHING) -> dict[str, float]:
    """Return the quotations that were found, with their scores, best first."""
    with open_catalogue(data) as catalogue:
        ids, scores = search(catalogue.connection, question, k, only)
        passages = catalogue.passages_by_id(ids.tolist())
        texts = [catalogue.document(passages[number].document_id).text for number in ids.tolist()]
        starts = [(passages[number].start, passages[number].end) for number in ids.tolist()]
    return {text[start:end]: score for text, (start, end), score in zip(texts, starts, scores.tolist(), strict=True)}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Does 0.025% tretinoin help wrinkles?", ("0.025%", "tretinoin", "help", "wrinkles")),
        ("retinol RETINOL Retinol", ("retinol",)),
        ("Is it the one?", ("is", "it", "the", "one")),
        ("\u03b1-tocopherol, L'Oréal & 5-\u03b1-reductase", ("\u03b1-tocopherol", "l'oréal", "5-\u03b1-reductase")),
        ("pH 5.5.", ("ph", "5.5")),
        ("", ()),
        (" ?!* ", ()),
    ],
)
def test_the_words_of_a_question_that_carry_its_subject(question: str, expected: tuple[str, ...]) -> None:
    assert terms(question) == expected


def test_stopwords_are_no_words_of_the_field() -> None:
    assert not STOPWORDS & {"skin", "acne", "sun", "dose", "oil", "uv", "acid", "burn", "dry"}


def test_every_word_is_quoted_and_any_may_match() -> None:
    assert match_expression('acne OR "scars"') == '"acne" OR "scars"'
    assert match_expression("?!") == ""


@pytest.mark.parametrize(
    "question",
    [
        '" OR *',
        '"',
        '""""',
        "NEAR(",
        "NEAR(acne scars, 2)",
        "'; drop table passages; --",
        "a:b",
        "title:acne",
        "{title quote}: x",
        "^caret",
        "-minus",
        "acne AND",
        "NOT",
        "(((",
        "🧴",
        "a\0b",
        "\0",
        "皮膚",
        "\u0301",
        "²",
        "_",
        "' OR '1'='1",
        "%",
        "x" * 2_000,
        "a " * 1_000,
    ],
)
def test_the_syntax_of_full_text_search_is_only_text(library: Path, question: str) -> None:
    assert all(score > 0 for score in found(library, question).values())


@given(
    question=st.text(max_size=60)
    | st.lists(st.sampled_from(['"', "OR", "*", "NEAR(", ":", "acid", "\0", "-", "'", "\u017f", "\u0130"])).map(
        " ".join
    )
)
@example("ǅ")
@example("\ufdfa")
@example("a\u0345b")
def test_no_text_is_an_error(reading: Catalogue, question: str) -> None:
    ids, scores = search(reading.connection, question, 5, EVERYTHING)

    assert len(ids) == len(scores)
    assert (scores > 0).all()
    assert (scores <= best_possible(weighed(reading.connection, question, reading.counts()[1]).rarity) + 1e-9).all()


@pytest.mark.parametrize("word", ["near", "AND", "Or", "NOT", "alpha", "beta", "star", "quoted", "brace", "caret"])
def test_words_that_are_syntax_elsewhere_are_found_as_words(library: Path, word: str) -> None:
    assert any(quote.startswith("Alpha:beta") for quote in found(library, f"{word} zeta"))


def test_an_identifier_matches_as_a_whole(library: Path) -> None:
    assert list(found(library, "79-14-1")) == ["Glycolic acid (CAS 79-14-1) loosens the horny layer."]
    assert list(found(library, "0.025%")) == ["Tretinoin 0.025% cream."]
    assert list(found(library, "0.25%")) == ["Tretinoin 0.25% cream, applied 025 times."]


@pytest.mark.parametrize(
    "question", ["wrinkle", "WRINKLES", "wrinkling", "creme", "crème", "CRÈME", "fraiche", "cre\u0300me"]
)
def test_words_match_by_their_stem_without_case_or_accents(library: Path, question: str) -> None:
    assert list(found(library, question)) == ["Crème fraîche for wrinkles and wrinkled skin."]


@pytest.mark.parametrize(
    "question", ["it's", "it’s l’oréal", "l'oréal's", "anti-ageing", "anti ageing", "β-glucan", "皮膚"]
)
def test_words_with_marks_inside_are_found(library: Path, question: str) -> None:
    assert next(iter(found(library, question))).startswith("It's L'Oréal's")


def test_title_and_section_are_searched_too(library: Path) -> None:
    assert list(found(library, "azelaic")) == ["Nothing of note."]
    assert list(found(library, "hyperpigmentation")) == ["Nothing of note either."]


def test_a_word_that_is_nowhere_finds_nothing(library: Path) -> None:
    assert found(library, "unobtainium") == {}


def test_the_best_k_are_returned_with_all_that_tie_for_the_last_place(library: Path) -> None:
    every = found(library, "glycolic nothing wrinkles", 50)
    scores = list(every.values())

    assert scores == sorted(scores, reverse=True)
    assert [len(found(library, "glycolic nothing wrinkles", k)) for k in (1, 2, 3)] == [
        sum(score >= scores[k - 1] for score in scores) for k in (1, 2, 3)
    ]


def test_a_filter_holds_before_the_best_are_chosen(library: Path) -> None:
    only = Filter("SELECT id FROM passages WHERE id = ?", ("4",))

    assert list(found(library, "tretinoin 0.025%", 1, only)) == ["Tretinoin 0.25% cream, applied 025 times."]


def idf(holding: int, passages: int) -> float:
    return math.log((passages - holding + 0.5) / (holding + 0.5))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # k1 = 1.2, b = 0.75; four passages of 3, 5, 2 and 2 words, 3 on average.
        ("gel", {"acne acne gel": idf(1, 4) * 2.2 / (1 + 1.2)}),
        ("acne", {"acne acne gel": idf(1, 4) * 2 * 2.2 / (2 + 1.2)}),
        ("face", {"cream for the face today": idf(1, 4) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 5 / 3))}),
        ("gel acne", {"acne acne gel": idf(1, 4) * (2.2 / 2.2 + 2 * 2.2 / 3.2)}),
        # A word in half of the passages says next to nothing: FTS5 gives it a weight of one millionth.
        ("sun", dict.fromkeys(("sun screen", "sun cream"), 1e-6 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3)))),
    ],
)
def test_scores_are_bm25_worked_out_by_hand(
    data: Path, hashing: Encoder, question: str, expected: dict[str, float]
) -> None:
    filled(data, hashing, *map(document, FOUR))

    assert found(data, question) == pytest.approx(expected, rel=1e-9)


def test_removed_passages_do_not_count_any_more(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    extra = {f"extra{number}.md": document(f"acne gel number {number}") for number in range(20)}
    put(
        data, hashing, added({f"{number}.md": document(text) for number, text in enumerate(FOUR)} | extra), gone(*extra)
    )
    fresh = filled(tmp_path / "fresh", hashing, *map(document, FOUR))

    for question in ("acne", "gel acne", "sun", "number"):
        assert ranking(Searcher(data, hashing).ask(question, mode="lexical")) == ranking(
            Searcher(fresh, hashing).ask(question, mode="lexical")
        )

"""What an answer is said to lack: names that no document mentions, and the kind of figure that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.results import MODES, Mode
from index import Encoder, Searcher, remarks
from index.present import as_json
from tests.index.builders import Counting, document, filled

TEXTS = (
    "Hydroquinone fades dark spots within 12 weeks in most women.",
    "Melasma returns when the treatment is stopped.",
    "Women in Brazil were asked about sunscreen.",
    "A cream with azelaic acid was applied twice a day.",
    "Acne of the face is treated with benzoyl peroxide.",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Path:
    """Return an index of a few texts; only to be read."""
    return filled(tmp_path_factory.mktemp("library") / "var", hashing, *map(document, TEXTS))


def unmentioned(library: Path, question: str, mode: Mode = "hybrid") -> tuple[str, ...]:
    return Searcher(library, Counting()).ask(question, 3, mode).unmentioned


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("is thiamidol better than hydroquinone", ("thiamidol",)),
        ("Is Thiamidol better than hydroquinone", ("Thiamidol",)),
        ("do lasers or La Mer help the face", ("La Mer",)),
        ("brodalumab secukinumab for the face", ("brodalumab", "secukinumab")),
        ("brodalumab or secukinumab for the face?", ("brodalumab", "secukinumab")),
        ("how many women in Iran get melasma?", ("Iran",)),
        ("how many women in Brazil were asked?", ()),
        ("does my phone harm my face", ()),
        ("What Sunscreen Should Teenagers Wear", ()),
        ("WHAT SUNSCREEN SHOULD TEENAGERS WEAR", ()),
        ("hydroquinon for dark spots", ()),
        ("Teenagers and women", ()),
    ],
)
def test_a_name_that_no_document_mentions_is_said(library: Path, question: str, names: tuple[str, ...]) -> None:
    for mode in MODES:
        assert unmentioned(library, question, mode) == names


def test_a_name_that_goes_by_another_here_is_mentioned(library: Path) -> None:
    assert unmentioned(library, "is Azelex good for acne") == ()


def test_a_name_that_no_document_mentions_lowers_the_confidence(library: Path) -> None:
    searcher = Searcher(library, Counting())

    plain, named = searcher.ask_many(["hydroquinone fades dark spots", "thiamidol fades dark spots"])

    assert named.confidence < plain.confidence


def test_a_figure_is_lacking_only_where_none_of_the_best_passages_gives_it(library: Path) -> None:
    searcher = Searcher(library, Counting())

    given, lacking = searcher.ask_many(["how many weeks until dark spots fade", "price of hydroquinone for dark spots"])

    assert (given.lacking, lacking.lacking) == ("", "price")
    assert remarks(lacking) == ("The best passages give no price.",)
    assert lacking.confidence < searcher.ask("hydroquinone for dark spots").confidence


def test_both_are_part_of_the_json(library: Path) -> None:
    answer = as_json(Searcher(library, Counting()).ask("price of thiamidol in Iran"))

    assert (answer["unmentioned"], answer["lacking"]) == (["thiamidol", "Iran"], "price")


def test_names_side_by_side_are_one_and_small_words_may_be_part_of_them(library: Path) -> None:
    assert unmentioned(library, "which sunscreen by La Roche-Posay or Eucerin protects the face") == (
        "La Roche-Posay",
        "Eucerin",
    )


def test_a_drug_that_is_only_on_the_list_of_english_words_is_a_name(library: Path) -> None:
    assert unmentioned(library, "does minoxidil help the face") == ("minoxidil",)


def test_a_name_that_no_document_uses_is_read_as_the_one_they_use(library: Path) -> None:
    answer = Searcher(library, Counting()).ask("is Azelex good for acne")

    assert answer.read_as == (("Azelex", "azelaic acid"),)
    assert remarks(answer)[0] == "Read “Azelex” as “azelaic acid”."
    assert Searcher(library, Counting()).ask("is azelaic acid good for acne").read_as == ()

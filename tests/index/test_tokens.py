"""Tokens: a question is met word by word, by what was kept in half a byte a component."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FingerprintError
from index import Searcher, open_writer, verify
from index.arrays import Vectors
from index.projection import Projection, projection_for, random_projection
from index.tokens import NO_TOKENS, TOKEN_BYTES, TOKEN_DIMENSION, Asked, meetings, packed, unpacked
from tests.index.builders import Spelled, document, filled, first_letters, resealed, rows

AXES = np.eye(TOKEN_DIMENSION, dtype=np.float32)


def unit_rows(count: int, seed: int, dimension: int = TOKEN_DIMENSION) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def asked(vectors: Vectors, *weights: float) -> Asked:
    shares = np.array(weights or [1 / len(vectors)] * len(vectors), np.float32)
    return Asked(vectors, shares)


def test_each_token_of_a_question_is_met_by_the_nearest_of_the_passage() -> None:
    both, one, neither = packed(AXES[:2]), packed(AXES[1:4]), packed(AXES[5:6])

    met = meetings([asked(AXES[:2], 0.75, 0.25)], [both, one, neither])

    assert met.tolist() == pytest.approx([1, 0.25, 0])


def test_a_question_with_two_wordings_is_met_by_the_better() -> None:
    met = meetings([asked(AXES[:1]), asked(AXES[1:2])], [packed(AXES[:1]), packed(AXES[1:2]), packed(AXES[2:3])])

    assert met.tolist() == pytest.approx([1, 1, 0])


def test_a_passage_or_a_question_without_tokens_meets_nothing() -> None:
    assert meetings([asked(AXES[:1])], [b"", packed(AXES[:1]), b""]).tolist() == pytest.approx([0, 1, 0])
    assert meetings([NO_TOKENS], [packed(AXES[:1])]).tolist() == [0]
    assert meetings([], [packed(AXES[:1])]).tolist() == [0]
    assert meetings([asked(AXES[:1])], []).tolist() == []


def test_a_token_takes_half_a_byte_a_component() -> None:
    assert len(packed(unit_rows(5, 1))) == 5 * TOKEN_BYTES == 5 * TOKEN_DIMENSION // 2
    assert packed(unit_rows(0, 1)) == b""


def test_what_is_kept_are_whole_numbers_up_to_seven() -> None:
    kept = unpacked(packed(unit_rows(50, 2)))

    assert kept.shape == (50, TOKEN_DIMENSION)
    assert set(np.unique(kept)) == set(range(-7, 8))


@given(seed=st.integers(0, 999), counts=st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_a_meeting_is_within_three_hundredths_of_the_true_one(seed: int, counts: list[int]) -> None:
    passages = [unit_rows(count, seed + place) for place, count in enumerate(counts)]
    question = unit_rows(6, seed + 500)

    met = meetings([asked(question)], [packed(tokens) for tokens in passages])

    assert met.tolist() == pytest.approx([max(0, (tokens @ question.T).max(0).mean()) for tokens in passages], abs=0.03)


@given(seed=st.integers(0, 999), counts=st.lists(st.integers(0, 40), min_size=1, max_size=8), data=st.data())
def test_a_meeting_does_not_depend_on_what_is_scored_beside_it(
    seed: int, counts: list[int], data: st.DataObject
) -> None:
    contents = [packed(unit_rows(count, seed + place)) for place, count in enumerate(counts)]
    wordings = [asked(unit_rows(7, seed + 500)), asked(unit_rows(3, seed + 501))]
    some = data.draw(st.lists(st.sampled_from(range(len(contents))), unique=True))

    together = meetings(wordings, contents)

    assert meetings(wordings, [contents[place] for place in some]).tolist() == together[some].tolist()


def test_a_model_without_a_fitted_projection_gets_a_random_one_that_keeps_cosines() -> None:
    vectors = unit_rows(40, 3, 384)
    kept = projection_for("0" * 64, 384).projected(vectors)

    assert projection_for("0" * 64, 384).name == random_projection(384).name
    assert np.abs(kept @ kept.T - vectors @ vectors.T).mean() < 0.1
    assert (kept * kept).sum(axis=1).tolist() == pytest.approx([1] * 40, abs=1e-5)


@pytest.mark.parametrize("dimension", [8, TOKEN_DIMENSION, 384])
def test_a_projection_fits_models_of_any_size(dimension: int) -> None:
    projection = random_projection(dimension)

    assert projection.projected(unit_rows(3, 1, dimension)).shape == (3, TOKEN_DIMENSION)
    assert projection.asked(unit_rows(4, 1, dimension)).weights.tolist() == pytest.approx([0.25] * 4)


def test_tokens_matter_by_where_they_point() -> None:
    direction = np.zeros(8, np.float32)
    direction[0] = 2
    projection = Projection(random_projection(8).matrix, direction)

    weights = projection.asked(np.eye(8, dtype=np.float32)[:2]).weights

    assert weights.tolist() == pytest.approx([np.exp(2) / (1 + np.exp(2)), 1 / (1 + np.exp(2))])


def test_a_question_of_no_token_has_no_weights() -> None:
    assert random_projection(8).asked(np.empty((0, 8), np.float32)).weights.tolist() == []


def test_of_passages_alike_in_words_the_one_that_meets_every_word_comes_first(data: Path) -> None:
    filled(data, Spelled(), document("Apples grow."), document("Bananas are cut."), document("Melons are big."))

    answer = Searcher(data, Spelled()).ask("busy ants count", 3)

    assert answer.citations[0].quote == "Bananas are cut."


def test_tokens_are_kept_with_their_passage_and_taken_over_when_it_is_indexed_again(data: Path) -> None:
    filled(data, Spelled(), document("Retinol stings. It may peel."))
    ((kept,),) = rows(data, "SELECT tokens FROM closeups")

    assert kept == packed(first_letters("Retinol stings. It may peel."))
    with open_writer(data) as writer:
        writer.rebuild(Spelled())
    assert rows(data, "SELECT tokens FROM closeups") == [(kept,)]
    assert verify(data).problems == ()


def test_damaged_tokens_are_named(data: Path) -> None:
    filled(data, Spelled(), document("Retinol stings."))
    rows(data, "UPDATE closeups SET tokens = zeroblob(length(tokens))")
    assert verify(data).problems == (
        "What is stored of passage 1 is not what was written; run `python -m index rebuild`.",
    )

    rows(data, "UPDATE closeups SET tokens = x'0102'")
    resealed(data)
    assert verify(data).problems == (
        "The tokens of passage 1 are not what the model makes; run `python -m index rebuild`.",
    )


def test_an_index_with_other_tokens_is_refused_with_the_command_that_mends_it(data: Path) -> None:
    class Otherwise(Spelled):
        tokens = "last letters"

    filled(data, Spelled(), document("Retinol stings."))

    with pytest.raises(FingerprintError, match=r"tokens first letters -> last letters\); run `python -m index rebuild"):
        Searcher(data, Otherwise())

    with open_writer(data) as writer:
        writer.rebuild(Otherwise())
    assert Searcher(data, Otherwise()).ask("retinol").citations


def test_another_matrix_is_another_name() -> None:
    assert random_projection(8).name != random_projection(9).name


def test_the_layout_of_what_is_kept_never_changes_without_its_name() -> None:
    vector = np.linspace(-1, 1, TOKEN_DIMENSION, dtype=np.float32)[None, :]

    assert packed(vector).hex() == (
        "8181819191919191a1a1a1a1a1a2b2b2b2b2b3c3c3c3c3c3d4d4d4d4d4d5e5e5e5e5e6f6f6f6f6f6f7f7f7f7f7f8f8f8"
    )
    assert random_projection(8).name.startswith("96x4/")

"""Two scores to one: the cosine as it is, and words by the share they could say of what is asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import Scores
from index.fusion import DENSE_SHARE, fused


def scores(*values: float) -> Scores:
    return np.array(values, np.float64)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scores, Scores, float]:
    """Draw cosines, BM25 scores (0 where no word matched) and the most that these could be."""
    count = draw(st.integers(1, 10))
    dense = draw(st.lists(st.floats(-1, 1), min_size=count, max_size=count))
    most = draw(st.floats(1e-3, 80))
    lexical = draw(st.lists(st.just(0.0) | st.floats(0, most), min_size=count, max_size=count))
    return scores(*dense), scores(*lexical), most


def test_the_sum_is_the_one_that_is_said() -> None:
    both = fused(scores(0.9, 0.5, -0.1), scores(0, 8, 4), 16, share=0.25)

    assert both.tolist() == pytest.approx([0.25 * 0.9, 0.25 * 0.5 + 0.75 * 0.5, -0.25 * 0.1 + 0.75 * 0.25])


def test_a_passage_without_a_matching_word_gets_nothing_from_the_words() -> None:
    assert fused(scores(0.4), scores(0), 10).tolist() == pytest.approx([DENSE_SHARE * 0.4])


@pytest.mark.parametrize("most", [0.0, 12.0])
def test_when_no_word_matched_the_cosines_rank_alone(most: float) -> None:
    cosines = scores(0.2, 0.9, 0.55)

    assert np.argsort(-fused(cosines, scores(0, 0, 0), most)).tolist() == [1, 2, 0]


def test_nothing_fuses_to_nothing() -> None:
    assert fused(scores(), scores(), 3).tolist() == []


@given(case=cases(), share=st.floats(0, 1))
def test_a_fused_score_lies_within_the_bounds_of_a_cosine(case: tuple[Scores, Scores, float], share: float) -> None:
    dense, lexical, most = case

    both = fused(dense, lexical, most, share)

    assert both.shape == dense.shape
    assert (np.abs(both) <= 1 + 1e-12).all()


@given(case=cases())
def test_more_of_either_never_ranks_lower(case: tuple[Scores, Scores, float]) -> None:
    dense, lexical, most = case

    both = fused(dense, lexical, most)

    for one in range(len(dense)):
        for other in range(len(dense)):
            if dense[one] >= dense[other] and lexical[one] >= lexical[other]:
                assert both[one] >= both[other]


@given(case=cases(), place=st.integers(0, 9))
def test_a_score_does_not_depend_on_what_is_scored_beside_it(case: tuple[Scores, Scores, float], place: int) -> None:
    dense, lexical, most = case
    one = place % len(dense)

    alone = fused(dense[one : one + 1], lexical[one : one + 1], most)

    assert alone[0] == fused(dense, lexical, most)[one]

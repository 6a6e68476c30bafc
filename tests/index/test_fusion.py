"""Six signs to one score: cosines as they are, and words by the share they could say of what is asked."""

from __future__ import annotations

from dataclasses import astuple, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import Scores
from index.fusion import WEIGHTS, Signs, Weights, fused


def scores(*values: float) -> Scores:
    return np.array(values, np.float64)


@st.composite
def cases(draw: st.DrawFn) -> Signs:
    """Draw cosines and shares; a share of 0 is common."""
    count = draw(st.integers(1, 8))
    cosines, shares = st.floats(-1, 1), st.just(0.0) | st.floats(0, 1)
    drawn = (cosines, cosines, cosines, shares, shares, shares)
    return Signs(*(scores(*draw(st.lists(one, min_size=count, max_size=count))) for one in drawn))


def test_the_sum_is_the_one_that_is_said() -> None:
    signs = Signs(
        scores(0.9, -0.1), scores(0.8, 0.2), scores(0.7, 0.1), scores(0.5, 0.25), scores(1, 0.5), scores(0, 1)
    )

    both = fused(signs, Weights(0.1, 0.2, 0.2, 0.1, 0.25, 0.15))

    assert both.tolist() == pytest.approx(
        [0.09 + 0.16 + 0.14 + 0.05 + 0.25, -0.01 + 0.04 + 0.02 + 0.025 + 0.125 + 0.15]
    )


def test_the_weights_add_up_to_one() -> None:
    assert sum(astuple(WEIGHTS)) == pytest.approx(1)
    assert min(astuple(WEIGHTS)) > 0


def test_when_no_word_matched_the_cosines_rank_alone() -> None:
    cosines, nothing = scores(0.2, 0.9, 0.55), scores(0, 0, 0)

    ranked = fused(Signs(cosines, cosines, cosines, nothing, nothing, nothing))

    assert ranked.tolist() == pytest.approx(((WEIGHTS.passage + WEIGHTS.sentence + WEIGHTS.tokens) * cosines).tolist())


def test_nothing_fuses_to_nothing() -> None:
    assert fused(Signs(*(scores() for _ in fields(Signs)))).tolist() == []


@given(signs=cases())
def test_a_fused_score_lies_within_the_bounds_of_a_cosine(signs: Signs) -> None:
    ranked = fused(signs)

    assert ranked.shape == signs.passage.shape
    assert (np.abs(ranked) <= 1 + 1e-12).all()


@given(signs=cases())
def test_more_of_every_sign_never_ranks_lower(signs: Signs) -> None:
    each = np.stack([getattr(signs, one.name) for one in fields(Signs)])

    ranked = fused(signs)

    for one in range(len(ranked)):
        for other in range(len(ranked)):
            if (each[:, one] >= each[:, other]).all():
                assert ranked[one] >= ranked[other]


@given(signs=cases(), place=st.integers(0, 7))
def test_a_score_does_not_depend_on_what_is_scored_beside_it(signs: Signs, place: int) -> None:
    one = place % len(signs.passage)

    alone = fused(Signs(*(getattr(signs, each.name)[one : one + 1] for each in fields(Signs))))

    assert alone[0] == fused(signs)[one]

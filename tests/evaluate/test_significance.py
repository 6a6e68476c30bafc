"""The randomisation test against every assignment of signs, Holm by hand, and what intervals must hold."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluate.intervals import Interval, intervals
from evaluate.significance import EXACT, PERMUTATIONS, holm, randomisation


def enumerated(differences: list[float]) -> float:
    """Return p by counting every assignment of signs, without any shortcut."""
    observed = abs(sum(differences)) - 1e-9
    signs = list(product((1, -1), repeat=len(differences)))
    return sum(abs(sum(s * d for s, d in zip(one, differences, strict=True))) >= observed for one in signs) / len(signs)


@given(st.lists(st.integers(-6, 6).map(lambda number: number / 7), min_size=1, max_size=9))
def test_few_differences_are_tested_by_every_assignment_of_signs(differences: list[float]) -> None:
    p, exact = randomisation(np.array(differences))

    assert exact
    assert p == pytest.approx(enumerated(differences))


def test_a_case_by_hand() -> None:
    # Of eight assignments to 1, 2 and 3 only +++ and --- reach a sum of 6; a difference of 0 changes nothing.
    assert randomisation(np.array([1.0, 2.0, 3.0])) == (0.25, True)
    assert randomisation(np.array([1.0, 0.0, 2.0, 3.0, 0.0])) == (0.25, True)
    assert randomisation(np.zeros(50)) == (1.0, True)
    assert randomisation(np.full(EXACT, 0.5)) == (2 / 2**EXACT, True)


def test_many_differences_are_tested_by_sampling_near_the_exact_value() -> None:
    differences = np.array([0.1, -0.05, 0.2, 0.15, -0.1, 0.3, 0.02] * 3)
    exact = randomisation(differences[:20])

    p, is_exact = randomisation(differences)

    assert (exact[1], is_exact) == (True, False)
    assert randomisation(differences) == (p, False)
    every = np.zeros(1)
    for difference in differences:
        every = np.concatenate([every + difference, every - difference])
    assert p == pytest.approx(float(np.mean(np.abs(every) >= differences.sum() - 1e-9)), rel=0.2)


def test_a_sampled_p_is_never_zero() -> None:
    assert randomisation(np.ones(100)) == (1 / (PERMUTATIONS + 1), False)


def test_without_a_difference_one_in_twenty_is_called_significant() -> None:
    # Two runs whose labels are shuffled question by question: 1,000 times, three standard errors around 0.05.
    random = np.random.default_rng(7)
    scores = np.round(random.random((2, 12)), 3)
    below = 0
    for _ in range(1_000):
        swapped = random.random(12) < 0.5
        one, other = np.where(swapped, scores[::-1], scores)
        below += randomisation(other - one)[0] < 0.05

    assert 0.05 - 0.021 <= below / 1_000 <= 0.05 + 0.021


def test_holm_by_hand() -> None:
    # Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1: 0.02, 0.03, 0.06, then 0.04 raised to the one before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.6, 0.7]) == (1.0, 1.0)
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_never_lowers_a_p_nor_changes_their_order(values: list[float]) -> None:
    adjusted = holm(values)

    assert all(before <= after <= 1 for before, after in zip(values, adjusted, strict=True))
    order = sorted(range(len(values)), key=values.__getitem__)
    assert [adjusted[row] for row in order] == sorted(adjusted)


@given(arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 3)), elements=st.floats(0, 1, width=32)))
def test_an_interval_holds_the_mean_and_stays_in_range(
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    for column, one in enumerate(intervals(values)):
        assert one.low <= one.mean <= one.high
        assert one.mean == pytest.approx(values[:, column].mean())
        assert values[:, column].min() - 1e-9 <= one.low
        assert one.high <= values[:, column].max() + 1e-9


def test_intervals_are_the_same_every_time_and_narrow_with_more_questions() -> None:
    values = np.random.default_rng(3).random((400, 1))

    whole, part = intervals(values)[0], intervals(values[:25])[0]

    assert intervals(values)[0] == whole
    assert whole.high - whole.low < (part.high - part.low) / 2
    # The textbook interval of a mean, which the bootstrap approaches.
    error = 1.96 * values.std() / 20
    assert (whole.low, whole.high) == pytest.approx((values.mean() - error, values.mean() + error), abs=0.004)


def test_intervals_of_nothing_and_of_one_question() -> None:
    assert intervals(np.empty((0, 2))) == (Interval(0.0, 0.0, 0.0),) * 2
    assert intervals(np.array([[0.25]])) == (Interval(0.25, 0.25, 0.25),)


def test_intervals_cover_the_true_mean_about_19_times_in_20() -> None:
    random = np.random.default_rng(11)
    samples = (random.random((60, 200)) < 0.3).astype(np.float64)

    covered = np.mean([one.low <= 0.3 <= one.high for one in intervals(samples)])

    assert 0.89 <= covered <= 0.99

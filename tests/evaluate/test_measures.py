"""Measures against tables made by hand and against the values in ir-measures' own documentation."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate import MEASURES
from evaluate.measures import averaged, scored


def test_the_measures_are_named_as_ir_measures_names_them() -> None:
    assert MEASURES == ("nDCG@10", "RR@10", "AP", "P@1", "R@10", "R@100", "Judged@10")


def test_the_example_of_the_documentation_of_ir_measures() -> None:
    # ir-measur.es, "Getting started": AP 0.75, RR 0.75, nDCG@10 0.8154648767857288; by question 0.5 and 1, 0.63 and 1.
    grades = {"Q0": {"D0": 0, "D1": 1}, "Q1": {"D0": 0, "D3": 2}}

    values = scored({"Q0": ("D0", "D1"), "Q1": ("D3", "D0")}, grades)

    assert values["Q0"]["AP"] == values["Q0"]["RR@10"] == 0.5
    assert values["Q0"]["nDCG@10"] == pytest.approx(0.6309297535714575, abs=1e-12)
    assert values["Q1"]["nDCG@10"] == 1.0
    means = averaged(values)
    assert means["AP"].mean == means["RR@10"].mean == 0.75
    assert means["nDCG@10"].mean == pytest.approx(0.8154648767857288, abs=1e-12)


# Ranking and grades, then nDCG@10, RR@10, AP, P@1, R@10, R@100, Judged@10 by hand.
TWELVE = tuple(f"x{number}" for number in range(10))
TABLE = [
    (("a", "b", "c"), {"b": 2, "d": 1}, [2 / log2(3) / (2 + 1 / log2(3)), 1 / 2, (1 / 2) / 2, 0, 1 / 2, 1 / 2, 1 / 3]),
    (("b", "d"), {"b": 2, "d": 1}, [1, 1, 1, 1, 1, 1, 1]),
    (("d", "b"), {"b": 2, "d": 1}, [(1 + 2 / log2(3)) / (2 + 1 / log2(3)), 1, 1, 1, 1, 1, 1]),
    ((*TWELVE, "b", "d"), {"b": 1, "d": 1}, [0, 0, (1 / 11 + 2 / 12) / 2, 0, 0, 1, 0]),
    (("a", "b", "c", "d"), {"a": 1, "c": 1, "b": 0}, [1.5 / (1 + 1 / log2(3)), 1, (1 + 2 / 3) / 2, 1, 1, 1, 3 / 4]),
    ((), {"b": 2}, [0, 0, 0, 0, 0, 0, 0]),
    (("a",), {"a": 0}, [0, 0, 0, 0, 0, 0, 1]),
]


@pytest.mark.parametrize(("ranking", "grades", "expected"), TABLE)
def test_a_table_made_by_hand(ranking: tuple[str, ...], grades: dict[str, int], expected: list[float]) -> None:
    values = scored({"q": ranking}, {"q": grades})["q"]

    assert [values[name] for name in MEASURES] == pytest.approx(expected, abs=1e-9)


def test_a_question_that_found_nothing_counts_as_zero_in_the_mean() -> None:
    values = scored({"good": ("a",), "empty": ()}, {"good": {"a": 1}, "empty": {"a": 1}, "unasked": {"a": 1}})

    assert {name: one["nDCG@10"] for name, one in values.items()} == {"good": 1.0, "empty": 0.0, "unasked": 0.0}
    assert averaged(values)["nDCG@10"].mean == pytest.approx(1 / 3)


def test_a_perfect_run_scores_1_and_an_empty_run_0() -> None:
    grades = {f"q{number}": {f"d{place}": place % 3 + 1 for place in range(number + 1)} for number in range(9)}
    best = {name: tuple(sorted(own, key=lambda one: -own[one])) for name, own in grades.items()}

    assert {one.mean for one in averaged(scored(best, grades)).values()} == {1.0}
    assert {one.mean for one in averaged(scored({}, grades)).values()} == {0.0}


@given(st.permutations([f"d{number}" for number in range(12)]), st.integers(0, 12))
def test_swapping_a_relevant_one_up_never_lowers_a_measure(ranking: list[str], place: int) -> None:
    grades = {"q": {"d0": 1, "d1": 0}}
    better = list(ranking)
    at = better.index("d0")
    better.insert(min(place, at), better.pop(at))

    before, after = (scored({"q": tuple(one)}, grades)["q"] for one in (ranking, better))

    assert all(after[name] >= before[name] - 1e-12 for name in MEASURES if name != "Judged@10")

"""What was said of the evidence: counted by group, with an interval that is Wilson's."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.results import Support
from evaluate.questions import Question
from evaluate.verdicts import VERDICTS, counted_verdicts, share_of


@pytest.fixture(scope="module")
def scipy_stats() -> Any:
    """Return the second opinion; it is slow to load, and needed here alone."""
    return import_module("scipy.stats")


@given(case=st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_of_a_share_is_wilsons(scipy_stats: Any, case: tuple[int, int]) -> None:
    count, total = case
    known = scipy_stats.binomtest(count, total).proportion_ci(0.95, method="wilson")

    found = share_of(count, total)

    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-9)
    assert 0 <= found.low <= found.mean == count / total <= found.high <= 1


def test_a_share_of_none_may_still_be_some() -> None:
    # Of 30 questions none was called supported: up to one in nine may be.
    assert share_of(0, 30).low == 0
    assert share_of(0, 30).high == pytest.approx(0.1135, abs=1e-4)


def asked(count: int, kind: str, *, answerable: bool | None) -> list[Question]:
    return [Question(f"{kind}{number}", "?", kind=kind, answerable=answerable) for number in range(count)]


def test_groups_are_counted_apart_and_unanswerable_ones_by_kind() -> None:
    questions = [
        *asked(3, "lay", answerable=True),
        *asked(2, "unjudged", answerable=None),
        *asked(2, "near", answerable=False),
        *asked(4, "far", answerable=False),
    ]
    verdicts: dict[str, Support] = {question.id: "none" for question in questions}
    verdicts |= {"lay0": "supported", "unjudged1": "weak", "near1": "supported"}

    found = counted_verdicts(questions, verdicts)

    assert found.answerable.counts == {"supported": 1, "weak": 1, "none": 3}
    assert found.unanswerable.counts == {"supported": 1, "weak": 0, "none": 5}
    assert {kind: said.counts["supported"] for kind, said in found.unanswerable_kinds.items()} == {"far": 0, "near": 1}
    assert [one.share.mean for one in found.unanswerable_kinds["near"].shares.values()] == [0.5, 0.0, 0.5]


def test_one_kind_alone_is_not_told_twice_and_no_question_has_no_share() -> None:
    found = counted_verdicts(asked(2, "far", answerable=False), dict.fromkeys(("far0", "far1"), VERDICTS[2]))

    assert found.unanswerable_kinds == {}
    assert (found.answerable.questions, found.answerable.shares) == (0, {})

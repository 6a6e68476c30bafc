"""Whether the corpus answers: a probability that rises with every sign, and three words for it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.support import NONE_BELOW, SUPPORTED_FROM, Evidence, confidence, named

COSINE = st.floats(-1, 1)
SHARE = st.floats(0, 1)


@given(cosine=st.none() | COSINE, coverage=SHARE)
def test_confidence_is_a_probability(cosine: float | None, coverage: float) -> None:
    assert 0 <= confidence(Evidence(cosine, coverage)) <= 1


@given(cosines=st.tuples(COSINE, COSINE).map(sorted), coverage=SHARE)
def test_a_nearer_passage_never_lowers_it(cosines: list[float], coverage: float) -> None:
    assert confidence(Evidence(cosines[0], coverage)) <= confidence(Evidence(cosines[1], coverage))


@given(cosine=st.none() | COSINE, coverages=st.tuples(SHARE, SHARE).map(sorted))
def test_more_of_the_words_never_lower_it(cosine: float | None, coverages: list[float]) -> None:
    assert confidence(Evidence(cosine, coverages[0])) <= confidence(Evidence(cosine, coverages[1]))


@given(cosine=COSINE, margins=st.tuples(SHARE, SHARE).map(sorted), unknown=SHARE)
def test_standing_out_never_lowers_it_and_unknown_words_never_raise_it(
    cosine: float, margins: list[float], unknown: float
) -> None:
    less, more = (confidence(Evidence(cosine, 0.5, margin, unknown)) for margin in margins)

    assert less <= more
    assert more <= confidence(Evidence(cosine, 0.5, margins[1]))


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0.0, "none"),
        (math.nextafter(NONE_BELOW, 0), "none"),
        (NONE_BELOW, "weak"),
        (math.nextafter(SUPPORTED_FROM, 0), "weak"),
        (SUPPORTED_FROM, "supported"),
        (1.0, "supported"),
    ],
)
def test_a_confidence_has_one_of_three_names(value: float, word: str) -> None:
    assert named(value) == word


def test_nothing_found_is_no_answer_and_everything_found_is_one() -> None:
    assert named(confidence(Evidence(0.0, 0.0))) == "none"
    assert named(confidence(Evidence(0.9, 1.0))) == "supported"
    assert named(confidence(Evidence(None, 1.0))) == "supported"

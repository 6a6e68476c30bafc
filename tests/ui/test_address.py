"""What stands in the address bar comes back as it was, and what is not ours does no harm."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.results import MODES
from ui.address import FILTERS, MOST_HITS, Asked, Place

WORDS = st.text(min_size=1, max_size=30).map(str.strip)
ASKED = st.builds(
    Asked,
    question=WORDS,
    mode=st.sampled_from(MODES),
    k=st.integers(1, MOST_HITS),
    where=st.lists(st.tuples(st.sampled_from(FILTERS), WORDS.filter(bool)), max_size=4).map(
        lambda pairs: tuple(sorted(pairs, key=lambda pair: FILTERS.index(pair[0])))
    ),
)
NUMBERS = st.none() | st.integers(1, 10**9)
PLACES = st.builds(Place, document=WORDS, start=NUMBERS, end=NUMBERS, sheet=NUMBERS, find=WORDS, sort=WORDS)


@given(ASKED)
def test_a_question_comes_back_from_its_link(asked: Asked) -> None:
    assert Asked.read(parse_qs(urlsplit(asked.link()).query)) == asked


@given(PLACES)
def test_a_place_comes_back_from_its_link(place: Place) -> None:
    assert Place.read(parse_qs(urlsplit(place.link()).query)) == place


@given(
    st.dictionaries(st.sampled_from(["q", "k", "mode", "start", "end", "sheet", "utm", *FILTERS]), st.lists(st.text()))
)
def test_any_address_can_be_read(parameters: dict[str, list[str]]) -> None:
    asked = Asked.read(parameters)

    assert asked.mode in MODES
    assert 1 <= asked.k <= MOST_HITS
    assert {key for key, _ in asked.where} <= set(FILTERS)
    Place.read(parameters)


@pytest.mark.parametrize("k", ["0", "-3", "many", "", "9" * 40, "²"])
def test_a_number_that_is_none_is_as_if_not_given(k: str) -> None:
    assert 1 <= Asked.read({"k": [k]}).k <= MOST_HITS


def test_the_usual_leaves_no_trace_in_the_address() -> None:
    assert Asked("why?").link() == "./?q=why%3F"
    assert Asked().link() == "./"
    assert Place().link() == "library"


def test_the_values_of_a_field() -> None:
    asked = Asked("why?", where=(("group", "Harms"), ("document", "a1")))

    assert asked.values("group") == ("Harms",)

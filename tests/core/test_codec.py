"""Every noun goes into JSON and comes back equal."""

from __future__ import annotations

import dataclasses
import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import codec, document, ledger, results
from core.document import Document, Heading, Loss, Page, Source
from core.results import Answer, Citation, Hit, Reranking

FINITE = st.floats(allow_nan=False, allow_infinity=False)
CITATIONS = st.builds(Citation, score=FINITE, dense=st.none() | FINITE, lexical=st.none() | FINITE)
RERANKINGS = st.builds(Reranking, share=FINITE)
# Scores and times are finite numbers; every other noun can be drawn from its types alone.
WITH_NUMBERS: dict[type, st.SearchStrategy[Any]] = {
    Hit: st.builds(Hit, score=FINITE, dense=st.none() | FINITE, lexical=st.none() | FINITE),
    Citation: CITATIONS,
    Answer: st.builds(
        Answer,
        confidence=FINITE,
        elapsed_ms=FINITE,
        citations=st.lists(CITATIONS, max_size=2).map(tuple),
        reranker=st.none() | RERANKINGS,
        unmentioned=st.lists(st.text(), max_size=2).map(tuple),
        read_as=st.lists(st.tuples(st.text(), st.text()), max_size=2).map(tuple),
    ),
    Reranking: RERANKINGS,
}


def _nouns(module: ModuleType) -> list[type]:
    return [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and dataclasses.is_dataclass(thing) and thing.__module__ == module.__name__
    ]


# A source is bytes as they came, which JSON has no word for: they travel beside it.
NOUNS = [noun for module in (document, ledger, results) for noun in _nouns(module) if noun is not Source]


def test_the_nouns_are_all_here() -> None:
    assert {"Document", "Page", "Heading", "Passage", "Loss", "LedgerEntry", "Citation", "Answer", "Fingerprint"} <= {
        noun.__name__ for noun in NOUNS
    }


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_noun_comes_back_equal_from_one_line_of_json(noun: Any, data: st.DataObject) -> None:
    value = data.draw(WITH_NUMBERS.get(noun, st.from_type(noun)))

    text = codec.encode(value)

    assert "\n" not in text
    assert codec.decode(noun, text) == value
    assert codec.decode(noun, text.encode()) == value


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_a_noun_is_frozen_and_has_no_room_for_more(noun: Any) -> None:
    assert noun.__dataclass_params__.frozen
    assert "__slots__" in vars(noun)


def test_a_tuple_of_nouns_is_told_its_kind() -> None:
    pages = (Page(0, 3, 0, "iv"), Page(3, 9, 1, "S12"))

    text = codec.encode(pages, tuple[Page, ...])

    assert codec.decode(tuple[Page, ...], text) == pages
    assert codec.decode(tuple[Heading, ...], codec.encode((), tuple[Heading, ...])) == ()


def test_a_noun_as_plain_values_is_ready_for_json() -> None:
    plain = codec.as_dict(Document("1", "a.md", "00", "text/markdown", "r/1", "é", losses=(Loss("p", "w", "y"),)))

    assert plain["text"] == "é"
    assert plain["losses"] == [{"where": "p", "what": "w", "why": "y"}]
    assert plain["metadata"]["year"] is None
    assert json.loads(json.dumps(plain)) == plain


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"start": 1}', '{"start": "x", "end": 2, "index": 0, "label": ""}']
)
def test_what_is_not_the_noun_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="Page"):
        codec.decode(Page, text)

"""Sentence vectors: small on disk, near enough to the truth, each with its own sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.results import Span
from index.arrays import Vectors
from index.closeup import Closeups, packed, packed_spans, spans_to_embed, unpacked_spans

DIMENSION = 32


def unit_rows(count: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@given(pairs=st.lists(st.tuples(st.integers(0, 2**30), st.integers(0, 2**30)), max_size=8))
def test_spans_come_back_as_they_were(pairs: list[tuple[int, int]]) -> None:
    spans = tuple(Span(start, end) for start, end in pairs)

    assert unpacked_spans(packed_spans(spans)) == spans


@given(seed=st.integers(0, 999), counts=st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_stored_sentences_are_within_a_hundredth_of_their_true_cosine(seed: int, counts: list[int]) -> None:
    vectors = [unit_rows(count, seed + place) for place, count in enumerate(counts)]
    spans = [tuple(Span(10 * n, 10 * n + 9) for n in range(count)) for count in counts]
    query = unit_rows(1, seed + 500)[0]
    closeups = Closeups.read(
        [
            (place, packed_spans(own), packed(rows))
            for place, (own, rows) in enumerate(zip(spans, vectors, strict=True))
        ],
        DIMENSION,
    )

    found = closeups.similarities(query)

    for place, (own, rows) in enumerate(zip(spans, vectors, strict=True)):
        assert found.of(place) == pytest.approx(dict(zip(own, (rows @ query).tolist(), strict=True)), abs=0.01)
    assert found.best().tolist() == pytest.approx([float((rows @ query).max()) for rows in vectors], abs=0.01)


def test_a_sentence_takes_a_byte_a_component() -> None:
    assert len(packed(unit_rows(3, 1))) == 3 * DIMENSION


def test_no_passages_have_no_sentences() -> None:
    assert Closeups.read([], DIMENSION).similarities(unit_rows(1, 1)[0]).best().tolist() == []


@given(text=st.text(min_size=1, max_size=60).filter(str.strip))
def test_every_quotation_has_a_sentence_to_embed(text: str) -> None:
    spans = spans_to_embed(text)

    assert spans
    assert all(text[span.start : span.end].strip() for span in spans)

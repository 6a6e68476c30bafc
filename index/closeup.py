"""Sentence vectors: a second, closer look at passages that came near.

A passage's vector blurs what its sentences say one by one; the best sentence sharpens it (figures in ARCHITECTURE.md,
"Sentences"). Sentence vectors are kept as int8, a quarter of the size, beside the passage they belong to, and are read
only for candidates. The same vectors choose the sentence that is marked in a quotation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.results import Span
from index.dense import Scores, Vectors
from index.sentences import sentences

_LARGEST = 127


@dataclass(frozen=True, slots=True)
class Closeup:
    """The sentences of one passage: spans within the quotation, and unit vectors of shape `(len(spans), dimension)`."""

    spans: tuple[Span, ...]
    vectors: Vectors

    def similarities(self, query: Vectors) -> Scores:
        """Return the cosine of each sentence with a question's unit vector, shape `(len(spans),)`."""
        return np.asarray((self.vectors.astype(np.float64) * query.astype(np.float64)).sum(axis=1))


def spans_to_embed(quotation: str) -> tuple[Span, ...]:
    """Return the sentences of a quotation; the whole of it when it has none."""
    return sentences(quotation) or (Span(0, len(quotation)),)


def packed(vectors: Vectors) -> bytes:
    """Return unit vectors as int8, each scaled to its largest component."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    return np.rint(vectors * (_LARGEST / np.where(largest == 0, 1, largest))).astype(np.int8).tobytes()


def unpacked(content: bytes, count: int) -> Vectors:
    """Return the unit vectors that `packed` stored, shape `(count, dimension)`."""
    small: NDArray[np.int8] = np.frombuffer(content, np.int8).reshape(count, -1)
    vectors = small.astype(np.float32)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)


def packed_spans(spans: Sequence[Span]) -> bytes:
    """Return spans as pairs of 32-bit integers."""
    return np.array([(span.start, span.end) for span in spans], np.int32).tobytes()


def unpacked_spans(content: bytes) -> tuple[Span, ...]:
    """Return the spans that `packed_spans` stored."""
    pairs = np.frombuffer(content, np.int32).reshape(-1, 2)
    return tuple(Span(int(start), int(end)) for start, end in pairs)

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
from index.arrays import Ids, Scores, Vectors
from index.sentences import sentences

_LARGEST = 127


@dataclass(frozen=True, slots=True)
class Closeups:
    """The sentences of several passages, read together.

    `ids` are row ids of passages, ascending; `spans[i]` is the packed spans of the i-th passage, whose vectors are the
    rows `starts[i]` to `starts[i + 1]` of `vectors` (int8, shape `(sentences, dimension)`).
    """

    ids: Ids
    starts: NDArray[np.int64]
    spans: tuple[bytes, ...]
    vectors: NDArray[np.int8]

    @classmethod
    def read(cls, rows: Sequence[tuple[int, bytes, bytes]], dimension: int) -> Closeups:
        """Read rows of (passage id, packed spans, packed vectors), ordered by id."""
        counts = [len(vectors) // dimension for _, _, vectors in rows]
        return cls(
            ids=np.fromiter((row[0] for row in rows), np.int64, len(rows)),
            starts=np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]),
            spans=tuple(row[1] for row in rows),
            vectors=np.frombuffer(b"".join(row[2] for row in rows), np.int8).reshape(-1, dimension),
        )

    def similarities(self, query: Vectors) -> Similarities:
        """Return the cosine of every sentence with a question's unit vector of shape `(dimension,)`."""
        vectors = self.vectors.astype(np.float64)
        lengths = np.sqrt((vectors * vectors).sum(axis=1))
        return Similarities(self, (vectors * query.astype(np.float64)).sum(axis=1) / np.maximum(lengths, 1e-9))


@dataclass(frozen=True, slots=True)
class Similarities:
    """How near each sentence of several passages is to one question; `values` has one cosine a sentence."""

    closeups: Closeups
    values: Scores

    def best(self) -> Scores:
        """Return the cosine of each passage's best sentence, in the order of `closeups.ids`."""
        if not self.closeups.ids.size:
            return np.empty(0, np.float64)
        return np.asarray(np.maximum.reduceat(self.values, self.closeups.starts[:-1]))

    def of(self, passage_id: int) -> dict[Span, float]:
        """Return the cosine of each sentence of one passage, by its span within the quotation."""
        place = int(np.searchsorted(self.closeups.ids, passage_id))
        first, last = self.closeups.starts[place], self.closeups.starts[place + 1]
        return dict(zip(unpacked_spans(self.closeups.spans[place]), self.values[first:last].tolist(), strict=True))


def spans_to_embed(quotation: str) -> tuple[Span, ...]:
    """Return the sentences of a quotation; the whole of it when it has none."""
    return sentences(quotation) or (Span(0, len(quotation)),)


def packed(vectors: Vectors) -> bytes:
    """Return unit vectors as int8, each scaled to its largest component."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    return np.rint(vectors * (_LARGEST / np.where(largest == 0, 1, largest))).astype(np.int8).tobytes()


def packed_spans(spans: Sequence[Span]) -> bytes:
    """Return spans as pairs of 32-bit integers."""
    return np.array([(span.start, span.end) for span in spans], np.int32).tobytes()


def unpacked_spans(content: bytes) -> tuple[Span, ...]:
    """Return the spans that `packed_spans` stored."""
    pairs = np.frombuffer(content, np.int32).reshape(-1, 2)
    return tuple(Span(int(start), int(end)) for start, end in pairs)

"""Token vectors: the closest look at a passage, word by word.

Every token of a question is met by the token of the passage that is nearest to it, and a passage is worth the weighted
mean of these meetings (late interaction: Khattab and Zaharia 2020, "ColBERT"). So a question in two parts is answered
by a passage that speaks to both, and lay words by their technical ones, which the vector of a whole passage blurs.
Kept at 4 bits a component beside the sentence vectors, and read only for the candidates that look best without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from index.arrays import Scores, Vectors

TOKEN_DIMENSION = 96
"""Components of a token vector as it is kept: a model's own are projected to so many (index/projection.py)."""

TOKEN_BYTES = TOKEN_DIMENSION // 2

# Components are kept as whole numbers from -7 to 7, of which 0 is written as 8. The few that are larger than 0.8 of the
# largest are cut to that, so that the many small ones are told apart better.
_LARGEST, _ZERO, _CUT = 7, 8, 0.8
# A byte holds a component of the first half in its lower bits, one of the second in its upper.
_LOW, _HIGH = 15, 4
# Those of a question are whole numbers up to 127: sums of products of whole numbers this small are exact in single
# precision, so a score does not depend on what is scored beside it.
_LARGEST_ASKED = 127
# What a token of length 0, which no model gives, is divided by.
_TINY = np.float32(1e-9)


@dataclass(frozen=True, slots=True)
class Asked:
    """The tokens of a question: unit vectors, shape `(n, TOKEN_DIMENSION)`, and weights, `(n,)`, which add up to 1."""

    vectors: Vectors
    weights: Vectors


NO_TOKENS = Asked(np.empty((0, TOKEN_DIMENSION), np.float32), np.empty(0, np.float32))
"""The tokens of a question to a model that gives none."""


def packed(vectors: Vectors) -> bytes:
    """Return token vectors, shape `(n, TOKEN_DIMENSION)`, as they are kept: `TOKEN_BYTES` each."""
    largest = _CUT * np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    steps = np.rint(vectors * (_LARGEST / np.maximum(largest, _TINY))).clip(-_LARGEST, _LARGEST)
    nibbles = (steps + _ZERO).astype(np.uint8)
    pairs = nibbles[:, :TOKEN_BYTES] | nibbles[:, TOKEN_BYTES:] << 4
    return bytes(pairs.tobytes())


def unpacked(content: bytes) -> Vectors:
    """Return whole numbers, shape `(n, TOKEN_DIMENSION)`, each row a token vector but for its length."""
    pairs = np.frombuffer(content, np.uint8).reshape(-1, TOKEN_BYTES)
    vectors = np.empty((len(pairs), TOKEN_DIMENSION), np.float32)
    vectors[:, :TOKEN_BYTES], vectors[:, TOKEN_BYTES:] = pairs & _LOW, pairs >> _HIGH
    vectors -= _ZERO
    return vectors


def meetings(wordings: Sequence[Asked], contents: Sequence[bytes]) -> Scores:
    """Return how well each passage, given by its packed tokens, meets a question: the best of its wordings, up to 1.

    A passage or a question without tokens meets nothing: 0.
    """
    counts = np.array([len(content) // TOKEN_BYTES for content in contents], np.int64)
    scores = np.zeros(len(contents))
    there = np.flatnonzero(counts)
    if not there.size:
        return scores
    tokens = unpacked(b"".join(contents))
    lengths = _lengths(tokens)
    starts = np.concatenate([[0], np.cumsum(counts[there])[:-1]])
    for asked in wordings:
        if len(asked.weights):
            wanted = np.rint(asked.vectors * (_LARGEST_ASKED / np.abs(asked.vectors).max(axis=1, keepdims=True)))
            cosines = product(tokens, wanted.T) / (lengths * _lengths(wanted).T)
            nearest = np.maximum.reduceat(cosines, starts, axis=0).astype(np.float64)
            scores[there] = np.maximum(scores[there], (nearest * asked.weights).sum(axis=1))
    return scores


def product(one: Vectors, other: Vectors) -> Vectors:
    """Return the matrix product, made by one thread.

    A second one of OpenBLAS would keep a core busy, waiting for more, while the model reads the next question: with it
    a question took 62 ms on two cores, without it 41.
    """
    with _threads().limit(limits=1, user_api="blas"):
        made: Vectors = np.matmul(one, other)
    return made


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def _lengths(vectors: Vectors) -> Vectors:
    """Return the length of each row, shape `(n, 1)`; what is summed is exact for whole numbers."""
    squares: Vectors = np.einsum("ij,ij->i", vectors, vectors)
    return np.asarray(np.maximum(np.sqrt(squares), _TINY)[:, None])

"""What speaks for a passage to one score: a fixed convex sum of five signs, none of which is fitted to the question.

Convex combination after Bruch, Gai and Ingber (2023), "An Analysis of Fusion Functions for Hybrid Retrieval". Cosines
are taken as they are; BM25 is divided by the most that this question could score at all, coverage and proximity are
shares. A question whose rare words stand in no passage (lay wording, misspellings) therefore leaves the ranking to the
meaning, and one that names a thing exactly (a CAS number, an INCI name) lets the words decide, without a weight that
has to be guessed from the question. The figures behind `WEIGHTS` are in docs/retrieval.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.arrays import Scores


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts in a hybrid ranking; they add up to 1."""

    passage: float
    sentence: float
    tokens: float
    bm25: float
    coverage: float
    proximity: float


WEIGHTS = Weights(passage=0.28, sentence=0.07, tokens=0.35, bm25=0.08, coverage=0.12, proximity=0.10)


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for candidates; every array has shape `(n,)`, row i of each belongs to the same candidate.

    `passage` and `sentence` are cosines (of the whole, and of the best sentence); `tokens` says how well each word of
    the question is met (`index/tokens.py`), 0 for a passage that was not looked at so closely; `bm25` is a share of the
    most that the question could score, 0 where no word matched; `coverage` and `proximity` are shares too
    (`index/coverage.py`).
    """

    passage: Scores
    sentence: Scores
    tokens: Scores
    bm25: Scores
    coverage: Scores
    proximity: Scores


NOTHING = Signs(*(np.empty(0) for _ in range(6)))
"""The signs of no candidate."""


def fused(signs: Signs, weights: Weights = WEIGHTS) -> Scores:
    """Return one score a candidate, shape `(n,)`."""
    return np.asarray(
        weights.passage * signs.passage
        + weights.sentence * signs.sentence
        + weights.tokens * signs.tokens
        + weights.bm25 * signs.bm25
        + weights.coverage * signs.coverage
        + weights.proximity * signs.proximity
    )

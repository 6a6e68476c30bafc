"""Does the corpus answer the question at all? A small calibrated model over the evidence.

Logistic regression on two signs: the best dense score, and the share of the question's words (weighted by rarity) that
the best passages hold. Coefficients and bounds come from `benchmarks/support.py`, which anyone can
run again on questions of their own; the figures are in ARCHITECTURE.md ("Support").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.results import Support

# Below the first bound the corpus is said to hold no answer, above the second the answer counts as supported.
NONE_BELOW = 0.31
SUPPORTED_FROM = 0.66

INTERCEPT, COSINE, COVERAGE = -5.03, 11.56, 0.68
# In lexical mode there is no cosine. Words alone tell little (a fit would call a third enough), so most of their
# weight must be found before anything is claimed: from 0.53 of it "weak", from 0.78 "supported".
WORDS_ALONE = (-4.0, 6.0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer: the best cosine (-1..1, None in lexical mode) and the share of words found (0..1)."""

    cosine: float | None
    coverage: float


def confidence(evidence: Evidence) -> float:
    """Return the estimated probability, 0..1, that the corpus answers the question."""
    if evidence.cosine is None:
        intercept, coverage = WORDS_ALONE
        logit = intercept + coverage * evidence.coverage
    else:
        logit = INTERCEPT + COSINE * evidence.cosine + COVERAGE * evidence.coverage
    return 1 / (1 + math.exp(-logit))


def named(value: float) -> Support:
    """Say a confidence in a word."""
    if value < NONE_BELOW:
        return "none"
    return "supported" if value >= SUPPORTED_FROM else "weak"

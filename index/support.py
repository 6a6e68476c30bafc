"""Does the corpus answer the question at all? A small calibrated model over the evidence.

Logistic regression on six signs: how near the nearest passage is, how much of the question (by rarity of its words) one
passage holds, how far the best stands out from the fifth, how much of the question no passage knows by any name,
whether it names something that none mentions, and how many of the best passages lack the kind of figure it asks for.
How long a question is was left out, though it would separate our own questions a little better: it says how they were
written, not whether they are answered. Coefficients and bounds come from `benchmarks/support.py`, which anyone can run
again on questions of their own; the figures are in ARCHITECTURE.md ("Support").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.results import Support

# Below the first bound the corpus is said to hold no answer, above the second the answer counts as supported.
NONE_BELOW = 0.41
SUPPORTED_FROM = 0.92

# The passage that the best one is compared with.
MARGIN = 5
# How many of the best passages count towards coverage, and are looked through for a figure.
BEST = 3

SIGNS = ("cosine", "coverage", "margin", "unknown", "unmentioned", "lacking")
"""What the model weighs, in the order of its coefficients and of `Evidence.signs`."""

# The intercept, and what each sign weighs.
INTERCEPT, WEIGHTS = -3.41, (9.55, 1.63, 10.75, -2.48, -2.26, -2.98)
# In lexical mode there is no cosine. Words alone tell little (a fit would call a third enough), so most of their
# weight must be found in one passage before anything is claimed: from 0.57 of it "weak", from 0.94 "supported".
WORDS_ALONE = (-4.7, 7.75)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer, and what against.

    `cosine` of the nearest passage (-1..1, None in lexical mode); by how much the best score exceeds the fifth
    (`margin`); the share of the question that one passage holds (`coverage`) and that none knows (`unknown`), 0..1 by
    rarity. `unmentioned` are names that no passage knows; `figure` is the kind of figure the question asks for, empty
    where it asks for none, and `lacking` the share of the best passages that give none of its kind.
    """

    cosine: float | None
    coverage: float
    margin: float = 0.0
    unknown: float = 0.0
    unmentioned: tuple[str, ...] = ()
    figure: str = ""
    lacking: float = 0.0

    def signs(self) -> tuple[float, ...]:
        """Return the value of every one of `SIGNS`."""
        return (
            self.cosine or 0.0,
            self.coverage,
            self.margin,
            self.unknown,
            float(bool(self.unmentioned)),
            self.lacking,
        )

    def lacked(self) -> str:
        """Return the kind of figure that the question asks for and none of the best passages gives, else nothing."""
        return self.figure if self.lacking == 1 else ""


def confidence(evidence: Evidence) -> float:
    """Return the estimated probability, 0..1, that the corpus answers the question."""
    if evidence.cosine is None:
        intercept, coverage = WORDS_ALONE
        logit = intercept + coverage * evidence.coverage
    else:
        logit = INTERCEPT + sum(weight * sign for weight, sign in zip(WEIGHTS, evidence.signs(), strict=True))
    return 1 / (1 + math.exp(-logit))


def named(value: float) -> Support:
    """Say a confidence in a word."""
    if value < NONE_BELOW:
        return "none"
    return "supported" if value >= SUPPORTED_FROM else "weak"

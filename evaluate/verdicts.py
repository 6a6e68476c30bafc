"""What was said of the evidence, counted by groups of questions, each share with its 95 % interval.

The interval is Wilson's score interval (Wilson 1927), which is sensible for shares near 0 and for few questions, where
a bootstrap would give 0 to 0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

from core.results import Support
from evaluate.intervals import CONFIDENCE, Interval
from evaluate.questions import Question

VERDICTS: tuple[Support, ...] = ("supported", "weak", "none")
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a group of questions, and which share of them with its 95 % interval."""

    count: int
    share: Interval


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of the evidence for a group of questions, by verdict; empty shares for no question."""

    questions: int
    shares: dict[Support, Share]

    @property
    def counts(self) -> dict[Support, int]:
        """How often each verdict was given."""
        return {verdict: one.count for verdict, one in self.shares.items()}


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was said of questions that the documents answer (or that nothing is said of), and of those they do not.

    `unanswerable_kinds` parts the latter by their kind, where there is more than one.
    """

    answerable: Said
    unanswerable: Said
    unanswerable_kinds: dict[str, Said]


def counted_verdicts(questions: Iterable[Question], verdicts: Mapping[str, Support]) -> Verdicts:
    """Count the verdict on each question, which is given by the question's id."""
    answerable, unanswerable = [], []
    kinds: dict[str, list[Support]] = {}
    for question in questions:
        verdict = verdicts[question.id]
        if question.answerable is False:
            unanswerable.append(verdict)
            kinds.setdefault(question.kind or "of no kind", []).append(verdict)
        else:
            answerable.append(verdict)
    parted = {kind: _said(kinds[kind]) for kind in sorted(kinds)} if len(kinds) > 1 else {}
    return Verdicts(_said(answerable), _said(unanswerable), parted)


def _said(verdicts: Iterable[Support]) -> Said:
    counts = Counter(verdicts)
    total = counts.total()
    given = VERDICTS if total else ()
    return Said(total, {verdict: Share(counts[verdict], share_of(counts[verdict], total)) for verdict in given})


def share_of(count: int, total: int) -> Interval:
    """Return a share of some questions with Wilson's interval; `total` is above 0.

    >>> [round(value, 3) for value in (share_of(0, 30).low, share_of(0, 30).high)]
    [0.0, 0.114]
    """
    share, square = count / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    reach = _Z / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    # Rounding must not leave the share outside where it is 0 or 1.
    return Interval(share, min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach)))

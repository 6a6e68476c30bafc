"""Measures by ir-measures, under the names it gives them; questions that found nothing count as zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ir_measures
import numpy as np

from evaluate.intervals import Interval, intervals
from evaluate.runs import Run
from evaluate.targets import Targets, graded

MEASURES = ("nDCG@10", "RR@10", "AP", "P@1", "R@10", "R@100", "Judged@10")


@dataclass(frozen=True, slots=True)
class Scores:
    """The value of each measure for each judged question, and its mean with a 95 % interval over all of them."""

    per_query: dict[str, dict[str, float]]
    intervals: dict[str, Interval]

    @property
    def mean(self) -> dict[str, float]:
        """The mean of each measure."""
        return {name: interval.mean for name, interval in self.intervals.items()}


def measured(run: Run, targets: Targets) -> Scores:
    """Score a run against the targets of each question; questions without targets are left out."""
    judged = [query_id for query_id in run.found if query_id in targets]
    rankings = {query_id: run.found[query_id].names for query_id in judged}
    per_query = scored(rankings, {query_id: graded(rankings[query_id], targets[query_id]) for query_id in judged})
    return Scores(per_query, averaged(per_query))


def scored(
    rankings: Mapping[str, tuple[str, ...]], grades: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, float]]:
    """Return every measure for every graded question, given its ranking and the grade of each judged item."""
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    qrels = [ir_measures.Qrel(query_id, name, grade) for query_id, own in grades.items() for name, grade in own.items()]
    run = [
        ir_measures.ScoredDoc(query_id, name, 1 / rank)
        for query_id in grades
        for rank, name in enumerate(rankings.get(query_id, ()), start=1)
    ]
    per_query = {query_id: dict.fromkeys(MEASURES, 0.0) for query_id in grades}
    if run:
        for metric in ir_measures.iter_calc(measures, qrels, run):
            if metric.query_id in per_query:
                per_query[metric.query_id][str(metric.measure)] = float(metric.value)
    return per_query


def averaged(per_query: Mapping[str, Mapping[str, float]]) -> dict[str, Interval]:
    """Return the mean of each measure with its interval."""
    values = np.array([[own[name] for name in MEASURES] for own in per_query.values()], np.float64)
    return dict(zip(MEASURES, intervals(values.reshape(len(per_query), len(MEASURES))), strict=True))

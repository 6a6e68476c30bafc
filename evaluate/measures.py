"""Measures by ir-measures, under the names it gives them; queries that found nothing count as zero."""

from __future__ import annotations

from dataclasses import dataclass

import ir_measures

from evaluate.collection import Collection
from evaluate.runs import Run

MEASURES = ("nDCG@10", "RR@10", "AP", "P@1", "R@10", "R@100", "Judged@10")


@dataclass(frozen=True, slots=True)
class Scores:
    """The value of each measure for each query, and its mean over all judged queries."""

    per_query: dict[str, dict[str, float]]
    mean: dict[str, float]


def measured(run: Run, collection: Collection) -> Scores:
    """Score a run against a collection's judgements."""
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    judged = {judgement.query_id for judgement in collection.judgements}
    queries = [query.id for query in collection.queries if query.id in judged]
    qrels = [
        ir_measures.Qrel(judgement.query_id, judgement.document, judgement.relevance)
        for judgement in collection.judgements
    ]
    scored = [
        ir_measures.ScoredDoc(query_id, ranked.document, ranked.score)
        for query_id in queries
        for ranked in run.rankings.get(query_id, ())
    ]
    per_query = {query_id: dict.fromkeys(MEASURES, 0.0) for query_id in queries}
    for metric in ir_measures.iter_calc(measures, qrels, scored):
        if metric.query_id in per_query:
            per_query[metric.query_id][str(metric.measure)] = metric.value
    mean = {name: sum(scores[name] for scores in per_query.values()) / max(1, len(per_query)) for name in MEASURES}
    return Scores(per_query, mean)

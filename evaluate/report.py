"""The report of one run, to be read: how well it went, for which questions it did not, and what made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evaluate.facts import facts
from evaluate.intervals import Interval
from evaluate.measures import MEASURES, averaged
from evaluate.pages import page
from evaluate.records import Record

if TYPE_CHECKING:
    from evaluate.evaluation import Evaluation

# How many of the questions that went worst are shown with their passages, and how many places of each ranking.
WORST = 12

WORDS = {
    "nDCG@10": "how much of what could be earned stands in the first ten, worth less further down",
    "RR@10": "one divided by the rank of the first that is relevant, within ten",
    "AP": "precision averaged over everything relevant",
    "P@1": "the first one is relevant",
    "R@10": "share of everything relevant that is among the first ten",
    "R@100": "the same among the first hundred",
    "Judged@10": "share of the first ten found that anyone has judged; what is not judged counts as not relevant",
}
LEVELS = {
    "document": "A document is found when any of its passages is; it stands where its best passage stands.",
    "passage": "Passages are judged as the index was split when they were judged.",
    "span": (
        "A passage covers a judged span when it holds at least half of it. The first passage that covers a span earns "
        "its grade, later ones nothing; spans of one question that one passage covers together count once."
    ),
}


def report_html(evaluation: Evaluation, made: Sequence[Record]) -> str:
    """Return the report of a run as one page that needs nothing but itself."""
    scores = evaluation.scores
    judged = [record for record in made if record.measures is not None]
    first = MEASURES[0]
    ordered = sorted(judged, key=lambda record: ((record.measures or {})[first], record.id))
    nothing, irrelevant = set(evaluation.found_nothing), set(evaluation.nothing_relevant)
    return page(
        "report.html.j2",
        {
            "collection": evaluation.collection,
            "manifest": evaluation.manifest,
            "run": evaluation.run,
            "records": made,
            "judged": judged,
            "measures": MEASURES if scores else (),
            "intervals": scores.intervals if scores else {},
            "words": WORDS,
            "rule": LEVELS[evaluation.run.level],
            "values": [(record.measures or {})[first] for record in judged],
            "kinds": kinds(judged),
            "worst": [record for record in ordered if (record.measures or {})[first] < 1][:WORST],
            "found_nothing": [record for record in made if record.id in nothing],
            "unjudged": len(evaluation.unjudged) if scores else 0,
            "nothing_relevant": [record for record in made if record.id in irrelevant],
            "verdicts": evaluation.verdicts,
            "facts": facts(evaluation.manifest),
            "surprising": [record for record in made if record.answerable is False and record.support == "supported"],
        },
    )


def kinds(judged: Sequence[Record]) -> list[tuple[str, int, Interval]]:
    """Return each kind of question with how many there are and the first measure's mean, best first."""
    groups: dict[str, dict[str, dict[str, float]]] = {}
    for record in judged:
        if record.kind and record.measures is not None:
            groups.setdefault(record.kind, {})[record.id] = record.measures
    found = [(kind, len(own), averaged(own)[MEASURES[0]]) for kind, own in groups.items()]
    return sorted(found, key=lambda one: (-one[2].mean, one[0]))

"""Queries to runs to measures: BEIR and TREC in and out. This is the room's public face."""

from evaluate.collection import Collection, Judgement, read_beir, read_collection
from evaluate.measures import MEASURES, Scores, measured
from evaluate.runs import Run, searched

__all__ = [
    "MEASURES",
    "Collection",
    "Judgement",
    "Run",
    "Scores",
    "measured",
    "read_beir",
    "read_collection",
    "searched",
]

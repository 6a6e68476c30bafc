"""Questions to runs to measures to comparisons. This is the room's public face; other rooms import from here only.

`read_collection` (or `read_beir`) reads what is asked and what is right, `evaluated` asks and scores it on a searcher,
`write_evaluation` writes the run's folder; `compare` reads such folders and `write_comparison` writes what it found.
"""

from evaluate.collection import Collection, read_beir, read_collection
from evaluate.compare import Comparison, Effect, Pair, compare
from evaluate.compared import comparison_json, sentence, write_comparison
from evaluate.evaluation import Evaluation, evaluated
from evaluate.exports import csv_text, passages_csv, passages_ris
from evaluate.folder import RunFolder, read_run, summary, write_evaluation
from evaluate.intervals import Interval
from evaluate.judgements import Judgement
from evaluate.measures import MEASURES, Scores
from evaluate.questions import Question, read_questions
from evaluate.records import Record, records
from evaluate.report import report_html
from evaluate.runs import indexed

__all__ = [
    "MEASURES",
    "Collection",
    "Comparison",
    "Effect",
    "Evaluation",
    "Interval",
    "Judgement",
    "Pair",
    "Question",
    "Record",
    "RunFolder",
    "Scores",
    "compare",
    "comparison_json",
    "csv_text",
    "evaluated",
    "indexed",
    "passages_csv",
    "passages_ris",
    "read_beir",
    "read_collection",
    "read_questions",
    "read_run",
    "records",
    "report_html",
    "sentence",
    "summary",
    "write_comparison",
    "write_evaluation",
]

"""Questions to runs to measures to comparisons. This is the room's public face; other rooms import from here only.

`read_collection` (or `read_beir`) reads what is asked and what is right, `evaluated` asks and scores it on a searcher,
`write_evaluation` writes the run's folder; `compare` reads such folders and `write_comparison` writes what it found.
`keep` does all of it for several configurations in the data folder (evaluate/keeping.py); `judge` keeps what a reader
says of a passage (evaluate/marks.py).
"""

from evaluate.clearing import put_away, tidy
from evaluate.collection import Collection, read_beir, read_collection
from evaluate.compare import Comparison, Effect, Moved, Pair, compare
from evaluate.compared import caveats, chance, comparison_json, made_alike, sentence, write_comparison
from evaluate.evaluation import Evaluation, evaluated
from evaluate.exports import csv_text, passages_csv, passages_ris
from evaluate.facts import Fact, beside
from evaluate.folder import RunFolder, read_run, summary, write_evaluation
from evaluate.intervals import Interval
from evaluate.judgements import Judgement
from evaluate.keeping import keep
from evaluate.kept import (
    CONFIGURATIONS,
    Configuration,
    Figures,
    Kept,
    Opened,
    changed_since,
    kept_evaluations,
    read_kept,
)
from evaluate.marks import Mark, grade_of, judge, marks_jsonl, marks_on, marks_qrels, read_marks, usable
from evaluate.measures import MEASURES, Scores
from evaluate.packed import file_of, files_of, zipped
from evaluate.pages import bounds, excerpt, signed
from evaluate.plots import histogram
from evaluate.questions import Question, read_questions
from evaluate.records import Expected, Place, Record, records
from evaluate.report import LEVELS, WORDS, report_html
from evaluate.runs import indexed
from evaluate.sent import OWN_QUESTIONS, collection_of, own_questions, require_judgements_found
from evaluate.verdicts import Said

__all__ = [
    "CONFIGURATIONS",
    "LEVELS",
    "MEASURES",
    "OWN_QUESTIONS",
    "WORDS",
    "Collection",
    "Comparison",
    "Configuration",
    "Effect",
    "Evaluation",
    "Expected",
    "Fact",
    "Figures",
    "Interval",
    "Judgement",
    "Kept",
    "Mark",
    "Moved",
    "Opened",
    "Pair",
    "Place",
    "Question",
    "Record",
    "RunFolder",
    "Said",
    "Scores",
    "beside",
    "bounds",
    "caveats",
    "chance",
    "changed_since",
    "collection_of",
    "compare",
    "comparison_json",
    "csv_text",
    "evaluated",
    "excerpt",
    "file_of",
    "files_of",
    "grade_of",
    "histogram",
    "indexed",
    "judge",
    "keep",
    "kept_evaluations",
    "made_alike",
    "marks_jsonl",
    "marks_on",
    "marks_qrels",
    "own_questions",
    "passages_csv",
    "passages_ris",
    "put_away",
    "read_beir",
    "read_collection",
    "read_kept",
    "read_marks",
    "read_questions",
    "read_run",
    "records",
    "report_html",
    "require_judgements_found",
    "sentence",
    "signed",
    "summary",
    "tidy",
    "usable",
    "write_comparison",
    "write_evaluation",
    "zipped",
]

"""The folder of a run: what is written for an evaluation, and read back to compare it.

    metrics.json     the mean of every measure, nothing else
    summary.json     the same with intervals, what was said of the evidence, and which questions found nothing, are not
                     judged, or have nothing relevant
    per_query.csv    one row a question, with empty measures where it has none; per_query.jsonl the same with what was
                     found and what was to be found
    run.trec         the rankings; qrels.trec what each of them could earn: trec_eval on both gives metrics.json
    passages.csv     what was found, with citations; passages.ris the same for a reference manager
    report.html      all of it to be read, in one file that asks nothing of the network
    manifest.json    what made the run, with the SHA-256 of the other files

All but manifest.json are the same bytes when a run is repeated.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core import codec
from core.errors import InputError
from evaluate.evaluation import Evaluation
from evaluate.exports import Cell, csv_text, passages_csv, passages_ris
from evaluate.manifest import FORMAT, Manifest
from evaluate.measures import MEASURES
from evaluate.records import Record, json_lines, read_records, records
from evaluate.report import report_html
from evaluate.runs import trec_lines
from evaluate.targets import graded

MANIFEST = "manifest.json"
PER_QUERY = "per_query.jsonl"
_ANSWERABLE = {True: "yes", False: "no", None: ""}


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run that was written earlier."""

    path: Path
    manifest: Manifest
    records: tuple[Record, ...]


def write_evaluation(out: Path, evaluation: Evaluation) -> None:
    """Write everything about a run into a folder; files of an earlier run that this one does not make are removed.

    Raises InputError when the folder cannot be written.
    """
    made = records(evaluation)
    texts = {name: make(evaluation, made) for name, make in _FILES.items()}
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items() if text is not None}
    manifest = json.loads(codec.encode(replace(evaluation.manifest, files=hashes)))
    with writing(out):
        # A folder with half of a new run must not pass for the old one.
        (out / MANIFEST).unlink(missing_ok=True)
        for name, text in texts.items():
            if text is None:
                (out / name).unlink(missing_ok=True)
            else:
                (out / name).write_text(text, encoding="utf-8", newline="")
        (out / MANIFEST).write_text(as_json(manifest), encoding="utf-8", newline="")


def require_room(out: Path) -> None:
    """Raise InputError when a folder cannot be written, or holds files of the same names that no run has written.

    It is asked before hours are spent on what is to stand there.
    """
    kept = [name for name in _FILES if (out / name).exists()]
    if kept and not (out / MANIFEST).exists():
        message = f"{out / kept[0]} would be overwritten, and is of no finished run; give another folder with --out."
        raise InputError(message)
    there = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        message = f"The folder {out} cannot be written; give another one with --out."
        raise InputError(message)


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Make a folder for results; what stands in the way of writing there becomes one sentence."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        message = f"The folder {out} cannot be written ({error.strerror}); give another one with --out."
        raise InputError(message) from error


def as_json(value: object) -> str:
    """Return indented JSON with a line feed at the end."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def read_run(path: Path) -> RunFolder:
    """Read a run folder back.

    Raises InputError when it is not one, was written by another version, or is not what its manifest says.
    """
    try:
        manifest = codec.decode(Manifest, (path / MANIFEST).read_bytes())
        for name, sha256 in (manifest.files or {}).items():
            if hashlib.sha256((path / name).read_bytes()).hexdigest() != sha256:
                message = f"{path / name} was changed after the run; run `python -m evaluate run` again."
                raise InputError(message)
    except OSError as error:
        message = (
            f"{path} is no finished run ({Path(error.filename).name}: {error.strerror}); "
            "give a folder that `python -m evaluate run --out` wrote."
        )
        raise InputError(message) from error
    except ValueError as error:
        message = f"{path / MANIFEST} is not of this version's form; run `python -m evaluate run` again."
        raise InputError(message) from error
    if manifest.format != FORMAT or PER_QUERY not in (manifest.files or {}):
        message = f"{path} was written by another version; run `python -m evaluate run` again."
        raise InputError(message)
    return RunFolder(path, manifest, read_records(path / PER_QUERY))


def summary(evaluation: Evaluation) -> dict[str, object]:
    """Return what there is to say about a run in figures, ready for JSON."""
    scores = evaluation.scores
    return {
        "collection": evaluation.collection.name,
        "run": evaluation.run.name,
        "level": evaluation.run.level,
        "questions": len(evaluation.collection.questions),
        "judged": len(scores.per_query) if scores else 0,
        "measures": {name: asdict(interval) for name, interval in scores.intervals.items()} if scores else {},
        "found_nothing": list(evaluation.found_nothing),
        "unjudged": list(evaluation.unjudged) if scores else [],
        "nothing_relevant": list(evaluation.nothing_relevant),
        "verdicts": asdict(evaluation.verdicts),
        "notes": list(evaluation.collection.notes),
    }


def _metrics(evaluation: Evaluation, _made: tuple[Record, ...]) -> str | None:
    return as_json(evaluation.scores.mean) if evaluation.scores else None


def _per_query_csv(evaluation: Evaluation, made: tuple[Record, ...]) -> str:
    """Return a row for every question; one that is in no mean has empty measures."""
    names = MEASURES if evaluation.scores else ()
    rows: list[list[Cell]] = [
        [
            record.id,
            record.text,
            *(record.measures[name] if record.measures is not None else None for name in names),
            record.kind,
            _ANSWERABLE[record.answerable],
            record.support,
            record.confidence,
            record.found,
        ]
        for record in made
    ]
    return csv_text(["query", "text", *names, "kind", "answerable", "support", "confidence", "found"], rows)


def _qrels(evaluation: Evaluation, _made: tuple[Record, ...]) -> str | None:
    if not evaluation.scores:
        return None
    return "".join(
        f"{query_id} 0 {name} {grade}\n"
        for query_id in evaluation.scores.per_query
        for name, grade in graded(evaluation.run.found[query_id].names, evaluation.targets[query_id]).items()
    )


# What is written, in this order; None is a file that this run does not have.
_FILES: dict[str, Callable[[Evaluation, tuple[Record, ...]], str | None]] = {
    "metrics.json": _metrics,
    "summary.json": lambda evaluation, _made: as_json(summary(evaluation)),
    "per_query.csv": _per_query_csv,
    PER_QUERY: lambda _evaluation, made: "".join(f"{line}\n" for line in json_lines(made)),
    "run.trec": lambda evaluation, _made: "".join(f"{line}\n" for line in trec_lines(evaluation.run)),
    "qrels.trec": _qrels,
    "passages.csv": lambda _evaluation, made: passages_csv(made),
    "passages.ris": lambda _evaluation, made: passages_ris(made),
    "report.html": report_html,
}

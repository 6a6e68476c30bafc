"""Evaluations kept in a data folder: each a set of questions asked in several ways, with a comparison of the ways.

    runs/TIME-HASH/                  the hash is over what made it
        evaluation.json              what was asked, of what, when; it is written last
        CONFIGURATION/               a run folder for each way of asking (evaluate/folder.py)
        compare.html, .json, .csv    the comparison, where there is something to compare

A folder appears under its name once it is whole. It quotes passages as they were when it was made.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from core import codec, storage
from core.errors import InputError
from core.progress import Progress
from core.results import Fingerprint, Mode, Support
from evaluate.collection import Collection, read_collection
from evaluate.compare import Comparison, compare
from evaluate.compared import write_comparison
from evaluate.evaluation import evaluated
from evaluate.folder import RunFolder, read_run, write_evaluation, writing
from evaluate.intervals import Interval
from evaluate.judgements import Level
from evaluate.manifest import Hashed
from evaluate.shelf import Shelf
from evaluate.targets import resolved
from index import Catalogue, Searcher, open_catalogue

FOLDER = "runs"
OWN_QUESTIONS = Path(__file__).parent / "data" / "skincare_questions.jsonl"
"""The judged questions that ship, on the shipped corpus; they have the splits `dev` and `test`."""

_DESCRIPTION = "evaluation.json"
_COMPARISON = "compare.json"
_SUMMARY = "summary.json"
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}(-\d+)?")
_UNFINISHED = ".unfinished-"
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Configuration:
    """A way of asking: its name in files, and what a person calls it."""

    name: str
    words: str
    mode: Mode


CONFIGURATIONS: dict[str, Configuration] = {
    one.name: one
    for one in (
        Configuration("hybrid", "Meaning and words", "hybrid"),
        Configuration("dense", "Meaning only", "dense"),
        Configuration("lexical", "Words only", "lexical"),
    )
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept evaluation in short: what was asked of what, and when (UTC).

    `means` holds the first measure's mean by configuration, and is empty when nothing is judged. `remark` says why
    the configurations were not compared, where they were not.
    """

    name: str
    collection: str
    configurations: tuple[str, ...]
    created: str
    questions: int
    judged: int
    level: Level
    corpus: Hashed
    passages: int
    fingerprint: Fingerprint | None
    program: str
    measure: str
    means: dict[str, float]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How often the evidence was called what, for questions the corpus answers and for those it does not."""

    answerable: dict[Support, int]
    unanswerable: dict[Support, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """A run in figures, as its summary.json has them."""

    measures: dict[str, Interval]
    found_nothing: tuple[str, ...]
    unjudged: tuple[str, ...]
    verdicts: Verdicts


@dataclass(frozen=True, slots=True)
class Opened:
    """A kept evaluation as it was read: run folders and figures by configuration, in the order they were asked."""

    kept: Kept
    runs: dict[str, RunFolder]
    figures: dict[str, Figures]
    comparison: Comparison | None


def collection_of(files: Sequence[tuple[str, bytes]], split: str | None = None) -> Collection:
    """Read questions, and judgements where a second file is given, from files as they were sent: name and content.

    Raises InputError with the file's name and line for what cannot be read.
    """
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        paths = []
        for place, (name, content) in enumerate(files):
            # In a folder each, since both may have the same name.
            path = folder / str(place) / (re.split(r"[/\\]", name)[-1].strip(". ")[-120:] or "questions")
            path.parent.mkdir()
            path.write_bytes(content)
            paths.append(path)
        try:
            found = read_collection(paths[0], paths[1] if len(paths) > 1 else None, split)
        except InputError as error:
            raise InputError(_without(folder, str(error))) from error
    questions = tuple(replace(question, where=_without(folder, question.where)) for question in found.questions)
    judgements = tuple(replace(judgement, where=_without(folder, judgement.where)) for judgement in found.judgements)
    return replace(found, questions=questions, judgements=judgements)


def own_questions(split: str | None = None) -> Collection:
    """Return the judged questions that ship: one split of them, or all."""
    return collection_of([(OWN_QUESTIONS.name, OWN_QUESTIONS.read_bytes())], split)


def require_judgements_found(data: Path, collection: Collection) -> None:
    """Raise InputError, with file and line, for a judgement that is of nothing in the index."""
    with open_catalogue(data) as catalogue:
        resolved(collection, catalogue, Shelf.of(catalogue))


def keep(
    searcher: Searcher, collection: Collection, configurations: Sequence[str], progress: Progress | None = None
) -> Kept:
    """Ask a collection in each configuration, compare them, and keep it all in the searcher's data folder.

    Raises InputError when it cannot be asked or written; nothing is left of it then.
    """
    runs = searcher.data / FOLDER
    with writing(runs):
        storage.make_folder(runs)
        made = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=runs))
    try:
        for place, name in enumerate(configurations):

            def report(share: float, _made: int, before: int = place) -> None:
                if progress is not None:
                    done = (before + share) / len(configurations)
                    progress(done, round(done * len(configurations) * len(collection.questions)))

            one = evaluated(searcher, collection, CONFIGURATIONS[name].mode, report)
            write_evaluation(made / name, one)
        kept = _described(made, configurations, _compared(made, configurations))
        with writing(made):
            (made / _DESCRIPTION).write_text(codec.encode(kept), encoding="utf-8")
            storage.settle(made, runs / kept.name)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return kept


def _compared(made: Path, configurations: Sequence[str]) -> str:
    """Write the comparison, and return why there is none where there is none."""
    if len(configurations) == 1:
        return ""
    try:
        comparison = compare([made / name for name in configurations])
    except InputError as error:
        return _without(made, str(error))
    # Runs are called by their configurations: the folder they are being made in is nobody's business.
    arms = tuple(replace(arm, folder=CONFIGURATIONS[Path(arm.folder).name].words) for arm in comparison.arms)
    write_comparison(made, replace(comparison, arms=arms))
    return ""


def _described(made: Path, configurations: Sequence[str], remark: str) -> Kept:
    runs = {name: read_run(made / name) for name in configurations}
    figures = {name: _figures(made / name) for name in configurations}
    manifest = next(iter(runs.values())).manifest
    measure = manifest.measures[0]
    now = datetime.now(UTC)
    makers = [codec.encode(replace(run.manifest, files=None, created="", seconds=0.0)) for run in runs.values()]
    name = f"{now:%Y%m%dT%H%M%SZ}-{hashlib.sha256(''.join(makers).encode()).hexdigest()[:8]}"
    taken = sum(1 for other in made.parent.glob(f"{name}*"))
    return Kept(
        name=f"{name}-{taken + 1}" if taken else name,
        collection=manifest.collection,
        configurations=tuple(configurations),
        created=now.isoformat(timespec="seconds"),
        questions=manifest.questions.count,
        judged=sum(record.measures is not None for record in next(iter(runs.values())).records),
        level=manifest.level,
        corpus=manifest.corpus,
        passages=manifest.passages,
        fingerprint=manifest.fingerprint,
        program=manifest.program,
        measure=measure,
        means={name: own.measures[measure].mean for name, own in figures.items() if own.measures},
        remark=remark,
    )


def kept_evaluations(data: Path) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
    """Return the kept evaluations, newest first, and the names of those of another version, which cannot be read."""
    found, unknown = [], []
    for folder in sorted((data / FOLDER).glob("*"), reverse=True):
        if _NAME.fullmatch(folder.name):
            try:
                found.append(_kept(folder))
            except InputError:
                unknown.append(folder.name)
    return tuple(found), tuple(unknown)


def read_kept(data: Path, name: str) -> Opened:
    """Read a kept evaluation; raises InputError when there is none of this name, or it is not as it was written."""
    folder = _folder(data, name)
    kept = _kept(folder)
    comparison = folder / _COMPARISON
    return Opened(
        kept,
        {one: read_run(folder / one) for one in kept.configurations},
        {one: _figures(folder / one) for one in kept.configurations},
        codec.decode(Comparison, comparison.read_bytes()) if comparison.is_file() else None,
    )


def put_away(data: Path, name: str) -> None:
    """Delete a kept evaluation; one that is gone already is no error."""
    if _NAME.fullmatch(name) and (data / FOLDER / name).is_dir():
        doomed = data / FOLDER / f"{_UNFINISHED}{name}"
        with writing(data / FOLDER):
            (data / FOLDER / name).rename(doomed)
            shutil.rmtree(doomed)


def tidy(data: Path) -> None:
    """Delete what evaluations that were stopped have left, once it is a day old: a younger one may still go on."""
    for folder in (data / FOLDER).glob(f"{_UNFINISHED}*"):
        if time.time() - folder.stat().st_mtime > _DAY:
            shutil.rmtree(folder)


def changed_since(kept: Kept, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what is another than when an evaluation was made: documents, model, splitting; empty when nothing is."""
    now, then = catalogue.fingerprint(), kept.fingerprint
    documents = Shelf.of(catalogue).sha256() != kept.corpus.sha256
    found = {
        "documents": documents,
        "model": _model(now) != _model(then),
        # Other documents are other passages: only over the same ones does the number tell of another splitting.
        "splitting": _chunker(now) != _chunker(then) or (not documents and catalogue.counts()[1] != kept.passages),
    }
    return tuple(what for what, changed in found.items() if changed)


def _model(fingerprint: Fingerprint | None) -> tuple[str, ...]:
    return (fingerprint.model, fingerprint.weights, fingerprint.query_prompt) if fingerprint else ()


def _chunker(fingerprint: Fingerprint | None) -> str:
    return fingerprint.chunker if fingerprint else ""


def files_of(data: Path, name: str) -> tuple[str, ...]:
    """Return the files of a kept evaluation, as paths within its folder, those for the whole first."""
    folder = _folder(data, name)
    inside = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return tuple(path.as_posix() for path in sorted(inside, key=lambda path: (len(path.parts), path)))


def file_of(data: Path, name: str, file: str) -> bytes:
    """Return one of the files that `files_of` names."""
    if file not in files_of(data, name):
        message = f"There is no file {file} in the evaluation {name}; choose one that is listed."
        raise InputError(message)
    return (_folder(data, name) / file).read_bytes()


def zipped(data: Path, name: str) -> bytes:
    """Return every file of a kept evaluation in one ZIP, within a folder of its name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files_of(data, name):
            archive.write(_folder(data, name) / file, f"{name}/{file}")
    return stream.getvalue()


def _folder(data: Path, name: str) -> Path:
    folder = data / FOLDER / name
    # The name may come from an address: it must not lead anywhere else.
    if not _NAME.fullmatch(name) or not folder.is_dir():
        message = "No evaluation of this name is kept; it was put away, or the link is of another data folder."
        raise InputError(message)
    return folder


def _kept(folder: Path) -> Kept:
    try:
        return replace(codec.decode(Kept, (folder / _DESCRIPTION).read_bytes()), name=folder.name)
    except (OSError, ValueError) as error:
        message = f"The evaluation {folder.name} was written by another version; put it away and run it again."
        raise InputError(message) from error


def _figures(run: Path) -> Figures:
    return codec.decode(Figures, (run / _SUMMARY).read_bytes())


def _without(folder: Path, words: str) -> str:
    """Return a sentence without the folder that files were in for the moment."""
    return re.sub(rf"{re.escape(str(folder))}/(\d+/)?", "", words)

"""Evaluations kept in a data folder: each a set of questions asked in several ways, with a comparison of the ways.

    runs/TIME-HASH/                  the hash is over what made it
        evaluation.json              what was asked, of what, when; it is written last
        CONFIGURATION/               a run folder for each way of asking (evaluate/folder.py)
        compare.html, .json, ...     the comparison, where there is something to compare (evaluate/compared.py)

A folder appears under its name once it is whole. It quotes passages as they were when it was made. This module reads;
`keeping` makes them, `packed` hands out their files, `clearing` puts them away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from core import codec
from core.errors import InputError
from core.results import Fingerprint, Mode
from evaluate.compare import Comparison
from evaluate.folder import RunFolder, read_run
from evaluate.intervals import Interval
from evaluate.judgements import Level
from evaluate.manifest import Hashed
from evaluate.shelf import Shelf
from evaluate.verdicts import Verdicts
from index import Catalogue

FORMAT: Literal[2] = 2
FOLDER = "runs"
DESCRIPTION = "evaluation.json"
UNFINISHED = ".unfinished-"
"""What the name of a folder begins with that is being written, or put away."""

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}(-\d+)?")
_COMPARISON = "compare.json"
_SUMMARY = "summary.json"


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

    `format` is that of the files beside it, of which this version reads only its own.
    `means` holds the first measure's mean by configuration, and is empty when nothing is judged. `remark` says why
    the configurations were not compared, where they were not.
    """

    format: Literal[2]
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
class Figures:
    """A run in figures, as its summary.json has them."""

    measures: dict[str, Interval]
    found_nothing: tuple[str, ...]
    unjudged: tuple[str, ...]
    nothing_relevant: tuple[str, ...]
    verdicts: Verdicts


@dataclass(frozen=True, slots=True)
class Opened:
    """A kept evaluation as it was read: run folders and figures by configuration, in the order they were asked."""

    kept: Kept
    runs: dict[str, RunFolder]
    figures: dict[str, Figures]
    comparison: Comparison | None


def kept_evaluations(data: Path) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
    """Return the kept evaluations, newest first, and the names of those of another version, which cannot be read."""
    found, unknown = [], []
    for folder in sorted((data / FOLDER).glob("*"), reverse=True):
        if NAME.fullmatch(folder.name):
            try:
                found.append(_kept(folder))
            except InputError:
                unknown.append(folder.name)
    return tuple(found), tuple(unknown)


def read_kept(data: Path, name: str) -> Opened:
    """Read a kept evaluation; raises InputError when there is none of this name, or it is not as it was written."""
    folder = folder_of(data, name)
    kept = _kept(folder)
    comparison = folder / _COMPARISON
    return Opened(
        kept,
        {one: read_run(folder / one) for one in kept.configurations},
        {one: figures_of(folder / one) for one in kept.configurations},
        codec.decode(Comparison, comparison.read_bytes()) if comparison.is_file() else None,
    )


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


def folder_of(data: Path, name: str) -> Path:
    """Return the folder of a kept evaluation; raises InputError when there is none of this name."""
    folder = data / FOLDER / name
    # The name may come from an address: it must not lead anywhere else.
    if not NAME.fullmatch(name) or not folder.is_dir():
        message = "No evaluation of this name is kept; it was put away, or the link is of another data folder."
        raise InputError(message)
    return folder


def _kept(folder: Path) -> Kept:
    try:
        return replace(codec.decode(Kept, (folder / DESCRIPTION).read_bytes()), name=folder.name)
    except (OSError, ValueError) as error:
        message = f"The evaluation {folder.name} was written by another version; put it away and run it again."
        raise InputError(message) from error


def figures_of(run: Path) -> Figures:
    """Return the figures of a run folder."""
    return codec.decode(Figures, (run / _SUMMARY).read_bytes())

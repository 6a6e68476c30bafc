"""What made a run, so that it can be repeated to the same bytes and compared only with its like.

The hashes are over what was read, not over files: the same questions in another format, or the same documents under
other names or split by another chunker, are the same. A time stands here and in no other file of a run.
"""

from __future__ import annotations

import hashlib
import platform
import sqlite3
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.results import Fingerprint, Mode, Reranking
from evaluate.collection import Collection
from evaluate.judgements import Level
from evaluate.shelf import hashed
from evaluate.targets import Targets

FORMAT = 1
_PROJECT = Path(__file__).resolve().parents[1]
_ROOMS = ("core", "index", "evaluate")
_LIBRARIES = (
    "faiss-cpu",
    "ir-measures",
    "numpy",
    "pytrec-eval-terrier",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
)


@dataclass(frozen=True, slots=True)
class Hashed:
    """Something a run was made from: how many, and a hash over what they are."""

    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """How the intervals were made."""

    method: str
    resamples: int
    confidence: float
    seed: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that made a run; `files` are the SHA-256 of what was written beside it.

    `depth` counts the places of a ranking, `candidates` the passages asked for to fill them. `per_document` is the most
    passages a document had among the first ten (0: as ranked), `folded` whether near-duplicates were, `reranker`
    what had a second say. `created` is the time in UTC, `seconds` how long the search took.
    """

    format: int
    collection: str
    level: Level
    mode: Mode
    depth: int
    candidates: int
    measures: tuple[str, ...]
    bootstrap: Bootstrap
    questions: Hashed
    judgements: Hashed
    corpus: Hashed
    passages: int
    generation: int
    fingerprint: Fingerprint | None
    program: str
    source_sha256: str
    libraries: dict[str, str]
    per_document: int = 0
    folded: bool = False
    reranker: Reranking | None = None
    created: str = ""
    seconds: float = 0.0
    files: dict[str, str] | None = None

    @property
    def besides(self) -> str:
        """What was done with the ranking besides ranking it, in words; empty for nothing."""
        spread = f"at most {self.per_document} of a document among the first ten" if self.per_document else ""
        second = f"reranked with {self.reranker.model} {self.reranker.weights[:12]}" if self.reranker else ""
        return ", ".join(part for part in (second, spread, "near-duplicates folded" if self.folded else "") if part)


def questions_hashed(collection: Collection) -> Hashed:
    """Return the hash over the questions asked, whatever file and order they came in."""
    lines = sorted(f"{question.id}\t{question.text}" for question in collection.questions)
    return Hashed(len(lines), hashed(lines))


def judgements_hashed(targets: Targets) -> Hashed:
    """Return the hash over what was judged, in terms of documents and offsets, however the index is split."""
    lines = sorted(
        f"{query_id}\t{part}" for query_id, own in targets.items() for target in own for part in target.key.split("; ")
    )
    return Hashed(len(lines), hashed(lines))


@cache
def program() -> tuple[str, str]:
    """Return the program's version and a hash over its source."""
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['name']} {project['version']}", hashed(_sources())


def _sources() -> Iterable[str]:
    for room in _ROOMS:
        for file in sorted((_PROJECT / room).rglob("*.py")):
            yield f"{file.relative_to(_PROJECT).as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}"


def libraries() -> dict[str, str]:
    """Return the versions of what a ranking or a measure depends on."""
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found

"""One question of a run as it is written to per_query.jsonl: its measures, what was found, what was to be found.

These nouns are what reports are drawn from and what comparisons read back, so that a run folder needs nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import codec
from core.document import PATH_SEPARATOR
from core.errors import InputError
from core.results import Citation, Support
from evaluate.targets import graded, place_of
from index import page_words

if TYPE_CHECKING:
    from evaluate.evaluation import Evaluation

# How many missed or found targets are written out for one question; TREC topics may have hundreds.
_EXPECTED = 20


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a ranking with its citation; `grade` is what it earned there, None when it is not judged.

    `link` is the address of the document, or empty. Offsets count characters of the document's text.
    """

    rank: int
    name: str
    grade: int | None
    score: float
    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str
    url: str
    path: str
    pages: str
    section: str
    document_id: str
    start: int
    end: int
    quote: str
    sha256: str

    @property
    def link(self) -> str:
        """The document's address on the web, or an empty string; nothing but http and https is an address."""
        address = f"https://doi.org/{self.doi}" if self.doi else self.url
        return address if address.startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class Expected:
    """Something that was to be found: its grade, the rank at which it was (None: it was not), and its words."""

    name: str
    grade: int
    rank: int | None
    quote: str


@dataclass(frozen=True, slots=True)
class Record:
    """One question: `measures` is None when nothing is judged; `ranking` holds the first places of `found`."""

    id: str
    text: str
    kind: str
    answerable: bool | None
    support: Support
    confidence: float
    found: int
    measures: dict[str, float] | None
    ranking: tuple[Place, ...]
    expected: tuple[Expected, ...]


def records(evaluation: Evaluation) -> tuple[Record, ...]:
    """Return what is to be said of every question, in the order asked."""
    made = []
    for question in evaluation.collection.questions:
        found = evaluation.run.found[question.id]
        targets = evaluation.targets.get(question.id, ())
        grades = graded(found.names, targets)
        wanted = sorted((one for one in targets if one.relevance > 0), key=lambda one: -one.relevance)
        made.append(
            Record(
                id=question.id,
                text=question.text,
                kind=question.kind,
                answerable=question.answerable,
                support=found.support,
                confidence=round(found.confidence, 6),
                found=len(found.names),
                measures=evaluation.scores.per_query.get(question.id) if evaluation.scores else None,
                ranking=tuple(
                    place(rank, name, grades.get(name), citation)
                    for rank, (name, citation) in enumerate(zip(found.names, found.citations, strict=False), start=1)
                ),
                expected=tuple(
                    Expected(one.earners[0], one.relevance, place_of(found.names, one), one.quote)
                    for one in wanted[:_EXPECTED]
                ),
            )
        )
    return tuple(made)


def place(rank: int, name: str, grade: int | None, citation: Citation) -> Place:
    """Return a citation as one place of a ranking."""
    return Place(
        rank=rank,
        name=name,
        grade=grade,
        score=citation.score,
        title=citation.title,
        authors=citation.authors,
        year=citation.year,
        doi=citation.doi,
        url=citation.url,
        path=citation.path,
        pages=page_words(citation.pages),
        section=PATH_SEPARATOR.join(citation.section),
        document_id=citation.document_id,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        sha256=citation.sha256,
    )


def json_lines(made: tuple[Record, ...]) -> Iterator[str]:
    """Yield one JSON object a question; the id stands under `_id`, as in files of questions."""
    for record in made:
        values: dict[str, Any] = codec.as_dict(record)
        yield json.dumps({"_id": values.pop("id"), **values}, ensure_ascii=False)


def read_records(file: Path) -> tuple[Record, ...]:
    """Read what `json_lines` wrote; raises InputError with the line for anything else."""
    made = []
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if not line:
            continue
        try:
            values = json.loads(line)
            made.append(codec.decode(Record, json.dumps({"id": values.pop("_id"), **values})))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{file}, line {number}: this is not what `python -m evaluate run` writes; run it again."
            raise InputError(message) from error
    return tuple(made)

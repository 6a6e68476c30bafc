"""Judgements made while reading: a thumb up or down on a passage, kept as a span of its document.

They stand in the data folder in `judgements.jsonl`, one JSON line each. The words judged are not kept but looked up by
their offsets in the document, whose id is a hash of its content: a document that leaves the library takes its words
along, and one that comes back finds its judgements again. The file is written whole through `core.storage`, under a
lock, so each change is there entirely or not at all and what was taken back is gone. A last line that something else
left torn is ignored, and the next change mends it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from core import codec, storage
from core.document import Passage
from core.errors import DataFolderError
from core.settings import JUDGEMENTS
from evaluate.judgements import passage_name
from evaluate.targets import covering
from index import Catalogue

FILE = JUDGEMENTS
LOCK = "judgements.lock"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reader said of a span for a question: grade 1, it answers, or 0, it does not; `created` is UTC."""

    question: str
    document_id: str
    start: int
    end: int
    grade: int
    created: str

    @property
    def query_id(self) -> str:
        """The name its question goes by in exports: the same for every way of spacing and capitals."""
        return f"j{hashlib.sha256(asked_as(self.question).encode()).hexdigest()[:10]}"


def asked_as(question: str) -> str:
    """Return what two ways of typing the same question have in common.

    >>> asked_as("  Does it  sting?") == asked_as("does it sting?")
    True
    """
    return " ".join(question.split()).casefold()


def read_marks(data: Path) -> tuple[Mark, ...]:
    """Return every judgement of a data folder, oldest first.

    Raises DataFolderError with the line that is no judgement.
    """
    try:
        text = (data / FILE).read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ()
    except OSError as error:
        message = f"The judgements in {data / FILE} cannot be read ({error.strerror}); check its permissions."
        raise DataFolderError(message) from error
    lines = text.split("\n")
    return tuple(_marks(data / FILE, lines))


def _marks(file: Path, lines: Sequence[str]) -> Iterator[Mark]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield codec.decode(Mark, line)
        except ValueError as error:
            if number == len(lines):
                # No line feed ends it: it was torn while it was written, and never acknowledged.
                return
            message = f"{file}, line {number}: this is no judgement; take the line out."
            raise DataFolderError(message) from error


def judge(data: Path, question: str, passage: Passage, among: Sequence[Passage], grade: int | None) -> None:
    """Keep what a reader says of a passage, in place of what was said of it before; None takes it back.

    `among` are the passages of its document as it is split now. Once this returns it outlasts a power cut.
    """
    storage.make_folder(data)
    try:
        with FileLock(data / LOCK):
            before = read_marks(data)
            said = set(_said(before, question, passage, among))
            after = [mark for mark in before if mark not in said]
            if grade is not None:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                words = " ".join(question.split())
                after.append(Mark(words, passage.document_id, passage.start, passage.end, grade, now))
            storage.keep_file(data / FILE, "".join(f"{codec.encode(mark)}\n" for mark in after).encode())
    except OSError as error:
        message = f"The judgement cannot be kept in {data / FILE} ({error.strerror}); free some space or check it."
        raise DataFolderError(message) from error


def grade_of(marks: Iterable[Mark], question: str, passage: Passage, among: Sequence[Passage]) -> int | None:
    """Return what was last said of a passage for a question; None when nothing was.

    A passage that covers a judged span counts (evaluate/targets.py), so a judgement outlives another splitting.
    """
    said = _said(marks, question, passage, among)
    return said[-1].grade if said else None


def marks_on(marks: Iterable[Mark], question: str) -> tuple[Mark, ...]:
    """Return the judgements of one question."""
    wanted = asked_as(question)
    return tuple(mark for mark in marks if asked_as(mark.question) == wanted)


def _said(marks: Iterable[Mark], question: str, passage: Passage, among: Sequence[Passage]) -> list[Mark]:
    return [
        mark
        for mark in marks_on((one for one in marks if one.document_id == passage.document_id), question)
        if passage in covering(among, mark.start, mark.end)
    ]


def usable(marks: Iterable[Mark], catalogue: Catalogue) -> tuple[Mark, ...]:
    """Return the judgements whose documents are in the library, oldest first."""
    held = set(catalogue.document_ids())
    return tuple(mark for mark in marks if mark.document_id in held)


def marks_jsonl(marks: Iterable[Mark]) -> str:
    """Return judgements as a file of questions with their spans, which `read_collection` reads.

    A question nothing was said to answer stands there without spans: it is asked, but could only score 0.
    """
    lines = []
    for own in _by_question(marks):
        spans = [
            {"document_id": mark.document_id, "start": mark.start, "end": mark.end, "grade": mark.grade} for mark in own
        ]
        answered = any(mark.grade for mark in own)
        row = {"_id": own[0].query_id, "text": own[-1].question, "kind": "judged", "spans": spans if answered else []}
        lines.append(f"{json.dumps(row, ensure_ascii=False)}\n")
    return "".join(lines)


def marks_qrels(marks: Iterable[Mark], catalogue: Catalogue) -> str:
    """Return judgements as TREC's qrels, of passages as the index is split now and as `run.trec` names them."""
    grades: dict[tuple[str, str], int] = {}
    split: dict[str, tuple[Passage, ...]] = {}
    for own in _by_question(marks):
        for mark in own:
            if mark.document_id not in split:
                split[mark.document_id] = catalogue.passages(mark.document_id)
            for one in covering(split[mark.document_id], mark.start, mark.end):
                grades[mark.query_id, passage_name(one.document_id, one.start, one.end)] = mark.grade
    return "".join(f"{query_id} 0 {name} {grade}\n" for (query_id, name), grade in grades.items())


def _by_question(marks: Iterable[Mark]) -> list[list[Mark]]:
    groups: dict[str, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.query_id, []).append(mark)
    return list(groups.values())

"""What is asked and what is right: questions with judgements, and for BEIR the documents too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.document import Document, Metadata
from core.errors import InputError
from core.ledger import SourceFile
from core.words import counted
from evaluate.formats import Wrong, json_rows, read_text, refused
from evaluate.judgements import Judgement, Level, read_judgements, require_agreement
from evaluate.questions import Question, read_questions
from index import LONGEST_QUESTION

BEIR_READER = "beir/1"
DEFAULT_SPLIT = "test"
# How many names a note lists before it says how many more there are.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Collection:
    """Questions with judgements; `documents` are the collection's own, empty when an existing index is asked.

    `notes` say, a sentence each, what of a published collection cannot be used.
    """

    name: str
    questions: tuple[Question, ...]
    judgements: tuple[Judgement, ...]
    documents: tuple[tuple[SourceFile, Document], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """The level of the judgements; documents when there are none."""
        return self.judgements[0].level if self.judgements else "document"


def read_beir(folder: Path, split: str | None = None) -> Collection:
    """Read a BEIR folder: corpus.jsonl, queries.jsonl, qrels/<split>.tsv; only judged queries are kept.

    Raises InputError with file and line for anything that is not as BEIR has it. Published collections judge queries
    and documents that they do not hold; what cannot be used is noted, and such a document counts as never found.
    """
    judgements = read_judgements(_qrels(folder, split or DEFAULT_SPLIT))
    judged = {judgement.query_id for judgement in judgements}
    every = read_questions(folder / "queries.jsonl", longest=None)
    questions = tuple(question for question in every if question.id in judged)
    documents = tuple(_documents(folder / "corpus.jsonl"))
    held = {source.name for source, _ in documents}
    known = {question.id for question in questions}
    if not questions:
        message = f"None of the queries that {folder / 'qrels'} judges is in {folder / 'queries.jsonl'}."
        raise InputError(message)
    notes = (
        _note(
            "judged query is not in queries.jsonl",
            "judged queries are not in queries.jsonl",
            sorted(judged - known),
        ),
        _note(
            "judged document is not in corpus.jsonl",
            "judged documents are not in corpus.jsonl",
            sorted({one.document for one in judgements} - held),
        ),
        _note(
            f"query is longer than {LONGEST_QUESTION:,} characters and is asked with its beginning",
            f"queries are longer than {LONGEST_QUESTION:,} characters and are asked with their beginning",
            [question.id for question in questions if len(question.text) > LONGEST_QUESTION],
        ),
    )
    return Collection(
        f"{folder.resolve().name}/{split or DEFAULT_SPLIT}",
        questions,
        tuple(judgement for judgement in judgements if judgement.query_id in known),
        documents,
        tuple(note for note in notes if note),
    )


def _qrels(folder: Path, split: str) -> Path:
    """Return the judgements of a split; raises InputError when the folder is none of BEIR's, or has no such split."""
    if not (folder / "corpus.jsonl").is_file() or not (folder / "queries.jsonl").is_file():
        there = "" if folder.is_dir() else ", which is not there,"
        message = f"{folder}{there} is no BEIR folder; give one with corpus.jsonl, queries.jsonl and qrels/."
        raise InputError(message)
    file = folder / "qrels" / f"{split}.tsv"
    if not file.is_file():
        splits = ", ".join(sorted(one.stem for one in (folder / "qrels").glob("*.tsv"))) or "none"
        message = f"{folder} has no judgements of the split '{split}' ({file} is not there); it has: {splits}."
        raise InputError(message)
    return file


def read_collection(queries: Path, judgements: Path | None = None, split: str | None = None) -> Collection:
    """Read questions for an existing index, with judgements from a file or from beside the questions.

    `split` keeps the questions whose `split` it is. Raises InputError, with file and line, when a judgement is for a
    question that is not there, or does not agree with what the question says of itself.
    """
    every = read_questions(queries)
    embedded = tuple(judgement for question in every for judgement in question.judgements)
    if embedded and judgements is not None:
        message = (
            f"{queries} holds judgements (spans) of its own; give no other file of judgements, or take the spans out."
        )
        raise InputError(message)
    found = read_judgements(judgements) if judgements is not None else embedded
    require_agreement(found)
    known = {question.id for question in every}
    wrong = Wrong()
    for judgement in found:
        with wrong.noted(judgement.where):
            if judgement.query_id not in known:
                message = (
                    f"{judgement.where}: there is no question '{judgement.query_id}' in {queries}; judge questions by "
                    "the ids that they have there."
                )
                raise InputError(message)
    wrong.require_none()
    if found:
        _require_answers(every, found)
    questions = _of_split(queries, every, split)
    kept = {question.id for question in questions}
    name = f"{queries.stem}/{split}" if split else queries.stem
    return Collection(name, questions, tuple(judgement for judgement in found if judgement.query_id in kept))


def _require_answers(questions: Iterable[Question], judgements: Iterable[Judgement]) -> None:
    relevant = {judgement.query_id for judgement in judgements if judgement.relevance > 0}
    for question in questions:
        if question.answerable is False and question.id in relevant:
            message = (
                f"{question.where}: the question is said to be unanswerable, but something is judged to answer it."
            )
            raise InputError(message)
        if question.answerable and question.id not in relevant:
            message = f"{question.where}: the question is said to be answerable, but nothing is judged to answer it."
            raise InputError(message)


def _of_split(file: Path, questions: tuple[Question, ...], split: str | None) -> tuple[Question, ...]:
    if split is None:
        return questions
    kept = tuple(question for question in questions if question.split == split)
    if not kept:
        splits = sorted({question.split for question in questions} - {""})
        message = f"{file} has no questions of the split '{split}'; it has: {', '.join(splits) or 'no splits'}."
        raise InputError(message)
    return kept


def _note(one: str, several: str, names: list[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"{counted(len(names), one, several)}: {', '.join(names[:_NAMED])}{more}." if names else ""


def _documents(file: Path) -> Iterator[tuple[SourceFile, Document]]:
    seen: set[str] = set()
    for row in json_rows(file, read_text(file, "file of documents")):
        name, text = row.get(("_id",)), row.values.get("text")
        if name is None or not isinstance(text, str):
            raise refused(file, row.line, 'expected an object such as {"_id": "d1", "title": "...", "text": "..."}')
        if str(name) in seen:
            raise refused(file, row.line, f"the id '{name}' occurs twice")
        seen.add(str(name))
        yield _document(file, str(name), str(row.values.get("title") or ""), text)


def _document(file: Path, name: str, title: str, text: str) -> tuple[SourceFile, Document]:
    """Return a BEIR record as a document; one without text is its title."""
    body = text if text.strip() else title or name
    content = json.dumps([name, title, text]).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    document = Document(
        id=sha256[:16],
        name=name,
        sha256=sha256,
        media_type="application/json",
        reader=BEIR_READER,
        text=body,
        metadata=Metadata(title=title if text.strip() else ""),
    )
    return SourceFile(f"{file.resolve()}#{name}", name, sha256, str(file.resolve())), document

"""Questions as they are sent: from a browser, whose files have a name and content but no place, and those that ship."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import InputError
from evaluate.collection import Collection, read_collection
from evaluate.shelf import Shelf
from evaluate.targets import resolved
from index import open_catalogue

OWN_QUESTIONS = Path(__file__).parent / "data" / "skincare_questions.jsonl"
"""The judged questions that ship, on the shipped corpus; they have the splits `dev` and `test`."""


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
            raise InputError(without_folder(folder, str(error))) from error
    questions = tuple(replace(question, where=without_folder(folder, question.where)) for question in found.questions)
    judgements = tuple(
        replace(judgement, where=without_folder(folder, judgement.where)) for judgement in found.judgements
    )
    return replace(found, questions=questions, judgements=judgements)


def own_questions(split: str | None = None) -> Collection:
    """Return the judged questions that ship: one split of them, or all."""
    return collection_of([(OWN_QUESTIONS.name, OWN_QUESTIONS.read_bytes())], split)


def require_judgements_found(data: Path, collection: Collection) -> None:
    """Raise InputError, with file and line, for a judgement that is of nothing in the index."""
    with open_catalogue(data) as catalogue:
        resolved(collection, catalogue, Shelf.of(catalogue))


def without_folder(folder: Path, words: str) -> str:
    """Return a sentence without the folder that files were in for the moment."""
    return re.sub(rf"{re.escape(str(folder))}/(\d+/)?", "", words)

"""Questions to ask in one batch: JSON lines, CSV, TSV, TREC topics, or plain text with one question a line.

Every form may carry the id and the text; JSON lines and tables with a header also `kind`, `split` and `answerable`, and
JSON lines the `spans` that answer (evaluate/judgements.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core import prose
from core.errors import InputError
from evaluate.formats import (
    Row,
    Wrong,
    is_json,
    is_table,
    json_rows,
    numbered,
    read_text,
    refused,
    table_cells,
    table_rows,
)
from evaluate.judgements import Judgement, embedded_spans
from evaluate.topics import is_topics, topic_rows
from index import LONGEST_QUESTION

_ID = ("_id", "id", "qid", "query_id", "query-id")
_TEXT = ("text", "question", "query")
_ADVICE = "give one question a line, JSON lines, a table or TREC topics"
# A line of TREC's qrels: query, 0, document, grade.
_QRELS = re.compile(r"\s*\S+\s+Q?0\s+\S+\s+-?\d+\s*")
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the name it goes by in runs and judgements.

    `answerable` is None where the file does not say; `where` is the file and line it stands on; `judgements` are those
    that stand beside the question itself.
    """

    id: str
    text: str
    kind: str = ""
    split: str = ""
    answerable: bool | None = None
    where: str = ""
    judgements: tuple[Judgement, ...] = ()


def read_questions(file: Path, longest: int | None = LONGEST_QUESTION) -> tuple[Question, ...]:
    """Return the questions of a file in order; raises InputError, with all wrong lines, before anything is asked.

    In plain text a question's id is the number of its line; blank lines are passed over, and what is evidently a
    document is refused. A question of more than
    `longest` characters is refused; None lets any pass.
    """
    text = read_text(file, "file of questions")
    rows = next(parse for fits, parse in _FORMS if fits(file, text))(file, text)
    seen: dict[str, int] = {}
    questions = []
    wrong = Wrong()
    for row in rows:
        with wrong.noted(row.where):
            question = _question(row, longest)
            if question.id in seen:
                reason = f"the id '{question.id}' was used in line {seen[question.id]}; give each question its own"
                raise refused(file, row.line, reason)
            seen[question.id] = row.line
            questions.append(question)
    wrong.require_none()
    if not questions:
        message = (
            f"The file of questions {file} holds none; give JSON lines, a table, TREC topics or one question a line."
        )
        raise InputError(message)
    return tuple(questions)


def _question(row: Row, longest: int | None) -> Question:
    name = row.word(_ID, "id")
    text = row.get(_TEXT)
    if not isinstance(text, str) or not text.strip():
        raise refused(row.file, row.line, "there is no question (a column or key 'text')")
    if longest is not None and len(text) > longest:
        raise refused(
            row.file, row.line, f"the question has {len(text):,} characters; at most {longest:,} can be asked"
        )
    return Question(
        id=name,
        text=" ".join(text.split()),
        kind=str(row.get(("kind",)) or ""),
        split=str(row.get(("split",)) or ""),
        answerable=_answerable(row),
        where=f"{row.file}, line {row.line}",
        judgements=embedded_spans(row, name),
    )


def _answerable(row: Row) -> bool | None:
    value = row.get(("answerable",))
    if value is None or isinstance(value, bool):
        return value
    if str(value).strip().lower() not in _YES_NO:
        raise refused(row.file, row.line, f"'{value}' is not true or false (column 'answerable')")
    return _YES_NO[str(value).strip().lower()]


def _plain_rows(file: Path, text: str) -> Iterator[Row]:
    lines = list(numbered(text))
    for number, reason in prose.signs(lines):
        raise refused(file, number, f"{reason}; {_ADVICE}")
    if all(_QRELS.fullmatch(line) for _, line in lines):
        reason = "this is a judgement as TREC writes it, and no question; give the questions, and this beside them"
        raise refused(file, lines[0][0], reason)
    for number, line in lines:
        yield Row(file, number, {"_id": str(number), "text": line})


def _table(file: Path, text: str) -> Iterator[Row]:
    """Yield the rows of a table; one without a header that names the question must be two columns: id, question."""
    _, first = next(table_cells(file, text))
    names = {cell.strip().lower() for cell in first}
    if not names & set(_TEXT):
        for line, cells in table_cells(file, text):
            if len(cells) != 2:  # noqa: PLR2004 - id and question
                reason = "a table needs a header with a column 'text', or exactly two columns: id and question"
                raise refused(file, line, reason)
            yield Row(file, line, {"_id": cells[0], "text": cells[1]})
        return
    with_id = bool(names & set(_ID))
    for row in table_rows(file, text):
        yield row if with_id else replace(row, values={**row.values, "_id": str(row.line)})


# The first form that fits reads the file; the last one always does.
_FORMS: tuple[tuple[Callable[[Path, str], bool], Callable[[Path, str], Iterator[Row]]], ...] = (
    (lambda _file, text: is_json(text), json_rows),
    (lambda _file, text: is_topics(text), topic_rows),
    (lambda file, _text: is_table(file), _table),
    (lambda _file, _text: True, _plain_rows),
)

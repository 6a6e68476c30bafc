"""Judgements: what a person said is relevant to a question, at the level of documents, passages or spans.

- **document**: BEIR's and TREC's qrels; the document is named by its id, its path or file name, or the name's stem.
- **passage**: the same files, naming a passage as a run does: DOCUMENT_ID:START-END. Such judgements hold only while
  the index is split as it was.
- **span**: a document with an exact quotation, or with the offsets of its first and behind its last character. They are
  matched to passages by overlap (evaluate/targets.py) and so survive another splitting and another model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

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

Level = Literal["document", "passage", "span"]

_QUERY = ("query", "query-id", "query_id", "qid", "_id")
_DOCUMENT = ("path", "document_id", "document", "corpus-id", "doc_id", "docid", "doc")
_GRADE = ("grade", "score", "relevance", "rel")
_PASSAGE = re.compile(r"([0-9a-f]{16}):(\d+)-(\d+)")
_COLUMNS = (3, 4)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How relevant something is to a query (0 is not, 1 and above is); the document is named as its file names it.

    With a `quote`, or with `start` and `end`, it is a span of that document; offsets count characters of its text.
    `where` is the file and line it stands on.
    """

    query_id: str
    document: str
    relevance: int
    quote: str = ""
    start: int | None = None
    end: int | None = None
    where: str = field(default="", compare=False)

    @property
    def level(self) -> Level:
        """The level this judgement is made at."""
        if self.quote or self.start is not None:
            return "span"
        return "passage" if _PASSAGE.fullmatch(self.document) else "document"


def passage_name(document_id: str, start: int, end: int) -> str:
    """Return what a run and a judgement call a passage.

    >>> passage_name("00112233445566aa", 120, 480)
    '00112233445566aa:120-480'
    """
    return f"{document_id}:{start}-{end}"


def passage_parts(name: str) -> tuple[str, int, int]:
    """Return document id, start and end of a passage's name.

    >>> passage_parts("00112233445566aa:120-480")
    ('00112233445566aa', 120, 480)
    """
    match = _PASSAGE.fullmatch(name)
    if match is None:
        message = f"'{name}' names no passage; a passage is called DOCUMENT_ID:START-END."
        raise InputError(message)
    return match[1], int(match[2]), int(match[3])


def read_judgements(file: Path) -> tuple[Judgement, ...]:
    """Read judgements: JSON lines or CSV with named columns, BEIR's three columns, or TREC's four without a header.

    Named columns are `query`, `document` (or `path`, `document_id`), `grade`, and for spans `quote`, or `start` and
    `end`. Raises InputError with file and line for anything else, and for two judgements that contradict each other.
    """
    text = read_text(file, "file of judgements")
    if is_json(text) or (is_table(file) and _has_named_columns(file, text)):
        judgements = _from_rows(json_rows(file, text) if is_json(text) else table_rows(file, text))
    else:
        judgements = _from_columns(file, text)
    if not judgements:
        message = f"{file} holds no judgement; each line is: query, document, grade."
        raise InputError(message)
    require_agreement(judgements)
    return judgements


def require_agreement(judgements: Iterable[Judgement]) -> None:
    """Raise InputError when the judgements are of different levels, or grade the same thing differently."""
    first: Judgement | None = None
    grades: dict[object, int] = {}
    for judgement in judgements:
        first = first or judgement
        if judgement.level != first.level:
            message = (
                f"{judgement.where}: this judges a {judgement.level}, but {first.where} judges a {first.level}; "
                "give one level at a time."
            )
            raise InputError(message)
        thing = (judgement.query_id, judgement.document, judgement.quote, judgement.start, judgement.end)
        if grades.setdefault(thing, judgement.relevance) != judgement.relevance:
            message = f"{judgement.where}: this was judged {grades[thing]} before and is {judgement.relevance} here."
            raise InputError(message)


def embedded_spans(row: Row, query_id: str) -> tuple[Judgement, ...]:
    """Return the judgements that stand beside a question, under `spans`."""
    spans: Any = row.values.get("spans") or ()
    if not isinstance(spans, list | tuple) or not all(isinstance(span, dict) for span in spans):
        reason = 'the spans must be a list such as [{"path": "...", "quote": "...", "grade": 2}]'
        raise refused(row.file, row.line, reason)
    found = tuple(_from_row(Row(row.file, row.line, span), query_id, _DOCUMENT) for span in spans)
    for judgement in found:
        if judgement.level != "span":
            raise refused(row.file, row.line, "a span needs a quote, or start and end")
    return found


def _from_rows(rows: Iterable[Row]) -> tuple[Judgement, ...]:
    made, wrong = [], Wrong()
    for row in rows:
        with wrong.noted(row.where):
            made.append(_from_row(row, row.word(_QUERY, "query"), _DOCUMENT))
    wrong.require_none()
    return tuple(made)


def _from_row(row: Row, query_id: str, names: tuple[str, ...]) -> Judgement:
    document = row.get(names)
    if not isinstance(document, str) or not document.strip():
        raise refused(row.file, row.line, "there is no document (a column or key 'path', 'document_id' or 'document')")
    quote = row.get(("quote",)) or ""
    if isinstance(quote, str) and not quote.strip():
        quote = ""
    start, end = row.number(("start",)), row.number(("end",))
    if not isinstance(quote, str) or (quote and start is not None) or (start is None) != (end is None):
        raise refused(row.file, row.line, "a span is given by its quote, or by both start and end")
    if start is not None and end is not None and not 0 <= start < end:
        raise refused(
            row.file, row.line, f"{start} to {end} is no span; it must begin at 0 or later and end after it begins"
        )
    grade = row.number(_GRADE, otherwise=1)
    return Judgement(query_id, document.strip(), grade or 0, quote, start, end, f"{row.file}, line {row.line}")


def _has_named_columns(file: Path, text: str) -> bool:
    _, header = next(table_cells(file, text))
    names = {cell.strip().lower() for cell in header}
    return bool(names & set(_QUERY)) and bool(names & set(_DOCUMENT))


def _from_columns(file: Path, text: str) -> tuple[Judgement, ...]:
    rows = [(number, _columns(line)) for number, line in numbered(text)]
    if not rows[0][1][-1].lstrip("-").isdecimal():
        rows.pop(0)
    judgements, wrong = [], Wrong()
    for number, columns in rows:
        with wrong.noted(f"{file}, line {number}"):
            judgements.append(_from_line(file, number, columns, len(rows[0][1])))
    wrong.require_none()
    return tuple(judgements)


def _from_line(file: Path, number: int, columns: list[str], expected: int) -> Judgement:
    if len(columns) not in _COLUMNS or not columns[-1].lstrip("-").isdecimal():
        raise refused(file, number, "expected query, document and a grade of 0, 1, 2 ... (or TREC's four columns)")
    if len(columns) != expected:
        raise refused(file, number, f"it has {len(columns)} columns, those before it {expected}")
    return Judgement(columns[0], columns[-2], int(columns[-1]), where=f"{file}, line {number}")


def _columns(line: str) -> list[str]:
    """Return the columns of a line: between tabs where it has enough of them, else between white space."""
    columns = [column.strip() for column in line.split("\t")]
    return columns if len(columns) in _COLUMNS else line.split()

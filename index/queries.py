"""Files of questions: JSON lines with `_id` and `text` (as in BEIR), or plain text with one question a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core import prose
from core.errors import InputError
from index.search import checked

_TABLES = {".csv", ".tsv"}


@dataclass(frozen=True, slots=True)
class Query:
    """A question with the name it goes by in runs and judgements."""

    id: str
    text: str


def read_queries(file: Path) -> tuple[Query, ...]:
    """Return the questions of a file in order; raises InputError with the line before anything is asked.

    Blank lines are passed over; in plain text a question's id is the number of its line.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        message = f"The file of questions {file} cannot be read ({reason}); give JSON lines or one question a line."
        raise InputError(message) from error
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not numbered:
        message = f"The file of questions {file} is empty; give JSON lines with _id and text, or one question a line."
        raise InputError(message)
    if file.suffix.lower() in _TABLES:
        message = (
            f"{file} is a table, whose rows would be asked as they stand; give JSON lines or one question a line, "
            f"or ask the table with `python -m evaluate run --queries {file} --out DIR`."
        )
        raise InputError(message)
    json_lines = numbered[0][1].lstrip().startswith("{")
    for number, reason in () if json_lines else prose.signs(numbered):
        message = f"{file}, line {number}: {reason}; give one question a line, or JSON lines."
        raise InputError(message)
    parse = _from_json if json_lines else _from_text
    return tuple(_queries(file, numbered, parse))


def _queries(file: Path, numbered: list[tuple[int, str]], parse: Callable[[int, str], Query]) -> Iterator[Query]:
    seen: dict[str, int] = {}
    for number, line in numbered:
        try:
            query = parse(number, line)
            checked(query.text)
        except InputError as error:
            message = f"{file}, line {number}: {error}"
            raise InputError(message) from error
        if query.id in seen:
            message = (
                f"{file}, line {number}: the id '{query.id}' was used in line {seen[query.id]}; give each its own."
            )
            raise InputError(message)
        seen[query.id] = number
        yield query


def _from_json(_number: int, line: str) -> Query:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        message = f"this is not a JSON object ({error})."
        raise InputError(message) from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str) or "_id" not in record:
        message = 'each line must be an object such as {"_id": "q1", "text": "does niacinamide help acne?"}.'
        raise InputError(message)
    query = Query(str(record["_id"]), record["text"])
    try:
        f"{query.id}{query.text}".encode()
    except UnicodeEncodeError as error:
        message = "it holds half a character (a lone surrogate); write the character whole."
        raise InputError(message) from error
    return query


def _from_text(number: int, line: str) -> Query:
    return Query(str(number), line)

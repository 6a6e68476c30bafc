"""Files of rows: JSON lines, CSV and TSV, each row with the number of the line it begins on.

A TSV file is taken as it stands, as the retrieval community writes it: quotation marks in it are part of a cell. Cells
with line breaks need CSV or JSON lines.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.words import counted

# How many lines are named before it is said how many more there are.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file by column name, and the line it begins on (from 1).

    `wrong` is what keeps the line from being a row at all; it is raised when a value is asked for.
    """

    file: Path
    line: int
    values: Mapping[str, Any]
    wrong: InputError | None = None

    @property
    def where(self) -> str:
        """The file and the line."""
        return f"{self.file}, line {self.line}"

    def get(self, names: Sequence[str]) -> Any:
        """Return the value of the first of these columns that the row has and that is not empty; None without one."""
        if self.wrong is not None:
            raise self.wrong
        return next((self.values[name] for name in names if self.values.get(name) not in (None, "")), None)

    def word(self, names: Sequence[str], what: str) -> str:
        """Return a name without white space, as TREC's files need; raises InputError when it is missing or has some."""
        value = self.get(names)
        if value is None or isinstance(value, bool | list | dict) or not str(value).strip():
            raise refused(self.file, self.line, f"there is no {what} (a column or key such as '{names[0]}')")
        word = str(value).strip()
        if len(word.split()) > 1:
            reason = (
                f"the {what} '{word}' holds white space, which files in TREC's formats cannot; write it as one word"
            )
            raise refused(self.file, self.line, reason)
        return word

    def number(self, names: Sequence[str], otherwise: int | None = None) -> int | None:
        """Return a whole number, or `otherwise` when the row has none; raises InputError for anything else."""
        value = self.get(names)
        if value is None:
            return otherwise
        if isinstance(value, bool) or not _is_whole(value):
            raise refused(
                self.file, self.line, f"'{value}' is no whole number (column '{names[0]}'); write 0, 1, 2 ..."
            )
        return int(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and value.strip().lstrip("-").isdecimal())


class Wrong:
    """What is wrong with lines of a file: all are looked at, and told at once."""

    def __init__(self) -> None:
        self._found: list[tuple[str, InputError]] = []

    @contextmanager
    def noted(self, where: str) -> Iterator[None]:
        """Keep what is wrong with one line, given as "FILE, line N", for later."""
        try:
            yield
        except InputError as error:
            self._found.append((where, error))

    def require_none(self) -> None:
        """Raise InputError when anything is wrong: the first in full, and the lines of the others."""
        if not self._found:
            return
        (place, first), *others = self._found
        lines = list(dict.fromkeys(where.rpartition(" ")[2] for where, _ in others if where != place))
        more = f" and {len(lines) - _NAMED:,} more" if len(lines) > _NAMED else ""
        named = f" {counted(len(lines), 'more line')} cannot be used: {', '.join(lines[:_NAMED])}{more}."
        message = f"{first}{named if lines else ''}"
        raise InputError(message) from first


def refused(file: Path, line: int, reason: str) -> InputError:
    """Return the error for one line of a file, as a sentence."""
    return InputError(f"{file}, line {line}: {reason}.")


def read_text(file: Path, what: str) -> str:
    """Return a file's text; raises InputError, which calls the file `what`, when it cannot be read or is empty."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        message = f"The {what} {file} cannot be read ({reason}); give another."
        raise InputError(message) from error
    if not text.strip():
        message = f"The {what} {file} is empty; give one that holds some."
        raise InputError(message)
    return text


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank with their numbers; only a line feed ends a line, as in JSON lines."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")


def json_rows(file: Path, text: str) -> Iterator[Row]:
    """Yield the rows of JSON lines; one that is no object says so when it is used."""
    for number, line in numbered(text):
        try:
            record = json.loads(line)
            line.encode()
            json.dumps(record, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            reason = "it holds half a character (a lone surrogate); write the character whole"
            yield Row(file, number, {}, refused(file, number, reason))
        except (ValueError, RecursionError) as error:
            yield Row(file, number, {}, refused(file, number, _no_json(error)))
        else:
            if isinstance(record, dict):
                yield Row(file, number, record)
            else:
                reason = 'expected an object such as {"_id": "q1", "text": "..."}'
                yield Row(file, number, {}, refused(file, number, reason))


def _no_json(error: ValueError | RecursionError) -> str:
    """Say what is wrong with a line in terms of the line: a JSON error counts lines of its own."""
    advice = "write one JSON object a line"
    if not isinstance(error, json.JSONDecodeError):
        return f"this is not JSON ({error}); {advice}"
    return f"this is not JSON from character {error.colno} on ({error.msg[:1].lower()}{error.msg[1:]}); {advice}"


def table_cells(file: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV or TSV file as cells, with the line each begins on; rows without content are left out."""
    if file.suffix.lower() == ".tsv":
        yield from ((number, line.split("\t")) for number, line in numbered(text))
        return
    first = text.split("\n", 1)[0]
    # Spreadsheets write semicolons where the comma is the decimal sign.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise refused(file, line, f"this is no row of a table ({error})") from error
        if any(cell.strip() for cell in cells):
            yield line, cells


def table_rows(file: Path, text: str) -> Iterator[Row]:
    """Yield the rows of a CSV or TSV file under the names of its header, in lower case.

    One that has another number of cells says so when it is used.
    """
    cells = table_cells(file, text)
    _, header = next(cells)
    names = [name.strip().lower() for name in header]
    for line, row in cells:
        if len(row) != len(names):
            reason = f"it has {counted(len(row), 'cell')}, but the header names {counted(len(names), 'column')}"
            yield Row(file, line, {}, refused(file, line, reason))
        else:
            yield Row(file, line, dict(zip(names, row, strict=True)))


def is_json(text: str) -> bool:
    """Tell whether a file holds JSON lines.

    >>> is_json(' {"_id": 1}')
    True
    """
    return text.lstrip().startswith("{")


def is_table(file: Path) -> bool:
    """Tell by its ending whether a file is a table.

    >>> is_table(Path("questions.CSV"))
    True
    """
    return file.suffix.lower() in {".csv", ".tsv"}

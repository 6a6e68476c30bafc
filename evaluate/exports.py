"""What was found, for other programs: CSV for a spreadsheet and RIS for a reference manager."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from rispy.writer import RisWriter  # type: ignore[import-untyped]

from evaluate.records import Place, Record

Cell = str | float | int | None

# A cell that begins so is run as a formula by one spreadsheet or another; the last four are the full-width forms.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PASSAGE_COLUMNS = (
    "query", "question", "rank", "grade", "title", "authors", "year", "doi", "url", "path", "pages", "section",
    "quote", "document_id", "start", "end", "sha256", "score",
)  # fmt: skip


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as CSV; text that a spreadsheet would run as a formula is defused with an apostrophe.

    Numbers stay numbers (six digits after the point), and None is an empty cell.
    """
    stream = io.StringIO(newline="")
    # RFC 4180's line end; with another one the writer would leave a lone carriage return in a cell unquoted.
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _cell(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6f}"
    if isinstance(cell, int):
        return cell
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) or cell[:1] in {"\t", "\r", "\n"} else cell


def passages_csv(records: Iterable[Record]) -> str:
    """Return the passages found, one a row, with their citations; at the level of documents the best of each."""
    return csv_text(_PASSAGE_COLUMNS, (_passage(record, place) for record in records for place in record.ranking))


def _passage(record: Record, place: Place) -> list[Cell]:
    whence: list[Cell] = [place.title, "; ".join(place.authors), place.year, place.doi, place.url, place.path]
    where: list[Cell] = [place.pages, place.section, place.quote, place.document_id, place.start, place.end]
    return [record.id, record.text, place.rank, place.grade, *whence, *where, place.sha256, place.score]


class _Writer(RisWriter):  # type: ignore[misc]  # rispy is untyped
    """rispy's writer without the running number before each reference, which the format does not have."""

    def set_header(self, count: int) -> str:  # noqa: ARG002 - the signature is rispy's
        return ""


def passages_ris(records: Iterable[Record]) -> str:
    """Return the documents found, one reference each, with every passage of theirs as a note."""
    references: dict[str, dict[str, str | list[str]]] = {}
    notes: dict[str, dict[str, None]] = {}
    for record in records:
        for place in record.ranking:
            references.setdefault(place.document_id, _reference(place))
            notes.setdefault(place.document_id, {})[_note(place)] = None
    entries = [{**reference, "notes": list(notes[key])} for key, reference in references.items()]
    return str(_Writer().formats(entries)) if entries else ""


def _reference(place: Place) -> dict[str, str | list[str]]:
    kind = "JOUR" if place.doi else "ELEC" if place.url else "GEN"
    lines: dict[str, str | list[str]] = {
        "type_of_reference": kind,
        "id": place.document_id,
        "title": _line(place.title),
    }
    if place.authors:
        lines["authors"] = [_line(author) for author in place.authors]
    if place.year is not None:
        lines["year"] = str(place.year)
    if place.doi:
        lines["doi"] = _line(place.doi)
    if place.link:
        lines["urls"] = [_line(place.link)]
    return lines


def _note(place: Place) -> str:
    where = ", ".join(part for part in (place.section, place.pages, place.path) if part)
    return _line(f"“{place.quote}” ({where}; characters {place.start}-{place.end})")


def _line(text: str) -> str:
    """Return text in one line: a line break in RIS ends the field."""
    return " ".join(text.split())

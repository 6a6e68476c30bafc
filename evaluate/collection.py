"""What is asked and what is right: questions with judgements, and for BEIR the documents too."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.document import Document, Metadata
from core.errors import InputError
from core.ledger import SourceFile
from index import Query, read_queries


@dataclass(frozen=True, slots=True)
class Judgement:
    """How relevant a document is to a query (0 is not, 1 and above is); it is named as its collection names it."""

    query_id: str
    document: str
    relevance: int


@dataclass(frozen=True, slots=True)
class Collection:
    """Queries with judgements; `documents` are the collection's own, empty when an existing index is asked."""

    name: str
    queries: tuple[Query, ...]
    judgements: tuple[Judgement, ...]
    documents: tuple[tuple[SourceFile, Document], ...] = ()


def read_beir(folder: Path, split: str = "test") -> Collection:
    """Read a BEIR folder: corpus.jsonl, queries.jsonl, qrels/<split>.tsv; only judged queries are kept.

    Raises InputError with file and line for anything that is not as BEIR has it.
    """
    judgements = read_judgements(folder / "qrels" / f"{split}.tsv")
    judged = {judgement.query_id for judgement in judgements}
    queries = tuple(query for query in read_queries(folder / "queries.jsonl") if query.id in judged)
    documents = tuple(_documents(folder / "corpus.jsonl"))
    return Collection(f"{folder.name}/{split}", queries, judgements, documents)


def read_collection(queries: Path, judgements: Path | None) -> Collection:
    """Read questions for an existing index, with judgements that name its documents by id, file name or stem."""
    return Collection(queries.stem, read_queries(queries), read_judgements(judgements) if judgements else ())


def read_judgements(file: Path) -> tuple[Judgement, ...]:
    """Read qrels: three columns with a header as in BEIR, or four without as in TREC (query, 0, document, grade)."""
    rows = [(number, line.split()) for number, line in enumerate(_lines(file), start=1) if line.strip()]
    if rows and not rows[0][1][-1].lstrip("-").isdigit():
        rows.pop(0)
    if not rows:
        message = f"{file} holds no judgement; each line is: query, document, grade."
        raise InputError(message)
    return tuple(_judgement(file, number, columns) for number, columns in rows)


def _judgement(file: Path, number: int, columns: list[str]) -> Judgement:
    if len(columns) not in (3, 4) or not columns[-1].lstrip("-").isdigit():
        message = f"{file}, line {number}: expected query, document and a whole-number grade (or TREC's four columns)."
        raise InputError(message)
    return Judgement(columns[0], columns[-2], int(columns[-1]))


def _documents(file: Path) -> Iterator[tuple[SourceFile, Document]]:
    seen: set[str] = set()
    for number, line in enumerate(_lines(file), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            name, title, text = str(record["_id"]), str(record.get("title") or ""), str(record["text"])
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            message = (
                f'{file}, line {number}: expected an object such as {{"_id": "d1", "title": "...", "text": "..."}}.'
            )
            raise InputError(message) from error
        if name in seen:
            message = f"{file}, line {number}: the id '{name}' occurs twice."
            raise InputError(message)
        seen.add(name)
        yield _document(file, name, title, text)


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
        reader="beir/1",
        text=body,
        metadata=Metadata(title=title if text.strip() else ""),
    )
    return SourceFile(f"{file.resolve()}#{name}", name, sha256, str(file.resolve())), document


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        message = f"{file} cannot be read ({reason}); check the path."
        raise InputError(message) from error


def write_csv(file: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a table; cells that a spreadsheet would run as a formula are defused with an apostrophe."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows([[_defused(cell) for cell in row] for row in rows])


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.lstrip()[:1] in {"=", "+", "-", "@"} or cell[:1] in {"\t", "\r"} else cell

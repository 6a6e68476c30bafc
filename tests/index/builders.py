"""Documents, files and commits in few words, so that a test says only what it is about."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.document import Document, Heading, Metadata, Page, Source
from core.ledger import SourceFile
from core.results import Answer, Mode
from index import AS_RANKED, Change, Encoder, Searcher, Where, open_writer
from index.arrays import Vectors
from index.chunking import SHORT
from index.digest import digest
from index.hashing import HashingEncoder
from index.readings import ReadPassages, ReadQueries
from index.tokens import TOKEN_DIMENSION, Asked, packed

ROOT = "/library"
READER = "markdown/1"


class Counting(HashingEncoder):
    """The hashing encoder, with a list of every text it had to embed as a passage."""

    def __init__(self, name: str = "hashing-256", dimension: int = 256, max_tokens: int = 256) -> None:
        super().__init__(name, dimension, max_tokens)
        self.embedded: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return super().encode_passages(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return super().encode_passages(texts)


class Spelled(HashingEncoder):
    """The hashing encoder with tokens: every word is one, and points in the direction of its first letter."""

    tokens = "first letters"

    def __init__(self) -> None:
        super().__init__("spelled", 256)

    def read_passages(self, texts: Sequence[str]) -> ReadPassages:
        return ReadPassages(self.encode_passages(texts), tuple(packed(first_letters(text)) for text in texts))

    def read_queries(self, texts: Sequence[str]) -> ReadQueries:
        tokens = [first_letters(text) for text in texts]
        asked = tuple(Asked(own, np.full(len(own), 1 / max(1, len(own)), np.float32)) for own in tokens)
        return ReadQueries(self.encode_queries(texts), asked)


def first_letters(text: str) -> Vectors:
    letters = [ord(word[0].lower()) % TOKEN_DIMENSION for word in re.findall(r"[a-zA-Z]+", text)]
    return np.eye(TOKEN_DIMENSION, dtype=np.float32)[letters]


class Given(HashingEncoder):
    """An encoder whose vectors are given by the last line of a text (or question)."""

    def __init__(self, vectors: Mapping[str, Vectors]) -> None:
        super().__init__("given", len(next(iter(vectors.values()))))
        self._vectors = vectors

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        chosen = [self._vectors[text.rpartition("\n")[2]] for text in texts]
        return np.array(chosen, np.float32).reshape(len(texts), self.dimension)


def document(
    text: str,
    *,
    title: str = "",
    year: int | None = None,
    fields: tuple[tuple[str, str], ...] = (),
    headings: tuple[Heading, ...] = (),
    pages: tuple[Page, ...] = (),
    name: str = "a.md",
) -> Document:
    """Return a document whose bytes would hold all that is given, so that another title is another document."""
    about = "\n".join((title, str(year), *("=".join(pair) for pair in fields)))
    source = Source(name, "text/markdown", f"{about}\n{text}".encode())
    metadata = Metadata(title=title, year=year, fields=fields)
    return Document(source.document_id, name, source.sha256, source.media_type, READER, text, metadata, pages, headings)


def sectioned(*sections: tuple[int, str, str], preamble: str = "", title: str = "") -> Document:
    """Return a document from (level, heading, what stands under it); headings are nested by level."""
    text = preamble
    starts: list[tuple[int, int, int, str]] = []
    for level, heading, body in sections:
        start = len(text)
        text += f"{heading}\n\n{body}\n\n"
        starts.append((start, start + len(heading), level, heading))
    headings = []
    path: list[tuple[int, str]] = []
    for place, (start, title_end, level, heading) in enumerate(starts):
        end = next((later[0] for later in starts[place + 1 :] if later[2] <= level), len(text))
        path = [*(pair for pair in path if pair[0] < level), (level, heading)]
        headings.append(Heading(start, title_end, end, tuple(words for _, words in path)))
    return document(text, title=title, headings=tuple(headings))


def file_of(read: Document, path: str) -> SourceFile:
    """Return the file a document would have been read from."""
    place = path if path.startswith("/") else f"{ROOT}/{path}"
    return SourceFile(place, place.rpartition("/")[2], read.sha256, ROOT)


def added(files: Mapping[str, Document]) -> Change:
    """Return the change that reads these documents, by path."""
    return Change(read=tuple((file_of(read, path), read) for path, read in files.items()))


def gone(*paths: str) -> Change:
    """Return the change that takes these paths out."""
    return Change(gone=tuple(f"{ROOT}/{path}" for path in paths))


def put(data: Path, encoder: Encoder, *changes: Change) -> int:
    """Commit changes one after another with one writer; return the last generation."""
    generation = 0
    with open_writer(data) as writer:
        for change in changes:
            generation = writer.commit(change, encoder if change.read else None)
    return generation


def filled(data: Path, encoder: Encoder, *documents: Document) -> Path:
    """Commit documents at once as 0.md, 1.md ...; return the data folder."""
    put(data, encoder, added({f"{number}.md": read for number, read in enumerate(documents)}))
    return data


def paragraphs(count: int, words: int = SHORT + 6) -> list[str]:
    """Return different paragraphs, each, unless told otherwise, long enough to be a passage of its own."""
    return [" ".join(f"word{number}x{place}" for place in range(words)) for number in range(count)]


@contextmanager
def data_folder() -> Iterator[Path]:
    """Yield the path of a data folder that does not exist yet (for Hypothesis, whose examples share a test)."""
    with TemporaryDirectory() as folder:
        yield Path(folder) / "var"


def rows(data: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    """Run one statement on the catalogue behind the program's back and return its rows."""
    with closing(sqlite3.connect(data / "catalogue.sqlite")) as connection:
        found = connection.execute(sql, values).fetchall()
        connection.commit()
    return found


def resealed(data: Path) -> None:
    """Give documents and passages the digest of what is stored of them, as if our own code had written it so."""
    with closing(sqlite3.connect(data / "catalogue.sqlite")) as connection:
        connection.create_function("digest", -1, digest)
        connection.execute(
            "UPDATE documents SET digest = "
            "digest(id, sha256, media_type, reader, text, metadata, pages, headings, losses)"
        )
        connection.execute(
            'UPDATE passages SET digest = (SELECT digest(id, document_id, start, "end", embedded_sha256, vector, '
            "spans, vectors, tokens) FROM closeups WHERE passage_id = passages.id)"
        )
        connection.commit()


def ranking(answer: Answer) -> list[tuple[object, ...]]:
    """Return everything of an answer that must not depend on how the index came about.

    Which of several files that hold a document it is called by does depend on it: the first that was known.
    """
    return [
        (hit.rank, hit.document_id, hit.start, hit.end, hit.score, hit.dense, hit.lexical) for hit in answer.citations
    ]


def rankings(searcher: Searcher, questions: Sequence[str], modes: Sequence[Mode], where: Where = ()) -> list[object]:
    """Return the rankings of all questions in all modes, with what is said of the evidence."""
    return [
        (mode, question, answer.support, answer.confidence, ranking(answer))
        for mode in modes
        for question in questions
        for answer in [searcher.ask(question, 50, mode, where, AS_RANKED)]
    ]


def blanked(text: str) -> str:
    """Return a text without any white space."""
    return re.sub(r"\s", "", text)

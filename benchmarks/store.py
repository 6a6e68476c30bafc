"""What the store costs at a size: opening, asking, adding, removing, checking, backing up, rebuilding.

    python -m benchmarks.store [--passages 100000] [--folder DIR]

Fills an index through the program's own writer with made-up documents (ten passages of about fifty words each, drawn
from 30,000 words by Zipf's law) whose vectors come from a random generator seeded by the text: embedding is left out
on purpose. Prints every measurement as it is made, then the medians, in seconds; a folder that was filled before is
used again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import typer

from core.document import Document, Heading, Metadata, Source
from core.ledger import SourceFile
from core.progress import shown
from index import Change, Searcher, open_catalogue, open_writer, segments, verify
from index.arrays import Vectors
from index.backup import backup, restore
from index.dense import DenseView
from index.hashing import HashingEncoder
from index.readings import ReadPassages, ReadQueries
from index.tokens import TOKEN_BYTES, TOKEN_DIMENSION, Asked

PASSAGES_A_DOCUMENT = 10
WORDS_A_PASSAGE = 50
VOCABULARY = 30_000
DIMENSION = 384
ASKED_TOKENS = 12
AT_ONCE = 50
ROUNDS = 5

_QUESTION = "w11 w200 w3000"


class Made(HashingEncoder):
    """Vectors and tokens of the size of the default model's, from a generator seeded by the text."""

    tokens = "made"

    def __init__(self, name: str = "made-384") -> None:
        super().__init__(name, DIMENSION)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one random direction a text, always the same for the same text."""
        seeds = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) for text in texts]
        vectors = np.stack([np.random.Generator(np.random.PCG64(seed)).standard_normal(DIMENSION) for seed in seeds])
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions."""
        return self.encode_passages(texts)

    def read_passages(self, texts: Sequence[str]) -> ReadPassages:
        """Return vectors, and tokens in the size of the default model's: about three for two words."""
        vectors = self.encode_passages(texts)
        seeds = np.abs(vectors[:, 0] * 2**40).astype(int).tolist()
        sizes = [TOKEN_BYTES * (len(text.split()) * 3 // 2) for text in texts]
        return ReadPassages(
            vectors,
            tuple(np.random.default_rng(seed).bytes(size) for seed, size in zip(seeds, sizes, strict=True)),
        )

    def read_queries(self, texts: Sequence[str]) -> ReadQueries:
        """Return the vectors of questions, with a token for each component of the first few."""
        tokens = np.eye(ASKED_TOKENS, TOKEN_DIMENSION, dtype=np.float32)
        asked = Asked(tokens, np.full(ASKED_TOKENS, 1 / ASKED_TOKENS, np.float32))
        return ReadQueries(self.encode_queries(texts), (asked,) * len(texts))


def made(number: int, folder: Path) -> tuple[SourceFile, Document]:
    """Return a document, written to a file of its own."""
    random = np.random.default_rng(number)
    ranks = np.minimum(random.zipf(1.2, PASSAGES_A_DOCUMENT * WORDS_A_PASSAGE), VOCABULARY)
    words = [f"w{rank}" for rank in ranks.tolist()]
    text, headings = "", []
    for place in range(PASSAGES_A_DOCUMENT):
        title, start = f"Part {place}", len(text)
        body = " ".join(words[place * WORDS_A_PASSAGE : (place + 1) * WORDS_A_PASSAGE])
        text += f"{title}\n\n{body}.\n\n"
        headings.append(Heading(start, start + len(title), len(text), (title,)))
    file = folder / f"{number // 1_000}" / f"{number}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    source = Source(file.name, "text/plain", text.encode())
    read = Document(
        id=source.document_id,
        name=file.name,
        sha256=source.sha256,
        media_type=source.media_type,
        reader="made/1",
        text=text,
        metadata=Metadata(title=f"Document {number}"),
        pages=(),
        headings=tuple(headings),
    )
    return SourceFile(str(file), file.name, source.sha256, str(folder)), read


def fill(data: Path, library: Path, passages: int) -> float:
    """Fill an index up to a size; return the seconds it took."""
    encoder, started = Made(), time.perf_counter()
    with open_writer(data) as writer, shown("Filling") as report:
        first, last = writer.catalogue.counts()[0], passages // PASSAGES_A_DOCUMENT
        for start in range(first, last, AT_ONCE):
            some = tuple(made(number, library) for number in range(start, min(start + AT_ONCE, last)))
            writer.commit(Change(read=some), encoder)
            report((start + AT_ONCE - first) / (last - first), (start + AT_ONCE) * PASSAGES_A_DOCUMENT)
    return time.perf_counter() - started


@contextmanager
def timed(figures: dict[str, list[float]], name: str) -> Iterator[None]:
    """Note how many seconds something takes."""
    started = time.perf_counter()
    yield
    figures.setdefault(name, []).append(time.perf_counter() - started)
    print(f"{figures[name][-1]:9.3f} s  {name}", flush=True)


def measure(data: Path, library: Path, scratch: Path) -> dict[str, float]:
    """Return the median seconds of everything that is done to an index."""
    figures: dict[str, list[float]] = {}
    encoder = Made()
    with timed(figures, "open a searcher"):
        searcher = Searcher(data, encoder)
    searcher.ask(_QUESTION)
    with open_catalogue(data) as catalogue:
        documents, _ = catalogue.counts()
    for turn in range(ROUNDS):
        with timed(figures, "one question"):
            searcher.ask(_QUESTION)
        _add_and_remove(data, library, 10_000_000 + documents + turn, searcher, figures)
    _from_the_truth(data, figures)
    with timed(figures, "verify every invariant and citation"):
        result = verify(data)
    if result.problems or result.stale:
        raise SystemExit(f"The index does not hold together: {result.problems[:3]} {result.stale[:3]}")
    with timed(figures, "backup"):
        backup(data, scratch / "backup.zip")
    with timed(figures, "restore"):
        restore(scratch / "backup.zip", scratch / "restored")
    with timed(figures, "rebuild with another model, embedding left out"), open_writer(scratch / "restored") as writer:
        writer.rebuild(Made("made-other"))
    return {name: median(values) for name, values in figures.items()}


def _add_and_remove(
    data: Path, library: Path, number: int, searcher: Searcher, figures: dict[str, list[float]]
) -> None:
    """Add a document of ten passages, ask, and remove it, as a run of its own each."""
    encoder = Made()
    file, read = made(number, library)
    with (
        timed(figures, "add one document: the whole run"),
        open_writer(data) as writer,
        timed(figures, "add one document: the commit, made-up embedding included"),
    ):
        writer.commit(Change(read=((file, read),)), encoder)
    with timed(figures, "the same question just after it, of a searcher that was open"):
        searcher.ask(_QUESTION)
    if searcher.ask(read.text.split("\n\n")[1]).citations[0].document_id != read.id:
        raise SystemExit("The document that was added is not found.")
    with timed(figures, "remove one document: the whole run"), open_writer(data) as writer:
        writer.commit(Change(gone=(file.path,)))
    Path(file.path).unlink()


def _from_the_truth(data: Path, figures: dict[str, list[float]]) -> None:
    for file in (data / segments.FOLDER).iterdir():
        file.unlink()
    with open_catalogue(data) as catalogue, timed(figures, "the view in memory, from the truth alone"):
        DenseView.opened(catalogue, data)
    with timed(figures, "all view files written anew from the truth"), open_writer(data):
        pass


def main(
    passages: Annotated[int, typer.Option(help="How many passages the index holds.")] = 100_000,
    folder: Annotated[Path | None, typer.Option(help="Where to put it (default: a temporary folder).")] = None,
) -> None:
    """Print what the store costs at a size."""
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        seconds = fill(place / "var", place / "library", passages)
        print(f"filled to {passages:,} passages in {seconds:.0f} s")
        scratch = place / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        figures = measure(place / "var", place / "library", scratch)
        size = sum(file.stat().st_size for file in (place / "var").rglob("*") if file.is_file())
        shutil.rmtree(scratch)
    print("medians")
    for name, value in figures.items():
        print(f"{value:9.3f} s  {name}")
    print(json.dumps({"passages": passages, "megabytes": round(size / 1e6)} | figures))


if __name__ == "__main__":
    typer.run(main)

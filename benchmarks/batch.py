"""How long a batch of questions takes at a size: 1,000 questions over 100,000 passages, as `evaluate run` asks them.

    python -m benchmarks.batch [--passages 100000] [--questions 1000] [--folder DIR]

The index is the made-up one of `benchmarks/store.py` (a folder that was filled before is used again), the questions
are six of its words each, none of the twenty commonest. Encoding is measured apart, with the default model on the
shipped questions, since made-up vectors cost nothing; the last line adds both.
"""

from __future__ import annotations

import json
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.retrieval import SHIPPED
from benchmarks.store import VOCABULARY, Made, fill
from evaluate.runs import BATCH, CITED, DEPTH
from index import Searcher, load_encoder
from index.diversity import AS_RANKED

COMMONEST = 20
WORDS = 6
SEED = 1


def made_up(count: int) -> list[str]:
    """Return questions of six words each, drawn by Zipf's law without the commonest."""
    random = np.random.default_rng(SEED)
    questions: list[str] = []
    while len(questions) < count:
        ranks = [rank for rank in random.zipf(1.2, 10 * WORDS).tolist() if COMMONEST < rank < VOCABULARY]
        questions.append(" ".join(f"w{rank}" for rank in ranks[:WORDS]))
    return questions


def main(
    passages: Annotated[int, typer.Option(help="How many passages the index holds.")] = 100_000,
    questions: Annotated[int, typer.Option(help="How many questions are asked.")] = 1_000,
    folder: Annotated[Path | None, typer.Option(help="Where to put it (default: a temporary folder).")] = None,
) -> None:
    """Print the seconds that encoding and searching take."""
    encoder = load_encoder()
    shipped = [json.loads(line)["text"] for line in SHIPPED.read_text(encoding="utf-8").splitlines()]
    texts = list(islice(cycle(shipped), questions))
    encoder.read_queries(texts[:BATCH])
    started = time.perf_counter()
    for start in range(0, questions, BATCH):
        encoder.read_queries(texts[start : start + BATCH])
    encoding = time.perf_counter() - started
    print(f"{encoding:7.1f} s  encoding {questions:,} questions with {encoder.name}")
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        fill(place / "var", place / "library", passages)
        searcher = Searcher(place / "var", Made())
        asked = made_up(questions)
        searcher.ask_many(asked[:BATCH], DEPTH, cited=CITED, arrangement=AS_RANKED)
        started = time.perf_counter()
        for start in range(0, questions, BATCH):
            searcher.ask_many(asked[start : start + BATCH], DEPTH, cited=CITED, arrangement=AS_RANKED)
        searching = time.perf_counter() - started
    print(f"{searching:7.1f} s  searching {passages:,} passages, {DEPTH} a question, {CITED} of them quoted")
    print(f"{encoding + searching:7.1f} s  together")


if __name__ == "__main__":
    typer.run(main)

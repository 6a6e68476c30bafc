"""How long one warm question takes, encoding included, on an index that is already there.

    python -m benchmarks.latency [--data var] [--mode hybrid] [--rounds 3]

Asks every question of `benchmarks/data/corpus_questions.jsonl` and prints median and 95th percentile in milliseconds.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import Annotated

import typer

from core.results import Mode
from core.settings import load_settings
from index import Searcher

QUESTIONS = Path(__file__).parent / "data" / "corpus_questions.jsonl"


def main(
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
    mode: Annotated[Mode, typer.Option(help="hybrid, dense or lexical.")] = "hybrid",
    rounds: Annotated[int, typer.Option(help="How often every question is asked.")] = 3,
) -> None:
    """Print the distribution of the time from question to citations."""
    searcher = Searcher.opened(load_settings(data).data)
    questions = [json.loads(line)["text"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    for question in questions[:20]:
        searcher.ask(question, mode=mode)
    times = []
    for _ in range(rounds):
        for question in questions:
            started = time.perf_counter()
            searcher.ask(question, mode=mode)
            times.append((time.perf_counter() - started) * 1_000)
    quantiles = statistics.quantiles(times, n=20)
    median = statistics.median(times)
    print(f"{mode}: {len(times)} questions, median {median:.1f} ms, 95th percentile {quantiles[-1]:.1f} ms")


if __name__ == "__main__":
    typer.run(main)

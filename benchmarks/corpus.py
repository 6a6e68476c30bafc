"""How well the shipped corpus answers the questions in `benchmarks/data/corpus_questions.jsonl`.

    python -m benchmarks.corpus [--data var] [--split dev|test] [--misses]

For every mode: the share of answerable questions with an expected document among the first 1, 3, 5 and 10 documents,
and how answerable and unanswerable questions are judged. Tune on dev, report test.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from core.results import MODES, Answer
from core.settings import load_settings
from index import Searcher
from index.diversity import AS_RANKED

QUESTIONS = Path(__file__).parent / "data" / "corpus_questions.jsonl"
DEPTHS = (1, 3, 5, 10)


def main(
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
    split: Annotated[str, typer.Option(help="dev or test.")] = "dev",
    misses: Annotated[bool, typer.Option(help="List the hybrid questions that miss the first five.")] = False,  # noqa: FBT002
) -> None:
    """Print one row a mode, then how the verdicts fall."""
    records = [record for record in questions() if record["split"] == split]
    answerable = [record for record in records if record["documents"]]
    searcher = Searcher.opened(load_settings(data).data)
    print(f"{split}: {len(answerable)} answerable questions; expected document among the first")
    print("mode     " + "  ".join(f"{depth:>5}" for depth in DEPTHS))
    for mode in MODES:
        answers = searcher.ask_many([record["text"] for record in answerable], 50, mode, arrangement=AS_RANKED)
        places = [place(answer, record["documents"]) for answer, record in zip(answers, answerable, strict=True)]
        shares = [sum(rank <= depth for rank in places) / len(places) for depth in DEPTHS]
        print(f"{mode:8} " + "  ".join(f"{share:5.3f}" for share in shares))
        if misses and mode == "hybrid":
            for record, rank in zip(answerable, places, strict=True):
                if rank > DEPTHS[2]:
                    print(f"    {rank:>3}  {record['text']}  ({', '.join(record['documents'])})")
    for kind in ("answerable", "unanswerable-near", "unanswerable-far"):
        of_kind = answerable if kind == "answerable" else [record for record in records if record["kind"] == kind]
        verdicts = Counter(answer.support for answer in searcher.ask_many([record["text"] for record in of_kind]))
        print(f"{kind:18} " + "  ".join(f"{name} {verdicts[name]:3}" for name in ("supported", "weak", "none")))


def questions() -> list[dict[str, Any]]:
    """Return the judged questions: `text`, `kind`, `split`, and `documents`, empty when the corpus does not answer."""
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def place(answer: Answer, expected: list[str]) -> int:
    """Return the rank, among documents, of the first expected one; a large number when there is none."""
    names = list(dict.fromkeys(Path(citation.path).stem for citation in answer.citations))
    return min((names.index(name) + 1 for name in expected if name in names), default=10_000)


if __name__ == "__main__":
    typer.run(main)

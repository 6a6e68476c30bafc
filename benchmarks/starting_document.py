"""How often the paragraph that answers is among the first three passages, on one promotional text of 17 paragraphs.

    python -m benchmarks.starting_document FILE

FILE is the client's starting document (plain text, one paragraph a line; it is not part of this repository). Its four
routes are told in the same three words, which makes it hard. The 88 questions are of two kinds: 44 in words near the
text's own (a), 44 in lay or technical words it does not use (b).
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from core.results import MODES, Citation
from index import Searcher, load_encoder
from ingest import add

QUESTIONS = Path(__file__).parent / "data" / "starting_document_questions.jsonl"
DEPTH = 3
SHORTEST_PARAGRAPH = 100


def main(file: Annotated[Path, typer.Argument(help="The starting document.")]) -> None:
    """Print, for each kind of question, the answers found by every mode and by the plain model on plain paragraphs."""
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    text = file.read_text(encoding="utf-8")
    paragraphs = [line for line in text.splitlines() if len(line) > SHORTEST_PARAGRAPH]
    print("kind  plain model  " + "  ".join(f"{mode:>7}" for mode in MODES))
    with tempfile.TemporaryDirectory() as folder:
        add(Path(folder), [file])
        searcher = Searcher.opened(Path(folder))
        plain = plain_model(paragraphs, questions)
        for kind in "ab":
            here = [number for number, question in enumerate(questions) if question["_id"].startswith(kind)]
            found = [
                sum(
                    answers(
                        searcher.ask(questions[number]["text"], DEPTH, mode).citations, paragraphs, questions[number]
                    )
                    for number in here
                )
                for mode in MODES
            ]
            row = "  ".join(f"{count:>7}" for count in found)
            print(f"{kind} ({len(here)})  {sum(plain[number] for number in here):>10}  {row}")


def plain_model(paragraphs: list[str], questions: list[dict[str, Any]]) -> list[bool]:
    """Tell for each question whether the embedding model alone, on bare paragraphs, finds the answer."""
    encoder = load_encoder()
    cosines = encoder.encode_queries([str(question["text"]) for question in questions]) @ (
        encoder.encode_passages(paragraphs).T
    )
    best = np.argsort(-cosines, axis=1)[:, :DEPTH]
    return [
        bool(set(question["paragraphs"]) & set(row.tolist())) for question, row in zip(questions, best, strict=True)
    ]


def answers(citations: tuple[Citation, ...], paragraphs: list[str], question: dict[str, list[int]]) -> bool:
    """Tell whether a quotation stands in one of the paragraphs that hold the answer."""
    wanted = [paragraphs[number] for number in question["paragraphs"]]
    return any(citation.quote[:60] in paragraph for citation in citations for paragraph in wanted)


if __name__ == "__main__":
    typer.run(main)

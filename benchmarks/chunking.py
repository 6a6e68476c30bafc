"""How passages should be cut: whether the answer is whole within one, and how high that one is ranked.

Reads a folder with `documents/*.txt` and `spans.jsonl` (`text`, `document`, `spans`: exact answer spans), cuts every
document with each setting, and asks every question against the passages of all documents, dense alone.

    python -m benchmarks.chunking FOLDER [--settings 64:16,128:16,128:64]
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from core.document import Document, Passage
from index.arrays import Vectors
from index.chunking import Chunker
from index.encoder import Encoder, load_encoder

DEPTHS = (1, 3, 5, 10)


def main(
    folder: Annotated[Path, typer.Argument(help="Folder with documents/*.txt and spans.jsonl.")],
    settings: Annotated[
        str, typer.Option(help="LONG:SHORT in tokens (see index/chunking.py), comma separated.")
    ] = "64:16,128:16,253:16,128:64",
) -> None:
    """Print one row a setting."""
    encoder = load_encoder()
    documents = [
        Document(file.stem, file.name, "", "text/plain", "benchmark", file.read_bytes().decode())
        for file in sorted((folder / "documents").glob("*.txt"))
    ]
    questions = [json.loads(line) for line in (folder / "spans.jsonl").read_text().splitlines()]
    queries = encoder.encode_queries([question["text"] for question in questions])
    print("  long   short passages  whole   MRR@10 " + " ".join(f"hit@{depth:<3}" for depth in DEPTHS) + "  seconds")
    for setting in settings.split(","):
        long, short = (int(part) for part in setting.split(":"))
        started = time.perf_counter()
        passages, vectors = _embed(encoder, documents, long, short)
        whole, ranks = _ranks(questions, queries, passages, vectors)
        reciprocal = float(np.mean([1 / rank if rank <= 10 else 0.0 for rank in ranks]))  # noqa: PLR2004 - MRR@10
        hits = " ".join(f"{np.mean([rank <= depth for rank in ranks]):.3f}  " for depth in DEPTHS)
        seconds = time.perf_counter() - started
        print(f"{long:6} {short:7} {len(passages):8}  {whole:.3f}  {reciprocal:.3f}  {hits} {seconds:7.0f}", flush=True)


def _embed(encoder: Encoder, documents: list[Document], long: int, short: int) -> tuple[list[Passage], Vectors]:
    chunker = Chunker(encoder, long, short)
    pairs = [(document, passage) for document in documents for passage in chunker.passages(document)]
    texts = [chunker.embedded_text(document, passage) for document, passage in pairs]
    return [passage for _, passage in pairs], encoder.encode_passages(texts)


def _ranks(
    questions: list[dict[str, object]], queries: Vectors, passages: list[Passage], vectors: Vectors
) -> tuple[float, list[int]]:
    """Return the share of answers whole in a passage, and for each question the rank of its best right passage."""
    of_document: dict[str, list[int]] = {}
    for row, passage in enumerate(passages):
        of_document.setdefault(passage.document_id, []).append(row)
    wholes, ranks = [], []
    for question, query in zip(questions, queries, strict=True):
        scores = vectors @ query
        rows = of_document[str(question["document"])]
        spans = [(int(start), int(end)) for start, end in question["spans"]]  # type: ignore[attr-defined]
        holds = [
            row
            for row in rows
            if any(passages[row].start <= start and end <= passages[row].end for start, end in spans)
        ]
        touches = [row for row in rows if any(passages[row].start <= start < passages[row].end for start, _ in spans)]
        wholes.append(bool(holds))
        best = max((scores[row] for row in holds or touches), default=-np.inf)
        ranks.append(int((scores > best).sum()) + 1 if best > -np.inf else len(passages))
    return float(np.mean(wholes)), ranks


if __name__ == "__main__":
    typer.run(main)

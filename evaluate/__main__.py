"""The command line of evaluation: `python -m evaluate run`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated

import typer

from core import progress
from core.command import DataOption, JsonOption, ModelOption, run
from core.errors import InputError
from core.results import Mode
from core.settings import load_settings
from evaluate.collection import Collection, read_beir, read_collection, write_csv
from evaluate.measures import MEASURES, Scores, measured
from evaluate.runs import Run, indexed, searched, trec_lines
from index import DEFAULT_MODEL, Searcher, load_encoder

app = typer.Typer(
    help="Ask many questions at once and measure how well they were answered.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Exit status: 0 done, 2 could not do it.",
)


@app.callback()
def main() -> None:
    """Ask many questions at once and measure how well they were answered."""


@app.command(name="run")
def run_queries(  # noqa: PLR0913 - one parameter an option
    out: Annotated[Path, typer.Option(help="The folder for metrics.json, per_query.csv and run.trec.")],
    beir: Annotated[Path | None, typer.Option(help="A BEIR folder: corpus.jsonl, queries.jsonl, qrels/.")] = None,
    split: Annotated[str, typer.Option(help="Which judgements of the BEIR folder: qrels/SPLIT.tsv.")] = "test",
    queries: Annotated[Path | None, typer.Option(help="Questions for the index of --data.")] = None,
    qrels: Annotated[Path | None, typer.Option(help="Judgements for --queries: query, document, grade.")] = None,
    mode: Annotated[Mode, typer.Option(help="hybrid, dense or lexical.")] = "hybrid",
    json_: JsonOption = False,
    data: DataOption = None,
    model: ModelOption = None,
) -> None:
    """Ask every question and write the run; with judgements also its measures.

    A BEIR collection is indexed into a data folder of its own, which is used again when nothing has changed.
    """
    if (beir is None) == (queries is None):
        message = "Give either --beir DIR, or --queries FILE (with --qrels FILE to have it measured)."
        raise InputError(message)
    settings = load_settings(data, model)
    if beir is not None:
        collection = read_beir(beir, split)
        folder = settings.data / f"beir-{hashlib.sha256(str(beir.resolve()).encode()).hexdigest()[:12]}"
        encoder = load_encoder(settings.model or DEFAULT_MODEL)
        with progress.shown("Embedding") as report:
            indexed(folder, collection, encoder, report)
        searcher = Searcher(folder, encoder)
    else:
        collection = read_collection(queries or Path(), qrels)
        searcher = Searcher.opened(settings.data, settings.model)
    with progress.shown("Asking", "questions") as report:
        result = searched(searcher, collection, mode, report)
    scores = measured(result, collection) if collection.judgements else None
    _write(out, collection, result, scores)
    if json_:
        typer.echo(json.dumps(scores.mean if scores else {}))
    elif scores:
        typer.echo("  ".join(f"{name} {scores.mean[name]:.3f}" for name in MEASURES))
    typer.echo(f"{len(collection.queries):,} questions; written to {out}.", err=True)


def _write(out: Path, collection: Collection, result: Run, scores: Scores | None) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "run.trec").write_text("".join(f"{line}\n" for line in trec_lines(result)), encoding="utf-8")
        if scores is not None:
            (out / "metrics.json").write_text(json.dumps(scores.mean, indent=2) + "\n", encoding="utf-8")
            texts = {query.id: query.text for query in collection.queries}
            rows = [
                [query_id, texts[query_id], *(f"{values[name]:.6f}" for name in MEASURES)]
                for query_id, values in scores.per_query.items()
            ]
            write_csv(out / "per_query.csv", ["query", "text", *MEASURES], rows)
    except OSError as error:
        message = f"The folder {out} cannot be written ({error.strerror}); give another one with --out."
        raise InputError(message) from error


if __name__ == "__main__":
    run(app, "evaluate")

"""The command line of evaluation: `python -m evaluate run|compare`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from core import progress
from core.command import DataOption, JsonOption, ModelOption, RerankerOption, run
from core.errors import InputError
from core.results import Mode
from core.settings import Settings, load_settings
from core.words import counted
from evaluate.collection import Collection, read_beir, read_collection
from evaluate.compare import Comparison, compare
from evaluate.compared import caveats, chance, comparison_json, made_alike, sentence, write_comparison
from evaluate.evaluation import Evaluation, beir_folder, evaluated
from evaluate.folder import require_room, write_evaluation
from evaluate.runs import indexed
from evaluate.verdicts import Said
from index import DEFAULT_MODEL, Arrangement, Searcher, load_encoder, load_reranker

app = typer.Typer(
    help="Ask many questions at once, measure how well they were answered, and compare runs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Exit status: 0 done, 2 could not do it.",
)

_QUERIES_HELP = (
    "Questions for the index of --data: JSON lines, CSV, TSV, TREC topics, or one a line. "
    "JSON lines may hold their judgements as spans."
)
_QRELS_HELP = (
    "Judgements for --queries: TREC or BEIR qrels, or JSON lines or CSV with query, document, grade "
    "and, for spans, quote or start and end."
)
_SPLIT_HELP = "Which judgements of the BEIR folder: qrels/SPLIT.tsv (default test); or which split of --queries."
_PER_DOCUMENT_HELP = "At most so many passages of one document among the first ten; 0: as they are ranked."
_FOLD_HELP = "Fold near-duplicates, as in an answer to a person; one that is judged may be folded into one that is not."


# A percentile bootstrap of fewer is too narrow: three questions that all score 1 give an interval from 1 to 1.
_FEW = 20


@app.command(name="run")
def run_queries(  # noqa: PLR0913 - one parameter an option
    out: Annotated[Path, typer.Option(help="The folder for metrics.json, report.html, run.trec and the other files.")],
    beir: Annotated[Path | None, typer.Option(help="A BEIR folder: corpus.jsonl, queries.jsonl, qrels/.")] = None,
    split: Annotated[str | None, typer.Option(help=_SPLIT_HELP)] = None,
    queries: Annotated[Path | None, typer.Option(help=_QUERIES_HELP)] = None,
    qrels: Annotated[Path | None, typer.Option(help=_QRELS_HELP)] = None,
    mode: Annotated[Mode, typer.Option(help="hybrid, dense or lexical.")] = "hybrid",
    per_document: Annotated[int, typer.Option(min=0, metavar="N", help=_PER_DOCUMENT_HELP)] = 0,
    fold: Annotated[bool, typer.Option("--fold", help=_FOLD_HELP)] = False,
    json_: JsonOption = False,
    data: DataOption = None,
    model: ModelOption = None,
    reranker: RerankerOption = None,
) -> None:
    """Ask every question and write the run; with judgements also its measures.

    A BEIR collection is indexed into a data folder of its own, which is used again when nothing has changed.
    """
    require_room(out)
    settings = load_settings(data, model, reranker)
    if beir is not None and queries is None and qrels is None:
        collection = read_beir(beir, split)
        searcher = _indexed(settings, beir, collection)
    elif queries is not None and beir is None:
        collection = read_collection(queries, qrels, split)
        searcher = Searcher.opened(settings.data, settings.model, settings.reranker)
    else:
        message = "Give either --beir DIR, or --queries FILE (with --qrels FILE to have it measured)."
        raise InputError(message)
    with progress.shown("Asking", "question") as report:
        evaluation = evaluated(searcher, collection, mode, report, Arrangement(per_document, fold))
    write_evaluation(out, evaluation)
    for note in collection.notes:
        typer.echo(note, err=True)
    if json_:
        typer.echo(json.dumps(evaluation.scores.mean if evaluation.scores else {}))
    else:
        _print(evaluation)
    typer.echo(f"{counted(len(collection.questions), 'question')}; written to {out}.", err=True)


def _indexed(settings: Settings, beir: Path, collection: Collection) -> Searcher:
    folder = beir_folder(settings.data, beir)
    encoder = load_encoder(settings.model or DEFAULT_MODEL)
    with progress.shown("Embedding") as report:
        indexed(folder, collection, encoder, report)
    return Searcher(folder, encoder, load_reranker(settings.reranker) if settings.reranker else None)


def _print(evaluation: Evaluation) -> None:
    if evaluation.scores:
        judged = len(evaluation.scores.per_query)
        few = "; so few say little, whatever the intervals are" if judged < _FEW else ""
        typer.echo(f"{counted(judged, 'judged question')}, mean and 95 % interval{few}")
        for name, one in evaluation.scores.intervals.items():
            typer.echo(f"{name:10} {one.mean:.3f}  ({one.low:.3f} to {one.high:.3f})")
    verdicts = evaluation.verdicts
    if verdicts.unanswerable.questions:
        for label, said in (("answerable", verdicts.answerable), ("unanswerable", verdicts.unanswerable)):
            _print_said(counted(said.questions, f"{label} question"), said)
        for kind, said in verdicts.unanswerable_kinds.items():
            _print_said(f"{said.questions:,} of them of the kind {kind}", said)
    remarks = (
        ("found nothing", evaluation.found_nothing),
        ("without a judgement", evaluation.unjudged),
        ("judged, but nothing as relevant, so 0 in every mean", evaluation.nothing_relevant),
    )
    for what, ids in remarks:
        if ids and (evaluation.scores or what == "found nothing"):
            typer.echo(f"{counted(len(ids), 'question')} {what}: {', '.join(ids[:5])}{' ...' if len(ids) > 5 else ''}")  # noqa: PLR2004


def _print_said(label: str, said: Said) -> None:
    parts = (
        f"{name} {one.share.mean:.2f} ({one.share.low:.2f} to {one.share.high:.2f})"
        for name, one in said.shares.items()
    )
    if said.questions:
        typer.echo(f"{label}: {', '.join(parts)}")


@app.command(name="compare")
def compare_runs(
    folders: Annotated[
        list[Path], typer.Argument(metavar="RUN_DIR_A RUN_DIR_B...", help="Folders that `run --out` wrote.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="A folder for compare.html, .json, .csv and compare_per_query.csv.", show_default=False),
    ] = None,
    json_: JsonOption = False,
    data: DataOption = None,  # noqa: ARG001 - every command takes it; a run folder holds all that is needed
) -> None:
    """Say whether one run is better than another, by how much, and for which questions.

    Only runs over the same questions, judgements and documents are compared.
    """
    if out is not None:
        require_room(out)
    comparison = compare(folders)
    if out is not None:
        write_comparison(out, comparison)
        typer.echo(f"Written to {out}.", err=True)
    if json_:
        typer.echo(json.dumps(comparison_json(comparison), ensure_ascii=False))
    else:
        _print_comparison(comparison)


def _print_comparison(comparison: Comparison) -> None:
    for arm in comparison.arms:
        empty = f", found nothing for {counted(arm.found_nothing, 'question')}" if arm.found_nothing else ""
        typer.echo(f"{arm.letter}  {arm.folder}  ({arm.words}{empty})")
    typer.echo(made_alike(comparison))
    for pair in comparison.pairs:
        typer.echo(f"\n{sentence(pair)}")
        head = f"{pair.second}-{pair.first}"
        typer.echo(f"{'':10} {pair.first:>6} {pair.second:>6} {head:>7}  95 % interval     won/tied/lost  p, corrected")
        for one in pair.effects:
            bounds = f"{one.difference.low:+.3f} to {one.difference.high:+.3f}"
            counts = f"{one.wins}/{one.ties}/{one.losses}"
            typer.echo(
                f"{one.measure:10} {one.first:6.3f} {one.second:6.3f} {one.difference.mean:+7.3f}  {bounds:16}  "
                f"{counts:13}  {chance(one.p_holm)}"
            )
        for said in caveats(pair, comparison.tests):
            typer.echo(said)


if __name__ == "__main__":
    run(app, "evaluate")

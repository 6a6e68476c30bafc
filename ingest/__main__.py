"""The command line of ingestion: `python -m ingest sync|add|remove|ledger`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from core import codec, progress
from core.command import REFUSED_SOMETHING, DataOption, JsonOption, ModelOption, run
from core.ledger import LedgerEntry
from core.settings import load_settings
from ingest import Outcomes, entries_for
from ingest import add as add_paths
from ingest import remove as remove_targets
from ingest import sync as sync_folder

app = typer.Typer(
    help="Bring documents into the index, and see what became of every file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Exit status: 0 done, 1 done but something was refused and is named, 2 could not do it.",
)


@app.command()
def sync(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder to follow (default: corpus/).", show_default=False)
    ] = None,
    json_: JsonOption = False,
    data: DataOption = None,
    model: ModelOption = None,
) -> None:
    """Make the index equal to a folder: read what is new or changed, remove what is gone.

    What came from elsewhere stays.
    """
    settings = load_settings(data, model)
    with progress.shown("Embedding") as report:
        outcomes = sync_folder(settings.data, folder or settings.corpus, settings.model, report)
    _print_outcomes(outcomes, json_=json_)


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: PDF, Markdown, plain text, HTML.")],
    json_: JsonOption = False,
    data: DataOption = None,
    model: ModelOption = None,
) -> None:
    """Add files or folders, or update them; nothing else is removed."""
    settings = load_settings(data, model)
    with progress.shown("Embedding") as report:
        outcomes = add_paths(settings.data, paths, settings.model, report)
    _print_outcomes(outcomes, json_=json_)


@app.command()
def remove(
    targets: Annotated[list[str], typer.Argument(metavar="PATH|ID...", help="Files, folders or document ids.")],
    json_: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Remove documents: text, passages, vectors and uploads.

    A file that stays in corpus/ comes back at the next sync.
    """
    _print_outcomes(remove_targets(load_settings(data).data, targets), json_=json_)


@app.command()
def ledger(
    target: Annotated[str | None, typer.Argument(metavar="[PATH|ID]", help="One file, folder or document.")] = None,
    json_: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Say of every file what was read of it, and what was not and why."""
    entries = entries_for(load_settings(data).data, target)
    _print_entries(entries, json_=json_, everything=True)


def _print_outcomes(outcomes: Outcomes, *, json_: bool) -> None:
    _print_entries(outcomes.entries, json_=json_, everything=False)
    if not json_:
        counts = Counter(entry.outcome for entry in outcomes.entries)
        summary = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(counts.items())) or "nothing to do"
        typer.echo(f"{summary}. The index is at generation {outcomes.generation}.")
    if outcomes.refused:
        raise typer.Exit(REFUSED_SOMETHING)


def _print_entries(entries: Sequence[LedgerEntry], *, json_: bool, everything: bool) -> None:
    for entry in entries:
        if json_:
            typer.echo(codec.encode(entry))
        elif everything or entry.outcome != "unchanged" or entry.reason:
            pages = f", {entry.pages:,} pages" if entry.pages else ""
            counted = f" ({entry.passages:,} passages{pages})" if entry.passages else ""
            reason = f": {entry.reason}" if entry.reason else ""
            typer.echo(f"{entry.outcome:<9} {entry.path}{counted}{reason}")
            if everything:
                for loss in entry.losses:
                    typer.echo(f"          not read: {loss.where}, {loss.what}: {loss.why}")


if __name__ == "__main__":
    run(app, "ingest")

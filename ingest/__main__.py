"""The command line of ingestion: `python -m ingest sync|add|remove|ledger`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from core import codec, progress
from core.command import REFUSED_SOMETHING, DataOption, JsonOption, ModelOption, run
from core.errors import InputError, StoppedError
from core.ledger import LedgerEntry
from core.settings import Settings, load_settings
from core.words import counted
from ingest import Outcomes, entries_for, planned
from ingest import add as add_paths
from ingest import remove as remove_targets
from ingest import sync as sync_folder
from ingest.readers.base import shown
from ingest.sync import NOT_OPENED

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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would happen to each file, and change nothing.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on following the folder and print what changes, until Ctrl+C.")
    ] = False,
    json_: JsonOption = False,
    data: DataOption = None,
    model: ModelOption = None,
) -> None:
    """Make the index equal to a folder: read what is new or changed, remove what is gone.

    What came from elsewhere stays.
    """
    settings = load_settings(data, model)
    place = folder or settings.corpus
    if dry_run and watch:
        message = "A dry run looks once and --watch goes on looking; give one of the two."
        raise InputError(message)
    if dry_run:
        _print_plan(planned(settings.data, place), json_=json_)
    elif watch:
        _watch(settings, place, json_=json_)
    else:
        with _stoppable(), progress.shown("Embedding") as report:
            outcomes = sync_folder(settings.data, place, settings.model, report)
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
    with _stoppable(), progress.shown("Embedding") as report:
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


def _watch(settings: Settings, place: Path, *, json_: bool) -> None:
    """Follow a folder until Ctrl+C; what is said beside the outcomes goes to standard error."""
    # Only here is the library that watches needed, and it takes time to load.
    from ingest.watch import watch as follow

    def say(sentence: str) -> None:
        typer.echo(sentence, err=True)

    said: set[tuple[str, str]] = set()

    def report(outcomes: Outcomes) -> None:
        nonlocal said
        refused = {(entry.path, entry.reason) for entry in outcomes.entries if entry.outcome == "refused"}
        # A file that stays as it is stays refused, which is said once.
        known = {path for path, _ in refused & said} & outcomes.as_before
        news = [entry for entry in outcomes.entries if not (_as_before(entry) or entry.path in known)]
        said = refused
        _print_entries(news, json_=json_, everything=False)
        if not json_:
            typer.echo(_summary(outcomes))

    say(f"Following {place}; Ctrl+C ends it.")
    try:
        follow(settings.data, place, settings.model, report, say)
    except (KeyboardInterrupt, StoppedError):
        say(f"No longer following {place}; what was read is in the index.")


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let Ctrl+C end a run with a sentence wherever it comes."""
    try:
        yield
    except KeyboardInterrupt:
        message = "Stopped; what was committed is in the index, and the next run goes on from there."
        raise StoppedError(message) from None


def _print_outcomes(outcomes: Outcomes, *, json_: bool) -> None:
    _print_entries(outcomes.entries, json_=json_, everything=False)
    if not json_:
        typer.echo(_summary(outcomes))
    if outcomes.refused:
        raise typer.Exit(REFUSED_SOMETHING)


def _print_plan(outcomes: Outcomes, *, json_: bool) -> None:
    if json_:
        for entry in outcomes.entries:
            typer.echo(json.dumps({**codec.as_dict(entry), "planned": True}, ensure_ascii=False))
    else:
        _print_entries([replace(entry, passages=0) for entry in outcomes.entries], json_=False, everything=False)
        unopened = any(entry.outcome == "read" for entry in outcomes.entries)
        doubt = f" What is {NOT_OPENED} may still be refused." if unopened else ""
        typer.echo(f"Planned: {_counted(outcomes)}.{doubt} Nothing was changed.")
    if outcomes.refused:
        raise typer.Exit(REFUSED_SOMETHING)


def _summary(outcomes: Outcomes) -> str:
    return f"{_counted(outcomes)}. The index is at generation {outcomes.generation}."


def _counted(outcomes: Outcomes) -> str:
    counts = Counter(entry.outcome for entry in outcomes.entries)
    return ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(counts.items())) or "nothing to do"


def _print_entries(entries: Sequence[LedgerEntry], *, json_: bool, everything: bool) -> None:
    for entry in entries:
        if json_:
            typer.echo(codec.encode(entry))
        elif everything or not _as_before(entry):
            typer.echo(_line(entry))
            if everything:
                for loss in entry.losses:
                    typer.echo(f"          not read: {loss.where}, {loss.what}: {loss.why}")


def _as_before(entry: LedgerEntry) -> bool:
    return entry.outcome == "unchanged" and not entry.reason


def _line(entry: LedgerEntry) -> str:
    """Return an entry in one line, with the name that the file goes by when its path does not hold it."""
    pages = f", {counted(entry.pages, 'page')}" if entry.pages else ""
    held = f" ({counted(entry.passages, 'passage')}{pages})" if entry.passages else ""
    name = f" [{shown(entry.name)}]" if entry.name and entry.name != Path(entry.path).name else ""
    reason = f": {entry.reason}" if entry.reason else ""
    return f"{entry.outcome:<9} {entry.path}{name}{held}{reason}"


if __name__ == "__main__":
    run(app, "ingest")

"""The command line of the index: `python -m index search|status|verify|rebuild|fold|backup|restore`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core import codec, progress
from core.command import REFUSED_SOMETHING, DataOption, JsonOption, ModelOption, RerankerOption, echo, run
from core.errors import DataFolderError, InputError, StoppedError
from core.results import Answer, Mode
from core.settings import Settings, load_settings
from core.words import counted
from index import (
    DEFAULT_MODEL,
    Arrangement,
    Searcher,
    ahead,
    load_encoder,
    open_catalogue,
    open_writer,
    parsed,
    schema,
    segments,
)
from index import backup as backups
from index import verify as verification
from index.opening import require_whole
from index.present import as_json, print_answer
from index.queries import read_queries
from index.ranking import POOL
from index.search import checked
from index.segments import Folded

BATCH = 64

_MODE_HELP = "hybrid weighs meaning and words; dense is meaning alone, lexical words alone."
_WHERE_HELP = (
    "Only documents with this field, such as evidence=randomised-trial, group=Harms, year=2021, type=pdf. "
    "Repeat to narrow; several values of one key are alternatives."
)
_PER_DOCUMENT_HELP = (
    "At most so many passages of one document among the first ten, while others have something to say; 0: as they "
    "come. For reading around a subject: with 2, R@10 of our own questions falls from 0.90 to 0.80."
)
_BATCH_HELP = (
    "Ask every question of a file (JSON lines with _id and text, or one a line); prints one JSON object a line."
)

app = typer.Typer(
    help="Ask the index, and look after it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Exit status: 0 done, 1 done but something is wrong and is named, 2 could not do it.",
)


@app.command()
def search(  # noqa: PLR0913 - one parameter an option
    question: Annotated[
        str | None, typer.Argument(help="The question, in quotation marks.", show_default=False)
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=POOL, help="How many passages to show.")] = 10,
    mode: Annotated[Mode, typer.Option(help=_MODE_HELP)] = "hybrid",
    where: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help=_WHERE_HELP)] = None,
    per_document: Annotated[int, typer.Option(min=0, metavar="N", help=_PER_DOCUMENT_HELP)] = 0,
    batch: Annotated[Path | None, typer.Option(help=_BATCH_HELP)] = None,
    json_: JsonOption = False,
    data: DataOption = None,
    model: ModelOption = None,
    reranker: RerankerOption = None,
) -> None:
    """Find the passages that answer a question, with their citations."""
    if (question is None) == (batch is None):
        message = "Give either one question in quotation marks, or a file of questions with --batch."
        raise InputError(message)
    settings = load_settings(data, model, reranker)
    ask = partial(Searcher.ask_many, k=k, mode=mode, where=parsed(where or []), arrangement=Arrangement(per_document))
    if batch is not None:
        _search_batch(settings, batch, ask)
        return
    asked = checked(question or "")
    (answer,) = ask(Searcher.opened(settings.data, settings.model, settings.reranker), [asked])
    if json_:
        typer.echo(json.dumps(as_json(answer), ensure_ascii=False))
    else:
        print_answer(answer, Console(highlight=False))


def _search_batch(settings: Settings, file: Path, ask: Callable[[Searcher, Sequence[str]], tuple[Answer, ...]]) -> None:
    queries = read_queries(file)
    searcher = Searcher.opened(settings.data, settings.model, settings.reranker)
    with progress.shown("Asking", "question") as report:
        for start in range(0, len(queries), BATCH):
            some = queries[start : start + BATCH]
            for query, answer in zip(some, ask(searcher, [query.text for query in some]), strict=True):
                typer.echo(json.dumps({"_id": query.id, **as_json(answer)}, ensure_ascii=False))
            report((start + len(some)) / len(queries), start + len(some))


@app.command()
def status(json_: JsonOption = False, data: DataOption = None) -> None:
    """Say what the index holds and what it was made with."""
    folder = load_settings(data).data
    with open_catalogue(folder) as catalogue:
        require_whole(catalogue, folder)
        documents, passages = catalogue.counts()
        fingerprint = catalogue.fingerprint()
        report = {
            "documents": documents,
            "passages": passages,
            "generation": catalogue.generation(),
            "fingerprint": codec.as_dict(fingerprint) if fingerprint else None,
        }
    if json_:
        typer.echo(json.dumps(report))
        return
    typer.echo(f"{_held(documents, passages)}, generation {report['generation']}.")
    if fingerprint:
        typer.echo(
            f"Model {fingerprint.model} ({fingerprint.dimension} dimensions, reads {fingerprint.max_tokens} tokens, "
            f"weights {fingerprint.weights[:12]}), chunker {fingerprint.chunker}, schema {fingerprint.schema}."
        )


@app.command()
def verify(json_: JsonOption = False, data: DataOption = None) -> None:
    """Check every invariant, and every citation against the file it came from.

    Exit 1 when an invariant does not hold, or a file is not found as it was read; each is named.
    """
    folder = load_settings(data).data
    result = verification(folder)
    if json_:
        typer.echo(codec.encode(result))
    else:
        typer.echo(
            f"{counted(result.checked, 'citation')} checked against their files: {result.found:,} found, "
            f"{result.moved:,} moved, {result.changed:,} changed, {result.missing:,} missing."
        )
        now = dict(result.now)
        for state, path in result.stale:
            typer.echo(f"{state:<8} {path}, now {now[path]}" if path in now else f"{state:<8} {path}")
        if result.stale:
            echo(_catching_up(folder))
        for problem in result.problems:
            echo(f"Problem: {problem}")
        typer.echo(f"{counted(len(result.problems), 'problem')}." if result.problems else "Every invariant holds.")
    if result.problems or result.stale:
        raise typer.Exit(REFUSED_SOMETHING)


@app.command()
def rebuild(json_: JsonOption = False, data: DataOption = None, model: ModelOption = None) -> None:
    """Split and embed the stored texts anew, also with another model; the source files are not needed.

    Questions are answered from the old state until the end. When it is interrupted, the same command goes on.
    """
    settings = load_settings(data, model)
    if ahead.waiting(settings.data):
        typer.echo("Going on with a rebuild that was interrupted; what was embedded is kept.", err=True)
    done = False
    try:
        with open_writer(settings.data, create=False) as writer:
            stored, before = writer.catalogue.fingerprint(), writer.catalogue.generation()
            encoder = load_encoder(settings.model or (stored.model if stored else DEFAULT_MODEL))
            try:
                with progress.shown("Embedding") as report:
                    writer.rebuild(encoder, lambda made, total: report(made / total, made))
            except KeyboardInterrupt:
                if writer.catalogue.generation() == before:
                    raise
                ahead.discard(settings.data)
            documents, passages = writer.catalogue.counts()
            generation, done = writer.catalogue.generation(), True
    except KeyboardInterrupt:
        if not done:
            message = "Stopped; what was embedded is kept, and the same command goes on from there."
            raise StoppedError(message) from None
        typer.echo("The rebuild was done before it was interrupted; the next run writes its views.", err=True)
    if json_:
        typer.echo(json.dumps({"documents": documents, "passages": passages, "generation": generation}))
    else:
        typer.echo(f"Rebuilt {counted(passages, 'passage')} of {counted(documents, 'document')} with {encoder.name}.")


@app.command()
def fold(json_: JsonOption = False, data: DataOption = None) -> None:
    """Check every view against its checksum, and write those that are damaged, missing or behind; embeds nothing.

    Also brings an index of an earlier version up to date.
    """
    with open_writer(load_settings(data).data, create=False) as writer:
        require_whole(writer.catalogue, writer.data)
        folded = segments.fold(writer.catalogue, writer.data, thoroughly=True)
        if folded.error:
            message = (
                f"The views in {writer.data / segments.FOLDER} cannot be written ({folded.error}); check its "
                "permissions and free space. Until then, questions are answered without them, more slowly."
            )
            raise DataFolderError(message)
        held = segments.listed(writer.catalogue)
        before = writer.found_schema
    passages = sum(segment.passages for segment in held)
    if json_:
        did = codec.as_dict(folded)
        del did["error"]
        typer.echo(json.dumps({"views": len(held), "passages": passages, **did}))
    else:
        if 0 < before < schema.SCHEMA:
            typer.echo(f"Brought the index from schema {before} to {schema.SCHEMA}; nothing was embedded again.")
        typer.echo(f"{_done(folded)} {_sound(len(held), passages)}")


def _done(folded: Folded) -> str:
    """Say what a fold did, and why."""
    was = "was" if folded.damaged == 1 else "were"
    had = "had" if folded.outdated == 1 else "had each"
    new = "was" if folded.added == 1 else "were"
    why = (
        f"{folded.damaged:,} {was} damaged or missing" if folded.damaged else "",
        f"{folded.outdated:,} {had} removed passages in it" if folded.outdated else "",
        f"{counted(folded.added, 'passage')} {new} in none yet" if folded.added else "",
    )
    reasons = ", ".join(reason for reason in why if reason)
    if not reasons:
        return "Nothing had to be written."
    return f"Wrote {counted(folded.written, 'view')} ({reasons})."


def _sound(views: int, passages: int) -> str:
    verbs = ("holds", "is") if views == 1 else ("hold", "are")
    return f"{counted(views, 'view')} {verbs[0]} {counted(passages, 'passage')} and {verbs[1]} sound."


def _held(documents: int, passages: int) -> str:
    return f"{counted(documents, 'document')}, {counted(passages, 'passage')}"


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as stratum-backup.zip.")],
    json_: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Write everything into one file: catalogue and uploads. Others may read and write meanwhile."""
    manifest = backups.backup(load_settings(data).data, file)
    if json_:
        typer.echo(codec.encode(manifest))
    else:
        typer.echo(
            f"{_held(manifest.documents, manifest.passages)} of generation {manifest.generation} "
            f"and {counted(len(manifest.members) - 1, 'kept file')} (uploads, judgements) are in {file} "
            f"({counted(file.stat().st_size, 'byte')})."
        )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `index backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of the index that is there.")] = False,
    json_: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Make the data folder what it was when the backup was made; a damaged index is set aside."""
    folder = load_settings(data).data
    damaged = backups.damaged_before(folder)
    manifest = backups.restore(file, folder, replace=replace)
    if json_:
        typer.echo(codec.encode(manifest))
        return
    echo(
        f"{_held(manifest.documents, manifest.passages)} as of {manifest.made} are in {folder}. {_catching_up(folder)}"
    )
    for set_aside in backups.damaged_before(folder) - damaged:
        echo(f"What was there was damaged; it was set aside as {set_aside} and can be deleted.")


def _catching_up(folder: Path) -> str:
    """Say how an index catches up with the folders it was made of, and with files that were added one by one."""
    with open_catalogue(folder) as catalogue:
        roots = sorted({known.file.root for known in catalogue.files().values()})
    commands = [f"`python -m ingest sync {shlex.quote(root)}`" for root in roots if root and Path(root).is_dir()]
    if len(commands) < len(roots):
        commands.append("`python -m ingest add PATH` for what lies elsewhere")
    return f"Run {' and '.join(commands)} to bring the index up to date with the files." if commands else ""


if __name__ == "__main__":
    run(app, "index")

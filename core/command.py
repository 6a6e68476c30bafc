"""What every command of ours shares: options, errors as one sentence, exit status.

Exit status: 0 done, 1 done but something was refused and is named, 2 could not do it.
"""

from __future__ import annotations

import logging
import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from core.errors import StratumError

DataOption = Annotated[
    Path | None, typer.Option("--data", help="The data folder (default: STRATUM_DATA, stratum.toml, or var/).")
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="Embedding model: a name or a folder. Default: the one the index was made with."),
]
RerankerOption = Annotated[
    str | None,
    typer.Option(
        "--reranker",
        help="A cross-encoder on this machine, by name or folder, that reads the first candidates too. Default: none.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

REFUSED_SOMETHING = 1
COULD_NOT = 2
# How typer ends a command that Ctrl+C was pressed in.
_INTERRUPTED = 130
# A command of ours within a sentence, up to where its arguments end.
_COMMAND = re.compile(r"`(python -m (?:ingest|index|evaluate) [^`]+)`")


def echo(text: str, *, err: bool = False) -> None:
    """Print a sentence of ours; the commands in it are for the data folder of this command."""
    typer.echo(followable(text, sys.argv[1:]), err=err)


def followable(text: str, arguments: Sequence[str]) -> str:
    """Return a sentence whose commands can be followed as they stand after a command with these arguments.

    >>> followable("Run `python -m index fold`.", ["verify", "--data", "my folder"])
    "Run `python -m index fold --data 'my folder'`."
    """
    folder = _given("--data", arguments)
    if not folder:
        return text
    option = f" --data {shlex.quote(folder)}"
    return _COMMAND.sub(lambda match: match[0] if "--data" in match[1] else f"`{match[1]}{option}`", text)


def _given(option: str, arguments: Sequence[str]) -> str:
    """Return the value that a command line gives an option, the last one counting; empty where it gives none."""
    value = ""
    for place, argument in enumerate(arguments):
        if argument == option:
            value = "".join(arguments[place + 1 : place + 2])
        elif argument.startswith(f"{option}="):
            value = argument.removeprefix(f"{option}=")
    return value


def run(app: typer.Typer, name: str) -> None:
    """Run a command line; what a person did wrong becomes one sentence on standard error and exit status 2."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        app(prog_name=f"python -m {name}")
    except StratumError as error:
        sys.stdout.flush()
        echo(f"{name}: {error}", err=True)
        raise SystemExit(COULD_NOT) from None
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            typer.echo(f"{name}: Stopped; what was committed stays.", err=True)
            raise SystemExit(COULD_NOT) from None
        raise
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; Python must not complain again while it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(COULD_NOT) from None

"""Write foreign-runs.txt.gz: hashes of the eight-word runs that the corpus must not share.

The sources are not part of the project, so their hashes are, sorted, sixteen digits a line.

    python -m tests.corpus.make_foreign_runs SOURCE...

A source is a text file, or a JSON-lines file whose `fact` field is read line by line.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from .checks import run_hash
from .document import runs
from .vocabulary import FOREIGN_RUN

HASHES = Path(__file__).with_name("foreign-runs.txt.gz")


def texts(source: Path) -> list[str]:
    """List the texts of one source: a JSON-lines file's facts, or the whole of a text file."""
    text = source.read_text(encoding="utf-8")
    return [json.loads(line)["fact"] for line in text.splitlines()] if source.suffix == ".jsonl" else [text]


def hashes(sources: Iterable[Path]) -> list[str]:
    """Hash every eight-word run of the sources, sorted and without repeats."""
    return sorted({run_hash(run) for source in sources for text in texts(source) for run in runs(text, FOREIGN_RUN)})


def write(found: list[str], target: Path = HASHES) -> None:
    """Write the hashes so that the same sources always give the same bytes."""
    target.write_bytes(gzip.compress("".join(f"{line}\n" for line in found).encode(), mtime=0))


def read(source: Path = HASHES) -> frozenset[str]:
    """Read the hashes back."""
    return frozenset(gzip.decompress(source.read_bytes()).decode().split())


if __name__ == "__main__":
    write(hashes(Path(argument) for argument in sys.argv[1:]))

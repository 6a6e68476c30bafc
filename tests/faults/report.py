"""Run every test of this folder in full and print what was tried: `python -m tests.faults.report [FILE]`.

The table is Markdown, made for docs/durability.md; with FILE it is written there too. Takes about an hour. The
exit status is that of the tests.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.record import FILE

_HEAD = ("| what was done | tried | did not hold |", "|---|---|---|")


def table(lines: list[str]) -> Iterator[str]:
    """Yield the rows of a table from the lines that the tests have noted."""
    yield from _HEAD
    for line in lines:
        noted = json.loads(line)
        yield f"| {noted['what']} | {_told(noted['figures'])} | {noted['violations']:,} |"


def _told(figures: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {what}" for what, number in figures.items())


def main(to: Path | None) -> int:
    """Run the tests, print the table, and return the status."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "figures.jsonl"
        command = [sys.executable, "-m", "pytest", "tests/faults", "--timeout", "3600", "--show-capture", "no"]
        environment = os.environ | {"STRATUM_TESTS": "exhaustive", FILE: str(file)}
        status = subprocess.run(command, env=environment, check=False, stdout=sys.stderr).returncode
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    text = "\n".join((*table(lines), "", f"SQLite {sqlite3.sqlite_version}, Python {sys.version.split()[0]}.", ""))
    print(text)
    if to is not None:
        to.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))

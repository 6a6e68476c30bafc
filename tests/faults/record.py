"""The figures of a run, kept: each test notes what it tried and what did not hold, a JSON line each.

Nothing is kept unless `STRATUM_FIGURES` names a file; `python -m tests.faults.report` sets it and reads the lines.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

FILE = "STRATUM_FIGURES"


def note(what: str, figures: Mapping[str, int], violations: int) -> None:
    """Keep the figures of one test: how many of what were tried, and how often something did not hold."""
    if file := os.environ.get(FILE):
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"what": what, "figures": dict(figures), "violations": violations}) + "\n")

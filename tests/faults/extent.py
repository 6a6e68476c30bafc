"""How far the tests of this folder go: bounded in `make test`, everything with `STRATUM_TESTS=exhaustive`."""

from __future__ import annotations

import os

FULL = os.environ.get("STRATUM_TESTS") == "exhaustive"


def extent(bounded: int, full: int) -> int:
    """Return how many of something to try."""
    return full if FULL else bounded

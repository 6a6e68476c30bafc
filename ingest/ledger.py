"""What was read, and what was not and why."""

from __future__ import annotations

from pathlib import Path

from core.errors import InputError
from core.ledger import LedgerEntry
from index import open_catalogue
from ingest.sync import matching


def entries_for(data: Path, target: str | None = None) -> tuple[LedgerEntry, ...]:
    """Return the ledger: all of it, or the entries of one path, folder or document id.

    Raises InputError when the target is unknown.
    """
    with open_catalogue(data) as catalogue:
        if target is None:
            return catalogue.ledger()
        paths = [one.file.path for one in matching(catalogue, target)]
        chosen = tuple(entry for path in paths if (entry := catalogue.entry(path)) is not None)
    if not chosen:
        message = f"The ledger knows nothing called {target}; `python -m ingest ledger` lists everything."
        raise InputError(message)
    return chosen

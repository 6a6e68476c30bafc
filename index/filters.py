"""Filters on what documents say about themselves; applied before ranking, never after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.errors import InputError
from index.arrays import Ids
from index.catalogue import Catalogue

Where = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """The passages that may be found: as an SQL query with its parameters, and as ids (ascending); None for all."""

    sql: str = ""
    values: tuple[str, ...] = ()
    allowed: Ids | None = None


EVERYTHING = Filter()

# How many values of a field an error names.
_SHOWN = 12


def parsed(conditions: Iterable[str]) -> Where:
    """Turn `key=value` words into pairs; raises InputError for a word without both.

    >>> parsed(["group=Harms", "year = 2021"])
    (('group', 'Harms'), ('year', '2021'))
    """
    pairs = []
    for condition in conditions:
        key, sign, value = (part.strip() for part in condition.partition("="))
        if not (key and sign and value):
            message = f"The filter '{condition}' is not of the form key=value, as in evidence=randomised-trial."
            raise InputError(message)
        pairs.append((key, value))
    return tuple(pairs)


def resolved(catalogue: Catalogue, where: Where) -> Filter:
    """Return the filter for pairs of key and value; raises InputError for a key or value that no document has.

    Different keys must all hold, values of one key are alternatives.
    """
    if not where:
        return EVERYTHING
    known = {str(row[0]).lower() for row in catalogue.connection.execute("SELECT DISTINCT key FROM fields")}
    wanted: dict[str, list[str]] = {}
    for key, value in where:
        if key.lower() not in known:
            message = f"No document has a field '{key}' to filter on; there are: {', '.join(sorted(known)) or 'none'}."
            raise InputError(message)
        _require_value(catalogue, key, value)
        wanted.setdefault(key.lower(), []).append(value)
    conditions = [
        f"document_id IN (SELECT document_id FROM fields WHERE key = ? AND value IN ({_marks(alternatives)}))"  # noqa: S608
        for alternatives in wanted.values()
    ]
    sql = f"SELECT id FROM passages WHERE {' AND '.join(conditions)}"  # noqa: S608 - question marks only
    values = tuple(value for key, alternatives in wanted.items() for value in (key, *alternatives))
    rows = catalogue.connection.execute(f"{sql} ORDER BY id", values)
    return Filter(sql, values, np.fromiter((row[0] for row in rows), np.int64))


def _require_value(catalogue: Catalogue, key: str, value: str) -> None:
    """Raise InputError for a value that no document has: a mistyped filter must not look like an empty corpus."""
    find = "SELECT DISTINCT value FROM fields WHERE key = ?"
    if catalogue.connection.execute(f"{find} AND value = ?", (key, value)).fetchone() is None:
        known = [
            str(row[0]) for row in catalogue.connection.execute(f"{find} ORDER BY value LIMIT ?", (key, _SHOWN + 1))
        ]
        listed = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
        message = f"No document has {key}={value}; there are: {listed}."
        raise InputError(message)


def _marks(values: list[str]) -> str:
    return ",".join("?" * len(values))

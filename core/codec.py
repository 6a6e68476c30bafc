"""One way in and out of JSON for every noun; the catalogue, the reading worker and the commands all use it."""

from __future__ import annotations

import json
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

Noun = TypeVar("Noun")


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Return the (slow to build, safe to share) adapter of a type."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def encode(value: object, kind: Any = None) -> str:
    """Return a noun, or a tuple of them with its type as `kind`, as compact JSON in one line."""
    return _adapter(kind or type(value)).dump_json(value).decode()


def decode(kind: type[Noun], text: str | bytes) -> Noun:
    """Return the noun that `encode` wrote; raises ValueError when the text is something else."""
    return cast("Noun", _adapter(kind).validate_json(text))


def as_dict(value: object) -> dict[str, Any]:
    """Return a noun as plain dictionaries and lists, ready for `json.dumps`."""
    return cast("dict[str, Any]", json.loads(encode(value)))

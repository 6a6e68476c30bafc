"""What an encoder makes of texts: a vector of each as a whole, and one of each of its tokens."""

from __future__ import annotations

from dataclasses import dataclass

from index.arrays import Vectors
from index.tokens import Asked


@dataclass(frozen=True, slots=True)
class ReadPassages:
    """Texts to be found: unit vectors, shape `(n, dimension)`, and the packed tokens of each (index/tokens.py)."""

    vectors: Vectors
    tokens: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ReadQueries:
    """Questions: unit vectors, shape `(n, dimension)`, and the tokens of each."""

    vectors: Vectors
    tokens: tuple[Asked, ...]

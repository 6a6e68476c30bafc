"""From a model's own token vectors to those that are kept: fewer components, and which tokens of a question matter.

The default model's projection was fitted on judged questions (`python -m benchmarks.projection`; docs/retrieval.md) and
ships as data, named by the weights it belongs to. Any other model gets a random one, which keeps cosines on average
(Johnson and Lindenstrauss 1984; of signs: Achlioptas 2003), and every token of a question counts alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from index.arrays import Vectors
from index.tokens import TOKEN_DIMENSION, Asked, product

FOLDER = Path(__file__).parent / "data"
# A fitted projection is called by so many digits of the SHA-256 of the weights it belongs to.
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Projection:
    """A matrix, shape `(dimension, TOKEN_DIMENSION)`, and a direction, shape `(dimension,)`, along which tokens matter.

    The direction weighs the tokens of a question only, so it can change without an index being made anew.
    """

    matrix: Vectors
    importance: Vectors

    @property
    def name(self) -> str:
        """Return what the projection goes by in a fingerprint."""
        return f"{TOKEN_DIMENSION}x4/{sha256(self.matrix.tobytes()).hexdigest()[:_DIGITS]}"

    def projected(self, tokens: Vectors) -> Vectors:
        """Return unit vectors, shape `(n, TOKEN_DIMENSION)`, of a model's token vectors, shape `(n, dimension)`."""
        return units(product(units(tokens), self.matrix))

    def asked(self, tokens: Vectors) -> Asked:
        """Return the tokens of a question from the model's, shape `(n, dimension)`."""
        weights = np.exp(units(tokens) @ self.importance)
        return Asked(self.projected(tokens), weights / max(float(weights.sum()), 1e-9))

    def write(self, weights: str) -> Path:
        """Ship this projection for a model, given by the SHA-256 of its weights, and return the file."""
        file = _file(weights)
        np.savez(file, matrix=self.matrix.astype(np.float16), importance=self.importance.astype(np.float16))
        return file


def projection_for(weights: str, dimension: int) -> Projection:
    """Return the projection of a model, given by the SHA-256 of its weights and how many components it has."""
    return fitted_projection(weights) or random_projection(dimension)


@cache
def fitted_projection(weights: str) -> Projection | None:
    """Return the projection that ships for a model; None when none does."""
    file = _file(weights)
    if not file.is_file():
        return None
    with np.load(file, allow_pickle=False) as stored:
        return Projection(stored["matrix"].astype(np.float32), stored["importance"].astype(np.float32))


@cache
def random_projection(dimension: int) -> Projection:
    """Return the same projection on every machine: drawn signs, with no arithmetic that could differ."""
    signs = np.random.default_rng(dimension).integers(0, 2, (dimension, TOKEN_DIMENSION))
    return Projection((2 * signs - 1).astype(np.float32), np.zeros(dimension, np.float32))


def _file(weights: str) -> Path:
    return FOLDER / f"projection-{weights[:_DIGITS]}.npz"


def units(vectors: Vectors) -> Vectors:
    """Return rows scaled to length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-9)), np.float32)

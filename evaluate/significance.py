"""Is a difference between two runs more than chance? The paired randomisation test, and Holm's correction.

Under the null hypothesis a question's difference might as well have the other sign (Fisher 1935; Smucker, Allan &
Carterette 2007 for retrieval). Up to `EXACT` differences that are not 0, every assignment of signs is counted and p is
exact; beyond that 100,000 random assignments are drawn from a fixed seed, and the one observed is counted among them,
so p is never 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EXACT = 20
PERMUTATIONS = 100_000
SEED = 20_250_102
_BLOCK = 2_000
# Sums of the same differences in another order differ by rounding; they count as equal.
_EQUAL = 1e-9


def randomisation(differences: NDArray[np.float64]) -> tuple[float, bool]:
    """Return the two-sided p of the mean of paired differences, shape `(questions,)`, and whether it is exact.

    Differences of 0 are the same with either sign and are left out. Without any difference p is 1.

    >>> randomisation(np.array([0.1, 0.2, 0.3, 0.0]))
    (0.25, True)
    """
    moved = _moved(differences)
    if not moved.size:
        return 1.0, True
    observed = abs(float(moved.sum())) - _EQUAL
    if moved.size <= EXACT:
        sums = np.zeros(1)
        for difference in moved:
            sums = np.concatenate([sums + difference, sums - difference])
        return float(np.mean(np.abs(sums) >= observed)), True
    random = np.random.default_rng(SEED)
    extreme = 0
    for start in range(0, PERMUTATIONS, _BLOCK):
        shape = (min(_BLOCK, PERMUTATIONS - start), moved.size)
        signs = np.where(random.random(shape, np.float32) < 0.5, -1.0, 1.0)  # noqa: PLR2004 - a fair coin
        extreme += int(np.sum(np.abs(signs @ moved) >= observed))
    return (extreme + 1) / (PERMUTATIONS + 1), False


def least(differences: NDArray[np.float64]) -> float:
    """Return the smallest p that the test can give for so many differences, whatever their size.

    Of n differences that are not 0, at best two of the 2**n assignments of signs are as extreme: all as they are, and
    all turned.

    >>> least(np.array([0.1, 0.2, 0.3, 0.0]))
    0.25
    """
    count = len(_moved(differences))
    if not count:
        return 1.0
    return 2.0 ** (1 - count) if count <= EXACT else 1 / (PERMUTATIONS + 1)


def _moved(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    return differences[np.abs(differences) > _EQUAL]


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted for being many (Holm 1979), in the order given.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    adjusted = [1.0] * len(values)
    highest = 0.0
    for place, row in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, (len(values) - place) * values[row]))
        adjusted[row] = highest
    return tuple(adjusted)

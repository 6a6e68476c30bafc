"""Confidence intervals of means over questions: the percentile bootstrap (Efron 1979), seeded and vectorised.

Questions are drawn with replacement, all measures of a question together. The percentile form is used because it needs
no estimate of skewness, which breaks down when most values are 0 or 1, and because it stays between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20_250_101
RESAMPLES = 10_000
CONFIDENCE = 0.95
# Resamples drawn at once; bounds the memory for collections of many thousand questions.
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float


def intervals(values: NDArray[np.float64]) -> tuple[Interval, ...]:
    """Return the mean and interval of every column of `values`, shape `(questions, measures)`.

    The interval always holds the mean. Without a question every figure is 0.
    """
    count, columns = values.shape
    if not count:
        return tuple(Interval(0.0, 0.0, 0.0) for _ in range(int(columns)))
    random = np.random.default_rng(SEED)
    means = np.vstack([_resampled(values, random, some) for some in _blocks(RESAMPLES)])
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    centre = values.mean(axis=0)
    return tuple(
        Interval(float(mean), float(min(mean, below)), float(max(mean, above)))
        for mean, below, above in zip(centre, low, high, strict=True)
    )


def _blocks(total: int) -> list[int]:
    return [min(_BLOCK, total - start) for start in range(0, total, _BLOCK)]


def _resampled(values: NDArray[np.float64], random: np.random.Generator, times: int) -> NDArray[np.float64]:
    """Return the means of `times` resamples, shape `(times, measures)`."""
    count = len(values)
    drawn = random.integers(0, count, size=(times, count)) + np.arange(times)[:, None] * count
    weights = np.bincount(drawn.ravel(), minlength=times * count).reshape(times, count)
    return np.asarray(weights @ values / count, np.float64)

"""How much of a question each passage holds, and how much of it close together: what BM25 alone blurs.

BM25 adds up single words, so a passage that repeats one rare word can pass another that says all of them once.
Coverage counts each term once; proximity counts neighbours in the question that are neighbours in the passage too, as
the sequential dependence model does (Metzler and Croft, 2005, "A Markov Random Field Model for Term Dependencies").
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.arrays import Ids, Scores
from index.lexical import AMONG, Terms, quoted, terms
from index.synonyms import Name

# So many words may stand between two that count as neighbours.
BETWEEN = 3

_HOLDING = f"SELECT rowid FROM lexical WHERE lexical MATCH ? AND {AMONG}"  # noqa: S608 - a constant


def coverage(connection: sqlite3.Connection, asked: Terms, names: Sequence[Name], ids: Ids) -> Scores:
    """Return the share of the question, 0..1 by rarity, that each passage holds in title, section or quotation.

    `ids` ascend, shape `(n,)`. A passage that uses another name of something holds the terms of the name asked for.
    """
    among = _Among(connection, ids)
    held = {term: among.holding(quoted(term)) for term in asked.rarity}
    for name in names:
        own = [term for term in terms(name.asked) if term in held]
        if own:
            others = np.logical_or.reduce([among.holding(quoted(other)) for other in name.all])
            held |= {term: held[term] | others for term in own}
    return _share([(asked.rarity[term], holding) for term, holding in held.items()], len(ids))


def proximity(connection: sqlite3.Connection, asked: Terms, ids: Ids) -> Scores:
    """Return the share, 0..1 by the rarity of the commoner, of neighbouring terms that stand together in each passage.

    0 for a question of one term. `ids` ascend, shape `(n,)`.
    """
    among = _Among(connection, ids)
    pairs = [
        (min(asked.rarity[one], asked.rarity[other]), f"NEAR({quoted(one)} {quoted(other)}, {BETWEEN})")
        for one, other in pairwise(asked.rarity)
    ]
    return _share([(weight, among.holding(match)) for weight, match in pairs], len(ids))


class _Among:
    """Full-text search among some passages."""

    def __init__(self, connection: sqlite3.Connection, ids: Ids) -> None:
        self._connection = connection
        self._ids = ids
        self._listed = json.dumps(ids.tolist())

    def holding(self, match: str) -> NDArray[np.bool_]:
        """Tell of each passage whether an FTS5 expression matches it."""
        rows = self._connection.execute(_HOLDING, (match, self._listed)).fetchall() if match else []
        return np.isin(self._ids, np.fromiter((row[0] for row in rows), np.int64, len(rows)))


def _share(weighted: Sequence[tuple[float, NDArray[np.bool_]]], count: int) -> Scores:
    whole = sum(weight for weight, _ in weighted)
    shares = np.zeros(count)
    for weight, holding in weighted:
        shares += weight * holding
    return shares / whole if whole else shares

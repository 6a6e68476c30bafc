"""The lexical side: BM25 over title, section and quotation, by SQLite's FTS5 inside the catalogue itself.

k1 = 1.2 and b = 0.75 are FTS5's own; Porter stemming and removal of diacritics stand in the schema.
"""

from __future__ import annotations

import math
import re
import sqlite3
import unicodedata
from collections.abc import Mapping

import numpy as np

from index.arrays import Ids, Scores
from index.filters import Filter

# How much a word counts in the title, in the section path, and in the quotation.
FIELD_WEIGHTS = (1.0, 2.0, 1.0)

# FTS5's own constants; a term in more than half of the passages weighs next to nothing, but not nothing.
K1 = 1.2
_LEAST_RARITY = 1e-6

_WORD = re.compile(r"\w+(?:[.,'\u2019/+-]\w+)*%?")
_PLAIN = re.compile(r"[^\W_]+")

# Words of a question that say nothing about its subject. A question made of nothing else is asked whole.
STOPWORDS = frozenset(
    """
    a about after all also am an and any are as at be been being both but by can could did do does doing done for from
    get gets had has have having he her hers him his how i if in into is it its just like make makes many may me might
    more most much must my no nor not of on one or other our out own really she should so some such than that the their
    them then there these they this those to too up us used use using very was we were what when where whether which
    while who whom whose why will with would you your
    """.split()  # noqa: SIM905 - a list of words is read as words
)


def terms(question: str) -> tuple[str, ...]:
    """Return the words of a question that carry its subject, lower-cased, in order and once each.

    >>> terms("Does 0.025% tretinoin help wrinkles, and is CAS 79-14-1 safe?")
    ('0.025%', 'tretinoin', 'help', 'wrinkles', 'cas', '79-14-1', 'safe')
    """
    words = tuple(dict.fromkeys(word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", question))))
    return tuple(word for word in words if word not in STOPWORDS) or words


def quoted(term: str) -> str:
    """Return a term as an FTS5 string, empty when it holds nothing to search for.

    A term with inner marks ("79-14-1", "0.025%") becomes a phrase, so that an exact identifier matches as one.
    """
    return '"' + term.replace('"', '""') + '"' if _PLAIN.search(term) else ""


def match_expression(question: str) -> str:
    """Return the FTS5 expression for a question: every word quoted, any may match."""
    return " OR ".join(filter(None, map(quoted, terms(question))))


def rarities(connection: sqlite3.Connection, question: str) -> dict[str, float]:
    """Return the inverse document frequency of each term of a question, as FTS5 weighs it in BM25."""
    (passages,) = connection.execute("SELECT count(*) FROM passages").fetchone()
    found = {}
    for term in terms(question):
        match = quoted(term)
        if match:
            (holding,) = connection.execute("SELECT count(*) FROM lexical WHERE lexical MATCH ?", (match,)).fetchone()
            ratio = (passages - holding + 0.5) / (holding + 0.5)
            found[term] = max(math.log(ratio), _LEAST_RARITY) if ratio > 0 else _LEAST_RARITY
    return found


def best_possible(rarity: Mapping[str, float]) -> float:
    """Return the highest BM25 score that a passage could reach for terms of this rarity.

    A term adds its rarity times tf (k1 + 1) / (tf + k1 ...), which stays below k1 + 1 however often it occurs.
    """
    return sum(rarity.values()) * (K1 + 1)


def search(connection: sqlite3.Connection, question: str, k: int, only: Filter) -> tuple[Ids, Scores]:
    """Return the ids and BM25 scores (higher is better, above 0) of the `k` best passages, and of all that tie last."""
    expression = match_expression(question)
    if not expression:
        return np.empty(0, np.int64), np.empty(0, np.float64)
    found = _best(connection, expression, only, k + 1)
    if len(found) > k and found[k][1] == found[k - 1][1]:
        last = found[k][1]
        found = [row for row in _best(connection, expression, only, -1) if row[1] >= last]
    else:
        found = found[:k]
    ids = np.fromiter((row[0] for row in found), np.int64, len(found))
    return ids, np.fromiter((row[1] for row in found), np.float64, len(found))


def _best(connection: sqlite3.Connection, expression: str, only: Filter, limit: int) -> list[tuple[int, float]]:
    weights = ", ".join(str(weight) for weight in FIELD_WEIGHTS)
    condition = f"AND rowid IN ({only.sql})" if only.sql else ""
    return connection.execute(
        f"SELECT rowid, -bm25(lexical, {weights}) AS score FROM lexical WHERE lexical MATCH ? {condition} "  # noqa: S608
        "ORDER BY score DESC, rowid LIMIT ?",
        [expression, *only.values, limit],
    ).fetchall()

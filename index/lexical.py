"""The lexical side: BM25 over title, section and quotation, by SQLite's FTS5 inside the catalogue itself.

k1 = 1.2 and b = 0.75 are FTS5's own; Porter stemming and removal of diacritics stand in the schema.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Ids, Scores
from index.filters import Filter
from index.synonyms import Name

# How much a word counts in the title, in the section path, and in the quotation.
FIELD_WEIGHTS = (1.0, 2.0, 1.0)

_WEIGHTS = ", ".join(str(weight) for weight in FIELD_WEIGHTS)

# FTS5's own constants; a term in more than half of the passages weighs next to nothing, but not nothing.
K1 = 1.2
_LEAST_RARITY = 1e-6

# How many rows beyond those asked for are looked at for ties.
_SPARE = 700

# Restricts a full-text search to the ids of a JSON array. The plus keeps SQLite from looking the words up anew for
# every row: 4 ms instead of 127 for six words and 600 of 100,000 passages.
AMONG = "+rowid IN (SELECT value FROM json_each(?))"

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


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a question with their rarity (inverse document frequency), and those that no passage knows."""

    rarity: dict[str, float]
    unknown: frozenset[str]

    def share(self, some: Iterable[str]) -> float:
        """Return how much of the question, 0..1 by rarity, some of its terms are; 0 when it has none."""
        whole = sum(self.rarity.values())
        return sum(self.rarity[term] for term in some) / whole if whole else 0.0


NOTHING_ASKED = Terms({}, frozenset())


def weighed(connection: sqlite3.Connection, question: str, passages: int, names: Sequence[Name] = ()) -> Terms:
    """Return the terms of a question with the rarity that FTS5 weighs them with in BM25.

    Terms of a name that no passage uses weigh together no more than the rarest of its other names that one does, and
    are unknown only where there is none.
    """
    counts = {term: frequency(connection, term) for term in terms(question) if quoted(term)}
    rarity = {term: _rarity(count, passages) for term, count in counts.items()}
    unknown = {term for term, count in counts.items() if not count}
    for name in names:
        own = [term for term in terms(name.asked) if term in counts]
        held = [count for other in name.all if (count := frequency(connection, other))]
        if held and own and unknown.issuperset(own):
            most = max(_rarity(count, passages) for count in held)
            whole = sum(rarity[term] for term in own)
            rarity |= {term: rarity[term] * min(1.0, most / whole) for term in own}
            unknown.difference_update(own)
    return Terms(rarity, frozenset(unknown))


def frequency(connection: sqlite3.Connection, words: str) -> int:
    """Return how many passages hold words, as a phrase."""
    match = quoted(words)
    if not match:
        return 0
    return int(connection.execute("SELECT count(*) FROM lexical WHERE lexical MATCH ?", (match,)).fetchone()[0])


def quotations(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[str]:
    """Return the texts of passages as the words are searched in them, which spares reading whole documents."""
    marks = ",".join("?" * len(numbers))
    rows = connection.execute(f"SELECT rowid, quote FROM lexical WHERE rowid IN ({marks})", numbers)  # noqa: S608
    texts: dict[int, str] = dict(rows.fetchall())
    # A passage without a row there is damage that `verify` names; it is like no other.
    return [texts.get(number, f"passage {number} without a text") for number in numbers]


def _rarity(holding: int, passages: int) -> float:
    ratio = (passages - holding + 0.5) / (holding + 0.5)
    return max(math.log(ratio), _LEAST_RARITY) if ratio > 0 else _LEAST_RARITY


def best_possible(rarity: Mapping[str, float]) -> float:
    """Return the highest BM25 score that a passage could reach for terms of this rarity.

    A term adds its rarity times tf (k1 + 1) / (tf + k1 ...), which stays below k1 + 1 however often it occurs.
    """
    return sum(rarity.values()) * (K1 + 1)


def search(
    connection: sqlite3.Connection,
    question: str,
    k: int,
    only: Filter,
    names: Sequence[Name] = (),
    asked: Terms = NOTHING_ASKED,
) -> tuple[Ids, Scores]:
    """Return the ids and BM25 scores (higher is better, above 0) of the `k` best passages, and of all that tie last.

    A passage that uses another name of something scores for it what the better of both names scores there, and never
    more than the name could that was asked for; `asked` holds the rarity of its terms.
    """
    scores = dict(_best_and_ties(connection, match_expression(question), only, k))
    for name in {name.all: name for name in names}.values():
        most = best_possible({term: asked.rarity.get(term, 0.0) for term in terms(name.asked)})
        others: dict[int, float] = {}
        for other in name.all:
            for number, score in _best_and_ties(connection, quoted(other), only, k):
                others[number] = max(min(score, most), others.get(number, 0.0))
        own = _scores(connection, match_expression(name.asked), list(others))
        for number, score in others.items():
            scores[number] = scores.get(number, 0.0) + max(0.0, score - own.get(number, 0.0))
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    ordered = [item for item in ordered if item[1] > 0 and item[1] >= ordered[min(k, len(ordered)) - 1][1]]
    ids = np.fromiter((number for number, _ in ordered), np.int64, len(ordered))
    return ids, np.fromiter((score for _, score in ordered), np.float64, len(ordered))


def _best_and_ties(connection: sqlite3.Connection, expression: str, only: Filter, k: int) -> list[tuple[int, float]]:
    """Return the `k` best rows for an FTS5 expression with their scores, and all that tie with the last."""
    if not expression:
        return []
    found = _best(connection, expression, only, k + _SPARE)
    if len(found) <= k or (found[-1][1] == found[k - 1][1] and len(found) == k + _SPARE):
        found = found if len(found) <= k else _best(connection, expression, only, -1)
    return [row for row in found if row[1] >= found[min(k, len(found)) - 1][1]]


def _scores(connection: sqlite3.Connection, expression: str, numbers: Sequence[int]) -> dict[int, float]:
    """Return the scores of these rows for an FTS5 expression; rows that do not match are left out."""
    if not expression or not numbers:
        return {}
    return dict(
        connection.execute(
            f"SELECT rowid, -bm25(lexical, {_WEIGHTS}) FROM lexical WHERE lexical MATCH ? AND {AMONG}",  # noqa: S608
            (expression, json.dumps(numbers)),
        ).fetchall()
    )


def _best(
    connection: sqlite3.Connection, expression: str, only: Filter, limit: int, least: float = 0.0
) -> list[tuple[int, float]]:
    condition = f"AND +rowid IN ({only.sql})" if only.sql else ""
    return connection.execute(
        f"SELECT rowid, -bm25(lexical, {_WEIGHTS}) AS score FROM lexical WHERE lexical MATCH ? {condition} "  # noqa: S608
        "AND score >= ? ORDER BY score DESC, rowid LIMIT ?",
        [expression, *only.values, least, limit],
    ).fetchall()

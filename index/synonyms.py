"""Other names of what a question names: INCI and trade names, abbreviations, lay words, spellings.

The table ships as data (`index/data/synonyms.csv`; rules and sources in the README beside it). A name that a question
uses is looked up in it, longest first; a passage that calls the thing otherwise then counts as if it used that name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "synonyms.csv"

# Abbreviations that are plain words in small letters: these must be asked for in capitals.
_WORDS_IN_SMALL_LETTERS = frozenset({"IND", "JAK", "LED", "MED", "PEG", "PIE", "VAS"})
# A class may have many members; so many are searched for, in the order of the table.
_MOST = 12

_WORD = re.compile(r"\w+")

Key = tuple[str, ...]
_Row = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a question, from `start` to `end` as it was written.

    `others` are other names of the same thing, `kinds` those of what belongs to it (of retinoids: tretinoin). Of a slip
    of the pen (index/spelling.py) the first of the others is what was meant.
    """

    start: int
    end: int
    asked: str
    others: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    slip: bool = False

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that a passage may say instead."""
        return self.others + self.kinds


def names(question: str) -> tuple[Name, ...]:
    """Return the names in a question that have others, in order; the longest counts, and none overlap.

    >>> [(name.asked, name.others) for name in names("Is Accutane safe?")]
    [('Accutane', ('isotretinoin',))]
    """
    words = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(question)]
    longest = max(map(len, _table()))
    found = []
    place = 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            some = words[place : place + length]
            row = _row(tuple(word for word, _, _ in some))
            if row:
                start, end = some[0][1], some[-1][2]
                found.append(Name(start, end, question[start:end], *row))
                place += length - 1
                break
        place += 1
    return tuple(found)


def rephrased(question: str, found: tuple[Name, ...], frequency: Callable[[str], int]) -> str:
    """Return a question in the words of the index: a name gives way to another that more passages use.

    `frequency` tells in how many passages a name stands.

    >>> question = "Is Accutane safe?"
    >>> rephrased(question, names(question), {"Accutane": 1, "isotretinoin": 7}.__getitem__)
    'Is isotretinoin safe?'
    """
    for name in reversed(found):
        best = max(name.others, key=frequency, default=name.asked)
        if frequency(best) > frequency(name.asked):
            question = question[: name.start] + best + question[name.end :]
    return question


def _row(words: Key) -> _Row | None:
    """Return what else goes by these words; a plural is looked up as its singular and the other way round."""
    table = _table()
    if len(words) == 1 and words[0].upper() in _WORDS_IN_SMALL_LETTERS and words[0] != words[0].upper():
        return None
    key = tuple(word.lower() for word in words)
    last = key[-1]
    other_number = last[:-1] if last.endswith("s") else f"{last}s"
    return table.get(key) or table.get((*key[:-1], other_number))


@cache
def _table() -> dict[Key, _Row]:
    """Return by the words of a name, lower-cased, its other names and its kinds."""
    found: dict[Key, tuple[list[str], list[str]]] = {}
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            narrower = row["kind"] == "narrower"
            _note(found, row["term"], row["synonym"], narrower=narrower)
            if not narrower:
                _note(found, row["synonym"], row["term"], narrower=False)
    return {key: (tuple(others[:_MOST]), tuple(kinds[:_MOST])) for key, (others, kinds) in found.items()}


def _note(found: dict[Key, tuple[list[str], list[str]]], name: str, other: str, *, narrower: bool) -> None:
    key = tuple(word.lower() for word in _WORD.findall(name))
    names_of = found.setdefault(key, ([], []))[narrower]
    if other not in names_of:
        names_of.append(other)

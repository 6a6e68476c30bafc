"""Slips of the pen in a question: a word that neither the index nor English knows, one edit from one the index has.

A correction is treated as another name of the word (`index/synonyms.py`): both are searched for, and the citation says
what it reads instead. One edit is a letter left out, put in, changed, or swapped with its neighbour; Damerau (1964), "A
Technique for Computer Detection and Correction of Spelling Errors", found four of five misspellings to be one of these.
"""

from __future__ import annotations

import re
import sqlite3
from functools import cache

from spellchecker import SpellChecker

from index import synonyms
from index.lexical import frequency, quoted
from index.synonyms import Name

# Short words have too many neighbours, and are often abbreviations.
SHORTEST = 5
# pyspellchecker counts how often a word was met; those that were only added to its list, drugs among them, have this.
_NEVER_MET = 50
# A candidate that more passages hold is believed without a look for its very letters, which would read them all.
_COMMON = 2_000
# So many letters may be missing at the end of a candidate ("hydroquinon").
_ENDING = 2

_WORD = re.compile(r"(?<![^\s(\"“‘])[^\W\d_]+(?![^\s).,;:?!\"”’])")

_HOLDING = "SELECT title || ' ' || section || ' ' || quote FROM lexical WHERE lexical MATCH ?"


def names(connection: sqlite3.Connection, question: str) -> tuple[Name, ...]:
    """Return the names in a question that have others, in order: those of the table, and misspelt words."""
    known = synonyms.names(question)
    return tuple(sorted((*known, *_slips(connection, question, known)), key=lambda name: name.start))


def _slips(connection: sqlite3.Connection, question: str, known: tuple[Name, ...]) -> list[Name]:
    slips = []
    for match in _WORD.finditer(question):
        word, start, end = match.group(), match.start(), match.end()
        named = any(name.start <= start and end <= name.end for name in known)
        meant = "" if named or _names_something(word, question) else correction(connection, word.lower())
        if meant:
            row = next((name for name in synonyms.names(meant) if name.asked == meant), Name(0, 0, meant, ()))
            slips.append(Name(start, end, word, (meant, *row.others), row.kinds, slip=True))
    return slips


def correction(connection: sqlite3.Connection, word: str) -> str:
    """Return what a word in small letters was meant to be, empty where nothing is wrong with it or nothing is near.

    Of several candidates, one that begins alike goes first, then the one that most passages hold.
    """
    if len(word) < SHORTEST or frequency(connection, word) or is_english(word):
        return ""
    held = [(other[0] == word[0], count, other) for other, count in _neighbours(connection, word)]
    standing = (_as_it_stands(connection, other, count) for _, count, other in sorted(held, reverse=True))
    return next(filter(None, standing), "")


def _neighbours(connection: sqlite3.Connection, word: str) -> list[tuple[str, int]]:
    """Return the words one edit away that passages hold, with their number of passages."""
    edits = sorted(other for other in _english().edit_distance_1(word) if other.isalpha())
    return [(other, count) for other in edits if (count := frequency(connection, other))]


def _as_it_stands(connection: sqlite3.Connection, word: str, count: int) -> str:
    """Return a word as passages have it, at most with another ending; empty where they only have relatives of it.

    Stemming finds a word by its relatives too ("matrixal" by "matrix").
    """
    if count > _COMMON:
        return word
    pattern = re.compile(rf"\b{word}\w{{0,{_ENDING}}}\b", re.IGNORECASE)
    found: set[str] = set()
    for (text,) in connection.execute(_HOLDING, (quoted(word),)):
        found.update(match.lower() for match in pattern.findall(text))
        if word in found:
            return word
    return min(found, key=lambda one: (len(one), one), default="")


def _names_something(word: str, question: str) -> bool:
    """Tell of a word with capitals inside that it is an abbreviation or a symbol, unless all of the question is so."""
    return word[1:] != word[1:].lower() and not question.isupper()


def is_english(word: str) -> bool:
    """Tell whether a word in small letters is one of the 160,000 that pyspellchecker knows of English."""
    return word in _english()


def is_common_english(word: str) -> bool:
    """Tell whether a word in small letters is English that people use: what drugs and brands are called is not."""
    return _english().word_frequency.dictionary.get(word, 0) > _NEVER_MET


@cache
def _english() -> SpellChecker:
    return SpellChecker(language="en")

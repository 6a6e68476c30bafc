"""Cleaning what comes out of PDFs: characters, ligatures, and words broken at line ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.readers.decode import clean

# Ligatures are how a page was set. NFKC would undo them too, but also make 102 of 10².
_LIGATURES = ("ff", "fi", "fl", "ffi", "ffl", "st", "st")
_CHARACTERS: dict[int, str | None] = {0xFB00 + index: letters for index, letters in enumerate(_LIGATURES)}
# Symbol fonts put their bullets into the private use area, where no other font has a glyph for them.
_CHARACTERS |= {0xF0B7: "•", 0xF0A7: "▪", 0xFFFF: None, **dict.fromkeys(range(0xFDD0, 0xFDF0))}

# pdfium writes U+FFFE for a hyphen at a line end and swallows the newline.
_PDFIUM_HYPHEN = re.compile("\ufffe\n?")
_SOFT_BREAK = re.compile("\xad[ \t]*\n[ \t]*")
_LINE_END_BLANKS = re.compile(r"[ \t\xa0]+$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{3,}")

_BROKEN = re.compile(r"([^\W_][\w-]*)[-\u2010]\n(\w[\w-]*)")
_WORD = re.compile(r"\w+(?:[-\u2010]\w+)*")

# "short- and long-term": the hyphen stands for a word that follows later, and nothing is to be joined.
_SUSPENDED = frozenset({"and", "or", "to", "nor", "und", "oder", "et", "ou", "y", "e"})
_COMMON_PREFIXES = frozenset(
    {"anti", "non", "self", "well", "long", "short", "high", "low", "post", "pre", "co", "double", "split"}
)
# These two also begin ordinary words ("pre-vious", "co-lumn"), so what follows must be a word of its own.
_WEAK_PREFIXES = frozenset({"pre", "co"})
_SHORTEST_SYLLABLE = 3
"""Capitals are broken as words are ("INTRODUC-TION"), but a letter or two behind a hyphen are a name ("UV-B")."""

_WHOLE_WORD = 5
"""After the other prefixes, five letters are a word ("low-density"); fewer may be an ending ("low-er", "well-ness")."""


def clean_pages(pages: Sequence[str]) -> list[str]:
    """Clean the texts of a document's pages together: broken words are mended by the document's own vocabulary."""
    plain = [_plain(page) for page in pages]
    vocabulary = _vocabulary(plain)
    return [_BROKEN.sub(lambda match: _mended(match, vocabulary), page) for page in plain]


def clean_line(text: str) -> str:
    """Clean a short text such as a title: one line, without control characters."""
    return " ".join(_plain(text).split())


def _plain(text: str) -> str:
    unified = clean(_PDFIUM_HYPHEN.sub("-\n", text)).translate(_CHARACTERS)
    unbroken = _SOFT_BREAK.sub("", unified).replace("\xad", "")
    return _EMPTY_LINES.sub("\n\n", _LINE_END_BLANKS.sub("", unbroken)).strip()


def _vocabulary(pages: Iterable[str]) -> Counter[str]:
    """Count the words that stand unbroken in a document, in lower case."""
    return Counter(
        word.replace("\u2010", "-").lower() for page in pages for word in _WORD.findall(_BROKEN.sub(" ", page))
    )


def _mended(match: re.Match[str], vocabulary: Counter[str]) -> str:
    """Join a word broken at a line end, keep its hyphen if it has one, or leave what is not one word.

    What the document writes elsewhere decides; failing that, the kind of the two parts.
    """
    first, second = match[1], match[2]
    if second.lower() in _SUSPENDED:
        return match[0]
    joined, hyphenated = vocabulary[(first + second).lower()], vocabulary[f"{first}-{second}".lower()]
    if joined or hyphenated:
        return first + second if joined >= hyphenated else f"{first}-{second}"
    keeps = _keeps_hyphen(first.lower().rpartition("-")[2], second, vocabulary)
    return f"{first}-{second}" if keeps or _is_compound(first, second, vocabulary) else first + second


def _keeps_hyphen(prefix: str, second: str, vocabulary: Counter[str]) -> bool:
    if not second[0].islower() or prefix[-1:].isdigit():
        return not (second.isupper() and prefix.isalpha() and len(second) >= _SHORTEST_SYLLABLE)
    if prefix not in _COMMON_PREFIXES:
        return False
    is_word = second.lower() in vocabulary
    return is_word or (prefix not in _WEAK_PREFIXES and len(second) >= _WHOLE_WORD)


def _is_compound(first: str, second: str, vocabulary: Counter[str]) -> bool:
    """Tell whether a word with further hyphens broke at one of them ("state-of-" "the-art"), not inside a part."""
    if "-" not in first and "-" not in second:
        return False
    before, after = first.lower().rpartition("-")[2], second.lower().partition("-")[0]
    return not vocabulary[before + after] and bool(vocabulary[before]) and bool(vocabulary[after])

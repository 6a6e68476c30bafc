"""Which kind of figure a question asks for, and whether a text gives one: a passage on the subject may not.

Classes of numeric answers after Li and Roth (2002), "Learning Question Classifiers", as a table of patterns of English.
To add a kind, add a line to `_KINDS`; the first whose pattern the question matches counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.lexical import STOPWORDS
from index.synonyms import Name


@dataclass(frozen=True, slots=True)
class Quantity:
    """A kind of figure: how it is called, and the pattern of a text that gives one."""

    called: str
    given: re.Pattern[str]

    def lacking(self, texts: Sequence[str]) -> float:
        """Return the share of some texts, 0..1, that give no such figure."""
        return sum(not self.given.search(text) for text in texts) / len(texts) if texts else 0.0


_NUMBER = (
    r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|"
    r"sixty|hundred|thousand|half|third|quarter|several)"
)
_TIME = r"(?:second|minute|hour|day|night|week|month|year|decade)s?"
_SHARE = (
    rf"{_NUMBER} ?(?:%|per ?cent)|{_NUMBER} (?:(?:out )?of (?:the |every )?|in ){_NUMBER}|"
    r"\b(?:a|one|two|three)[ -](?:third|quarter|fifth|tenth)s?\b|\bhalf\b"
)
_OFTEN = r"\b(?:once|twice|daily|nightly|weekly|monthly|yearly|annually|every|each|times|per (?:day|week|month|year))\b"

# How a kind of figure is called, what a question says that asks for it, and what a text says that gives one.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("percentage", r"\bper ?cent(?:age)?\b|\b(?:what|which) (?:share|proportion|fraction)\b|\bproportion of\b", _SHARE),
    ("price", r"\b(?:price|costs?|fees?|how expensive)\b(?!-)", rf"[$€£¥] ?\d|{_NUMBER} (?:dollars|euros?|pounds)"),
    (
        "dose",
        r"\b(?:what|which)(?: \w+){0,2} dos(?:e|age)\b|(?<!er )\bdos(?:e|age) (?:of|for|to|is)\b|\bhow many mg\b",
        rf"{_NUMBER}[ -]?(?:mg|milligrams?|g|grams?|mcg|[µμ]g|micrograms?|iu|ml|millilit\w+|units?|j)\b",
    ),
    ("frequency", r"\bhow often\b|\bhow frequent|\bhow many times (?:a|per|each)\b", rf"{_OFTEN}|{_SHARE}"),
    ("ratio", r"\bhow many times\b", rf"{_NUMBER}[ -]?(?:fold|times)|\b(?:twice|thrice|double|treble|triple)"),
    (
        "length of time",
        rf"\bhow (?:long|soon|many {_TIME})\b",
        rf"{_NUMBER}[ -](?:\w+[ -]){{0,2}}{_TIME}|\b(?:overnight|immediately|at once)\b",
    ),
    ("year", r"\b(?:what|which) year\b|\bwhen (?:was|were|did)\b|\bsince when\b", r"\b(?:19|20)\d\d\b"),
    (
        "strength",
        r"\b(?:what|which)(?: \w+){0,2} (?:concentration|strength)\b|\bhow (?:strong|concentrated)\b",
        rf"{_NUMBER} ?(?:%|per ?cent|mg|g/|iu|mm\b|ppm)",
    ),
    ("pH", r"\b(?:what|which) ph\b|\bhow acidic\b", r"\bph\b.{0,40}?\d"),
)
_COMPILED = tuple(
    (re.compile(asking, re.IGNORECASE), Quantity(called, re.compile(given, re.IGNORECASE)))
    for called, asking, given in _KINDS
)
_MANY = re.compile(r"\bhow many ((?:[^\W_]+[ -]?){1,4})", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
# What differs at most between one of something and several.
_ENDING = re.compile(r"(?:ies|es|s|y)$")
# What is counted is many: the last such word of what follows "how many".
_PLURAL = re.compile(r"\w+s|women|men|children|people|mice|teeth|feet")
# So many words may stand between a number and what it counts ("40 healthy adult women").
_BETWEEN = 3


def quantity(question: str, names: Iterable[Name] = ()) -> Quantity | None:
    """Return the kind of figure that a question asks for, if any; what is counted may go by another of its `names`.

    >>> quantity("How many weeks does it take?").called, quantity("How many women were tested?").called
    ('length of time', 'number of women')
    >>> quantity("Does it help?") is None
    True
    """
    return next((kind for asking, kind in _COMPILED if asking.search(question)), None) or _count(question, names)


def _count(question: str, names: Iterable[Name]) -> Quantity | None:
    match = _MANY.search(question)
    words = []
    for word in _WORD.findall(match.group(1)) if match else ():
        if word.lower() in STOPWORDS:
            break
        words.append(word.lower())
    plurals = [place for place, word in enumerate(words, start=1) if _PLURAL.fullmatch(word)]
    words = words[: plurals[-1]] if plurals else words
    if not words:
        return None
    others = (other for name in names if name.asked.lower() == words[-1] for other in name.all)
    counted = "|".join(re.escape(_ENDING.sub("", one)) for one in (words[-1], *others))
    pattern = rf"\b{_NUMBER}[ -](?:[\w-]+ ){{0,{_BETWEEN}}}(?:{counted})"
    return Quantity(f"number of {' '.join(words)}", re.compile(pattern, re.IGNORECASE))

"""Which lines of plain text are titles: the rules that text files and PDFs share."""

from __future__ import annotations

import re

LONGEST_TITLE = 80
MOST_WORDS = 12
"""A title of more than 80 characters or twelve words is rare, and a sentence without its full stop is not."""

_TERMINAL = (".", "!", "?", ":", ";", ",")
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})\.?[ \t]+(?=[^\W\d_])")

_SECTIONS = (
    "abstract", "summary", "introduction", "background", "objectives?", "aims?", "methods?", "methodology",
    "(?:patients|subjects|participants|materials?) and methods?", "methods? and materials?", "study design",
    "results?", "findings", "results and discussion", "discussion", "discussion and conclusions?", "limitations?",
    "conclusions?", "conclusions and future (?:directions|perspectives)", "keywords?", "key ?words", "references",
    "bibliography", "acknowledge?ments?", "funding", "(?:funding|financial) (?:sources?|support|disclosures?)",
    "disclosures?", "conflicts? of interests?", "competing interests?", "declaration of (?:competing )?interests?",
    "author contributions?", "data availability(?: statement)?", "ethics (?:statement|approval)", "appendix(?: [a-z])?",
    "appendices", "abbreviations", "supplementary (?:material|materials|information|data)",
)  # fmt: skip
_SECTION = re.compile(rf"(?:(?:\d{{1,2}}|[IVX]{{1,4}})\.?[ \t]+)?(?:{'|'.join(_SECTIONS)})[ \t]*:?", re.IGNORECASE)


def is_title(line: str) -> bool:
    """Tell whether a line could be a title: short, no end of a sentence, beginning upper case or with a digit."""
    text = line.strip()
    if not text or len(text) > LONGEST_TITLE or text.endswith(_TERMINAL):
        return False
    first = text[0]
    if not (first.isupper() or first.istitle() or first.isdigit()) or not any(char.isalpha() for char in text):
        return False
    return len(text.split()) <= MOST_WORDS


def is_section_name(line: str) -> bool:
    """Tell whether a line is a standard section of a paper, numbered or not.

    >>> is_section_name("2. MATERIALS AND METHODS"), is_section_name("results"), is_section_name("Results were")
    (True, False, False)
    """
    text = line.strip()
    return bool(text) and not text[0].islower() and _SECTION.fullmatch(text) is not None


def number_of(line: str) -> tuple[int, ...]:
    """Return the number a title begins with, as integers, or an empty tuple.

    >>> number_of("2.1 Participants"), number_of("3. Results"), number_of("2.5 % of all")
    ((2, 1), (3,), ())
    """
    match = _NUMBERED.match(line.strip())
    return tuple(int(part) for part in match["number"].split(".")) if match else ()


def follows(number: tuple[int, ...], last: tuple[int, ...]) -> bool:
    """Tell whether a section number may stand next after another: a first child, or the next at any level above.

    >>> follows((2, 1), (2,)), follows((3,), (2, 1)), follows((2, 3), (2, 1))
    (True, True, False)
    """
    if number == (*last, 1):
        return True
    depth = len(number)
    return depth <= len(last) and number[:-1] == last[: depth - 1] and number[-1] == last[depth - 1] + 1

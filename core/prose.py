"""What shows that a plain text is no list of questions: a document given by mistake would be asked line by line.

Only what no list of questions or keywords has is a sign, so every form of list passes: with blank lines, numbers,
dashes, in any language, with or without question marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# A question may come with what led to it, but it asks; this long a text that does not is a paragraph.
_SENTENCES = 3
_CHARACTERS = 200

_FRONT_MATTER = re.compile(r"---\s*$")
_OF_A_FIRST_LINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (_FRONT_MATTER, "this begins the front matter of a document"),
    (re.compile(r"<!doctype|<html|<\?xml", re.IGNORECASE), "this is HTML or XML"),
    (re.compile(r"\[\s*(?:[{\[\"]|$)"), "this is one JSON list, and JSON needs one object a line"),
)
_OF_ANY_LINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"#{1,6}\s"), "this is a heading"),
    (re.compile(r"\|.*\|$"), "this is a row of a table"),
    (re.compile(r"[\W_]+$"), "there is no word in it"),
)
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})[.!][\"')\]]?\s+(?=[^\W\d_])")
_GOES_ON = re.compile(r"[\w,]$")


def signs(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the lines that no list of questions has, with what they are, in order.

    `lines` are those of a plain text that are not blank, with their numbers.

    >>> next(signs([(1, "# Retinol"), (3, "It stings.")]))[0]
    1
    """
    stripped = [(number, line.strip()) for number, line in lines]
    following = dict(stripped)
    for place, (number, line) in enumerate(stripped):
        table = (*_OF_A_FIRST_LINE, *_OF_ANY_LINE) if place == 0 else _OF_ANY_LINE
        yield from ((number, reason) for sign, reason in table if sign.match(line))
        sentences = len(_SENTENCE_END.findall(line)) + 1
        if sentences >= _SENTENCES and len(line) > _CHARACTERS and "?" not in line:
            yield number, f"it has {sentences} sentences and no question mark"
        if sentences > 1 and _GOES_ON.search(line) and following.get(number + 1, "")[:1].islower():
            yield number, "its sentence goes on in the next line, as in running text"

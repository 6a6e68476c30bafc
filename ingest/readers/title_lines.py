"""Titles in plain text: underlined ones, numbered ones, and short lines that stand alone above other text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.readers.headings import TITLE_LEVEL, Mark
from ingest.readers.titles import LONGEST_TITLE, follows, is_section_name, is_title, number_of

_LONG_LINE = 120
"""Nobody wraps lines wider than this by hand, so a file mostly of such lines has one paragraph a line."""

_FILLED = 0.75
"""A line whose next word would still have ended within three quarters of the width was not broken by wrapping."""

_CLOSED = (".", "!", "?", ":", ";", "…", '"', "”", ")")
_BULLET = re.compile("[-*+•‣◦▪·\u2013\u2014][ \t]")
_CAPTION = re.compile(r"(?:fig(?:ure|\.)?|table|box|scheme)\s*\d", re.IGNORECASE)
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_OPENINGS = frozenset({"overview", "contents", "table of contents", "preface", "foreword"})
_AN_OPENING_RUN = 4
"""A file may open with its title, a subtitle, names and a date; five short lines are a list."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text, `[start, end)` without its newline."""

    start: int
    end: int
    text: str

    @property
    def words(self) -> str:
        """The line without the blanks around it."""
        return self.text.strip()


def lines_of(text: str) -> list[Line]:
    """Cut a text into its lines, with their offsets."""
    lines: list[Line] = []
    start = 0
    for line in text.split("\n"):
        lines.append(Line(start, start + len(line), line))
        start += len(line) + 1
    return lines


def is_wrapped(lines: Sequence[Line]) -> bool:
    """Tell whether paragraphs run over several lines (else each line is one paragraph)."""
    total = sum(len(line.words) for line in lines)
    return 2 * sum(len(line.words) for line in lines if len(line.words) > _LONG_LINE) < total


def title_marks(lines: Sequence[Line]) -> list[Mark]:
    """Find the title lines of a text; the document's own title, if the text opens with one, has level 0."""
    page = _Lines(lines)
    underlined = list(page.underlined())
    taken = {mark.start for mark in underlined}
    marks = [*underlined, *(mark for run in page.runs() for mark in page.marks_of(run) if mark.start not in taken)]
    return sorted(marks, key=lambda mark: mark.start)


class _Lines:
    """The lines of one text with what is known of their neighbourhood; indices count the lines that are not blank."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.wrapped = is_wrapped(lines)
        self.full = [line for line in lines if line.words]
        widths = sorted(len(line.words) for line in self.full)
        self.width = widths[int(0.95 * (len(widths) - 1))] if widths else 0
        filled = [index for index, line in enumerate(lines) if line.words]
        self.gap_before = [one == 0 or not lines[one - 1].words for one in filled]
        self.underlines = {index for index in range(1, len(self.full)) if self._underlines(index)}

    def underlined(self) -> Iterator[Mark]:
        """Yield the titles with a line of === or --- below; a single === at the top is the document's title."""
        signs = {index: self.full[index].words[0] for index in self.underlines}
        doubles = [index for index, sign in signs.items() if sign == "="]
        for index, sign in signs.items():
            line = self.full[index - 1]
            level = 1 if sign == "=" or not doubles else 2
            if doubles == [index] == [1]:
                level = TITLE_LEVEL
            start = line.end - len(line.text.lstrip())
            yield Mark(start, self.full[index].end, level, " ".join(line.words.split()))

    def runs(self) -> Iterator[range]:
        """Yield ranges of successive lines that all look like titles."""
        start = None
        for index in range(len(self.full) + 1):
            if index < len(self.full) and self._looks_like_title(index):
                start = index if start is None else start
            elif start is not None:
                yield range(start, index)
                start = None

    def marks_of(self, run: range) -> Iterator[Mark]:
        """Yield the headings of a run: a list of short lines has none, a title may have one heading below it."""
        if run.stop == len(self.full) or not self._may_begin(run.start):
            return
        opening = run.start == 0 and self._is_document_title(0) and len(run) <= _AN_OPENING_RUN
        rest = run[1:] if opening else run
        if opening:
            yield self._mark(0, TITLE_LEVEL)
        apart = all(self.gap_before[index] for index in rest)
        pair = 1 if opening else 2
        if len(rest) == 1 and not opening:
            yield self._mark(rest[0])
        elif (len(rest) <= pair and apart) or self._descends(rest):
            yield from map(self._mark, rest)

    def _underlines(self, index: int) -> bool:
        above, line = self.full[index - 1], self.full[index]
        short = len(above.words) <= LONGEST_TITLE and not _BULLET.match(above.words)
        alone = self.gap_before[index - 1] and not self.gap_before[index]
        return alone and short and _UNDERLINE.fullmatch(line.words) is not None

    def _looks_like_title(self, index: int) -> bool:
        words = self.full[index].words
        if index in self.underlines or not is_title(words) or _BULLET.match(words) or _CAPTION.match(words):
            return False
        if not self.wrapped or index + 1 == len(self.full) or self.gap_before[index + 1]:
            return True
        next_word = self.full[index + 1].words.split()[0]
        return len(words) + 1 + len(next_word) <= _FILLED * self.width

    def _may_begin(self, index: int) -> bool:
        if self.gap_before[index]:
            return True
        above = self.full[index - 1].words
        closed = len(above) > LONGEST_TITLE or above.endswith(_CLOSED) or _BULLET.match(above) is not None
        return closed and not self.wrapped

    def _is_document_title(self, index: int) -> bool:
        words = self.full[index].words
        return not (is_section_name(words) or number_of(words) or words.casefold() in _OPENINGS)

    def _descends(self, run: range) -> bool:
        numbers = [number_of(self.full[index].words) for index in run]
        return len(run) > 1 and all(len(two) > len(one) and follows(two, one) for one, two in pairwise(numbers))

    def _mark(self, index: int, level: int | None = None) -> Mark:
        line = self.full[index]
        start = line.end - len(line.text.lstrip())
        depth = len(number_of(line.words)) or 1
        title = " ".join(line.words.split())
        return Mark(start, start + len(line.words), depth if level is None else level, title)

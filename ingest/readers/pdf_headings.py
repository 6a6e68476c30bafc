"""Sections of a PDF: from its bookmarks where their titles are found on their pages, else from title lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from core.document import Page
from ingest.readers.headings import Mark
from ingest.readers.title_lines import Line, lines_of
from ingest.readers.titles import follows, is_section_name, is_title, number_of

_MOST_LINES = 4
"""How many lines a title may be set in."""

_FEWEST_NUMBERS = 3
"""Fewer numbered lines than this are a list, not the sections of a document."""

_LEADING_NUMBER = re.compile(
    r"(?:(?:chapter|appendix|section|part)\s+)?(?:\d+(?:\.\d+)*|[ivxlc]+|[a-z](?:\.\d+)*)(?:[.:)]\s*|\s+)",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d")


class Bookmark(NamedTuple):
    """An entry of the outline: its level from 1, its title, and the 0-based page it leads to."""

    level: int
    title: str
    page: int


def marks_from_bookmarks(text: str, pages: Sequence[Page], bookmarks: Sequence[Bookmark]) -> list[Mark]:
    """Find each bookmark's title on its page, as whole lines, by letters and digits alone; drop the others."""
    marks: list[Mark] = []
    lines: dict[int, list[Line]] = {}
    taken: set[int] = set()
    for bookmark in bookmarks:
        if not 0 <= bookmark.page < len(pages):
            continue
        page = pages[bookmark.page]
        if bookmark.page not in lines:
            lines[bookmark.page] = lines_of(text[page.start : page.end])
        found = _find(lines[bookmark.page], bookmark.title, page.start, taken)
        if found:
            taken.add(found[0])
            marks.append(Mark(found[0], found[1], bookmark.level, bookmark.title))
    return sorted(marks, key=lambda mark: mark.start)


def _find(lines: Sequence[Line], title: str, offset: int, taken: set[int]) -> tuple[int, int] | None:
    """Return where a title's lines start and end in the text; a leading number may be missing on either side."""
    for bare in (False, True):
        wanted = _key(title, bare=bare)
        if not wanted:
            continue
        for index, line in enumerate(lines):
            start = offset + line.end - len(line.text.lstrip())
            if line.words and start not in taken and (end := _matches(lines, index, wanted, bare=bare)):
                return start, offset + end
    return None


def _matches(lines: Sequence[Line], index: int, wanted: str, *, bare: bool) -> int:
    """Return the end of the lines from `index` on that spell what is wanted, or 0."""
    read = ""
    for line in lines[index : index + _MOST_LINES]:
        read += _key(line.words, bare=bare and not read)
        if read == wanted:
            return line.start + len(line.text.rstrip())
        if not wanted.startswith(read):
            return 0
    return 0


def _key(text: str, *, bare: bool = False) -> str:
    number = _LEADING_NUMBER.match(text.strip()) if bare else None
    words = text.strip()[number.end() :] if number else text
    return "".join(char for char in words if char.isalnum()).casefold()


def marks_from_lines(text: str) -> list[Mark]:
    """Find the standard sections of a paper, and numbered titles where at least three stand in rising order."""
    lines = [line for line in lines_of(text) if line.words]
    named = {index for index, line in enumerate(lines) if is_section_name(line.words)}
    references = next(
        (i for i in sorted(named) if lines[i].words.casefold().endswith(("references", "bibliography"))), None
    )
    numbered = _numbered(lines, references if references is not None else len(lines))
    return [_mark(lines[index]) for index in sorted(named | numbered) if index + 1 < len(lines)]


def _numbered(lines: Sequence[Line], stop: int) -> set[int]:
    """Return the lines that continue one another as section numbers do; in a list they would be neighbours."""
    chain: list[int] = []
    last: tuple[int, ...] = (0,)
    for index in range(stop):
        words = lines[index].words
        number = number_of(words)
        if not number or not _is_numbered_title(words) or not (follows(number, last) and number != (0, 1)):
            continue
        if chain and chain[-1] == index - 1 and len(number) <= len(last):
            return set()
        chain.append(index)
        last = number
    return set(chain) if len(chain) >= _FEWEST_NUMBERS else set()


def _is_numbered_title(words: str) -> bool:
    rest = words.lstrip("0123456789. \t")
    return is_title(words) and rest[:1].isupper() and not _FIGURES.search(rest) and "," not in rest


def _mark(line: Line) -> Mark:
    start = line.end - len(line.text.lstrip())
    return Mark(start, start + len(line.words), len(number_of(line.words)) or 1, " ".join(line.words.split()))


def flat(outline: Sequence[object], level: int = 1) -> Iterator[tuple[int, object]]:
    """Yield the entries of pypdf's outline, a list in which a list follows its parent, with their levels."""
    waiting = [(level, iter(outline))]
    while waiting:
        depth, entries = waiting[-1]
        entry = next(entries, None)
        if entry is None:
            waiting.pop()
        elif isinstance(entry, list):
            waiting.append((depth + 1, iter(entry)))
        else:
            yield depth, entry

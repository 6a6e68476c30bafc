"""The last look before a document leaves a reader: what must hold whatever the file was."""

from __future__ import annotations

import re
from itertools import pairwise

from core.document import Document, Heading

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def problem_of(document: Document) -> str:
    """Return the first broken invariant of a document in words, or an empty string.

    Pages tile the text, headings are ordered, nested and inside it, and nothing holds NULs or lone surrogates.
    """
    return next((problem for check in _CHECKS if (problem := check(document))), "")


def _characters(document: Document) -> str:
    if _UNSTORABLE.search(document.text):
        return "its text holds characters that cannot be stored"
    meta = document.metadata
    said = (
        meta.title,
        *meta.authors,
        meta.doi,
        meta.url,
        meta.licence,
        *(part for pair in meta.fields for part in pair),
    )
    labels = (page.label for page in document.pages)
    about = (part for loss in document.losses for part in (loss.where, loss.what, loss.why))
    cited = (part for ref in meta.references for part in (ref.id, ref.text, ref.doi, ref.pmid, ref.pmcid, ref.url))
    for words in (said, labels, about, cited):
        if any(_UNSTORABLE.search(word) for word in words):
            return "its metadata hold characters that cannot be stored"
    return ""


def _pages(document: Document) -> str:
    pages = document.pages
    if not pages:
        return ""
    joined = all(one.end == two.start and one.index + 1 == two.index for one, two in pairwise(pages))
    whole = pages[0].start == 0 and pages[0].index == 0 and pages[-1].end == len(document.text)
    forward = all(page.start <= page.end for page in pages)
    return "" if joined and whole and forward else "its pages do not tile its text"


def _headings(document: Document) -> str:
    enclosing: list[Heading] = []
    last = 0
    for heading in document.headings:
        if not last <= heading.start <= heading.title_end <= heading.end <= len(document.text):
            return "a heading lies outside its text"
        while enclosing and enclosing[-1].end <= heading.start:
            enclosing.pop()
        above = enclosing[-1] if enclosing else None
        if above and (heading.end > above.end or heading.path[: len(above.path)] != above.path):
            return "its headings are not nested"
        last = heading.title_end
        enclosing.append(heading)
    return ""


_CHECKS = (_characters, _pages, _headings)

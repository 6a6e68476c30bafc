"""The nouns of reading: what a file is before anything is searched.

All offsets are counted in characters (Unicode code points) of `Document.text`; spans are half open.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass

PATH_SEPARATOR = " > "


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes a document was read from: display name, media type and content."""

    name: str
    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def document_id(self) -> str:
        """The document's identity, sixteen hexadecimal digits over media type and content.

        The name plays no part, so a renamed or duplicated file is the same document; the media type does,
        because it decides which reader turns the bytes into text.
        """
        return hashlib.sha256(self.media_type.encode() + b"\0" + self.data).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a document's own reference list, with whatever identifiers it gives."""

    id: str
    text: str
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    url: str = ""

    @property
    def link(self) -> str:
        """The address the reference leads to, or an empty string."""
        forms = (
            (self.doi, "https://doi.org/"),
            (self.pmcid, "https://pmc.ncbi.nlm.nih.gov/articles/"),
            (self.pmid, "https://pubmed.ncbi.nlm.nih.gov/"),
            (self.url, ""),
        )
        return next((prefix + value for value, prefix in forms if value), "")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says about itself; an empty value means the document does not say.

    `fields` holds everything else that can be filtered on, as (key, value) pairs; a key may occur several times.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""
    url: str = ""
    licence: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    references: tuple[Reference, ...] = ()

    def first(self, key: str) -> str:
        """Return the first value of a field, or an empty string."""
        return next((value for name, value in self.fields if name == key), "")


@dataclass(frozen=True, slots=True)
class Page:
    """One page's span; `index` counts from 0, `label` is as printed ("iv", "S12") and may repeat."""

    start: int
    end: int
    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A section: from the first character of its title to the end of its last subsection.

    `[start, title_end)` is the heading as it stands in the text; `[title_end, end)` is what stands under it.
    `path` holds the titles from the outermost section down to this one.
    """

    start: int
    title_end: int
    end: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """Something a reader did not read: where it is, what it is, and why it was left."""

    where: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """One canonical text with its pages, headings, metadata and losses.

    `pages` tile the text or are empty (formats without pages); `headings` are nested and ordered by start.
    `reader` names reader and version, so that documents read by an older one can be found and read again.
    """

    id: str
    name: str
    sha256: str
    media_type: str
    reader: str
    text: str
    metadata: Metadata = Metadata()
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    losses: tuple[Loss, ...] = ()

    @property
    def title(self) -> str:
        """The title the document gives itself, else its file name made readable."""
        return self.metadata.title or readable_name(self.name)


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document; `document.text[start:end]` is the quotation."""

    document_id: str
    start: int
    end: int


def pages_of(pages: tuple[Page, ...], start: int, end: int) -> tuple[Page, ...]:
    """Return the pages that `[start, end)` touches, in order.

    >>> pages_of((Page(0, 10, 0, "i"), Page(10, 20, 1, "ii")), 9, 11)
    (Page(start=0, end=10, index=0, label='i'), Page(start=10, end=20, index=1, label='ii'))
    """
    first = max(0, bisect_right(pages, start, key=lambda page: page.start) - 1)
    last = bisect_right(pages, max(start, end - 1), key=lambda page: page.start)
    return pages[first:last]


def section_of(headings: tuple[Heading, ...], position: int) -> tuple[str, ...]:
    """Return the heading path of the innermost section that holds `position`.

    >>> section_of((Heading(0, 4, 90, ("A",)), Heading(10, 14, 50, ("A", "B"))), 20)
    ('A', 'B')
    """
    path: tuple[str, ...] = ()
    for heading in headings:
        if heading.start > position:
            break
        if position < heading.end:
            path = heading.path
    return path


def readable_name(name: str) -> str:
    """Turn a file name into a title a person would write.

    >>> readable_name("stem-cell_therapy-in-skincare.txt")
    'Stem cell therapy in skincare'
    """
    stem = name.rpartition(".")[0] or name
    words = " ".join(stem.replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:]

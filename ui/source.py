"""What a quotation comes from and where it stands, as lines of HTML and as text to copy."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin

import streamlit as st

from core.document import Document, Metadata, Reference, pages_of, section_of
from core.results import PageRef
from index import page_words
from ui.address import Asked, Place
from ui.layers import web_link
from ui.text import field_words, file_name, month_words, safe, shown

_MANY_AUTHORS = 3


def authors_words(authors: tuple[str, ...]) -> str:
    """Name the authors in as many words as a line has room for.

    >>> authors_words(("Pinnell SR", "Yang H", "Omar M", "Zhao R"))
    'Pinnell SR et al.'
    """
    return f"{authors[0]} et al." if len(authors) > _MANY_AUTHORS else ", ".join(authors)


def dated_words(metadata: Metadata) -> str:
    """Say of when a document is: the year it was published, else the month whose knowledge it describes."""
    described = metadata.first("as_of")
    return str(metadata.year) if metadata.year else described and f"as of {month_words(described)}"


def evidence_words(metadata: Metadata) -> str:
    """Name the kind of evidence as it is said."""
    return field_words("evidence", metadata.first("evidence"))


def origin(metadata: Metadata) -> str:
    """Return authors, year, kind of evidence and group as HTML; the last two lead to a search among their like."""
    parts = [safe(authors_words(metadata.authors)), safe(dated_words(metadata))]
    # It is the document that rests on this kind of evidence; a single passage may rest on another.
    evidence = evidence_words(metadata)
    rests = f"rests mostly on: {evidence}" if evidence else ""
    for key, words in (("evidence", rests), ("group", metadata.first("group"))):
        parts.append(f'<span class="{key}">{safe(words)}</span>' if words else "")
    return dotted(parts)


def section_words(document: Document, position: int) -> str:
    """Name the section that holds a position, from the outermost heading down."""
    return " › ".join(section_of(document.headings, position))  # noqa: RUF001 - the sign of a step down


def pages_words(document: Document, start: int, end: int) -> str:
    """Name the pages of a span, as counted and as printed."""
    return page_words(tuple(PageRef(page.index, page.label) for page in pages_of(document.pages, start, end)))


def place(document: Document, start: int, end: int) -> str:
    """Return section, pages and file name of a span as HTML."""
    words = (section_words(document, start), pages_words(document, start, end), file_name(document.name))
    return dotted(map(safe, words))


def title_link(document: Document, start: int | None = None, end: int | None = None) -> str:
    """Return the title as a link to the document, or to a passage of it, in the library."""
    return f'<a href="{safe(Place(document.id, start, end).link())}" target="_self">{safe(document.title)}</a>'


def ask_link(asked: Asked, words: str) -> str:
    """Return words as a link that asks a question."""
    return f'<a href="{safe(asked.link())}" target="_self">{safe(words)}</a>'


def references_list(references: tuple[Reference, ...]) -> str:
    """Return a document's references as HTML, each a link where it has an address."""
    entries = []
    for reference in references:
        link = web_link(reference.link)
        words = safe(reference.text)
        text = f'<a href="{safe(link)}" target="_blank" rel="noopener noreferrer">{words}</a>' if link else words
        entries.append(f'<li><span class="number">{safe(reference.id)}</span> {text}</li>')
    return f'<ul class="references">{"".join(entries)}</ul>'


def citation_text(document: Document, start: int, end: int) -> str:
    """Return everything needed to quote a passage and to find it again, as plain text."""
    metadata = document.metadata
    named = ". ".join(
        part for part in (authors_words(metadata.authors).rstrip("."), document.title.rstrip(".")) if part
    )
    where = ", ".join(filter(None, (section_words(document, start), pages_words(document, start, end))))
    exact = f"{file_name(document.name)}, characters {start}-{end}, SHA-256 of the file {document.sha256}"
    dated = dated_words(metadata)
    own_link = f"https://doi.org/{metadata.doi}" if metadata.doi else metadata.url
    lines = (
        f"“{document.text[start:end]}”",
        f"{named}{f' ({dated})' if dated else ''}.",
        where,
        own_link,
        exact,
    )
    return shown("\n".join((*(line for line in lines if line), permanent_link(document, start, end))))


def permanent_link(document: Document, start: int, end: int) -> str:
    """Return the whole address of a passage in this app."""
    return urljoin(st.context.url or "", Place(document.id, start, end).link())


def dotted(parts: Iterable[str]) -> str:
    """Return parts of a line, HTML already, with dots between those that say something."""
    return '<span class="dot" aria-hidden="true"> · </span>'.join(filter(None, parts))

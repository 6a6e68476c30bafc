"""PDF: the text of each page, joined so that the pages tile it, with its sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pypdf

from core.document import Document, Loss, Page, Source
from ingest.readers.base import NO_TEXT, PAGES, TEXT_CHARACTERS, refusal
from ingest.readers.headings import nest
from ingest.readers.meta import doi_in
from ingest.readers.pdf_about import AboutPdf, about_pdf
from ingest.readers.pdf_clean import clean_line, clean_pages
from ingest.readers.pdf_engines import NeedsPasswordError, SecondOpinion, limits, open_with_pypdf, page_texts
from ingest.readers.pdf_headings import marks_from_bookmarks, marks_from_lines

_LONGEST_LABEL = 40


def read(source: Source) -> Document:
    """Read a PDF page by page; pages without text are losses.

    Raises UnreadableError for a file that needs a password, has more than 5,000 pages, or that neither library opens.
    """
    second = SecondOpinion(source.data)
    try:
        with limits():
            return _read(source, second)
    except NeedsPasswordError as error:
        raise refusal(source.name, "needs a password: remove it and add the file again") from error
    finally:
        second.close()


def _read(source: Source, second: SecondOpinion) -> Document:
    reader = _opened(source.data, second)
    count = len(reader.pages) if reader else len(second)
    if not count:
        raise refusal(source.name, "is damaged and cannot be opened: open it in a PDF viewer and print it to a new PDF")
    if count > PAGES:
        raise refusal(source.name, f"has {count:,} pages, and the limit is {PAGES:,}: split it")
    found = []
    length = 0
    for page in page_texts(reader, second, count):
        length += len(page.text)
        if length > TEXT_CHARACTERS:
            raise refusal(source.name, f"holds more than {TEXT_CHARACTERS // 1_000_000} million characters: split it")
        found.append(page)
    texts = clean_pages([page.text for page in found])
    about = about_pdf(reader, count) if reader else AboutPdf([second.label(index) for index in range(count)])
    text, pages = _joined(texts, about.labels)
    marks = marks_from_bookmarks(text, pages, about.bookmarks) or marks_from_lines(text)
    return Document(
        id=source.document_id,
        name=source.name,
        sha256=source.sha256,
        media_type=source.media_type,
        reader="",
        text=text,
        metadata=about.metadata if about.metadata.doi else replace(about.metadata, doi=doi_in(texts[0])),
        pages=pages,
        headings=nest(marks, len(text)),
        losses=tuple(
            Loss(_where(page), "page", each.why or NO_TEXT)
            for page, each, clean in zip(pages, found, texts, strict=True)
            if not clean
        ),
    )


def _opened(data: bytes, second: SecondOpinion) -> pypdf.PdfReader | None:
    """Open a file with pypdf, or return None where only pdfium may; raises NeedsPasswordError if neither gets in."""
    try:
        return open_with_pypdf(data)
    except NeedsPasswordError:
        if not len(second):
            raise
        return None


def _where(page: Page) -> str:
    counted = str(page.index + 1)
    return f"page {counted}" if page.label == counted else f"page {counted} (label {page.label})"


def _joined(texts: Sequence[str], labels: Sequence[str]) -> tuple[str, tuple[Page, ...]]:
    """Join page texts by newlines; each newline belongs to the page before it, so that the pages tile the text."""
    pages: list[Page] = []
    start = 0
    for index, (text, label) in enumerate(zip(texts, labels, strict=True)):
        end = start + len(text) + (index + 1 < len(texts))
        pages.append(Page(start, end, index, clean_line(label)[:_LONGEST_LABEL] or str(index + 1)))
        start = end
    return "\n".join(texts), tuple(pages)

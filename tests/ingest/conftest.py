"""Makers of real files for the reader tests, and the invariants that every document must meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from core.document import Document, Source
from core.errors import UnreadableError
from ingest.readers import read
from ingest.sandbox import Sandbox

Lines = Sequence[str]
MakePdf = Callable[..., bytes]
Check = Callable[[Document], None]


def _pdf(
    pages: Sequence[Lines],
    labels: Sequence[tuple[int, int, str | None, str | None]] = (),
    bookmarks: Sequence[tuple[str, int, int]] = (),
    info: dict[str, str] | None = None,
    password: str | None = None,
) -> bytes:
    """Return a PDF with these lines on its pages.

    `labels` are (first page, last page, style, prefix); `bookmarks` are (title, page, level from 0).
    """
    written = BytesIO()
    canvas = Canvas(written, pagesize=A4)
    for index, lines in enumerate(pages):
        for title, page, level in bookmarks:
            if page == index:
                canvas.bookmarkPage(title)
                canvas.addOutlineEntry(title, title, level)
        for row, line in enumerate(lines):
            canvas.drawString(50, 800 - 14 * row, line)
        canvas.showPage()
    canvas.save()
    writer = PdfWriter(clone_from=PdfReader(written))
    writer.metadata = info or {}
    for first, last, style, prefix in labels:
        writer.set_page_label(first, last, style=PageLabelStyle(style) if style else None, prefix=prefix)
    if password is not None:
        writer.encrypt(password, algorithm="AES-256")
    finished = BytesIO()
    writer.write(finished)
    return finished.getvalue()


def _invariants(document: Document) -> None:
    """Assert what holds for every document, written down a second time so that the program's own check is checked."""
    text = document.text
    assert text.strip()
    assert not any(char == "\0" or 0xD800 <= ord(char) <= 0xDFFF for char in text)
    if document.pages:
        assert "".join(text[page.start : page.end] for page in document.pages) == text
        assert [page.index for page in document.pages] == list(range(len(document.pages)))
        assert all(one.end == two.start for one, two in pairwise(document.pages))
    for heading in document.headings:
        assert 0 <= heading.start < heading.title_end <= heading.end <= len(text)
    for position, heading in enumerate(document.headings):
        for later in document.headings[position + 1 :]:
            assert heading.title_end <= later.start
            inside = later.start < heading.end
            assert not inside or (later.end <= heading.end and later.path[: len(heading.path)] == heading.path)


@pytest.fixture(scope="session")
def make_pdf() -> MakePdf:
    return _pdf


@pytest.fixture(scope="session")
def check_invariants() -> Check:
    return _invariants


def _outcome(source: Source) -> str:
    """Return the text of the document a source becomes, which meets the invariants, or the sentence that refuses it."""
    try:
        document = read(source)
    except UnreadableError as error:
        return str(error)
    _invariants(document)
    return document.text


@pytest.fixture(scope="session")
def outcome_of() -> Callable[[Source], str]:
    return _outcome


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as shared:
        yield shared

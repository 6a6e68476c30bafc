"""What a file is read as: content before name, and a refusal that says what was given."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from core.document import Source
from core.errors import UnreadableError
from ingest.readers import ENDINGS, READERS, media_type_of, read
from ingest.readers.base import FILE_BYTES, HTML_BYTES, shown


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.pdf", "application/pdf"),
        ("a.md", "text/markdown"),
        ("A.MARKDOWN", "text/markdown"),
        ("a.b.txt", "text/plain"),
        ("some.folder/a.md", "text/markdown"),
        ("a.text", "text/plain"),
        ("a.html", "text/html"),
        ("a.HTM", "text/html"),
        ("a.xhtml", "text/html"),
    ],
)
def test_the_ending_decides_for_text(name: str, media_type: str) -> None:
    assert media_type_of(name, b"plain words") == media_type


def test_every_ending_has_a_reader() -> None:
    assert set(ENDINGS.values()) == set(READERS)


def test_a_pdf_header_in_the_first_kilobyte_wins_over_the_name() -> None:
    assert media_type_of("notes.txt", b"\n" * 1000 + b"%PDF-1.7\n") == "application/pdf"
    assert media_type_of("noending", b"%PDF-1.7\n") == "application/pdf"
    assert media_type_of("notes.txt", b"word " * 300 + b"%PDF-1.7\n") == "text/plain"


def _zip(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "x" if name != "mimetype" else "application/epub+zip")
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (_zip("a.txt"), "a ZIP archive"),
        (_zip("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (_zip("mimetype", "OEBPS/a.xhtml"), "an EPUB book"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "an old Microsoft Office file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "an image"),
        (b"\xff\xd8\xff\xe0JFIF", "an image"),
        (b"\x7fELF\x02\x01\x01" + bytes(20), "a program"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "a program"),
        (gzip.compress(b"words", mtime=0), "a compressed archive"),
        (rb"{\rtf1 words}", "a rich text (RTF) file"),
        (b"words \0\0\0\1\2 words", "binary data"),
        (b"\x01\x02\x03\x04\x05 abc" * 9, "binary data"),
    ],
)
def test_a_binary_file_under_a_texts_name_is_refused_by_what_it_is(data: bytes, what: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        media_type_of("notes.txt", data)
    assert str(caught.value).startswith(f"notes.txt is {what}, not a text")
    assert ": " in str(caught.value)


def test_unmarked_utf16_is_text_for_all_its_nuls() -> None:
    assert media_type_of("a.txt", "Skin and words".encode("utf-16-le")) == "text/plain"
    assert media_type_of("a.txt", "Skin and words".encode("utf-16-be")) == "text/plain"


@pytest.mark.parametrize("name", ["a.rst", "README", "a.csv", ".md"])
def test_an_unknown_ending_is_refused_with_the_formats_that_can_be_read(name: str) -> None:
    with pytest.raises(UnreadableError, match=r"only \.pdf, \.md, .*\.html.* can be read") as caught:
        media_type_of(name, b"words")
    assert name in str(caught.value)


def test_an_empty_file_and_one_over_the_limit_are_refused() -> None:
    with pytest.raises(UnreadableError, match=r"^a\.txt is empty"):
        read(Source("a.txt", "text/plain", b""))
    with pytest.raises(UnreadableError, match=r"^a\.html is 10\.0 MB, and the limit for this format is 10 MB"):
        read(Source("a.html", "text/html", bytes(HTML_BYTES + 1)))
    with pytest.raises(UnreadableError, match=r"the limit for this format is 50 MB"):
        read(Source("a.txt", "text/plain", bytes(FILE_BYTES + 1)))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_file_of_nothing_but_blanks_has_no_text(name: str) -> None:
    with pytest.raises(UnreadableError, match=r"has no text"):
        read(Source(name, media_type_of(name, b" \n\n "), b" \n\n "))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/cron.d/x.pdf", "x.pdf"),
        ("C:\\papers\\x.pdf", "x.pdf"),
        ("a\nb\x1b[31m.pdf", "a b [31m.pdf"),
        ("evil\u202efdp.exe", "evil fdp.exe"),
        ("x" * 300, "x" * 119 + "…"),
    ],
)
def test_names_are_shown_on_one_line_without_marks_that_deceive(name: str, expected: str) -> None:
    assert shown(name) == expected

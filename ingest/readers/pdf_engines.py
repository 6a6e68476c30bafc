"""The two PDF libraries: pypdf reads, pdfium gives a second opinion on pages that came out wrong.

pypdfium2 is not thread-safe (two threads abort the process) and tiny bombs make it abort, so both are used only in
the reading worker (`ingest.worker`), which has one thread and can be replaced.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from io import BytesIO
from typing import NamedTuple

import pypdf
import pypdfium2
from pypdf.errors import LimitReachedError

from ingest.readers.base import NO_TEXT

PARSING_STEPS = 200_000
"""Content-stream tokens a page: a bomb of 17 s is refused in 0.3 s, and none of 104 honest documents."""

UNPACKED_BYTES = 32_000_000
"""What one compressed stream may unpack to: bombs of a kilobyte unpack to gigabytes."""

_BAD_CHARACTERS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
_GLYPH_NAMES = re.compile(r"/(?:[a-zA-Z]{1,3}\d{1,5}|[a-z]+\.[a-z]+)(?![\w/])|/(?:[a-zA-Z]{1,3}\d{1,5})(?=/)")
_LATIN = re.compile(r"[A-Za-z]")
_ENDLESS_WORD = re.compile(r"[A-Za-z]{31,}")

_BAD_SHARE, _GLYPH_SHARE, _ENDLESS_SHARE = 0.01, 0.05, 0.05
_SPACE_SHARE = 0.08
"""Latin text with fewer blanks than this has lost some; German with its long words has 12 %."""

_FEWEST = 20
"""Shares over fewer characters than this say nothing."""

_BOMB = "a stream in it unpacks to more than 32 MB"
"""Why a page is given up without asking pdfium, which has no such limit and aborts."""

_UNPACKING = re.compile("decompress|decoding")

HOPELESS = 0.5
"""A page of which half is glyph names or undefined characters shows nothing that could be found or quoted."""


class NeedsPasswordError(Exception):
    """The file is encrypted and does not open with an empty password."""


class PageText(NamedTuple):
    """The text of a page and, where none could be had, why."""

    text: str
    why: str = ""


def limits() -> AbstractContextManager[pypdf.Configuration]:
    """Return the context in which pypdf may be used on hostile files."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)  # one file of the trial logged 14,087 warnings
    return pypdf.apply_configuration(
        stream_parsing_work_maximum_count=PARSING_STEPS,
        zlib_maximum_output_length=UNPACKED_BYTES,
        lzw_maximum_output_length=UNPACKED_BYTES,
        run_length_maximum_output_length=UNPACKED_BYTES,
        jbig2dec_binary=None,
    )


def open_with_pypdf(data: bytes) -> pypdf.PdfReader | None:
    """Open a file with pypdf, or return None where it cannot; raises NeedsPasswordError."""
    try:
        reader = pypdf.PdfReader(BytesIO(data), strict=False)
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - besides its own errors it raises TypeError, ValueError, AssertionError and more
        return None
    if locked:
        raise NeedsPasswordError
    return reader if pages else None


class SecondOpinion:
    """The file as pdfium sees it, opened at the first question; a file it cannot open has no pages."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._document: pypdfium2.PdfDocument | None = None
        self._tried = False

    def __len__(self) -> int:
        """Return the number of pages; raises NeedsPasswordError."""
        document = self._opened()
        return len(document) if document else 0

    def label(self, index: int) -> str:
        """Return a page's label, or an empty string."""
        document = self._opened()
        try:
            return str(document.get_page_label(index)) if document else ""
        except (pypdfium2.PdfiumError, UnicodeError):
            return ""

    def text(self, index: int) -> str:
        """Return a page's text, or an empty string where pdfium has none either."""
        try:
            document = self._opened()
            if document is None or index >= len(document):
                return ""
            page = document[index]
            try:
                return str(page.get_textpage().get_text_bounded(errors="replace"))
            finally:
                page.close()
        except (pypdfium2.PdfiumError, NeedsPasswordError, UnicodeError):
            return ""

    def close(self) -> None:
        """Release what pdfium holds."""
        if self._document:
            self._document.close()
            self._document = None

    def _opened(self) -> pypdfium2.PdfDocument | None:
        if not self._tried:
            self._tried = True
            try:
                self._document = pypdfium2.PdfDocument(self._data)
            except pypdfium2.PdfiumError as error:
                if "password" in str(error).lower():
                    raise NeedsPasswordError from error
        return self._document


def page_texts(reader: pypdf.PdfReader | None, second: SecondOpinion, count: int) -> Iterator[PageText]:
    """Yield the best text of each page; where none is left, the reason."""
    for index in range(count):
        first = _pypdf_text(reader, index) if reader else PageText("")
        defect = defect_of(first.text)
        text = first.text
        if (not text.strip() or defect) and first.why != _BOMB:
            other = second.text(index)
            if other.strip() and (not text.strip() or defect_of(other) < defect):
                text, defect = other, defect_of(other)
        if defect > HOPELESS:
            yield PageText("", "its fonts do not say which characters they show: run OCR")
        elif text.strip():
            yield PageText(text)
        else:
            yield PageText("", first.why or NO_TEXT)


def _pypdf_text(reader: pypdf.PdfReader, index: int) -> PageText:
    try:
        return PageText(reader.pages[index].extract_text())
    except MemoryError:
        raise
    except LimitReachedError as error:
        return PageText("", _BOMB if _UNPACKING.search(str(error)) else "too costly to read")
    except Exception as error:  # noqa: BLE001 - seen: AssertionError, TypeError, NotImplementedError, RecursionError
        return PageText("", f"damaged ({type(error).__name__})")


def defect_of(text: str) -> float:
    """Return how much of a text is garbage, from 0 (nothing that shows) to 1.

    Signs are undefined characters, glyph names such as /g145 in place of letters, and Latin text without spaces.
    """
    solid = sum(not char.isspace() for char in text)
    if solid < _FEWEST:
        return 0.0
    bad = len(_BAD_CHARACTERS.findall(text)) / solid
    glyphs = sum(len(name) for name in _GLYPH_NAMES.findall(text)) / solid
    latin = len(_LATIN.findall(text))
    unspaced = latin > solid / 2 and len(text) - solid < _SPACE_SHARE * len(text)
    endless = sum(len(word) for word in _ENDLESS_WORD.findall(text)) / latin if unspaced else 0.0
    shares = ((bad, _BAD_SHARE), (glyphs, _GLYPH_SHARE), (endless / 2, _ENDLESS_SHARE / 2))
    return min(1.0, sum(share for share, limit in shares if share > limit))

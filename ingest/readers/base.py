"""What every reader shares: its entry in the table, the limits, and how a refusal is worded."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from importlib import import_module

from core.document import Document, Source
from core.errors import UnreadableError

FILE_BYTES = 50 * 1024 * 1024
"""The largest file: what the app takes as an upload (Streamlit counts in MiB), and a scanned book is rarely larger."""

HTML_BYTES = 10 * 1024 * 1024
"""The largest HTML page: a hostile page of 16 MB took trafilatura over 30 s, honest articles stay under 2 MB."""

TEXT_CHARACTERS = 20_000_000
"""The longest text: some thirty times the Bible; beyond it a file is a data dump or a bomb."""

PAGES = 5_000
"""The most pages: the longest honest books stay below 3,000, and a 13 MB file can claim 90,000."""

SHOWN_NAME = 120
"""How many characters of a file name a sentence shows; names arrive from uploads and can be 4,000 long."""

NO_TEXT = "no text: probably a scan"
"""Why a page is a loss if nothing else is known."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reader:
    """One format: its module in this package, version, media type, file endings and limit in bytes.

    `isolated` says that the format's parser is third-party code that must not meet hostile bytes in this process.
    The module is imported when first needed, so the program that delegates to a worker never loads a PDF library.
    """

    format: str
    version: int
    media_type: str
    endings: tuple[str, ...]
    limit: int
    isolated: bool

    @property
    def name(self) -> str:
        """Reader and version as a document keeps them, such as "pdf/1"."""
        return f"{self.format}/{self.version}"

    def read(self, source: Source) -> Document:
        """Read the source with the format's module; raises UnreadableError."""
        module = import_module(f"ingest.readers.{self.format}")
        document: Document = module.read(source)
        return replace(document, reader=self.name)


def shown(name: str) -> str:
    r"""Return a file name fit for a sentence: the last part of the path, one line, no control or direction marks.

    >>> shown("../../etc/a\nb.pdf")
    'a b.pdf'
    """
    base = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    clean = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in base)
    words = " ".join(clean.split())
    return words if len(words) <= SHOWN_NAME else words[: SHOWN_NAME - 1] + "…"


def check_length(name: str, text: str) -> None:
    """Raise UnreadableError for a text that is too long; called as early as the text is there."""
    if len(text) > TEXT_CHARACTERS:
        raise refusal(name, f"holds more than {TEXT_CHARACTERS // 1_000_000} million characters: split it")


def refusal(name: str, reason: str) -> UnreadableError:
    """Return the error that says in one sentence which file is refused, why, and what to do."""
    return UnreadableError(f"{shown(name) or 'The file'} {reason}.")

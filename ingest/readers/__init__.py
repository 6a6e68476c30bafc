"""Readers: one module a format, each turning a `Source` into a `Document`; this is the table and the way in."""

from __future__ import annotations

from dataclasses import replace

from core.document import Document, Source
from core.errors import UnreadableError
from ingest.readers import sniff
from ingest.readers.base import FILE_BYTES, HTML_BYTES, MEGABYTE, NO_TEXT, Reader, check_length, refusal
from ingest.readers.check import problem_of

READERS: dict[str, Reader] = {
    reader.media_type: reader
    for reader in (
        Reader("pdf", 1, "application/pdf", (".pdf",), FILE_BYTES, isolated=True),
        Reader("markdown", 1, "text/markdown", (".md", ".markdown"), FILE_BYTES, isolated=False),
        Reader("text", 1, "text/plain", (".txt", ".text"), FILE_BYTES, isolated=False),
        Reader("html", 1, "text/html", (".html", ".htm", ".xhtml"), HTML_BYTES, isolated=True),
    )
}

ENDINGS: dict[str, str] = {ending: reader.media_type for reader in READERS.values() for ending in reader.endings}

_SCAN = "has no text: it is probably a scan; run OCR first and add the result"

__all__ = ["ENDINGS", "READERS", "Reader", "media_type_of", "read", "reader_of"]


def media_type_of(name: str, data: bytes) -> str:
    """Return the media type a file is read as, by content where that is decisive, else by its ending.

    Raises UnreadableError for a binary file under a text's name and for endings that no reader has.
    """
    return sniff.media_type_of(name, data, ENDINGS)


def reader_of(source: Source) -> Reader:
    """Return the reader for a source; raises UnreadableError where there is none, or the file is empty or too big."""
    reader = READERS.get(source.media_type)
    if reader is None:
        raise refusal(source.name, f"is {source.media_type}, which cannot be read: convert it to PDF or plain text")
    if not source.data:
        raise refusal(source.name, "is empty: there is nothing to read; add it again with its content")
    if len(source.data) > reader.limit:
        size, limit = len(source.data) / MEGABYTE, reader.limit / MEGABYTE
        raise refusal(source.name, f"is {size:.1f} MB, and the limit for this format is {limit:.0f} MB: split it")
    return reader


def read(source: Source) -> Document:
    """Read a source in this process and check what comes out; raises UnreadableError and nothing else.

    MemoryError is let through: whoever owns the process must decide what to do with it.
    """
    reader = reader_of(source)
    try:
        document = reader.read(source)
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:
        kind = type(error).__name__
        raise refusal(
            source.name, f"broke the {reader.format} reader ({kind}): convert it to another format"
        ) from error
    # Names of files can hold bytes that are no characters; Python carries them as lone surrogates.
    return _checked(replace(document, name=source.name.encode("utf-8", "replace").decode()))


def _checked(document: Document) -> Document:
    if not document.text.strip():
        raise refusal(document.name, _without_text(document))
    check_length(document.name, document.text)
    problem = problem_of(document)
    if problem:
        raise refusal(document.name, f"was read, but {problem}: please report this with the file")
    return document


def _without_text(document: Document) -> str:
    """Say why a document has no text: what the first loss that tells more says, or what is most likely."""
    told = next((loss for loss in document.losses if loss.why != NO_TEXT), None)
    if told and (document.pages or told.what == "rest of the page"):
        return f"has no text that can be read ({told.where}: {told.why}): print it to a new PDF and add that"
    return _SCAN if document.pages else "has no text: there is nothing in it to search"

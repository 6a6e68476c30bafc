"""What a file really is: by its first bytes where those are decisive, else by the ending of its name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from core.errors import UnreadableError
from ingest.readers.base import refusal
from ingest.readers.decode import utf16_without_mark

PDF = "application/pdf"

_HEADER_WINDOW = 1024
"""A PDF's header may stand anywhere in the first 1,024 bytes (ISO 32000, annex H), and often does."""

_SAMPLE = 8192
_CONTROL_SHARE = 0.1
"""Text has hardly any control characters; a tenth of them is a binary file whose kind is not in the table."""

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b")
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


class _Kind(NamedTuple):
    pattern: bytes
    what: str
    advice: str


_AS_PDF = "open it in the program that made it, save it as PDF and add that"
_UNPACK = "unpack it and add the files inside"
_DESCRIBE = "only text can be read, so add the document it belongs to"
_NOT_TEXT = "only documents can be read"

# Matched at the first byte, in this order: the special cases of a container before the container.
_KINDS = tuple(
    (re.compile(kind.pattern, re.DOTALL), kind)
    for kind in (
        _Kind(rb"PK\x03\x04.{0,4000}?word/", "a Word document", _AS_PDF),
        _Kind(rb"PK\x03\x04.{0,4000}?xl/", "an Excel workbook", _AS_PDF),
        _Kind(rb"PK\x03\x04.{0,4000}?ppt/", "a PowerPoint presentation", _AS_PDF),
        _Kind(rb"PK\x03\x04.{26}mimetypeapplication/epub", "an EPUB book", "convert it to PDF and add that"),
        _Kind(rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis", "an OpenDocument file", _AS_PDF),
        _Kind(rb"PK(\x03\x04|\x05\x06|\x07\x08)", "a ZIP archive", _UNPACK),
        _Kind(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office file", _AS_PDF),
        _Kind(rb"\{\\rtf", "a rich text (RTF) file", _AS_PDF),
        _Kind(rb"%!PS", "a PostScript file", "convert it to PDF and add that"),
        _Kind(rb"\x1f\x8b|BZh[1-9]1AY|\xfd7zXZ|7z\xbc\xaf|Rar!\x1a|\x28\xb5\x2f\xfd", "a compressed archive", _UNPACK),
        _Kind(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|II\*\x00|MM\x00\*|RIFF....WEBP", "an image", _DESCRIBE),
        _Kind(
            rb"RIFF....|ID3[\x02-\x04]\x00|\x00\x00\x00.ftyp|OggS|\x1a\x45\xdf\xa3|fLaC",
            "a sound or film file",
            _DESCRIBE,
        ),
        _Kind(rb"\x7fELF|MZ.{0,200}\x00\x00|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|\x00asm", "a program", _NOT_TEXT),
        _Kind(rb"SQLite format 3\x00", "a database", _NOT_TEXT),
    )
)


def media_type_of(name: str, data: bytes, endings: dict[str, str]) -> str:
    """Return the media type of a file; `endings` maps ".pdf" and so on to media types.

    A PDF header wins over the name. Raises UnreadableError for binary files under any name and unknown endings.
    """
    if b"%PDF-" in data[:_HEADER_WINDOW]:
        return PDF
    for pattern, kind in _KINDS:
        if pattern.match(data):
            raise refusal(name, f"is {kind.what}, not a text: {kind.advice}")
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    media_type = endings.get(ending)
    if media_type is None:
        raise _unknown_ending(name, ending, endings)
    if media_type != PDF and _is_binary(data):
        raise refusal(name, f"is binary data, not a text, whatever its ending {ending} says: {_NOT_TEXT}")
    return media_type


def _unknown_ending(name: str, ending: str, endings: dict[str, str]) -> UnreadableError:
    given = f"the ending {ending}" if ending else "no ending"
    return refusal(
        name, f"has {given}, and only {', '.join(endings)} can be read: convert it, or rename it if it is one"
    )


def _is_binary(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    if sample.startswith(_TEXT_MARKS) or utf16_without_mark(data):
        return False
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return b"\0" in sample or controls > _CONTROL_SHARE * len(sample)

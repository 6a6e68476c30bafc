"""From bytes to characters: which encoding a text is in, and characters that no text should hold."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes

from core.document import Loss

# UTF-32's little-endian mark begins with UTF-16's, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_GUESSED_FROM = 200_000
"""How many bytes the guess looks at: charset-normalizer needs seconds for a whole book."""

_ENOUGH_TO_GUESS = 12
"""Below this many non-ASCII bytes statistics mislead; Western European is then by far the most frequent."""

# Windows code pages in the place of their ISO twins (a superset but for control characters), and the Asian encodings
# still met; unrestricted, charset-normalizer also offers EBCDIC and DOS pages for short French or German texts.
_CANDIDATES = ["cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"]
_CANDIDATES += ["shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"]

# Browsers read Latin-1 as Windows-1252, and so must we: its quotation marks would be control characters in Latin-1.
_SUPERSETS = {"iso8859_1": "cp1252", "ascii": "cp1252", "iso8859_9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_NOT_FOR_PAGES = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7"}

_DAMAGED_SHARE = 0.1
"""A file with ten good multi-byte characters for each bad byte is UTF-8 with damage, not another encoding."""

_NUL_SHARE = 0.2
"""Unmarked UTF-16 has a NUL in a good part of its even or of its odd bytes, and hardly any in the others."""

_FEWEST_NULS = 4
"""Fewer NULs are no pattern."""

_BREAKS = dict.fromkeys(map(ord, "\f\v\x1c\x1d\x1e\x85"), "\n")
_CONTROLS = {code: None for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}
_FORBIDDEN = {**_CONTROLS, **_BREAKS, 0xFEFF: None}
_SURROGATES = re.compile("[\ud800-\udfff]")


class Decoded(NamedTuple):
    """A text and what was uncertain or lost in decoding it."""

    text: str
    losses: tuple[Loss, ...]


def decode(data: bytes, declared: str = "") -> Decoded:
    """Decode a text file: byte-order mark, then UTF-8, then what the file declares, then a guess that is recorded.

    The text comes back with a newline for every kind of line end and without control characters, NULs or surrogates.
    """
    encoding = _marked(data) or utf16_without_mark(data)
    if encoding:
        return _decoded(data, encoding, guessed=False)
    if _is_utf8(data):
        return _decoded(data, "utf-8", guessed=False)
    encoding = _as_declared(data, declared) if declared else ""
    return _decoded(data, encoding or _guess(data), guessed=not encoding)


def clean(text: str) -> str:
    """Return the text with a newline for every kind of line end, without characters that cannot be stored or shown."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("", unified.translate(_FORBIDDEN))


def utf16_without_mark(data: bytes) -> str:
    """Return the UTF-16 variant that unmarked bytes are evidently in, or an empty string."""
    sample = data[:4096]
    if sample.count(0) < _FEWEST_NULS or len(data) % 2:
        return ""
    even, odd = sample[::2].count(0) * 2 / len(sample), sample[1::2].count(0) * 2 / len(sample)
    if odd > _NUL_SHARE and even < odd / 10:
        return "utf-16-le"
    if even > _NUL_SHARE and odd < even / 10:
        return "utf-16-be"
    return ""


def _marked(data: bytes) -> str:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        good = sum(1 for char in text if char > "\x7f" and char != "\ufffd")
        return text.count("\ufffd") < _DAMAGED_SHARE * good
    return True


def _as_declared(data: bytes, declared: str) -> str:
    """Return the declared encoding if it is one that pages are written in and the bytes are valid in it."""
    try:
        encoding = codecs.lookup(declared).name.replace("-", "_")
        encoding = _SUPERSETS.get(encoding, encoding)
        data.decode(encoding)
    except (LookupError, ValueError):
        return ""
    return "" if encoding in _NOT_FOR_PAGES else encoding


def _guess(data: bytes) -> str:
    odd_bytes = sum(1 for byte in data[:_GUESSED_FROM] if byte > 0x7F)  # noqa: PLR2004 - the end of ASCII
    if odd_bytes < _ENOUGH_TO_GUESS:
        return "cp1252"
    best = from_bytes(data[:_GUESSED_FROM], cp_isolation=_CANDIDATES, enable_fallback=False).best()
    return best.encoding if best else "cp1252"


def _decoded(data: bytes, encoding: str, *, guessed: bool) -> Decoded:
    losses = [Loss("whole file", "encoding", f"not UTF-8: read as {encoding}, which is a guess")] if guessed else []
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, "replace")
        missing = max(1, text.count("\ufffd"))
        line = data.count(b"\n", 0, error.start) + 1
        what = f"{missing} undecodable byte{'s' if missing > 1 else ''}"
        losses.append(Loss(f"from line {line}", what, f"not valid in {encoding}: shown as \ufffd"))
    return Decoded(clean(text), tuple(losses))

"""What documents say about themselves in free form: people, years and DOIs."""

from __future__ import annotations

import re

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_DOI = re.compile(r"\b10\.\d{4,9}/[-._;()/:a-z0-9<>\[\]]+", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
# What programs write where no author was given.
_NOBODY = frozenset({"anonymous", "author", "unknown", "user", "admin", "administrator", "none", "null", "undefined"})
# What Perl, JavaScript and Python print of a list or an object, where somebody forgot to print what is in it.
_PRINTED = re.compile(r"[A-Za-z:]+\(0x[0-9a-f]+\)|\[object \w+\]|<[^<>]* at 0x[0-9a-f]+>", re.IGNORECASE)


def people(text: str) -> tuple[str, ...]:
    """Split a list of authors at semicolons and "and"; at commas only where every part has two words.

    >>> people("Roe, Jane; Doe, John"), people("Jane Roe, John Doe and Ann Lee")
    (('Roe, Jane', 'Doe, John'), ('Jane Roe', 'John Doe', 'Ann Lee'))
    >>> people("ARRAY(0x55d0c8)"), people("unknown")
    ((), ())
    """
    parts = text.split(";") if ";" in text else _AND.split(text)
    if ";" not in text:
        parts = [piece for part in parts for piece in _at_commas(part)]
    names = (" ".join(part.split()).strip(" ,") for part in parts)
    return tuple(name for name in names if any(map(str.isalpha, name)) and not _is_nobody(name))


def _is_nobody(name: str) -> bool:
    return name.lower() in _NOBODY or _PRINTED.fullmatch(name) is not None


def _at_commas(text: str) -> list[str]:
    pieces = text.split(",")
    return pieces if all(len(piece.split()) > 1 for piece in pieces if piece.strip()) else [text]


def year_in(text: str) -> int | None:
    """Return the first year from 1800 to 2099 in a text.

    >>> year_in("2021-03-04"), year_in("page 12021")
    (2021, None)
    """
    match = _YEAR.search(text)
    return int(match[1]) if match else None


def doi_in(text: str) -> str:
    """Return the first DOI in a text, without the punctuation of the sentence around it.

    >>> doi_in("See https://doi.org/10.1000/xyz(2)1. Next")
    '10.1000/xyz(2)1'
    """
    match = _DOI.search(text)
    if not match:
        return ""
    doi = match[0].rstrip(".,;:>]")
    return doi[:-1] if doi.endswith(")") and doi.count(")") > doi.count("(") else doi

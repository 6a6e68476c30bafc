"""Words of documents made safe to draw, nothing invisible and nothing that is markup; and as people say them."""

from __future__ import annotations

import html
import re

# Characters that reorder, hide or overlay text: controls (save tab and newline), zero-width and bidirectional marks,
# interlinear marks and the invisible tag letters. A quotation on screen must look like what it says.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# A file name beyond this is cut in the middle: uploads may be called anything.
LONGEST_NAME = 120


def shown(text: str) -> str:
    r"""Return a text without the characters that nobody can see.

    >>> shown("invoice\u202efdp.exe")
    'invoicefdp.exe'
    """
    return UNSEEN.sub("", text)


def safe(text: str) -> str:
    """Return a text ready to stand in HTML, as an element's content or an attribute's value.

    >>> safe('<b> & "x"')
    '&lt;b&gt; &amp; &quot;x&quot;'
    """
    return html.escape(shown(text))


def file_name(path: str) -> str:
    r"""Return the name a file is shown by: no folder of the machine, no matter whose separators, and not endless.

    >>> file_name("../../etc/notes.txt"), file_name("C:\\x\\notes.txt")
    ('notes.txt', 'notes.txt')
    """
    name = " ".join(shown(re.split(r"[/\\]", path.rstrip("/\\"))[-1]).split())
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]} … {name[-half:]}"


# Kinds of evidence, which are written in one word for machines, as things that something can rest on.
_EVIDENCE = {
    "systematic-review": "systematic reviews",
    "randomised-trial": "randomised trials",
    "observational": "observational studies",
    "mechanistic": "mechanistic studies",
    "regulatory": "regulatory documents",
    "narrative": "narrative reviews",
}


def field_words(key: str, value: str) -> str:
    """Return the value of a field as it is said; a kind of evidence of somebody else's without its hyphens.

    >>> field_words("evidence", "randomised-trial"), field_words("group", "Stem-cell core")
    ('randomised trials', 'Stem-cell core')
    >>> field_words("evidence", "case-series")
    'case series'
    """
    if key == "evidence":
        return _EVIDENCE.get(value) or shown(value.replace("-", " "))
    return shown(value)


def month_words(date: str) -> str:
    """Return a year with a month as it is said; anything else as it is.

    >>> month_words("2026-11"), month_words("autumn 2026")
    ('November 2026', 'autumn 2026')
    """
    given = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", date)
    return f"{_MONTHS[int(given[2]) - 1]} {given[1]}" if given else shown(date)


def as_sentence(words: str, name: str = "") -> str:
    """Return words as a sentence of their own; one that begins with a file's `name` keeps its first letter.

    >>> as_sentence("not read: page 3"), as_sentence("notes.txt is empty.", "notes.txt")
    ('Not read: page 3.', 'notes.txt is empty.')
    """
    begun = words if name and words.startswith(name) else words[:1].upper() + words[1:]
    return f"{begun}." if begun and begun[-1] not in ".!?" else begun

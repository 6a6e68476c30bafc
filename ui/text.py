"""Words of documents made safe to draw: nothing invisible, nothing that is markup."""

from __future__ import annotations

import html
import re

# Characters that reorder, hide or overlay text: controls (save tab and newline), zero-width and bidirectional marks,
# interlinear marks and the invisible tag letters. A quotation on screen must look like what it says.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
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


def field_words(key: str, value: str) -> str:
    """Return the value of a field as it is said: kinds of evidence are written with hyphens for machines.

    >>> field_words("evidence", "randomised-trial"), field_words("group", "Stem-cell core")
    ('randomised trial', 'Stem-cell core')
    """
    return shown(value.replace("-", " ") if key == "evidence" else value)

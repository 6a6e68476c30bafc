"""Words that every command says alike."""

from __future__ import annotations


def counted(number: int, one: str, several: str = "") -> str:
    """Name a number of things; `several` is what more than one are called when that is not `one` with an s.

    >>> counted(1, "passage"), counted(1_033, "passage"), counted(2, "copy", "copies")
    ('1 passage', '1,033 passages', '2 copies')
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"

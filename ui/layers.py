"""What lies over a text: signs of Markdown and what they mean, and numbers in brackets that name a reference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.document import Reference
from ui.blocks import Block, cells


@dataclass(frozen=True, slots=True)
class Layer:
    """A span of the text with the name it is drawn by; `link` and `title` make it a link with an explanation."""

    name: str
    start: int
    end: int
    link: str = ""
    title: str = ""


_INLINE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("strong", re.compile(r"(\*\*|__)(?=[^\s*_])(?:(?!\n\s*\n).){1,500}?(?<=\S)(\1)", re.DOTALL)),
    ("em", re.compile(r"(?<![\w*])(\*)(?=[^\s*])[^*\n]{1,300}(?<=[^\s*])(\*)(?![\w*])")),
    ("code", re.compile(r"(?<!`)(`)(?=[^`\s])[^`\n]{1,300}(`)(?!`)")),
)
_CITED = re.compile(r"\[(\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*)\]")
_WEB = re.compile(r"https?://[^\s\"'<>]+$", re.IGNORECASE)


def signs(text: str, found: Sequence[Block]) -> Iterator[Layer]:
    """Yield the signs that layout stands for: a list's dash, a heading's hashes, a table's bars."""
    for block in found:
        if block.marker > block.start:
            yield Layer("sign", block.start, block.marker)
        if block.kind == "row":
            for start, end in cells(text, block):
                inner = text[start:end]
                yield Layer("sign", start, start + len(inner) - len(inner.lstrip(" \t|")))
                if end == block.end:
                    yield Layer("sign", start + len(inner.rstrip(" \t|")), end)


def inline(text: str) -> Iterator[Layer]:
    """Yield what stands between signs within a line, such as two pairs of stars, and the signs themselves."""
    for name, pattern in _INLINE:
        for match in pattern.finditer(text):
            yield Layer("sign", *match.span(1))
            yield Layer(name, match.end(1), match.start(2))
            yield Layer("sign", *match.span(2))


def cited(text: str, references: Sequence[Reference]) -> Iterator[Layer]:
    """Yield the numbers in brackets that name a reference."""
    known = {reference.id: reference for reference in references}
    for bracket in _CITED.finditer(text):
        for number in re.finditer(r"\d+", bracket.group(1)):
            reference = known.get(number.group())
            if reference is not None:
                start = bracket.start(1) + number.start()
                yield Layer("cited", start, start + len(number.group()), web_link(reference.link), reference.text)


def web_link(address: str) -> str:
    """Return an address if it leads to the web, else nothing: documents may give any scheme.

    >>> web_link("https://doi.org/10.1000/182"), web_link("javascript:alert(1)")
    ('https://doi.org/10.1000/182', '')
    """
    return address if _WEB.fullmatch(address) else ""

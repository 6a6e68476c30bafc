"""A corpus document as the checks see it: front matter, blocks, sentences and runs of words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

CITATION = re.compile(r"\[(\d+)\]")
_FENCES = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+")
_TABLE_RULE = re.compile(r"^\|[\s:|-]+\|$")
_SENTENCE_END = re.compile(r"(?<=[.!?])((?:\s?\[\d+\])*)\s+(?=[A-Z“\"‘(*])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|et al|vs?|cf|approx|ca|Fig|St|Dr|Prof)\.$")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table row or heading, with the heading it stands under."""

    kind: str
    text: str
    heading: str = ""


@dataclass(frozen=True)
class Document:
    """One Markdown file of the corpus; `fault` says why its front matter could not be read."""

    folder: str
    stem: str
    front: dict[str, Any]
    body: str
    fault: str = ""

    @property
    def name(self) -> str:
        """Name the file as a complaint does: folder and file name."""
        return f"{self.folder}/{self.stem}.md"

    @property
    def references(self) -> list[dict[str, Any]]:
        """List the well-formed entries of the reference list."""
        listed = self.front.get("references")
        return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []

    @cached_property
    def blocks(self) -> list[Block]:
        """Cut the body into blocks, in order."""
        return _blocks(self.body)

    @property
    def headings(self) -> list[str]:
        """List the headings, without their hashes."""
        return [block.text for block in self.blocks if block.kind == "heading"]

    @property
    def prose(self) -> list[Block]:
        """List every block that is not a heading."""
        return [block for block in self.blocks if block.kind != "heading"]

    @property
    def sentences(self) -> list[str]:
        """List the sentences of the prose; a table row counts as one sentence."""
        return [sentence for block in self.prose for sentence in sentences(block.text, block.kind)]

    def text(self, key: str) -> str:
        """Return a front matter field as text, empty if it is missing or of another type."""
        value = self.front.get(key)
        return value if isinstance(value, str) else ""


def read(path: Path) -> Document:
    """Read one corpus file."""
    return parse(path.read_text(encoding="utf-8"), folder=path.parent.name, stem=path.stem)


def parse(text: str, folder: str = "methods", stem: str = "example") -> Document:
    """Parse a document's text; broken front matter becomes a fault and never an exception."""
    fenced = _FENCES.match(text)
    if fenced is None:
        return Document(folder, stem, {}, text, "no front matter between two --- lines")
    try:
        front = yaml.safe_load(fenced[1])
    except yaml.YAMLError as error:
        return Document(folder, stem, {}, fenced[2], f"front matter is not YAML: {error}")
    if not isinstance(front, dict):
        return Document(folder, stem, {}, fenced[2], "front matter is not a mapping")
    return Document(folder, stem, front, fenced[2])


def sentences(text: str, kind: str = "paragraph") -> list[str]:
    """Split prose into sentences, a citation after the full stop staying with its sentence.

    >>> sentences("Small trials. [1] They differ, e.g. In size.")
    ['Small trials. [1]', 'They differ, e.g. In size.']
    """
    if kind == "row":
        return [text]
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[start : end.start()]):
            found.append(text[start : end.end(1)].strip())
            start = end.end()
    return [*found, text[start:].strip()]


def words(text: str) -> list[str]:
    """Normalise to lower-case words, citations left out; a number is one word.

    >>> words("The skin's pH [1] is 4.7.")
    ['the', 'skin', 's', 'ph', 'is', '4.7']
    """
    return re.findall(r"\d+(?:[.,]\d+)+|\w+", CITATION.sub(" ", text).lower())


def runs(text: str, length: int) -> list[str]:
    """List every run of `length` consecutive words, normalised.

    >>> runs("One two, three.", 2)
    ['one two', 'two three']
    """
    found = words(text)
    return [" ".join(found[start : start + length]) for start in range(len(found) - length + 1)]


def _blocks(body: str) -> list[Block]:
    """Cut a Markdown body at blank lines, list items and table rows."""
    found: list[Block] = []
    heading = ""
    for chunk in re.split(r"\n\s*\n", body.strip()):
        for kind, text in _parts(chunk):
            heading = text if kind == "heading" else heading
            found.append(Block(kind, text, heading))
    return found


def _parts(chunk: str) -> list[tuple[str, str]]:
    """Name the parts of a chunk between two blank lines; lines of plain prose stay together."""
    parts: list[tuple[str, str]] = []
    for line in chunk.split("\n"):
        if _TABLE_RULE.match(line):
            parts = parts[:-1]
        elif line.startswith("|"):
            parts.append(("row", line))
        elif found := _HEADING.match(line):
            parts.append(("heading", found[2].strip()))
        elif _LIST_ITEM.match(line):
            parts.append(("item", _LIST_ITEM.sub("", line)))
        elif parts and parts[-1][0] in {"paragraph", "item"}:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]}\n{line}")
        elif line.strip():
            parts.append(("paragraph", line))
    return parts

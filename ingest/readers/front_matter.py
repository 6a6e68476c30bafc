"""YAML front matter: what a Markdown file says about itself above its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

import yaml

from core.document import Loss, Metadata, Reference
from ingest.readers.decode import clean
from ingest.readers.meta import doi_in, people, year_in

_WHERE = "front matter"
_LIMIT = 64 * 1024
"""Front matter beyond this many characters is not metadata, and YAML is parsed at some 50 kB a second."""

_DEEPEST = 20
"""How deep brackets may be nested: PyYAML's time grows with the square of the depth, 3,000 brackets took 5 s."""

_BLOCK = re.compile(r"---[ \t]*\n(?P<yaml>.*?)(?<=\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_UNCLOSED = re.compile(r"---[ \t]*\n[A-Za-z_][\w -]*:(?:[ \t\n])")
_BRACKETS = re.compile(r"[\[\]{}]")
_LINK_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)

_KNOWN = frozenset({"title", "authors", "author", "year", "doi", "url", "licence", "license", "references"})
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})
_REFERENCE_KEYS = ("id", "text", "doi", "pmid", "pmcid", "url")


class FrontMatter(NamedTuple):
    """The metadata of a file, where its text begins, and what of the front matter could not be used."""

    metadata: Metadata
    body_start: int
    losses: tuple[Loss, ...]


def front_matter(text: str) -> FrontMatter:
    """Read the front matter of a Markdown text; broken front matter is a loss, never a failure."""
    block = _BLOCK.match(text)
    if block is None:
        why = "it has no closing line ---, so it stands in the text and gives no metadata"
        losses = (Loss(_WHERE, "metadata", why),) if _UNCLOSED.match(text) else ()
        return FrontMatter(Metadata(), 0, losses)
    try:
        values = _parse(block["yaml"])
    except ValueError as error:
        return FrontMatter(Metadata(), block.end(), (Loss(_WHERE, "metadata", str(error)),))
    return FrontMatter(_metadata(values), block.end(), tuple(_unused(values)))


def _parse(block: str) -> dict[str, object]:
    """Parse YAML to strings, lists and mappings; raises ValueError that says what is wrong and on which line."""
    if len(block) > _LIMIT:
        message = f"it is longer than {_LIMIT // 1024} kB"
        raise ValueError(message)
    if _depth(block) > _DEEPEST:
        message = "it is nested too deeply"
        raise ValueError(message)
    try:
        # Aliases are how a few lines of YAML grow to gigabytes, and metadata never need them.
        if "*" in block and any(
            isinstance(token, yaml.AliasToken) for token in yaml.scan(block, Loader=yaml.SafeLoader)
        ):
            message = "it uses YAML aliases (*name), which are not read"
            raise ValueError(message)
        # BaseLoader builds strings, lists and mappings only, and keeps values as written: the safe loader makes
        # a float of the DOI 10.1000, an octal of the PMID 012345, and False of the keyword "no".
        values = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - it builds no objects
    except yaml.YAMLError as error:
        raise ValueError(_where_broken(error)) from error
    except RecursionError as error:
        message = "it is nested too deeply"
        raise ValueError(message) from error
    if values is None or values == "":
        return {}
    if not isinstance(values, dict):
        message = "it is not a list of 'key: value' lines"
        raise ValueError(message)  # noqa: TRY004 - the caller catches one kind of error
    return {clean(str(key)): value for key, value in values.items()}


def _depth(block: str) -> int:
    """Return how deep the brackets of a text are nested, wherever they stand."""
    steps = (1 if sign in "[{" else -1 for sign in _BRACKETS.findall(block))
    return max(accumulate(steps), default=0)


def _where_broken(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it is not valid YAML"
    # The first line of the block is line 2 of the file, and marks count from 0.
    return f"line {mark.line + 2}: {problem}" if mark is not None else str(problem)


def _metadata(values: dict[str, object]) -> Metadata:
    authors = values.get("authors", values.get("author"))
    return Metadata(
        title=" ".join(_scalar(values.get("title")).split()),
        authors=people(authors) if isinstance(authors, str) else tuple(_scalars(authors)),
        year=year_in(_scalar(values.get("year"))),
        doi=_doi(_scalar(values.get("doi"))),
        url=_scalar(values.get("url")),
        licence=_scalar(values.get("licence")) or _scalar(values.get("license")),
        fields=tuple((key, value) for key in values if key not in _KNOWN for value in _scalars(values[key])),
        references=tuple(_references(values.get("references"))),
    )


def _scalar(value: object) -> str:
    # YAML escapes ("\\0", "\\ud800") can write characters that the file itself does not hold.
    text = clean(value).strip() if isinstance(value, str) else ""
    return "" if text in _EMPTY else text


def _scalars(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        text = _scalar(item)
        if text:
            yield text


def _doi(text: str) -> str:
    return doi_in(text) or _LINK_PREFIX.sub("", text)


def _references(value: object) -> Iterator[Reference]:
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            given = {key: _scalar(item.get(key)) for key in _REFERENCE_KEYS}
            given["doi"] = _doi(given["doi"])
            yield Reference(**given)


def _unused(values: dict[str, object]) -> Iterator[Loss]:
    """Name the keys whose values are of a shape that is not kept."""
    for key, value in values.items():
        wanted = dict if key == "references" else str
        items = value if isinstance(value, list) else [value]
        if key == "references" and _scalar(value) == "" and isinstance(value, str):
            continue
        if not all(isinstance(item, wanted) for item in items):
            why = (
                "entries are not mappings of id, text and so on"
                if wanted is dict
                else "it is neither text nor a list of texts"
            )
            yield Loss(_WHERE, f"key '{key}'", why)

"""What an HTML page's head says: the names that publishers, Dublin Core and social networks use for the same things."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TypeVar
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from core.document import Metadata
from ingest.readers.decode import clean
from ingest.readers.meta import doi_in, people, year_in

Given = dict[str, list[str]]
Value = TypeVar("Value")

# In order of trust: what publishers write for Google Scholar, then Dublin Core and PRISM, then the rest.
_TITLES: tuple[str, ...] = ("citation_title", "dc.title", "dcterms.title", "og:title", "twitter:title")
_AUTHORS = ("citation_author", "dc.creator", "dcterms.creator", "citation_authors", "author", "article:author")
_DATES: tuple[str, ...] = (
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "prism.publicationdate",
    "dc.date",
)
_DATES += ("dc.date.issued", "dcterms.issued", "dcterms.date", "article:published_time", "datepublished", "date")
_DOIS = ("citation_doi", "prism.doi", "dc.identifier", "dc.identifier.doi", "dcterms.identifier")
_LICENCES = ("dc.rights", "dcterms.rights", "dcterms.license", "copyright")
_ADDRESSES = ("og:url", "citation_abstract_html_url", "citation_public_url")

_LONGEST = 500
_SITE_SUFFIX = re.compile(r"\s+[|–—-]\s+[^|–—]{1,60}$")


def metadata_of(tree: HtmlElement) -> Metadata:
    """Return title, authors, year, DOI, address and licence as far as the page states them; nothing is guessed."""
    given = _given(tree)
    return Metadata(
        title=_title(tree, _first(given, _TITLES)),
        authors=_authors(given),
        year=_first_of(year_in, given, _DATES),
        doi=_first_of(doi_in, given, _DOIS) or "",
        url=next(_addresses(tree, given), ""),
        licence=_link(tree, "license") or _first(given, _LICENCES),
    )


def _given(tree: HtmlElement) -> Given:
    """Return the contents of the meta elements by name in lower case, as short clean lines."""
    given: Given = defaultdict(list)
    for element in tree.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or ""
        content = _line(element.get("content") or "")
        if content:
            given[name.strip().lower()].append(content)
    return given


def _line(text: str) -> str:
    return " ".join(clean(text).split())[:_LONGEST]


def _first(given: Given, names: tuple[str, ...]) -> str:
    return next((given[name][0] for name in names if name in given), "")


def _first_of(parse: Callable[[str], Value | None], given: Given, names: tuple[str, ...]) -> Value | None:
    values = (parse(value) for name in names for value in given.get(name, ()))
    return next((value for value in values if value), None)


def _authors(given: Given) -> tuple[str, ...]:
    """Return the authors of the most trusted name present; addresses of profiles are not authors."""
    for name in _AUTHORS:
        names = [who for value in given.get(name, ()) if "://" not in value for who in people(value)]
        if names:
            return tuple(dict.fromkeys(names))
    return ()


def _title(tree: HtmlElement, given: str) -> str:
    """Return the title without the site's name: the only h1 where the head says nothing or begins with it."""
    headings = [words for element in tree.iter("h1") if (words := _line(element.text_content()))]
    heading = headings[0] if len(headings) == 1 else ""
    if heading and given.startswith(heading):
        return heading
    return given or heading or _SITE_SUFFIX.sub("", _line(tree.xpath("string((//title)[1])")))


def _link(tree: HtmlElement, relation: str) -> str:
    for element in tree.iter("link", "a"):
        if relation in (element.get("rel") or "").lower().split():
            return _line(element.get("href") or "")
    return ""


def _addresses(tree: HtmlElement, given: Given) -> Iterator[str]:
    for address in (_link(tree, "canonical"), *(given[name][0] for name in _ADDRESSES if name in given)):
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc:
            yield address

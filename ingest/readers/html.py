"""HTML: the main content of a page as text, with its headings, tables and what its head says about it."""

from __future__ import annotations

import copy
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import trafilatura
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from core.document import Document, Loss, Metadata, Source
from ingest.readers.decode import decode
from ingest.readers.headings import TITLE_LEVEL, Mark, nest
from ingest.readers.html_meta import metadata_of
from ingest.readers.html_text import Writer

_DECLARED = re.compile(
    rb"<(?:meta\b[^>]{0,200}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE
)
_HEAD_BYTES = 4096

_SIDE_MATTER = (
    "//nav|//footer|//aside|//*[@hidden]|//*[@aria-hidden='true']"
    "|//*[@role='navigation' or @role='banner' or @role='contentinfo' or @role='search']"
    "|//header[not(ancestor::article or ancestor::main or .//h1)]"
)

_PROSE_DROPPED = 0.25
"""trafilatura is made for pages full of menus; on plain ones it dropped up to 45 % of the words outside links
(three of the 38 hostile pages). Beyond this share the page is read whole, which costs some menu lines."""

_LINK_SHARE = 0.2
"""A page of which a fifth of the words are links has menus, whatever they are called."""

_SIDE_NAMES = re.compile(
    r"\b(?:menu|nav|navbar|navigation|sidebar|side-bar|footer|cookies?|banner|breadcrumbs?|share|social|related|comments?"
    r"|adverts?|ads|promo|newsletter|popup)\b",
    re.IGNORECASE,
)

_NOT_READ = {"img": "image", "iframe": "embedded page", "object": "embedded object", "embed": "embedded object"}
_NOT_READ |= {"video": "video", "audio": "sound recording", "canvas": "drawing"}

_WORD = re.compile(r"\w+")


class _Written(NamedTuple):
    text: str
    marks: list[Mark]
    losses: tuple[Loss, ...] = ()


def read(source: Source) -> Document:
    """Read an HTML page: its main content where that is clear, else the whole page without what is marked as menus."""
    declared = _DECLARED.search(source.data[:_HEAD_BYTES])
    text, losses = decode(source.data, declared[1].decode("ascii", "replace") if declared else "")
    tree, damage = _parsed(text)
    if tree is None:
        written, metadata = _Written("", []), metadata_of(lxml_html.Element("html"))
    else:
        metadata = metadata_of(tree)
        written = _content(tree)
    marks, metadata = _titled(written, metadata)
    return Document(
        id=source.document_id,
        name=source.name,
        sha256=source.sha256,
        media_type=source.media_type,
        reader="",
        text=written.text,
        metadata=metadata,
        headings=nest(marks, len(written.text)),
        losses=(*losses, *damage, *written.losses, *(_unread(tree) if tree is not None else ())),
    )


def _parsed(text: str) -> tuple[HtmlElement | None, list[Loss]]:
    """Parse a page; the tree is None where it holds nothing, and what broke off the parse is a loss."""
    # Without huge_tree, parsing silently ends at 256 nested elements or a text of 10 MB; with it, at 2,048 elements.
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    try:
        tree = lxml_html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:
        return None, []
    fatal = [entry for entry in parser.error_log if entry.level == etree.ErrorLevels.FATAL]
    why = "elements are nested too deeply to be parsed"
    return tree, [Loss(f"from line {entry.line}", "rest of the page", why) for entry in fatal[:1]]


def _content(tree: HtmlElement) -> _Written:
    """Choose between the whole page and the main content that trafilatura finds, by what the latter leaves out.

    What a page itself marks as navigation, footer or aside is left out of both, and is no loss.
    """
    page = _without_side_matter(tree)
    body = page.find("body")
    body = page if body is None else body
    whole, prose = _write(body), _words(_write(body, hidden=("a",)).text)
    everything = _words(whole.text)
    if _is_plain(tree) and prose.total() >= (1 - _LINK_SHARE) * everything.total():
        return whole
    main = _main_content(page)
    if not main.text:
        why = "no main content was found, so the whole page was read"
        return whole._replace(losses=(Loss("page", "distinction of content and menus", why),))
    kept = _words(main.text)
    dropped = (prose - kept).total()
    little_else = (everything - kept).total() <= _PROSE_DROPPED * everything.total()
    if whole.marks and not main.marks and little_else:
        return whole
    if dropped > _PROSE_DROPPED * prose.total():
        why = "the main content was not clear, so the whole page was read; menus may be among it"
        return whole._replace(losses=(Loss("page", "distinction of content and menus", why),))
    if dropped:
        words = f"{dropped} word{'s' if dropped > 1 else ''}"
        return main._replace(losses=(Loss("outside the main content", words, "taken for side matter"),))
    return main


def _is_plain(tree: HtmlElement) -> bool:
    """Tell whether a page has nothing that is marked or named as menus, notices or side matter."""
    names = " ".join(tree.xpath("//@class|//@id"))
    return not tree.xpath(_SIDE_MATTER) and not _SIDE_NAMES.search(names.replace("_", " "))


def _main_content(page: HtmlElement) -> _Written:
    """Return what trafilatura takes for the main content; it changes the page it is given."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(page, include_comments=False, include_tables=True, with_metadata=False)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a page it fails on is read whole
        return _Written("", [])
    body = getattr(found, "body", None)
    return _Written("", []) if body is None else _write(body)


def _without_side_matter(tree: HtmlElement) -> HtmlElement:
    page = copy.deepcopy(tree)
    body = page.find("body")
    for element in page.xpath(_SIDE_MATTER):
        parent = element.getparent()
        if parent is not None and element is not body:
            element.drop_tree()
    return page


def _write(root: HtmlElement, hidden: tuple[str, ...] = ()) -> _Written:
    writer = Writer(hidden)
    writer.write(root)
    return _Written(writer.text, writer.marks)


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text))


def _titled(written: _Written, metadata: Metadata) -> tuple[list[Mark], Metadata]:
    """Take the page's only h1 for its title if it stands on top or says the same; it gives no name to any path."""
    tops = [mark for mark in written.marks if mark.level == 1]
    if len(tops) != 1:
        return written.marks, metadata
    title = tops[0].title
    if written.text[: tops[0].start].strip() and title.casefold() != metadata.title.casefold():
        return written.marks, metadata
    marks = [replace(mark, level=TITLE_LEVEL) if mark is tops[0] else mark for mark in written.marks]
    return marks, metadata if metadata.title else replace(metadata, title=title)


def _unread(tree: HtmlElement) -> Iterator[Loss]:
    counts = Counter(_NOT_READ[str(element.tag)] for element in tree.iter(*_NOT_READ))
    for what, count in counts.items():
        yield Loss("page", f"{count} {what}{'s' if count > 1 else ''}", f"{what}s are not read")

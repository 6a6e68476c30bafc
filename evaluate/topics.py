"""TREC topics: the older SGML form with open tags, and the XML form with a `number` attribute.

A topic is asked with its title (in XML also `query` or `question`), which is what a person would type.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from evaluate.formats import Row, refused

_TOPIC = re.compile(r"<(top|topic)\b([^>]*)>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_NUMBER_ATTRIBUTE = re.compile(r"""\b(?:number|id)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_NUMBER = re.compile(r"<num(?:ber)?>\s*(?:Number\s*:)?\s*([^\s<]+)", re.IGNORECASE)
# An open tag ends where the next one begins.
_TITLE = re.compile(r"<(title|query|question)\b[^>]*>\s*(?:Topic\s*:)?\s*([^<]+)", re.IGNORECASE)
_OPENING = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:top|topics|topic)\b", re.DOTALL | re.IGNORECASE)


def is_topics(text: str) -> bool:
    """Tell whether a file holds TREC topics.

    >>> is_topics("<top><num> Number: 301 <title> acne")
    True
    """
    return _OPENING.match(text) is not None


def topic_rows(file: Path, text: str) -> Iterator[Row]:
    """Yield one row a topic, with `_id` and `text`; raises InputError with the line of a topic that lacks either."""
    opened = len(re.findall(r"<(?:top|topic)\b", text, re.IGNORECASE))
    found = 0
    for topic in _TOPIC.finditer(text):
        found += 1
        line = text.count("\n", 0, topic.start()) + 1
        _, attributes, body = topic.groups()
        number = _NUMBER_ATTRIBUTE.search(attributes) or _NUMBER.search(body)
        titles = {match[1].lower(): match[2] for match in reversed(list(_TITLE.finditer(body)))}
        title = next((titles[name] for name in ("title", "query", "question") if name in titles), "")
        if number is None:
            raise refused(file, line, 'the topic has no number (<num> Number: 301, or <topic number="301">)')
        if not title.strip():
            raise refused(file, line, f"the topic {number[1]} has no <title>, <query> or <question>")
        yield Row(file, line, {"_id": number[1], "text": " ".join(html.unescape(title).split())})
    if found != opened:
        last = max((match.start() for match in re.finditer(r"<(?:top|topic)\b", text, re.IGNORECASE)), default=0)
        raise refused(file, text.count("\n", 0, last) + 1, "a topic is not closed (</top> or </topic>)")

"""What can be earned for a question, and which of the things found earn it: the rule by which runs are scored.

A *target* is something relevant with a grade, and the names of the items (documents or passages) that earn it. At the
level of documents and passages each judged item is a target of its own. At the level of spans:

1. A passage covers a span when it holds at least half of the span's characters. Where the index is split so finely that
   no passage does, the passage that holds most of the span covers it (of equals the first in the text).
2. Spans of one question that one passage covers together are one target, with the highest of their grades.
3. The first passage in a ranking that covers a target earns its grade; those after it earn nothing.

So a perfect ranking scores 1, none scores more, and the same judgements hold for every way of splitting the texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.document import Document, Passage
from core.errors import InputError
from evaluate.collection import Collection
from evaluate.formats import Wrong
from evaluate.judgements import Judgement, passage_name, passage_parts
from evaluate.shelf import Shelf
from index import Catalogue


@dataclass(frozen=True, slots=True)
class Target:
    """Something to be found: its grade, the names of what earns it, and the words judged (empty for a document).

    `key` is the judgement without anything that depends on how the index was split.
    """

    relevance: int
    earners: tuple[str, ...]
    quote: str = ""
    key: str = ""


Targets = Mapping[str, tuple[Target, ...]]


def resolved(collection: Collection, catalogue: Catalogue, shelf: Shelf) -> dict[str, tuple[Target, ...]]:
    """Return the targets of every judged question, by question id.

    Raises InputError, with file and lines, for judgements that are of nothing in the index. Only a BEIR collection may
    judge documents it does not hold: they are targets that nothing earns.
    """
    resolver = _Resolver(catalogue, shelf, lenient=bool(collection.documents))
    found: dict[str, list[Target]] = {}
    wrong = Wrong()
    for judgement in collection.judgements:
        with wrong.noted(judgement.where):
            found.setdefault(judgement.query_id, []).append(_BY_LEVEL[judgement.level](resolver, judgement))
    wrong.require_none()
    return {query_id: joined(targets) for query_id, targets in found.items()}


def graded(ranking: Sequence[str], targets: Sequence[Target]) -> dict[str, int]:
    """Return the grade of every judged item for one ranking: what an item earns there, 0 where it earns nothing.

    A target that nothing in the ranking earns is given to its first earner, so that it still counts as missed.
    """
    places = {name: place for place, name in enumerate(ranking)}
    grades: dict[str, int] = {}
    for target in targets:
        first = min(target.earners, key=lambda name: places.get(name, len(places)))
        grades[first] = target.relevance
    for target in targets:
        for name in target.earners:
            grades.setdefault(name, 0)
    return grades


def place_of(ranking: Sequence[str], target: Target) -> int | None:
    """Return the rank, from 1, at which a target is earned; None when it is not."""
    return next((rank for rank, name in enumerate(ranking, start=1) if name in target.earners), None)


def joined(targets: Iterable[Target]) -> tuple[Target, ...]:
    """Return targets with those that share an earner made one, with the highest of their grades.

    >>> joined([Target(1, ("p1",), "a"), Target(2, ("p1", "p2"), "b")])
    (Target(relevance=2, earners=('p1', 'p2'), quote='b', key='; '),)
    """
    home: dict[str, list[Target]] = {}
    for target in targets:
        sharing = {id(home[name]): home[name] for name in target.earners if name in home}
        group = [*(one for other in sharing.values() for one in other), target]
        home.update((name, group) for one in group for name in one.earners)
    return tuple(_one(group) for group in {id(group): group for group in home.values()}.values())


def _one(group: list[Target]) -> Target:
    best = max(group, key=lambda target: target.relevance)
    earners = tuple(dict.fromkeys(name for target in group for name in target.earners))
    return Target(best.relevance, earners, best.quote, "; ".join(sorted(target.key for target in group)))


def covering(passages: Sequence[Passage], start: int, end: int) -> tuple[Passage, ...]:
    """Return the passages of one document that cover a span (rule 1), in order; empty when none touches it.

    >>> covering((Passage("d", 0, 60), Passage("d", 60, 200)), 50, 100)
    (Passage(document_id='d', start=60, end=200),)
    """
    held = [(min(passage.end, end) - max(passage.start, start), passage) for passage in passages]
    half = tuple(passage for shared, passage in held if 2 * shared >= end - start)
    most = max((shared for shared, _ in held), default=0)
    return half or tuple(passage for shared, passage in held if shared == most > 0)[:1]


def find_quote(text: str, quote: str, where: str, name: str) -> tuple[int, int]:
    """Return where a quotation stands in a text; it must stand there once.

    White space may differ, because line breaks do when a file is read anew; nothing else may.
    """
    words = r"\s+".join(map(re.escape, quote.split()))
    found = [(match.start(), match.end()) for match in re.finditer(words, text)]
    if len(found) == 1:
        return found[0]
    shown = f"{quote[:60]}..." if len(quote) > 60 else quote  # noqa: PLR2004 - enough to find it by
    times = f"occurs {len(found)} times in '{name}'; quote more of it, or give start and end"
    absent = f"is not in the text of '{name}'; quotations must be exact"
    message = f"{where}: the quotation “{shown}” {times if found else absent}."
    raise InputError(message)


class _Resolver:
    """Looks judgements up in one index; keeps the document and passages it looked at last."""

    def __init__(self, catalogue: Catalogue, shelf: Shelf, *, lenient: bool) -> None:
        self.catalogue = catalogue
        self.shelf = shelf
        self.lenient = lenient
        self._documents: dict[str, tuple[Document, tuple[Passage, ...]]] = {}

    def opened(self, document_id: str) -> tuple[Document, tuple[Passage, ...]]:
        if document_id not in self._documents:
            if len(self._documents) >= 64:  # noqa: PLR2004 - texts may be long; questions tend to share documents
                self._documents.clear()
            found = self.catalogue.document(document_id), self.catalogue.passages(document_id)
            self._documents[document_id] = found
        return self._documents[document_id]


def _document_target(resolver: _Resolver, judgement: Judgement) -> Target:
    shelf = resolver.shelf
    if resolver.lenient and judgement.document not in shelf.called:
        return Target(judgement.relevance, (judgement.document,), "", f"{judgement.document} {judgement.relevance}")
    document_id = shelf.find(judgement.document, judgement.where)
    return Target(judgement.relevance, (shelf.label(document_id),), "", f"{document_id} {judgement.relevance}")


def _passage_target(resolver: _Resolver, judgement: Judgement) -> Target:
    document_id, start, end = passage_parts(judgement.document)
    resolver.shelf.find(document_id, judgement.where)
    document, passages = resolver.opened(document_id)
    if Passage(document_id, start, end) not in passages:
        message = (
            f"{judgement.where}: the index holds no passage {judgement.document}; it is split otherwise. "
            "Judge spans (a document with start and end, or a quote) to be independent of that."
        )
        raise InputError(message)
    return Target(
        judgement.relevance,
        (judgement.document,),
        document.text[start:end],
        f"{judgement.document} {judgement.relevance}",
    )


def _span_target(resolver: _Resolver, judgement: Judgement) -> Target:
    document_id = resolver.shelf.find(judgement.document, judgement.where)
    document, passages = resolver.opened(document_id)
    if judgement.start is None or judgement.end is None:
        start, end = find_quote(document.text, judgement.quote, judgement.where, judgement.document)
    else:
        start, end = judgement.start, judgement.end
    if end > len(document.text):
        length = f"{len(document.text):,} characters"
        message = f"{judgement.where}: '{judgement.document}' has {length}; {end:,} is behind its end."
        raise InputError(message)
    earners = tuple(passage_name(document_id, one.start, one.end) for one in covering(passages, start, end))
    if not earners:
        message = f"{judgement.where}: no passage of the index holds any of this span."
        raise InputError(message)
    key = f"{document_id} {start} {end} {judgement.relevance}"
    return Target(judgement.relevance, earners, document.text[start:end], key)


_BY_LEVEL = {"document": _document_target, "passage": _passage_target, "span": _span_target}

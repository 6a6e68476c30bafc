"""Which words of a question stand in a passage, as the index itself matches them (stemmed, without diacritics)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.results import Span
from index.catalogue import Catalogue
from index.lexical import Terms, quoted, terms
from index.synonyms import Name

# Control characters that no reader lets into a text, so they cannot occur in a quotation.
_OPEN, _CLOSE = "\x02", "\x03"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one question in the passages it found.

    `found` gives the spans matched in each passage's quotation; `weights` the rarity of each matched word as it is
    written. `called` says of each passage which name of the question it calls otherwise, and how.
    """

    found: dict[int, tuple[Span, ...]]
    weights: dict[str, float]
    called: dict[int, tuple[tuple[str, str], ...]]

    @classmethod
    def of(cls, catalogue: Catalogue, asked: Terms, names: Sequence[Name], ids: Sequence[int]) -> Words:
        """Look up a question's terms and names in the passages with these ids."""
        weights: dict[str, float] = {}
        found: dict[int, list[Span]] = {}
        called: dict[int, dict[tuple[str, str], None]] = {}
        for match, own, name in _sought(asked, names):
            weight = sum(asked.rarity[term] for term in own)
            for number, marked in _marked(catalogue, match, ids):
                for span, word in _unmarked(marked):
                    found.setdefault(number, []).append(span)
                    weights[word] = max(weight, weights.get(word, 0.0))
                    if name:
                        called.setdefault(number, {})[name, word] = None
        return cls(
            {number: _apart(spans) for number, spans in found.items()},
            weights,
            {number: tuple(pairs) for number, pairs in called.items()},
        )

    def matches(self, passage_id: int) -> tuple[Span, ...]:
        """Return the spans of matched words in a passage's quotation."""
        return self.found.get(passage_id, ())


def _sought(asked: Terms, names: Sequence[Name]) -> Iterator[tuple[str, list[str], str]]:
    """Yield what is looked for as an FTS5 expression, the terms it stands for, and the name it is another one of."""
    for term in asked.rarity:
        yield quoted(term), [term], ""
    for name in names:
        own = [term for term in terms(name.asked) if term in asked.rarity]
        for other in name.all:
            yield quoted(other), own, name.asked


def _apart(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans in order; where some overlap, the longer that begins first stands for them."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda each: (each.start, -each.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _marked(catalogue: Catalogue, match: str, ids: Sequence[int]) -> list[tuple[int, str]]:
    marks = ",".join("?" * len(ids))
    return catalogue.connection.execute(
        f"SELECT rowid, highlight(lexical, 2, ?, ?) FROM lexical WHERE lexical MATCH ? AND rowid IN ({marks})",  # noqa: S608
        (_OPEN, _CLOSE, match, *ids),
    ).fetchall()


def _unmarked(marked: str) -> list[tuple[Span, str]]:
    """Return the marked words of a text with their spans in the text without marks."""
    before, *pieces = marked.split(_OPEN)
    position = len(before)
    words = []
    for piece in pieces:
        word, _, rest = piece.partition(_CLOSE)
        words.append((Span(position, position + len(word)), word.lower()))
        position += len(word) + len(rest)
    return words

"""Which words of a question stand in a passage, as the index itself matches them (stemmed, without diacritics)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.results import Span
from index.catalogue import Catalogue
from index.lexical import quoted, terms
from index.synonyms import Name

# Control characters that no reader lets into a text, so they cannot occur in a quotation.
_OPEN, _CLOSE = "\x02", "\x03"
# How many of the best passages count towards coverage.
BEST = 3


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one question in the passages it found.

    `rarity` gives every term of the question its inverse document frequency; `found` the spans matched in each
    passage's quotation; `weights` the rarity of each matched word as it is written; `held` the terms that the best
    passages hold anywhere (title, section or quotation). `called` says of each passage which name of the question it
    calls otherwise, and how.
    """

    rarity: dict[str, float]
    found: dict[int, tuple[Span, ...]]
    weights: dict[str, float]
    held: frozenset[str]
    called: dict[int, tuple[tuple[str, str], ...]]

    @classmethod
    def of(
        cls, catalogue: Catalogue, rarity: dict[str, float], ids: Sequence[int], names: Sequence[Name] = ()
    ) -> Words:
        """Look up a question's terms, given with their rarity, and names in passages with these ids, best first."""
        weights: dict[str, float] = {}
        held = set()
        found: dict[int, list[Span]] = {}
        best = set(ids[:BEST])
        for term, weight in rarity.items():
            for number, marked in _marked(catalogue, quoted(term), ids):
                if number in best:
                    held.add(term)
                for span, word in _unmarked(marked):
                    found.setdefault(number, []).append(span)
                    weights[word] = max(weight, weights.get(word, 0.0))
        called: dict[int, dict[tuple[str, str], None]] = {}
        for name in names:
            own = [term for term in terms(name.asked) if term in rarity]
            weight = sum(rarity[term] for term in own)
            for other in name.all:
                for number, marked in _marked(catalogue, quoted(other), ids):
                    if number in best:
                        held.update(own)
                    for span, word in _unmarked(marked):
                        found.setdefault(number, []).append(span)
                        weights[word] = max(weight, weights.get(word, 0.0))
                        called.setdefault(number, {})[name.asked, word] = None
        ordered = {number: _apart(spans) for number, spans in found.items()}
        return cls(rarity, ordered, weights, frozenset(held), {number: tuple(one) for number, one in called.items()})

    def matches(self, passage_id: int) -> tuple[Span, ...]:
        """Return the spans of matched words in a passage's quotation."""
        return self.found.get(passage_id, ())

    def coverage(self) -> float:
        """Return the share, 0..1, of the question's words, weighted by rarity, that the best passages hold."""
        total = sum(self.rarity.values())
        return sum(self.rarity[term] for term in self.held) / total if total else 0.0


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

"""What a reader sees of a ranking: near-duplicates folded into the best of them, and a switch that spreads documents.

Folding is on for people: the same words twice tell a reader nothing twice, and nothing is lost, because the citation
that stays names every other place (`Citation.also`). It is off for evaluation, where a folded passage may be the one
that was judged.

Spreading is off unless asked for. On our own span judgements (split test) two passages a document cost 9 points of
R@10 (0.903 to 0.813), three cost 3 (`evaluate run --per-document`): what answers a question often stands in several
passages of one document. It is for reading around a subject, not for finding an answer.

Two passages are nearly the same when the sets of their runs of five words overlap by at least 0.9 (Jaccard; the
resemblance of Broder 1997, "On the resemblance and containment of documents") and no number, sign or negation stands in
one and not in the other. One word replaced changes five of those runs, so that below about a hundred words only words
at an end may differ, and no passage (they have 253 pieces at most) differs in more than two words inside. That is
another edition or a copy that was cut elsewhere. A lower bound lets through passages that share a form and differ in
what they say; the cosine of vectors is no evidence at all, because "lowers" and "does not lower" are neighbours there.
What remains is one word exchanged ("more" for "less") in a long passage: such a pair is said to be nearly the same,
never the same, and both can be read.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

# The places that are spread, and the candidates that are looked at: what stands further down has little to say, and the
# first ten must be the same ten however many are wanted.
FIRST = 10
LOOKED = 50
RUN = 5
ALIKE = 0.9

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[<>≤≥=±+%‰\u2212]")
# "t" is what is left of "isn't".
_NEGATIONS = frozenset(("no", "not", "nor", "never", "none", "neither", "without", "cannot", "nothing", "non", "t"))

_Runs = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a ranking is laid out: at most so many passages a document among the first ten (0: as many as there are)."""

    per_document: int = 0
    folded: bool = True


FOR_READERS = Arrangement()
"""What a person is shown unless they ask for something else."""
AS_RANKED = Arrangement(folded=False)
"""The ranking itself: what is measured."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A text that says what a better one says, by its row; `same` when the words are equal, not only nearly."""

    row: int
    same: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A text that stays, by its row, with those that were folded into it, best first."""

    row: int
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The texts that stay so far: which has these words, the words and runs of each, and the runs of all."""

    by_words: dict[tuple[str, ...], int] = field(default_factory=dict)
    each: list[tuple[tuple[str, ...], _Runs]] = field(default_factory=list)
    runs: set[tuple[str, ...]] = field(default_factory=set)


def folded(texts: Sequence[str]) -> tuple[Kept, ...]:
    """Return the texts, best first, that say something of their own; each is compared with those that stay above it."""
    seen = _Seen()
    rows: list[int] = []
    twins: list[list[Twin]] = []
    for row, text in enumerate(texts):
        words = _words(text)
        runs = frozenset(zip(*(words[start:] for start in range(RUN)), strict=False))
        same = seen.by_words.get(words)
        alike = same if same is not None else _alike(seen, words, runs)
        if alike is not None:
            twins[alike].append(Twin(row, same is not None))
            continue
        seen.by_words[words] = len(rows)
        seen.each.append((words, runs))
        seen.runs.update(runs)
        rows.append(row)
        twins.append([])
    return tuple(Kept(row, tuple(own)) for row, own in zip(rows, twins, strict=True))


def _words(text: str) -> tuple[str, ...]:
    """Return the words, numbers and signs of a text, without case; the text itself where it has none."""
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text).casefold())) or (text,)


def _alike(seen: _Seen, words: tuple[str, ...], runs: _Runs) -> int | None:
    """Return the first of the texts that stay which says nearly the same."""
    # Whoever shares nine tenths of these runs has one of any so many among them: most texts are compared with none.
    if seen.runs.isdisjoint(list(runs)[: int(len(runs) * (1 - ALIKE)) + 2]):
        return None
    for place, (others, own) in enumerate(seen.each):
        shared = len(runs & own)
        if shared and shared >= ALIKE * (len(runs) + len(own) - shared) and not _telling(words, others):
            return place
    return None


def _telling(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Return whether a number, sign or negation stands in one of two texts more often than in the other."""
    one, other = Counter(words), Counter(others)
    return any(not word.isalpha() or word in _NEGATIONS for word in (one - other) | (other - one))


def spread(documents: Sequence[str], per_document: int) -> tuple[int, ...]:
    """Return the rows of a ranking, whose documents are given best first, in the order in which they are shown.

    Among the first ten no document has more than `per_document` rows while one that has fewer is left. What gives way
    follows right after them, in its order; every row is there once, and a document's own rows keep their order.
    """
    if per_document == 0:
        return tuple(range(len(documents)))
    counts: Counter[str] = Counter()
    first: list[int] = []
    left: list[int] = []
    for row, document in enumerate(documents):
        if len(first) < FIRST and counts[document] < per_document:
            counts[document] += 1
            first.append(row)
        else:
            left.append(row)
    return (*first, *left)

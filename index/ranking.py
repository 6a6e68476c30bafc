"""One question against one generation: candidates from both sides, looked at closely, fused, in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.document import Passage
from core.results import Hit, Mode
from index import lexical
from index.arrays import Ids, Scores, Vectors
from index.catalogue import Catalogue
from index.closeup import Similarities
from index.coverage import coverage, proximity
from index.dense import DenseView
from index.filters import Filter
from index.fusion import Signs, fused
from index.lexical import Terms
from index.synonyms import Name
from index.tokens import Asked, meetings

# How many candidates each side puts forward, and so how many passages can be asked for. It does not depend on how many
# are wanted: the first ten must be the same ten whether ten or a hundred are shown.
POOL = 300
# How much of the dense score is the best sentence's cosine; the rest is the passage's (docs/retrieval.md).
SENTENCE_SHARE = 0.5
# How many candidates are looked at token by token: the best by all other signs (and those that tie with the last).
CLOSE = 200

Nearest = tuple[Ids, Scores]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages with a score to rank by and its parts where they were asked for; every array has shape `(n,)`.

    `sentences` says how near each sentence of the candidates is, where the dense
    side was asked; `signs` what a hybrid score is made of.
    """

    ids: Ids
    scores: Scores
    dense: Scores | None = None
    lexical: Scores | None = None
    sentences: Similarities | None = None
    signs: Signs | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is ranked: its text, its unit vector of shape `(dimension,)` or None, its terms.

    `wordings` are the tokens of the question, and of its rewording where it has one; `names` are those in it that have
    others; `near` the passages whose vectors are nearest, with their cosines.
    """

    text: str
    vector: Vectors | None
    terms: Terms
    wordings: tuple[Asked, ...] = ()
    names: tuple[Name, ...] = ()
    near: Nearest | None = None


def nearest(view: DenseView, vectors: Vectors, only: Filter) -> list[Nearest]:
    """Return the passages nearest to each of several questions, whose vectors have shape `(questions, dimension)`."""
    return view.search_many(vectors, POOL, only.allowed)


def candidates(catalogue: Catalogue, view: DenseView, question: Question, mode: Mode, only: Filter) -> Candidates:
    """Return every passage worth ranking; the question's vector may be None in lexical mode."""
    vector = question.vector
    nothing = np.empty(0, np.int64), np.empty(0, np.float64)
    words = nothing if mode == "dense" else _words(catalogue, question, only)
    words = _cut(catalogue, *words)
    if mode == "lexical" or vector is None or question.near is None:
        return Candidates(words[0], words[1], lexical=words[1])
    near, _ = _cut(catalogue, *question.near)
    ids = np.union1d(near, words[0])
    sentences = catalogue.closeups(ids.tolist(), len(vector)).similarities(vector)
    passage, sentence = view.cosines(vector, ids), sentences.best()
    dense = (1 - SENTENCE_SHARE) * passage + SENTENCE_SHARE * sentence
    if mode == "dense":
        return Candidates(ids, dense, dense=dense, sentences=sentences)
    # A passage outside the lexical pool gets no BM25, like one without a matching word.
    bm25 = np.zeros(len(ids))
    bm25[np.searchsorted(ids, words[0])] = words[1]
    connection, asked = catalogue.connection, question.terms
    signs = Signs(
        passage,
        sentence,
        np.zeros(len(ids)),
        bm25 / (lexical.best_possible(asked.rarity) or 1),
        coverage(connection, asked, question.names, ids),
        proximity(connection, asked, ids),
    )
    close = _best(fused(signs), CLOSE)
    signs.tokens[close] = meetings(question.wordings, catalogue.tokens(ids[close].tolist()))
    return Candidates(ids, fused(signs), dense, bm25, sentences, signs)


def _best(scores: Scores, count: int) -> Ids:
    """Return the rows of the best scores, ascending, with all that tie with the last of them."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, -count)[-count])


def _words(catalogue: Catalogue, question: Question, only: Filter) -> tuple[Ids, Scores]:
    return lexical.search(catalogue.connection, question.text, POOL, only, question.names, question.terms)


def _cut(catalogue: Catalogue, ids: Ids, scores: Scores) -> tuple[Ids, Scores]:
    """Return the pool of one side, best first; of those that tie for its last places, the first by place."""
    if len(ids) <= POOL:
        return ids, scores
    places = catalogue.passages_by_id(ids[scores == scores[-1]].tolist())
    order = sorted(
        range(len(ids)),
        key=lambda row: (-scores[row], _place(places[int(ids[row])]) if scores[row] == scores[-1] else ()),
    )
    kept = np.array(order[:POOL])
    return ids[kept], scores[kept]


def hits(catalogue: Catalogue, found: Candidates, k: int) -> tuple[tuple[int, Hit], ...]:
    """Return the `k` best candidates with their passage ids, best first.

    Equal scores are ordered by document and place, never by row, so that an index ranks the same however it came about.
    """
    if not found.ids.size:
        return ()
    # Candidates tied with the last place must all be looked at before the tie is broken.
    rows = _best(found.scores, k)
    passages = catalogue.passages_by_id(found.ids[rows].tolist())
    ordered = sorted(rows.tolist(), key=lambda row: (-found.scores[row], _place(passages[int(found.ids[row])])))
    return tuple(
        (int(found.ids[row]), _hit(found, row, rank, passages[int(found.ids[row])]))
        for rank, row in enumerate(ordered[:k], start=1)
    )


def _hit(found: Candidates, row: int, rank: int, passage: Passage) -> Hit:
    return Hit(
        passage=passage,
        rank=rank,
        score=float(found.scores[row]),
        dense=None if found.dense is None else float(found.dense[row]),
        lexical=None if found.lexical is None else float(found.lexical[row]),
    )


def _place(passage: Passage) -> tuple[str, int, int]:
    return passage.document_id, passage.start, passage.end

"""Questions to answers: encode, filter, rank, judge the evidence, cite."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np

from core.document import Document, Passage
from core.errors import DamagedError, InputError
from core.results import MODES, Answer, Citation, Hit, Mode
from index import filters, lexical, spelling, support, synonyms
from index.abreast import abreast
from index.arranging import Placed, arranged, wanted
from index.arrays import Vectors
from index.catalogue import Catalogue
from index.cite import Clues, cite, elsewhere
from index.dense import DenseView
from index.diversity import AS_RANKED, FOR_READERS, Arrangement
from index.encoder import Encoder, load_encoder
from index.evidence import gathered, read_as
from index.filters import Where
from index.fingerprint import chosen_model, fingerprint_of, require_same
from index.fusion import NOTHING, Signs
from index.matching import Words
from index.opening import open_catalogue
from index.ranking import POOL, Candidates, Question, candidates, hits, nearest
from index.reranker import Reranker, load_reranker, reranked
from index.support import BEST, Evidence
from index.synonyms import Name
from index.tokens import Asked

T = TypeVar("T")

LONGEST_QUESTION = 2_000


@dataclass(frozen=True, slots=True)
class _Asking:
    """How questions are asked: how many passages of which `cited` are quoted, of what, and how they are laid out."""

    k: int
    cited: int
    mode: Mode
    where: Where
    arrangement: Arrangement
    reranker: Reranker | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found for one question: every passage, quotations of the first, and what speaks for an answer."""

    hits: tuple[Hit, ...]
    citations: tuple[Citation, ...]
    evidence: Evidence
    read_as: tuple[tuple[str, str], ...]


class Searcher:
    """Answers questions from one data folder; safe to share between threads, and follows every commit."""

    def __init__(self, data: Path, encoder: Encoder, reranker: Reranker | None = None) -> None:
        self.data = data
        self.encoder = encoder
        self.reranker = reranker
        self._lock = Lock()
        with open_catalogue(data) as catalogue:
            self._require_fingerprint(catalogue)
            self._identity = catalogue.identity()
            self._view = DenseView.opened(catalogue, data)

    @classmethod
    def opened(cls, data: Path, model: str | None = None, reranker: str | None = None) -> Searcher:
        """Open a data folder with the model it was made with; `model` insists on one and is refused otherwise.

        `reranker` is the name or folder of a cross-encoder (index/reranker.py); without one none is loaded.
        """
        with open_catalogue(data) as catalogue:
            stored = catalogue.fingerprint()
        return cls(data, load_encoder(chosen_model(stored, model)), load_reranker(reranker) if reranker else None)

    def ask(
        self,
        question: str,
        k: int = 10,
        mode: Mode = "hybrid",
        where: Where = (),
        arrangement: Arrangement = FOR_READERS,
    ) -> Answer:
        """Return the `k` best passages for a question; raises InputError when it cannot be asked."""
        return self.ask_many([question], k, mode, where, arrangement)[0]

    def ask_many(
        self,
        questions: Sequence[str],
        k: int = 10,
        mode: Mode = "hybrid",
        where: Where = (),
        arrangement: Arrangement = FOR_READERS,
        *,
        cited: int = POOL,
    ) -> tuple[Answer, ...]:
        """Return one answer a question, in order, all from one generation; the time of encoding is shared evenly.

        All `k` passages are named as hits, the first `cited` of them quoted: quoting hundreds takes long. What is said
        of the evidence is said of the ranking, and does not depend on its arrangement.
        """
        if not 1 <= k <= POOL or mode not in MODES:
            message = f"Ask for 1 to {POOL} passages, in one of the modes {', '.join(MODES)}."
            raise InputError(message)
        if arrangement.per_document < 0:
            message = "At most so many passages a document: give a number from 1, or 0 for as many as there are."
            raise InputError(message)
        asking = _Asking(k, cited, mode, where, arrangement, self.reranker)
        return tuple(
            Answer(
                query=text,
                mode=mode,
                support=support.named(confidence) if found.hits else "none",
                confidence=confidence if found.hits else 0.0,
                generation=generation,
                elapsed_ms=elapsed_ms,
                citations=found.citations,
                hits=found.hits,
                reranker=self.reranker.about if self.reranker else None,
                unmentioned=found.evidence.unmentioned,
                lacking=found.evidence.lacked(),
                read_as=found.read_as,
            )
            for text, found, generation, elapsed_ms in self._asked(questions, asking)
            for confidence in [support.confidence(found.evidence)]
        )

    def evidence(self, questions: Sequence[str]) -> tuple[Evidence, ...]:
        """Return what speaks for an answer to each question, in hybrid mode: what `support` is fitted on."""
        asking = _Asking(BEST, 0, "hybrid", (), AS_RANKED)
        return tuple(found.evidence for _, found, _, _ in self._asked(questions, asking))

    def signs(self, questions: Sequence[str]) -> tuple[tuple[tuple[Passage, ...], Signs], ...]:
        """Return for each question its candidates, in order of their ids, and what hybrid scores are made of."""

        def signed(reader: Catalogue, found: Candidates, _: Question) -> tuple[tuple[Passage, ...], Signs]:
            passages = reader.passages_by_id(found.ids.tolist())
            return tuple(passages[number] for number in found.ids.tolist()), found.signs or NOTHING

        return tuple(found for _, found, _, _ in self._each(questions, "hybrid", (), signed))

    def _asked(self, questions: Sequence[str], asking: _Asking) -> Iterator[tuple[str, _Found, int, float]]:
        def ranked(reader: Catalogue, found: Candidates, question: Question) -> _Found:
            return _found(reader, found, question, asking)

        return self._each(questions, asking.mode, asking.where, ranked)

    def _each(
        self, questions: Sequence[str], mode: Mode, where: Where, work: Callable[[Catalogue, Candidates, Question], T]
    ) -> Iterator[tuple[str, T, int, float]]:
        """Yield text, what `work` makes of the candidates, generation and milliseconds for every question."""
        asked = [checked(question) for question in questions]
        with open_catalogue(self.data) as catalogue:
            names = [spelling.names(catalogue.connection, text) for text in asked]
            view = self._current(catalogue)
            only = filters.resolved(catalogue, where)
            _, passages = catalogue.counts()
            started = time.perf_counter()
            read = None if mode == "lexical" else self._read(catalogue, asked, names)
            vectors, wordings = read or (None, [()] * len(asked))
            near = None if vectors is None else nearest(view, vectors, only)
            shared_ms = _since(started) / max(1, len(asked))

            def done(reader: Catalogue, row: int) -> tuple[str, T, int, float]:
                started, text = time.perf_counter(), asked[row]
                question = Question(
                    text,
                    None if vectors is None else vectors[row],
                    lexical.weighed(reader.connection, text, passages, names[row]),
                    wordings[row],
                    names[row],
                    None if near is None else near[row],
                )
                result = work(reader, candidates(reader, view, question, mode, only), question)
                return text, result, view.generation, shared_ms + _since(started)

            yield from abreast(catalogue, self.data, done, len(asked))

    def _read(
        self, catalogue: Catalogue, asked: Sequence[str], names: Sequence[tuple[Name, ...]]
    ) -> tuple[Vectors, list[tuple[Asked, ...]]]:
        """Return a unit vector a question, shape `(len(asked), dimension)`, and the tokens of its wordings.

        Where the index calls something otherwise than the question, there are two wordings, and the vector is the
        direction half way between them.
        """
        frequency = cache(partial(lexical.frequency, catalogue.connection))
        reworded = [synonyms.rephrased(text, some, frequency) for text, some in zip(asked, names, strict=True)]
        differing = [row for row, text in enumerate(asked) if reworded[row] != text]
        read = self.encoder.read_queries([*asked, *(reworded[row] for row in differing)])
        vectors, others = read.vectors[: len(asked)].copy(), read.vectors[len(asked) :]
        between = vectors[differing] + others
        vectors[differing] = between / np.linalg.norm(between, axis=1, keepdims=True)
        wordings: list[tuple[Asked, ...]] = [(one,) for one in read.tokens[: len(asked)]]
        for row, other in zip(differing, read.tokens[len(asked) :], strict=True):
            wordings[row] = (*wordings[row], other)
        return vectors, wordings

    def _current(self, catalogue: Catalogue) -> DenseView:
        """Return the view of the catalogue's generation, keeping it for the next question."""
        with self._lock:
            if catalogue.identity() != self._identity:
                # The folder was emptied and filled anew.
                self._require_fingerprint(catalogue)
                self._identity, self._view = catalogue.identity(), DenseView.opened(catalogue, self.data)
            if catalogue.generation() == self._view.generation:
                return self._view
            self._require_fingerprint(catalogue)
            if catalogue.generation() < self._view.generation:
                # This reader is pinned to an older generation than another thread has already seen.
                return DenseView.opened(catalogue, self.data)
            self._view = DenseView.opened(catalogue, self.data, self._view)
            return self._view

    def _require_fingerprint(self, catalogue: Catalogue) -> None:
        stored = catalogue.fingerprint()
        if stored is not None:
            require_same(stored, fingerprint_of(self.encoder))


def checked(question: str) -> str:
    """Return a question as it is asked: one line, composed characters; raises InputError when empty or too long."""
    text = " ".join(unicodedata.normalize("NFC", question.encode(errors="replace").decode()).split())
    if not text:
        message = "The question is empty; type a few words, for example: does vitamin C help dark spots?"
        raise InputError(message)
    if len(text) > LONGEST_QUESTION:
        message = f"The question has {len(text):,} characters; ask in at most {LONGEST_QUESTION:,}."
        raise InputError(message)
    return text


def _found(catalogue: Catalogue, found: Candidates, question: Question, asking: _Asking) -> _Found:
    """Rank candidates and cite the first; what is said of the evidence does not depend on how many are wanted."""
    most = max(wanted(asking.arrangement, asking.k), BEST)
    ranked = hits(catalogue, found, most)
    best = [number for number, _ in ranked[:BEST]]
    if asking.reranker is not None:
        ranked = hits(catalogue, reranked(catalogue, found, question.text, asking.reranker), most)
    placed = arranged(catalogue, ranked, asking.arrangement)[: asking.k]
    citations = _cited(catalogue, found, question, placed[: asking.cited])
    return _Found(
        tuple(one.hit for one in placed),
        citations,
        gathered(catalogue, found, question, best),
        read_as(catalogue, question.names),
    )


def _cited(
    catalogue: Catalogue, found: Candidates, question: Question, placed: Sequence[Placed]
) -> tuple[Citation, ...]:
    """Quote hits, with the places of those that were folded into them."""
    words = Words.of(catalogue, question.terms, question.names, [one.number for one in placed])
    near = found.sentences
    held = cache(partial(_held, catalogue))
    citations = []
    for one in placed:
        near_by = near.of(one.number) if near else {}
        clues = Clues(words.matches(one.number), words.weights, near_by, words.called.get(one.number, ()))
        twins = tuple(elsewhere(*held(twin.passage.document_id), twin.passage, same=same) for twin, same in one.twins)
        citations.append(cite(*held(one.hit.passage.document_id), one.hit, clues, twins))
    return tuple(citations)


def _held(catalogue: Catalogue, document_id: str) -> tuple[Document, str]:
    """Return a document that a passage is of, and the path it goes by."""
    try:
        return catalogue.document(document_id), catalogue.paths(document_id)[0]
    except InputError as error:
        # A passage of no document cannot be written; it takes damage to bring it about.
        message = f"The index points at a document {document_id} it does not hold; run `python -m index verify`."
        raise DamagedError(message) from error


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1_000

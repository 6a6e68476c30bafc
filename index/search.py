"""Questions to answers: encode, filter, rank, judge the evidence, cite."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

from core.errors import InputError
from core.results import MODES, Answer, Citation, Mode
from index import filters, lexical, support
from index.catalogue import Catalogue
from index.cite import Clues, cite
from index.dense import DenseView
from index.encoder import Encoder, load_encoder
from index.filters import Filter, Where
from index.fingerprint import chosen_model, fingerprint_of, require_same
from index.matching import Words
from index.opening import open_catalogue
from index.ranking import POOL, Question, candidates, hits
from index.support import Evidence

LONGEST_QUESTION = 2_000


class Searcher:
    """Answers questions from one data folder; safe to share between threads, and follows every commit."""

    def __init__(self, data: Path, encoder: Encoder) -> None:
        self.data = data
        self.encoder = encoder
        self._lock = Lock()
        with open_catalogue(data) as catalogue:
            self._require_fingerprint(catalogue)
            self._identity = catalogue.identity()
            self._view = DenseView.opened(catalogue, data)

    @classmethod
    def opened(cls, data: Path, model: str | None = None) -> Searcher:
        """Open a data folder with the model it was made with; `model` insists on one and is refused otherwise."""
        with open_catalogue(data) as catalogue:
            stored = catalogue.fingerprint()
        return cls(data, load_encoder(chosen_model(stored, model)))

    def ask(self, question: str, k: int = 10, mode: Mode = "hybrid", where: Where = ()) -> Answer:
        """Return the `k` best passages for a question; raises InputError when it cannot be asked."""
        return self.ask_many([question], k, mode, where)[0]

    def ask_many(
        self, questions: Sequence[str], k: int = 10, mode: Mode = "hybrid", where: Where = ()
    ) -> tuple[Answer, ...]:
        """Return one answer a question, in order, all from one generation; the time of encoding is shared evenly."""
        if not 1 <= k <= POOL or mode not in MODES:
            message = f"Ask for 1 to {POOL} passages, in one of the modes {', '.join(MODES)}."
            raise InputError(message)
        return tuple(
            Answer(
                query=text,
                mode=mode,
                support=support.named(confidence) if citations else "none",
                confidence=confidence if citations else 0.0,
                generation=generation,
                elapsed_ms=elapsed_ms,
                citations=citations,
            )
            for text, citations, evidence, generation, elapsed_ms in self._asked(questions, k, mode, where)
            for confidence in [support.confidence(evidence)]
        )

    def evidence(self, questions: Sequence[str]) -> tuple[Evidence, ...]:
        """Return what speaks for an answer to each question, in hybrid mode: what `support` is fitted on."""
        return tuple(evidence for _, _, evidence, _, _ in self._asked(questions, 10, "hybrid", ()))

    def _asked(
        self, questions: Sequence[str], k: int, mode: Mode, where: Where
    ) -> Iterator[tuple[str, tuple[Citation, ...], Evidence, int, float]]:
        """Yield text, citations, evidence, generation and milliseconds for every question."""
        asked = [checked(question) for question in questions]
        started = time.perf_counter()
        vectors = None if mode == "lexical" else self.encoder.encode_queries(asked)
        encoding_ms = _since(started) / max(1, len(asked))
        with open_catalogue(self.data) as catalogue:
            view = self._current(catalogue)
            only = filters.resolved(catalogue, where)
            for row, text in enumerate(asked):
                started = time.perf_counter()
                rarity = lexical.rarities(catalogue.connection, text)
                question = Question(text, None if vectors is None else vectors[row], rarity)
                citations, evidence = _found(catalogue, view, question, mode, k, only)
                yield text, citations, evidence, view.generation, encoding_ms + _since(started)

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


def _found(
    catalogue: Catalogue, view: DenseView, question: Question, mode: Mode, k: int, only: Filter
) -> tuple[tuple[Citation, ...], Evidence]:
    """Return the citations for one question and what speaks for them."""
    found = candidates(catalogue, view, question, mode, only)
    ranked = hits(catalogue, found, k)
    words = Words.of(catalogue, question.rarity, [number for number, _ in ranked])
    near = found.sentences
    citations = tuple(
        cite(catalogue, hit, Clues(words.matches(number), words.weights, near.of(number) if near else {}))
        for number, hit in ranked
    )
    cosine = None if found.dense is None or not found.dense.size else float(found.dense.max())
    return citations, Evidence(cosine, words.coverage())


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1_000

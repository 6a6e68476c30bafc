"""One batch from questions to measures: resolve the judgements, ask everything, score, and say what made it."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from core.errors import InputError
from core.progress import Progress
from core.results import Mode
from evaluate import manifest as made_from
from evaluate.collection import Collection
from evaluate.intervals import CONFIDENCE, RESAMPLES, SEED
from evaluate.manifest import Bootstrap, Hashed, Manifest
from evaluate.measures import MEASURES, Scores, measured
from evaluate.runs import CANDIDATES, DEPTH, Run, searched
from evaluate.shelf import Shelf
from evaluate.targets import Targets, resolved
from evaluate.verdicts import Verdicts, counted_verdicts
from index import AS_RANKED, Arrangement, Searcher, open_catalogue


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A batch that was asked and scored; `scores` is None when nothing is judged."""

    collection: Collection
    targets: Targets
    run: Run
    scores: Scores | None
    manifest: Manifest

    @property
    def found_nothing(self) -> tuple[str, ...]:
        """The judged questions for which nothing was found (of all questions when nothing is judged)."""
        return tuple(
            query_id
            for query_id, found in self.run.found.items()
            if not found.names and (self.scores is None or query_id in self.scores.per_query)
        )

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The questions without a judgement that are not said to be unanswerable; they are in no mean."""
        return tuple(
            question.id
            for question in self.collection.questions
            if question.answerable is not False and question.id not in self.targets
        )

    @property
    def nothing_relevant(self) -> tuple[str, ...]:
        """The judged questions that nothing is judged relevant to; as in trec_eval they count as 0."""
        return tuple(
            query_id
            for query_id in (self.scores.per_query if self.scores else ())
            if not any(target.relevance > 0 for target in self.targets[query_id])
        )

    @property
    def verdicts(self) -> Verdicts:
        """What was said of the evidence, for the questions that the documents answer and for those they do not."""
        said = {query_id: found.support for query_id, found in self.run.found.items()}
        return counted_verdicts(self.collection.questions, said)


def evaluated(
    searcher: Searcher,
    collection: Collection,
    mode: Mode = "hybrid",
    progress: Progress | None = None,
    arrangement: Arrangement = AS_RANKED,
) -> Evaluation:
    """Ask every question of a collection on an index and score what is found.

    Near-duplicates stay in the ranking unless the arrangement says otherwise: a folded one may be what was judged.
    Every judgement is looked up before anything is asked; raises InputError, with file and line, for one that is of
    nothing in the index.
    """
    started = time.perf_counter()
    with open_catalogue(searcher.data) as catalogue:
        shelf = Shelf.of(catalogue)
        targets = resolved(collection, catalogue, shelf)
        fingerprint, generation = catalogue.fingerprint(), catalogue.generation()
        documents, passages = catalogue.counts()
    # An unanswerable question is no question that was missed.
    unanswerable = {question.id for question in collection.questions if question.answerable is False}
    targets = {query_id: own for query_id, own in targets.items() if query_id not in unanswerable}
    run = searched(searcher, collection, shelf, mode, progress, arrangement)
    if run.generation != generation:
        message = f"The index in {searcher.data} was changed while it was asked; wait for the writer and run again."
        raise InputError(message)
    name, source = made_from.program()
    manifest = Manifest(
        format=made_from.FORMAT,
        collection=collection.name,
        level=collection.level,
        mode=mode,
        depth=DEPTH,
        candidates=CANDIDATES[collection.level],
        measures=MEASURES,
        bootstrap=Bootstrap("percentile", RESAMPLES, CONFIDENCE, SEED),
        questions=made_from.questions_hashed(collection),
        judgements=made_from.judgements_hashed(targets),
        corpus=Hashed(documents, shelf.sha256()),
        passages=passages,
        generation=generation,
        fingerprint=fingerprint,
        program=name,
        source_sha256=source,
        libraries=made_from.libraries(),
        per_document=arrangement.per_document,
        folded=arrangement.folded,
        reranker=searcher.reranker.about if searcher.reranker else None,
    )
    scores = measured(run, targets) if targets else None
    stamped = replace(
        manifest,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - started, 2),
    )
    return Evaluation(collection, targets, run, scores, stamped)


def beir_folder(data: Path, folder: Path) -> Path:
    """Return the data folder that a BEIR folder is indexed into: one of its own beneath the data folder."""
    return data / f"beir-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"

"""A run: what a search returned for every question of a collection, as documents or as passages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from core.errors import InputError
from core.progress import Progress
from core.results import Answer, Citation, Mode, Support
from evaluate.collection import Collection
from evaluate.judgements import Level, passage_name
from evaluate.shelf import Shelf
from index import AS_RANKED, LONGEST_QUESTION, POOL, Arrangement, Change, Encoder, Searcher, open_writer

# How long a ranking is, and how many passages are asked for to fill it: documents are ranked by their best passage, so
# it takes more passages than documents.
DEPTH = 100
CANDIDATES: dict[Level, int] = {"document": POOL, "passage": DEPTH, "span": DEPTH}
# How many of a ranking are kept with their citations: the measures need names only, and a citation is long.
CITED = 10
# How many passages are quoted so that those names have a quotation: documents share passages among the first.
QUOTED: dict[Level, int] = {"document": 5 * CITED, "passage": CITED, "span": CITED}
BATCH = 64
COMMIT_DOCUMENTS = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one question: names of documents or passages, best first, and what was said of the evidence.

    `citations` are those of the first `CITED` names; a document is cited with its best passage.
    """

    names: tuple[str, ...]
    citations: tuple[Citation, ...]
    support: Support
    confidence: float


@dataclass(frozen=True, slots=True)
class Run:
    """What was found for every question, by its id in the order asked, all from one generation of the index."""

    name: str
    level: Level
    found: dict[str, Found]
    generation: int


def indexed(data: Path, collection: Collection, encoder: Encoder, progress: Progress | None = None) -> None:
    """Make a data folder hold exactly the collection's documents; nothing is done for those it holds already."""
    with open_writer(data) as writer:
        writer.require_fingerprint(encoder)
        known = writer.catalogue.files()
        wanted = {source.path: source for source, _ in collection.documents}
        new = [
            pair for pair in collection.documents if pair[0].path not in known or known[pair[0].path].file != pair[0]
        ]
        made = 0
        for start in range(0, len(new), COMMIT_DOCUMENTS):
            some = tuple(new[start : start + COMMIT_DOCUMENTS])

            def embedding(done: int, of: int, before: int = start, here: int = len(some), so_far: int = made) -> None:
                if progress is not None:
                    progress((before + here * done / of) / len(new), so_far + done)

            passages = writer.catalogue.counts()[1]
            writer.commit(Change(read=some), encoder, embedding)
            made += writer.catalogue.counts()[1] - passages
        gone = tuple(path for path in known if path not in wanted)
        if gone:
            writer.commit(Change(gone=gone))


def searched(
    searcher: Searcher,
    collection: Collection,
    shelf: Shelf,
    mode: Mode,
    progress: Progress | None = None,
    arrangement: Arrangement = AS_RANKED,
) -> Run:
    """Ask every question of a collection in batches; raises InputError when the index changes meanwhile."""
    found: dict[str, Found] = {}
    generations: set[int] = set()
    questions, depth, quoted = collection.questions, CANDIDATES[collection.level], QUOTED[collection.level]
    for start in range(0, len(questions), BATCH):
        some = questions[start : start + BATCH]
        texts = [question.text[:LONGEST_QUESTION] for question in some]
        answers = searcher.ask_many(texts, depth, mode, arrangement=arrangement, cited=quoted)
        for question, answer in zip(some, answers, strict=True):
            found[question.id] = _found(answer, collection.level, shelf)
            generations.add(answer.generation)
        if len(generations) > 1:
            message = f"The index in {searcher.data} was changed while it was asked; wait for the writer and run again."
            raise InputError(message)
        if progress is not None:
            progress((start + len(some)) / len(questions), start + len(some))
    return Run(_named(mode, arrangement, searcher), collection.level, found, max(generations, default=0))


def _named(mode: Mode, arrangement: Arrangement, searcher: Searcher) -> str:
    """Return what a run is called in TREC's last column."""
    spread = f"{arrangement.per_document}-per-document" if arrangement.per_document else ""
    second = "reranked" if searcher.reranker else ""
    return "-".join(part for part in ("stratum", mode, second, spread, "folded" if arrangement.folded else "") if part)


def _found(answer: Answer, level: Level, shelf: Shelf) -> Found:
    best: dict[str, int] = {}
    for place, hit in enumerate(answer.hits):
        passage = hit.passage
        if level == "document":
            best.setdefault(shelf.label(passage.document_id), place)
        else:
            best[passage_name(passage.document_id, passage.start, passage.end)] = place
    names = tuple(best)[:DEPTH]
    quoted = takewhile(lambda place: place < len(answer.citations), (best[name] for name in names[:CITED]))
    return Found(names, tuple(answer.citations[place] for place in quoted), answer.support, answer.confidence)


def trec_lines(run: Run) -> list[str]:
    """Return a run in TREC's six columns; scores fall strictly, because trec_eval breaks ties by name."""
    return [
        f"{query_id} Q0 {name} {rank} {1 / rank:.6f} {run.name}"
        for query_id, found in run.found.items()
        for rank, name in enumerate(found.names, start=1)
    ]

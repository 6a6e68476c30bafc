"""A run: what a search returned for every query of a collection, at the level of documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.progress import Progress
from core.results import Citation, Mode
from evaluate.collection import Collection
from index import POOL, Change, Encoder, Searcher, open_writer

# Documents are scored by their best passage, so more passages are asked for than documents are needed.
DEPTH = 100
BATCH = 64
COMMIT_DOCUMENTS = 500


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document at its place in a ranking; scores fall strictly, because trec_eval breaks ties by name."""

    document: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Run:
    """The ranking for every query, best first; a query that found nothing has an empty one."""

    name: str
    rankings: dict[str, tuple[Ranked, ...]]


def indexed(data: Path, collection: Collection, encoder: Encoder, progress: Progress | None = None) -> None:
    """Make a data folder hold exactly the collection's documents; nothing is done for those it holds already."""
    with open_writer(data) as writer:
        writer.require_fingerprint(encoder)
        known = writer.catalogue.sources()
        wanted = {source.path: source for source, _ in collection.documents}
        new = [pair for pair in collection.documents if known.get(pair[0].path, (None, ""))[0] != pair[0]]
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


def searched(searcher: Searcher, collection: Collection, mode: Mode, progress: Progress | None = None) -> Run:
    """Ask every query of a collection and rank documents by their best passage."""
    rankings: dict[str, tuple[Ranked, ...]] = {}
    queries = collection.queries
    for start in range(0, len(queries), BATCH):
        some = queries[start : start + BATCH]
        answers = searcher.ask_many([query.text for query in some], POOL, mode)
        for query, answer in zip(some, answers, strict=True):
            rankings[query.id] = _documents(answer.citations)
        if progress is not None:
            progress((start + len(some)) / len(queries), start + len(some))
    return Run(f"stratum-{mode}", rankings)


def _documents(citations: tuple[Citation, ...]) -> tuple[Ranked, ...]:
    names = list(dict.fromkeys(document_name(citation) for citation in citations))[:DEPTH]
    return tuple(Ranked(name, rank, 1 / rank) for rank, name in enumerate(names, start=1))


def document_name(citation: Citation) -> str:
    """Return what judgements call the document of a citation: its BEIR id, or the file's name without ending.

    >>> from pathlib import PurePosixPath
    >>> PurePosixPath("corpus/harms/granulomas.md").stem
    'granulomas'
    """
    file, mark, name = citation.path.partition("#")
    return name if mark else Path(file).stem


def trec_lines(run: Run) -> list[str]:
    """Return a run in TREC's six columns."""
    return [
        f"{query_id} Q0 {ranked.document} {ranked.rank} {ranked.score:.6f} {run.name}"
        for query_id, ranking in run.rankings.items()
        for ranked in ranking
    ]

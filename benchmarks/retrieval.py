"""What each sign of the hybrid ranking is worth: every one alone, every one left out, on every judged set at hand.

    python -m benchmarks.retrieval [--beir DIR ...] [--spans DIR ...] [--data var] [--work DIR] [--tune]
        [--markdown docs/retrieval.md]

The shipped questions are asked of the index in `--data` (`make ask` makes it). Each BEIR folder, and each folder of
whole articles with answer spans (`documents/*.txt` and `spans.jsonl`, whose lines have `_id`, `text`, `document` and
`spans`), is indexed under `--work` first, which embeds it once. `--tune` looks at split `train` (or `dev`), what is
reported is `test`; a set without `train` is both. With `--markdown` the tables between the marks of that file are
replaced.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from core.progress import shown
from core.settings import load_settings
from evaluate.collection import Collection, read_beir, read_collection
from evaluate.intervals import Interval, intervals
from evaluate.judgements import Judgement, passage_name
from evaluate.measures import Scores, measured
from evaluate.questions import Question
from evaluate.runs import DEPTH, Found, Run, indexed
from evaluate.shelf import Shelf
from evaluate.significance import randomisation
from evaluate.targets import Targets, graded, place_of, resolved
from index import LONGEST_QUESTION, Searcher, load_encoder, open_catalogue
from index.fusion import WEIGHTS, Signs, Weights, fused
from ingest import sync

SHIPPED = Path(__file__).parents[1] / "evaluate" / "data" / "skincare_questions.jsonl"
MEASURE = "nDCG@10"
# The figures of a set stand in the file between two such lines.
BEGIN, END = "<!-- benchmarks.retrieval begins -->", "<!-- benchmarks.retrieval ends -->"

NONE = Weights(*(0 for _ in fields(Weights)))
VARIANTS: dict[str, Weights] = {
    "passage vector alone": replace(NONE, passage=1),
    "passage and best sentence, half and half": replace(NONE, passage=0.5, sentence=0.5),
    "tokens alone": replace(NONE, tokens=1),
    "BM25 alone": replace(NONE, bm25=1),
    "0.75 of the vectors, 0.25 of BM25": replace(NONE, passage=0.375, sentence=0.375, bm25=0.25),
    "without the passage vector": replace(WEIGHTS, passage=0),
    "without the best sentence": replace(WEIGHTS, sentence=0),
    "without tokens": replace(WEIGHTS, tokens=0),
    "without BM25": replace(WEIGHTS, bm25=0),
    "without coverage": replace(WEIGHTS, coverage=0),
    "without proximity": replace(WEIGHTS, proximity=0),
    "**all six (chosen)**": WEIGHTS,
}
ALONE = ("passage vector alone", "BM25 alone")
CHOSEN = "**all six (chosen)**"
SHOWN = ("nDCG@10", "RR@10", "R@10", "R@100")
FIRST = 5
# The steps of the search for weights: coarse, then finer.
STEPS = (0.08, 0.04, 0.02)
_GAIN = 1e-5


@dataclass(frozen=True, slots=True)
class Asked:
    """The judged questions of one set with the candidates of each: what they are called, and their signs.

    `names` holds, for each question, one name a candidate, in the order that breaks ties.
    """

    name: str
    collection: Collection
    targets: Targets
    names: dict[str, tuple[str, ...]]
    signs: dict[str, Signs]

    def run(self, weights: Weights) -> Run:
        """Return the ranking that these weights give every question."""
        found = {query_id: Found(self.ranked(query_id, weights), (), "none", 0.0) for query_id in self.names}
        return Run(self.name, self.collection.level, found, 0)

    def ranked(self, query_id: str, weights: Weights) -> tuple[str, ...]:
        """Return the names found for a question, best first, each once."""
        scores = fused(self.signs[query_id], weights)
        # Without a sign of its own a passage is not found, like one without a word in BM25.
        order = [row for row in np.argsort(-scores, kind="stable").tolist() if scores[row] > 0]
        return tuple(dict.fromkeys(self.names[query_id][row] for row in order))[:DEPTH]


def asked(searcher: Searcher, collection: Collection) -> Asked:
    """Ask every judged question of a collection and keep what speaks for each candidate."""
    with open_catalogue(searcher.data) as catalogue:
        shelf = Shelf.of(catalogue)
        targets = resolved(collection, catalogue, shelf)
    questions = [one for one in collection.questions if one.answerable is not False and one.id in targets]
    texts = [one.text[:LONGEST_QUESTION] for one in questions]
    names, signs = {}, {}
    for question, (passages, own) in zip(questions, searcher.signs(texts), strict=True):
        rows = sorted(range(len(passages)), key=lambda row: astuple(passages[row]))
        called = (
            [shelf.label(passages[row].document_id) for row in rows]
            if collection.level == "document"
            else [passage_name(*astuple(passages[row])) for row in rows]
        )
        names[question.id] = tuple(called)
        signs[question.id] = Signs(*(getattr(own, one.name)[rows] for one in fields(Signs)))
    return Asked(collection.name, collection, targets, names, signs)


def articles(data: Path, folder: Path) -> Path:
    """Index the whole articles of a folder and return the data folder."""
    with shown(f"Indexing {folder.name}, whole articles") as report:
        sync(data, folder / "documents", progress=report)
    return data


def read_spans(folder: Path) -> Collection:
    """Read questions whose answers are spans of the articles, by the offsets of their characters."""
    questions, judgements = [], []
    for number, line in enumerate((folder / "spans.jsonl").read_text(encoding="utf-8").splitlines(), start=1):
        row, where = json.loads(line), f"spans.jsonl, line {number}"
        questions.append(Question(row["_id"], row["text"], where=where))
        judgements += [
            Judgement(row["_id"], f"{row['document']}.txt", 1, start=start, end=end, where=where)
            for start, end in row["spans"]
        ]
    return Collection(f"{folder.name}, whole articles and answer spans", tuple(questions), tuple(judgements))


def sets_at_hand(data: Path, beir: Iterable[Path], spans: Iterable[Path], work: Path, *, tune: bool) -> list[Asked]:
    """Ask the shipped questions and those of every folder: to tune on, their split dev or train, else test."""
    encoder = load_encoder()
    at_hand = [asked(Searcher(data, encoder), read_collection(SHIPPED, split="dev" if tune else "test"))]
    at_hand += [
        asked(Searcher(articles(work / f"{folder.name}-spans", folder), encoder), read_spans(folder))
        for folder in spans
    ]
    for folder in beir:
        split = "train" if tune and (folder / "qrels" / "train.tsv").is_file() else "test"
        collection = read_beir(folder, split)
        with shown(f"Indexing {folder.name}") as report:
            indexed(work / folder.name, collection, encoder, report)
        at_hand.append(asked(Searcher(work / folder.name, encoder), collection))
    return at_hand


def mean_ndcg(sets: Sequence[Asked], weights: Weights) -> float:
    """Return the mean over the sets of nDCG@10, by its definition: the search for weights asks for it often."""
    return float(np.mean([np.mean([ndcg(one, query_id, weights) for query_id in one.names]) for one in sets]))


def ndcg(one: Asked, query_id: str, weights: Weights) -> float:
    """Return nDCG@10 of one question."""
    ranking, targets = one.ranked(query_id, weights), one.targets[query_id]
    grades = graded(ranking, targets)
    ideal = sorted((target.relevance for target in targets), reverse=True)
    return discounted([grades.get(name, 0) for name in ranking[:10]]) / (discounted(ideal[:10]) or 1.0)


def discounted(gains: Sequence[int]) -> float:
    """Return the discounted cumulative gain."""
    return float(sum(gain / np.log2(place + 2) for place, gain in enumerate(gains)))


def tuned(sets: Sequence[Asked], start: Weights) -> Weights:
    """Return better weights: one sign at a time, in ever smaller steps, until none helps the mean over the sets."""
    best, value = start, mean_ndcg(sets, start)
    for step in STEPS:
        moved = True
        while moved:
            moved = False
            for name in (one.name for one in fields(Weights)):
                for change in (step, -step):
                    tried = normalised(replace(best, **{name: max(0.0, getattr(best, name) + change)}))
                    gained = mean_ndcg(sets, tried)
                    if gained > value + _GAIN:
                        best, value, moved = tried, gained, True
                        typer.echo(f"{value:.4f}  {', '.join(f'{one:.2f}' for one in astuple(best))}")
    return best


def normalised(weights: Weights) -> Weights:
    """Return weights that add up to 1."""
    return Weights(*(one / sum(astuple(weights)) for one in astuple(weights)))


def table(one: Asked) -> str:
    """Return the figures of every variant on one set, as a Markdown table."""
    scores = {name: measured(one.run(weights), one.targets) for name, weights in VARIANTS.items()}
    head = [
        f"{one.name}, {len(one.names):,} questions",
        *SHOWN,
        f"among the first {FIRST}",
        "nDCG@10 against the choice",
    ]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name, own in scores.items():
        cells = [said(own.intervals[measure]) for measure in SHOWN] + [said(among_first(one, VARIANTS[name]))]
        against = "" if name == CHOSEN else difference(own, scores[CHOSEN])
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {against} |")
    return "\n".join(lines)


def among_first(one: Asked, weights: Weights) -> Interval:
    """Return the share of questions with something relevant among the first five."""
    hits = []
    for query_id in one.names:
        first = one.ranked(query_id, weights)[:FIRST]
        hits.append(any(place_of(first, target) for target in one.targets[query_id] if target.relevance > 0))
    return intervals(np.array(hits, np.float64)[:, None])[0]


def said(interval: Interval) -> str:
    """Return a mean with its 95 % interval."""
    return f"{interval.mean:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def difference(own: Scores, chosen: Scores) -> str:
    """Return by how much a variant differs from the choice, with its interval and the p of chance."""
    apart = np.array([own.per_query[each][MEASURE] - chosen.per_query[each][MEASURE] for each in chosen.per_query])
    (interval,) = intervals(apart[:, None])
    chance, _ = randomisation(apart)
    least = "p < 0.001" if chance < 0.001 else f"p = {chance:.3f}"  # noqa: PLR2004 - as it is printed
    return f"{interval.mean:+.3f} ({interval.low:+.3f} to {interval.high:+.3f}), {least}"


def main(
    beir: Annotated[list[Path] | None, typer.Option(help="A BEIR folder; repeat for more.")] = None,
    spans: Annotated[list[Path] | None, typer.Option(help="A folder of articles with spans; repeat for more.")] = None,
    data: Annotated[Path | None, typer.Option(help="The index of the shipped corpus.")] = None,
    work: Annotated[Path, typer.Option(help="Where the indexes of BEIR folders are kept.")] = Path("var/benchmarks"),
    markdown: Annotated[Path | None, typer.Option(help="The file whose tables are replaced.")] = None,
    *,
    tune: Annotated[bool, typer.Option(help="Search for better weights on dev and train instead.")] = False,
) -> None:
    """Print the figures of every variant on every set, or search for better weights."""
    sets = sets_at_hand(load_settings(data).data, beir or [], spans or [], work, tune=tune)
    if tune:
        print(f"{mean_ndcg(sets, WEIGHTS):.4f}  as shipped")
        print(tuned(sets, WEIGHTS))
        return
    tables = "\n\n".join(table(one) for one in sets)
    print(tables)
    if markdown is not None:
        text = markdown.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        _, after = rest.split(END)
        markdown.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)

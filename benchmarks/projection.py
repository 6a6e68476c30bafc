"""Fit the projection of token vectors that ships for the default model (index/projection.py) on judged questions.

    python -m benchmarks.projection --beir DIR --beir DIR [--work DIR] [--epochs 5] [--write]

Of every set the split `train` is used, so that `test` stays unseen. The shipped questions are not: on their split `dev`
the weights of the signs and the model of support are chosen, which must see tokens as they are for new questions. One
question in five is held out and told about after every epoch. `--write` fits on all of them and puts the result where
the program looks for it; an index that was made with another has to be rebuilt then.

What is learnt: the passages that were judged relevant are to meet the question better than the best of the others
(listwise softmax, Cao et al. 2007), from the principal components as a start. The model itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray

from core.document import Passage
from core.progress import shown
from evaluate.collection import Collection, read_beir
from evaluate.judgements import passage_name
from evaluate.runs import indexed
from evaluate.shelf import Shelf
from evaluate.targets import resolved
from index import Searcher, load_encoder, open_catalogue
from index.arrays import Scores, Vectors
from index.chunking import Chunker
from index.encoder import SentenceTransformerEncoder
from index.fusion import WEIGHTS, fused
from index.projection import Projection, units
from index.tokens import TOKEN_DIMENSION

# Passages a question is fitted on: the relevant ones, the best of the others, and some of the rest.
BEST, OTHERS = 40, 8
QUESTIONS_AT_ONCE, LEARNING_RATE, HELD_OUT = 16, 1e-3, 5
# What is kept lies between the start and the fit, which gives up some of what these sets have to themselves for what
# holds elsewhere too (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
KEPT = 0.5
# The loss is that of the tokens alone, and that of all signs together, which tells what they still have to tell apart.
SHARE_ALONE = 1 / 3
SEED = 20

Tensor = torch.Tensor


@dataclass(frozen=True, slots=True)
class Example:
    """A question with passages: rows of the store of tokens, what else speaks for each, and which earn what.

    `groups` numbers the things judged (a document's passages share one), shape `(n,)`; `grades` is one a group.
    """

    asked: Tensor
    passages: NDArray[np.int64]
    others: Tensor
    groups: Tensor
    grades: Tensor


@dataclass(frozen=True, slots=True)
class Store:
    """Token vectors of passages as the model gives them, half precision, shape `(tokens, dimension)`."""

    tokens: Tensor
    starts: NDArray[np.int64]

    def of(self, passages: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Return the tokens of some passages, one after another, and how many each has."""
        rows = np.concatenate([np.arange(self.starts[one], self.starts[one + 1]) for one in passages])
        return self.tokens[rows].float(), torch.tensor(self.starts[passages + 1] - self.starts[passages])


class Learner(torch.nn.Module):
    """A projection being fitted, with how sharply scores are told apart and how much tokens count among the signs."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        self.matrix = torch.nn.Parameter(matrix.clone())
        self.importance = torch.nn.Parameter(torch.zeros(len(matrix)))
        self.sharpness = torch.nn.Parameter(torch.tensor(20.0).log())
        self.share = torch.nn.Parameter(torch.tensor(WEIGHTS.tokens / (1 - WEIGHTS.tokens)).log())

    def forward(self, store: Store, example: Example) -> Tensor:
        """Return how well each passage of an example meets its question."""
        tokens, counts = store.of(example.passages)
        unit = torch.nn.functional.normalize
        cosines = unit(tokens @ self.matrix, dim=1) @ unit(example.asked @ self.matrix, dim=1).T
        weights = torch.softmax(example.asked @ self.importance, 0)
        return torch.segment_reduce(cosines, "max", lengths=counts) @ weights

    def loss(self, store: Store, example: Example) -> Tensor:
        """Return how far the relevant passages are from being the best."""
        met = self(store, example)
        together = example.others + self.share.exp() * met
        return SHARE_ALONE * self._off(met, example) + (1 - SHARE_ALONE) * self._off(together, example)

    def _off(self, scores: Tensor, example: Example) -> Tensor:
        return -(example.grades * torch.log_softmax(grouped(scores, example) * self.sharpness.exp(), 0)).sum()

    def drawn_back(self, matrix: Tensor) -> None:
        """Go back part of the way to the matrix of the start, where all tokens mattered alike."""
        with torch.no_grad():
            self.matrix.lerp_(matrix, 1 - KEPT)
            self.importance.mul_(KEPT)

    def projection(self) -> Projection:
        """Return what was fitted."""
        return Projection(self.matrix.detach().numpy(), self.importance.detach().numpy())


def grouped(scores: Tensor, example: Example) -> Tensor:
    """Return the best score of each group."""
    return torch.full((len(example.grades),), -9.0).scatter_reduce(0, example.groups, scores, "amax")


def examples(
    searcher: Searcher, encoder: SentenceTransformerEncoder, collection: Collection, said: str
) -> tuple[list[Example], Store]:
    """Return an example for every judged question of a collection, and the tokens of all their passages."""
    with open_catalogue(searcher.data) as catalogue:
        shelf = Shelf.of(catalogue)
        targets = resolved(collection, catalogue, shelf)
        questions = [one for one in collection.questions if one.answerable is not False and one.id in targets]
        drawn = np.random.default_rng(SEED)
        rows: dict[Passage, int] = {}
        found = []
        _, read = encoder.read(encoder.query_prompt, [one.text for one in questions])
        for question, tokens, (passages, signs) in zip(
            questions, read, searcher.signs([one.text for one in questions]), strict=True
        ):
            names = [
                shelf.label(one.document_id)
                if collection.level == "document"
                else passage_name(one.document_id, one.start, one.end)
                for one in passages
            ]
            grade = {name: target.relevance for target in targets[question.id] for name in target.earners}
            others = fused(signs) - WEIGHTS.tokens * signs.tokens
            chosen = _chosen(others, np.array([grade.get(name, 0) for name in names]), drawn)
            labels = list(dict.fromkeys(names[place] for place in chosen))
            grades = torch.tensor([float(grade.get(label, 0)) for label in labels])
            if grades.sum() > 0:
                numbers = [rows.setdefault(passages[place], len(rows)) for place in chosen]
                found.append(
                    Example(
                        torch.nn.functional.normalize(torch.from_numpy(tokens), dim=1),
                        np.array(numbers),
                        torch.tensor(others[chosen] / (1 - WEIGHTS.tokens), dtype=torch.float32),
                        torch.tensor([labels.index(names[place]) for place in chosen]),
                        grades / grades.sum(),
                    )
                )
        chunker = Chunker(encoder)
        texts = [chunker.embedded_text(catalogue.document(one.document_id), one) for one in rows]
    return found, stored(encoder, texts, said)


def _chosen(others: Scores, grades: NDArray[np.int64], drawn: np.random.Generator) -> list[int]:
    """Return the places of the passages that a question is fitted on."""
    order = np.argsort(-others - 9 * (grades > 0), kind="stable")
    rest = order[BEST:]
    return sorted([*order[:BEST].tolist(), *drawn.permutation(rest)[:OTHERS].tolist()])


def stored(encoder: SentenceTransformerEncoder, texts: Sequence[str], said: str) -> Store:
    """Read texts and keep the tokens of each."""
    order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    tokens: list[Vectors] = [np.empty((0, 0), np.float16)] * len(texts)
    with shown(f"Reading {said}") as report:
        for start in range(0, len(order), 256):
            some = order[start : start + 256]
            _, read = encoder.read(encoder.passage_prompt, [texts[place] for place in some])
            for place, own in zip(some, read, strict=True):
                tokens[place] = units(own).astype(np.float16)
            report((start + len(some)) / len(order), start + len(some))
    starts = np.concatenate([[0], np.cumsum([len(own) for own in tokens])]).astype(np.int64)
    return Store(torch.from_numpy(np.concatenate(tokens)), starts)


def principal(stores: Sequence[Store]) -> Tensor:
    """Return the directions in which tokens differ most, `(dimension, TOKEN_DIMENSION)`; every set counts alike."""
    square = torch.zeros(())
    for store in stores:
        every = store.tokens[:: max(1, len(store.tokens) // 50_000)].float()
        square = square + every.T @ every / len(every)
    directions: Tensor = torch.linalg.eigh(square)[1].flip(1)
    return directions[:, :TOKEN_DIMENSION].contiguous()


def fitted(learner: Learner, sets: Sequence[tuple[Store, Sequence[Example]]], epochs: int) -> Iterator[float]:
    """Fit, yielding the mean loss of every epoch."""
    drawn = np.random.default_rng(SEED)
    every = [(store, one) for store, some in sets for one in some]
    steps = torch.optim.Adam(learner.parameters(), lr=LEARNING_RATE)
    for _ in range(epochs):
        total = 0.0
        order = drawn.permutation(len(every))
        for start in range(0, len(order), QUESTIONS_AT_ONCE):
            steps.zero_grad()
            losses = [learner.loss(*every[place]) for place in order[start : start + QUESTIONS_AT_ONCE]]
            loss = torch.stack(losses).mean()
            loss.backward()  # type: ignore[no-untyped-call]
            steps.step()
            total += float(loss.detach()) * len(losses)
        yield total / len(every)


def reciprocal_rank(learner: Learner, store: Store, some: Sequence[Example]) -> tuple[float, float]:
    """Return the mean reciprocal rank of tokens alone, and of all signs together."""
    alone: list[float] = []
    together: list[float] = []
    with torch.no_grad():
        for example in some:
            met = learner(store, example)
            for scores, into in ((met, alone), (example.others + learner.share.exp() * met, together)):
                best = grouped(scores, example).argsort(descending=True)
                into.append(1 / (1 + int((example.grades[best] > 0).nonzero()[0])))
    return float(np.mean(alone)), float(np.mean(together))


def main(
    beir: Annotated[list[Path], typer.Option(help="A BEIR folder with a split train; repeat for more.")],
    work: Annotated[Path, typer.Option(help="Where the indexes of BEIR folders are kept.")] = Path("var/benchmarks"),
    epochs: Annotated[int, typer.Option(help="How often every question is seen.")] = 5,
    *,
    write: Annotated[bool, typer.Option(help="Fit on all questions, and ship the result.")] = False,
) -> None:
    """Fit the projection, and say what it is worth on questions that it was not fitted on."""
    encoder = load_encoder()
    if not isinstance(encoder, SentenceTransformerEncoder):
        raise typer.BadParameter("the default model has no tokens")
    sets = {}
    for folder in beir:
        sets[folder.name] = (work / folder.name, read_beir(folder, "train"))
        with shown(f"Indexing {folder.name}") as report:
            indexed(*sets[folder.name], encoder, report)
    asked = {
        name: examples(Searcher(where, encoder), encoder, collection, name)
        for name, (where, collection) in sets.items()
    }
    held = {name: some[::HELD_OUT] for name, (some, _) in asked.items()}
    seen = [
        (store, [one for place, one in enumerate(some) if write or place % HELD_OUT]) for some, store in asked.values()
    ]
    start = principal([store for _, store in asked.values()])
    learner = Learner(start)
    _say("start", learner, asked, held)
    for number, loss in enumerate(fitted(learner, seen, epochs), start=1):
        _say(f"epoch {number}, loss {loss:.3f}", learner, asked, held)
    learner.drawn_back(start)
    _say("kept", learner, asked, held)
    if write:
        typer.echo(f"Wrote {learner.projection().write(encoder.weights)}")


def _say(
    what: str, learner: Learner, asked: dict[str, tuple[list[Example], Store]], held: dict[str, list[Example]]
) -> None:
    figures = []
    for name, some in held.items():
        alone, together = reciprocal_rank(learner, asked[name][1], some)
        figures.append(f"{name} {alone:.3f} {together:.3f}")
    typer.echo(f"{what}: reciprocal rank of tokens alone and together, " + "; ".join(figures))


if __name__ == "__main__":
    typer.run(main)

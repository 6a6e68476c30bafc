"""A second opinion on the first candidates: a local cross-encoder, which reads question and passage together.

Off unless a model is named. Nothing is fetched: a folder, or the name of a model that is on this machine already. It is
blended, not obeyed: half of the final score stays the fused one, because a cross-encoder that never read this subject
loses what the words and vectors knew. What it does not read counts as 0 with it, so that no passage below the first
`READ` can rise above one of them, and their order stays. Support and confidence are fitted on the ranking before it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core.errors import ModelError
from core.results import Reranking
from index.arrays import Scores
from index.catalogue import Catalogue
from index.encoder import FROM_THIS_MACHINE, first_line, library, weights_sha256
from index.ranking import Candidates, hits

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# Of the final score; a power of two, so that halving cannot round two fused scores into one.
SHARE = 0.5
# A model of MiniLM's size (6 layers, 384 dimensions) reads so many in 0.7 seconds on two cores.
READ = 30
BATCH = 16
# The key by which a configuration asks for code of the folder's own.
_OWN_CODE = "auto_map"
_OUT_OF_RANGE = 700.0


class Reranker(Protocol):
    """What search needs of a second opinion."""

    about: Reranking

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """Return how well each text answers the question, in 0..1, shape `(len(texts),)`."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """A model's folder, proved to hold weights that are data and nothing that runs."""

    name: str
    path: Path
    weights: str


def load_reranker(model: str) -> Reranker:
    """Load a cross-encoder from a folder, or by the name of one that is already on this machine.

    Raises ModelError when there is none, when its folder holds code or weights that are not safetensors, or when it
    gives anything but one score.
    """
    # Set before any import: the hub library reads it once. Nothing may be fetched at search time.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    folder = Path(model)
    if folder.is_dir():
        return _CrossEncoder(_proved(str(folder.resolve()), folder))
    return _CrossEncoder(_proved(model, _cached(model)))


def blended(fused: Scores, second: Scores) -> Scores:
    """Return final scores, shape `(n,)`; `second` is 0 for what was not read.

    BM25 alone, which has no upper bound, is first divided by the best there is.

    >>> blended(np.array([0.8, 0.6]), np.array([0.0, 1.0])).tolist()
    [0.4, 0.8]
    """
    return np.asarray((1 - SHARE) * (fused / max(1.0, float(fused.max(initial=0.0)))) + SHARE * second)


def reranked(catalogue: Catalogue, found: Candidates, question: str, reranker: Reranker) -> Candidates:
    """Return candidates with final scores: the first `READ` are read, the others stay below them in their order."""
    numbers = [number for number, _ in hits(catalogue, found, READ)]
    marks = ",".join("?" * len(numbers))
    rows = catalogue.connection.execute(
        f"SELECT rowid, title, section, quote FROM lexical WHERE rowid IN ({marks})",  # noqa: S608 - marks only
        numbers,
    )
    texts = {row[0]: "\n".join(part for part in row[1:] if part) for row in rows.fetchall()}
    second = np.zeros(len(found.ids))
    scores = reranker.scores(question, [texts.get(number, "") for number in numbers])
    order = np.argsort(found.ids)
    second[order[np.searchsorted(found.ids, np.array(numbers, np.int64), sorter=order)]] = scores
    return replace(found, scores=blended(found.scores, second))


class _CrossEncoder:
    """A sentence-transformers cross-encoder with one score, offline."""

    def __init__(self, folder: _Folder) -> None:
        self._model = _load(folder)
        self._lock = Lock()
        self.about = Reranking(folder.name, folder.weights, int(self._model.max_seq_length or 512), SHARE, READ)

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        if not texts:
            return np.empty(0, np.float64)
        from torch.nn import Identity

        # A fast tokenizer refuses to be borrowed twice at once. Identity: models differ in whether theirs is a sigmoid.
        with self._lock:
            raw = self._model.predict(
                [(question, text) for text in texts],
                batch_size=BATCH,
                show_progress_bar=False,
                activation_fn=Identity(),
            )
        bounded = np.clip(np.asarray(raw, np.float64).reshape(-1), -_OUT_OF_RANGE, _OUT_OF_RANGE)
        return np.asarray(1 / (1 + np.exp(-bounded)))


def _cached(name: str) -> Path:
    """Return the folder of a model that was downloaded to this machine earlier."""
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name if "/" in name else f"cross-encoder/{name}", local_files_only=True))
    except Exception as error:
        message = (
            f"The reranker {name} is not on this machine, and nothing is downloaded at run time; "
            "give the folder of a sentence-transformers cross-encoder with --reranker, or leave it out."
        )
        raise ModelError(message) from error


def _proved(name: str, path: Path) -> _Folder:
    code = next((file.name for file in sorted(path.rglob("*.py"))), None)
    if code is None and _asks_for_code(path):
        code = f"{_OWN_CODE} in config.json"
    if code is not None:
        message = (
            f"The reranker's folder {path} holds code ({code}), and code of a model is never run; "
            "give one made of safetensors and JSON."
        )
        raise ModelError(message)
    if not (path / "tokenizer.json").is_file():
        # Without it the library makes up an empty tokenizer, to which all texts are the same.
        message = f"The reranker's folder {path} holds no tokenizer.json; check the folder."
        raise ModelError(message)
    return _Folder(name, path, weights_sha256(path))


def _asks_for_code(path: Path) -> bool:
    try:
        return _OWN_CODE in json.loads((path / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"The reranker's folder {path} holds no config.json that can be read; check the folder."
        raise ModelError(message) from error


def _load(folder: _Folder) -> CrossEncoder:
    kind = library().CrossEncoder
    try:
        model: CrossEncoder = kind(str(folder.path), **FROM_THIS_MACHINE)
    except Exception as error:
        message = f"The reranker {folder.name} cannot be loaded ({first_line(error)}); check the folder."
        raise ModelError(message) from error
    if model.num_labels != 1:
        message = f"The model {folder.name} gives {model.num_labels} values a pair; a reranker gives one score."
        raise ModelError(message)
    return model

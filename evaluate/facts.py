"""What made a run, in words: one table for the report of a run, a comparison and the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.words import counted
from evaluate.manifest import Hashed, Manifest


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that made a run, in words; `sha256` is a hash over it, or empty."""

    name: str
    words: str
    sha256: str = ""


def facts(manifest: Manifest) -> tuple[Fact, ...]:
    """Return everything that made a run; when it was made is not among it, so that a repetition says the same."""
    return tuple(Fact(name, *words(manifest)) for name, words in _FACTS.items())


def beside(manifests: Sequence[Manifest]) -> tuple[tuple[Fact, ...], ...]:
    """Return the facts of several runs, a tuple of one fact of each run for every name."""
    return tuple(zip(*(facts(manifest) for manifest in manifests), strict=True))


def differing(manifests: Sequence[Manifest]) -> tuple[str, ...]:
    """Return the names of what is not the same in all runs."""
    return tuple(row[0].name for row in beside(manifests) if len(set(row)) > 1)


def _hashed(one: Hashed, what: str) -> tuple[str, str]:
    return counted(one.count, what), one.sha256


def _model(manifest: Manifest) -> tuple[str, str]:
    one = manifest.fingerprint
    if one is None:
        return "none", ""
    made = f"{one.model}, {one.dimension} components, reads {one.max_tokens} tokens"
    prompted = one.query_prompt or one.passage_prompt
    return f"{made}, prompts '{one.query_prompt}' and '{one.passage_prompt}'" if prompted else made, one.weights


def _tokens(manifest: Manifest) -> tuple[str, str]:
    return (manifest.fingerprint.tokens if manifest.fingerprint else "") or "none", ""


def _split(manifest: Manifest) -> tuple[str, str]:
    passages = counted(manifest.passages, "passage")
    return (f"{passages}, split by {manifest.fingerprint.chunker}" if manifest.fingerprint else passages), ""


def _reranker(manifest: Manifest) -> tuple[str, str]:
    one = manifest.reranker
    if one is None:
        return "none", ""
    return f"{one.model}, its share {one.share:g}, of the first {one.read}, reads {one.max_tokens} tokens", one.weights


def _spread(most: int) -> str:
    return f"at most {most} of a document among the first ten" if most else "as ranked"


def _intervals(manifest: Manifest) -> tuple[str, str]:
    made = manifest.bootstrap
    return f"{made.method} bootstrap over questions, {made.resamples:,} resamples, seed {made.seed}", ""


def _libraries(manifest: Manifest) -> tuple[str, str]:
    return ", ".join(f"{name} {number}" for name, number in manifest.libraries.items()), ""


_FACTS: dict[str, Callable[[Manifest], tuple[str, str]]] = {
    "Mode": lambda one: (one.mode, ""),
    "Rankings": lambda one: (f"{one.depth} places from {counted(one.candidates, 'passage')}", ""),
    "Per document": lambda one: (_spread(one.per_document), ""),
    "Near-duplicates": lambda one: ("folded" if one.folded else "as ranked", ""),
    "Reranker": _reranker,
    "Model": _model,
    "Tokens": _tokens,
    "Passages": _split,
    "Documents": lambda one: _hashed(one.corpus, "document"),
    "Questions": lambda one: _hashed(one.questions, "question"),
    "Judgements": lambda one: _hashed(one.judgements, "judgement"),
    "Intervals": _intervals,
    "Program": lambda one: (one.program, one.source_sha256),
    "Libraries": _libraries,
}
"""What is told of a run, in this order; new things that make a run are added here."""

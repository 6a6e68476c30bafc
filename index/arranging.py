"""From a ranking to what is shown of it: near-duplicates folded and documents spread (index/diversity.py says how)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.results import Hit
from index.catalogue import Catalogue
from index.diversity import LOOKED, Arrangement, Kept, folded, spread
from index.lexical import quotations

Ranked = tuple[int, Hit]
"""A hit with its passage's row id."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A hit in its place, with the hits that were folded into it, each with whether its words are the same."""

    number: int
    hit: Hit
    twins: tuple[tuple[Hit, bool], ...] = ()


def wanted(arrangement: Arrangement, k: int) -> int:
    """Return how many hits it takes to show `k`, however many of them are folded."""
    return k + LOOKED if arrangement.folded or arrangement.per_document else k


def arranged(catalogue: Catalogue, ranked: Sequence[Ranked], arrangement: Arrangement) -> tuple[Placed, ...]:
    """Lay out a ranking; ranks are those of the places, and scores stay what they were.

    Only the first `LOOKED` are looked at; the rest follows as it is.
    """
    looked, rest = ranked[:LOOKED], ranked[LOOKED:]
    if arrangement.folded:
        kept = folded(quotations(catalogue.connection, [number for number, _ in looked]))
    else:
        kept = tuple(Kept(row) for row in range(len(looked)))
    order = spread([looked[one.row][1].passage.document_id for one in kept], arrangement.per_document)
    placed = [
        Placed(*looked[one.row], tuple((looked[twin.row][1], twin.same) for twin in one.twins))
        for one in (kept[row] for row in order)
    ]
    placed.extend(Placed(*one) for one in rest)
    return tuple(replace(one, hit=replace(one.hit, rank=rank)) for rank, one in enumerate(placed, start=1))

"""Dense and lexical scores to one ranking: a convex sum in which words weigh as much as they can say.

Convex combination after Bruch, Gai and Ingber (2023), "An Analysis of Fusion Functions for Hybrid Retrieval". The
cosine is taken as it is; BM25 is divided by the most that this question could score at all. A question whose rare words
stand in no passage (lay wording, misspellings) therefore leaves the ranking to the meaning, and one that names a thing
exactly (a CAS number, an INCI name) lets the words decide, without a weight that has to be guessed from the question.
The figures behind `DENSE_SHARE` are in ARCHITECTURE.md ("Fusion").
"""

from __future__ import annotations

import numpy as np

from index.arrays import Scores

DENSE_SHARE = 0.75


def fused(dense: Scores, lexical: Scores, best_possible: float, share: float = DENSE_SHARE) -> Scores:
    """Return `share` of the cosines plus the rest of the scaled BM25 scores, shape `(n,)`.

    Row i of both belongs to the same candidate. `lexical` is 0 where no word matched; `best_possible` is the highest
    BM25 score any passage could reach for the question, 0 when the question has no words.
    """
    scaled = lexical / best_possible if best_possible > 0 else np.zeros_like(lexical)
    return np.asarray(share * dense + (1 - share) * scaled)

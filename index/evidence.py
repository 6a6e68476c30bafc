"""What speaks for an answer: gathered from the candidates of a question, weighed by `index/support.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.catalogue import Catalogue
from index.coverage import coverage
from index.lexical import Terms, quotations
from index.quantities import quantity
from index.ranking import Candidates, Question
from index.spelling import SHORTEST, is_english
from index.support import MARGIN, Evidence


def gathered(catalogue: Catalogue, found: Candidates, question: Question, best: Sequence[int]) -> Evidence:
    """Say what speaks for an answer; `best` are the ids of the best passages."""
    asked = question.terms
    cosine = float(found.dense.max()) if found.dense is not None and found.dense.size else None
    best_first = np.sort(found.scores)[::-1][:MARGIN]
    numbers = np.sort(np.array(best, np.int64))
    if found.signs is None:
        covered = coverage(catalogue.connection, asked, question.names, numbers)
    else:
        covered = found.signs.coverage[np.searchsorted(found.ids, numbers)]
    figure = quantity(question.text, question.names)
    return Evidence(
        cosine,
        float(covered.max(initial=0.0)),
        float(best_first[0] - best_first[-1]) if best_first.size else 0.0,
        asked.share(asked.unknown),
        unmentioned(question.text, asked),
        figure.called if figure else "",
        figure.lacking(quotations(catalogue.connection, best)) if figure else 0.0,
    )


def unmentioned(question: str, asked: Terms) -> tuple[str, ...]:
    """Return what a question names and no passage mentions, as it is written there.

    Of the words that no passage knows, those are names that are no English words, or have a capital in a question that
    is not written in capitals throughout.
    """
    capitals = sum(word[:1].isupper() for word in question.split()) * 2 > len(question.split())
    words = []
    for term in asked.rarity:
        match = re.search(rf"(?<!\w){re.escape(term)}", question, re.IGNORECASE) if term in asked.unknown else None
        if match and (
            (len(term) >= SHORTEST and term.isalpha() and not is_english(term))
            or (match.group()[0].isupper() and match.start() > 0 and not capitals)
        ):
            words.append(match.group())
    return tuple(words)

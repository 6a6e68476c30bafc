"""What speaks for an answer: gathered from the candidates of a question, weighed by `index/support.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.catalogue import Catalogue
from index.coverage import coverage
from index.lexical import Terms, frequency, quotations
from index.quantities import quantity
from index.ranking import Candidates, Question
from index.spelling import SHORTEST, is_common_english
from index.support import MARGIN, Evidence
from index.synonyms import Name

# In a question written like a title every word so long has a capital.
_TITLED = 4


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


def read_as(catalogue: Catalogue, names: Sequence[Name]) -> tuple[tuple[str, str], ...]:
    """Return the names of a question that no passage uses, each with that of its others which most passages use."""
    pairs = []
    for name in names:
        held = [(frequency(catalogue.connection, other), -place) for place, other in enumerate(name.all)]
        most, place = max(held, default=(0, 0))
        if name.slip or (most and not frequency(catalogue.connection, name.asked)):
            pairs.append((name.asked, name.all[0 if name.slip else -place]))
    return tuple(pairs)


def unmentioned(question: str, asked: Terms) -> tuple[str, ...]:
    """Return what a question names and no passage mentions, as it is written there.

    Of the words that no passage knows, those are names that are no common English, or have a capital in a question
    that has not one throughout. Names with capitals that stand side by side are one.
    """
    titled = not any(len(word) >= _TITLED and word.islower() for word in question.split())
    spans: list[tuple[int, int]] = []
    for term in asked.rarity:
        as_written = rf"(?<!\w){re.escape(term)}(?!\w)"
        match = re.search(as_written, question, re.IGNORECASE) if term in asked.unknown else None
        if match is None or not (_strange(term) or (match.group()[0].isupper() and match.start() > 0 and not titled)):
            continue
        together = spans and question[spans[-1][1] : match.start()] == " "
        if together and question[spans[-1][0]].isupper() and match.group()[0].isupper():
            spans[-1] = spans[-1][0], match.end()
        else:
            spans.append(match.span())
    return tuple(question[start:end] for start, end in spans)


def _strange(term: str) -> bool:
    return len(term) >= SHORTEST and term.isalpha() and not is_common_english(term)

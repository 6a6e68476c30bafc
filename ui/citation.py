"""One citation: what it comes from, the quotation, where it stands; on demand, its surroundings and the reasons."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.document import Document
from core.results import Citation, Span
from core.words import counted
from ui.blocks import head_above, row_start
from ui.layers import cited
from ui.quotation import marked, quotation
from ui.source import citation_text, origin, place, references_list, title_link
from ui.text import safe

AROUND = 1_200
"""How many characters before and after a passage are shown as its context."""

# Cosines of the shipped model: what a pair of texts with at least this one has in common.
_CLOSENESS = ((0.65, "very close"), (0.5, "close"), (0.35, "related"), (0.2, "loosely related"), (-1.0, "far"))

_ELSEWHERE = ((True, "The same words also stand in"), (False, "Nearly the same words stand in"))


def draw(citation: Citation, document: Document, *, answers: bool) -> DeltaGenerator:
    """Draw a citation of a document and return the place it stands in, for what belongs right below it.

    `answers` is False for a passage that is merely the nearest.
    """
    layers = marked([("best", citation.highlight), *(("match", match) for match in citation.matches)])
    if not answers:
        layers = tuple(layer for layer in layers if layer.name == "match")
    head = head_above(document.text, citation.start)
    text = quotation(citation.quote, layers, citation.references, citation.start, head)
    together = st.container(gap=None)
    together.html(
        f'<article class="citation{"" if answers else " dimmed"}">'
        f'<h3 class="title">{title_link(document, citation.start, citation.end)}</h3>'
        f'<p class="origin">{origin(document.metadata)}</p>'
        f'<div class="quotation">{text}</div>'
        f'<p class="place">{place(document, citation.start, citation.end)}</p>{elsewhere(citation)}</article>'
    )
    return together


def elsewhere(citation: Citation) -> str:
    """Return as HTML where else the words of a quotation stand; empty when nowhere."""
    lines = []
    for same, said in _ELSEWHERE:
        places = [" · ".join((other.title, *other.section)) for other in citation.also if other.same is same]
        lines += [f'<p class="place">{said} {safe("; ".join(places))}.</p>'] if places else []
    return "".join(lines)


def surroundings(citation: Citation, document: Document) -> None:
    """Draw the row that opens to the text around a citation, why it was found, and how to quote it."""
    with st.expander("In context"):
        st.html(
            f'<div class="context quotation">{in_context(document, citation.start, citation.end)}</div>'
            + _references(citation)
            + f'<h4>Why this passage</h4><p class="why">{safe(reasons(citation))} {_numbers(citation)}</p>'
            + "<h4>To quote it and find it again</h4>"
        )
        st.code(citation_text(document, citation.start, citation.end), language=None, wrap_lines=True)


def in_context(document: Document, start: int, end: int, before: int = AROUND) -> str:
    """Return a passage as HTML with the text before it, so many characters, and after it, cut between words."""
    first, last = _word_start(document.text, start - before, start), _word_end(document.text, end + AROUND, end)
    first = row_start(document.text, first)
    text = quotation(
        document.text[first:last],
        marked([("passage", Span(start, end))]),
        document.metadata.references,
        first,
        head_above(document.text, first),
    )
    cut = '<p class="cut" aria-hidden="true">…</p>'
    return f"{cut if first > 0 else ''}{text}{cut if last < len(document.text) else ''}"


def reasons(citation: Citation) -> str:
    """Say in words why a passage was found."""
    said = []
    if citation.dense is not None:
        closeness = next(words for least, words in _CLOSENESS if citation.dense >= least)
        said.append(f"In meaning it is {closeness} to the question.")
    if citation.lexical is not None:
        words = {
            citation.quote[match.start - citation.start : match.end - citation.start].lower()
            for match in citation.matches
        }
        if words:
            said.append(f"It holds {counted(len(words), 'word')} of the question: {', '.join(sorted(words))}.")
        elif citation.lexical > 0:
            said.append("Words of the question stand in its title or section heading.")
        else:
            said.append("No word of the question stands in it.")
    said += [f"It says “{found}” for “{asked}”." for asked, found in citation.called]
    return " ".join(said)


def _numbers(citation: Citation) -> str:
    numbers = [f"rank {citation.rank}", f"score {citation.score:.3f}"]
    if citation.dense is not None:
        numbers.append(f"cosine {citation.dense:.3f}")
    if citation.lexical is not None:
        numbers.append(f"BM25 {citation.lexical:.2f}")
    return f"<details><summary>In numbers</summary>{', '.join(numbers)}</details>"


def _references(citation: Citation) -> str:
    """Return the references that a citation names, as HTML, and behind them the document's others."""
    numbers = {citation.quote[one.start : one.end] for one in cited(citation.quote, citation.references)}
    named = tuple(one for one in citation.references if one.id in numbers)
    others = tuple(one for one in citation.references if one.id not in numbers)
    rest = f"{'the other ' if named else ''}{counted(len(others), 'reference')} of this document"
    first = f"<h4>What this passage refers to</h4>{references_list(named)}" if named else ""
    return first + (f"<details><summary>{rest}</summary>{references_list(others)}</details>" if others else "")


def _word_start(text: str, wanted: int, latest: int) -> int:
    """Return the first position from `wanted` on at which a word or line begins."""
    if wanted <= 0:
        return 0
    return next((at + 1 for at in range(wanted, latest) if text[at].isspace()), wanted)


def _word_end(text: str, wanted: int, earliest: int) -> int:
    if wanted >= len(text):
        return len(text)
    return next((at for at in range(wanted, earliest, -1) if text[at].isspace()), wanted)

"""Answers for the terminal and for programs; both show nothing but citations."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from core import codec
from core.document import PATH_SEPARATOR
from core.results import Answer, Citation, Elsewhere, PageRef
from core.words import counted

VERDICTS = {
    "supported": "The corpus has passages on this.",
    "weak": "The corpus may have passages on this: read them before you rely on them.",
    "none": "The corpus does not answer this. The nearest passages follow; they are not answers.",
}
EMPTY = "The corpus does not answer this, and nothing in it comes near. Ask in other words, or add documents."

# The public contract of `index search --json`: keys are added, never renamed or removed.
_ANSWER_KEYS = (
    "query", "mode", "support", "confidence", "unmentioned", "lacking", "read_as", "generation", "elapsed_ms",
    "reranker",
)  # fmt: skip
_HIT_KEYS = (
    "rank", "score", "dense", "lexical", "document_id", "title", "authors", "year", "doi", "url", "path", "pages",
    "start", "end", "quote", "highlight", "sha256",
)  # fmt: skip


def as_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as the public contract has it; `section` is the heading path joined by " > "."""
    whole = codec.as_dict(answer)
    hits = [
        {
            **{key: hit[key] for key in _HIT_KEYS},
            "section": PATH_SEPARATOR.join(hit["section"]),
            "also": [{**other, "section": PATH_SEPARATOR.join(other["section"])} for other in hit["also"]],
        }
        for hit in whole["citations"]
    ]
    return {**{key: whole[key] for key in _ANSWER_KEYS}, "hits": hits}


def print_answer(answer: Answer, console: Console) -> None:
    """Print an answer to be read: verdict, then each quotation between what it comes from and where it stands."""
    console.print(Text(answer.query, style="bold"))
    console.print(Text(VERDICTS[answer.support] if answer.citations else EMPTY, style="italic"))
    for line in remarks(answer):
        console.print(Text(line))
    for citation in answer.citations:
        console.print()
        console.print(Text.assemble((f"{citation.rank:>2}  ", "dim"), (source_line(citation), "bold")))
        console.print(Padding(_quotation(citation), (0, 4)))
        console.print(Text(f"    {place_line(citation)}", style="dim"))
        for line in also_lines(citation):
            console.print(Text(f"    {line}", style="dim"))
    console.print()
    console.print(
        Text(
            f"{counted(len(answer.citations), 'passage')} in {answer.elapsed_ms:.0f} ms. Not medical advice.",
            style="dim",
        )
    )


def source_line(citation: Citation) -> str:
    """Say what a quotation comes from: title, authors, year, and the evidence its document mostly rests on."""
    kinds = (f"rests mostly on: {value.replace('-', ' ')}" for key, value in citation.fields if key == "evidence")
    evidence = next(kinds, "")
    authors = f"{citation.authors[0]} et al." if len(citation.authors) > 1 else "".join(citation.authors)
    return " · ".join(part for part in (citation.title, authors, str(citation.year or ""), evidence) if part)


def remarks(answer: Answer) -> tuple[str, ...]:
    """Say how misspelt words were read, and what was not found: names that no document mentions, a kind of figure.

    >>> remarks(Answer("", "hybrid", "weak", 0.5, 1, 1.0, (), unmentioned=("Botox", "Xeomin"), lacking="price"))
    ('No document mentions Botox or Xeomin.', 'The best passages give no price.')
    """
    names = f"No document mentions {' or '.join(answer.unmentioned)}." if answer.unmentioned else ""
    figure = f"The best passages give no {answer.lacking}." if answer.lacking else ""
    read = ", ".join(f"“{asked}” as “{meant}”" for asked, meant in answer.read_as)
    return tuple(filter(None, (read and f"Read {read}.", names, figure)))


def also_lines(citation: Citation) -> tuple[str, ...]:
    """Say where else the words of a quotation stand: a line for equal words, and one for nearly the same."""
    said = (
        ("The same words also stand in", [_titled(other) for other in citation.also if other.same]),
        ("Nearly the same words stand in", [_titled(other) for other in citation.also if not other.same]),
    )
    return tuple(f"{what} {'; '.join(places)}" for what, places in said if places)


def _titled(other: Elsewhere) -> str:
    return " · ".join(part for part in (other.title, place_line(other)) if part)


def place_line(citation: Citation | Elsewhere) -> str:
    """Say where a quotation stands: section, pages as counted and as printed, file."""
    section = PATH_SEPARATOR.join(citation.section)
    return " · ".join(part for part in (section, page_words(citation.pages), citation.path) if part)


def page_words(pages: tuple[PageRef, ...]) -> str:
    """Name pages as counted from 1, with the printed label where it differs.

    >>> page_words((PageRef(4, "iii"), PageRef(5, "iv")))
    'pages 5-6 (printed iii-iv)'
    """
    if not pages:
        return ""
    first, last = pages[0], pages[-1]
    several = first.index != last.index
    counted = f"pages {first.index + 1}-{last.index + 1}" if several else f"page {first.index + 1}"
    if all(page.label in ("", str(page.index + 1)) for page in pages):
        return counted
    return f"{counted} (printed {f'{first.label}-{last.label}' if several else first.label})"


def _quotation(citation: Citation) -> Text:
    text = Text(citation.quote)
    text.stylize("bold", citation.highlight.start - citation.start, citation.highlight.end - citation.start)
    for match in citation.matches:
        text.stylize("underline", match.start - citation.start, match.end - citation.start)
    return text

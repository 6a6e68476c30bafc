"""Readers against generated files: nothing is lost, pages are right, headings nest, whatever was written."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.document import Document, Source, pages_of, section_of
from core.errors import UnreadableError
from ingest.readers import READERS, read

Check = Callable[[Document], None]
MakePdf = Callable[..., bytes]

# The fixtures used here are functions made once a session, so that sharing them between examples is safe.
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

LETTERS = "abcdefghijklmnopqrstuvwxyzéüñßÅ"
words = st.text(LETTERS, min_size=2, max_size=9)
sentences = st.lists(words, min_size=1, max_size=12).map(lambda found: " ".join(found).capitalize() + ".")
titles = st.lists(words, min_size=1, max_size=5).map(lambda found: " ".join(found).capitalize())
sections = st.lists(st.tuples(st.integers(1, 4), titles, st.lists(sentences, min_size=1, max_size=3)), max_size=6)


def _expected_paths(levels_and_titles: list[tuple[int, str]]) -> list[tuple[str, ...]]:
    """Return the heading paths by the plainest means: for each title, the last one of every level above it."""
    paths = []
    for position, (level, title) in enumerate(levels_and_titles):
        path, lowest = [title], level
        for above, name in reversed(levels_and_titles[:position]):
            if above < lowest:
                path, lowest = [name, *path], above
        paths.append(tuple(path))
    return paths


@quick
@given(
    pages=st.lists(st.lists(st.lists(words, min_size=1, max_size=8), max_size=8), min_size=1, max_size=6),
    data=st.data(),
)
def test_pdf_pages_tile_and_every_word_is_on_its_page(
    make_pdf: MakePdf, check_invariants: Check, pages: list[list[list[str]]], data: st.DataObject
) -> None:
    lines = [[" ".join(line) for line in page] for page in pages]
    first = data.draw(st.integers(0, len(pages) - 1))
    style, prefix = data.draw(st.sampled_from([("/D", None), ("/r", None), ("/A", "S"), (None, "cover"), (None, None)]))
    # Without a label for its first page a file has labels for some pages only; from page 1 on they start again.
    labels = [(first, len(pages) - 1, style, prefix)] if style or prefix else []
    raw = make_pdf(lines, labels=labels)
    if not any(lines):
        with pytest.raises(UnreadableError, match="has no text"):
            read(Source("a.pdf", "application/pdf", raw))
        return
    document = read(Source("a.pdf", "application/pdf", raw))
    check_invariants(document)
    assert len(document.pages) == len(pages)
    for page, written in zip(document.pages, pages, strict=True):
        assert document.text[page.start : page.end].split() == [word for line in written for word in line]
        assert page.label
    empty = [f"page {index + 1}" for index, page in enumerate(lines) if not page]
    assert [loss.where.split(" (")[0] for loss in document.losses] == empty


@quick
@given(before=st.integers(0, 4), after=st.integers(0, 4), phrase=st.lists(words, min_size=3, max_size=6))
def test_pdf_a_phrase_is_looked_up_on_the_page_it_was_written_on(
    make_pdf: MakePdf, before: int, after: int, phrase: list[str]
) -> None:
    marked = "Qq " + " ".join(phrase)
    pages = [["Other words here."]] * before + [["Above it.", marked, "below it."]] + [["Other words here."]] * after
    document = read(Source("a.pdf", "application/pdf", make_pdf(pages, labels=[(0, len(pages) - 1, "/r", None)])))
    start = document.text.index(marked)
    found = pages_of(document.pages, start, start + len(marked))
    assert [(page.index, page.label) for page in found] == [(before, ("i", "ii", "iii", "iv", "v")[before])]


@quick
@given(sections=sections, intro=sentences, crlf=st.booleans(), front=st.booleans())
def test_markdown_headings_nest_and_the_text_is_the_files(
    check_invariants: Check,
    sections: list[tuple[int, str, list[str]]],
    intro: str,
    crlf: bool,  # noqa: FBT001 - drawn by Hypothesis
    front: bool,  # noqa: FBT001
) -> None:
    body = intro + "\n\n"
    for number, (level, title, paragraphs) in enumerate(sections):
        body += f"{'#' * level} {title} {number}\n\n" + "\n\n".join(paragraphs) + "\n\n"
    raw = ("---\ntitle: Set\n---\n" if front else "") + body
    document = read(Source("a.md", "text/markdown", (raw.replace("\n", "\r\n") if crlf else raw).encode()))
    check_invariants(document)
    assert document.text == body
    named = [(level, f"{title} {number}") for number, (level, title, _) in enumerate(sections)]
    assert [heading.path for heading in document.headings] == _expected_paths(named)
    for heading in document.headings:
        assert section_of(document.headings, heading.title_end + 2) == heading.path


@quick
@given(sections=sections, intro=sentences)
def test_text_with_underlined_titles(
    check_invariants: Check, sections: list[tuple[int, str, list[str]]], intro: str
) -> None:
    named = [(1 if level % 2 else 2, f"{title} {number}") for number, (level, title, _) in enumerate(sections)]
    parts = [intro]
    for (level, title), (_, _, paragraphs) in zip(named, sections, strict=True):
        parts += [f"{title}\n{'===' if level == 1 else '---'}", *paragraphs]
    raw = "\n\n".join(parts)
    document = read(Source("a.txt", "text/plain", raw.encode()))
    check_invariants(document)
    assert document.text == raw
    if not any(level == 1 for level, _ in named):
        named = [(1, title) for _, title in named]
    assert [heading.path for heading in document.headings] == _expected_paths(named)


@quick
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_at_all_keeps_its_words(outcome_of: Callable[[Source], str], raw: str) -> None:
    visible = [char for char in raw if char.isprintable() and not char.isspace() and char != "\ufeff"]
    outcome = outcome_of(Source("a.txt", "text/plain", raw.encode()))
    assert Counter(visible) <= Counter(outcome)


items = st.one_of(
    st.tuples(st.sampled_from(["h2", "h3", "h4"]), titles),
    st.tuples(st.just("p"), sentences),
    st.tuples(st.just("li"), sentences),
    st.tuples(st.just("td"), titles),
)


@settings(quick, max_examples=20)  # trafilatura takes some 20 ms a page
@given(blocks=st.lists(items, min_size=1, max_size=12), marked=st.booleans())
def test_html_every_word_comes_back_or_is_on_the_ledger(
    check_invariants: Check,
    blocks: list[tuple[str, str]],
    marked: bool,  # noqa: FBT001
) -> None:
    wrap = {"li": "<ul><li>{}</li></ul>", "td": "<table><tr><td>{}</td><td>.</td></tr></table>"}
    body = "".join(wrap.get(tag, f"<{tag}>{{}}</{tag}>").format(html.escape(words)) for tag, words in blocks)
    menu = "<nav><a href='/'>Xmenux</a></nav>" if marked else ""
    page = f"<html><body>{menu}<main>{body}</main></body></html>"
    document = read(Source("a.html", "text/html", page.encode()))
    check_invariants(document)
    given_words = Counter(word for _, words in blocks for word in words.split())
    missing = given_words - Counter(document.text.split())
    if marked:
        assert "Xmenux" not in document.text
        assert not missing or any(loss.where == "outside the main content" for loss in document.losses)
    else:
        assert not missing
        named = [(int(tag[1]), " ".join(words.split())) for tag, words in blocks if tag.startswith("h")]
        assert [heading.path for heading in document.headings] == _expected_paths(named)


@quick
@given(
    raw=st.binary(max_size=300),
    media_type=st.sampled_from(sorted(READERS)),
    prefix=st.sampled_from([b"", b"%PDF-1.4\n", b"<p>", b"---\n", b"- "]),
)
def test_any_bytes_at_all_are_a_document_or_a_sentence(
    outcome_of: Callable[[Source], str], raw: bytes, media_type: str, prefix: bytes
) -> None:
    assert "broke the" not in outcome_of(Source("a", media_type, prefix + raw))

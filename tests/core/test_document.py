"""The nouns of reading: pages and sections are looked up from a span, and identity is content."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.document import (
    Document,
    Heading,
    Metadata,
    Page,
    Reference,
    Source,
    pages_of,
    readable_name,
    section_of,
)

PAGES = (Page(0, 10, 0, "i"), Page(10, 10, 1, "ii"), Page(10, 30, 2, "1"), Page(30, 40, 3, "2"))


@pytest.mark.parametrize(
    ("start", "end", "labels"),
    [
        (0, 10, "i"),
        (9, 10, "i"),
        (10, 11, "1"),
        (29, 30, "1"),
        (29, 31, "1 2"),
        (30, 40, "2"),
        (11, 40, "1 2"),
        (39, 40, "2"),
    ],
)
def test_a_span_lies_on_the_pages_it_touches_and_on_no_other(start: int, end: int, labels: str) -> None:
    assert " ".join(page.label for page in pages_of(PAGES, start, end)) == labels


def test_a_span_across_a_blank_page_names_the_pages_around_it_too() -> None:
    assert [page.index for page in pages_of(PAGES, 5, 15)] == [0, 1, 2]


def test_a_document_without_pages_has_no_page_to_name() -> None:
    assert pages_of((), 3, 9) == ()


@st.composite
def tiled(draw: st.DrawFn) -> tuple[tuple[Page, ...], int, int]:
    lengths = draw(st.lists(st.integers(0, 12), min_size=1, max_size=8).filter(any))
    cuts = [0]
    for length in lengths:
        cuts.append(cuts[-1] + length)
    pages = tuple(Page(start, end, index, str(index)) for index, (start, end) in enumerate(pairwise(cuts)))
    start = draw(st.integers(0, cuts[-1] - 1))
    return pages, start, draw(st.integers(start + 1, cuts[-1]))


@given(tiled())
def test_the_pages_of_a_span_are_those_that_share_a_character_with_it(case: tuple[tuple[Page, ...], int, int]) -> None:
    pages, start, end = case

    touched = pages_of(pages, start, end)

    with_text = [page for page in touched if page.start < page.end]
    assert with_text == [page for page in pages if max(page.start, start) < min(page.end, end)]
    assert touched[0].start <= start < touched[0].end
    assert touched[-1].start < end <= touched[-1].end


NESTED = (
    Heading(2, 5, 90, ("A",)),
    Heading(10, 14, 50, ("A", "B")),
    Heading(20, 24, 30, ("A", "B", "C")),
    Heading(50, 54, 90, ("A", "D")),
    Heading(90, 92, 99, ("E",)),
)


@pytest.mark.parametrize(
    ("position", "path"),
    [
        (0, ()),
        (2, ("A",)),
        (9, ("A",)),
        (10, ("A", "B")),
        (29, ("A", "B", "C")),
        (30, ("A", "B")),
        (49, ("A", "B")),
        (50, ("A", "D")),
        (90, ("E",)),
        (99, ()),
    ],
)
def test_a_position_belongs_to_the_innermost_section_that_holds_it(position: int, path: tuple[str, ...]) -> None:
    assert section_of(NESTED, position) == path


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("stem-cell_therapy-in-skincare.txt", "Stem cell therapy in skincare"),
        ("SPF.pdf", "SPF"),
        ("review.final.v2.pdf", "Review.final.v2"),
        ("README", "README"),
        (".hidden", ".hidden"),
        ("  two   spaces .md", "Two spaces"),
        ("écran-solaire.md", "Écran solaire"),
        ("", ""),
    ],
)
def test_a_file_name_becomes_a_title_a_person_would_write(name: str, title: str) -> None:
    assert readable_name(name) == title


def test_a_document_without_a_title_is_called_by_its_file() -> None:
    nameless = Document("1", "vitamin-c.md", "", "text/markdown", "markdown/1", "text")

    assert nameless.title == "Vitamin c"
    assert Document("1", "x.md", "", "", "", "text", Metadata(title="Vitamin C")).title == "Vitamin C"


def test_the_name_of_a_file_plays_no_part_in_its_identity() -> None:
    assert Source("a.md", "text/markdown", b"x").document_id == Source("b.md", "text/markdown", b"x").document_id


def test_the_media_type_and_the_content_make_the_identity() -> None:
    ids = {
        Source("a", media_type, data).document_id
        for media_type, data in [
            ("text/markdown", b"x"),
            ("text/plain", b"x"),
            ("text/plain", b"y"),
            ("text/plai", b"n\0x"),
            ("text/plain", b""),
        ]
    }

    assert len(ids) == 5
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in ids)


def test_a_source_is_known_by_the_published_sha256_of_its_bytes() -> None:
    assert Source("a", "text/plain", b"abc").sha256 == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


@pytest.mark.parametrize(
    ("reference", "link"),
    [
        (
            Reference("1", "t", doi="10.1000/x", pmid="7", pmcid="PMC7", url="https://x.test"),
            "https://doi.org/10.1000/x",
        ),
        (
            Reference("1", "t", pmid="7", pmcid="PMC7", url="https://x.test"),
            "https://pmc.ncbi.nlm.nih.gov/articles/PMC7",
        ),
        (Reference("1", "t", pmid="7", url="https://x.test"), "https://pubmed.ncbi.nlm.nih.gov/7"),
        (Reference("1", "t", url="https://x.test"), "https://x.test"),
        (Reference("1", "t"), ""),
    ],
)
def test_a_reference_leads_to_the_most_durable_address_it_gives(reference: Reference, link: str) -> None:
    assert reference.link == link


def test_a_field_is_read_by_its_first_value() -> None:
    said = Metadata(fields=(("evidence", "review"), ("group", "Harms"), ("evidence", "trial")))

    assert (said.first("evidence"), said.first("group"), said.first("scope")) == ("review", "Harms", "")

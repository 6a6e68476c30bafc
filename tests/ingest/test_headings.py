"""Sections from titles: nesting, early ends, overlaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.headings import TITLE_LEVEL, Mark, nest


def test_the_documents_title_lies_over_everything_and_names_nothing() -> None:
    title, section = nest([Mark(0, 5, TITLE_LEVEL, "Title"), Mark(10, 15, 1, "One")], 50)
    assert (title.path, title.end) == ((), 50)
    assert (section.path, section.end) == (("One",), 50)


def test_a_section_may_end_early_and_takes_those_inside_with_it() -> None:
    marks = [Mark(0, 2, 1, "A"), Mark(10, 12, 2, "B", end=30), Mark(15, 17, 3, "C"), Mark(40, 42, 3, "D")]
    assert [(each.path, each.end) for each in nest(marks, 60)] == [
        (("A",), 60),
        (("A", "B"), 30),
        (("A", "B", "C"), 30),
        (("A", "D"), 60),
    ]


def test_overlapping_titles_and_those_without_words_are_dropped() -> None:
    marks = [Mark(0, 10, 1, "A"), Mark(5, 12, 1, "B"), Mark(30, 31, 1, "")]
    assert [each.path for each in nest(marks, 60)] == [("A",)]


def test_a_title_may_stand_in_its_own_section() -> None:
    assert nest([Mark(0, 2, 1, "A"), Mark(5, 5, 7, "SVF", end=9)], 20)[1].path == ("A", "SVF")


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9), st.integers(0, 6), st.none() | st.integers(0, 250))))
def test_sections_are_always_nested_and_ordered(given_marks: list[tuple[int, int, int, int | None]]) -> None:
    marks = [Mark(start, start + size, level, f"t{start}", end) for start, size, level, end in given_marks]
    headings = nest(marks, 210)
    for position, heading in enumerate(headings):
        assert heading.start <= heading.title_end <= heading.end <= 210
        for later in headings[position + 1 :]:
            assert heading.title_end <= later.start
            assert later.start >= heading.end or later.end <= heading.end
            assert later.start >= heading.end or later.path[: len(heading.path)] == heading.path

"""What is written of the view after a commit is bounded, whatever was committed, and few small segments lie about."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Encoder, open_catalogue, open_writer, segments, verify
from index.dense import DenseView
from index.segments import MOST, Part, runs_to_write
from tests.index.builders import added, document, filled, gone, put, rows

COUNTS = st.integers(0, MOST)


@st.composite
def parts(draw: st.DrawFn) -> list[Part]:
    """Draw stretches of ids that follow one another, each of as many ids as living passages or more."""
    found, first = [], 1
    for passages in draw(st.lists(COUNTS, max_size=12)):
        last = first + passages + draw(st.integers(0, 50))
        found.append(Part(first, last, passages, draw(st.booleans())))
        first = last + 1
    return found


@given(before=parts())
def test_whatever_is_due_is_written_whole_parts_and_once(before: list[Part]) -> None:
    runs = runs_to_write(before)

    assert all(earlier[1] < later[0] for earlier, later in pairwise(runs))
    for part in before:
        covered = [run for run in runs if run[0] <= part.first and part.last <= run[1]]
        touched = [run for run in runs if run[0] <= part.last and part.first <= run[1]]
        assert covered == touched
        assert len(covered) == 1 or not part.due


@given(before=parts())
def test_no_more_is_written_than_twice_what_is_due_or_one_full_segment(before: list[Part]) -> None:
    for first, last in runs_to_write(before):
        within = [part for part in before if first <= part.first and part.last <= last]
        due = sum(part.passages for part in within if part.due)
        assert sum(part.passages for part in within) <= max(MOST, due)
        assert len(within) == 1 or sum(part.passages for part in within) <= MOST


def test_passages_that_come_one_by_one_are_rewritten_a_logarithm_of_times() -> None:
    held: list[int] = []
    written = 0
    for _ in range(1_000):
        tail, first = [], 1
        for passages in [*held, 1_000]:
            tail.append(Part(first, first + passages - 1, passages, due=False))
            first += passages
        tail[-1] = Part(tail[-1].first, tail[-1].last, 1_000, due=True)
        ((start, end),) = runs_to_write(tail)
        held = [part.passages for part in tail if part.last < start] + [end - start + 1]
        written += end - start + 1

    assert sum(held) == 1_000_000
    assert max(held) <= MOST
    assert written <= 1_000_000 * (log2(MOST / 1_000) + 2)
    assert len(held) <= 1_000_000 / (MOST / 2) + log2(MOST / 1_000) + 2


def test_a_large_commit_becomes_segments_of_bounded_size(
    data: Path, hashing: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "MOST", 8)
    filled(data, hashing, *(document(f"word{number}") for number in range(20)))

    with open_catalogue(data) as catalogue:
        listed = segments.listed(catalogue)
    assert [(one.first, one.last, one.passages) for one in listed] == [(1, 8, 8), (9, 16, 8), (17, 20, 4)]
    assert verify(data).problems == ()


def test_a_segment_all_of_whose_passages_are_gone_leaves_no_file(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, *(document(f"word{number}") for number in range(3)))
    put(data, hashing, gone("0.md", "1.md", "2.md"))

    assert list((data / "views").iterdir()) == []
    assert rows(data, "SELECT count(*) FROM segments") == [(0,)]
    assert rows(data, "SELECT count(*) FROM removals") == [(0,)]


def test_a_list_of_segments_that_was_altered_is_not_believed(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, *(document(f"word{number}") for number in range(5)))
    rows(data, "UPDATE segments SET first = 3, passages = 3")

    with open_catalogue(data) as catalogue:
        assert segments.listed(catalogue) == ()
        assert [block.ids.tolist() for block in DenseView.opened(catalogue, data).blocks] == [[1, 2, 3, 4, 5]]
    with open_writer(data):
        pass
    assert verify(data).problems == ()


def test_a_view_that_cannot_be_registered_leaves_the_index_as_it_was(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("one"))
    rows(data, "CREATE TRIGGER no BEFORE INSERT ON segments BEGIN SELECT raise(ABORT, 'no room'); END")

    with pytest.raises(sqlite3.IntegrityError, match="no room"):
        put(data, hashing, added({"late.md": document("two")}))

    rows(data, "DROP TRIGGER no")
    with open_catalogue(data) as catalogue:
        assert catalogue.counts() == (2, 2)
        assert DenseView.opened(catalogue, data).blocks[-1].ids.tolist() == [2]

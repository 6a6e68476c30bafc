"""A long document that is interrupted while it is embedded goes on where it stopped; what was begun leaves no trace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.document import Document
from core.results import MODES
from index import Searcher, open_catalogue, open_writer, verify
from index.arrays import Vectors
from index.begun import FILE
from index.preparing import PASSAGES_AT_ONCE
from tests.index.builders import Counting, added, document, paragraphs, put, rankings

QUESTIONS = ("word3x1 word3x2", "word99x1", "nothing of it")
LONG = document("\n\n".join(paragraphs(PASSAGES_AT_ONCE * 3)), title="A book")
OTHER = document("\n\n".join(reversed(paragraphs(PASSAGES_AT_ONCE * 2))), title="Another book")


class Interrupted(Counting):
    """An encoder during which Ctrl+C is pressed, once so many texts have been embedded."""

    def __init__(self, after: int, name: str = "hashing-256") -> None:
        super().__init__(name)
        self._after = after

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if len(self.embedded) >= self._after:
            raise KeyboardInterrupt
        return super().encode_passages(texts)


def interrupted(data: Path, read: Document, after: int = PASSAGES_AT_ONCE * 4, name: str = "hashing-256") -> list[str]:
    """Begin to add a long document, stop, and return what was embedded."""
    encoder = Interrupted(after, name)
    with pytest.raises(KeyboardInterrupt), open_writer(data) as writer:
        writer.commit(added({"book.md": read}), encoder)
    return encoder.embedded


def test_it_goes_on_where_it_stopped_and_ends_as_if_it_had_never_been_interrupted(data: Path, tmp_path: Path) -> None:
    before = interrupted(data, LONG)
    encoder, whole = Counting(), Counting()
    put(tmp_path / "fresh", whole, added({"book.md": LONG}))

    put(data, encoder, added({"book.md": LONG}))

    # A passage and its sentence are two texts; at most one batch of passages is embedded again.
    assert len(encoder.embedded) <= len(whole.embedded) - len(before) + 2 * PASSAGES_AT_ONCE
    assert len(encoder.embedded) < len(whole.embedded)
    fresh = rankings(Searcher(tmp_path / "fresh", Counting()), QUESTIONS, MODES)
    assert rankings(Searcher(data, Counting()), QUESTIONS, MODES) == fresh
    assert verify(data).problems == ()
    assert list(data.glob(f"{FILE}*")) == []


def test_nothing_of_it_can_be_found_until_it_is_whole(data: Path) -> None:
    put(data, Counting(), added({"a.md": document("Retinol stings.")}))

    interrupted(data, LONG)

    with open_catalogue(data) as catalogue:
        assert (catalogue.generation(), catalogue.counts()) == (1, (1, 1))
    assert verify(data).problems == ()


def test_progress_counts_what_was_there_as_done(data: Path) -> None:
    interrupted(data, LONG)
    told: list[tuple[int, int]] = []

    with open_writer(data) as writer:
        writer.commit(added({"book.md": LONG}), Counting(), lambda done, total: told.append((done, total)))

    total = PASSAGES_AT_ONCE * 3
    assert told[0][0] > PASSAGES_AT_ONCE
    assert told == sorted(told)
    assert told[-1] == (total, total)


def test_a_run_that_ends_well_leaves_nothing_that_was_begun(data: Path) -> None:
    interrupted(data, LONG)
    assert (data / FILE).exists()

    put(data, Counting(), added({"a.md": document("Retinol stings.")}))

    assert list(data.glob(f"{FILE}*")) == []


def test_what_is_committed_before_it_keeps_what_was_begun_of_it(data: Path) -> None:
    interrupted(data, LONG)
    encoder = Counting()

    put(data, Counting(), added({"a.md": document("Retinol stings.")}))
    interrupted(data, LONG)
    with open_writer(data) as writer:
        writer.commit(added({"b.md": document("Acid peels.")}), encoder)
        writer.commit(added({"c.md": OTHER}), encoder)
        count = len(encoder.embedded)
        writer.commit(added({"book.md": LONG}), encoder)

    assert len(encoder.embedded) - count < PASSAGES_AT_ONCE * 3


def test_what_another_model_began_is_not_taken(data: Path, tmp_path: Path) -> None:
    interrupted(data, LONG, name="hashing-other")
    whole, encoder = Counting(), Counting()
    put(tmp_path / "fresh", whole, added({"book.md": LONG}))

    put(data, encoder, added({"book.md": LONG}))

    assert sorted(encoder.embedded) == sorted(whole.embedded)


def test_a_damaged_file_of_what_was_begun_costs_only_its_vectors(data: Path) -> None:
    interrupted(data, LONG)
    (data / FILE).write_bytes(b"no database" * 500)
    for ending in ("-wal", "-shm"):
        (data / f"{FILE}{ending}").unlink(missing_ok=True)

    put(data, Counting(), added({"book.md": LONG}))

    assert verify(data).problems == ()
    assert list(data.glob(f"{FILE}*")) == []


def test_what_is_short_begins_no_file(data: Path) -> None:
    seen: list[bool] = []
    with open_writer(data) as writer:
        writer.commit(
            added({"a.md": document("\n\n".join(paragraphs(5)))}),
            Counting(),
            lambda _done, _total: seen.append((data / FILE).exists()),
        )

    assert seen
    assert not any(seen)

"""A rebuild works beside the index that answers, goes on where it was interrupted, and swaps at one instant."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from core.document import Document
from core.results import MODES
from index import Searcher, open_catalogue, open_writer, rebuilding, verify
from index.ahead import FILE
from index.arrays import Vectors
from tests.index.builders import Counting, added, document, gone, paragraphs, put, rankings, rows

QUESTIONS = ("word1x1 word2x2", "retinol", "something else")


class Other(Counting):
    """Another model, which may be pulled out after some texts."""

    def __init__(self, after: int | None = None, name: str = "hashing-other") -> None:
        super().__init__(name, 128)
        self._after = after

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if self._after is not None and len(self.embedded) + len(texts) > self._after:
            raise KeyboardInterrupt
        return super().encode_passages(texts)


def library(count: int = 12) -> dict[str, Document]:
    """Return documents of four passages each."""
    texts = paragraphs(4 * count)
    return {f"{n}.md": document("\n\n".join(texts[4 * n : 4 * n + 4]), title=f"Title {n}") for n in range(count)}


@pytest.fixture
def interrupted(data: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, int]:
    """Return an index whose rebuild with another model was interrupted half way, and how many texts were kept."""
    monkeypatch.setattr(rebuilding, "PASSAGES_AT_ONCE", 8)
    put(data, Counting(), added(library()))
    cut = Other(after=60)
    with open_writer(data) as writer, pytest.raises(KeyboardInterrupt):
        writer.rebuild(cut)
    with closing(sqlite3.connect(data / FILE)) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM embedded").fetchone()
    assert 0 < kept < 48
    return data, kept


def test_an_interrupted_rebuild_changes_nothing_that_can_be_seen(interrupted: tuple[Path, int], tmp_path: Path) -> None:
    data, _ = interrupted
    put(tmp_path / "fresh", Counting(), added(library()))

    assert rankings(Searcher(data, Counting()), QUESTIONS, MODES) == rankings(
        Searcher(tmp_path / "fresh", Counting()), QUESTIONS, MODES
    )
    assert verify(data).problems == ()


def test_it_goes_on_where_it_stopped_and_ends_as_a_fresh_build(interrupted: tuple[Path, int], tmp_path: Path) -> None:
    data, kept = interrupted
    whole, rest = Other(), Other()
    put(tmp_path / "fresh", whole, added(library()))

    with open_writer(data) as writer:
        writer.rebuild(rest)

    # A passage of one sentence is embedded twice: with its title, and its sentence alone.
    assert len(rest.embedded) == len(whole.embedded) - 2 * kept
    assert rankings(Searcher(data, Other()), QUESTIONS, MODES) == rankings(
        Searcher(tmp_path / "fresh", Other()), QUESTIONS, MODES
    )
    assert verify(data).problems == ()
    assert not list(data.glob("ahead*"))


def test_what_is_added_and_removed_in_between_is_in_the_end_as_it_should_be(
    interrupted: tuple[Path, int], tmp_path: Path
) -> None:
    data, _ = interrupted
    late = document("Something else that came late.")
    put(data, Counting(), added({"late.md": late}), gone("0.md", "11.md"))

    with open_writer(data) as writer:
        writer.rebuild(Other())

    left = {name: one for name, one in library().items() if name not in ("0.md", "11.md")} | {"late.md": late}
    put(tmp_path / "fresh", Other(), added(left))
    assert rankings(Searcher(data, Other()), QUESTIONS, MODES) == rankings(
        Searcher(tmp_path / "fresh", Other()), QUESTIONS, MODES
    )
    assert verify(data).problems == ()


def test_what_is_removed_in_between_is_removed_ahead_too(interrupted: tuple[Path, int]) -> None:
    data, _ = interrupted
    with closing(sqlite3.connect(data / FILE)) as connection:
        document_id, vector = connection.execute("SELECT document_id, vector FROM embedded").fetchone()
    (path,) = (path for path, read in library().items() if read.id == document_id)

    put(data, Counting(), gone(path))

    assert vector not in b"".join(file.read_bytes() for file in data.glob("ahead*"))


def test_another_model_begins_anew(interrupted: tuple[Path, int]) -> None:
    data, _ = interrupted
    third = Other(name="hashing-third")

    with open_writer(data) as writer:
        writer.rebuild(third)

    assert len(third.embedded) == 96
    assert verify(data).problems == ()


def test_what_a_program_without_tokens_left_is_no_hindrance(data: Path) -> None:
    put(data, Counting(), added(library()))
    with closing(sqlite3.connect(data / FILE)) as connection:
        connection.execute("CREATE TABLE ahead (document_id, key, vector, spans, sentences, digest)")
        connection.execute("INSERT INTO ahead VALUES ('a', 'b', x'00', x'00', x'00', 'c')")
        connection.commit()

    with open_writer(data) as writer:
        writer.rebuild(Other())

    assert verify(data).problems == ()


@pytest.mark.parametrize("damage", ["a row", "the file", "the schema"])
def test_damage_to_what_was_made_ahead_costs_time_and_nothing_else(
    interrupted: tuple[Path, int], tmp_path: Path, damage: str
) -> None:
    data, _ = interrupted
    if damage == "a row":
        with closing(sqlite3.connect(data / FILE)) as connection:
            connection.execute("UPDATE embedded SET vector = zeroblob(512) WHERE rowid = 1")
            connection.commit()
    elif damage == "the file":
        (data / FILE).write_bytes(b"no database" * 500)
    else:
        content = (data / FILE).read_bytes()
        assert b"CREATE TABLE" in content
        (data / FILE).write_bytes(content.replace(b"CREATE TABLE", b"CREATE T\xc5BLE"))
    put(tmp_path / "fresh", Other(), added(library()))

    with open_writer(data) as writer:
        writer.rebuild(Other())

    assert rankings(Searcher(data, Other()), QUESTIONS, MODES) == rankings(
        Searcher(tmp_path / "fresh", Other()), QUESTIONS, MODES
    )
    assert verify(data).problems == ()


def test_questions_are_answered_from_the_old_state_until_the_one_commit(data: Path) -> None:
    put(data, Counting(), added(library()))
    searcher = Searcher(data, Counting())
    before = rankings(searcher, QUESTIONS, MODES)
    seen = []

    def asking(done: int, of: int) -> None:
        seen.append((done, of))
        assert rankings(searcher, QUESTIONS, MODES) == before

    with open_writer(data) as writer:
        assert writer.rebuild(Other(), asking) == 2

    assert seen[-1] == (48, 48)
    with open_catalogue(data) as catalogue:
        fingerprint = catalogue.fingerprint()
    assert fingerprint is not None
    assert (fingerprint.model, fingerprint.dimension) == ("hashing-other", 128)


def test_words_that_were_damaged_are_made_again_by_a_rebuild(data: Path) -> None:
    put(data, Counting(), added(library()))
    wanted = rankings(Searcher(data, Counting()), QUESTIONS, MODES)
    rows(data, "UPDATE lexical_data SET block = zeroblob(length(block)) WHERE id > 10")
    assert verify(data).problems

    with open_writer(data) as writer:
        writer.rebuild(Counting())

    assert verify(data).problems == ()
    assert rankings(Searcher(data, Counting()), QUESTIONS, MODES) == wanted

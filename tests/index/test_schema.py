"""The catalogue's file: what a new one holds, and that no other file is taken for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import DamagedError, DataFolderError, NoIndexError
from index import Encoder, Searcher, open_catalogue, open_writer, verify
from index.schema import MIGRATIONS, SCHEMA, migrate, version
from tests.index.builders import document, filled, rows


def opened_for_reading(data: Path) -> None:
    with open_catalogue(data):
        pass


def opened_for_writing(data: Path) -> None:
    with open_writer(data):
        pass


OPENINGS: tuple[Callable[[Path], object], ...] = (opened_for_reading, opened_for_writing)


def sqlite_file(data: Path, *statements: str) -> Path:
    """Make an SQLite file in the catalogue's place and return its path."""
    data.mkdir(exist_ok=True)
    file = data / "catalogue.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return file


def tables(data: Path) -> set[object]:
    return {row[0] for row in rows(data, "SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_an_empty_file_is_brought_to_the_newest_schema() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        assert version(connection) == 0

        migrate(connection)

        assert version(connection) == SCHEMA == len(MIGRATIONS)
        assert connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone() == ("0",)


def test_migrating_twice_changes_nothing() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        connection.execute("UPDATE meta SET value = '7' WHERE key = 'generation'")

        migrate(connection)

        assert connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone() == ("7",)


def test_a_new_folder_holds_an_empty_index_of_generation_0(data: Path) -> None:
    opened_for_writing(data)

    with open_catalogue(data) as catalogue:
        assert (catalogue.generation(), catalogue.counts(), catalogue.fingerprint()) == (0, (0, 0), None)
    assert verify(data).problems == ()


def test_a_passage_cannot_be_stored_without_a_vector(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("text"))

    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        rows(data, "UPDATE passages SET vector = NULL")


def test_a_folder_without_a_catalogue_is_no_index(data: Path) -> None:
    with pytest.raises(NoIndexError, match="ingest sync"):
        opened_for_reading(data)
    with pytest.raises(NoIndexError, match="ingest sync"), open_writer(data, create=False):
        pass
    assert not data.exists()


@pytest.mark.parametrize("opening", OPENINGS)
def test_a_catalogue_of_a_later_program_is_refused_with_what_to_do(
    data: Path, hashing: Encoder, opening: Callable[[Path], object]
) -> None:
    filled(data, hashing, document("text"))
    rows(data, f"PRAGMA user_version = {SCHEMA + 1}")

    with pytest.raises(DataFolderError, match=f"schema {SCHEMA + 1}") as caught:
        opening(data)

    assert "update the program" in str(caught.value)
    assert "rebuild" not in str(caught.value)


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be read as one" * 40, b"SQLite format 3\0" + b"\xff" * 4_080]
)
def test_a_file_that_is_no_database_is_refused_as_damaged(
    data: Path, content: bytes, opening: Callable[[Path], object]
) -> None:
    data.mkdir()
    (data / "catalogue.sqlite").write_bytes(content)

    with pytest.raises(DamagedError, match=r"catalogue\.sqlite is damaged"):
        opening(data)

    assert (data / "catalogue.sqlite").read_bytes() == content


@pytest.mark.parametrize("opening", OPENINGS)
def test_a_schema_of_which_not_even_the_complaint_can_be_read_is_refused_as_damaged(
    data: Path, hashing: Encoder, opening: Callable[[Path], object]
) -> None:
    filled(data, hashing, document("text"))
    file = data / "catalogue.sqlite"
    content = file.read_bytes()
    # SQLite quotes the word in its complaint, and pysqlite cannot decode it.
    damaged = content.replace(b"CREATE TABLE removals", b"CREATE T\xc5BLE removals")
    assert damaged != content
    file.write_bytes(damaged)

    with pytest.raises(DamagedError, match=r"damaged \(malformed database schema\); restore a backup"):
        opening(data)

    assert file.read_bytes() == damaged


@pytest.mark.parametrize("opening", OPENINGS)
def test_a_database_of_another_program_is_refused_and_left_alone(data: Path, opening: Callable[[Path], object]) -> None:
    sqlite_file(data, "CREATE TABLE holidays (day TEXT)")

    with pytest.raises(DataFolderError):
        opening(data)

    assert tables(data) == {"holidays"}


def test_a_migration_that_fails_leaves_nothing_behind(data: Path) -> None:
    sqlite_file(data, "CREATE TABLE passages (day TEXT)")

    with pytest.raises(DataFolderError):
        opened_for_writing(data)

    assert tables(data) == {"passages"}


def test_a_truncated_catalogue_is_refused_and_never_an_answer(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, *(document(f"text number {number} of many", year=number) for number in range(60)))
    file = data / "catalogue.sqlite"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    with pytest.raises(DamagedError, match="damaged"):
        Searcher(data, hashing).ask("number 7", mode="lexical")


def test_a_reader_never_writes(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("text"))

    with open_catalogue(data) as catalogue, pytest.raises(sqlite3.OperationalError, match="readonly"):
        catalogue.connection.execute("DELETE FROM passages")

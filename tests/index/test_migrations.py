"""An index of every earlier schema is brought up to date without embedding anything, and answers as before.

`schemas/N.sqlite.gz` is a catalogue as the program of schema N left it: a folder of five files (two of the same
content, one that cannot be read) was synced with `hashing-256`, a sixth file was added and removed again.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from core.errors import DataFolderError
from core.results import MODES
from index import Change, Refusal, Searcher, open_catalogue, open_writer, verify
from index.schema import SCHEMA, version
from tests.index.builders import Counting, put, rankings, rows

SCHEMAS = Path(__file__).parent / "schemas"
QUESTIONS = ("does retinol sting", "glycolic acid", "oil barrier", "nothing of it")


@pytest.fixture(params=range(1, SCHEMA))
def old(request: pytest.FixtureRequest, data: Path) -> Path:
    """Return a data folder with a catalogue of an earlier schema."""
    data.mkdir()
    packed = (SCHEMAS / f"{request.param}.sqlite.gz").read_bytes()
    (data / "catalogue.sqlite").write_bytes(gzip.decompress(packed))
    return data


def version_of(data: Path) -> int:
    return int(str(rows(data, "PRAGMA user_version")[0][0]))


def test_there_is_a_catalogue_of_every_earlier_schema() -> None:
    assert sorted(file.name for file in SCHEMAS.iterdir()) == [f"{number}.sqlite.gz" for number in range(1, SCHEMA)]


def test_a_reader_refuses_it_with_the_command_that_mends_it(old: Path) -> None:
    with pytest.raises(DataFolderError, match="python -m index fold"):
        Searcher(old, Counting())


def test_it_is_migrated_by_the_next_writer_and_holds_every_invariant(old: Path) -> None:
    with open_writer(old) as writer:
        assert version(writer.catalogue.connection) == SCHEMA

    assert verify(old).problems == ()
    with open_catalogue(old) as catalogue:
        assert catalogue.counts() == (3, 4)
        assert [known.reason for known in catalogue.files().values() if known.reason] == [
            "empty.txt has no text: there is nothing in it to search."
        ]


def test_what_was_damaged_before_is_damaged_after(old: Path) -> None:
    rows(old, "UPDATE passages SET vector = (SELECT vector FROM passages WHERE id = 1) WHERE id = 2")
    damaged = version_of(old) > 1  # the first schema knew no digests

    with open_writer(old):
        pass

    assert any("What is stored of passage 2" in problem for problem in verify(old).problems) == damaged


def test_it_ranks_as_the_same_documents_indexed_today_and_embeds_nothing(old: Path, tmp_path: Path) -> None:
    encoder = Counting()
    with open_writer(old) as writer:
        writer.rebuild(encoder)
        documents = [writer.catalogue.document(one) for one in writer.catalogue.document_ids()]
        files = writer.catalogue.files().values()
    read = tuple((known.file, one) for one in documents for known in files if known.document_id == one.id)
    refused = tuple(Refusal(known.file, known.reason) for known in files if known.reason)
    put(tmp_path / "today", Counting(), Change(read=read, refused=refused))

    assert encoder.embedded == []
    assert rankings(Searcher(old, Counting()), QUESTIONS, MODES) == rankings(
        Searcher(tmp_path / "today", Counting()), QUESTIONS, MODES
    )

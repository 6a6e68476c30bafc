"""One file holds everything; a backup is whole or refused, and a restore changes everything at once or nothing."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

import pytest

from core.errors import BusyError, DamagedError, InputError, NoIndexError
from core.ledger import SourceFile
from core.results import MODES
from index import Change, Encoder, Searcher, document_state, open_catalogue, open_writer, verify
from index.backup import MANIFEST, Manifest, backup, restore
from tests.index.builders import added, document, filled, gone, put, rankings, rows

QUESTIONS = ("retinol", "acid oil", "nothing")
KEPT = b"Zinc soothes the skin.\n"


def with_an_upload(data: Path, encoder: Encoder) -> None:
    """Fill an index with two documents, one of which was uploaded into the data folder."""
    filled(data, encoder, document("Retinol stings."))
    upload = document("Zinc soothes the skin.\n")
    (data / "uploads").mkdir()
    file = (data / "uploads" / "feed.txt").resolve()
    file.write_bytes(KEPT)
    source = SourceFile(str(file), "zinc.txt", sha256(KEPT).hexdigest(), str(file))
    put(data, encoder, Change(read=((source, upload),)))


def test_a_restored_folder_is_what_it_was_uploads_included(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    with_an_upload(data, hashing)
    before = rankings(Searcher(data, hashing), QUESTIONS, ("dense", "lexical"))

    made = backup(data, tmp_path / "backup.zip")
    elsewhere = tmp_path / "elsewhere" / "var"
    restored = restore(tmp_path / "backup.zip", elsewhere)

    assert (made.generation, made.documents, made.passages) == (2, 2, 2)
    assert restored == made
    after = rankings(Searcher(elsewhere, hashing), QUESTIONS, ("dense", "lexical"))
    assert [hit[:4] for hit in _hits(after)] == [hit[:4] for hit in _hits(before)]
    assert (elsewhere / "uploads" / "feed.txt").read_bytes() == KEPT
    with open_catalogue(elsewhere) as catalogue:
        paths = [path for path in catalogue.files() if "uploads" in path]
        assert paths == [str(elsewhere.resolve() / "uploads" / "feed.txt")]
        assert document_state(catalogue, document("Zinc soothes the skin.\n").id) == "found"
    assert verify(elsewhere).problems == ()


def _hits(answers: list[object]) -> list[tuple[object, ...]]:
    return [hit for answer in answers if isinstance(answer, tuple) for hit in answer[4]]


def test_judgements_are_backed_up_too(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol stings."))
    (data / "judgements.jsonl").write_text('{"grade": 1}\n')

    backup(data, tmp_path / "backup.zip")
    restore(tmp_path / "backup.zip", tmp_path / "elsewhere")

    assert (tmp_path / "elsewhere" / "judgements.jsonl").read_text() == '{"grade": 1}\n'


def test_an_index_that_is_there_is_replaced_only_when_told_to(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol stings."))
    backup(data, tmp_path / "backup.zip")
    put(data, hashing, added({"late.md": document("Acid peels.")}))
    searcher = Searcher(data, hashing)

    with pytest.raises(InputError, match="--replace"):
        restore(tmp_path / "backup.zip", data)
    assert len(searcher.ask("acid retinol").citations) == 2
    restore(tmp_path / "backup.zip", data, replace=True)

    assert [hit.quote for hit in searcher.ask("acid retinol").citations] == ["Retinol stings."]
    assert verify(data).problems == ()


def test_a_searcher_that_followed_another_history_to_the_same_generation_notices(
    data: Path, tmp_path: Path, hashing: Encoder
) -> None:
    filled(data, hashing, document("Retinol stings."))
    backup(data, tmp_path / "backup.zip")
    put(data, hashing, added({"late.md": document("Acid peels.")}))
    searcher = Searcher(data, hashing)
    assert len(searcher.ask("acid zinc", mode="dense").citations) == 2

    restore(tmp_path / "backup.zip", data, replace=True)
    put(data, hashing, added({"other.md": document("Zinc soothes.")}))

    answer = searcher.ask("acid zinc", mode="dense")
    assert answer.generation == 2
    assert {hit.quote for hit in answer.citations} == {"Retinol stings.", "Zinc soothes."}


def test_what_was_removed_since_comes_back_and_what_came_since_is_gone(
    data: Path, tmp_path: Path, hashing: Encoder
) -> None:
    filled(data, hashing, document("Retinol stings."), document("Acid peels."))
    wanted = rankings(Searcher(data, hashing), QUESTIONS, MODES)
    backup(data, tmp_path / "backup.zip")
    put(data, hashing, gone("0.md", "1.md"), added({"late.md": document("Zinc soothes.")}))

    restore(tmp_path / "backup.zip", data, replace=True)

    assert rankings(Searcher(data, hashing), QUESTIONS, MODES) == wanted
    assert not any(b"Zinc" in file.read_bytes() for file in data.rglob("*") if file.is_file())
    assert list(data.glob("*.damaged-*")) == []


def test_a_backup_is_made_while_others_write(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    filled(data, hashing, *(document(f"word{number}") for number in range(30)))
    done = Event()
    backups: list[Manifest] = []

    def repeatedly() -> None:
        while not done.is_set():
            backups.append(backup(data, tmp_path / f"{len(backups)}.zip"))

    thread = Thread(target=repeatedly)
    thread.start()
    try:
        with open_writer(data) as writer:
            for number in range(40):
                writer.commit(added({f"late{number}.md": document(f"late{number}")}), hashing)
    finally:
        done.set()
        thread.join()

    assert len({made.generation for made in backups}) > 1
    for number, made in enumerate(backups):
        place = tmp_path / f"restored{number}"
        restore(tmp_path / f"{number}.zip", place)
        with open_catalogue(place) as catalogue:
            assert (catalogue.generation(), catalogue.counts()[0]) == (made.generation, 29 + made.generation)
        assert verify(place).problems == ()


def test_a_catalogue_that_is_damaged_is_set_aside_and_the_backup_takes_its_place(
    data: Path, tmp_path: Path, hashing: Encoder
) -> None:
    filled(data, hashing, document("Retinol stings."))
    backup(data, tmp_path / "backup.zip")
    (data / "catalogue.sqlite").write_bytes(b"no database" * 500)

    restore(tmp_path / "backup.zip", data, replace=True)

    assert len(Searcher(data, hashing).ask("retinol").citations) == 1
    assert verify(data).problems == ()
    assert (data / "catalogue.sqlite.damaged-1").read_bytes() == b"no database" * 500


def test_a_catalogue_that_opens_but_is_damaged_is_set_aside_too(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    filled(data, hashing, *(document(f"text number {number} of many", year=number) for number in range(60)))
    backup(data, tmp_path / "backup.zip")
    content = bytearray((data / "catalogue.sqlite").read_bytes())
    content[8 * 4096 : 12 * 4096] = bytes(4 * 4096)
    (data / "catalogue.sqlite").write_bytes(content)

    restore(tmp_path / "backup.zip", data, replace=True)

    assert (data / "catalogue.sqlite.damaged-1").read_bytes() == content
    assert verify(data).problems == ()


def test_a_damaged_catalogue_is_not_backed_up_over_a_sound_backup(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    filled(data, hashing, *(document(f"text number {number} of many", year=number) for number in range(60)))
    backup(data, tmp_path / "backup.zip")
    sound = (tmp_path / "backup.zip").read_bytes()
    content = bytearray((data / "catalogue.sqlite").read_bytes())
    content[8 * 4096 : 12 * 4096] = bytes(4 * 4096)
    (data / "catalogue.sqlite").write_bytes(content)

    with pytest.raises(DamagedError, match="damaged"):
        backup(data, tmp_path / "backup.zip")

    assert (tmp_path / "backup.zip").read_bytes() == sound
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".tmp"] == []


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_damaged_backup_is_refused_and_changes_nothing(
    data: Path, tmp_path: Path, hashing: Encoder, place: float
) -> None:
    with_an_upload(data, hashing)
    backup(data, tmp_path / "backup.zip")
    content = bytearray((tmp_path / "backup.zip").read_bytes())
    content[int(len(content) * place)] ^= 1
    (tmp_path / "backup.zip").write_bytes(content)

    with pytest.raises((DamagedError, InputError), match=r"[Nn]othing was changed"):
        restore(tmp_path / "backup.zip", tmp_path / "elsewhere")

    assert not (tmp_path / "elsewhere" / "catalogue.sqlite").exists()


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "uploads/../../evil.txt", "views/evil", "writer.lock"])
def test_a_backup_that_reaches_beyond_the_uploads_is_refused(
    data: Path, tmp_path: Path, hashing: Encoder, name: str
) -> None:
    filled(data, hashing, document("Retinol stings."))
    backup(data, tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        manifest = json.loads(archive.read(MANIFEST))
        catalogue = archive.read("catalogue.sqlite")
    manifest["members"][name] = sha256(b"evil").hexdigest()
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("catalogue.sqlite", catalogue)
        archive.writestr(name, b"evil")
        archive.writestr(MANIFEST, json.dumps(manifest))

    with pytest.raises(DamagedError, match="Nothing was changed"):
        restore(tmp_path / "evil.zip", tmp_path / "deep" / "elsewhere")

    assert not list(tmp_path.rglob("evil.txt"))


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no archive")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("holiday.txt", "photos")

    for file in ("text.zip", "other.zip", "absent.zip"):
        with pytest.raises(InputError, match=file):
            restore(tmp_path / file, tmp_path / "var")


def test_a_backup_needs_an_index_and_a_place_outside_it(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    with pytest.raises(NoIndexError):
        backup(data, tmp_path / "backup.zip")
    filled(data, hashing, document("Retinol stings."))

    with pytest.raises(InputError, match="lost with it"):
        backup(data, data / "backup.zip")
    with pytest.raises(InputError, match=r"no folder.* for the backup"):
        backup(data, tmp_path / "no folder" / "backup.zip")


def test_nothing_is_restored_while_another_writes(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol stings."))
    backup(data, tmp_path / "backup.zip")

    with open_writer(data), pytest.raises(BusyError):
        restore(tmp_path / "backup.zip", data, replace=True)


def test_a_backup_of_an_earlier_schema_is_brought_up_to_date(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    packed = Path(__file__).parent / "schemas" / "1.sqlite.gz"
    filled(data, hashing, document("Retinol stings."))
    backup(data, tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        manifest = json.loads(archive.read(MANIFEST))
    old = gzip.decompress(packed.read_bytes())
    manifest |= {"schema": 1, "members": {"catalogue.sqlite": sha256(old).hexdigest()}}
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("catalogue.sqlite", old)
        archive.writestr(MANIFEST, json.dumps(manifest))

    restore(tmp_path / "old.zip", tmp_path / "restored")

    assert verify(tmp_path / "restored").problems == ()
    with closing(sqlite3.connect(tmp_path / "restored" / "catalogue.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] > 1
    assert rows(tmp_path / "restored", "SELECT count(*) FROM documents") == [(3,)]

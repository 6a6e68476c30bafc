"""Looking after the store from the command line: folding, backing up, restoring, rebuilding."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import index.__main__
from index import rebuilding
from index.hashing import HashingEncoder
from tests.cli.conftest import Command, write

PROJECT = Path(__file__).resolve().parents[2]


def require_refusal(status: int, sentence: str, *words: str) -> None:
    assert status == 2
    assert all(word in sentence for word in words), sentence


def test_folding_writes_a_missing_view_again(synced: Command, here: Path) -> None:
    (view,) = (here / "var" / "views").iterdir()
    view.write_bytes(view.read_bytes()[:-1] + b"!")
    assert synced("index", "verify").status == 1

    done = synced("index", "fold", "--json")

    assert (done.status, done.objects) == (
        0,
        [{"views": 1, "passages": 3, "damaged": 1, "outdated": 0, "added": 0, "written": 1}],
    )
    assert synced("index", "verify").status == 0


def test_folding_says_what_it_did(synced: Command, docs: Path, here: Path) -> None:
    assert synced("index", "fold").out == "Nothing had to be written. 1 view holds 3 passages and is sound.\n"

    (view,) = (here / "var" / "views").iterdir()
    view.unlink()
    assert synced("index", "fold").out == (
        "Wrote 1 view (1 was damaged or missing). 1 view holds 3 passages and is sound.\n"
    )

    write(docs, **{f"{number:02}": f"Text {number}." for number in range(30)})
    assert synced("ingest", "sync", "docs").status == 0
    write(docs, late="Zinc soothes.")
    assert synced("ingest", "sync", "docs").status == 0
    assert synced("index", "fold").out == (
        "Wrote 1 view (1 passage was in none yet). 2 views hold 34 passages and are sound.\n"
    )


def test_folding_says_that_it_brought_an_earlier_schema_up_to_date(stratum: Command, here: Path) -> None:
    (here / "var").mkdir()
    packed = PROJECT / "tests" / "index" / "schemas" / "1.sqlite.gz"
    (here / "var" / "catalogue.sqlite").write_bytes(gzip.decompress(packed.read_bytes()))

    first, again = stratum("index", "fold"), stratum("index", "fold")

    assert first.out.startswith("Brought the index from schema 1 to 3; nothing was embedded again.\nWrote 1 view (")
    assert again.out.startswith("Nothing had to be written.")


def test_folding_that_cannot_write_says_so(synced: Command, here: Path) -> None:
    (view,) = (here / "var" / "views").iterdir()
    view.unlink()
    view.parent.rmdir()
    view.parent.write_text("a file in its place")

    done = synced("index", "fold")

    require_refusal(done.status, done.sentence, "views", "cannot be written", "permissions")
    assert synced("index", "search", "oil").status == 0


@pytest.mark.parametrize("command", ["fold", "status"])
def test_a_catalogue_with_damaged_pages_is_named_with_the_way_back(
    synced: Command, docs: Path, here: Path, command: str
) -> None:
    write(docs, **{f"{number:02}": f"Text {number} of many." for number in range(60)})
    assert synced("ingest", "sync", "docs").status == 0
    content = bytearray((here / "var" / "catalogue.sqlite").read_bytes())
    content[8 * 4096 : 12 * 4096] = bytes(4 * 4096)
    (here / "var" / "catalogue.sqlite").write_bytes(content)

    done = synced("index", command)

    assert done.out == ""
    require_refusal(done.status, done.sentence, "catalogue.sqlite is damaged", "index restore FILE --replace")
    assert "***" not in done.sentence
    assert done.sentence.count("restore a backup") == 1
    assert (here / "var" / "catalogue.sqlite").read_bytes() == content


def test_a_backup_is_restored_into_another_folder_and_answers_there(synced: Command, docs: Path, here: Path) -> None:
    made = synced("index", "backup", "backup.zip")
    restored = synced("index", "restore", "backup.zip", "--data", "other")

    assert (made.status, restored.status) == (0, 0)
    assert made.out.startswith("3 documents, 3 passages of generation 1 and 0 kept files (uploads, judgements) are in ")
    assert f"`python -m ingest sync {docs} --data other`" in restored.out
    wanted, found = (
        synced("index", "search", "glycolic", "--json", "--data", one).objects[0] for one in ("var", "other")
    )
    assert found["hits"] == wanted["hits"]
    assert synced("index", "verify", "--data", "other").status == 0
    assert {file.name for file in here.iterdir()} == {"docs", "var", "other", "backup.zip"}


def test_only_folders_that_are_there_are_named_to_catch_up_with(synced: Command, docs: Path, here: Path) -> None:
    (here / "apart.md").write_text("# Apart\n\nZinc calms the skin.\n")
    synced("ingest", "add", "apart.md")
    (docs / "oil.md").unlink()
    both = synced("index", "verify")
    docs.rename(here / "elsewhere")
    gone = synced("index", "verify")

    assert f"Run `python -m ingest sync {docs}` and `python -m ingest add PATH` for what lies elsewhere" in both.out
    assert "Run `python -m ingest add PATH` for what lies elsewhere to bring" in gone.out
    assert (both.status, gone.status) == (1, 1)


def test_a_damaged_catalogue_is_set_aside_by_a_restore_and_it_is_said_where(synced: Command, here: Path) -> None:
    synced("index", "backup", "backup.zip")
    (here / "var" / "catalogue.sqlite").write_bytes(b"no database" * 500)
    told = synced("index", "verify", "--data", "var")
    require_refusal(told.status, told.sentence, "`python -m index restore FILE --replace --data var`")

    done = synced("index", "restore", "backup.zip", "--replace")

    assert "set aside as var/catalogue.sqlite.damaged-1" in done.out
    assert synced("index", "verify").status == 0


def test_an_altered_text_is_mended_as_the_sentence_says(synced: Command, docs: Path, here: Path) -> None:
    with closing(sqlite3.connect(here / "var" / "catalogue.sqlite")) as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'Glycolic', 'Malicious')")
        connection.commit()
    told = synced("index", "search", "glycolic")
    (name,) = re.findall(r"run `python -m ingest remove (\w+)` and add its file again", told.sentence)

    assert synced("ingest", "remove", name).status == 0
    assert synced("ingest", "add", str(docs / "peel.md")).status == 0

    assert synced("index", "verify").status == 0


def test_a_backup_says_as_json_what_it_holds(synced: Command) -> None:
    (made,) = synced("index", "backup", "backup.zip", "--json").objects
    (restored,) = synced("index", "restore", "backup.zip", "--data", "other", "--json").objects

    assert made == restored
    assert (made["documents"], made["passages"], made["generation"]) == (3, 3, 1)
    assert set(made["members"]) == {"catalogue.sqlite"}


def test_a_restore_over_an_index_is_refused_unless_told_to(synced: Command, docs: Path) -> None:
    synced("index", "backup", "backup.zip")
    (docs / "peel.md").unlink()
    synced("ingest", "sync", "docs")

    refused = synced("index", "restore", "backup.zip")
    require_refusal(refused.status, refused.sentence, "holds an index", "--replace")
    assert synced("index", "restore", "backup.zip", "--replace").status == 0

    assert json.loads(synced("index", "status", "--json").out)["documents"] == 3


def test_a_backup_without_an_index_and_a_restore_of_no_backup_are_refused(stratum: Command, here: Path) -> None:
    done = stratum("index", "backup", "backup.zip")
    require_refusal(done.status, done.sentence, "no index")
    (here / "text.zip").write_text("no archive")

    done = stratum("index", "restore", "text.zip")
    require_refusal(done.status, done.sentence, "text.zip", "index backup")
    assert "Errno" not in done.sentence
    done = stratum("index", "restore", "nowhere.zip")
    require_refusal(done.status, done.sentence, "There is no backup nowhere.zip; check the path.")


def test_a_backup_in_a_place_that_cannot_be_written_is_refused_in_one_sentence(synced: Command, here: Path) -> None:
    for place, said in (
        ("nowhere/backup.zip", "There is no folder nowhere for the backup; make it first, or give another place."),
        ("docs", "docs is a folder; give the name of the file to write, such as docs/stratum-backup.zip."),
    ):
        done = synced("index", "backup", place)
        require_refusal(done.status, done.sentence, said)
    done = synced("index", "restore", "docs", "--data", "other")
    require_refusal(done.status, done.sentence, "docs is a folder", "index backup")
    assert {file.name for file in here.iterdir()} == {"docs", "var"}


def test_a_rebuild_that_is_interrupted_says_so_and_goes_on(
    synced: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "PASSAGES_AT_ONCE", 1)
    calls = []

    class Interrupted(HashingEncoder):
        def encode_passages(self, texts: list[str]):  # type: ignore[no-untyped-def,override]  # noqa: ANN202
            calls.append(texts)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return super().encode_passages(texts)

    monkeypatch.setattr(index.__main__, "load_encoder", lambda _name: Interrupted("other", 64))
    stopped = synced("index", "rebuild", "--model", "other")
    require_refusal(stopped.status, stopped.err, "Stopped", "the same command goes on")
    assert (here / "var" / "ahead.sqlite").exists()

    done = synced("index", "rebuild", "--model", "other")

    assert done.status == 0
    assert "Going on with a rebuild" in done.err
    assert done.out == "Rebuilt 3 passages of 3 documents with other.\n"
    assert not (here / "var" / "ahead.sqlite").exists()


def interrupted(here: Path, where: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m index` in a process of its own in which Ctrl+C is pressed at the first call of `where`."""
    module, _, name = where.rpartition(".")
    code = (
        f"import os, signal\nfrom {module.rpartition('.')[0] or module} import {module.rpartition('.')[2]} as place\n"
        f"real = place.{name}\n"
        f"def pressed(*given, **named):\n    place.{name} = real\n    os.kill(os.getpid(), signal.SIGINT)\n"
        f"place.{name} = pressed\n"
        "from core.command import run\nimport index.__main__\nrun(index.__main__.app, 'index')"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=here,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.processes
@pytest.mark.parametrize("where", ["index.ahead.discard", "index.segments.fold"])
def test_a_rebuild_that_is_interrupted_after_its_commit_says_that_it_is_done(
    synced: Command, here: Path, where: str
) -> None:
    done = interrupted(here, where, "rebuild")

    assert (done.returncode, done.stdout) == (0, "Rebuilt 3 passages of 3 documents with hashing-256.\n")
    assert "Stopped" not in done.stderr
    assert "Traceback" not in done.stderr
    assert synced("index", "status", "--json").objects[0]["generation"] == 2
    assert not (here / "var" / "ahead.sqlite").exists()
    assert synced("index", "fold").status == 0
    assert synced("index", "verify").status == 0


@pytest.mark.processes
def test_control_c_in_a_shell_ends_a_rebuild_in_one_sentence(synced: Command, here: Path) -> None:
    done = interrupted(here, "index.rebuilding.embed", "rebuild")

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("index: Stopped;")
    assert "Traceback" not in done.stderr
    assert synced("index", "verify").status == 0

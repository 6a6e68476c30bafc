"""Looking after the store from the command line: folding, backing up, restoring, rebuilding."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import index.__main__
from index import rebuilding
from index.hashing import HashingEncoder
from tests.cli.conftest import Command

PROJECT = Path(__file__).resolve().parents[2]


def require_refusal(status: int, sentence: str, *words: str) -> None:
    assert status == 2
    assert all(word in sentence for word in words), sentence


def test_folding_writes_a_missing_view_again(synced: Command, here: Path) -> None:
    (view,) = (here / "var" / "views").iterdir()
    view.write_bytes(view.read_bytes()[:-1] + b"!")
    assert synced("index", "verify").status == 1

    done = synced("index", "fold", "--json")

    assert (done.status, done.objects) == (0, [{"views": 1, "passages": 3}])
    assert synced("index", "verify").status == 0
    assert synced("index", "fold").out == "3 passages in 1 sound views.\n"


def test_a_backup_is_restored_into_another_folder_and_answers_there(synced: Command, here: Path) -> None:
    made = synced("index", "backup", "backup.zip")
    restored = synced("index", "restore", "backup.zip", "--data", "other")

    assert (made.status, restored.status) == (0, 0)
    assert made.out.startswith("3 documents, 3 passages of generation 1 and 0 uploaded files are in backup.zip (")
    assert "ingest sync" in restored.out
    wanted, found = (
        synced("index", "search", "glycolic", "--json", "--data", one).objects[0] for one in ("var", "other")
    )
    assert found["hits"] == wanted["hits"]
    assert synced("index", "verify", "--data", "other").status == 0
    assert {file.name for file in here.iterdir()} == {"docs", "var", "other", "backup.zip"}


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


def test_control_c_in_a_shell_ends_a_rebuild_in_one_sentence(synced: Command, here: Path) -> None:
    code = (
        "import os, signal\nfrom index import rebuilding\n"
        "def embed(*_): os.kill(os.getpid(), signal.SIGINT)\n"
        "rebuilding.embed = embed\n"
        "from core.command import run\nimport index.__main__\nrun(index.__main__.app, 'index')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "rebuild"],
        cwd=here,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("index: Stopped;")
    assert "Traceback" not in done.stderr
    assert synced("index", "verify").status == 0

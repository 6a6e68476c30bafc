"""`python -m index status|verify|rebuild`: what is printed, and what the exit status says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import MODEL, Command

FINGERPRINT_KEYS = {
    "schema",
    "chunker",
    "model",
    "weights",
    "dimension",
    "max_tokens",
    "query_prompt",
    "passage_prompt",
    "tokens",
}


def test_status_says_what_the_index_holds_and_was_made_with(synced: Command) -> None:
    (status,) = synced("index", "status", "--json").objects

    assert set(status) == {"documents", "passages", "generation", "fingerprint"}
    assert (status["documents"], status["passages"], status["generation"]) == (3, 3, 1)
    assert set(status["fingerprint"]) == FINGERPRINT_KEYS
    assert status["fingerprint"]["model"] == "hashing-256"
    assert "3 documents, 3 passages, generation 1" in synced("index", "status").out


def test_verify_counts_citations_by_what_became_of_their_files(synced: Command, docs: Path) -> None:
    (docs / "oil.md").unlink()
    (docs / "peel.md").write_text("Something else.")
    (docs / "sun.md").rename(docs / "moved.md")

    done = synced("index", "verify", "--json")

    assert done.status == 1
    (counted,) = done.objects
    stale = {Path(path).name: state for state, path in counted.pop("stale")}
    assert counted.pop("now") == [[str(docs / "sun.md"), str(docs / "moved.md")]]
    assert stale == {"oil.md": "missing", "peel.md": "changed", "sun.md": "moved"}
    assert counted == {"checked": 3, "found": 0, "moved": 1, "changed": 1, "missing": 1, "problems": []}
    assert "ingest sync" in synced("index", "verify").out
    assert sorted(synced("index", "verify").out.splitlines()[1:4]) == [
        f"changed  {docs / 'peel.md'}",
        f"missing  {docs / 'oil.md'}",
        f"moved    {docs / 'sun.md'}, now {docs / 'moved.md'}",
    ]


def test_verify_ends_with_1_and_names_what_is_wrong(synced: Command, here: Path) -> None:
    with closing(sqlite3.connect(here / "var" / "catalogue.sqlite")) as connection:
        connection.execute("UPDATE passages SET vector = zeroblob(1024) WHERE id = 2")
        connection.commit()

    done = synced("index", "verify", "--json")

    assert done.status == 1
    assert done.objects[0]["problems"] == [
        "What is stored of passage 2 is not what was written; run `python -m index rebuild`."
    ]
    assert "Problem: What is stored of passage 2" in synced("index", "verify").out
    assert synced("index", "verify").out.endswith("\n1 problem.\n")


def test_rebuild_needs_no_source_and_keeps_the_model(synced: Command, docs: Path) -> None:
    for file in docs.iterdir():
        file.unlink()

    done = synced("index", "rebuild", "--json")

    assert done.status == 0
    assert done.objects == [{"documents": 3, "passages": 3, "generation": 2}]
    assert synced("index", "search", "niacinamide", "--json").objects[0]["hits"][0]["title"] == "Niacinamide"
    assert "Rebuilt 3 passages of 3 documents with hashing-256." in synced("index", "rebuild").out


def test_the_options_may_come_from_environment_and_file(
    stratum: Command, docs: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "stratum.toml").write_text(f'data = "elsewhere"\nmodel = "hashing-256"\ncorpus = "{docs.name}"\n')

    assert stratum("ingest", "sync").status == 0
    assert (here / "elsewhere" / "catalogue.sqlite").is_file()
    monkeypatch.setenv("STRATUM_DATA", "var")
    assert stratum("index", "status").status == 2
    assert stratum("index", "status", "--data", "elsewhere").status == 0


def test_a_first_sync_of_an_empty_folder_makes_an_empty_index(stratum: Command, here: Path) -> None:
    (here / "docs").mkdir()

    assert stratum("ingest", "sync", "docs", *MODEL).out == "nothing to do. The index is at generation 0.\n"
    (status,) = stratum("index", "status", "--json").objects
    assert status == {"documents": 0, "passages": 0, "generation": 0, "fingerprint": None}
    assert stratum("index", "verify").status == 0
    assert stratum("index", "status").status == 0

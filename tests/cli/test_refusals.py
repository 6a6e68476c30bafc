"""What cannot be done is said in one sentence on standard error, with what to do, and never with a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index import open_writer
from tests.cli.conftest import MODEL, Command, Done


def require_refusal(done: Done, *named: str) -> None:
    """Assert status 2, nothing printed, and one sentence that names what is wrong."""
    assert (done.status, done.out) == (2, "")
    assert all(words in done.sentence for words in named), done.sentence
    assert done.sentence.endswith((".", "?"))
    assert len(done.sentence) < 400


@pytest.mark.parametrize("question", ["", "   ", "x" * 100_000, "word " * 25_000])
def test_a_question_that_cannot_be_asked(synced: Command, question: str) -> None:
    require_refusal(synced("index", "search", question), "index: The question ")


def test_a_question_is_looked_at_before_anything_is_opened(stratum: Command) -> None:
    require_refusal(stratum("index", "search", ""), "The question is empty")


@pytest.mark.parametrize(
    "command", [("index", "search", "oil"), ("index", "status"), ("index", "verify"), ("index", "rebuild")]
)
def test_a_folder_without_an_index(stratum: Command, here: Path, command: tuple[str, ...]) -> None:
    require_refusal(stratum(*command), "no index in var", "ingest sync")
    require_refusal(stratum(*command, "--data", "elsewhere"), "no index in elsewhere")
    assert not list(here.iterdir())


def test_a_ledger_of_no_index(stratum: Command) -> None:
    require_refusal(stratum("ingest", "ledger"), "no index in var")


def test_a_path_that_does_not_exist(stratum: Command, here: Path) -> None:
    require_refusal(stratum("ingest", "add", "nowhere.md", *MODEL), "nowhere.md")
    require_refusal(stratum("ingest", "sync", "nowhere", *MODEL), "nowhere")
    assert not (here / "var").exists()


def test_a_file_where_a_folder_is_to_be_followed(stratum: Command, docs: Path) -> None:
    require_refusal(stratum("ingest", "sync", docs / "oil.md", *MODEL), "oil.md")


def test_a_missing_path_among_others_is_named_and_the_others_are_read(stratum: Command, docs: Path) -> None:
    done = stratum("ingest", "add", docs / "oil.md", "nowhere.md", *MODEL, "--json")

    assert done.status == 1
    assert [(Path(one["path"]).name, one["outcome"]) for one in done.objects] == [
        ("oil.md", "read"),
        ("nowhere.md", "refused"),
    ]
    assert "nowhere.md" in done.objects[1]["reason"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.md", b"", "empty"),
        ("blank.txt", b" \n\t\n", "no text"),
        ("program.txt", b"\x7fELF" + bytes(range(256)) * 20, "program"),
        ("photo.md", b"\x89PNG\r\n\x1a\n" + bytes(2_000), "image"),
        ("noise.txt", bytes(range(256)) * 40, "binary"),
        ("notes.docx", b"PK\x03\x04" + b"\0" * 26 + b"word/document.xml", "Word"),
        ("data.csv", b"a,b\n1,2\n", ".csv"),
        ("noending", b"Some text.", "ending"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_stops_nothing(
    stratum: Command, docs: Path, name: str, content: bytes, why: str
) -> None:
    (docs / name).write_bytes(content)

    done = stratum("ingest", "sync", "docs", *MODEL, "--json")

    (refused,) = [one for one in done.objects if one["outcome"] == "refused"]
    assert done.status == 1
    assert len(done.objects) == 4
    assert (Path(refused["path"]).name, refused["document_id"], refused["passages"]) == (name, "", 0)
    assert name in refused["reason"]
    assert why in refused["reason"]
    assert stratum("ingest", "sync", "docs").status == 1


def test_two_files_that_cannot_be_read_alike_are_each_named_by_their_own_name(stratum: Command, docs: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (docs / name).write_text("  \n")

    done = stratum("ingest", "sync", "docs", *MODEL, "--json")

    refused = [one for one in done.objects if one["outcome"] == "refused"]
    assert [Path(one["path"]).name for one in refused] == ["one.txt", "two.txt"]
    assert [one["reason"].split()[0] for one in refused] == ["one.txt", "two.txt"]


@pytest.mark.parametrize("place", ["var", "var/deeper"])
def test_a_data_folder_that_cannot_be_written(stratum: Command, docs: Path, here: Path, place: str) -> None:
    (here / "var").write_text("a file in its place")

    require_refusal(
        stratum("ingest", "sync", docs, "--data", place, *MODEL), f"data folder {place} cannot be written", "--data"
    )
    require_refusal(stratum("index", "search", "oil", "--data", place), f"no index in {place}")
    assert (here / "var").read_text() == "a file in its place"


def test_a_catalogue_that_is_no_database(stratum: Command, docs: Path, here: Path) -> None:
    (here / "var").mkdir()
    (here / "var" / "catalogue.sqlite").write_bytes(b"no database" * 500)

    for command in (
        ("index", "search", "oil"),
        ("index", "status"),
        ("index", "verify"),
        ("ingest", "sync", docs, *MODEL),
    ):
        require_refusal(stratum(*command), "catalogue.sqlite is damaged", "move the data folder away")


def test_a_second_writer(synced: Command, here: Path) -> None:
    with open_writer(here / "var"):
        for command in (("ingest", "sync", "docs"), ("ingest", "remove", "docs/oil.md"), ("index", "rebuild")):
            require_refusal(synced(*command), "Another process is writing", "wait")
        assert synced("index", "search", "oil").status == 0
        assert synced("index", "status").status == 0


@pytest.mark.parametrize("model", ["no-such-model", "nobody/no-such-model", "docs", "../../etc"])
def test_an_unknown_model_is_refused_without_asking_anyone(stratum: Command, docs: Path, model: str) -> None:
    # The tests cannot reach the network, so a question to a hub would show as another error.
    assert docs.is_dir()

    require_refusal(stratum("ingest", "sync", "docs", "--model", model), "model")


@pytest.mark.parametrize("command", [("index", "search", "oil"), ("ingest", "sync", "docs"), ("ingest", "add", "docs")])
def test_another_model_than_the_one_of_the_index(synced: Command, command: tuple[str, ...]) -> None:
    # Refused before it is looked for, let alone loaded: what stands in the index is known without it.
    require_refusal(
        synced(*command, "--model", "some-other-model"),
        "hashing-256",
        "`python -m index rebuild --model some-other-model`",
    )


@pytest.mark.parametrize("where", ["group", "=x", "group="])
def test_a_filter_that_is_no_pair(synced: Command, where: str) -> None:
    require_refusal(synced("index", "search", "oil", "--where", where), "key=value")


def test_a_filter_on_what_no_document_has(synced: Command) -> None:
    require_refusal(synced("index", "search", "oil", "--where", "colour=red"), "'colour'", "group, type, year")


@pytest.mark.parametrize("arguments", [("-k", "0"), ("-k", "ten"), ("-k", "301"), ("--mode", "semantic")])
def test_an_option_out_of_its_bounds(synced: Command, arguments: tuple[str, ...]) -> None:
    done = synced("index", "search", "oil", *arguments)

    assert (done.status, done.out) == (2, "")
    assert arguments[0].strip("-") in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("file", ["data = [", "dta = 'x'", "data = 7"])
def test_a_bad_settings_file(stratum: Command, here: Path, file: str) -> None:
    (here / "stratum.toml").write_text(file)

    require_refusal(stratum("index", "status"), "stratum.toml")


def test_a_question_with_half_a_character_is_answered(synced: Command) -> None:
    # A shell hands over bytes that are no UTF-8 as lone surrogates.
    done = synced("index", "search", "oil \udcff", "--json")

    assert done.status == 0
    assert done.objects[0]["hits"]


def test_a_file_whose_name_is_no_text_stops_nothing(stratum: Command, docs: Path) -> None:
    Path(os.fsdecode(os.fsencode(docs) + b"/caf\xe9.md")).write_text("Zinc soothes.")

    done = stratum("ingest", "sync", "docs", *MODEL, "--json")

    assert done.status in (0, 1)
    assert len(done.objects) == 4
    assert stratum("index", "search", "oil", "--json").objects[0]["hits"]
    assert stratum("ingest", "sync", "docs").status == done.status

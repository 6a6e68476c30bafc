"""`python -m ingest sync|add|remove|ledger`: what is printed, and what the exit status says."""

from __future__ import annotations

from pathlib import Path

from ingest import store_upload
from tests.cli.conftest import MODEL, Command, write
from tests.cli.test_refusals import require_refusal
from tests.index.builders import rows

ENTRY_KEYS = {"document_id", "path", "outcome", "reason", "pages", "passages", "losses", "name"}


def outcomes(objects: list[dict[str, object]]) -> dict[str, object]:
    """Return the outcome of each file by its name."""
    return {Path(str(one["path"])).name: one["outcome"] for one in objects}


def test_sync_prints_one_entry_a_file_with_the_keys_of_the_contract(stratum: Command, docs: Path) -> None:
    done = stratum("ingest", "sync", docs, *MODEL, "--json")

    assert done.status == 0
    assert all(set(entry) == ENTRY_KEYS for entry in done.objects)
    assert [(Path(entry["path"]).name, entry["outcome"], entry["passages"]) for entry in done.objects] == [
        ("oil.md", "read", 1),
        ("peel.md", "read", 1),
        ("sun.md", "read", 1),
    ]
    assert all(len(entry["document_id"]) == 16 and entry["reason"] == "" for entry in done.objects)


def test_sync_follows_the_folder_of_the_settings_by_default(stratum: Command, docs: Path) -> None:
    docs.rename(docs.with_name("corpus"))

    assert len(stratum("ingest", "sync", *MODEL, "--json").objects) == 3


def test_a_second_sync_reads_nothing_and_says_so(synced: Command) -> None:
    done = synced("ingest", "sync", "docs", "--json")

    assert set(outcomes(done.objects).values()) == {"unchanged"}
    assert "nothing to do" not in done.out
    assert synced("ingest", "sync", "docs").out == "3 unchanged. The index is at generation 1.\n"


def test_an_index_made_by_an_earlier_version_is_named_by_a_sync_that_finds_nothing_new(
    synced: Command, here: Path
) -> None:
    rows(here / "var", "UPDATE meta SET value = replace(value, 'structure/1', 'structure/0') WHERE key = 'fingerprint'")

    require_refusal(synced("ingest", "sync", "docs"), "The index was made otherwise than this version makes it")
    synced("index", "rebuild")
    assert synced("ingest", "sync", "docs").out == "3 unchanged. The index is at generation 2.\n"


def test_add_takes_files_and_folders_and_removes_nothing(synced: Command, docs: Path, here: Path) -> None:
    more = write(here / "more", zinc="Zinc soothes.", silk="Silk is smooth.")
    (docs / "sun.md").unlink()

    done = synced("ingest", "add", more, docs / "oil.md", "--json")

    assert done.status == 0
    assert outcomes(done.objects) == {"silk.md": "read", "zinc.md": "read", "oil.md": "unchanged"}
    assert len(synced("ingest", "ledger", "--json").objects) == 5


def test_what_came_from_elsewhere_stays_when_a_folder_is_followed(synced: Command, docs: Path, here: Path) -> None:
    synced("ingest", "add", write(here / "more", zinc="Zinc soothes."))
    (docs / "sun.md").unlink()

    done = synced("ingest", "sync", "docs", "--json")

    assert outcomes(done.objects) == {"oil.md": "unchanged", "peel.md": "unchanged", "sun.md": "removed"}
    assert sorted(outcomes(synced("ingest", "ledger", "--json").objects)) == ["oil.md", "peel.md", "zinc.md"]


def test_remove_takes_paths_folders_and_ids(synced: Command, docs: Path, here: Path) -> None:
    synced("ingest", "add", write(here / "more", zinc="Zinc soothes.", silk="Silk is smooth."))
    known = {Path(entry["path"]).stem: entry["document_id"] for entry in synced("ingest", "ledger", "--json").objects}

    done = synced("ingest", "remove", docs / "oil.md", known["peel"], "more", "--json")

    assert done.status == 0
    assert outcomes(done.objects) == dict.fromkeys(["oil.md", "peel.md", "silk.md", "zinc.md"], "removed")
    assert all(set(entry) == ENTRY_KEYS for entry in done.objects)
    assert (docs / "oil.md").is_file()
    assert outcomes(synced("ingest", "ledger", "--json").objects) == {"sun.md": "read"}


def test_removing_one_of_two_copies_says_where_its_content_remains(synced: Command, docs: Path) -> None:
    write(docs, oil2=(docs / "oil.md").read_text())
    synced("ingest", "sync", "docs")

    (entry,) = synced("ingest", "remove", docs / "oil.md", "--json").objects

    stays = f"it still lies in {docs} and comes back at the next sync of it: delete the file as well"
    assert (entry["outcome"], entry["reason"]) == ("removed", f"its content remains as oil2.md; {stays}")
    assert outcomes(synced("ingest", "ledger", entry["document_id"], "--json").objects) == {"oil2.md": "read"}


def test_removing_a_file_that_stays_in_its_folder_says_that_it_comes_back(synced: Command, docs: Path) -> None:
    (docs / "sun.md").unlink()

    done = synced("ingest", "remove", "docs")

    stays = f"it still lies in {docs} and comes back at the next sync of it: delete the file as well"
    assert done.out.splitlines() == [
        f"removed   {docs / 'oil.md'}: {stays}",
        f"removed   {docs / 'peel.md'}: {stays}",
        f"removed   {docs / 'sun.md'}",
        "3 removed. The index is at generation 2.",
    ]
    assert outcomes(synced("ingest", "sync", "docs", "--json").objects) == {"oil.md": "read", "peel.md": "read"}


def test_one_is_said_as_one_and_more_as_more(stratum: Command, docs: Path) -> None:
    write(docs, long="".join(f"## Part {number}\n\n{'barrier of the skin ' * 60}\n\n" for number in range(2)))

    done = stratum("ingest", "sync", "docs", *MODEL)

    assert f"read      {docs / 'sun.md'} (1 passage)\n" in done.out
    assert f"read      {docs / 'long.md'} (2 passages)\n" in done.out


def test_removing_what_was_added_by_itself_or_uploaded_says_nothing_of_a_folder(synced: Command, here: Path) -> None:
    zinc = write(here / "more", zinc="Zinc soothes.") / "zinc.md"
    upload = store_upload(here / "var", "silk.md", b"Silk is smooth.")
    assert synced("ingest", "add", zinc, upload).status == 0

    done = synced("ingest", "remove", zinc, upload, "--json")

    assert [(entry["outcome"], entry["reason"]) for entry in done.objects] == [("removed", "")] * 2
    assert (zinc.exists(), upload.exists()) == (True, False)


def test_an_upload_is_listed_with_the_name_it_came_under(synced: Command, here: Path) -> None:
    path = store_upload(here / "var", "Zinc\n & skin.md", b"Zinc soothes.")

    added = synced("ingest", "add", path)
    listed = synced("ingest", "ledger", path)

    assert f"read      {path} [Zinc & skin.md] (1 passage)" in added.out
    assert f"{path} [Zinc & skin.md]" in listed.out
    assert "[oil.md]" not in synced("ingest", "ledger").out


def test_remove_names_what_it_does_not_know_and_removes_the_rest(synced: Command) -> None:
    done = synced("ingest", "remove", "docs/oil.md", "docs/oli.md")

    assert done.status == 1
    assert "docs/oli.md" in done.out
    assert "1 refused, 1 removed" in done.out


def test_removing_only_unknown_things_is_refused(synced: Command) -> None:
    done = synced("ingest", "remove", "docs/oli.md", "feed")

    assert (done.status, done.out) == (2, "")
    assert "docs/oli.md, feed" in done.sentence


def test_removing_from_no_index_is_refused_and_makes_none(stratum: Command, here: Path) -> None:
    done = stratum("ingest", "remove", "docs/oil.md")

    assert done.status == 2
    assert "no index in var" in done.sentence
    assert not (here / "var").exists()


def test_the_ledger_lists_every_file_or_one_folder_file_or_document(synced: Command, docs: Path) -> None:
    (docs / "deep").mkdir()
    (docs / "deep" / "zinc.md").write_text("Zinc soothes. ![a picture](zinc.png)")
    (docs / "empty.md").write_text("")
    assert synced("ingest", "sync", "docs").status == 1

    everything = synced("ingest", "ledger", "--json")
    zinc = next(entry for entry in everything.objects if entry["path"].endswith("zinc.md"))

    assert everything.status == 0
    assert outcomes(everything.objects) == {
        "zinc.md": "partial",
        "empty.md": "refused",
        "oil.md": "read",
        "peel.md": "read",
        "sun.md": "read",
    }
    assert [set(loss) for loss in zinc["losses"]] == [{"where", "what", "why"}]
    assert outcomes(synced("ingest", "ledger", "docs/deep", "--json").objects) == {"zinc.md": "partial"}
    assert synced("ingest", "ledger", zinc["document_id"], "--json").objects == [zinc]
    assert "empty" in synced("ingest", "ledger", "docs/empty.md").out


def test_the_ledger_to_be_read_names_every_loss(synced: Command, docs: Path) -> None:
    (docs / "zinc.md").write_text("Zinc soothes. ![a](a.png)\n\nIt does. ![b](b.png)\n")
    synced("ingest", "sync", "docs")

    assert synced("ingest", "ledger", "docs/zinc.md").out.count("not read: line ") == 3


def test_an_unknown_target_of_the_ledger_is_refused(synced: Command) -> None:
    done = synced("ingest", "ledger", "docs/oli.md")

    assert (done.status, done.out) == (2, "")
    assert "docs/oli.md" in done.sentence

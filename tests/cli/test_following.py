"""Following a folder through everything that people do to files: what each run says, and what the index then holds."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from index import Change, Refusal, open_catalogue, open_writer
from ingest import sync
from ingest.files import Walk, found
from ingest.sync import followed_files
from tests.cli.conftest import MODEL, Command, write


class Folder:
    """A followed folder: `sync` returns the outcome of each file, and checks that index and files agree."""

    def __init__(self, here: Path, stratum: Command) -> None:
        self.place = here / "docs"
        self.place.mkdir()
        self.stratum = stratum

    def write(self, **files: str) -> None:
        write(self.place, **files)

    def sync(self) -> dict[str, str]:
        done = self.stratum("ingest", "sync", self.place, *MODEL, "--json")
        self.reasons = {self._name(one["path"]): one["reason"] for one in done.objects}
        assert len(self.reasons) == len(done.objects), "a file is named once"
        outcomes = {self._name(one["path"]): one["outcome"] for one in done.objects}
        assert done.status == int("refused" in outcomes.values())
        self.require_agreement()
        return outcomes

    def held(self) -> dict[str, str]:
        """Return the quotation of each document by the file it is cited from."""
        (answer,) = self.stratum("index", "search", "text", "-k", 50, "--json").objects
        folded = {self._name(other["path"]): hit["quote"] for hit in answer["hits"] for other in hit["also"]}
        return folded | {self._name(hit["path"]): hit["quote"] for hit in answer["hits"]}

    def ledger(self) -> dict[str, tuple[str, str]]:
        """Return outcome and reason of each file on the ledger."""
        entries = self.stratum("ingest", "ledger", "--json").objects
        return {self._name(one["path"]): (one["outcome"], one["reason"]) for one in entries}

    def known(self) -> list[str]:
        """Return the files on the ledger."""
        return [self._name(one["path"]) for one in self.stratum("ingest", "ledger", "--json").objects]

    def require_agreement(self) -> None:
        (found,) = self.stratum("index", "verify", "--json").objects
        assert (found["problems"], found["moved"], found["changed"], found["missing"]) == ([], 0, 0, 0)

    def _name(self, path: str) -> str:
        """Return a path from the followed folder on, without ending."""
        whole = Path(path) if Path(path).is_absolute() else Path.cwd() / path
        return whole.relative_to(self.place).with_suffix("").as_posix()


@pytest.fixture
def folder(here: Path, stratum: Command) -> Folder:
    return Folder(here, stratum)


def test_new_changed_unchanged_and_removed_files(folder: Folder) -> None:
    folder.write(a="Text one.", b="Text two.", c="Text three.")
    assert folder.sync() == {"a": "read", "b": "read", "c": "read"}

    folder.write(b="Text two, edited.")
    (folder.place / "c.md").unlink()

    assert folder.sync() == {"a": "unchanged", "b": "read", "c": "removed"}
    assert folder.held() == {"a": "Text one.", "b": "Text two, edited."}


def test_a_renamed_file_is_neither_read_again_nor_called_a_duplicate(folder: Folder) -> None:
    folder.write(a="Text one.")
    folder.sync()
    (folder.place / "a.md").rename(folder.place / "z.md")

    assert folder.sync() == {"z": "unchanged"}
    assert folder.reasons["z"] == "renamed from a.md"
    assert folder.held() == {"z": "Text one."}
    assert folder.known() == ["z"]


def test_a_file_that_moves_into_another_folder_is_told_from_where(folder: Folder) -> None:
    (folder.place / "old").mkdir()
    (folder.place / "new").mkdir()
    (folder.place / "old" / "a.md").write_text("Text one.")
    folder.sync()
    (folder.place / "old" / "a.md").rename(folder.place / "new" / "a.md")

    assert folder.sync() == {"new/a": "unchanged"}
    assert folder.reasons["new/a"] == "renamed from old/a.md"


def test_a_folder_of_copies_that_is_renamed_keeps_them_apart(folder: Folder) -> None:
    (folder.place / "old").mkdir()
    for name in ("a", "b"):
        (folder.place / "old" / f"{name}.md").write_text("Text one.")
    folder.sync()
    (folder.place / "old").rename(folder.place / "new")

    assert folder.sync() == {"new/a": "unchanged", "new/b": "unchanged"}
    assert folder.reasons == {"new/a": "renamed from old/a.md", "new/b": "renamed from old/b.md"}


def test_a_renamed_file_of_which_a_copy_is_made_is_renamed_once(folder: Folder) -> None:
    folder.write(a="Text one.")
    folder.sync()
    (folder.place / "a.md").unlink()
    folder.write(b="Text one.", c="Text one.")

    assert folder.sync() == {"b": "unchanged", "c": "duplicate"}
    assert folder.reasons == {"b": "renamed from a.md", "c": "the same content as b.md"}


def test_the_same_content_twice_in_one_run_is_one_document(folder: Folder) -> None:
    folder.write(a="Text one.", b="Text one.", c="Text one.")

    assert folder.sync() == {"a": "read", "b": "duplicate", "c": "duplicate"}
    assert folder.held() == {"a": "Text one."}
    assert folder.sync() == {"a": "unchanged", "b": "unchanged", "c": "unchanged"}

    (folder.place / "a.md").unlink()

    assert folder.sync() == {"a": "removed", "b": "unchanged", "c": "unchanged"}
    assert folder.reasons["a"] == "its content remains as b.md"
    assert folder.held() == {"b": "Text one."}


def test_a_document_keeps_the_name_it_was_first_known_by_while_that_file_stays(folder: Folder) -> None:
    folder.write(m="Text one.")
    folder.sync()
    folder.write(a="Text one.")

    assert folder.sync() == {"a": "duplicate", "m": "unchanged"}
    assert folder.reasons["a"] == "the same content as m.md"
    assert folder.ledger() == {"a": ("duplicate", "the same content as m.md"), "m": ("read", "")}
    assert folder.held() == {"m": "Text one."}

    folder.write(b="Text one.")

    assert folder.sync() == {"a": "unchanged", "b": "duplicate", "m": "unchanged"}
    assert folder.reasons["b"] == "the same content as m.md"

    (folder.place / "m.md").unlink()

    assert folder.sync() == {"a": "unchanged", "b": "unchanged", "m": "removed"}
    assert folder.reasons["m"] == "its content remains as a.md"
    assert folder.ledger() == {"a": ("read", ""), "b": ("duplicate", "the same content as a.md")}
    assert folder.held() == {"a": "Text one."}


def test_the_first_of_several_new_copies_names_the_document_everywhere(folder: Folder) -> None:
    # Files of a folder are found before those of folders in it, which is not the order of their paths.
    (folder.place / "deep").mkdir()
    (folder.place / "deep" / "z.md").write_text("Text one.")
    folder.write(z="Text one.")

    assert folder.sync() == {"z": "read", "deep/z": "duplicate"}
    assert folder.reasons["deep/z"] == "the same content as z.md"
    assert folder.ledger() == {"z": ("read", ""), "deep/z": ("duplicate", "the same content as z.md")}
    assert folder.held() == {"z": "Text one."}


def test_the_same_content_as_another_format_is_another_document(folder: Folder) -> None:
    folder.write(a="Text one.")
    (folder.place / "b.txt").write_text("Text one.")

    assert folder.sync() == {"a": "read", "b": "read"}
    assert folder.held() == {"a": "Text one.", "b": "Text one."}


def test_a_file_edited_into_the_content_of_another_is_its_duplicate(folder: Folder) -> None:
    folder.write(a="Text one.", b="Text two.")
    folder.sync()
    folder.write(a="Text two.")

    assert folder.sync() == {"a": "duplicate", "b": "unchanged"}
    assert folder.reasons["a"] == "the same content as b.md"
    assert folder.held() == {"b": "Text two."}
    assert folder.ledger() == {"a": ("duplicate", "the same content as b.md"), "b": ("read", "")}


def test_two_files_that_swap_names_are_no_duplicates(folder: Folder) -> None:
    folder.write(a="Text one.", b="Text two.")
    folder.sync()
    folder.write(a="Text two.", b="Text one.")

    assert "duplicate" not in folder.sync().values()
    assert folder.held() == {"a": "Text two.", "b": "Text one."}


def test_three_files_that_move_round_in_a_ring(folder: Folder) -> None:
    folder.write(a="Text one.", b="Text two.", c="Text three.")
    folder.sync()
    folder.write(a="Text two.", b="Text three.", c="Text one.")

    assert "duplicate" not in folder.sync().values()
    assert folder.held() == {"a": "Text two.", "b": "Text three.", "c": "Text one."}


def test_a_file_takes_the_place_of_another_that_is_edited_at_once(folder: Folder) -> None:
    folder.write(a="Text one.", b="Text two.")
    folder.sync()
    folder.write(a="Text two.", b="Text three.")

    outcomes = folder.sync()

    assert outcomes["b"] == "read"
    assert outcomes["a"] != "duplicate"
    assert folder.held() == {"a": "Text two.", "b": "Text three."}


def test_a_file_renamed_and_edited_at_once(folder: Folder) -> None:
    folder.write(a="Text one.")
    folder.sync()
    (folder.place / "a.md").unlink()
    folder.write(b="Text one, edited.")

    assert folder.sync() == {"b": "read", "a": "removed"}
    assert folder.held() == {"b": "Text one, edited."}


def test_a_file_renamed_over_another(folder: Folder) -> None:
    folder.write(a="Text one.", b="Text two.")
    folder.sync()
    (folder.place / "a.md").rename(folder.place / "b.md")

    assert folder.sync() == {"b": "unchanged"}
    assert folder.reasons["b"] == "renamed from a.md"
    assert folder.held() == {"b": "Text one."}
    assert folder.known() == ["b"]


def test_an_edit_that_is_taken_back(folder: Folder) -> None:
    folder.write(a="Text one.")
    folder.sync()
    folder.write(a="Text two.")
    folder.sync()
    folder.write(a="Text one.")

    assert folder.sync() == {"a": "read"}
    assert folder.held() == {"a": "Text one."}


def test_a_file_that_becomes_unreadable_and_is_mended(folder: Folder) -> None:
    folder.write(a="Text one.", b="Text two.")
    folder.sync()
    folder.write(a="")

    assert folder.sync() == {"a": "refused", "b": "unchanged"}
    assert folder.held() == {"b": "Text two."}
    assert folder.sync() == {"a": "refused", "b": "unchanged"}

    folder.write(a="Text one.")

    assert folder.sync() == {"a": "read", "b": "unchanged"}
    assert folder.held() == {"a": "Text one.", "b": "Text two."}


def test_a_first_run_in_which_nothing_can_be_read_and_a_second_in_which_it_can(folder: Folder) -> None:
    folder.write(a="")
    assert folder.sync() == {"a": "refused"}

    folder.write(a="Text one.")

    assert folder.sync() == {"a": "read"}
    assert folder.held() == {"a": "Text one."}


def test_a_folder_that_is_emptied_and_filled_again_with_the_same_model(folder: Folder) -> None:
    folder.write(a="Text one.")
    folder.sync()
    (folder.place / "a.md").unlink()
    assert folder.sync() == {"a": "removed"}
    assert folder.held() == {}

    folder.write(b="Text two.")
    done = folder.stratum("ingest", "sync", folder.place)

    assert done.status == 0
    assert folder.stratum("index", "status", "--json").objects[0]["fingerprint"]["model"] == "hashing-256"
    assert folder.held() == {"b": "Text two."}


def test_names_in_any_script_and_with_any_sign(folder: Folder) -> None:
    names = [
        "Öl & Haut",
        "皮膚",
        "🧴 serum",
        "a b  c",
        'o\'neil "x"',
        "50%",
        "q?a#b",
        "-rf",
        "[x]",
        "e\u0301",
        "\u00e9",
    ]
    folder.write(**{name: f"Text of {number}." for number, name in enumerate(names)})

    assert set(folder.sync()) == set(names)
    assert folder.held() == {name: f"Text of {number}." for number, name in enumerate(names)}
    assert set(folder.sync().values()) == {"unchanged"}


def test_a_folder_named_like_a_file_is_a_folder(folder: Folder) -> None:
    (folder.place / "x.md").mkdir()
    (folder.place / "x.md" / "y.md").write_text("Text one.")

    assert folder.sync() == {"x.md/y": "read"}


def test_a_file_in_the_place_of_a_folder_and_the_other_way_round(folder: Folder) -> None:
    (folder.place / "x.md").mkdir()
    (folder.place / "x.md" / "y.md").write_text("Text one.")
    folder.write(z="Text two.")
    folder.sync()
    (folder.place / "x.md" / "y.md").unlink()
    (folder.place / "x.md").rmdir()
    (folder.place / "z.md").unlink()
    (folder.place / "z.md").mkdir()
    folder.write(x="Text three.")
    (folder.place / "z.md" / "y.md").write_text("Text four.")

    assert folder.sync() == {"x": "read", "z.md/y": "read", "x.md/y": "removed", "z": "removed"}
    assert folder.held() == {"x": "Text three.", "z.md/y": "Text four."}


def test_links_are_followed_once_and_broken_ones_are_named(folder: Folder, here: Path) -> None:
    folder.write(a="Text one.")
    outside = write(here / "outside", b="Text two.")
    (folder.place / "linked").symlink_to(outside)
    (folder.place / "loop").symlink_to(folder.place)
    (folder.place / "twin.md").symlink_to(folder.place / "a.md")
    (folder.place / "dangling.md").symlink_to(here / "nowhere.md")
    (folder.place / "self.md").symlink_to("self.md")

    outcomes = folder.sync()

    assert outcomes == {
        "a": "read",
        "linked/b": "read",
        "twin": "duplicate",
        "dangling": "refused",
        "self": "refused",
    }


def test_hidden_files_are_left_alone(folder: Folder) -> None:
    folder.write(a="Text one.")
    (folder.place / ".b.md").write_text("Text two.")
    (folder.place / ".git").mkdir()
    (folder.place / ".git" / "c.md").write_text("Text three.")

    assert folder.sync() == {"a": "read"}


def test_a_file_given_twice_is_one_file(folder: Folder) -> None:
    folder.write(a="Text one.", b="Text two.")

    done = folder.stratum("ingest", "add", "docs/a.md", "docs/../docs/a.md", "docs", *MODEL, "--json")

    assert sorted((Path(one["path"]).stem, one["outcome"]) for one in done.objects) == [("a", "read"), ("b", "read")]


def test_the_data_folder_is_not_read_as_documents(folder: Folder) -> None:
    folder.write(a="Text one.")
    inside = ("--data", folder.place / "var")
    folder.stratum("ingest", "sync", folder.place, *MODEL, *inside)

    done = folder.stratum("ingest", "sync", folder.place, *MODEL, *inside, "--json")

    assert done.status == 0
    assert [Path(one["path"]).name for one in done.objects] == ["a.md"]


def test_one_folder_may_lie_in_another(folder: Folder) -> None:
    folder.write(a="Text one.")
    (folder.place / "deep").mkdir()
    (folder.place / "deep" / "b.md").write_text("Text two.")
    folder.stratum("ingest", "sync", folder.place / "deep", *MODEL)

    assert folder.sync() == {"a": "read", "deep/b": "unchanged"}
    (folder.place / "a.md").unlink()
    assert folder.stratum("ingest", "sync", folder.place / "deep", "--json").objects[0]["outcome"] == "unchanged"
    assert len(folder.stratum("ingest", "ledger", "--json").objects) == 2
    assert folder.sync() == {"deep/b": "unchanged", "a": "removed"}


def test_a_file_that_changes_while_the_run_goes_on_spoils_nothing(folder: Folder, here: Path) -> None:
    # The first file fills a commit of its own; meanwhile somebody edits the second, of which there is a copy.
    sections = (f"## Part {number}\n\n{'barrier of the skin ' * 80}\n\n" for number in range(120))
    folder.write(a="".join(sections), b="Text two.", c="Text two.")

    def edit(_share: float, _passages: int) -> None:
        folder.write(b="Text two, edited.")

    outcomes = sync(here / "var", folder.place, MODEL[1], edit)

    assert {Path(one.path).stem: one.outcome for one in outcomes.entries}["a"] == "read"
    folder.sync()
    assert {name: quote for name, quote in folder.held().items() if name != "a"} == {
        "b": "Text two, edited.",
        "c": "Text two.",
    }


def test_a_file_that_goes_while_the_run_goes_on_is_no_refusal(folder: Folder, here: Path) -> None:
    sections = (f"## Part {number}\n\n{'barrier of the skin ' * 80}\n\n" for number in range(120))
    folder.write(b="Text two.")
    folder.sync()
    folder.write(a="".join(sections), b="Text two, edited.", c="Text three.")

    def tidy_up(_share: float, _passages: int) -> None:
        for name in ("b.md", "c.md"):
            (folder.place / name).unlink(missing_ok=True)

    outcomes = sync(here / "var", folder.place, MODEL[1], tidy_up)

    assert {Path(one.path).stem: one.outcome for one in outcomes.entries} == {"a": "read", "b": "removed"}
    assert folder.known() == ["a"]
    assert folder.sync() == {"a": "unchanged"}


def test_what_lies_in_a_folder_that_cannot_be_listed_is_not_taken_for_gone(folder: Folder, here: Path) -> None:
    (folder.place / "deep").mkdir()
    (folder.place / "deep" / "b.md").write_text("Text two.")
    folder.write(a="Text one.")
    folder.sync()
    # What a walk sees where permissions forbid to list the folder; whoever runs the tests may have them all.
    seen = Walk((folder.place / "a.md",), closed=(folder.place / "deep",))

    with open_catalogue(here / "var") as catalogue:
        followed = followed_files(catalogue, folder.place, seen, here / "var")

    assert [Path(one.file.path).name for one in followed] == ["a.md"]
    assert (
        found(folder.place / "deep", folder.place).reason == "the folder deep cannot be listed: check its permissions"
    )


def test_a_folder_that_can_be_listed_again_was_never_a_document_that_went(folder: Folder, here: Path) -> None:
    folder.write(a="Text one.")
    folder.sync()
    (folder.place / "deep").mkdir()
    (folder.place / "deep" / "b.md").write_text("Text two.")
    # What a sync leaves on the ledger where permissions forbid to list the folder.
    closed = found(folder.place / "deep", folder.place)
    with open_writer(here / "var") as writer:
        writer.commit(Change(refused=(Refusal(closed.file, closed.reason),)))
    assert folder.ledger()["deep"][0] == "refused"

    planned = folder.stratum("ingest", "sync", folder.place, "--dry-run", "--json").objects

    assert {Path(one["path"]).stem: one["outcome"] for one in planned} == {"a": "unchanged", "b": "read"}
    assert folder.sync() == {"a": "unchanged", "deep/b": "read"}
    assert folder.known() == ["a", "deep/b"]


def test_a_file_beyond_every_limit_is_refused_without_being_read(here: Path) -> None:
    with (here / "film.md").open("wb") as stream:
        stream.truncate(200_000_000)

    tracemalloc.start()
    item = found(here / "film.md", here)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert item.source is None
    assert "film.md" in item.reason
    assert "MB" in item.reason
    assert peak < 60_000_000


def test_what_was_read_of_a_file_stays_while_its_bytes_cannot_be_had(folder: Folder) -> None:
    folder.write(oil="A text about oil.")
    folder.sync()
    file = folder.place / "oil.md"
    content = file.read_bytes()
    file.unlink()
    os.mkfifo(file)

    done = folder.stratum("ingest", "sync", folder.place, *MODEL, "--json")

    (entry,) = done.objects
    assert (done.status, entry["outcome"], entry["passages"]) == (1, "refused", 1)
    assert entry["reason"].endswith("what was read of it before is kept")
    assert folder.held() == {"oil": "A text about oil."}
    (found,) = folder.stratum("index", "verify", "--json").objects
    assert (found["missing"], found["problems"]) == (1, [])
    file.unlink()
    file.write_bytes(content)
    assert folder.sync() == {"oil": "unchanged"}

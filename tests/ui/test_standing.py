"""The pages tell whether files still hold what is quoted from them, and mend what can be mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest
from streamlit.testing.v1 import AppTest

from index import document_states, open_catalogue
from ingest import add, store_upload
from tests.ui.shelf import MODEL, Page, Shelf, document_id, markup, press, said, settled

pytestmark = pytest.mark.pages

QUESTION = "peels remove the horny layer"
BUTTON = "Bring the library up to date"


def rewrite(file: Path) -> None:
    file.write_text("---\ntitle: Peels\n---\n\nPeels remove the horny layer of the skin, deeper than was thought.\n")


def rename(file: Path) -> None:
    file.rename(file.with_name("renamed.md"))


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


@pytest.mark.usefixtures("shelf")
def test_a_citation_says_quietly_that_its_file_holds_it(ask_page: Page) -> None:
    page = ask_page(q=QUESTION)

    html = markup(page)
    assert html.count('<p class="state found">In its file, byte for byte.</p>') == html.count("<article") > 0
    assert BUTTON not in labels(page)


def test_a_citation_from_a_file_that_changed_says_so_and_is_mended(shelf: Shelf, ask_page: Page) -> None:
    rewrite(shelf.corpus / "peels.md")
    page = ask_page(q=QUESTION)
    assert "Its file has changed since it was read" in said(page)
    assert "deeper than was thought" not in said(page)

    page = press(page, BUTTON)

    words = said(page)
    assert "Bring up to date with papers/: done" in words
    assert "deeper than was thought" in words
    assert "Its file has changed" not in words
    assert BUTTON not in labels(page)


@pytest.mark.parametrize("change", [Path.unlink, rename])
def test_a_citation_from_a_file_that_is_not_there_leads_to_its_document(
    change: Callable[[Path], None], shelf: Shelf, ask_page: Page
) -> None:
    name = document_id(shelf, "peels.md")
    change(shelf.corpus / "peels.md")

    page = ask_page(q=QUESTION)

    assert "Its file is not where it was read: it was moved, renamed or deleted. Look for it" in said(page)
    assert f'<a href="library?document={name}" target="_self">Look for it</a>' in markup(page)
    assert BUTTON not in labels(page)


@pytest.mark.parametrize(
    ("change", "sentence", "mended"),
    [
        (rewrite, "The file has changed since it was read", True),
        (rename, "The file has moved within its folder", True),
        (Path.unlink, "The file is gone.", False),
    ],
)
def test_a_document_says_what_became_of_its_file(
    change: Callable[[Path], None], sentence: str, *, mended: bool, shelf: Shelf, library_page: Page
) -> None:
    change(shelf.corpus / "peels.md")

    page = library_page(document=document_id(shelf, "peels.md"))

    assert sentence in said(page)
    assert (BUTTON in labels(page)) is mended


def test_a_file_that_moved_is_noted_at_its_new_place(shelf: Shelf, library_page: Page) -> None:
    name = document_id(shelf, "peels.md")
    rename(shelf.corpus / "peels.md")

    page = press(library_page(document=name), BUTTON)

    assert "byte for byte the same" in said(page)
    assert "Renamedrenamed.md, 1 passage. Ask about itRenamed from peels.md." in said(page)
    with open_catalogue(shelf.data) as catalogue:
        assert [Path(one).name for one in catalogue.paths(name)] == ["renamed.md"]


@pytest.mark.parametrize("change", [rewrite, rename])
def test_a_file_that_came_by_itself_is_mended_by_itself(
    change: Callable[[Path], None], bare: Shelf, ask_page: Page, library_page: Page
) -> None:
    add(bare.data, [bare.corpus / "peels.md"], MODEL)
    name = document_id(bare, "peels.md")
    change(bare.corpus / "peels.md")

    page = press(library_page(document=name), BUTTON)

    assert "Read “peels.md” again: done" in said(page)
    with open_catalogue(bare.data) as catalogue:
        (only,) = catalogue.summaries()
        assert document_states(catalogue, [only.id]) == {only.id: "found"}
    assert "In its file, byte for byte." in said(ask_page(q=QUESTION))


def test_the_list_marks_documents_whose_files_are_not_as_they_were(shelf: Shelf, library_page: Page) -> None:
    rewrite(shelf.corpus / "peels.md")
    (shelf.corpus / "vitamin-c.md").unlink()

    html = markup(library_page())

    assert html.count('<span class="lost">file has changed</span>') == 1
    assert html.count('<span class="lost">file is not where it was</span>') == 1


def test_a_file_is_not_read_again_when_a_page_is_drawn_again(
    shelf: Shelf, ask_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ask_page(q=QUESTION)
    opened: list[Path] = []
    usual = Path.open

    def noted(path: Path, mode: str = "r", buffering: int = -1, encoding: str | None = None) -> IO[Any]:
        opened.append(path)
        return usual(path, mode, buffering, encoding)

    monkeypatch.setattr(Path, "open", noted)
    page.run()

    assert not [path for path in opened if path.parent == shelf.corpus]
    assert "In its file, byte for byte." in said(page)


def test_uploads_that_waited_when_the_server_died_are_taken_up(shelf: Shelf, library_page: Page) -> None:
    store_upload(shelf.data, "zinc.txt", b"Zinc oxide scatters light. It sits on top of the horny layer.")

    page = settled(library_page())

    assert "Taking up uploads that were waiting: done" in said(page)
    assert "zinc.txt, 1 passage. Ask about it" in said(page)
    assert document_id(shelf, "zinc.txt")


def test_without_waiting_uploads_there_is_nothing_to_take_up(shelf: Shelf, library_page: Page) -> None:
    page = settled(library_page())

    assert "Taking up" not in said(page)
    assert shelf.data.exists()

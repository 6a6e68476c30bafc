"""The Library page, run without a browser on a small real library."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import open_catalogue
from tests.ui.shelf import Page, Shelf, document_id, markup, press, said

pytestmark = pytest.mark.pages


@pytest.mark.usefixtures("bare")
def test_an_empty_library_says_what_to_do(library_page: Page) -> None:
    page = library_page()

    assert "The library is empty." in said(page)
    assert "Bring up to date with papers/" in [button.label for button in page.button]


@pytest.mark.usefixtures("bare")
def test_it_is_brought_up_to_date_with_its_folder(library_page: Page) -> None:
    page = press(library_page(), "Bring up to date with papers/")

    words = said(page)
    assert "3 documents" in words
    assert "Bring up to date with papers/: done" in words
    assert "broken.txt" in words
    assert "Refused" in words


@pytest.mark.usefixtures("shelf")
def test_documents_are_listed(library_page: Page) -> None:
    words = said(library_page())

    assert "Vitamin C on skin" in words
    assert "Pinnell SR, Yang H · 2001 · randomised trials · Topical actives" in words


@pytest.mark.usefixtures("shelf")
def test_the_list_can_be_searched_and_ordered(library_page: Page) -> None:
    page = library_page()
    page.text_input[0].set_value("peel").run()

    assert page.query_params == {"find": "peel"}
    assert "Vitamin C" not in said(page)

    page.selectbox[0].set_value("group").run()

    assert page.query_params == {"find": "peel", "sort": "group"}
    assert "<h2>Procedures</h2>" in markup(page)


@pytest.mark.usefixtures("shelf")
def test_a_search_that_fits_nothing_says_so(library_page: Page) -> None:
    assert "No document fits “zzz”" in said(library_page(find="zzz"))


def test_a_document_says_what_it_is(shelf: Shelf, library_page: Page) -> None:
    words = said(library_page(document=document_id(shelf, "vitamin-c.md")))

    assert "What pigs and people showed." in words
    assert "byte for byte the same" in words
    assert "Vitamin C: what can go wrong" in words
    assert "Topical L-ascorbic acid." in words
    assert str(shelf.corpus) not in words


def test_a_link_leads_to_the_very_passage(shelf: Shelf, library_page: Page) -> None:
    name = document_id(shelf, "vitamin-c.md")
    with open_catalogue(shelf.data) as catalogue:
        document, passage = catalogue.document(name), catalogue.passages(name)[-1]

    page = library_page(document=name, start=str(passage.start), end=str(passage.end))

    assert "The passage of this link" in said(page)
    assert '<mark class="passage">' in markup(page)
    assert 'class="passage named"' in markup(page)
    assert document.text[passage.start : passage.end] in page.code[0].value


@pytest.mark.parametrize(("start", "end"), [("5", "5"), ("9", "3"), ("0", "99999999")])
def test_a_link_beyond_the_text_says_so(start: str, end: str, shelf: Shelf, library_page: Page) -> None:
    page = library_page(document=document_id(shelf, "peels.md"), start=start, end=end)

    assert "names a passage beyond" in said(page)


@pytest.mark.usefixtures("shelf")
def test_an_unknown_document_gets_a_sentence(library_page: Page) -> None:
    words = said(library_page(document="ffff"))

    assert "No document of this address is in the library" in words
    assert "Look for it in the Library" in words


@pytest.mark.usefixtures("shelf")
def test_a_refused_file_is_named_with_its_reason_and_can_be_taken_away(library_page: Page) -> None:
    page = library_page()
    assert "broken.txt" in said(page)

    page = press(page, "Remove")

    assert "could not be read" not in said(page)


def test_uploads_are_read_and_their_fate_is_told(shelf: Shelf, library_page: Page) -> None:
    page = library_page()
    page.file_uploader[0].set_value(
        [
            ("../../zinc.txt", b"Zinc oxide scatters light. It sits on top of the horny layer.", "text/plain"),
            ("noise.txt", bytes(range(256)), "text/plain"),
            ("again.md", (shelf.corpus / "peels.md").read_bytes(), "text/markdown"),
        ]
    )
    page = press(page, "Read and index")

    words = said(page)
    assert "Add 3 documents: done" in words
    assert "zinc.txt, 1 passage. Ask about it" in words
    assert "noise.txt" in words
    assert "Already here under another name" in words
    assert sorted(file.name for file in Path(shelf.data.parent).iterdir()) == ["papers", "var"]


@pytest.mark.usefixtures("shelf")
def test_no_upload_is_no_error(library_page: Page) -> None:
    page = library_page()
    next(button for button in page.button if button.label == "Read and index").click().run()

    assert "No file was chosen" in said(page)


def test_a_document_can_be_removed(shelf: Shelf, library_page: Page) -> None:
    page = library_page(document=document_id(shelf, "peels.md"))
    page = press(page, "Remove it")

    with open_catalogue(shelf.data) as catalogue:
        assert "Peels" not in {one.title for one in catalogue.summaries()}
    assert "Remove “Peels”: done" in said(page)
    assert not page.query_params


def test_a_second_writer_is_one_sentence(shelf: Shelf, library_page: Page) -> None:
    from index import open_writer

    with open_writer(shelf.data):
        page = press(library_page(), "Bring up to date with papers/")

    words = said(page)
    assert "Another process is writing to the index in var now" in words
    assert str(shelf.data) not in words


@pytest.mark.usefixtures("shelf")
def test_what_has_been_read_can_be_put_away(library_page: Page) -> None:
    page = press(library_page(), "Bring up to date with papers/")
    page = press(page, "Put this away")

    assert ": done" not in said(page)


@pytest.mark.usefixtures("shelf")
def test_documents_cannot_speak_as_the_page(shelf: Shelf, library_page: Page) -> None:
    for page in (library_page(), library_page(document=document_id(shelf, "hostile.md"))):
        assert not any(sign in markup(page) for sign in ("<script", "<img", "<b>", "\u202e"))
        assert not page.markdown
        assert '<img src=x onerror=alert(1)> & "friends"' in said(page)

"""PDF: pages that tile, labels, bookmarks, metadata, second opinions and refusals."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from core.document import Document, Loss, Source, pages_of, section_of
from core.errors import UnreadableError
from ingest.readers import pdf_engines, read
from ingest.readers.pdf_engines import defect_of

MakePdf = Callable[..., bytes]


def _read(data: bytes) -> Document:
    return read(Source("a.pdf", "application/pdf", data))


def _labels(document: Document) -> list[str]:
    return [page.label for page in document.pages]


def test_pages_tile_the_text_and_are_found_by_their_words(make_pdf: MakePdf) -> None:
    document = _read(make_pdf([["First page here."], ["Second page,", "two lines."], ["Third page."]]))
    assert document.text == "First page here.\nSecond page,\ntwo lines.\nThird page."
    assert [(page.start, page.end) for page in document.pages] == [(0, 17), (17, 41), (41, 52)]
    assert (document.reader, document.media_type) == ("pdf/1", "application/pdf")
    start = document.text.index("two lines")
    assert [page.index for page in pages_of(document.pages, start, start + 9)] == [1]


def test_labels_are_as_printed_and_may_repeat(make_pdf: MakePdf) -> None:
    pages = [[f"Page number {number} of this file."] for number in range(6)]
    labels = [(0, 1, "/r", None), (2, 3, "/D", "S"), (4, 5, "/D", None)]
    assert _labels(_read(make_pdf(pages, labels=labels))) == ["i", "ii", "S1", "S2", "1", "2"]
    assert _labels(_read(make_pdf(pages))) == ["1", "2", "3", "4", "5", "6"]


def test_a_page_without_text_is_a_loss_by_its_number_and_label(make_pdf: MakePdf) -> None:
    document = _read(make_pdf([["Words on it."], [], ["More words."], []], labels=[(0, 3, "/r", None)]))
    assert document.text == "Words on it.\n\nMore words.\n"
    assert document.losses == (
        Loss("page 2 (label ii)", "page", "no text: probably a scan"),
        Loss("page 4 (label iv)", "page", "no text: probably a scan"),
    )
    assert [page.end - page.start for page in document.pages] == [13, 1, 12, 0]


def test_bookmarks_give_the_sections_where_their_titles_stand(make_pdf: MakePdf) -> None:
    pages = [
        ["1 The Barrier", "Some words about it.", "1.1 Lipids and", "their order", "More words."],
        ["running header", "THE  RENEWAL", "A.1 Invoking a non-", "standard test", "Closing words."],
    ]
    bookmarks = [("The Barrier", 0, 0), ("Lipids and their order", 0, 1), ("The Renewal", 1, 0)]
    bookmarks += [("Invoking a nonstandard test", 1, 1), ("Not there", 1, 0)]
    document = _read(make_pdf(pages, bookmarks=bookmarks))
    found = [(document.text[each.start : each.title_end], each.path) for each in document.headings]
    assert found == [
        ("1 The Barrier", ("The Barrier",)),
        ("1.1 Lipids and\ntheir order", ("The Barrier", "Lipids and their order")),
        ("THE  RENEWAL", ("The Renewal",)),
        ("A.1 Invoking a non-standard test", ("The Renewal", "Invoking a nonstandard test")),
    ]
    assert section_of(document.headings, document.text.index("running")) == ("The Barrier", "Lipids and their order")


def test_without_bookmarks_a_papers_own_sections_are_found(make_pdf: MakePdf) -> None:
    lines = ["A Trial of Something", "Abstract", "We tried it.", "1. INTRODUCTION", "Skin is an organ, and results"]
    lines += ["were mixed. Methods vary.", "Materials and methods", "We did it.", "Conflict of interest", "None."]
    document = _read(make_pdf([lines]))
    assert [heading.path for heading in document.headings] == [
        ("Abstract",),
        ("1. INTRODUCTION",),
        ("Materials and methods",),
        ("Conflict of interest",),
    ]


def test_numbered_titles_count_only_where_three_rise_and_lists_do_not(make_pdf: MakePdf) -> None:
    body = "This is a line of the body of the text."
    rising = ["1 Aims", body, "2 Design", "2.1 Participants", body, "3 Outcome", body]
    document = _read(make_pdf([rising]))
    assert [" > ".join(each.path) for each in document.headings] == [
        "1 Aims",
        "2 Design",
        "2 Design > 2.1 Participants",
        "3 Outcome",
    ]
    for lines in (["1 Skin", body, "2 Design", body], ["1 Wash", "2 Dry", "3 Rest", body], ["3 Skin", body] * 3):
        assert _read(make_pdf([lines])).headings == ()


def test_metadata_come_from_the_file_and_never_from_its_name_or_date(make_pdf: MakePdf) -> None:
    first = ["Skin", "https://doi.org/10.1000/abc.1", "words"]
    info = {"/Title": "Skin and age (2019)", "/Author": "Roe, Jane; Doe, John", "/CreationDate": "D:20220101"}
    meta = _read(make_pdf([first], info=info)).metadata
    assert (meta.title, meta.authors, meta.year, meta.doi) == (
        "Skin and age (2019)",
        ("Roe, Jane", "Doe, John"),
        2019,
        "10.1000/abc.1",
    )
    for title in ("Microsoft Word - draft", "paper_final.docx", "untitled", "s12345-019-01"):
        meta = _read(make_pdf([first], info={"/Title": title, "/CreationDate": "D:20220101"})).metadata
        assert (meta.title, meta.year) == ("", None)


@pytest.mark.parametrize("junk", ["ARRAY(0x55d0c8a1)", "HASH(0x7f)", "[object Object]", "null", "<Author at 0x7f3a>"])
def test_what_a_program_prints_in_the_place_of_authors_is_no_author(make_pdf: MakePdf, junk: str) -> None:
    assert _read(make_pdf([["Skin."]], info={"/Author": junk})).metadata.authors == ()
    assert _read(make_pdf([["Skin."]], info={"/Author": f"{junk}; Roe, Jane"})).metadata.authors == ("Roe, Jane",)


def test_publishers_xmp_gives_year_and_doi(make_pdf: MakePdf) -> None:
    writer = pypdf.PdfWriter(clone_from=BytesIO(make_pdf([["Words of a paper."]])))
    stream = StreamObject()
    stream.set_data(b"<x><prism:coverDate>2018-03-01</prism:coverDate><prism:doi>10.1000/xmp</prism:doi></x>")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    written = BytesIO()
    writer.write(written)
    meta = _read(written.getvalue()).metadata
    assert (meta.year, meta.doi) == (2018, "10.1000/xmp")


def test_labels_and_outline_that_raise_cost_nothing_else(make_pdf: MakePdf) -> None:
    writer = pypdf.PdfWriter(clone_from=BytesIO(make_pdf([["Words of a paper."], ["More."]])))
    broken = DictionaryObject({NameObject("/Nums"): NameObject("/Nonsense")})
    for key in ("/PageLabels", "/Outlines", "/Metadata"):
        writer.root_object[NameObject(key)] = broken
    written = BytesIO()
    writer.write(written)
    document = _read(written.getvalue())
    assert document.text == "Words of a paper.\nMore."
    assert _labels(document) == ["1", "2"]


def test_a_password_is_asked_for_and_an_empty_one_is_tried(make_pdf: MakePdf) -> None:
    with pytest.raises(UnreadableError, match=r"^a\.pdf needs a password: remove it and add the file again\.$"):
        _read(make_pdf([["Secret words."]], password="open sesame"))  # noqa: S106 - not a secret
    assert _read(make_pdf([["Open words."]], password="")).text == "Open words."


def test_a_file_without_text_is_probably_a_scan(make_pdf: MakePdf) -> None:
    with pytest.raises(UnreadableError, match=r"^a\.pdf has no text: it is probably a scan; run OCR first"):
        _read(make_pdf([[], []]))


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.6, 0.97])
def test_a_truncated_file_is_read_in_part_or_refused(
    make_pdf: MakePdf, outcome_of: Callable[[Source], str], keep: float
) -> None:
    whole = make_pdf([[f"Words on page {number}."] for number in range(20)])
    outcome = outcome_of(Source("a.pdf", "application/pdf", whole[: int(len(whole) * keep)]))
    assert outcome.startswith("a.pdf ") or "Words on page" in outcome


def test_what_pypdf_cannot_read_pdfium_may(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_pdf([["First words."], ["Second words."]], labels=[(0, 1, "/r", None)])
    monkeypatch.setattr(pdf_engines, "_pypdf_text", lambda _reader, _index: pdf_engines.PageText("", "damaged"))
    document = _read(data)
    assert (document.text, document.losses) == ("First words.\nSecond words.", ())
    monkeypatch.setattr(pypdf, "PdfReader", None)
    document = _read(data)
    assert (document.text, _labels(document)) == ("First words.\nSecond words.", ["i", "ii"])


def test_a_page_that_neither_reads_is_named_and_the_others_stay(
    make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pypdf.PageObject.extract_text
    monkeypatch.setattr(pdf_engines.SecondOpinion, "text", lambda _self, _index: "")

    def failing(page: pypdf.PageObject) -> str:
        if page.page_number == 1:
            raise AssertionError
        return original(page)

    monkeypatch.setattr(pypdf.PageObject, "extract_text", failing)
    document = _read(make_pdf([["One."], ["Two."], ["Three."]]))
    assert document.text == "One.\n\nThree."
    assert document.losses == (Loss("page 2", "page", "damaged (AssertionError)"),)


@pytest.mark.parametrize(
    ("text", "garbage"),
    [
        ("Ordinary words about the skin and its barrier, 12/34 and so on.", False),
        ("/g145/g146/g147 /g32/g33/g34 /g145/g146", True),
        ("/one.os./two.os words with small capitals /three.os", True),
        ("words with \ufffd\ufffd\ufffd unknown \ue001 characters", True),
        ("Loremipsumdolorsitametconsecteturadipiscingelitseddoeiusmod", True),
        ("Donaudampfschifffahrtsgesellschaft und andere lange Wörter kommen in gutem Text vor " * 20, False),
        ("/g1", False),
    ],
)
def test_garbage_is_recognised(text: str, garbage: bool) -> None:  # noqa: FBT001
    assert (defect_of(text) > 0) == garbage


def test_a_page_of_glyph_names_is_a_loss_when_pdfium_has_nothing_better(make_pdf: MakePdf) -> None:
    document = _read(make_pdf([["Good words here."], ["/g145/g146/g147/g148 /g149/g150"]]))
    assert document.text == "Good words here.\n"
    assert document.losses == (Loss("page 2", "page", "its fonts do not say which characters they show: run OCR"),)


def test_more_pages_than_a_book_has_are_refused(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.pdf.PAGES", 2)
    with pytest.raises(UnreadableError, match="has 3 pages, and the limit is 2: split it"):
        _read(make_pdf([["a"], ["b"], ["c"]]))

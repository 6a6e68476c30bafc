"""The Ask page, run without a browser on a small real library."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from reportlab.pdfgen.canvas import Canvas

import ui.ask
from index import LONGEST_QUESTION, VERDICTS
from ingest import add
from tests.ui.shelf import MODEL, Page, Shelf, markup, said

pytestmark = pytest.mark.pages


def test_without_an_index_it_says_what_to_do(bare: Shelf, ask_page: Page) -> None:
    page = ask_page(q="does vitamin C fade dark spots?")

    assert "Nothing has been indexed yet. Open the Library" in said(page)
    assert not bare.data.exists()


@pytest.mark.usefixtures("came_along")
def test_without_a_question_it_offers_some_about_the_documents_that_came_along(ask_page: Page) -> None:
    page = ask_page()

    assert "Searches 87 documents on skincare" in said(page)
    assert markup(page).count("./?q=") == len(ui.ask.SAMPLES)


@pytest.mark.usefixtures("shelf")
def test_without_those_documents_it_offers_the_ones_that_are_there_and_no_questions(ask_page: Page) -> None:
    page = ask_page()

    assert "Searches 3 documents" in said(page)
    assert "./?q=" not in markup(page)
    assert not any(sample in said(page) for sample in ui.ask.SAMPLES)
    assert "library?document=" in markup(page)
    assert "Vitamin C on skin" in said(page)


@pytest.mark.usefixtures("shelf")
def test_an_answer_is_a_verdict_and_quotations(ask_page: Page) -> None:
    page = ask_page(q="vitamin C fades dark spots in small trials")

    words = said(page)
    assert VERDICTS["supported"] in words
    assert "Vitamin C fades dark spots in small trials [1]." in words
    assert "Pinnell SR, Yang H · 2001 · rests mostly on: randomised trials · Topical actives" in words
    assert "vitamin-c.md" in words
    assert '<mark class="best match">Vitamin</mark>' in markup(page)
    assert page.text_input[0].value == "vitamin C fades dark spots in small trials"


@pytest.mark.usefixtures("shelf")
def test_what_no_document_mentions_is_said_with_the_verdict(ask_page: Page) -> None:
    words = said(ask_page(q="price of thiamidol for dark spots"))

    assert "No document mentions thiamidol.The best passages give no price." in words


def test_words_that_stand_in_two_documents_are_quoted_once_and_both_are_named(shelf: Shelf, ask_page: Page) -> None:
    text = (shelf.corpus / "vitamin-c.md").read_text("utf-8").replace("Vitamin C", "Ascorbic acid", 1)
    (shelf.corpus / "copied.md").write_text(text, encoding="utf-8")
    add(shelf.data, [shelf.corpus], MODEL)

    page = ask_page(q="vitamin C fades dark spots in small trials")

    shown = [each.partition("</article>")[0] for each in markup(page).split("<article")[1:]]
    quotations = [each for each in shown if "Nobody knows how long it lasts" in each]
    assert len(quotations) == 1
    assert "The same words also stand in" in quotations[0]


@pytest.mark.usefixtures("shelf")
def test_what_the_corpus_does_not_answer_is_said_to_be_so(ask_page: Page) -> None:
    page = ask_page(q="quarterly zirconium futures")

    words = said(page)
    assert "The corpus does not answer this." in words
    assert "Nearest passages, not answers" in words
    assert 'class="citation dimmed"' in markup(page)
    assert 'class="best' not in markup(page)


@pytest.mark.usefixtures("shelf")
def test_a_submitted_question_goes_to_the_address(ask_page: Page) -> None:
    page = ask_page()
    page.text_input[0].set_value("  what can go wrong?  ")
    page.button[0].click().run()

    assert page.query_params == {"q": "what can go wrong?"}
    assert "The corpus" in said(page)


@pytest.mark.usefixtures("shelf")
def test_choices_go_to_the_address_and_hold(ask_page: Page) -> None:
    page = ask_page(q="skin")
    page.multiselect[0].set_value(["Procedures"])
    page.button_group[0].set_value("lexical")
    page.selectbox[0].set_value(5)
    page.button[0].click().run()

    assert page.query_params == {"q": "skin", "mode": "lexical", "k": "5", "group": "Procedures"}
    assert "peels.md" in said(page)
    assert "vitamin-c.md" not in said(page)


@pytest.mark.usefixtures("shelf")
def test_a_choice_acts_at_once_on_the_question_that_is_answered(ask_page: Page) -> None:
    page = ask_page(q="skin")
    page.multiselect[0].set_value(["Procedures"]).run()

    assert page.query_params == {"q": "skin", "group": "Procedures"}
    assert "vitamin-c.md" not in said(page)

    page.button_group[0].set_value("lexical").run()

    assert page.query_params == {"q": "skin", "mode": "lexical", "group": "Procedures"}
    assert "Searching by words only, and only Procedures. Search everywhere" in said(page)

    page.multiselect[0].set_value([]).run()

    assert page.query_params == {"q": "skin", "mode": "lexical"}
    assert "Searching by words only. Search by meaning and words" in said(page)
    assert "vitamin-c.md" in said(page)


@pytest.mark.usefixtures("shelf")
def test_a_choice_before_any_question_holds_for_the_first(ask_page: Page) -> None:
    page = ask_page()
    page.multiselect[0].set_value(["Procedures"]).run()

    assert "Searching only Procedures" in said(page)

    page.text_input[0].set_value("skin")
    page.button[0].click().run()

    assert page.query_params == {"q": "skin", "group": "Procedures"}


@pytest.mark.usefixtures("shelf")
def test_an_address_in_any_order_is_left_as_it_is(ask_page: Page) -> None:
    page = ask_page(year="2001", q="skin", type="markdown", group="Topical actives")

    assert "vitamin-c.md" in said(page)
    assert set(page.query_params) == {"year", "q", "type", "group"}


@pytest.mark.usefixtures("shelf")
def test_a_search_can_be_kept_to_one_document(shelf: Shelf, ask_page: Page) -> None:
    from index import open_catalogue

    with open_catalogue(shelf.data) as catalogue:
        peel = next(one for one in catalogue.summaries() if one.name == "peels.md")

    page = ask_page(q="skin", document=peel.id)

    assert "Searching only Peels. Search everywhere" in said(page)
    assert "vitamin-c.md" not in said(page)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"q": "x" * 100_000}, f"ask in at most {LONGEST_QUESTION:,}"),
        ({"q": "skin", "group": "No such group"}, "No document has group=No such group"),
        ({"q": "skin", "mode": "telepathy", "k": "none"}, "The corpus"),
        ({"q": '" OR * NEAR( -- \x00 <b>'}, "The corpus"),
    ],
)
def test_odd_addresses_get_a_sentence(address: dict[str, str], sentence: str, ask_page: Page) -> None:
    assert sentence in said(ask_page(**address))


@pytest.mark.usefixtures("shelf")
def test_an_empty_question_gets_a_sentence(ask_page: Page) -> None:
    page = ask_page()
    page.text_input[0].set_value("   ")
    page.button[0].click().run()

    assert "The question is empty; type a few words" in said(page)


@pytest.mark.usefixtures("shelf")
def test_documents_cannot_speak_as_the_page(ask_page: Page) -> None:
    page = ask_page(q="hostile words stay as it is")

    html = markup(page)
    assert "&lt;script&gt;alert(3)&lt;/script&gt;" in html
    assert not any(sign in html for sign in ("<script", "<img", "<b>", "\u202e"))
    assert "![x](http://127.0.0.1/x.png)" in said(page)
    assert not page.markdown


@pytest.mark.usefixtures("shelf")
def test_an_address_cannot_speak_as_the_page(ask_page: Page) -> None:
    page = ask_page(q="skin", group="![x](http://127.0.0.1/x.png)", document="<img src=x>")

    assert [row.label for row in page.expander if "127.0.0.1" in row.label] == []
    assert "<img" not in markup(page)


def test_a_damaged_catalogue_gets_a_sentence_without_a_path(bare: Shelf, ask_page: Page) -> None:
    bare.data.mkdir()
    (bare.data / "catalogue.sqlite").write_bytes(b"not a database at all, but long enough to be read as one" * 20)

    page = ask_page(q="skin")

    assert "damaged" in said(page)
    assert str(bare.data.parent) not in said(page)


@pytest.mark.usefixtures("shelf")
def test_a_defect_gets_a_sentence(ask_page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        message = "secret detail"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("ui.session.facts", broken)
    monkeypatch.setattr("ui.ask.facts", broken)

    words = said(ask_page(q="skin"))

    assert "Something went wrong that should not" in words
    assert "secret detail" not in words


@pytest.mark.usefixtures("shelf")
def test_no_path_of_this_machine_is_shown(shelf: Shelf, ask_page: Page) -> None:
    page = ask_page(q="vitamin C fades dark spots in small trials")

    shown = markup(page) + "".join(code.value for code in page.code)
    assert str(shelf.corpus.parent) not in shown
    assert "SHA-256 of the file" in shown


def test_pages_are_named_as_counted_and_as_printed(bare: Shelf, ask_page: Page) -> None:
    printed = BytesIO()
    canvas = Canvas(printed)
    for line in ("Preface on nothing in particular.", "Azelaic acid calms rosacea in small trials."):
        canvas.drawString(50, 800, line)
        canvas.showPage()
    canvas.save()
    writer = PdfWriter(clone_from=PdfReader(printed))
    writer.set_page_label(0, 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.write(bare.corpus / "rosacea.pdf")
    add(bare.data, [bare.corpus / "rosacea.pdf"], MODEL)

    assert "pages 1-2 (printed i-ii) · rosacea.pdf" in said(ask_page(q="azelaic acid calms rosacea"))

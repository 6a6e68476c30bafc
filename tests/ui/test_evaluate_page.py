"""The Evaluate page, run without a browser on a small real library."""

from __future__ import annotations

import json
import time
from pathlib import Path
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

from core.document import Passage
from evaluate import judge, kept_evaluations, own_questions, read_marks
from index import Searcher, open_catalogue
from ingest import add, remove
from tests.ui.shelf import MODEL, Page, Shelf, document_id, markup, said
from ui.session import evaluations, searcher_for_work

pytestmark = pytest.mark.pages

QUESTIONS = "".join(
    f"{json.dumps(row)}\n"
    for row in (
        {
            "_id": "q1",
            "text": "does vitamin C <b>fade</b> dark spots?",
            "split": "dev",
            "answerable": True,
            "spans": [{"path": "vitamin-c.md", "quote": "Vitamin C fades dark spots in small trials", "grade": 2}],
        },
        {
            "_id": "q2",
            "text": "what is the horny layer removed to",
            "split": "test",
            "answerable": True,
            "spans": [{"path": "peels.md", "quote": "to a chosen depth"}],
        },
        {"_id": "u1", "text": "hostile words stay as it is", "split": "test", "answerable": False, "spans": []},
    )
).encode()


def chosen(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Choose files of questions and judgements."""
    page.selectbox(key="questions").set_value("file").run()
    for key, (name, content) in zip(("queries", "qrels"), files, strict=False):
        page.file_uploader(key=key).set_value((name, content, "text/plain")).run()
    return page


def begun(page: AppTest) -> AppTest:
    """Press the button, wait until all is asked, and run the page again; it stays as it is when nothing is asked."""
    next(button for button in page.button if button.label == "Evaluate them").click().run()
    if not evaluations().all():
        return page
    return ended(page)


def ended(page: AppTest) -> AppTest:
    """Wait until all is asked, and run the page again."""
    end = time.monotonic() + 30
    while any(job.running for job in evaluations().all()):
        assert time.monotonic() < end, "the evaluation did not end"
        time.sleep(0.02)
    return page.run()


@pytest.mark.usefixtures("bare")
def test_without_an_index_it_says_what_to_do(evaluate_page: Page) -> None:
    words = said(evaluate_page())

    assert "Nothing has been indexed yet" in words
    assert "None is kept yet." in words


@pytest.mark.usefixtures("came_along")
def test_the_projects_own_questions_are_there_from_the_start(evaluate_page: Page) -> None:
    page = evaluate_page()

    assert page.selectbox(key="questions").value == "dev"
    assert "212 questions, 175 with judgements of spans, 37 that nothing should answer." in said(page)
    assert "left out" not in said(page)
    assert page.button_group(key="configurations").value == ["hybrid", "dense", "lexical"]


def test_of_the_projects_own_questions_only_those_are_asked_whose_documents_are_here(
    came_along: Path, evaluate_page: Page
) -> None:
    with open_catalogue(came_along) as catalogue:
        stem_cells = [one.id for one in catalogue.summaries() if "/corpus/stem-cells/" in one.path]
    remove(came_along, stem_cells)
    left = 87 - len(stem_cells)

    words = said(evaluate_page())

    assert f"Only {left} of the 87 documents that came along are in the library; questions about" in words
    about_them = {one.query_id for one in own_questions("dev").judgements if "/stem-cells/" in one.document}
    assert f"{212 - len(about_them)} questions, {175 - len(about_them)} with judgements of spans, 37 that" in words


@pytest.mark.usefixtures("shelf")
def test_the_projects_own_questions_are_not_offered_where_their_documents_are_not(evaluate_page: Page) -> None:
    page = evaluate_page()

    assert page.selectbox(key="questions").options == ["A file of my own", "My judgements on Ask"]
    assert "Choose a file of questions" in said(page)


@pytest.mark.usefixtures("shelf")
def test_questions_whose_documents_are_not_here_are_refused_before_anything_is_asked(evaluate_page: Page) -> None:
    elsewhere = QUESTIONS.replace(b'"vitamin-c.md"', b'"actives/retinol.md"')

    page = chosen(evaluate_page(), ("asked.jsonl", elsewhere))
    words = said(page)

    refusal = "asked.jsonl, line 1: no document of the index is called 'actives/retinol.md'"
    assert refusal in words
    assert f"/{refusal}" not in words
    assert page.button[0].disabled
    assert evaluations().all() == ()


def test_an_evaluation_is_made_kept_and_shown(shelf: Shelf, evaluate_page: Page) -> None:
    page = chosen(evaluate_page(), ("asked.jsonl", QUESTIONS))
    assert "3 questions, 2 with judgements of spans, 1 that nothing should answer." in said(page)
    page = begun(page)
    (kept,), _ = kept_evaluations(shelf.data)

    assert page.query_params == {"run": kept.name}
    words = said(page)
    assert "3 questions, 2 of them judged by span, asked of 3 documents" in words
    assert "“Meaning and words” and “Meaning only” are the same on nDCG@10 for every question." in words
    assert "of the index" in words
    assert "not answered by it, 1" in words
    assert "The index has changed since" not in words
    assert [one.label for one in page.download_button][:2] == [
        "Everything in one ZIP",
        "Passages found by Meaning and words (RIS)",
    ]
    assert "<b>" not in markup(page)
    assert not page.markdown
    # Every configuration's mean stands in the table as the files have it.
    assert all(f"<strong>{mean:.3f}</strong>" in markup(page) for mean in kept.means.values())

    listed = evaluate_page()
    assert f'href="evaluate?run={kept.name}"' in markup(listed)
    assert "nDCG@10: Meaning and words" in said(listed)


@pytest.mark.usefixtures("shelf")
def test_a_split_of_a_file_can_be_chosen(evaluate_page: Page) -> None:
    page = chosen(evaluate_page(), ("asked.jsonl", QUESTIONS))
    page.selectbox(key="split").set_value("dev").run()

    assert "1 question, 1 with judgements of spans." in said(page)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([("<b>.jsonl", b'{"_id": "a", "text": "x"}\n{}\n')], "<b>.jsonl, line 2: there is no id"),
        ([("q.txt", b"skin\n"), ("r.qrels", b"1 0 d 1\n1 0 d\n")], "r.qrels, line 2: expected query, document"),
        ([("q.txt", b"\xff")], "The file of questions q.txt cannot be read (it is not UTF-8 text)"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(
    files: list[tuple[str, bytes]], sentence: str, evaluate_page: Page
) -> None:
    page = chosen(evaluate_page(), *files)

    assert sentence in said(page)
    assert next(button for button in page.button if button.label == "Evaluate them").disabled
    assert "<b>.jsonl" not in markup(page)


@pytest.mark.usefixtures("shelf")
def test_without_a_way_of_asking_it_says_what_to_do(evaluate_page: Page) -> None:
    page = chosen(evaluate_page(), ("q.txt", b"skin\n"))
    page.button_group(key="configurations").set_value([]).run()

    assert "Choose two or three to compare, or one to be measured by itself." in said(page)
    assert next(button for button in page.button if button.label == "Evaluate them").disabled


@pytest.mark.usefixtures("shelf")
def test_it_is_queued_before_the_model_is_loaded(evaluate_page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Event()

    def slowly() -> Searcher:
        assert loaded.wait(30)
        return searcher_for_work()

    monkeypatch.setattr("ui.batch.searcher_for_work", slowly)
    page = chosen(evaluate_page(), ("asked.jsonl", QUESTIONS))
    next(button for button in page.button if button.label == "Evaluate them").click().run()

    # A reader who loads the page again now, in another session, finds it there.
    assert "getting the language model ready" in said(evaluate_page())
    loaded.set()
    assert "What was found" in said(ended(page))


def test_one_over_an_index_that_has_changed_says_so(shelf: Shelf, evaluate_page: Page) -> None:
    page = begun(chosen(evaluate_page(), ("asked.jsonl", QUESTIONS)))
    (shelf.corpus / "new.md").write_text("Arnica is a plant of the mountains.", encoding="utf-8")
    add(shelf.data, [shelf.corpus / "new.md"], MODEL)

    assert "The index has changed since: the library holds other documents." in said(page.run())


def test_one_is_put_away(shelf: Shelf, evaluate_page: Page) -> None:
    page = begun(chosen(evaluate_page(), ("q.txt", b"skin\n")))
    assert "The ways were not compared: no question is judged." in said(page)
    next(button for button in page.button if button.label == "Delete it").click().run()

    assert page.query_params == {}
    assert "The evaluation was deleted." in said(page)
    assert "None is kept yet." in said(page)
    assert "The evaluation was deleted." not in said(page.run())
    assert kept_evaluations(shelf.data) == ((), ())


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("run", ["20200101T000000Z-00000000", "../../etc", "<script>alert(1)</script>"])
def test_a_link_to_nothing_gets_a_sentence(run: str, evaluate_page: Page) -> None:
    page = evaluate_page(run=run)

    assert "No evaluation of this name is kept" in said(page)
    assert "<script" not in markup(page)


def test_judgements_of_ask_can_be_evaluated_and_taken_along(shelf: Shelf, evaluate_page: Page) -> None:
    page = evaluate_page()
    page.selectbox(key="questions").set_value("thumbs").run()
    assert "There are none yet" in said(page)

    peels = document_id(shelf, "peels.md")
    with open_catalogue(shelf.data) as catalogue:
        passage = catalogue.passages(peels)[0]
        judge(shelf.data, "what do peels remove?", passage, (passage,), 1)
    judge(shelf.data, "what do peels remove?", Passage("ffffffffffffffff", 0, 9), (), 0)
    page.run()

    words = said(page)
    assert "1 question, 1 with judgements of spans." in words
    assert "2 passages judged on Ask, for 1 question." in words
    assert "1 judgement, of a document that has left the library, stays behind." in words
    assert [one.label for one in page.download_button] == [
        "Questions with spans (JSON lines)",
        "Judgements (TREC qrels)",
    ]

    words = said(begun(page))
    assert "1 question, judged by span" in words


def thumbs(page: AppTest) -> ButtonGroup[int]:
    """Return the thumbs of the first passage."""
    return next(group for group in page.button_group if (group.key or "").startswith("thumbs-1-"))


def test_a_thumb_is_kept_shown_again_and_taken_back(shelf: Shelf, ask_page: Page) -> None:
    page = ask_page(q="what do peels remove?")
    assert thumbs(page).value is None

    thumbs(page).set_value(1).run()

    (mark,) = read_marks(shelf.data)
    assert (mark.question, mark.document_id, mark.grade) == (
        "what do peels remove?",
        document_id(shelf, "peels.md"),
        1,
    )
    again = ask_page(q="What do  peels remove?", mode="lexical")
    assert thumbs(again).value == 1
    assert thumbs(ask_page(q="do peels sting?")).value is None

    thumbs(again).set_value(0).run()
    assert [one.grade for one in read_marks(shelf.data)] == [0]

    thumbs(again).set_value(None).run()
    assert read_marks(shelf.data) == ()


def test_a_judgement_that_cannot_be_kept_is_told_and_does_not_stand_there_as_kept(shelf: Shelf, ask_page: Page) -> None:
    page = ask_page(q="what do peels remove?")
    # Where the lock should be, something else is in the way.
    (shelf.data / "judgements.lock").mkdir()
    thumbs(page).set_value(1).run()

    assert "The judgement cannot be kept" in said(page)
    assert str(shelf.data.parent) not in said(page)
    assert thumbs(page).value is None
    assert read_marks(shelf.data) == ()

    (shelf.data / "judgements.lock").rmdir()
    thumbs(page).set_value(1).run()

    assert "The judgement cannot be kept" not in said(page)
    assert thumbs(page).value == 1
    assert [one.grade for one in read_marks(shelf.data)] == [1]


def test_judgements_that_cannot_be_read_keep_nobody_from_the_quotations(shelf: Shelf, ask_page: Page) -> None:
    (shelf.data / "judgements.jsonl").write_text("no judgement\n", encoding="utf-8")

    page = ask_page(q="what do peels remove?")

    words = said(page)
    assert "Peels remove the horny layer" in words
    assert "In its file, byte for byte." in words
    assert "line 1: this is no judgement; take the line out." in words
    assert not [group for group in page.button_group if (group.key or "").startswith("thumbs-")]

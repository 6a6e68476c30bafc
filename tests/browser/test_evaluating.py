"""Judging passages and evaluating ways of asking, with a real browser."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.reader import Reader
from tests.ui.test_evaluate_page import QUESTIONS

pytestmark = pytest.mark.browser

ASKED = "vitamin C fades dark spots in small trials"
ANSWERS = "This passage answers the question"
NOT = "This passage does not answer the question"


def kept(reader: Reader, grades: list[int]) -> bool:
    """Wait until the server keeps judgements of these grades; False when it does not in the end."""
    file = reader.server.data / "judgements.jsonl"
    for _ in range(400):
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        if [json.loads(line)["grade"] for line in lines] == grades:
            return True
        reader.page.wait_for_timeout(50)
    return False


def thumb(reader: Reader, words: str) -> Locator:
    """Return a thumb of the passage that stands first; thumbs of the others may come before it."""
    return reader.page.locator(".st-key-judgement-1").get_by_role("radio", name=words)


def evaluate(reader: Reader, name: str, questions: bytes, words: str) -> None:
    """Choose a file of questions, which the page then says in these words, and press the button."""
    reader.go("/evaluate")
    reader.page.get_by_role("combobox", name="Questions").click()
    reader.page.get_by_role("option", name="A file of my own").click()
    payload: Any = {"name": name, "mimeType": "text/plain", "buffer": questions}
    reader.page.locator("input[type=file]").first.set_input_files(payload)
    reader.sees(words)
    reader.page.get_by_role("button", name="Evaluate them").click()


def test_an_evaluation_is_read_shared_taken_along_and_put_away(
    reader: Reader, new_reader: Callable[..., Reader]
) -> None:
    evaluate(reader, "asked.jsonl", QUESTIONS, "3 questions, 2 with judgements of spans")
    reader.sees("What was found")
    address = reader.page.url
    assert "/evaluate?run=" in address

    reader.page.get_by_role("link", name="Meaning only and Words only").click()
    expect(reader.page.get_by_role("columnheader", name="Words only minus Meaning only")).to_be_visible()
    reader.page.go_back()
    expect(reader.page.get_by_role("columnheader", name="Meaning only minus Meaning and words")).to_be_visible()
    reader.page.go_forward()
    expect(reader.page.get_by_role("columnheader", name="Words only minus Meaning only")).to_be_visible()
    with reader.page.expect_download() as download:
        reader.page.get_by_role("button", name="Everything in one ZIP").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert {name.split("/", 1)[1] for name in archive.namelist()} >= {"compare.html", "hybrid/run.trec"}
    report = next(name for name in archive.namelist() if name.endswith("hybrid/report.html"))
    assert b"&lt;b&gt;fade&lt;/b&gt;" in archive.read(report)
    assert reader.foreign_nodes() == []

    for scheme, width in (("light", 1280), ("dark", 390)):
        other = new_reader(color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 800})
        other.page.goto(address)
        other.sees("What was said of the evidence")
        other.page.get_by_text("Single files").click()
        other.settle()
        assert other.violations() == []
        assert other.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
        other.go("/evaluate")
        other.sees("nDCG@10: Meaning and words")
        assert other.violations() == []
        # What is taken along is read by itself, and on a telephone as well.
        for name in ("hybrid/report.html", "compare.html"):
            whole = next(one for one in archive.namelist() if one.endswith(name))
            other.page.set_content(archive.read(whole).decode())
            assert other.violations() == []
            assert other.page.evaluate("document.documentElement.scrollWidth") <= width

    reader.page.get_by_role("button", name="Delete this evaluation").click()
    reader.page.get_by_role("button", name="Delete it").click()
    reader.sees("None is kept yet.")


def test_an_evaluation_goes_on_when_the_page_is_loaded_again(reader: Reader) -> None:
    many = "".join(f"does vitamin C number {number} sting?\n" for number in range(600)).encode()
    evaluate(reader, "many.txt", many, "600 questions, none with a judgement")
    expect(reader.page.locator(".work progress")).to_be_visible()
    reader.page.reload()

    reader.page.get_by_role("link", name="many").click()
    reader.sees("600 questions, none of them judged")
    reader.sees("The ways were not compared")


def test_who_waits_is_shown_their_own_while_others_still_wait(
    reader: Reader, new_reader: Callable[..., Reader]
) -> None:
    many = "".join(f"does vitamin C number {number} sting?\n" for number in range(400)).encode()
    other = new_reader()
    evaluate(reader, "first.txt", many, "400 questions, none with a judgement")
    evaluate(other, "second.txt", many, "400 questions, none with a judgement")

    reader.page.wait_for_url("**/evaluate?run=*")
    assert "?run=" not in other.page.url
    expect(other.page.locator(".work progress").last).to_be_visible()
    other.page.wait_for_url("**/evaluate?run=*")


def test_a_passage_is_judged_with_the_keyboard(reader: Reader, new_reader: Callable[..., Reader]) -> None:
    reader.go("/", {"q": ASKED})
    answers = thumb(reader, ANSWERS)
    expect(answers).not_to_be_checked()
    answers.press("Space")
    expect(answers).to_be_checked()
    # The button is pressed at once; the judgement is there for others when the server has kept it.
    assert kept(reader, [1])

    for scheme in ("light", "dark"):
        other = new_reader(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 390, "height": 800})
        other.go("/", {"q": ASKED.upper()})
        expect(thumb(other, ANSWERS)).to_be_checked()
        assert other.violations() == []
    other.go("/", {"q": "granulomas followed needling"})
    expect(thumb(other, ANSWERS)).not_to_be_checked()

    other.go("/", {"q": ASKED})
    thumb(other, NOT).click()
    expect(thumb(other, NOT)).to_be_checked()
    expect(thumb(other, ANSWERS)).not_to_be_checked()
    assert kept(other, [0])

    thumb(other, NOT).click()
    expect(thumb(other, NOT)).not_to_be_checked()
    assert kept(other, [])
    other.go("/evaluate")
    other.misses("My judgements")

"""Thumbs pressed at the first instant, while the page is drawn and while it is replaced: kept for their passage."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

FIRST = "vitamin C fades dark spots in small trials"
SECOND = "what do peels remove"
PASSAGES = 4
TURNS = 5
Judgement = tuple[str, int, int, int]

# Press a thumb of every passage the moment it is there, up and down in turn, and note beside which passage that was.
AT_ONCE = """
(() => {
    window.pressed = [];
    const seen = new Set();
    window.press = () => {
        for (const foot of document.querySelectorAll('[class*="st-key-foot-"]')) {
            const [up, down] = foot.querySelectorAll('button[role="radio"]');
            const link = foot.closest('.stVerticalBlock:has(article)')?.querySelector('article.citation .title a');
            // The same thumbs may be drawn again; those of another question or passage go by another name.
            const name = up?.closest('[class*="st-key-thumbs-"]')?.className.match(/st-key-thumbs-[^ ]+/)[0];
            if (!down || !link || seen.has(name)) continue;
            seen.add(name);
            const grade = window.pressed.length % 2 ? 0 : 1;
            window.pressed.push([link.getAttribute('href'), grade]);
            (grade ? up : down).click();
        }
    };
    window.watch = () => new MutationObserver(window.press).observe(document, {subtree: true, childList: true});
})();
"""


def pressed(reader: Reader, noted: str = "pressed") -> set[Judgement]:
    """Return what was pressed, by the passage beside which it stood."""
    found = set()
    for href, grade in reader.page.evaluate(f"window.{noted}"):
        place = parse_qs(urlsplit(href).query)
        found.add((place["document"][0], int(place["start"][0]), int(place["end"][0]), grade))
    return found


def kept(reader: Reader, question: str, expected: set[Judgement]) -> bool:
    """Wait until the server keeps exactly these judgements of a question; False when it does not in the end."""
    file = reader.server.data / "judgements.jsonl"
    fields = ("document_id", "start", "end", "grade")
    for _ in range(400):
        text = file.read_text("utf-8") if file.is_file() else ""
        lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
        if {tuple(one[name] for name in fields) for one in lines if one["question"] == question} == expected:
            return True
        reader.page.wait_for_timeout(50)
    return False


def thumbs_are_there(reader: Reader) -> None:
    """Wait until all thumbs of an answer can be seen: two beside each passage."""
    expect(reader.page.locator("[class*='st-key-thumbs-'] button")).to_have_count(2 * PASSAGES)


def thumbs_stand_pressed(reader: Reader) -> None:
    """Wait until one thumb of every passage stands there as pressed."""
    expect(reader.page.locator("[class*='st-key-thumbs-'] button[aria-checked='true']")).to_have_count(PASSAGES)


@pytest.mark.parametrize("turn", range(TURNS))
def test_what_is_pressed_while_the_page_is_drawn_is_kept_for_its_passage(turn: int, reader: Reader) -> None:
    question = f"{FIRST} {turn}"
    reader.page.add_init_script(f"{AT_ONCE} window.watch();")

    reader.go("/", {"q": question})
    thumbs_are_there(reader)

    found = pressed(reader)
    assert len(found) == PASSAGES
    assert kept(reader, question, found)
    thumbs_stand_pressed(reader)


@pytest.mark.parametrize("turn", range(TURNS))
def test_what_is_pressed_while_another_question_is_sent_is_kept_for_the_question_it_stood_under(
    turn: int, reader: Reader, new_reader: Callable[..., Reader]
) -> None:
    first, second = f"{FIRST} again {turn}", f"{SECOND} {turn}"
    reader.page.add_init_script(AT_ONCE)
    reader.go("/", {"q": first})
    thumbs_are_there(reader)
    reader.box.fill(second)
    # In one go: nothing can be drawn between the question and the presses, nor before the next answer is watched for.
    reader.page.evaluate(
        "document.querySelector('.stFormSubmitButton button').click(); window.press();"
        "window.before = window.pressed; window.pressed = []; window.watch()"
    )
    reader.page.wait_for_function(f"window.pressed.length === {PASSAGES}")

    before, after = pressed(reader, "before"), pressed(reader)
    assert len(before) == PASSAGES
    assert kept(reader, first, before)
    assert kept(reader, second, after)
    thumbs_stand_pressed(reader)
    other = new_reader()
    other.go("/", {"q": first})
    thumbs_stand_pressed(other)


def test_nothing_moves_once_it_is_there_and_what_has_just_come_cannot_be_pressed(reader: Reader) -> None:
    # At every picture the browser draws: can the first thumbs be pressed, and where are they while they can?
    reader.page.add_init_script(
        "window.places = new Set(); window.ready = new Set(); const look = () => {"
        "  const feet = [...document.querySelectorAll('[class*=\"st-key-foot-\"]')].slice(0, 2);"
        "  const thumbs = feet.map(one => one.querySelector('[class*=\"st-key-thumbs-\"]:has(button)'));"
        "  if (thumbs.length === 2 && thumbs.every(Boolean)) {"
        "    const ready = getComputedStyle(thumbs[0]).pointerEvents;"
        "    window.ready.add(ready);"
        "    const top = document.querySelector('.st-key-masthead').getBoundingClientRect().top;"
        "    if (ready !== 'none')"
        "      window.places.add(feet.map(one => Math.round(one.getBoundingClientRect().top - top)).join(' '));"
        "  }"
        "  requestAnimationFrame(look); }; look()"
    )
    reader.go()
    reader.sees("Searches 3 documents")
    reader.ask(f"{FIRST} at rest")
    thumb = reader.page.locator(".st-key-judgement-1").get_by_role("radio", name="This passage answers the question")
    thumb.click()
    expect(thumb).to_be_checked()
    reader.settle()

    assert reader.page.evaluate("[...window.ready]") == ["none", "auto"]
    assert len(reader.page.evaluate("[...window.places]")) == 1

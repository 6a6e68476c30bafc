"""What a reader does with a real browser: ask, look closer, share, go back and forth."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

QUESTION = "vitamin C fades dark spots in small trials"


def test_a_question_is_answered_and_its_passage_seen_in_context(reader: Reader) -> None:
    reader.go()
    reader.sees("Searches 3 documents")
    reader.ask(QUESTION)

    reader.sees("The corpus has passages on this.")
    first = reader.page.locator(".citation").first
    expect(first.locator(".quotation")).to_contain_text("Vitamin C fades dark spots in small trials [1].")
    expect(first.locator("mark.best").first).to_be_visible()
    expect(first.locator(".place")).to_contain_text("vitamin-c.md")

    reader.open("In context")

    context = reader.page.locator(".context").first
    expect(context.locator("mark.passage").first).to_be_visible()
    expect(context).to_contain_text("Granulomas followed needling.")
    expect(reader.page.get_by_text("It holds").first).to_be_visible()


def test_a_link_shows_another_reader_the_same(reader: Reader, new_reader: Callable[..., Reader]) -> None:
    reader.go()
    reader.ask(QUESTION)
    reader.sees("The corpus has passages on this.")
    expect(reader.page).to_have_url(f"{reader.server.url}/?q=vitamin+C+fades+dark+spots+in+small+trials")

    other = new_reader()
    other.page.goto(reader.page.url)

    other.sees("The corpus has passages on this.")
    expect(other.box).to_have_value(QUESTION)


def test_back_and_forward_lead_through_the_questions(reader: Reader) -> None:
    reader.go()
    reader.sees("Searches 3 documents")
    reader.ask(QUESTION)
    # The first answer also quotes what the second is looked for by; only the address tells them apart.
    expect(reader.page).to_have_url(re.compile("q=vitamin"))
    reader.sees("Vitamin C fades dark spots")
    reader.ask("what do peels remove")
    expect(reader.page).to_have_url(re.compile("q=what"))
    reader.sees("Peels remove the horny layer")
    reader.settle()

    reader.page.go_back()
    expect(reader.box).to_have_value(QUESTION)
    reader.sees("Vitamin C fades dark spots")

    reader.page.go_back()
    expect(reader.box).to_have_value("")
    reader.sees("Searches 3 documents")

    reader.page.go_forward()
    reader.page.go_forward()
    expect(reader.box).to_have_value("what do peels remove")
    reader.sees("Peels remove the horny layer")


def test_a_passage_has_a_lasting_link(reader: Reader, new_reader: Callable[..., Reader]) -> None:
    reader.go("/", {"q": QUESTION})
    reader.page.locator(".citation .title a").first.click()
    reader.sees("The passage of this link")
    expect(reader.page.locator(".context mark.passage").first).to_contain_text("Vitamin C fades dark spots")

    other = new_reader()
    other.page.goto(reader.page.url)

    expect(other.page.locator(".passage.named")).to_be_visible()
    expect(other.page.locator(".context mark.passage").first).to_be_in_viewport()


def test_a_title_on_the_first_page_leads_to_its_document(reader: Reader) -> None:
    reader.go()
    reader.page.get_by_role("link", name="Vitamin C on skin").click()

    reader.sees("What pigs and people showed.")
    reader.page.go_back()
    reader.sees("Searches 3 documents")


def test_a_search_is_narrowed(reader: Reader) -> None:
    reader.go("/", {"q": "skin"})
    reader.open("Narrow the search")
    reader.page.get_by_role("combobox", name="Subject").fill("Proc")
    reader.page.get_by_role("option", name="Procedures").click()

    expect(reader.page).to_have_url(f"{reader.server.url}/?q=skin&group=Procedures")
    reader.sees("Searching only Procedures")
    expect(reader.page.locator(".citation")).to_have_count(1)

    reader.page.get_by_role("combobox", name="Subject").fill("Topical")
    reader.page.get_by_role("option", name="Topical actives").click()

    expect(reader.page).to_have_url(f"{reader.server.url}/?q=skin&group=Procedures&group=Topical+actives")
    expect(reader.page.locator(".citation", has_text="vitamin-c.md").first).to_be_visible()
    reader.page.keyboard.press("Escape")
    reader.page.get_by_text("Words only", exact=True).click()
    reader.sees("Searching by words only")
    expect(reader.page.get_by_text("Words only", exact=True)).to_be_visible()


def test_what_is_being_typed_outlives_a_choice(reader: Reader) -> None:
    reader.go("/", {"q": QUESTION})
    reader.open("Narrow the search")
    reader.box.fill("what do peels")
    reader.page.get_by_text("Words only", exact=True).click()

    reader.sees("Searching by words only")
    reader.sees("Vitamin C fades dark spots")
    expect(reader.box).to_have_value("what do peels")


@pytest.mark.parametrize("narrowed", [False, True])
def test_an_answer_goes_before_the_next_one_comes(reader: Reader, *, narrowed: bool) -> None:
    reader.go("/", {"q": QUESTION})
    reader.sees("Vitamin C fades dark spots")
    # Elements that are filled anew would show the old words until then.
    reader.page.evaluate(
        "document.querySelectorAll('.stElementContainer:has(.citation)').forEach(one => one.dataset.before = 'yes')"
    )
    assert reader.page.locator("[data-before]").count() > 0

    if narrowed:
        reader.open("Narrow the search")
        reader.page.get_by_text("Words only", exact=True).click()
        reader.sees("Searching by words only")
    else:
        reader.ask("granulomas followed needling")
        expect(reader.page.locator(".citation .quotation").first).to_contain_text("Granulomas followed needling.")

    expect(reader.page.locator(".citation").first).to_be_visible()
    expect(reader.page.locator("[data-before]")).to_have_count(0)


def test_what_the_corpus_does_not_answer_is_dimmed(reader: Reader) -> None:
    reader.go("/", {"q": "quarterly zirconium futures"})

    reader.sees("The corpus does not answer this.")
    reader.sees("Nearest passages, not answers")
    expect(reader.page.locator(".citation:not(.dimmed)")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/", {}),
        ("/", {"q": QUESTION, "group": "Topical actives"}),
        ("/", {"q": "quarterly zirconium futures"}),
        ("/library", {}),
        ("/library", {"document": "vitamin-c.md"}),
    ],
)
def test_pages_are_accessible(
    path: str, address: dict[str, str], scheme: str, new_reader: Callable[..., Reader]
) -> None:
    reader = new_reader(color_scheme=scheme, reduced_motion="reduce")
    reader.go("/library")
    if "document" in address:
        reader.page.get_by_role("link", name="Vitamin C on skin").click()
        reader.sees("byte for byte the same")
    else:
        reader.go(path, address)
    for row in reader.page.locator(".stExpander summary", has_text=re.compile("Narrow|In context")).all():
        row.click()

    assert reader.violations() == []


@pytest.mark.parametrize("width", [390, 768])
def test_no_page_is_wider_than_the_screen(width: int, new_reader: Callable[..., Reader]) -> None:
    reader = new_reader(viewport={"width": width, "height": 800})
    for path, address in (("/", {"q": QUESTION}), ("/library", {})):
        reader.go(path, address)
        wide = reader.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")

        assert wide <= width

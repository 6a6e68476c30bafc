"""Bringing documents in and taking them out, with a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

ZINC = b"Zinc oxide scatters ultraviolet light. It sits on top of the horny layer and stings nobody."


def test_an_upload_is_found_by_a_question_in_every_session(reader: Reader, new_reader: Callable[..., Reader]) -> None:
    other = new_reader()
    other.go("/", {"q": "zinc oxide scatters ultraviolet light"})
    other.misses("Zinc oxide scatters")

    reader.go("/library")
    reader.upload([("zinc.txt", "text/plain", ZINC)])
    reader.sees("Add 1 document: done")
    reader.page.get_by_role("link", name="Ask about it").click()
    reader.sees("Searching only Zinc")
    reader.ask("what scatters ultraviolet light")
    expect(reader.page.locator(".citation .quotation")).to_contain_text("Zinc oxide scatters ultraviolet light.")

    other.page.reload()
    expect(other.page.locator(".citation .quotation").first).to_contain_text("Zinc oxide scatters")
    other.page.get_by_role("link", name="Library").click()
    other.sees("zinc.txt")


def test_a_refused_upload_is_named_with_its_reason_and_removed(reader: Reader) -> None:
    reader.go("/library")
    reader.upload([("notes.txt", "text/plain", b"\x7fELF" + bytes(range(256)) * 40)])

    reader.sees("Refused")
    outcome = reader.page.locator(".outcomes").first
    expect(outcome).to_contain_text("notes.txt")
    expect(outcome.locator(".reason")).not_to_be_empty()
    expect(reader.page.get_by_text("1 file could not be read")).to_be_visible()

    reader.page.get_by_role("button", name="Remove", exact=True).click()

    reader.sees("Remove “notes.txt”: done")
    reader.misses("1 file could not be read")
    kept = [file for file in (reader.server.data / "uploads").rglob("*") if file.is_file()]
    assert not [file for file in kept if b"ELF" in file.read_bytes()]


def test_a_document_is_removed_after_a_second_thought(reader: Reader) -> None:
    reader.go("/library")
    reader.upload([("passing.txt", "text/plain", b"Bentonite clay absorbs sebum for an hour.")])
    reader.sees("Add 1 document: done")
    reader.page.get_by_role("link", name="passing.txt").click()
    reader.page.get_by_role("button", name="Remove", exact=True).click()
    reader.sees("Remove this document and its passages")
    reader.page.get_by_role("button", name="Remove it").click()

    reader.sees("Remove “Passing”: done")
    reader.go("/library", {"find": "passing"})
    reader.sees("No document fits “passing”")


def test_work_survives_a_reload(reader: Reader) -> None:
    words = b" ".join(b"emollient%d calms barrier%d." % (number, number) for number in range(25_000))
    reader.go("/library")
    reader.upload([("long.txt", "text/plain", words)])
    expect(reader.page.locator(".work progress")).to_be_visible()

    reader.page.reload()

    reader.sees("Add 1 document: done")
    reader.sees("long.txt")


def test_a_hostile_document_does_nothing(reader: Reader) -> None:
    probe = f"{reader.server.url}/x.png"
    text = (
        f"<img src={probe} onerror=alert(1)>\n\n<script>alert(2)</script> Mimicry: "
        f"![x]({probe}) <style>@import '{probe}'</style> <iframe src={probe}></iframe> [y](javascript:alert(3))\n"
    )
    name = "<img src=x onerror=alert(4)>.txt"
    reader.go("/library")
    reader.upload([(name, "text/plain", text.encode())])
    reader.sees("Add 1 document: done")

    reader.page.get_by_role("link", name=name).click()
    reader.sees("Mimicry:")
    drawn = reader.foreign_nodes()
    reader.go("/", {"q": "mimicry script alert img"})
    reader.sees("Mimicry:")
    reader.open("In context")
    drawn += reader.foreign_nodes()
    # Its like in metadata: the shelf holds a document whose subject is a picture in Markdown.
    reader.go("/", {"q": "hostile words", "group": "![x](http://127.0.0.1/x.png)"})
    reader.open("Narrow the search")
    reader.page.get_by_role("combobox", name="Subject").click()
    drawn += reader.foreign_nodes()

    assert drawn == []
    assert probe not in reader.requests
    assert not [url for url in reader.requests if url.endswith("/x")]


def test_a_file_that_changed_is_told_and_read_again(reader: Reader, new_reader: Callable[..., Reader]) -> None:
    file = reader.server.corpus / "peels.md"
    file.write_text(file.read_text("utf-8") + "\nPeels also sting for a day.\n", encoding="utf-8")
    for scheme in ("light", "dark"):
        other = new_reader(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 390, "height": 800})
        other.go("/", {"q": "peels remove the horny layer"})
        other.sees("Its file has changed since it was read")
        assert other.violations() == []

    reader.go("/", {"q": "peels remove the horny layer"})
    expect(reader.page.locator(".state.found").first).to_have_text("In its file, byte for byte.")
    reader.page.get_by_role("button", name="Bring the library up to date").focus()
    reader.page.keyboard.press("Enter")

    reader.sees("Bring up to date with papers/: done")
    reader.sees("Peels also sting for a day.")
    reader.misses("Its file has changed")
    reader.page.get_by_role("button", name="Put this away").click()
    reader.misses("Bring up to date with papers/: done")


def test_a_second_writer_is_one_clear_sentence(reader: Reader) -> None:
    from index import open_writer

    with open_writer(reader.server.data):
        reader.go("/library")
        reader.open("Add documents")
        reader.page.get_by_role("button", name="Bring up to date with papers/").click()

        reader.sees("Another process is writing to the index in var now")
    expect(reader.page.get_by_text("Traceback")).to_have_count(0)
    reader.page.get_by_role("button", name="Put this away").first.click()

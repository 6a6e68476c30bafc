"""The first minutes: no index yet, then the folder that came along is brought in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader
from tests.browser.server import Server, serving
from tests.ui.shelf import MODEL, PEEL, VITAMIN

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running app that has no index, and a folder it could follow."""
    home = tmp_path_factory.mktemp("first")
    corpus = home / "papers"
    corpus.mkdir()
    (corpus / "vitamin-c.md").write_text(VITAMIN, encoding="utf-8")
    (corpus / "peels.md").write_text(PEEL, encoding="utf-8")
    with serving(home / "var", corpus, MODEL) as running:
        yield running


def test_from_nothing_to_an_answer(reader: Reader) -> None:
    reader.go("/", {"q": "what do peels remove"})
    reader.sees("Nothing has been indexed yet.")
    assert reader.violations() == []

    reader.page.get_by_role("link", name="Open the Library").click()
    reader.sees("The library is empty.")
    assert reader.violations() == []

    reader.page.get_by_role("button", name="Bring up to date with papers/").click()
    reader.sees("Bring up to date with papers/: done")
    expect(reader.page.locator(".documents li")).to_have_count(2)

    reader.page.get_by_role("link", name="Ask", exact=True).click()
    reader.ask("what do peels remove")
    reader.sees("Peels remove the horny layer")

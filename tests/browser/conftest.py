"""A real server on a free port and a real Chromium; every request, message and dialog of a page is on record."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from ingest import add
from tests.browser.reader import Reader
from tests.browser.server import Server, serving
from tests.ui.shelf import HOSTILE, MODEL, PEEL, VITAMIN

# Whatever a page asks for outside this machine finds nothing; the record then names it.
_NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return a browser; without one these tests are skipped by name, and fail where CI promises one."""
    found = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).exists():
        reason = "Debian's chromium is not installed: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", _NOWHERE])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running app with a small library of its own."""
    home = tmp_path_factory.mktemp("stratum")
    corpus = home / "papers"
    corpus.mkdir()
    for name, text in (("vitamin-c.md", VITAMIN), ("peels.md", PEEL), ("hostile.md", HOSTILE)):
        (corpus / name).write_text(text, encoding="utf-8")
    add(home / "var", [corpus], MODEL)
    with serving(home / "var", corpus, MODEL) as running:
        yield running


@pytest.fixture
def new_reader(chromium: Browser, server: Server) -> Iterator[Callable[..., Reader]]:
    """Return a function that seats another reader with a browser session of their own; all must leave in good order."""
    readers: list[Reader] = []

    def seat(**options: object) -> Reader:
        readers.append(Reader(chromium.new_context(**options), server))  # type: ignore[arg-type]  # options of Playwright
        return readers[-1]

    yield seat
    for reader in readers:
        reader.context.close()
    for reader in readers:
        assert reader.complaints() == []


@pytest.fixture
def reader(new_reader: Callable[..., Reader]) -> Reader:
    """Return one reader."""
    return new_reader()

"""Make the pictures in docs/screenshots from the shipped corpus: `python -m tests.browser.screenshots [DATA]`.

DATA is a data folder that holds the corpus; by default one is made for the occasion, which takes minutes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

from evaluate import CONFIGURATIONS, keep, kept_evaluations, own_questions
from index import Searcher
from ingest import sync
from tests.browser.reader import Reader
from tests.browser.server import PROJECT, serving

PICTURES = PROJECT / "docs" / "screenshots"
SIZE = ViewportSize(width=1280, height=900)
QUESTION = "Does vitamin C fade dark spots?"


def main(data: Path) -> None:
    """Draw an answered question, the library, and the project's own questions asked in every way."""
    corpus = PROJECT / "corpus"
    if not data.exists():
        sync(data, corpus)
    if not kept_evaluations(data)[0]:
        keep(Searcher.opened(data), own_questions("dev"), list(CONFIGURATIONS))
    (newest, *_), _ = kept_evaluations(data)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with serving(data, corpus) as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        reader = Reader(chromium.new_context(viewport=SIZE, color_scheme="light"), server)
        for name, path, address in (
            ("ask", "/", {"q": QUESTION}),
            ("library", "/library", {"sort": "group"}),
            ("evaluate", "/evaluate", {"run": newest.name}),
        ):
            reader.go(path, address)
            reader.page.locator(".citation, .documents, .figures").first.wait_for()
            reader.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
        chromium.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made) / "var")

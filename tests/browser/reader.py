"""A person at a browser, and the record of everything their browser did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Error, Locator, Request, expect

from tests.browser.server import Server

# On a shared machine a page takes its time.
expect.set_options(timeout=20_000)

# Streamlit looks for its server below each page's address before it looks at the root, and finds nothing there.
_PROBES = tuple(f"/{page}/_stcore/{what}" for page in ("library", "evaluate") for what in ("health", "host-config"))


class Reader:
    """One browser session with one page."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.context = context
        self.server = server
        self.requests: list[str] = []
        self.page = context.new_page()
        self._complaints: list[str] = []
        self.page.on("request", self._requested)
        self.page.on("websocket", lambda socket: self._went(socket.url))
        self.page.on("console", self._heard)
        self.page.on("pageerror", self._broke)
        self.page.on("dialog", self._interrupted)

    def go(self, path: str = "/", address: Mapping[str, str] | None = None) -> None:
        """Open a page at an address and wait until it is drawn."""
        self.page.goto(f"{self.server.url}{path}{'?' + urlencode(address) if address else ''}")
        self.settle()

    def settle(self) -> None:
        """Wait until the page is drawn and nothing is being computed."""
        expect(self.page.locator("h1").first).to_be_attached()
        expect(self.page.locator("[data-test-script-state='running']")).to_have_count(0)
        expect(self.page.get_by_test_id("stSpinner")).to_have_count(0)

    def ask(self, question: str) -> None:
        """Type a question and press Enter."""
        self.box.fill(question)
        self.box.press("Enter")

    @property
    def box(self) -> Locator:
        """The question box."""
        return self.page.get_by_role("textbox", name="Your question")

    def open(self, words: str) -> None:
        """Open a row that is closed, and wait until it has: what is pressed while things move is not always heard."""
        self.page.get_by_text(words, exact=True).first.click()
        self.page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")

    def sees(self, words: str) -> None:
        """Wait until the page says something."""
        expect(self.page.get_by_text(words).first).to_be_visible()

    def misses(self, words: str) -> None:
        """Wait until the page does not say something."""
        expect(self.page.get_by_text(words)).to_have_count(0)

    def upload(self, files: Sequence[tuple[str, str, bytes]]) -> None:
        """Add documents, each a name, a media type and content, on the Library page."""
        self.open("Add documents")
        payload: Any = [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
        self.page.locator("input[type=file]").set_input_files(payload)
        for name, _, _ in files:
            expect(self.page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
        self.page.get_by_role("button", name="Read and index").click()

    def violations(self) -> list[str]:
        """Return what axe finds wrong with the page and calls serious or critical."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {[node['html'][:200] for node in one['nodes'][:3]]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    def foreign_nodes(self) -> list[str]:
        """Return the elements, where text of documents is shown, that no such text may ever become."""
        found = self.page.evaluate(
            "[...document.querySelectorAll('.stMain .stHtml *')].map(one => one.tagName.toLowerCase())"
            ".filter(name => ['script', 'img', 'svg', 'iframe', 'object', 'b', 'style', 'form'].includes(name))"
        )
        return [str(name) for name in found]

    def complaints(self) -> list[str]:
        """Return everything that should not have happened: errors, dialogs, requests to another machine or server."""
        return list(self._complaints)

    def _requested(self, request: Request) -> None:
        self._went(request.url)

    def _went(self, url: str) -> None:
        self.requests.append(url)
        here = urlsplit(self.server.url).netloc
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != here:
            self._complaints.append(f"a request to {url}")

    def _heard(self, message: ConsoleMessage) -> None:
        expected = urlsplit(message.location.get("url", "")).path in _PROBES
        if message.type == "error" and not expected:
            self._complaints.append(f"an error on the console: {message.text} ({message.location})")

    def _broke(self, error: Error) -> None:
        self._complaints.append(f"a script broke: {error}")

    def _interrupted(self, dialog: Dialog) -> None:
        self._complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

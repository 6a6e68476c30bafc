"""A small library with everything a page must cope with, and ways to read a page that was run without a browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from streamlit.testing.v1 import AppTest

from index import open_catalogue
from ui.session import jobs

MODEL = "hashing-256"
VITAMIN = """---
title: Vitamin C on skin
authors: [Pinnell SR, Yang H]
year: 2001
group: Topical actives
evidence: randomised-trial
summary: What pigs and people showed.
references:
  - id: 1
    text: Pinnell SR. Topical L-ascorbic acid.
    doi: 10.1000/182
---

Vitamin C fades dark spots in small trials [1]. Nobody knows how long it lasts.

## Vitamin C: what can go wrong

- Serum may **sting** on open skin.
- Granulomas followed needling.

| Strength | Finding |
|---|---|
| Strong | None |
"""
PEEL = """---
title: Peels
group: Procedures
evidence: narrative
---

Peels remove the horny layer of the skin to a chosen depth.
"""
HOSTILE = """---
title: <img src=x onerror=alert(1)> & "friends"
authors: ["<script>alert(2)</script>"]
group: "![x](http://127.0.0.1/x.png)"
---

Hostile words: <script>alert(3)</script> ![x](http://127.0.0.1/x.png) [y](javascript:alert(4)) \u202egnp.exe

Prose {#id} $x^2$ :red[not red] <b>bold</b> ]]> &amp; stays as it is.
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A small library: its data folder, and the folder its documents came from."""

    data: Path
    corpus: Path


Page = Callable[..., AppTest]


def run(app: AppTest, address: dict[str, str | list[str]]) -> AppTest:
    """Run a page at an address; an exception that reaches Streamlit is a failure."""
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def markup(app: AppTest) -> str:
    """Return all the HTML of a page."""
    return "\n".join(element.proto.body for element in app.get("html"))


def said(app: AppTest) -> str:
    """Return the words a page says itself."""
    return unescape(re.sub(r"<[^>]+>", "", markup(app)))


def settled(page: AppTest) -> AppTest:
    """Wait until no work is under way, a matter of moments, and run the page again."""
    end = time.monotonic() + 30
    while any(job.running for job in jobs().all()):
        assert time.monotonic() < end, "the work did not end"
        time.sleep(0.02)
    return page.run()


def press(page: AppTest, label: str) -> AppTest:
    """Press the button of this name and let the work it starts end."""
    next(button for button in page.button if button.label == label).click().run()
    return settled(page)


def document_id(shelf: Shelf, name: str) -> str:
    """Return the id of the document that goes by a file name."""
    with open_catalogue(shelf.data) as catalogue:
        return next(one.id for one in catalogue.summaries() if one.name == name)

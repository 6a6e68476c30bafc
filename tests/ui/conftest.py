"""What the page tests share: a small real library, and the pages run without a browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest import add, sync
from tests.ui.shelf import HOSTILE, MODEL, PEEL, VITAMIN, Page, Shelf
from tests.ui.shelf import run as go

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Point the app at a data folder that does not exist yet, and at a folder with two documents and a broken one."""
    corpus = tmp_path / "papers"
    corpus.mkdir()
    (corpus / "vitamin-c.md").write_text(VITAMIN, encoding="utf-8")
    (corpus / "peels.md").write_text(PEEL, encoding="utf-8")
    (corpus / "hostile.md").write_text(HOSTILE, encoding="utf-8")
    (corpus / "broken.txt").write_bytes(bytes(range(256)) * 4)
    shelf = Shelf(tmp_path / "var", corpus)
    for name, value in (("DATA", shelf.data), ("CORPUS", corpus), ("MODEL", MODEL)):
        monkeypatch.setenv(f"STRATUM_{name}", str(value))
    return shelf


@pytest.fixture
def shelf(bare: Shelf) -> Shelf:
    """Return a library that holds the documents."""
    add(bare.data, [bare.corpus], MODEL)
    return bare


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that holds the documents that came along."""
    data = tmp_path_factory.mktemp("whole") / "var"
    sync(data, CORPUS, MODEL)
    return data


@pytest.fixture
def came_along(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a copy of a library of the documents that came along, and return its data folder."""
    data = tmp_path / "var"
    shutil.copytree(whole, data)
    for name, value in (("DATA", data), ("CORPUS", CORPUS), ("MODEL", MODEL)):
        monkeypatch.setenv(f"STRATUM_{name}", str(value))
    return data


@pytest.fixture
def ask_page() -> Page:
    """Return a function that runs the Ask page at an address, through the whole app."""

    def run(**address: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=20)
        return go(app, address)

    return run


@pytest.fixture
def library_page() -> Page:
    """Return a function that runs the Library page at an address."""

    def script() -> None:
        from ui import library
        from ui.notice import guarded

        guarded(library.draw)()

    def run(**address: str | list[str]) -> AppTest:
        return go(AppTest.from_function(script, default_timeout=20), address)

    return run


@pytest.fixture
def evaluate_page() -> Page:
    """Return a function that runs the Evaluate page at an address."""

    def script() -> None:
        from ui import evaluate
        from ui.notice import guarded

        guarded(evaluate.draw)()

    def run(**address: str | list[str]) -> AppTest:
        return go(AppTest.from_function(script, default_timeout=20), address)

    return run

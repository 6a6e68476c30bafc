"""Every document of the corpus keeps every rule."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from . import checks
from . import glossary as glossaries
from .document import Document, read
from .make_foreign_runs import read as read_foreign_runs
from .vocabulary import GLOSSARY

CORPUS = Path(__file__).parents[2] / "corpus"
PATHS = sorted(CORPUS.glob("**/*.md"))
GLOSSARIES = [path for path in PATHS if path.stem == GLOSSARY]

each_document = pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}/{path.stem}")
needs_documents = pytest.mark.skipif(not PATHS, reason="the corpus holds no document yet")


@cache
def document(path: Path) -> Document:
    """Read a document once for all its tests."""
    return read(path)


@cache
def foreign() -> frozenset[str]:
    """Read the hashes of foreign runs once."""
    return read_foreign_runs()


def none_of(complaints: list[str]) -> None:
    """Fail with the complaints, one a line."""
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


@each_document
def test_keeps_the_rules(path: Path) -> None:
    none_of([complaint for rule in checks.RULES for complaint in rule(document(path))])


@each_document
def test_is_in_our_own_words(path: Path) -> None:
    none_of(checks.foreign_runs(document(path), foreign()))


@needs_documents
def test_documents_share_no_long_run() -> None:
    none_of(checks.shared_runs(map(document, PATHS)))


@needs_documents
def test_documents_have_names_of_their_own() -> None:
    none_of(checks.same_names(map(document, PATHS)))


@needs_documents
def test_no_excuse_is_stale() -> None:
    bodies = {path.stem: document(path).body for path in PATHS}
    excuses = [(slug, fragment) for slug, excused in checks.UNCITED_FIGURES.items() for fragment in excused]
    none_of(
        [
            f"{slug}: “{fragment}” is excused and not there"
            for slug, fragment in excuses
            if fragment not in bodies.get(slug, "")
        ]
    )


@pytest.mark.parametrize("path", GLOSSARIES, ids=lambda path: path.stem)
def test_glossary_has_its_form(path: Path) -> None:
    none_of(glossaries.glossary(document(path)))

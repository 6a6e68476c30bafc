"""What is about the documents that came along, offered only where those are in the library: samples, judged questions.

The judged questions name the documents that answer them by the ends of their paths. A document that goes by such a path
is taken for the one that came along, also when it was edited since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from core.words import counted
from evaluate import Collection, own_questions
from index import open_catalogue
from ui.session import settings, version


@dataclass(frozen=True, slots=True)
class Shipped:
    """The documents that the shipped questions are about: how many there are, and which of them are not here."""

    documents: int
    missing: frozenset[str]

    @property
    def here(self) -> int:
        """How many are in the library."""
        return self.documents - len(self.missing)

    @property
    def mostly_here(self) -> bool:
        """Whether what is about them can be offered."""
        return 2 * self.here > self.documents

    @property
    def words(self) -> str:
        """How many are in the library, as a sentence says it."""
        return f"{self.here:,} of the {counted(self.documents, 'document')} that came along are in the library"


def shipped() -> Shipped:
    """Look up which of the documents that came along are in the library as it stands now."""
    return _shipped(str(settings().data), version())


def judged(split: str | None) -> Collection:
    """Return the shipped questions of a split, or all; those about a document that is not here are left out."""
    whole = own_questions(split)
    missing = shipped().missing
    left_out = {one.query_id for one in whole.judgements if one.document in missing}
    return replace(
        whole,
        name=f"{whole.name}, in part" if left_out else whole.name,
        questions=tuple(one for one in whole.questions if one.id not in left_out),
        judgements=tuple(one for one in whole.judgements if one.query_id not in left_out),
    )


@st.cache_resource(show_spinner=False, max_entries=2)
def _shipped(data: str, version: str) -> Shipped:  # noqa: ARG001
    wanted = _documents()
    lengths = {name.count("/") + 1 for name in wanted}
    with open_catalogue(Path(data)) as catalogue:
        paths = [path.split("/") for path, known in catalogue.files().items() if known.document_id]
    held = {"/".join(parts[-length:]) for parts in paths for length in lengths}
    return Shipped(len(wanted), wanted - held)


@st.cache_resource(show_spinner=False)
def _documents() -> frozenset[str]:
    return frozenset(one.document for one in own_questions(None).judgements)

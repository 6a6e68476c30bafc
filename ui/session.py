"""What all browser sessions of one server share: settings, searcher, queue of ingest work, facts of the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core import codec
from core.errors import NoIndexError
from core.settings import Settings, load_settings
from index import Searcher, Summary, open_catalogue
from ingest import Jobs


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pages say about the library as a whole, at one generation."""

    documents: int
    passages: int
    fields: dict[str, tuple[str, ...]]
    summaries: tuple[Summary, ...]

    def summary(self, document_id: str) -> Summary | None:
        """Return the line of one document."""
        return next((summary for summary in self.summaries if summary.id == document_id), None)


@dataclass(frozen=True, slots=True)
class Note:
    """When a piece of work was asked for, on the monotonic clock, and what its files are called, by path."""

    began: float
    names: Mapping[str, str]


NOTHING = Facts(0, 0, {}, ())


def settings() -> Settings:
    """Return the settings in force; read each time, since that costs next to nothing."""
    return load_settings()


def jobs() -> Jobs:
    """Return the queue of ingest work of this server."""
    return _jobs(str(settings().data))


def notes() -> dict[int, Note]:
    """Return what this server remembers of each piece of work, by its number."""
    return _notes(str(settings().data))


def searcher() -> Searcher:
    """Return the searcher of the data folder; it follows every commit, and a change of model makes another."""
    where = settings()
    with open_catalogue(where.data) as catalogue:
        stored = catalogue.fingerprint()
    return _searcher(str(where.data), where.model, codec.encode(stored) if stored else "")


def facts() -> Facts:
    """Return the facts of the library as it stands now; NOTHING where nothing was indexed yet."""
    data = settings().data
    try:
        with open_catalogue(data) as catalogue:
            generation = catalogue.generation()
    except NoIndexError:
        return NOTHING
    return _facts(str(data), generation)


# The arguments of the three below are what their results are kept by; Streamlit leaves names with an underscore out.


@st.cache_resource(show_spinner=False)
def _jobs(data: str) -> Jobs:  # noqa: ARG001
    return Jobs()


@st.cache_resource(show_spinner=False)
def _notes(data: str) -> dict[int, Note]:  # noqa: ARG001
    return {}


@st.cache_resource(show_spinner="Loading the language model. This happens once and takes some seconds.", max_entries=2)
def _searcher(data: str, model: str | None, fingerprint: str) -> Searcher:  # noqa: ARG001
    return Searcher.opened(Path(data), model)


@st.cache_resource(show_spinner=False, max_entries=2)
def _facts(data: str, generation: int) -> Facts:  # noqa: ARG001
    with open_catalogue(Path(data)) as catalogue:
        documents, passages = catalogue.counts()
        return Facts(documents, passages, catalogue.fields(), catalogue.summaries())

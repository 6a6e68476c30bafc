"""What all browser sessions of one server share: settings, searcher, the two queues of work, facts of the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from core import codec
from core.errors import NoIndexError
from core.jobs import Jobs as Queue
from core.progress import Progress
from core.settings import Settings, load_settings
from evaluate import Kept, Opened, read_kept, tidy
from index import Searcher, Summary, WatchedFiles, open_catalogue
from ingest import Jobs, Outcomes, add, waiting_uploads


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pages say about the library as a whole, at one version of it."""

    documents: int
    passages: int
    fields: dict[str, tuple[str, ...]]
    summaries: tuple[Summary, ...]

    def summary(self, document_id: str) -> Summary | None:
        """Return the line of one document."""
        return next((summary for summary in self.summaries if summary.id == document_id), None)


NOTHING = Facts(0, 0, {}, ())


def settings() -> Settings:
    """Return the settings in force; read each time, since that costs next to nothing."""
    return load_settings()


def jobs() -> Jobs:
    """Return the queue of ingest work of this server; once made, it takes up the uploads that no run has read."""
    return _jobs(str(settings().data))


def evaluations() -> Queue[Kept]:
    """Return the queue of evaluations of this server; they only read, so they wait for no ingest work."""
    return _evaluations(str(settings().data))


def opened(name: str) -> Opened:
    """Return a kept evaluation; read once, since none is ever changed."""
    return _opened(str(settings().data), name)


def watched() -> WatchedFiles:
    """Return the files as this server has seen them: each is read once, and again when it is another."""
    return _watched(str(settings().data))


def searcher() -> Searcher:
    """Return the searcher of the data folder; it follows every commit, and a change of model makes another."""
    return _waited_for(*_made_with())


def searcher_for_work() -> Searcher:
    """Return the same for work that no page waits for."""
    return _searcher(*_made_with())


def _made_with() -> tuple[str, str | None, str | None, str]:
    where = settings()
    with open_catalogue(where.data) as catalogue:
        stored = catalogue.fingerprint()
    return str(where.data), where.model, where.reranker, codec.encode(stored) if stored else ""


def facts() -> Facts:
    """Return the facts of the library as it stands now; NOTHING where nothing was indexed yet."""
    try:
        return _facts(str(settings().data), version())
    except NoIndexError:
        return NOTHING


def version() -> str:
    """Name the library as it stands now: otherwise after every commit, and otherwise when the folder is made anew."""
    with open_catalogue(settings().data) as catalogue:
        return f"{catalogue.identity()} {catalogue.generation()}"


# The arguments of those below are what their results are kept by; Streamlit leaves names with an underscore out.


@st.cache_resource(show_spinner=False)
def _jobs(data: str) -> Jobs:
    made = Jobs()
    waiting = waiting_uploads(Path(data))
    if waiting:
        made.submit("Taking up uploads that were waiting", partial(_taken_up, Path(data), waiting))
    return made


def _taken_up(data: Path, waiting: Sequence[tuple[Path, str]], progress: Progress) -> Outcomes:
    paths, names = zip(*waiting, strict=True)
    return add(data, paths, settings().model, progress, names)


@st.cache_resource(show_spinner=False)
def _evaluations(data: str) -> Queue[Kept]:
    tidy(Path(data))
    return Queue("evaluation")


@st.cache_resource(show_spinner="Reading the evaluation …", max_entries=4)
def _opened(data: str, name: str) -> Opened:
    return read_kept(Path(data), name)


@st.cache_resource(show_spinner=False)
def _watched(data: str) -> WatchedFiles:  # noqa: ARG001
    return WatchedFiles()


@st.cache_resource(show_spinner="Loading the language model. This happens once and takes some seconds.", max_entries=2)
def _waited_for(data: str, model: str | None, reranker: str | None, fingerprint: str) -> Searcher:
    return _searcher(data, model, reranker, fingerprint)


@st.cache_resource(show_spinner=False, max_entries=2)
def _searcher(data: str, model: str | None, reranker: str | None, fingerprint: str) -> Searcher:  # noqa: ARG001
    return Searcher.opened(Path(data), model, reranker)


@st.cache_resource(show_spinner=False, max_entries=2)
def _facts(data: str, version: str) -> Facts:  # noqa: ARG001
    with open_catalogue(Path(data)) as catalogue:
        documents, passages = catalogue.counts()
        return Facts(documents, passages, catalogue.fields(), catalogue.summaries())

"""The part of the Evaluate page that chooses what is asked, in which ways, and follows the asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.errors import InputError
from core.jobs import Job
from core.progress import Progress
from core.words import counted
from evaluate import (
    CONFIGURATIONS,
    OWN_QUESTIONS,
    Collection,
    Kept,
    collection_of,
    keep,
    marks_jsonl,
    read_marks,
    require_judgements_found,
    usable,
)
from index import Searcher, open_catalogue
from ui.address import Result
from ui.notice import problem, without_folders
from ui.session import evaluations, searcher, settings
from ui.shipped import judged, shipped
from ui.text import safe
from ui.work import bar, left

MEGABYTES = 20
_MINE = "evaluations-mine"
_ABOUT_THE_CORPUS = (
    " These questions are about the documents that came along; bring the library up to date with them first."
)
_FILE = "file"
_THUMBS = "thumbs"


@dataclass(frozen=True, slots=True)
class _Set:
    """Questions that can be chosen: how the choice is called, and how they are read."""

    words: str
    read: Callable[[], Collection | None]


def draw() -> None:
    """Draw the choices, and begin what is chosen when the button is pressed."""
    with st.container(key="choosing"):
        offered = _offered()
        known = st.selectbox("Questions", offered, format_func=lambda name: _SETS[name].words, key="questions")
        collection = _read(known)
        configurations = st.pills(
            "Ask them by",
            list(CONFIGURATIONS),
            selection_mode="multi",
            default=list(CONFIGURATIONS),
            format_func=lambda name: CONFIGURATIONS[name].words,
            key="configurations",
            help="Each is measured by itself; two or more are also compared, with a test of each difference.",
        )
        pressed = st.button("Evaluate them", disabled=collection is None)
    if not pressed or collection is None:
        return
    if not configurations:
        problem("No way of asking was chosen; choose two or three to compare, or one to be measured by itself.")
        return
    _begin(collection, [name for name in CONFIGURATIONS if name in configurations])


def _offered() -> list[str]:
    """Return the names of the sets that can be chosen, the one to begin with first."""
    own = [name for name in _SETS if name not in _OF_THE_READER]
    if shipped().mostly_here:
        return [*own, *_OF_THE_READER]
    return [*_OF_THE_READER] if read_marks(settings().data) else [*reversed(_OF_THE_READER)]


def _read(known: str) -> Collection | None:
    """Return the chosen questions and say what they are; None, with a sentence, when they cannot be asked."""
    try:
        collection = _SETS[known].read()
        if collection is not None:
            st.html(f"<p class='held'>{safe(_held(collection) + _left_out(known))}</p>")
    except InputError as error:
        problem(without_folders(str(error)))
        return None
    return collection


def _begin(collection: Collection, configurations: Sequence[str]) -> None:
    asking = searcher()
    try:
        with st.spinner("Looking the judgements up in the library …"):
            require_judgements_found(asking.data, collection)
    except InputError as error:
        own = collection.name.startswith(OWN_QUESTIONS.stem)
        problem(f"{without_folders(str(error))} Nothing was asked.{_ABOUT_THE_CORPUS if own else ''}")
        return
    job = evaluations().submit(
        f"Asking {counted(len(collection.questions), 'question')} {_ways(len(configurations))}",
        partial(_carried_out, asking, collection, configurations),
    )
    st.session_state.setdefault(_MINE, set()).add(job.id)
    st.rerun()


def _carried_out(asking: Searcher, collection: Collection, configurations: Sequence[str], progress: Progress) -> Kept:
    return keep(asking, collection, configurations, progress)


def _ways(count: int) -> str:
    return {1: "in one way", 2: "in two ways", 3: "in three ways"}.get(count, f"in {count} ways")


def _held(collection: Collection) -> str:
    """Say what a set of questions holds."""
    questions = collection.questions
    judged = len({judgement.query_id for judgement in collection.judgements})
    unanswerable = sum(question.answerable is False for question in questions)
    parts = [counted(len(questions), "question")]
    parts += [f"{judged:,} with judgements of {collection.level}s" if judged else "none with a judgement"]
    parts += [f"{unanswerable:,} that nothing should answer"] if unanswerable else []
    return f"{', '.join(parts)}."


def _left_out(known: str) -> str:
    """Say of the project's own questions which cannot be asked here, and why; empty when all can."""
    found = shipped()
    if known in _OF_THE_READER or not found.missing:
        return ""
    return f" Only {found.words}; questions about the others are left out."


def _thumbs() -> Collection | None:
    data = settings().data
    with open_catalogue(data) as catalogue:
        marks = usable(read_marks(data), catalogue)
    if not marks:
        st.html(
            "<p class='held'>There are none yet: below each passage that Ask shows, two thumbs say whether it answers "
            "the question.</p>"
        )
        return None
    return collection_of([("judgements.jsonl", marks_jsonl(marks).encode())])


def _uploaded() -> Collection | None:
    questions = st.file_uploader(
        "Questions: JSON lines, CSV, TSV, TREC topics, or one a line", key="queries", max_upload_size=MEGABYTES
    )
    judgements = st.file_uploader(
        "Judgements, unless they stand beside the questions: TREC or BEIR qrels, JSON lines or CSV",
        key="qrels",
        max_upload_size=MEGABYTES,
    )
    if questions is None:
        st.html("<p class='held'>Choose a file of questions; it is read at once, and nothing is asked yet.</p>")
        return None
    files = [(one.name, one.getvalue()) for one in (questions, judgements) if one is not None]
    whole = collection_of(files)
    splits = sorted({question.split for question in whole.questions} - {""})
    if len(splits) < 2:  # noqa: PLR2004 - one split is no choice
        return whole
    # Splits are words of the file: they may stand in a choice, where they are plain text, but in no label.
    split = st.selectbox("Split", ["", *splits], format_func=lambda name: name or "all of them", key="split")
    return collection_of(files, split or None)


_SETS: dict[str, _Set] = {
    "dev": _Set("The project's own: dev, to tune on", partial(judged, "dev")),
    "test": _Set("The project's own: test, to report on", partial(judged, "test")),
    "all": _Set("The project's own: both", partial(judged, None)),
    _THUMBS: _Set("My judgements on Ask", _thumbs),
    _FILE: _Set("A file of my own", _uploaded),
}
_OF_THE_READER = (_THUMBS, _FILE)
"""Sets that are about whatever is in the library; the others are about the documents that came along."""


def work() -> None:
    """Draw the evaluations that wait or go on, following them, and what kept one from ending well."""
    if any(job.running for job in evaluations().all()):
        _running()
    for job in evaluations().all():
        if not job.running:
            _ended(job)


@st.fragment(run_every="1s")
def _running() -> None:
    waiting = [job for job in evaluations().all() if job.running]
    if not waiting:
        # The last one has ended since: the whole page has something new to say.
        st.rerun()
    for job in reversed(waiting):
        bar(job.title, job.share, _pace(job))


def _pace(job: Job[Kept]) -> str:
    if job.began is None:
        return "waiting for the evaluation before it."
    if not job.share:
        return "asking the first questions."
    if job.share >= 1:
        return "all are asked; measuring and comparing."
    return f"{job.share:.0%} done, {left(job.began, job.share)}. The page may be left meanwhile."


def _ended(job: Job[Kept]) -> None:
    if job.result is not None:
        # It stands in the list of those kept, which is enough for everybody but the one who waits for it.
        if job.id in st.session_state.get(_MINE, ()):
            evaluations().dismiss(job.id)
            st.query_params.from_dict(Result(job.result.name).parameters())
            st.rerun()
        return
    with st.container(key=f"job-evaluation-{job.id}"):
        problem(f"{job.title}: {without_folders(job.error)}")
        if st.button("Put this away", key=f"dismiss-evaluation-{job.id}", type="tertiary"):
            evaluations().dismiss(job.id)
            st.rerun()

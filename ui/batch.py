"""The part of the Evaluate page that chooses what is asked, in which ways, and follows the asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

import streamlit as st

from core.errors import InputError
from core.jobs import Job
from core.progress import Progress
from core.words import counted
from evaluate import (
    CONFIGURATIONS,
    Collection,
    Kept,
    collection_of,
    keep,
    marks_jsonl,
    read_marks,
    require_judgements_found,
    usable,
)
from index import open_catalogue
from ui.address import Result
from ui.notice import problem, without_folders
from ui.session import evaluations, searcher_for_work, settings, version
from ui.shipped import judged, shipped
from ui.text import safe
from ui.work import bar, left

MEGABYTES = 20
_MINE = "evaluations-mine"
_ENDED = "evaluations-ended"
_LOOKED_UP = "judgements-looked-up"
_ABOUT_THE_CORPUS = (
    "These questions are about the documents that came along; bring the library up to date with them first."
)
_SPANS = '{"_id": "q1", "text": "does it sting?", "spans": [{"path": "niacinamide.md", "quote": "exact words"}]}'
_ANSWERED_NOWHERE = " {} judged with thumbs down alone: asked, but in no mean."
_FILE = "file"
_THUMBS = "thumbs"


_EXAMPLES = (
    "<p>Questions with the words that answer them, as JSON lines; the document must hold the words exactly once:</p>"
    f"<pre>{escape(_SPANS)}</pre><p>Or a table of questions with a header (<code>.csv</code>):</p>"
    "<pre>id,text\nq1,does it sting?</pre><p>and judgements of documents in a second file, 0 for not relevant:</p>"
    "<pre>query,document,grade\nq1,niacinamide.md,2</pre><p>Other forms stand in <code>docs/evaluation.md</code>.</p>"
)


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
        if not configurations:
            st.html("<p class='held'>Choose two or three to compare, or one to be measured by itself.</p>")
        pressed = st.button("Evaluate them", disabled=collection is None or not configurations)
    if pressed and collection is not None:
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
    unfound = _unfound(collection) if collection is not None else ""
    if unfound:
        problem(f"{without_folders(unfound)} {'' if known in _OF_THE_READER else _ABOUT_THE_CORPUS}")
        return None
    return collection


def _unfound(collection: Collection) -> str:
    """Say which judgements are of nothing in the library as it stands; looked up once for each set and version."""
    asked = (version(), hash(collection))
    if st.session_state.get(_LOOKED_UP, ("", ""))[0] != asked:
        with st.spinner("Looking the judgements up in the library …"):
            st.session_state[_LOOKED_UP] = (asked, _looked_up(collection))
    return str(st.session_state[_LOOKED_UP][1])


def _looked_up(collection: Collection) -> str:
    try:
        require_judgements_found(settings().data, collection)
    except InputError as error:
        return str(error)
    return ""


def _begin(collection: Collection, configurations: Sequence[str]) -> None:
    # Queued before the model is loaded: what was begun goes on though the page be left while it is.
    job = evaluations().submit(
        f"Asking {counted(len(collection.questions), 'question')} {_ways(len(configurations))}",
        partial(_carried_out, collection, configurations),
    )
    st.session_state.setdefault(_MINE, set()).add(job.id)
    st.rerun()


def _carried_out(collection: Collection, configurations: Sequence[str], progress: Progress) -> Kept:
    return keep(searcher_for_work(), collection, configurations, progress)


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
    found = collection_of([("judgements.jsonl", marks_jsonl(marks).encode())])
    nowhere = len(found.questions) - len({judgement.query_id for judgement in found.judgements})
    st.html(
        "<p class='held'>Only passages that Ask has shown could be judged: what another way would have found counts as "
        "not relevant, so recall is too high for all, and the way that Ask finds passages by looks better than it "
        f"is.{_ANSWERED_NOWHERE.format(counted(nowhere, 'question')) if nowhere else ''}</p>"
    )
    return found


def _uploaded() -> Collection | None:
    questions = st.file_uploader(
        "Questions: JSON lines, CSV, TSV, TREC topics, or one a line", key="queries", max_upload_size=MEGABYTES
    )
    judgements = st.file_uploader(
        "Judgements, unless they stand beside the questions: TREC or BEIR qrels, JSON lines or CSV",
        key="qrels",
        max_upload_size=MEGABYTES,
    )
    with st.expander("What such files look like"):
        st.html(_EXAMPLES)
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
    every = evaluations().all()
    ended = [job for job in every if not job.running]
    st.session_state[_ENDED] = {job.id for job in ended}
    for job in ended:
        _ended(job)
    if len(ended) < len(every):
        _running()


@st.fragment(run_every="1s")
def _running() -> None:
    every = evaluations().all()
    if {job.id for job in every if not job.running} != st.session_state.get(_ENDED):
        # One has ended since: the whole page has something new to say.
        st.rerun()
    waiting = [job for job in every if job.running]
    for job in reversed(waiting):
        bar(job.title, job.share, _pace(job))


def _pace(job: Job[Kept]) -> str:
    if job.began is None:
        return "waiting for the evaluation before it."
    if not job.share:
        return "getting the language model ready and asking the first questions."
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

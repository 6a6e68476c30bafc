"""Two thumbs below each passage: a reader's judgement of it, for this question, kept for evaluation.

A press is kept for the passage beside which it was made, or it cannot be made. Four things see to that:

- Thumbs come into places that are kept free for them, and nothing above them changes its size afterwards.
- What has just come, and what is about to go, cannot be pressed (ui/style.css).
- All of them together are a fragment: a press neither ends the drawing of the page, nor sends the page back to the
  question that the browser's address named a moment ago. It is one fragment in one place of the page, so that it is
  still there for a press that reaches the server when the next answer is drawn already.
- What a press says is kept before anything can end the run that it began (`_keep`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.document import Passage
from core.errors import StratumError
from evaluate import judge
from index import open_catalogue
from ui.notice import problem, without_folders
from ui.session import settings

# The words are for those who do not see the pictures; the sheet of styles takes them out of sight.
_SAID = {
    1: ":material/thumb_up: This passage answers the question",
    0: ":material/thumb_down: This passage does not answer the question",
}
_KEPT = "thumbs"


@dataclass(frozen=True, slots=True)
class Judged:
    """A passage that can be judged: the place of its thumbs, and the grade it was given; None when it was not."""

    passage: Passage
    grade: int | None
    place: DeltaGenerator


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a passage's judgement, and the sentence to show when the last press could not be."""

    grade: int | None
    problem: str = ""


def draw(question: str, passages: Sequence[Judged]) -> None:
    """Draw the thumbs of all passages, those that were given pressed; pressed again, one is taken back.

    To be called at the same place of the page for every answer, also for one without passages.
    """
    every: dict[str, _Kept] = st.session_state.setdefault(_KEPT, {})
    keys = [_key(question, rank, one.passage) for rank, one in enumerate(passages, start=1)]
    for key, one in zip(keys, passages, strict=True):
        lasting = every[key].problem if key in every and key in st.session_state else ""
        every[key] = _Kept(one.grade, lasting)
    _fragment(question, tuple(zip(keys, passages, strict=True)))


@st.fragment
def _fragment(question: str, passages: Sequence[tuple[str, Judged]]) -> None:
    for key, one in passages:
        with one.place:
            _pair(question, key, one.passage)


def _pair(question: str, key: str, passage: Passage) -> None:
    kept: _Kept = st.session_state[_KEPT][key]
    # What a browser shows before it is told otherwise is what is kept: if it had to be told each time, one that misses
    # it would send nothing back, and so take the judgement back.
    default = kept.grade
    if key in st.session_state and st.session_state[key] != kept.grade:
        # Another session said otherwise, or it could not be kept.
        st.session_state[key] = kept.grade
        default = None
    st.pills(
        "Does this passage answer the question?",
        list(_SAID),
        default=default,
        format_func=_SAID.__getitem__,
        key=key,
        label_visibility="collapsed",
        on_change=partial(_keep, question, passage, key),
    )
    if kept.problem:
        problem(kept.problem)


def _keep(question: str, passage: Passage, key: str) -> None:
    """Keep what was pressed.

    Whoever asks something meanwhile ends this run, at the next word it has with Streamlit. The run after it would take
    the press for dealt with, and it would be lost. To read `st.session_state` by a key is such a word; `to_dict` is
    none.
    """
    state = st.session_state.to_dict()
    every: dict[str, _Kept] = state[_KEPT]
    grade: int | None = state[key]
    data = settings().data
    try:
        with open_catalogue(data) as catalogue:
            among = catalogue.passages(passage.document_id)
        judge(data, question, passage, among, grade)
    except StratumError as error:
        every[key] = replace(every[key], problem=without_folders(str(error)))
    else:
        every[key] = _Kept(grade)


def _key(question: str, rank: int, passage: Passage) -> str:
    """Name the thumbs of a passage for a question: no other's can stay pressed here."""
    judged = f"{question}\n{passage}"
    return f"thumbs-{rank}-{hashlib.sha256(judged.encode()).hexdigest()[:12]}"

"""Two thumbs below a passage: a reader's judgement of it, for this question, kept for evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.document import Passage
from core.results import Citation
from evaluate import Mark, grade_of, judge
from index import Catalogue, open_catalogue
from ui.session import settings

# The words are for those who do not see the pictures; the sheet of styles takes them out of sight.
_SAID = {
    1: ":material/thumb_up: This passage answers the question",
    0: ":material/thumb_down: This passage does not answer the question",
}


def draw(question: str, citation: Citation, marks: Sequence[Mark], catalogue: Catalogue) -> None:
    """Draw the thumbs, the one given pressed; pressed again, it is taken back.

    `marks` are the judgements of this question.
    """
    passage = Passage(citation.document_id, citation.start, citation.end)
    mine = [mark for mark in marks if mark.document_id == passage.document_id]
    said = grade_of(mine, question, passage, catalogue.passages(passage.document_id)) if mine else None
    # A key for each question and passage: no other question's thumbs can stay pressed here.
    name = hashlib.sha256(f"{question}\n{passage}".encode()).hexdigest()[:12]
    key = f"thumbs-{citation.rank}-{name}"
    # What a browser shows before it is told otherwise is what is kept: if it had to be told each time, one that misses
    # it would send nothing back, and so take the judgement back.
    default: int | None = said
    if key in st.session_state and st.session_state[key] != said:
        # Another session said otherwise, or it could not be kept.
        st.session_state[key] = said
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


def _keep(question: str, passage: Passage, key: str) -> None:
    data = settings().data
    with open_catalogue(data) as catalogue:
        among = catalogue.passages(passage.document_id)
    judge(data, question, passage, among, st.session_state[key])

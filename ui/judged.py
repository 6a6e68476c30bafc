"""The part of the Evaluate page that hands out what was judged on Ask: as TREC's qrels, and as questions with spans."""

from __future__ import annotations

import streamlit as st

from core.errors import NoIndexError
from core.words import counted
from evaluate import marks_jsonl, marks_qrels, read_marks, usable
from index import open_catalogue
from ui.session import settings
from ui.text import safe


def draw() -> None:
    """Draw how much was judged and the ways to take it along; nothing where nothing was judged."""
    data = settings().data
    marks = read_marks(data)
    if not marks:
        return
    try:
        with open_catalogue(data) as catalogue:
            here = usable(marks, catalogue)
            qrels = marks_qrels(here, catalogue)
    except NoIndexError:
        return
    questions = len({mark.query_id for mark in marks})
    gone = len(marks) - len(here)
    words = f"{counted(len(marks), 'passage')} judged on Ask, for {counted(questions, 'question')}."
    stay = counted(
        gone,
        "judgement, of a document that has left the library, stays",
        "judgements, of documents that have left the library, stay",
    )
    lost = f" {stay} behind." if gone else ""
    st.html(f"<h2>My judgements</h2><p class='held'>{safe(words + lost)}</p>")
    if not here:
        return
    with st.container(key="judged", horizontal=True):
        st.download_button(
            "Questions with spans (JSON lines)",
            marks_jsonl(here),
            "judgements.jsonl",
            "application/jsonl",
            on_click="ignore",
        )
        st.download_button("Judgements (TREC qrels)", qrels, "judgements.qrels", "text/plain", on_click="ignore")

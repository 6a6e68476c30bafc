"""Ingest work as a page shows it: what runs and how far it is, what has ended and how; it survives a reload."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from core.progress import Progress
from ingest import Job, Outcomes
from ui import outcomes
from ui.notice import problem, without_folders
from ui.session import jobs
from ui.text import counted, safe


def submit(title: str, task: Callable[[Progress], Outcomes], page: str = "") -> None:
    """Queue work and show the page again, with it; `page` names one that shows this work besides the Library."""
    job = jobs().submit(title, task)
    if page:
        st.session_state.setdefault(_asked_for(page), set()).add(job.id)
    st.rerun()


def draw(page: str = "") -> None:
    """Draw the work that runs now, following it, and what became of the work that has ended.

    With a `page`, only the work that this visitor has asked for there.
    """
    every = _shown_on(page)
    if any(job.running for job in every):
        _running(page)
    for job in every:
        if not job.running:
            _ended(job)


def under_way(page: str = "") -> bool:
    """Tell whether any of the work that a page shows waits or goes on."""
    return any(job.running for job in _shown_on(page))


def _asked_for(page: str) -> str:
    return f"work-{page}"


def _shown_on(page: str) -> list[Job]:
    mine = st.session_state.get(_asked_for(page), ())
    return [job for job in jobs().all() if not page or job.id in mine]


@st.fragment(run_every="1s")
def _running(page: str) -> None:
    waiting = [job for job in _shown_on(page) if job.running]
    if not waiting:
        # The last one has ended since: the whole page has something new to say.
        st.rerun()
    for job in reversed(waiting):
        title = safe(job.title)
        # Without a value it moves to and fro: something goes on, nobody knows yet how long.
        value = f'value="{job.share * 100:.0f}"' if job.share else ""
        st.html(
            f'<div class="work" role="status"><p><strong>{title}</strong>: {_pace(job)}</p>'
            f'<progress max="100" {value} aria-label="{title}"></progress></div>'
        )


def _pace(job: Job) -> str:
    """Say how far work is and how long it will still take."""
    if job.began is None:
        return "waiting for the work before it."
    if not job.share:
        return "reading the files. The first time, loading the language model takes some seconds more."
    left = round((time.monotonic() - job.began) / job.share * (1 - job.share))
    return f"{job.share:.0%} done, {counted(job.passages, 'passage')} so far, about {counted(left, 'second')} left."


def _ended(job: Job) -> None:
    with st.container(key=f"job-{job.id}"):
        if job.outcomes is None:
            problem(f"{job.title}: {without_folders(job.error)}")
        else:
            fates = outcomes.listed(job.outcomes.entries)
            st.html(f'<section class="outcomes"><h2>{safe(job.title)}: done</h2>{fates}</section>')
        if st.button("Put this away", key=f"dismiss-{job.id}", type="tertiary"):
            jobs().dismiss(job.id)
            st.rerun()

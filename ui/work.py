"""Ingest work as a page shows it: what runs and how far it is, what has ended and how; it survives a reload."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from core.progress import Progress
from core.words import counted
from ingest import Job, Outcomes
from ui import outcomes
from ui.notice import problem, without_folders
from ui.session import jobs
from ui.text import safe

_LONG = 100
"""Beyond how many seconds a wait is told in minutes."""


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
        bar(job.title, job.share, _pace(job))


def bar(title: str, share: float, pace: str) -> None:
    """Draw how far work is, with what there is to say of its pace."""
    named = safe(title)
    # Without a value it moves to and fro: something goes on, nobody knows yet how long.
    value = f'value="{share * 100:.0f}"' if share else ""
    st.html(
        f'<div class="work" role="status"><p><strong>{named}</strong>: {pace}</p>'
        f'<progress max="100" {value} aria-label="{named}"></progress></div>'
    )


def left(began: float, share: float) -> str:
    """Say how long work will still take that has gone on since `began`."""
    seconds = (time.monotonic() - began) / share * (1 - share)
    if seconds > _LONG:
        return f"about {counted(round(seconds / 60), 'minute')} left"
    return f"about {counted(max(1, round(seconds)), 'second')} left"


def _pace(job: Job) -> str:
    """Say how far work is and how long it will still take."""
    if job.began is None:
        return "waiting for the work before it."
    if not job.share:
        return "reading the files. The first time, loading the language model takes some seconds more."
    so_far = counted(job.made, "passage")
    return f"{job.share:.0%} done, {so_far} so far, {left(job.began, job.share)}."


def _ended(job: Job) -> None:
    with st.container(key=f"job-{job.id}"):
        if job.result is None:
            problem(f"{job.title}: {without_folders(job.error)}")
        else:
            fates = outcomes.listed(job.result.entries)
            st.html(f'<section class="outcomes"><h2>{safe(job.title)}: done</h2>{fates}</section>')
        if st.button("Put this away", key=f"dismiss-{job.id}", type="tertiary"):
            jobs().dismiss(job.id)
            st.rerun()

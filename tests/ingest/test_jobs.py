"""Work beside the browser: one at a time, in order, with its state told at every moment."""

from __future__ import annotations

import time
from queue import SimpleQueue
from threading import Event

from core.errors import InputError
from core.progress import Progress
from ingest import Job, Jobs, Outcomes

DONE = Outcomes((), 7)


class Steered:
    """A piece of work that begins, says how far it is, and ends when the test says so."""

    def __init__(self) -> None:
        self.began = Event()
        self.end = Event()

    def __call__(self, progress: Progress) -> Outcomes:
        progress(0.25, 12)
        self.began.set()
        assert self.end.wait(10)
        return DONE


def ended(jobs: Jobs) -> None:
    """Wait until all that was submitted has ended, by queueing behind it."""
    behind: SimpleQueue[None] = SimpleQueue()

    def last(_progress: Progress) -> Outcomes:
        behind.put(None)
        return DONE

    jobs.submit("last", last)
    behind.get(timeout=10)


def state(jobs: Jobs, job: Job) -> Job:
    return next(one for one in jobs.all() if one.id == job.id)


def test_work_begins_when_its_turn_has_come() -> None:
    jobs, first, second = Jobs(), Steered(), Steered()
    one, two = jobs.submit("one", first), jobs.submit("two", second)
    before = time.monotonic()
    assert first.began.wait(10)

    running, waiting = state(jobs, one), state(jobs, two)

    assert (one.began, waiting.began, waiting.running, waiting.share) == (None, None, True, 0.0)
    assert running.began is not None
    assert running.began <= time.monotonic()
    assert (running.running, running.share, running.made) == (True, 0.25, 12)
    first.end.set()
    assert second.began.wait(10)
    began = state(jobs, two).began
    assert began is not None
    assert began >= max(running.began, before - 1)
    second.end.set()
    ended(jobs)
    assert [state(jobs, job).result for job in (one, two)] == [DONE, DONE]
    assert state(jobs, two).began == began


def test_work_that_fails_says_why_and_the_next_goes_on() -> None:
    def refused(_progress: Progress) -> Outcomes:
        message = "There is no such folder."
        raise InputError(message)

    jobs = Jobs()
    one = jobs.submit("one", refused)
    ended(jobs)

    assert (state(jobs, one).error, state(jobs, one).running) == ("There is no such folder.", False)
    assert state(jobs, one).began is not None


def test_only_work_that_has_ended_can_be_put_away() -> None:
    jobs, work = Jobs(), Steered()
    one = jobs.submit("one", work)
    assert work.began.wait(10)

    jobs.dismiss(one.id)
    assert [job.id for job in jobs.all()] == [one.id]
    work.end.set()
    ended(jobs)
    jobs.dismiss(one.id)

    assert one.id not in [job.id for job in jobs.all()]

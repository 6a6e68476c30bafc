"""Work beside the browser session that asked for it: it goes on when the page is left or loaded again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from threading import Lock
from typing import Generic, TypeVar

from core.errors import StratumError
from core.progress import Progress

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job(Generic[Result]):
    """The state of one piece of work: `share` is what is done of it (0..1), `made` counts what it has made so far.

    `began` is when the work started, in seconds of the monotonic clock, and None while it waits for its turn.
    `result` is there once it has ended well, `error` (one sentence) once it has failed.
    """

    id: int
    title: str
    began: float | None = None
    share: float = 0.0
    made: int = 0
    result: Result | None = None
    error: str = ""

    @property
    def running(self) -> bool:
        """Whether the work still waits or goes on."""
        return self.result is None and not self.error


class Jobs(Generic[Result]):
    """A queue with one worker, in order of submission; keep one of a kind for the whole process."""

    def __init__(self, name: str = "jobs") -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._lock = Lock()
        self._jobs: dict[int, Job[Result]] = {}
        self._numbers = count(1)

    def submit(self, title: str, work: Callable[[Progress], Result]) -> Job[Result]:
        """Queue work and return its job; `work` is given a function to report progress to."""
        with self._lock:
            job: Job[Result] = Job(next(self._numbers), title)
            self._jobs[job.id] = job
        self._pool.submit(self._carry_out, job.id, work)
        return job

    def all(self) -> tuple[Job[Result], ...]:
        """Return every job of this process, newest first."""
        with self._lock:
            return tuple(reversed(self._jobs.values()))

    def dismiss(self, job_id: int) -> None:
        """Forget a job that has ended."""
        with self._lock:
            if job_id in self._jobs and not self._jobs[job_id].running:
                del self._jobs[job_id]

    def _carry_out(self, job_id: int, work: Callable[[Progress], Result]) -> None:
        def report(share: float, made: int) -> None:
            self._update(job_id, share=share, made=made)

        self._update(job_id, began=time.monotonic())
        try:
            self._update(job_id, result=work(report), share=1.0)
        except StratumError as error:
            self._update(job_id, error=str(error))
        except Exception:  # noqa: BLE001 - a worker thread has no caller; the log keeps the fault
            _log.exception("The job %d failed.", job_id)
            self._update(job_id, error="Something went wrong that should not; nothing was changed. The log names it.")

    def _update(self, job_id: int, **changes: object) -> None:
        with self._lock:
            self._jobs[job_id] = replace(self._jobs[job_id], **changes)  # type: ignore[arg-type]  # fields of Job

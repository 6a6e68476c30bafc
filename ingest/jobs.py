"""Ingest work beside the browser session that asked for it: it goes on when the page is left or loaded again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from threading import Lock

from core.errors import StratumError
from core.progress import Progress
from ingest.run import Outcomes

Work = Callable[[Progress], Outcomes]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """The state of one piece of work: `share` is what is done of it (0..1), `passages` what was embedded so far.

    `began` is when the work started, in seconds of the monotonic clock, and None while it waits for its turn.
    `outcomes` is there once it has ended well, `error` (one sentence) once it has failed.
    """

    id: int
    title: str
    began: float | None = None
    share: float = 0.0
    passages: int = 0
    outcomes: Outcomes | None = None
    error: str = ""

    @property
    def running(self) -> bool:
        """Whether the work still waits or goes on."""
        return self.outcomes is None and not self.error


class Jobs:
    """A queue with one worker, since the index has one writer; keep one for the whole process."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ingest")
        self._lock = Lock()
        self._jobs: dict[int, Job] = {}
        self._numbers = count(1)

    def submit(self, title: str, work: Work) -> Job:
        """Queue work and return its job; `work` is given a function to report progress to."""
        with self._lock:
            job = Job(next(self._numbers), title)
            self._jobs[job.id] = job
        self._pool.submit(self._carry_out, job.id, work)
        return job

    def all(self) -> tuple[Job, ...]:
        """Return every job of this process, newest first."""
        with self._lock:
            return tuple(reversed(self._jobs.values()))

    def dismiss(self, job_id: int) -> None:
        """Forget a job that has ended."""
        with self._lock:
            if job_id in self._jobs and not self._jobs[job_id].running:
                del self._jobs[job_id]

    def _carry_out(self, job_id: int, work: Work) -> None:
        def report(share: float, passages: int) -> None:
            self._update(job_id, share=share, passages=passages)

        self._update(job_id, began=time.monotonic())
        try:
            self._update(job_id, outcomes=work(report), share=1.0)
        except StratumError as error:
            self._update(job_id, error=str(error))
        except Exception:  # noqa: BLE001 - a worker thread has no caller; the log keeps the fault
            _log.exception("The job %d failed.", job_id)
            self._update(job_id, error="Something went wrong that should not; nothing was changed. The log names it.")

    def _update(self, job_id: int, **changes: object) -> None:
        with self._lock:
            self._jobs[job_id] = replace(self._jobs[job_id], **changes)  # type: ignore[arg-type]  # fields of Job

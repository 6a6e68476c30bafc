"""The reading worker: reads hostile files in a process that may die; run as `python -m ingest.worker` by the sandbox.

Each request on standard input is one JSON line (`Request`) and then as many bytes as it says; each answer on standard
output is one JSON line (`Answer`). The first line out, before any request, says that the worker is ready.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import IO

from core.codec import decode, encode
from core.document import Document, Source
from core.errors import UnreadableError
from ingest.readers import read
from ingest.readers.base import refusal
from ingest.sandbox import READY, Answer, Request

try:
    import resource
except ImportError:  # Windows has no such limits: there, only the time limit holds
    resource = None  # type: ignore[assignment]

ReadFunction = Callable[[Source], Document]

MEMORY = 2 * 1024**3
"""Address space in bytes: none of 2,226 honest and odd PDFs needed over 411 MB, bombs take whatever there is."""

_STDERR_BYTES = 1024 * 1024
_GRACE_SECONDS = 5


def serve(requests: IO[bytes], answers: IO[bytes], reader: ReadFunction) -> None:
    """Answer requests until the input ends, or until memory ran out and the process had better be replaced."""
    answers.write(READY)
    answers.flush()
    while header := requests.readline():
        request = decode(Request, header)
        data = requests.read(request.size)
        if len(data) < request.size:
            return
        limit_time(request.seconds)
        line, done = answer_to(Source(request.name, request.media_type, data), reader)
        answers.write(line + b"\n")
        answers.flush()
        if done:
            return


def answer_to(source: Source, reader: ReadFunction) -> tuple[bytes, bool]:
    """Read one file and return the answer's line, and whether to end after it; only the process's death gets past."""
    try:
        return encode(Answer(document=reader(source))).encode(), False
    except UnreadableError as error:
        return encode(Answer(refused=str(error))).encode(), False
    except MemoryError:
        sentence = refusal(source.name, f"needs more than {MEMORY // 1024**3} GB of memory to be read: split it")
        return encode(Answer(refused=str(sentence), done=True)).encode(), True


def limit_process() -> None:
    """Bound the memory and the error output of this process, where the system can."""
    if resource:
        for kind, most in (
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_FSIZE, _STDERR_BYTES),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(kind)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (allowed, hard))


def limit_time(seconds: float) -> None:
    """Let this process end by itself if it outlives its time, in case the program that waited for it is gone."""
    if resource:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(used.ru_utime + used.ru_stime + seconds) + _GRACE_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def main(reader: ReadFunction = read) -> None:
    """Serve on the process's own streams; what libraries print goes to standard error instead of into the answers.

    `reader` is there for tests, whose readers misbehave.
    """
    limit_process()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers, reader)


if __name__ == "__main__":
    main()

"""Reading files so that none can hang or take down the program: formats with third-party parsers in a worker process.

PDF and HTML are parsed by large third-party libraries, of which some abort or loop on hostile bytes; they run in one
worker process that is reused from file to file (starting one costs half a second) and replaced when it dies or
overruns its time. Small Markdown and text files are read in this process: their parsers are small and run in linear
time. The worker is a plain `python -m ingest.worker`, not `multiprocessing`, whose spawn would import the main module
again, and under Streamlit that is the app.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from core.codec import decode, encode
from core.document import Document, Source
from core.errors import UnreadableError
from ingest.readers import read, reader_of
from ingest.readers.base import PAGES, refusal

BASE_SECONDS = 60.0
PAGE_SECONDS = 0.5
"""Time limits: pypdf reads 16 pages a second, so an honest book of 500 pages needs 30 s on a quiet machine."""

IN_PROCESS_BYTES = 256 * 1024
"""Larger texts go to the worker too: here the worst Markdown known takes 3 s, and that grows with the square."""

FILES_PER_WORKER = 200
"""A worker is replaced after this many files, so that what libraries leak does not add up."""

READY = b"ready\n"
"""A worker's first line, before any request."""

_START_SECONDS = 60.0
_BYTES_PER_PAGE = 100_000
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_ROOT = Path(__file__).resolve().parents[1]
_COMMAND = (sys.executable, "-m", "ingest.worker")
_LAST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Request:
    """A file to read: name, media type, how many bytes follow, and the seconds after which nobody waits any more."""

    name: str
    media_type: str
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The document, or the sentence that refuses it; `done` says that the worker ends after this answer."""

    document: Document | None = None
    refused: str = ""
    done: bool = False


def seconds_for(source: Source, base: float = BASE_SECONDS, page: float = PAGE_SECONDS) -> float:
    """Return how long a source may take, in seconds: PDFs get more by their pages, counted or judged by size."""
    if source.media_type != "application/pdf":
        return base
    pages = max(sum(1 for _ in _PAGE.finditer(source.data)), len(source.data) // _BYTES_PER_PAGE)
    return base + page * min(pages, PAGES)


class Sandbox:
    """Reads sources one at a time; use as a context manager, from as many threads as needed.

    `base_seconds` and `page_seconds` set the time limit; `command` starts the worker and is there for tests.
    """

    def __init__(
        self,
        base_seconds: float = BASE_SECONDS,
        page_seconds: float = PAGE_SECONDS,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self._limits = (base_seconds, page_seconds)
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        """Return the sandbox; the worker starts with the first file that needs it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the worker."""
        self.close()

    def close(self) -> None:
        """End the worker, if one runs; the next read would start another."""
        with self._lock:
            self._end()

    def read(self, source: Source) -> Document:
        """Read a source; raises UnreadableError with one sentence, and nothing else, for whatever the file does."""
        reader = reader_of(source)
        if not reader.isolated and len(source.data) <= IN_PROCESS_BYTES:
            try:
                return read(source)
            except MemoryError as error:
                raise refusal(source.name, "needs more memory than there is: split it") from error
        with self._lock:
            return self._read_isolated(source)

    def _read_isolated(self, source: Source) -> Document:
        worker = self._ready_worker(source.name)
        try:
            answer = worker.ask(source, seconds_for(source, *self._limits))
        except BaseException:
            self._end()
            raise
        if answer.done:
            self._end()
        if answer.document is None:
            raise UnreadableError(answer.refused)
        return answer.document

    def _ready_worker(self, name: str) -> _Worker:
        if self._worker and (self._worker.ended or self._worker.files >= FILES_PER_WORKER):
            self._end()
        if self._worker is None:
            self._worker = _Worker(self._command)
            try:
                self._worker.wait_until_ready(name)
            except BaseException:
                self._end()
                raise
        return self._worker

    def _end(self) -> None:
        if self._worker:
            self._worker.end()
            self._worker = None


class _Worker:
    """One worker process; `files` counts what it was asked to read."""

    def __init__(self, command: Sequence[str]) -> None:
        self.files = 0
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        # One thread is all a reader uses, and thread pools of number libraries eat the worker's address space.
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    @property
    def ended(self) -> bool:
        """Whether the process has ended, for whatever reason."""
        return self._process.poll() is not None

    def wait_until_ready(self, name: str) -> None:
        """Wait for the worker's first line; raises UnreadableError if none comes."""
        line, late = self._exchange((), _START_SECONDS)
        if line != READY:
            why = f"did not start within {_START_SECONDS:.0f} s" if late else f"could not start ({self._last_words()})"
            raise refusal(name, f"was not read, because the reader {why}: check the installation")

    def ask(self, source: Source, seconds: float) -> Answer:
        """Send a source and return the answer; raises UnreadableError if the worker dies or overruns its time."""
        self.files += 1
        request = Request(_storable(source.name), source.media_type, len(source.data), seconds)
        line, late = self._exchange((encode(request).encode() + b"\n", source.data), seconds)
        if late:
            raise refusal(source.name, f"took longer than {seconds:g} s to read and was given up: split it")
        try:
            return decode(Answer, line)
        except ValueError as error:
            reason = f"ended its reader unexpectedly ({self._last_words()}): convert it to another format"
            raise refusal(source.name, reason) from error

    def end(self) -> None:
        """Kill the process and release everything it held."""
        self._process.kill()
        self._process.wait()
        for stream in (self._requests, self._answers, self._errors):
            with suppress(OSError):  # what is still buffered for a dead process cannot be written
                stream.close()

    def _exchange(self, message: Sequence[bytes], seconds: float) -> tuple[bytes, bool]:
        """Send a message and return the next line (empty if the process died) and whether the time ran out."""
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, give_up)
        timer.daemon = True
        timer.start()
        line = b""
        try:
            self._requests.writelines(message)
            self._requests.flush()
            line = self._answers.readline()
        except OSError:  # the pipe of a process that died
            pass
        finally:
            timer.cancel()
            timer.join()  # so that a process killed at the last moment is not mistaken for a live one
        return line, late.is_set()

    def _last_words(self) -> str:
        """Say how the process ended: the signal or status, and the last line it wrote about it."""
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "it answered nonsense"
        how = signal.Signals(-status).name if -status in set(signal.Signals) else f"status {status}"
        self._errors.seek(0)
        lines = self._errors.read()[-4096:].decode("utf-8", "replace").split("\n")
        said = next((" ".join(line.split()) for line in reversed(lines) if line.strip()), "")
        return f"{how}: {said[:_LAST_WORDS]}" if said else how


def _storable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()

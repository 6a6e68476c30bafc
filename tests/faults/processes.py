"""Real processes for the tests of this folder: warm, single-threaded, and each with a pipe to the test.

They are forked by a server that has loaded the program once (`multiprocessing`, "forkserver"), not by the test process
itself, whose libraries may have started threads; so a process starts in some hundredths of a second.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.lives", "tests.faults.random_life", "tests.faults.test_readers"])

# More than any of these processes takes; one that hangs is a failure, not a wait.
PATIENCE = 60.0


@contextmanager
def process(work: Callable[..., None], *arguments: object) -> Iterator[tuple[ForkServerProcess, Connection]]:
    """Run `work(pipe, *arguments)` in a process of its own; yield it with the test's end of the pipe; kill it last."""
    ours, theirs = _CONTEXT.Pipe()
    child = _CONTEXT.Process(target=work, args=(theirs, *arguments), daemon=True)
    child.start()
    theirs.close()
    try:
        yield child, ours
    finally:
        child.kill()
        child.join(PATIENCE)
        ours.close()


def told(pipe: Connection) -> Iterator[object]:
    """Yield what a process has said, until it has ended or said nothing for too long (TimeoutError)."""
    while True:
        if not pipe.poll(PATIENCE):
            message = "A process of the test has said nothing for a minute."
            raise TimeoutError(message)
        try:
            yield pipe.recv()
        except EOFError:
            return


def result(work: Callable[..., None], *arguments: object) -> object:
    """Return the last thing that `work` says in a process of its own, which it ends by itself."""
    with process(work, *arguments) as (child, pipe):
        said = list(told(pipe))
        child.join(PATIENCE)
    if not said:
        message = f"A process of the test ended with status {child.exitcode} and said nothing."
        raise AssertionError(message)
    return said[-1]

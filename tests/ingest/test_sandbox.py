"""The sandbox: whatever a file does to the worker, it is one sentence, and the next file is read."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.document import Source
from core.errors import UnreadableError
from ingest import sandbox as sandbox_module
from ingest.sandbox import Sandbox, seconds_for

pytestmark = pytest.mark.processes

PDF = "application/pdf"
TROUBLED = (
    sys.executable,
    "-c",
    "import runpy, sys; sys.path.insert(0, ''); runpy.run_path(sys.argv[1], run_name='__main__')",
    str(Path(__file__).with_name("troubled_worker.py")),
)
NONSENSE = """
import sys
print("ready", flush=True)
sys.stdin.buffer.readline()
print("nonsense", flush=True)
sys.stdin.buffer.read()
"""


@pytest.fixture(scope="module")
def good(make_pdf: Callable[..., bytes]) -> bytes:
    return make_pdf([["Good words."]])


@pytest.fixture(scope="module")
def troubled() -> Iterator[Sandbox]:
    with Sandbox(base_seconds=20, command=TROUBLED) as box:
        yield box


def _pid(box: Sandbox) -> int:
    assert box._worker
    return box._worker._process.pid


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("aborts.pdf", "aborts.pdf ended its reader unexpectedly (SIGABRT: terminate called): convert it"),
        ("leaves.pdf", "leaves.pdf ended its reader unexpectedly (status 3): convert it"),
        ("eats.pdf", "eats.pdf needs more than 2 GB of memory to be read: split it."),
    ],
)
def test_a_worker_that_dies_is_one_sentence_and_the_next_file_is_read(
    troubled: Sandbox, good: bytes, name: str, sentence: str
) -> None:
    with pytest.raises(UnreadableError) as caught:
        troubled.read(Source(name, PDF, good))
    assert str(caught.value).startswith(sentence)
    assert troubled.read(Source("good.pdf", PDF, good)).text == "Good words."


def test_a_worker_that_hangs_is_given_up_and_the_next_file_is_read(good: bytes) -> None:
    with Sandbox(base_seconds=0.3, page_seconds=0, command=TROUBLED) as box:
        with pytest.raises(UnreadableError, match=r"^hangs\.pdf took longer than 0\.3 s to read and was given up"):
            box.read(Source("hangs.pdf", PDF, good))
        box._limits = (20, 0)
        assert box.read(Source("good.pdf", PDF, good)).text == "Good words."


def test_what_libraries_print_does_not_get_between_the_answers(troubled: Sandbox, good: bytes) -> None:
    assert troubled.read(Source("chats.pdf", PDF, good)).text == "Good words."


def test_a_worker_that_cannot_start_or_answers_nonsense_is_one_sentence(good: bytes) -> None:
    commands = {
        "could not start (status 1: ModuleNotFoundError": [sys.executable, "-c", "import no_such_module"],
        "ended its reader unexpectedly (it answered nonsense)": [sys.executable, "-c", NONSENSE],
    }
    for sentence, command in commands.items():
        with Sandbox(command=command) as box, pytest.raises(UnreadableError) as caught:
            box.read(Source("good.pdf", PDF, good))
        assert sentence in str(caught.value)


def test_one_worker_serves_many_files_and_is_replaced_in_time(
    sandbox: Sandbox, good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.read(Source("a.pdf", PDF, good))
    first = _pid(sandbox)
    sandbox.read(Source("a.html", "text/html", b"<p>Good words.</p>"))
    with pytest.raises(UnreadableError, match="is damaged and cannot be opened"):
        sandbox.read(Source("b.pdf", PDF, b"%PDF-1.7 broken"))
    assert _pid(sandbox) == first
    monkeypatch.setattr(sandbox_module, "FILES_PER_WORKER", 2)
    sandbox.read(Source("a.pdf", PDF, good))
    assert _pid(sandbox) != first


def test_small_texts_need_no_worker_and_large_ones_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as box:
        assert box.read(Source("a.txt", "text/plain", b"Some words.")).text == "Some words."
        assert box._worker is None
        monkeypatch.setattr(sandbox_module, "IN_PROCESS_BYTES", 5)
        assert box.read(Source("a.txt", "text/plain", b"Some words.")).text == "Some words."
        assert box._worker


def test_the_worker_ends_with_the_sandbox(good: bytes) -> None:
    with Sandbox() as box:
        box.read(Source("a.pdf", PDF, good))
        process = _pid(box)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_threads_take_turns(sandbox: Sandbox, make_pdf: Callable[..., bytes]) -> None:
    texts: dict[int, str] = {}

    def one(number: int) -> None:
        texts[number] = sandbox.read(Source(f"{number}.pdf", PDF, make_pdf([[f"Words {number}."]]))).text

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {number: f"Words {number}." for number in range(8)}


def test_refusals_before_reading_start_no_worker() -> None:
    with Sandbox() as box, pytest.raises(UnreadableError, match="is empty"):
        box.read(Source("a.pdf", PDF, b""))
    assert box._worker is None


def test_the_time_limit_grows_with_the_pages(make_pdf: Callable[..., bytes]) -> None:
    assert seconds_for(Source("a.html", "text/html", b"x" * 1_000_000)) == 60
    assert seconds_for(Source("a.pdf", PDF, make_pdf([["a"]] * 40))) == 60 + 0.5 * 40
    assert seconds_for(Source("a.pdf", PDF, b"%PDF-" + bytes(10_000_000))) == 60 + 0.5 * 100
    assert seconds_for(Source("a.pdf", PDF, b"/Type /Page " * 90_000)) == 60 + 0.5 * 5000

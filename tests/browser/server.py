"""The app as it is started by hand: a Streamlit process on a port that was free."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running app: its address, its data folder and the folder it follows."""

    url: str
    data: Path
    corpus: Path


@contextmanager
def serving(data: Path, corpus: Path, model: str = "") -> Iterator[Server]:
    """Run the app on a data folder until the block ends."""
    port = _free_port()
    environment = {**os.environ, "STRATUM_DATA": str(data), "STRATUM_CORPUS": str(corpus)}
    if model:
        environment["STRATUM_MODEL"] = model
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            if not _healthy(process, url):
                log.seek(0)
                raise RuntimeError(f"The app did not start: {log.read().decode(errors='replace')}")
            yield Server(url, data, corpus)
        finally:
            process.terminate()
            process.wait(10)


def _healthy(process: subprocess.Popen[bytes], url: str) -> bool:
    """Poll until the server answers; False when it has ended or takes too long."""
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            with urlopen(f"{url}/_stcore/health", timeout=1):  # noqa: S310 - our own address
                return True
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

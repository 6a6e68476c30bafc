"""Sets up `.venv` with everything pinned in a requirements file; needs nothing but Python and its standard library.

    python3 tools/setup.py requirements.txt [requirements-dev.txt]

PyTorch is installed first and apart: on Linux its plain package brings several gigabytes of CUDA libraries, which a
machine without an NVIDIA device cannot use. A run that finds everything as it should be ends at once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

OLDEST_PYTHON = (3, 11)
TORCH = "torch==2.13.0"
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
NEEDED_GB = 3


def main(requirements: list[Path]) -> None:
    """Bring `.venv` to the state the requirements describe."""
    check_machine()
    stamp = VENV / f".set-up-{stamp_of(requirements)}"
    if stamp.is_file() and works(PYTHON):
        return
    started = time.monotonic()
    say("Setting up .venv (once; 3 to 10 minutes, about 1 GB to fetch, mostly PyTorch).")
    if not works(PYTHON):
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], "the virtual environment could not be made")
    install_torch()
    say("Installing the pinned packages ...")
    pip(["install", *(part for file in requirements for part in ("-r", str(file)))], "a package could not be installed")
    # The project itself, so that `python -m ingest` works from any folder.
    sites = output([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    (Path(sites) / "stratum.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    stamp.touch()
    say(f"Set up in {time.monotonic() - started:.0f} s.")


def check_machine() -> None:
    """Stop with the name of what is missing before anything is fetched."""
    if sys.version_info < OLDEST_PYTHON:
        stop(f"Python {sys.version.split()[0]} is too old: install Python 3.11 or later, then run make again.")
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        stop("Python's venv module is missing: install it (Debian: apt install python3-venv), then run make again.")
    free = shutil.disk_usage(ROOT).free / 1e9
    if not PYTHON.is_file() and free < NEEDED_GB:
        stop(f"Only {free:.1f} GB are free in {ROOT}: make room for {NEEDED_GB} GB, then run make again.")


def works(python: Path) -> bool:
    """Tell whether an interpreter is there and starts; one whose Python was removed or moved does not."""
    return python.is_file() and subprocess.run([str(python), "-c", "pass"], check=False).returncode == 0  # noqa: S603 - our own


def stamp_of(requirements: list[Path]) -> str:
    """Return what a finished set-up is recognised by: its place and the content of the requirements."""
    digest = hashlib.sha256(f"{ROOT} {TORCH}".encode())
    for file in requirements:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def install_torch() -> None:
    """Install PyTorch: the CPU build, unless an NVIDIA device is there to use the other."""
    if output([str(PYTHON), "-m", "pip", "list", "--format=freeze"], check=False).find(TORCH) >= 0:
        return
    if has_cuda_device():
        say("Installing PyTorch with CUDA, for the NVIDIA device found ...")
        pip(["install", TORCH], "PyTorch could not be installed")
        return
    say("Installing PyTorch (CPU build) ...")
    # Only this package may come from PyTorch's own index; a machine that cannot reach it loses seconds, not minutes.
    from_own_index = [*PIP, "install", "--quiet", "--retries", "0", "--timeout", "10", "--index-url", CPU_WHEELS, TORCH]
    if subprocess.run(from_own_index, check=False, capture_output=True).returncode:  # noqa: S603 - our own words
        say("PyTorch's own index cannot be reached; taking the build that pip finds (which may be the large one).")
        pip(["install", TORCH], "PyTorch could not be installed")


def has_cuda_device() -> bool:
    """Tell whether an NVIDIA device answers."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return False
    answer = subprocess.run([program, "-L"], check=False, capture_output=True)  # noqa: S603 - no words of a stranger
    return answer.returncode == 0 and b"GPU" in answer.stdout


PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]


def pip(arguments: list[str], failure: str) -> None:
    """Run pip in the virtual environment."""
    run([*PIP, arguments[0], "--quiet", *arguments[1:]], failure)


def run(command: list[str], failure: str) -> None:
    """Run a command, or stop with what failed and pip's own last words."""
    result = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own words
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if line.strip()]
        reason = next(
            (line for line in reversed(lines) if line.startswith("ERROR")), lines[-1] if lines else "no reason given"
        )
        stop(f"Set-up failed: {failure} ({reason.strip()}). Check the network and the package, then run make again.")


def output(command: list[str], *, check: bool = True) -> str:
    """Return what a command prints."""
    return subprocess.run(command, check=check, capture_output=True, text=True).stdout.strip()  # noqa: S603 - our own words


def say(sentence: str) -> None:
    """Tell the person what happens."""
    print(sentence, flush=True)


def stop(sentence: str) -> None:
    """End with one sentence and exit status 2."""
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


if __name__ == "__main__":
    main([Path(argument).resolve() for argument in sys.argv[1:]])

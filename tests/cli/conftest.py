"""The commands as a person gives them: in this process for speed, with the real error handling and exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import evaluate.__main__
import index.__main__
import ingest.__main__
from core.command import run

APPS = {"index": index.__main__.app, "ingest": ingest.__main__.app, "evaluate": evaluate.__main__.app}
MODEL = ("--model", "hashing-256")


class Done(NamedTuple):
    """How a command ended: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Return what was printed, as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def sentence(self) -> str:
        """Return the one line on standard error."""
        (line,) = self.err.splitlines()
        return line


Command = Callable[..., Done]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with none of our settings in the environment."""
    for name in ("DATA", "CORPUS", "MODEL", "RERANKER"):
        monkeypatch.delenv(f"STRATUM_{name}", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stratum(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs `python -m ROOM ARGUMENTS...` in the folder `here`."""
    assert here.is_dir()

    def command(room: str, *arguments: object) -> Done:
        capsys.readouterr()
        monkeypatch.setattr("sys.argv", [f"python -m {room}", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run(APPS[room], room)
        said = capsys.readouterr()
        status = ended.value.code
        return Done(status if isinstance(status, int) else int(status is not None), said.out, said.err)

    return command


def write(folder: Path, **files: str) -> Path:
    """Write files into a folder, each called by its keyword with the ending .md; return the folder."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def docs(here: Path) -> Path:
    """Return a folder with three small documents."""
    return write(
        here / "docs",
        oil="---\ntitle: Niacinamide\ngroup: Actives\nyear: 2021\n---\n"
        "## Oil\n\nNiacinamide lowers oil. It took weeks.\n",
        peel="# Peels\n\nGlycolic acid peels the skin.\n",
        sun="Sunscreen is worn by day.\n",
    )


@pytest.fixture
def synced(docs: Path, stratum: Command) -> Command:
    """Return the commands, in a folder whose docs/ have been indexed."""
    assert docs.is_dir()
    assert stratum("ingest", "sync", "docs", *MODEL).status == 0
    return stratum

"""Putting away what is kept: an evaluation that is no longer wanted, and what one that was stopped has left."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from evaluate.folder import writing
from evaluate.kept import FOLDER, NAME, UNFINISHED

_DAY = 86_400


def put_away(data: Path, name: str) -> None:
    """Delete a kept evaluation; one that is gone already is no error."""
    if NAME.fullmatch(name) and (data / FOLDER / name).is_dir():
        doomed = data / FOLDER / f"{UNFINISHED}{name}"
        with writing(data / FOLDER):
            (data / FOLDER / name).rename(doomed)
            shutil.rmtree(doomed)


def tidy(data: Path) -> None:
    """Delete what evaluations that were stopped have left, once it is a day old: a younger one may still go on."""
    for folder in (data / FOLDER).glob(f"{UNFINISHED}*"):
        if time.time() - folder.stat().st_mtime > _DAY:
            shutil.rmtree(folder)

"""Asking a collection in several ways and keeping what came of it (evaluate/kept.py says where and how)."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core import codec, storage
from core.errors import InputError
from core.progress import Progress
from evaluate.collection import Collection
from evaluate.compare import compare
from evaluate.compared import write_comparison
from evaluate.evaluation import evaluated
from evaluate.folder import read_run, write_evaluation, writing
from evaluate.kept import CONFIGURATIONS, DESCRIPTION, FOLDER, FORMAT, UNFINISHED, Kept, figures_of
from evaluate.sent import without_folder
from index import Searcher


def keep(
    searcher: Searcher, collection: Collection, configurations: Sequence[str], progress: Progress | None = None
) -> Kept:
    """Ask a collection in each configuration, compare them, and keep it all in the searcher's data folder.

    Raises InputError when it cannot be asked or written; nothing is left of it then.
    """
    runs = searcher.data / FOLDER
    with writing(runs):
        storage.make_folder(runs)
        made = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=runs))
    try:
        for place, name in enumerate(configurations):

            def report(share: float, _made: int, before: int = place) -> None:
                if progress is not None:
                    done = (before + share) / len(configurations)
                    progress(done, round(done * len(configurations) * len(collection.questions)))

            one = evaluated(searcher, collection, CONFIGURATIONS[name].mode, report)
            write_evaluation(made / name, one)
        kept = _described(made, configurations, _compared(made, configurations))
        with writing(made):
            (made / DESCRIPTION).write_text(codec.encode(kept), encoding="utf-8")
            storage.settle(made, runs / kept.name)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return kept


def _compared(made: Path, configurations: Sequence[str]) -> str:
    """Write the comparison, and return why there is none where there is none."""
    if len(configurations) == 1:
        return ""
    try:
        comparison = compare([made / name for name in configurations])
    except InputError as error:
        if not any(figures_of(made / name).measures for name in configurations):
            return "no question is judged."
        return _called(configurations, without_folder(made, str(error)))
    # Runs are called by their configurations: the folder they are being made in is nobody's business.
    arms = tuple(replace(arm, folder=CONFIGURATIONS[Path(arm.folder).name].words) for arm in comparison.arms)
    write_comparison(made, replace(comparison, arms=arms))
    return ""


def _called(configurations: Sequence[str], sentence: str) -> str:
    """Return a sentence with the configurations as a person calls them."""
    for name in configurations:
        sentence = re.sub(rf"\b{name}\b", f"“{CONFIGURATIONS[name].words}”", sentence)
    return sentence


def _described(made: Path, configurations: Sequence[str], remark: str) -> Kept:
    runs = {name: read_run(made / name) for name in configurations}
    figures = {name: figures_of(made / name) for name in configurations}
    manifest = next(iter(runs.values())).manifest
    measure = manifest.measures[0]
    now = datetime.now(UTC)
    makers = [codec.encode(replace(run.manifest, files=None, created="", seconds=0.0)) for run in runs.values()]
    name = f"{now:%Y%m%dT%H%M%SZ}-{hashlib.sha256(''.join(makers).encode()).hexdigest()[:8]}"
    taken = sum(1 for other in made.parent.glob(f"{name}*"))
    return Kept(
        format=FORMAT,
        name=f"{name}-{taken + 1}" if taken else name,
        collection=manifest.collection,
        configurations=tuple(configurations),
        created=now.isoformat(timespec="seconds"),
        questions=manifest.questions.count,
        judged=sum(record.measures is not None for record in next(iter(runs.values())).records),
        level=manifest.level,
        corpus=manifest.corpus,
        passages=manifest.passages,
        fingerprint=manifest.fingerprint,
        program=manifest.program,
        measure=measure,
        means={name: own.measures[measure].mean for name, own in figures.items() if own.measures},
        remark=remark,
    )

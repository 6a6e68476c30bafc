"""The button that brings the library up to date with the files of one document, and the work behind it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from core.ledger import SourceFile
from core.progress import Progress
from index import WatchedFiles, open_catalogue, whereabouts
from ingest import Outcomes, add, sync
from ui import work
from ui.session import settings, watched
from ui.text import file_name


def mending(document_id: str, key: str, page: str, *, leaving: bool) -> None:
    """Draw the button; `page` is where the work it starts is shown besides the Library.

    `leaving` is True on the page of a document that will not be there any more once its changed file is read.
    """
    busy = work.under_way(page)
    if not st.button("Bring the library up to date", key=f"mend-{key}", type="tertiary", disabled=busy):
        return
    with open_catalogue(settings().data) as catalogue:
        files = [known.file for known in catalogue.files_of(document_id)]
    if not files:
        # Somebody else was faster: the page has only to be drawn as things are now.
        st.rerun()
    if leaving:
        st.query_params.clear()
    work.submit(_title(files), partial(_mend, files, watched()), page)


def _title(files: Sequence[SourceFile]) -> str:
    folders = _folders(files)
    return f"Bring up to date with {folders[0].name}/" if folders else f"Read “{file_name(files[0].name)}” again"


def _mend(files: Sequence[SourceFile], seen: WatchedFiles, progress: Progress) -> Outcomes:
    """Sync the folders that files came with, and add the files that came by themselves."""
    where = settings()
    done = [sync(where.data, folder, where.model, progress) for folder in _folders(files)]
    single = [_to_read(file, seen) for file in files if file.root == file.path]
    if single:
        done.append(add(where.data, single, where.model, progress))
    return Outcomes(tuple(entry for one in done for entry in one.entries), done[-1].generation)


def _folders(files: Sequence[SourceFile]) -> list[Path]:
    return [Path(root) for root in dict.fromkeys(file.root for file in files if file.root != file.path)]


def _to_read(file: SourceFile, seen: WatchedFiles) -> Path:
    """Return what stands where a file was, else where it is now; where it is gone, an update says so of its path."""
    path = Path(file.path)
    return path if path.exists() else whereabouts(file, seen) or path

"""The part of the Library page that brings documents in: uploads, and the folder that came along."""

from __future__ import annotations

import streamlit as st

from core.words import counted
from ingest import ENDINGS, add, store_upload, sync
from ui import work
from ui.notice import problem
from ui.session import settings

_TAKEN = "uploads-taken"
MEGABYTES = 50


def draw(*, wanted: bool) -> None:
    """Draw the ways in, open where they are `wanted` at once."""
    with st.expander("Add documents", expanded=wanted):
        _upload()
        _folder()


def _upload() -> None:
    # Another key is another, empty uploader: the way to clear it once its files are taken.
    taken = st.session_state.setdefault(_TAKEN, 0)
    endings = sorted(ending.removeprefix(".") for ending in ENDINGS)
    with st.form("upload", border=False):
        files = st.file_uploader(
            f"Files to read ({', '.join(endings[:-1])} or {endings[-1]}), up to {MEGABYTES} MB each",
            type=endings,
            accept_multiple_files=True,
            key=f"upload-{taken}",
            max_upload_size=MEGABYTES,
        )
        given = st.form_submit_button("Read and index")
    if not given:
        return
    if not files:
        problem("No file was chosen; choose one or more, then press the button again.")
        return
    where = settings()
    names = [file.name for file in files]
    paths = [store_upload(where.data, file.name, file.getvalue()) for file in files]
    st.session_state[_TAKEN] = taken + 1
    work.submit(
        f"Add {counted(len(paths), 'document')}",
        lambda progress: add(where.data, paths, where.model, progress, names),
    )


def _folder() -> None:
    where = settings()
    if not where.corpus.is_dir():
        return
    words = f"Bring up to date with {where.corpus.name}/"
    st.html("<p class='held'>Or follow the folder: what is new or changed there is read, what is gone is removed.</p>")
    if st.button(words):
        work.submit(words, lambda progress: sync(where.data, where.corpus, where.model, progress))

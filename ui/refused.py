"""The part of the Library page that names every file that was refused, and why."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.errors import NoIndexError
from core.progress import Progress
from core.words import counted
from ingest import Outcomes, entries_for, remove
from ui import work
from ui.notice import without_folders
from ui.session import settings
from ui.text import file_name, safe


def draw() -> None:
    """Draw the refused files; nothing where there are none."""
    try:
        entries = [entry for entry in entries_for(settings().data) if entry.outcome == "refused"]
    except NoIndexError:
        return
    if not entries:
        return
    of_these = "it" if len(entries) == 1 else "them"
    held = f"{counted(len(entries), 'file')} could not be read, so no question finds anything of {of_these}."
    st.html(f"<h2>Refused</h2><p class='held'>{held}</p>")
    for place, entry in enumerate(entries):
        name = file_name(entry.name)
        with st.container(key=f"refused-{place}", horizontal=True, vertical_alignment="center"):
            reason = safe(without_folders(entry.reason))
            st.html(f'<p class="refused"><strong>{safe(name)}</strong><br>{reason}</p>')
            if st.button(
                "Remove", key=f"forget-{entry.path}", help="Takes the file off this list; an upload is deleted."
            ):
                work.submit(f"Remove “{name}”", partial(_forget, entry.path))


def _forget(path: str, _progress: Progress) -> Outcomes:
    return remove(settings().data, [path])

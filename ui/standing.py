"""Whether quotations still stand in their files: looked at, said in words, and mended where that can be done.

A citation and the list ask only whether the file is where it was. To tell a file that moved from one that is gone, the
folder it came with has to be walked, and every file of it read once: 2.8 s for 2,000 files of 1 MB, and 0.1 s for every
document and every drawing of the page from then on. So that is done on the page of one document only.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import streamlit as st

from index import Catalogue, State, document_states, open_catalogue, state_in_place
from ui.address import Place
from ui.mending import mending
from ui.session import settings, version, watched
from ui.text import safe

_OF_A_QUOTATION: dict[State, str] = {
    "found": "In its file, byte for byte.",
    "changed": "Its file has changed since it was read, so these words may no longer stand in it.",
    "missing": "Its file is not where it was read: it was moved, renamed or deleted.",
}
_OF_A_DOCUMENT: dict[State, str] = {
    "found": "The file is where it was read, byte for byte the same.",
    "moved": "The file has moved within its folder and is byte for byte the same.",
    "changed": "The file has changed since it was read, so quotations may no longer stand in it.",
    "missing": "The file is gone. Its text is kept here and can be searched; "
    "add the file again to check quotations against it, or remove the document.",
}
_IN_THE_LIST: dict[State, str] = {"changed": "file has changed", "missing": "file is not where it was"}

DOCUMENT = "document"
"""The page of one document, where the work is shown that was asked for there."""

# Where an update of the library can do something about it. A file that is gone it would only forget.
_MENDED: tuple[State, ...] = ("moved", "changed")
_SECONDS = 60


def in_place(catalogue: Catalogue, document_ids: Iterable[str]) -> dict[str, State]:
    """Tell of documents whether their files are where they were; `missing` may also be a file that has moved."""
    return {one: state_in_place(catalogue, one, watched()) for one in document_ids}


def lately_in_place(document_ids: tuple[str, ...]) -> Mapping[str, State]:
    """Tell the same as it was at most a minute ago, unless the library has changed since."""
    return _lately(str(settings().data), version(), int(time.monotonic() // _SECONDS), document_ids)


def of_a_quotation(document_id: str, state: State, key: str) -> None:
    """Say below a quotation whether its file still holds it; where that is not told here, lead to the document."""
    link = safe(Place(document_id).link())
    looking = f' <a href="{link}" target="_self">Look for it</a>' if state == "missing" else ""
    _said(document_id, state, _OF_A_QUOTATION[state] + looking, key, "ask")


def of_a_document(document_id: str) -> None:
    """Say on a document's page whether its file still stands, and look for one that does not."""
    with open_catalogue(settings().data) as catalogue:
        state = state_in_place(catalogue, document_id, watched())
        if state != "found":
            with st.spinner("Looking for its file in the folder it came with …"):
                state = document_states(catalogue, [document_id], watched())[document_id]
    _said(document_id, state, _OF_A_DOCUMENT[state], "document", DOCUMENT)


def in_the_list(state: State) -> str:
    """Say in the list what is wrong with a document's file, as HTML; empty when it is as it was."""
    words = _IN_THE_LIST.get(state)
    return f'<span class="lost">{words}</span>' if words else ""


def _said(document_id: str, state: State, words: str, key: str, page: str) -> None:
    with st.container(key=f"state-{key}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="state {state}">{words}</p>', width="content")
        if state in _MENDED:
            mending(document_id, key, page, leaving=page == DOCUMENT and state == "changed")


@st.cache_resource(show_spinner=False, max_entries=20)
def _lately(data: str, version: str, minute: int, document_ids: tuple[str, ...]) -> dict[str, State]:  # noqa: ARG001
    with open_catalogue(Path(data)) as catalogue:
        return in_place(catalogue, document_ids)

"""The Evaluate page: ask many questions in several ways, and see which way finds more; or one such evaluation."""

from __future__ import annotations

import streamlit as st

from core.words import counted
from evaluate import Kept, kept_evaluations
from ui import batch, judged, result
from ui.address import Result
from ui.notice import remark
from ui.result import configured, when
from ui.session import facts, settings
from ui.source import dotted
from ui.text import safe

_NOTHING_YET = (
    '<p class="notice">Nothing has been indexed yet, so nothing can be asked. '
    '<a href="library" target="_self">Open the Library</a> to bring documents in.</p>'
)


def draw() -> None:
    """Draw what can be asked and what was, or the evaluation that the address names."""
    address = Result.read({key: st.query_params.get_all(key) for key in st.query_params})
    if address.run:
        result.draw(address)
        return
    st.html(
        "<h1>Evaluate</h1><p class='held'>Asks many questions at once in two or three ways, and says which way finds "
        "more of what answers them.</p>"
    )
    # Before anything that can fail: work that goes on draws the page anew when it ends.
    batch.work()
    if facts().documents:
        batch.draw()
    else:
        st.html(_NOTHING_YET)
    _kept()
    judged.draw()


def _kept() -> None:
    found, unknown = kept_evaluations(settings().data)
    st.html("<h2>Earlier evaluations</h2>")
    if st.session_state.pop(result.GONE, False):
        remark("The evaluation was deleted.")
    if found:
        st.html(f'<ul class="documents">{"".join(map(_entry, found))}</ul>')
    else:
        remark("None is kept yet. Choose questions above and press “Evaluate them”; what comes of it is kept here.")
    for name in unknown:
        with st.container(key=f"unknown-{name}", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="lost">{safe(name)} was written by another version and cannot be shown.</p>')
            result.away(name)


def _entry(one: Kept) -> str:
    means = [f"{configured(name)} {mean:.3f}" for name, mean in one.means.items()]
    measured = f"{one.measure}: {', '.join(means)}" if means else "not judged, so not measured"
    judged_by = f"judged by {one.level}" if one.judged else ""
    line = dotted(map(safe, (when(one), counted(one.questions, "question"), judged_by, measured)))
    link = safe(Result(one.name).link())
    return f'<li><a class="title" href="{link}" target="_self">{safe(one.collection)}</a><p>{line}</p></li>'

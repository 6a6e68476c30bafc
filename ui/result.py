"""One kept evaluation: what was found out, by how much, for which questions; and everything of it to take along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath

import streamlit as st

from core.errors import NoIndexError
from core.words import counted
from evaluate import (
    CONFIGURATIONS,
    LEVELS,
    OWN_QUESTIONS,
    Comparison,
    Fact,
    Kept,
    Opened,
    Pair,
    beside,
    caveats,
    changed_since,
    file_of,
    files_of,
    put_away,
    sentence,
    zipped,
)
from index import open_catalogue
from ui import figures, moved
from ui.address import Result
from ui.notice import remark
from ui.session import opened, settings
from ui.text import safe, shown

GONE = "evaluation-gone"
"""The key under which the list is told that one was deleted."""

_MIME = {".html": "text/html", ".json": "application/json", ".csv": "text/csv"}
_INTERVALS = "Intervals are from a bootstrap over the questions: how far a mean would move with others of the kind."
_VERDICTS = (
    "Shares with 95 % intervals. “Has passages” means that there are some on the subject, not that they answer. “Words "
    "only” has nothing but the words to judge by and says less; what the ways say is not a measure of what they find."
)
_TUNED_ON = "These questions are the ones this program was tuned on; report figures on the split test."
_BACK = f'<p class="back"><a href="{Result().link()}" target="_self">Evaluate</a></p>'
# What is another than it was, with what that means for the figures.
_CHANGED = {
    "documents": "the library holds other documents",
    "model": "it is searched with another model",
    "splitting": "its documents are split otherwise",
}


def configured(name: str) -> str:
    """Return what a configuration is called; one of another version by its name."""
    known = CONFIGURATIONS.get(name)
    return known.words if known else shown(name)


def when(one: Kept) -> str:
    """Return when an evaluation was made, as it is read."""
    return f"{datetime.fromisoformat(one.created):%d %B %Y, %H:%M} UTC"


def draw(address: Result) -> None:
    """Draw the evaluation that the address names; raises InputError when none of this name is kept."""
    st.html(_BACK)
    result = opened(address.run)
    kept = result.kept
    st.set_page_config(page_title=f"{shown(kept.collection)} · Stratum")
    st.html(f'<h1>{safe(kept.collection)}</h1><p class="held">{safe(_asked(kept))}</p>')
    _changed(kept)
    if kept.collection.startswith(f"{OWN_QUESTIONS.stem}/dev"):
        remark(_TUNED_ON)
    names = {name: configured(name) for name in kept.configurations}
    pair, letters = _pair(result, address)
    if pair is not None and result.comparison is not None:
        _finding(result.comparison, letters)
    elif kept.remark:
        remark(f"The ways were not compared: {kept.remark}")
    if kept.means:
        irrelevant = _irrelevant(result)
        st.html(f"<h2>How well it was answered</h2>{figures.means(result.figures, names)}{irrelevant}")
        st.html(f'<p class="soft">{safe(LEVELS[kept.level])} {_INTERVALS}</p>')
    if pair is not None and result.comparison is not None:
        _compared(result.comparison, pair, letters, address)
    if kept.means:
        st.html(f"<h2>How {safe(kept.measure)} is spread</h2>{figures.spread(result, names)}")
    _evidence(result, names)
    _made(result)
    _downloads(kept)
    with st.container(key="actions"):
        away(kept.name)


def away(name: str) -> None:
    """Draw the way to delete an evaluation, after a second thought."""
    with st.popover("Delete this evaluation"):
        st.html("<p>It goes with all its files, for good. Nothing else refers to it.</p>")
        if st.button("Delete it", key=f"away-{name}"):
            put_away(settings().data, name)
            st.session_state[GONE] = True
            st.query_params.clear()
            st.rerun()


def _asked(kept: Kept) -> str:
    asked = f"{counted(kept.questions, 'question')}, {_judged(kept)}, asked of {counted(kept.corpus.count, 'document')}"
    return f"{asked} in {counted(kept.passages, 'passage')} on {when(kept)}."


def _judged(kept: Kept) -> str:
    """Say how many of the questions are judged, and by what."""
    if kept.questions == 1:
        return f"judged by {kept.level}" if kept.judged else "not judged"
    return f"{kept.judged:,} of them judged by {kept.level}" if kept.judged else "none of them judged"


def _irrelevant(result: Opened) -> str:
    """Say which judged questions can earn nothing; empty when all can."""
    ids = next(iter(result.figures.values())).nothing_relevant
    if not ids:
        return ""
    counts = "it counts" if len(ids) == 1 else "each counts"
    named = f"{', '.join(ids[:5])}{' ...' if len(ids) > 5 else ''}"  # noqa: PLR2004 - a few to find them by
    what = f"{counted(len(ids), 'question')} of which all that was judged is not relevant"
    return f'<p class="soft">{safe(f"{what}: {counts} as 0 in every mean ({named}).")}</p>'


def _changed(kept: Kept) -> None:
    try:
        with open_catalogue(settings().data) as catalogue:
            changed = changed_since(kept, catalogue)
    except NoIndexError:
        changed = ("documents",)
    if changed:
        words = " and ".join(_CHANGED[what] for what in changed)
        remark(
            f"The index has changed since: {words}. The figures are of the index as it was, and so are the quotations."
        )


def _pair(result: Opened, address: Result) -> tuple[Pair | None, dict[str, str]]:
    """Return the pair that the address names, else the first, and what the letters of the comparison stand for."""
    if result.comparison is None:
        return None, {}
    letters = {arm.letter: arm.folder for arm in result.comparison.arms}
    pairs = {f"{pair.first}{pair.second}": pair for pair in result.comparison.pairs}
    return pairs.get(address.pair) or result.comparison.pairs[0], letters


def _finding(comparison: Comparison, letters: dict[str, str]) -> None:
    called = {letter: f"“{name}”" for letter, name in letters.items()}
    found = "".join(
        f'<p class="finding{"" if pair.effects[0].significant else " undecided"}">{safe(sentence(pair, called))}</p>'
        for pair in comparison.pairs
    )
    st.html(f"<h2>What was found</h2>{found}")


def _compared(comparison: Comparison, pair: Pair, letters: dict[str, str], address: Result) -> None:
    turning = "".join(_turn(one, letters, address, here=one is pair) for one in comparison.pairs)
    chosen = f'<nav aria-label="Which two"><ul class="pairs">{turning}</ul></nav>' if len(comparison.pairs) > 1 else ""
    said = "".join(f'<p class="soft">{safe(one)}</p>' for one in caveats(pair, comparison.tests))
    st.html(
        f"<h2>Two ways side by side</h2>{chosen}{figures.differences(pair, letters)}{said}"
        f'<p class="soft">A measure in colour is one on which a difference is shown. p is from a paired randomisation '
        f"test, corrected by Holm for {comparison.tests} tests; intervals are not corrected. "
        "“Not shown” is not “equal”: the interval says how large a difference may still be there.</p>"
    )
    if pair.moved:
        st.html(f"<h2>Questions that moved most</h2>{moved.listed(pair, letters)}")


def _turn(one: Pair, letters: dict[str, str], address: Result, *, here: bool) -> str:
    words = f"{safe(letters[one.first])} and {safe(letters[one.second])}"
    link = safe(replace(address, pair=f"{one.first}{one.second}").link())
    current = ' aria-current="page"' if here else ""
    return f'<li><a href="{link}" target="_self"{current}>{words}</a></li>'


def _evidence(result: Opened, names: dict[str, str]) -> None:
    surprises = "".join(moved.surprising(run.records, f"“{names[name]}”") for name, run in result.runs.items())
    told = f'<p class="soft">{_VERDICTS}</p>'
    st.html(f"<h2>What was said of the evidence</h2>{figures.verdicts(result.figures, names)}{told}{surprises}")


def _made(result: Opened) -> None:
    first, *_ = manifests = [run.manifest for run in result.runs.values()]
    rows = "".join(f"<dt>{row[0].name}</dt><dd>{_told(row)}</dd>" for row in beside(manifests))
    rows += (
        f"<dt>Generation</dt><dd>{first.generation:,} of the index</dd><dt>Name</dt><dd>{safe(result.kept.name)}</dd>"
    )
    st.html(f'<details><summary>What made it</summary><dl class="facts">{rows}</dl></details>')


def _told(row: Sequence[Fact]) -> str:
    """Write one fact of every run: once where it is the same for all."""
    told = dict.fromkeys(f"{one.words} · SHA-256 {one.sha256}" if one.sha256 else one.words for one in row)
    return "<br>".join(safe(one) for one in told)


def _downloads(kept: Kept) -> None:
    data = settings().data
    files = files_of(data, kept.name)
    st.html("<h2>To take along</h2>")
    with st.container(key="downloads", horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            "Everything in one ZIP", partial(zipped, data, kept.name), f"{kept.name}.zip", on_click="ignore"
        )
        st.download_button(
            f"Passages found by {configured(kept.configurations[0])} (RIS)",
            partial(file_of, data, kept.name, f"{kept.configurations[0]}/passages.ris"),
            f"{kept.configurations[0]}-passages.ris",
            on_click="ignore",
        )
    with st.expander("Single files"), st.container(key="files", horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("File", files, key=f"file-{kept.name}")
        st.download_button(
            "Download this file",
            partial(file_of, data, kept.name, chosen),
            chosen.replace("/", "-"),
            _MIME.get(PurePosixPath(chosen).suffix, "text/plain"),
            on_click="ignore",
        )

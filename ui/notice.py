"""Sentences of the program itself: errors and what to do about them, empty states, remarks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

import streamlit as st

from core.errors import StratumError
from ui.session import settings
from ui.text import safe

DEFECT = (
    "Something went wrong that should not, and it is not your doing. Nothing was changed; load the page again. "
    "If it comes back, the log of the server names the cause."
)

_log = logging.getLogger(__name__)


def problem(sentence: str) -> None:
    """Show an error; never as Markdown, since it may quote a file name or a question."""
    st.html(f'<p class="notice problem" role="alert">{safe(sentence)}</p>')


def remark(sentence: str) -> None:
    """Show an empty state or a remark."""
    st.html(f'<p class="notice">{safe(sentence)}</p>')


def guarded(draw: Callable[[], None]) -> Callable[[], None]:
    """Return a page that shows errors as sentences: those meant for people as they are, any other as a defect."""

    @wraps(draw)
    def drawn() -> None:
        try:
            draw()
        except StratumError as error:
            problem(without_folders(str(error)))
        except Exception:  # noqa: BLE001 - whatever it is, a reader gets a sentence and the log the rest
            _log.exception("A page could not be drawn.")
            problem(DEFECT)

    return drawn


def without_folders(sentence: str) -> str:
    """Return a sentence with our folders by their own names, not by where they lie on this machine."""
    for folder in (settings().data.absolute(), settings().corpus.absolute()):
        sentence = sentence.replace(str(folder), folder.name)
    return sentence

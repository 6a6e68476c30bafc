"""The Ask page: the question on top, the evidence below it, nothing between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.document import Passage
from core.errors import StratumError
from core.results import Answer
from core.words import counted
from evaluate import Mark, grade_of, marks_on, read_marks
from index import EMPTY, LONGEST_QUESTION, VERDICTS, Catalogue, open_catalogue, remarks
from ui import citation, narrow, standing, thumbs, work
from ui.address import Asked, Place
from ui.follow import follow
from ui.notice import problem, without_folders
from ui.session import Facts, facts, searcher, settings
from ui.shipped import shipped
from ui.source import ask_link
from ui.text import field_words, safe, shown

SAMPLES = (
    "Do stem cell facials regenerate skin?",
    "How can I tell whether a stem cell claim is sound?",
    "Are exosome products approved by the FDA?",
    "What can go wrong when serum is needled into the skin?",
    "Does vitamin C fade dark spots?",
    "Who won the football world cup in 1998?",
)
"""One each on a promise, its critique, the law, safety and an ingredient; and one the corpus cannot answer."""


_TITLE = 80
"""How many characters of a question stand on the browser's tab and in its history."""

_PAGE = "ask"
_ANSWERED = "answered"

# From so many characters on a question does not fit into its field: on any screen, and on a phone.
_LONG = {"long": 70, "middling": 30}
_ADVICE = "Other words may find more."

_NOTHING_YET = (
    '<p class="notice">Nothing has been indexed yet. <a href="library" target="_self">Open the Library</a> '
    "to bring in the documents that came along, or to add your own.</p>"
)


def draw() -> None:
    """Draw the question, and what the corpus says to it."""
    asked = Asked.read({key: st.query_params.get_all(key) for key in st.query_params})
    known = facts()
    if asked.question:
        st.set_page_config(page_title=f"{shown(asked.question)[:_TITLE]} · Stratum")
    # Once something is asked, the question itself is the heading; only those who cannot see it need another.
    st.html('<h1 class="unseen">Ask the corpus</h1>' if asked.question else "<h1>Ask the corpus</h1>")
    # One element whatever is in it, so that the answer's places stay where they are.
    with st.container(key="asking"):
        _form(asked, known)
        if asked.where or asked.mode != "hybrid":
            st.html(f'<p class="held">{_only(asked, known)}</p>')
        work.draw(_PAGE)
    if not known.documents:
        st.html(_NOTHING_YET)
    elif asked.question:
        _answer(asked, known)
    else:
        _invitation(known)


def _form(asked: Asked, known: Facts) -> None:
    """Draw the question box; a submitted question goes to the address first, so that every question has a link.

    A choice in the row below goes there at once, and with it the question that is answered, not one half typed.
    """
    # Apart from the choices: what somebody is typing must outlive a choice.
    follow(asked.question, {"question": asked.question[:LONGEST_QUESTION]})
    row = st.form("ask", border=False).container(key="ask-row", horizontal=True, vertical_alignment="bottom")
    question = row.text_input(
        "Your question",
        key="question",
        max_chars=LONGEST_QUESTION,
        placeholder="Ask in your own words",
        label_visibility="collapsed",
    )
    # Before the page is drawn, and not by drawing it a second time: between the two, the old answer would stand there
    # as one that stays.
    submitted = row.form_submit_button("Ask", on_click=partial(_submit, asked))
    narrow.draw(asked, known)
    if submitted and not (question or "").strip():
        problem("The question is empty; type a few words, for example: does vitamin C help dark spots?")


def _submit(asked: Asked) -> None:
    wanted = replace(narrow.chosen(asked), question=(st.session_state["question"] or "").strip())
    if wanted.question and wanted != asked:
        st.query_params.from_dict(wanted.parameters())


def _only(asked: Asked, known: Facts) -> str:
    """Say how and where alone is searched, and offer the way out, as HTML."""
    titles = {one.id: one.title for one in known.summaries}
    named = [
        titles.get(value, "a document no longer here") if key == "document" else field_words(key, value)
        for key, value in asked.where
    ]
    places = ", ".join(f"<strong>{safe(name)}</strong>" for name in named)
    mode = f" by {narrow.MODES[asked.mode].lower()}" if asked.mode != "hybrid" else ""
    if not places:
        return f"Searching{mode}. {ask_link(replace(asked, mode='hybrid'), 'Search by meaning and words')}"
    everywhere = ask_link(replace(asked, where=()), "Search everywhere")
    return f"Searching{mode and f'{mode}, and'} only {places}. {everywhere}"


def _invitation(known: Facts) -> None:
    here = shipped().mostly_here
    documents = f"{counted(known.documents, 'document')}{' on skincare' if here else ''}"
    held = f"{documents}, {counted(known.passages, 'passage')} in all"
    offered = _samples() if here else _titles(known)
    st.html(f'<p class="held">Searches {held}, and shows nothing but what stands in them.</p>{offered}')


def _samples() -> str:
    links = "".join(f"<li>{ask_link(Asked(sample), sample)}</li>" for sample in SAMPLES)
    return f'<nav aria-label="Sample questions"><ul class="samples">{links}</ul></nav>'


def _titles(known: Facts) -> str:
    """Return the longest documents as a way in: what can be asked of them, nobody has written down."""
    longest = sorted(known.summaries, key=lambda one: -one.passages)[: len(SAMPLES)]
    links = "".join(
        f'<li><a href="{safe(Place(one.id).link())}" target="_self">{safe(one.title)}</a></li>' for one in longest
    )
    return f'<h2>In the library</h2><nav aria-label="Documents"><ul class="samples">{links}</ul></nav>'


def _answer(asked: Asked, known: Facts) -> None:
    place = _fresh_place(asked)
    # Below that place: above it, it would push an answer that stands there already away from under the finger.
    with st.spinner(f"Searching {counted(known.passages, 'passage')} …"):
        answer = searcher().ask(asked.question, asked.k, asked.mode, asked.where)
    with place:
        feet = _evidence(answer)
    marks, unread = _marks(answer.query)
    with open_catalogue(settings().data) as catalogue:
        thumbs.draw(answer.query, [] if unread else list(_judged(answer, feet, marks, catalogue)))
        # Last of all, since files that were never looked at have to be read once.
        states = standing.in_place(catalogue, {one.document_id for one in answer.citations})
    for one, foot in zip(answer.citations, feet, strict=True):
        with foot.state:
            standing.of_a_quotation(one.document_id, states[one.document_id], str(one.rank))
    if unread:
        problem(unread)


def _fresh_place(asked: Asked) -> DeltaGenerator:
    """Return where the answer stands; what answered another question goes first, or it would pass for this answer.

    There are two places, one of them empty, and another question changes them: a place that is emptied and filled in
    one run goes to the browser as filled, and shows until then what stood there.
    """
    before, turn = st.session_state.get(_ANSWERED, (asked, 0))
    turn += before != asked
    st.session_state[_ANSWERED] = (asked, turn)
    if turn % 2:
        st.empty()
        return st.container(key="answer-odd")
    place = st.container(key="answer-even")
    st.empty()
    return place


@dataclass(frozen=True, slots=True)
class _Foot:
    """The places right below a citation: for the state of its file, and for what a reader says of it."""

    state: DeltaGenerator
    judgement: DeltaGenerator


def _evidence(answer: Answer) -> list[_Foot]:
    """Draw the verdict and the citations, and return the places below them.

    They come in the order in which they stand, each with its places: what came later would move what is being read.
    """
    if not answer.citations:
        _verdict(answer, EMPTY)
        return []
    answers = answer.support != "none"
    # The rest of the verdict that the terminal prints is what the heading says here.
    _verdict(answer, VERDICTS[answer.support] if answers else VERDICTS["none"].partition(". ")[0] + ".")
    if not answers:
        st.html(f'<h2>Nearest passages, not answers</h2><p class="held">{_ADVICE}</p>')
    feet = []
    with open_catalogue(settings().data) as catalogue:
        documents = {one.document_id: catalogue.document(one.document_id) for one in answer.citations}
        for one in answer.citations:
            document = documents[one.document_id]
            with (
                citation.draw(one, document, answers=answers),
                st.container(key=f"foot-{one.rank}", horizontal=True),
            ):
                feet.append(_Foot(st.container(key=f"standing-{one.rank}"), st.container(key=f"judgement-{one.rank}")))
            citation.surroundings(one, document)
    st.html(f'<div class="colophon">{_colophon(answer)}</div>')
    return feet


def _judged(
    answer: Answer, feet: Sequence[_Foot], marks: Sequence[Mark], catalogue: Catalogue
) -> Iterator[thumbs.Judged]:
    """Yield the passages of an answer, with what was said of each for its question."""
    for one, foot in zip(answer.citations, feet, strict=True):
        passage = Passage(one.document_id, one.start, one.end)
        mine = [mark for mark in marks if mark.document_id == passage.document_id]
        said = grade_of(mine, answer.query, passage, catalogue.passages(passage.document_id)) if mine else None
        yield thumbs.Judged(passage, said, foot.judgement)


def _marks(question: str) -> tuple[tuple[Mark, ...], str]:
    """Return the judgements of a question, and why they cannot be read: quotations are shown all the same."""
    try:
        return marks_on(read_marks(settings().data), question), ""
    except StratumError as error:
        return (), without_folders(str(error))


def _verdict(answer: Answer, words: str) -> None:
    size = next((name for name, least in _LONG.items() if len(answer.query) > least), "short")
    # The field says it to whoever listens; this is for the eye alone.
    st.html(f'<p class="asked {size}" data-asked="{safe(answer.query)}" aria-hidden="true"></p>')
    gaps = "".join(f"<p>{safe(line)}</p>" for line in remarks(answer))
    st.html(f'<div class="verdict {answer.support}" role="status"><h2>{safe(words)}</h2>{gaps}</div>')


def _colophon(answer: Answer) -> str:
    documents = len({one.document_id for one in answer.citations})
    found = f"{counted(len(answer.citations), 'passage')} from {counted(documents, 'document')}"
    numbers = f"confidence {answer.confidence:.2f}, generation {answer.generation} of the index, {answer.mode} search"
    return (
        f"<p>{found}, found in {answer.elapsed_ms / 1_000:.1f} seconds. Not medical advice.</p>"
        f"<details><summary>In numbers</summary>{numbers}</details>"
    )

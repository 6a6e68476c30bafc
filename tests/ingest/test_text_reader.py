"""Plain text: encodings, title lines and bullet outlines."""

from __future__ import annotations

import pytest

from core.document import Document, Source, section_of
from ingest.readers import read

LONG = (
    "Skin renews itself from cells at its base, which move up, flatten, lose their nuclei and are shed within a month."
)
LONG += (
    " What slows this down is a matter of age, of light, and of how the barrier is treated from one day to the next."
)

WRAPPED = """Skin renews itself from cells at its base, which move up, flatten, lose
their nuclei and are shed about a month later. What slows this down is a
matter of age, of light and of care."""


def _read(text: str | bytes) -> Document:
    return read(Source("a.txt", "text/plain", text.encode() if isinstance(text, str) else text))


def _paths(document: Document) -> list[str]:
    return [" > ".join(heading.path) for heading in document.headings]


OUTLINE = f"""{LONG}
Ways of Caring for Skin
Depending on the skin, there are {LONG}
- Creams and Serums
- Overview: {LONG}
- Mechanism: {LONG}
- Usage: {LONG}
- Gentle Needling
- Overview: {LONG}
- Usage: {LONG}
Final Thoughts
{LONG}"""


def test_a_text_of_one_paragraph_a_line_has_titles_and_labelled_bullets_as_sections() -> None:
    document = _read(OUTLINE)
    ways = "Ways of Caring for Skin"
    assert document.metadata.title == ""
    assert document.text == OUTLINE
    assert _paths(document) == [
        ways,
        f"{ways} > Creams and Serums",
        f"{ways} > Creams and Serums > Overview",
        f"{ways} > Creams and Serums > Mechanism",
        f"{ways} > Creams and Serums > Usage",
        f"{ways} > Gentle Needling",
        f"{ways} > Gentle Needling > Overview",
        f"{ways} > Gentle Needling > Usage",
        "Final Thoughts",
    ]
    titles = [document.text[heading.start : heading.title_end] for heading in document.headings]
    assert titles[:4] == [ways, "- Creams and Serums", "- Overview: ", "- Mechanism: "]
    assert section_of(document.headings, 0) == ()
    assert section_of(document.headings, len(OUTLINE) - 1) == ("Final Thoughts",)


@pytest.mark.parametrize(
    "text",
    [
        "For the bath:\n- soap\n- water\n- towel\n\nThen rest.",
        "For the bath:\n- Soap\n- Water\n- Towel\n\nThen rest.",
        "For the bath:\n- Soap\n- Water\n- Note: use it daily.\n\nThen rest.",
        "For the bath:\n- Soap\n- Water\n- Note: use it daily.\n- Tip: keep it dry.\n\nThen rest.",
        "Water\nGlycerin\nNiacinamide\n\nUse it daily, and not on broken skin.",
        "1. Wash the face\n2. Dry the face\n3. Rest\n\nDo this daily.",
        WRAPPED,
        WRAPPED + "\n\n" + WRAPPED,
        "a short line\n\nAnother sentence follows here.",
    ],
)
def test_lists_and_paragraphs_are_no_headings(text: str) -> None:
    document = _read(text)
    assert document.headings == ()
    assert document.metadata.title == ""


def test_bullets_above_indented_ones_are_headings_until_the_list_ends() -> None:
    text = "- Retinoids\n  - tretinoin\n  - Dose: small at first\n- Acids\n  * glycolic\n\nA closing paragraph.\n"
    document = _read(text)
    assert _paths(document) == ["Retinoids", "Retinoids > Dose", "Acids"]
    assert section_of(document.headings, text.index("glycolic")) == ("Acids",)
    assert section_of(document.headings, text.index("closing")) == ()


def test_a_hard_wrapped_text_has_titles_between_blank_lines_and_above_paragraphs() -> None:
    text = f"Notes on Skin\n\nThe Barrier\n\n{WRAPPED}\n\nRenewal\n{WRAPPED}\n"
    document = _read(text)
    assert document.metadata.title == "Notes on Skin"
    assert _paths(document) == ["", "The Barrier", "Renewal"]


def test_underlined_titles_nest_and_cover_their_lines() -> None:
    text = (
        f"Skin\n====\n\nFirst: a title, with marks.\n---------------------------\n\n{WRAPPED}\n\nSecond\n---\ntext.\n"
    )
    document = _read(text)
    assert document.metadata.title == "Skin"
    assert _paths(document) == ["", "First: a title, with marks.", "Second"]
    assert document.text[slice(document.headings[2].start, document.headings[2].title_end)] == "Second\n---"
    two = _read(f"One\n===\n\n{WRAPPED}\n\nSub\n---\n\n{WRAPPED}\n\nTwo\n===\n\n{WRAPPED}\n")
    assert _paths(two) == ["One", "One > Sub", "Two"]


def test_numbered_titles_nest_by_their_numbers() -> None:
    text = f"1 Methods\n1.1 Participants\n{LONG}\n1.2 Measures\n{LONG}\n2. Results\n{LONG}\n"
    assert _paths(_read(text)) == [
        "1 Methods",
        "1 Methods > 1.1 Participants",
        "1 Methods > 1.2 Measures",
        "2. Results",
    ]


def test_the_first_line_is_the_title_unless_it_is_a_section() -> None:
    assert _read(f"Caring for Skin\n{LONG}\n").metadata.title == "Caring for Skin"
    for opening in ("Introduction", "1. Aims of care", "Overview"):
        document = _read(f"{opening}\n{LONG}\n")
        assert document.metadata.title == ""
        assert _paths(document) == [opening]


FRENCH = "La peau déshydratée réagit à la lumière, à l’âge et à la fatigue : elle perd son éclat."
RUSSIAN = "Кожа человека состоит из трёх слоёв, и стволовые клетки помогают ей восстанавливаться."


@pytest.mark.parametrize(
    ("text", "encoding", "guessed"),
    [
        (FRENCH, "utf-8", False),
        (FRENCH, "utf-8-sig", False),
        (FRENCH, "utf-16", False),
        (FRENCH, "utf-16-le", False),
        (FRENCH, "utf-16-be", False),
        (FRENCH, "utf-32", False),
        (FRENCH, "cp1252", True),
        (RUSSIAN, "cp1251", True),
        (RUSSIAN, "koi8_r", True),
    ],
)
def test_encodings_are_recognised_and_guesses_are_recorded(text: str, encoding: str, guessed: bool) -> None:  # noqa: FBT001
    document = _read(text.encode(encoding))
    assert document.text == text
    assert [loss.what for loss in document.losses] == (["encoding"] if guessed else [])
    assert not guessed or document.losses[0].why == f"not UTF-8: read as {encoding}, which is a guess"


def test_damaged_utf8_is_read_as_utf8_and_the_damage_is_counted() -> None:
    document = _read(b"Line one.\n" + FRENCH.encode() * 3 + b" bad \xff byte, \xfe another.")
    assert document.text.count("é") == FRENCH.count("é") * 3
    assert [(loss.where, loss.what) for loss in document.losses] == [("from line 2", "2 undecodable bytes")]


def test_newlines_are_unified_and_characters_that_cannot_be_shown_are_dropped() -> None:
    assert _read(b"one\r\ntwo\rthree\x0cfour\x07\x7f five").text == "one\ntwo\nthree\nfour five"

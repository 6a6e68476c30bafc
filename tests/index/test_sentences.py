"""Sentences as spans: in order, inside, nothing lost, and not cut at every full stop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.results import Span
from index.cite import Clues, best_sentence
from index.sentences import sentences

PROSE = st.text(max_size=80) | st.lists(
    st.sampled_from(
        [
            "It held.",
            "e.g. Retinol",
            "0.5 %",
            "[1]",
            "et al.",
            "C.",
            "Dr.",
            "\n",
            "\n\n",
            "- item",
            "2. Then",
            '"Yes!"',
            "(Why?)",
            "A",
            "…",
        ]
    )
).map(" ".join)


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@given(text=PROSE)
def test_spans_are_in_order_trimmed_and_lose_no_word(text: str) -> None:
    spans = sentences(text)

    position = 0
    for span in spans:
        assert position <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        position = span.end
    assert words_of("".join(split(text))) == words_of(text)


def words_of(text: str) -> str:
    """Return the letters and figures of a text; a piece that has none is no sentence."""
    return "".join(filter(str.isalnum, text))


def test_the_line_under_the_head_of_a_table_is_no_sentence() -> None:
    assert split("| A | B |\n| --- | --- |\n| 1 | 2 |") == ["| A | B |", "| 1 | 2 |"]


@pytest.mark.parametrize(
    "parts",
    [
        ["It held.", "It broke."],
        ["Does it sting?", "It can!", "Rarely."],
        ["It rose by 0.5 %.", "Then it fell to 0.25%."],
        ["Approx. 5 mg vs. none in Fig. 2 of Smith et al. 2020 (cf. Tab. 3).", "It held."],
        ["Ceramides, e.g. NP, i.e. the third, etc. were measured.", "It held."],
        ["Colonies of S. aureus grew on skin.", "It held."],
        ["Dr. Smith applied vitamin C. acetate.", "It held."],
        ["The pH was 5.5.", "It held."],
        ["It was shown [1].", "It held."],
        ["It was shown.[1]", "It held."],
        ["It was shown. [1] [2]", "It held."],
        ["It was shown.[1,2]", "It held."],
        ["It was shown.[3-5]", "It held."],
        ['He said "it held."', "It broke."],
        ["(It held.)", "It broke."],
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(parts: list[str]) -> None:
    assert split(" ".join(parts)) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- ceramides\n- cholesterol\n- fatty acids", ["- ceramides", "- cholesterol", "- fatty acids"]),
        ("* one\n  * two", ["* one", "* two"]),
        ("• one\n• two", ["• one", "• two"]),
        ("1. Wash your face.\n2. Dry it.\n10. Rest.", ["1. Wash your face.", "2. Dry it.", "10. Rest."]),
        ("1) Wash\n2) Dry", ["1) Wash", "2) Dry"]),
        ("| a | b |\n| c | d |", ["| a | b |", "| c | d |"]),
        ("Take these:\n- vitamin C.\n- zinc.", ["Take these:", "- vitamin C.", "- zinc."]),
        ("One paragraph\n\nanother one", ["One paragraph", "another one"]),
        ("It is vitamin C.\n\nanother paragraph", ["It is vitamin C.", "another paragraph"]),
        ("A wrapped\nline. And\nanother.", ["A wrapped\nline.", "And\nanother."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_list_items_table_rows_and_paragraphs_stand_alone(text: str, parts: list[str]) -> None:
    assert split(text) == parts


TEXT = "Oil is sebum. Niacinamide lowers sebum. Acne follows sebum and acne."


def spans_of(*words: str) -> tuple[Span, ...]:
    return tuple(
        Span(start, start + len(word))
        for word in words
        for start in range(len(TEXT))
        if TEXT.lower().startswith(word, start)
    )


def best(*similarities: float, **rarity: float) -> str:
    known = dict(zip(sentences(TEXT), similarities, strict=True)) if similarities else {}
    span = best_sentence(TEXT, Clues(spans_of(*rarity), rarity, known))
    return TEXT[span.start : span.end]


def test_the_best_sentence_holds_the_rarest_words() -> None:
    assert best(sebum=0.1, niacinamide=3.0) == "Niacinamide lowers sebum."


def test_a_word_counts_once_in_a_sentence() -> None:
    assert best(acne=1.0, niacinamide=1.5) == "Niacinamide lowers sebum."


def test_the_earlier_sentence_wins_a_tie() -> None:
    assert best(sebum=1.0) == "Oil is sebum."
    assert best(0.4, 0.4, 0.4) == "Oil is sebum."


def test_without_any_clue_it_is_the_first_sentence() -> None:
    assert best() == "Oil is sebum."
    assert best_sentence("", Clues((), {}, {})) == Span(0, 0)


def test_meaning_decides_where_words_do_not() -> None:
    assert best(0.2, 0.3, 0.9, sebum=1.0) == "Acne follows sebum and acne."


def test_a_rare_word_outweighs_a_little_nearness() -> None:
    assert best(0.5, 0.45, 0.5, niacinamide=4.0) == "Niacinamide lowers sebum."

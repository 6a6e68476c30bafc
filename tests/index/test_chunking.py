"""Passages: what is quoted, what is embedded, and that no word is lost or read past the model's end."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.document import PATH_SEPARATOR, Document, Passage, section_of
from index import Encoder
from index.chunking import LONG, Chunker
from index.hashing import HashingEncoder
from tests.index.builders import document, paragraphs, sectioned

# Text as readers let it through, which is nearly everything: spaces of all kinds, marks of lists and tables.
ODD = st.text("abcdeXYZ019 \t\n.,!?-*|•%&é漢🧴\u00a0\u2003\u3000\u200b\u0301\x1c\x85", max_size=120)
SENTENCES = st.lists(
    st.sampled_from(
        [
            "Niacinamide at 4 % lowered the excretion of oil in two trials.",
            "Approx. 0.5 mg/cm2 was applied, i.e. a quarter of the tested dose [1].",
            "Does it sting? It can!",
            "皮膚のバリア機能を保つ。",
            "- ceramides\n- cholesterol\n- fatty acids",
            "| INCI | CAS |\n|---|---|\n| Glycolic acid | 79-14-1 |",
            "word " * 90,
            "x" * 5_000,
            "[SEP] [CLS] [MASK] ##ing",
        ]
    ),
    max_size=5,
).map(" ".join)
BODIES = st.lists(SENTENCES | ODD, max_size=3).map("\n\n".join)
TITLES = st.text("abcXYZ 09-é漢", min_size=1, max_size=30).map(str.strip).filter(bool) | st.sampled_from(
    ["Overview", "heading " * 400 + "end", "Y" * 5_000, "1. 2. 3. " * 200 + "4"]
)
DOCUMENTS = st.builds(
    lambda sections, preamble, title: sectioned(*sections, preamble=preamble, title=title),
    st.lists(st.tuples(st.integers(1, 4), TITLES, BODIES), max_size=4),
    st.just("") | BODIES.map(lambda text: f"{text}\n\n"),
    st.just("") | TITLES,
)


class Prompted(HashingEncoder):
    """An encoder that puts words before every passage, and reads little."""

    passage_prompt = "passage to be found: "


ENCODERS: dict[str, Encoder] = {
    "roomy": HashingEncoder("roomy", 16),
    "narrow": HashingEncoder("narrow", 16, max_tokens=24),
    "prompted": Prompted("prompted", 16, max_tokens=40),
}


@pytest.fixture(params=ENCODERS)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return ENCODERS[request.param]


def quotations(read: Document, passages: Sequence[Passage]) -> list[str]:
    return [read.text[passage.start : passage.end] for passage in passages]


def require_sound(read: Document, encoder: Encoder) -> None:
    """Assert everything that must hold of the passages of any document, for any encoder."""
    chunker = Chunker(encoder)
    passages = chunker.passages(read)
    require_quotations(read, passages)
    require_every_word(read, passages)
    edges = {edge for heading in read.headings for edge in (heading.start, heading.title_end, heading.end)}
    for passage in passages:
        embedded = encoder.passage_prompt + chunker.embedded_text(read, passage)
        assert len(encoder.tokenizer.encode(embedded).ids) <= encoder.max_tokens
        assert not any(passage.start < edge < passage.end for edge in edges), "a passage crosses a heading"


def require_quotations(read: Document, passages: Sequence[Passage]) -> None:
    position = 0
    for passage in passages:
        quotation = read.text[passage.start : passage.end]
        assert passage.document_id == read.id
        assert position <= passage.start < passage.end <= len(read.text)
        assert quotation == quotation.strip()
        position = passage.end


def require_every_word(read: Document, passages: Sequence[Passage]) -> None:
    held = np.zeros(len(read.text), int)
    for passage in passages:
        held[passage.start : passage.end] += 1
    wanted = np.array([not character.isspace() for character in read.text], int)
    for heading in read.headings:
        if read.text[heading.title_end : heading.end].strip():
            wanted[heading.start : heading.title_end] = 0
            assert not held[heading.start : heading.title_end].any(), "a title with something under it is quoted"
    wrong = [(place, read.text[place], held[place]) for place in np.flatnonzero((held != wanted) & (wanted > 0))]
    assert wrong == []


@settings(max_examples=40)
@given(read=DOCUMENTS)
def test_no_word_is_lost_doubled_or_read_past_the_end_of_the_model(read: Document) -> None:
    require_sound(read, ENCODERS["roomy"])


@settings(max_examples=10)
@given(read=DOCUMENTS)
def test_the_same_holds_for_a_model_that_reads_little(read: Document) -> None:
    require_sound(read, ENCODERS["narrow"])
    require_sound(read, ENCODERS["prompted"])


@pytest.mark.model
@settings(max_examples=40)
@given(read=DOCUMENTS)
def test_the_same_holds_for_the_real_tokenizer(minilm: Encoder, read: Document) -> None:
    require_sound(read, minilm)


@settings(max_examples=40)
@given(text=BODIES)
def test_a_document_without_headings_is_cut_as_soundly(text: str) -> None:
    require_sound(document(text), ENCODERS["roomy"])


def test_white_space_alone_makes_no_passage(encoder: Encoder) -> None:
    assert Chunker(encoder).passages(document(" \n\n\t\u00a0 \n")) == ()
    assert Chunker(encoder).passages(document("")) == ()


def test_the_pieces_of_a_long_paragraph_are_trimmed_of_what_only_python_calls_space(encoder: Encoder) -> None:
    require_sound(document("word word word.\x1c \x1f" * 200), encoder)


def test_a_heading_with_nothing_under_it_is_a_passage_itself() -> None:
    read = sectioned((1, "Skin", "It is a barrier that keeps water in."), (2, "Sunscreen use", ""), (1, "Hair", ""))

    assert quotations(read, Chunker(ENCODERS["roomy"]).passages(read)) == [
        "It is a barrier that keeps water in.",
        "Sunscreen use",
        "Hair",
    ]


def test_a_heading_over_nothing_but_other_headings_is_not_quoted() -> None:
    read = sectioned((1, "Skin", ""), (2, "Barrier", "It keeps water in."))

    assert quotations(read, Chunker(ENCODERS["roomy"]).passages(read)) == ["It keeps water in."]


def test_a_passage_is_embedded_with_the_path_of_its_headings() -> None:
    read = sectioned((1, "Needling", ""), (2, "Aftercare", "Keep it clean."), title="Methods")
    chunker = Chunker(ENCODERS["roomy"])

    (passage,) = chunker.passages(read)

    assert chunker.embedded_text(read, passage) == "Methods > Needling > Aftercare\nKeep it clean."


def test_without_title_and_headings_the_quotation_alone_is_embedded() -> None:
    read = document("Keep it clean.")
    chunker = Chunker(ENCODERS["roomy"])

    assert chunker.embedded_text(read, chunker.passages(read)[0]) == "Keep it clean."


def test_outer_titles_go_first_when_the_path_would_crowd_out_the_text() -> None:
    long = "outer words " * 40
    read = sectioned((1, long.strip(), ""), (2, "Aftercare", "Keep it clean."))
    chunker = Chunker(ENCODERS["roomy"])

    (passage,) = chunker.passages(read)

    assert chunker.embedded_text(read, passage) == "Aftercare\nKeep it clean."


def test_a_single_absurd_heading_is_cut_and_the_text_keeps_three_quarters_of_the_room() -> None:
    read = sectioned((1, "one " * 5_000, " ".join(f"w{number}" for number in range(500))))
    chunker = Chunker(ENCODERS["roomy"])

    texts = [chunker.embedded_text(read, passage).split("\n") for passage in chunker.passages(read)]

    assert {context for context, _ in texts} == {" ".join(["one"] * 64)}
    assert max(len(quotation.split()) for _, quotation in texts) >= 100


@pytest.mark.parametrize("words", [LONG - 1, LONG])
def test_a_paragraph_of_up_to_the_limit_stays_whole(words: int) -> None:
    whole = paragraphs(3, words)
    read = document("\n\n".join(whole))

    assert quotations(read, Chunker(ENCODERS["roomy"]).passages(read)) == whole


@settings(max_examples=30)
@given(lengths=st.lists(st.integers(1, LONG), min_size=1, max_size=8))
def test_every_paragraph_within_the_limit_stays_whole_whatever_stands_around_it(lengths: list[int]) -> None:
    whole = [" ".join(f"p{number}w{place}" for place in range(length)) for number, length in enumerate(lengths)]
    read = document("\n\n".join(whole))

    found = quotations(read, Chunker(ENCODERS["roomy"]).passages(read))

    assert all(sum(paragraph in quotation for quotation in found) == 1 for paragraph in whole)
    assert all(len(quotation.split()) <= LONG for quotation in found)


def test_a_longer_paragraph_is_cut_between_sentences_into_even_pieces() -> None:
    sentences = [f"Sentence {number} says something of about ten words here." for number in range(30)]
    read = document(" ".join(sentences))

    found = quotations(read, Chunker(ENCODERS["roomy"]).passages(read))

    assert all(quotation.startswith("Sentence") and quotation.endswith("here.") for quotation in found)
    sizes = [len(re.findall(r"\w+|[^\w\s]+", quotation)) for quotation in found]
    assert len(sizes) >= 2
    assert max(sizes) <= 1.2 * min(sizes)


def test_short_paragraphs_are_joined_to_what_follows_within_their_section() -> None:
    read = sectioned(
        (1, "A", "Yes.\n\nThis is the paragraph that explains the word above it, at some length, in full sentences."),
        (1, "B", "No."),
    )

    found = quotations(read, Chunker(ENCODERS["roomy"]).passages(read))

    assert len(found) == 2
    assert found[0].startswith("Yes.\n\nThis is")
    assert found[1] == "No."


def test_a_wrapped_line_does_not_end_a_sentence_and_the_quotation_keeps_its_newline() -> None:
    lines = [
        f"Line {number} of a paragraph that an editor has wrapped at\nsome eighty columns." for number in range(20)
    ]
    read = document(" ".join(lines))

    found = quotations(read, Chunker(ENCODERS["roomy"]).passages(read))

    assert len(found) > 1
    assert all("wrapped at\nsome" in quotation and quotation.endswith("columns.") for quotation in found)


def test_a_passage_takes_its_section_from_the_innermost_heading() -> None:
    read = sectioned(
        (1, "A", "Under A stands this."), (2, "B", "Under B stands that."), (1, "C", "And under C another.")
    )
    passages = Chunker(ENCODERS["roomy"]).passages(read)

    assert [PATH_SEPARATOR.join(section_of(read.headings, passage.start)) for passage in passages] == [
        "A",
        "A > B",
        "C",
    ]


def test_cutting_twice_gives_the_same_passages(encoder: Encoder) -> None:
    read = sectioned(*((1, f"Part {number}", "\n\n".join(paragraphs(3, 60 * number + 1))) for number in range(4)))

    assert Chunker(encoder).passages(read) == Chunker(encoder).passages(read)


def test_an_edit_moves_no_passage_outside_its_own_section() -> None:
    before = [(1, f"Part {number}", "\n\n".join(paragraphs(2, 30))) for number in range(5)]
    after = [*before[:2], (1, "Part 2", "Something else altogether stands here now."), *before[3:]]
    one, two = sectioned(*before), sectioned(*after)
    chunker = Chunker(ENCODERS["roomy"])

    old = {chunker.embedded_text(one, passage) for passage in chunker.passages(one)}
    new = {chunker.embedded_text(two, passage) for passage in chunker.passages(two)}

    assert new - old == {"Part 2\nSomething else altogether stands here now."}

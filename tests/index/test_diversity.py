"""What is shown of a ranking: spread over documents when asked for, and near-duplicates folded without a loss."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.diversity import ALIKE, FIRST, RUN, Kept, Twin, folded, spread

DOCUMENTS = st.lists(st.sampled_from("abcde"), max_size=60)
MOST = st.integers(0, 6)
# Words that are all different, so that every run of five is.
LONG = [f"w{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(200)]


# --- spreading


@given(DOCUMENTS, MOST)
def test_every_passage_is_there_once_and_no_place_is_empty(documents: list[str], most: int) -> None:
    assert sorted(spread(documents, most)) == list(range(len(documents)))


@given(DOCUMENTS, MOST)
def test_the_passages_of_a_document_keep_their_order(documents: list[str], most: int) -> None:
    order = spread(documents, most)

    for document in set(documents):
        own = [row for row in order if documents[row] == document]
        assert own == sorted(own)


@given(DOCUMENTS, st.integers(1, 6))
def test_no_document_takes_more_of_the_first_ten_while_another_has_something_to_say(
    documents: list[str], most: int
) -> None:
    order = spread(documents, most)

    for place in range(min(FIRST, len(order))):
        before = Counter(documents[row] for row in order[:place])
        if before[documents[order[place]]] >= most:
            assert all(before[documents[row]] >= most for row in order[place:])


@given(DOCUMENTS, st.integers(1, 6))
def test_what_gives_way_follows_in_its_order_right_after(documents: list[str], most: int) -> None:
    order = spread(documents, most)

    taken: Counter[str] = Counter()
    expected = []
    for row, document in enumerate(documents):
        taken[document] += 1
        if taken[document] <= most:
            expected.append(row)
    first = expected[:FIRST]
    assert list(order[: len(first)]) == first
    assert list(order[len(first) :]) == sorted(order[len(first) :])


@given(DOCUMENTS)
def test_switched_off_or_never_reached_it_changes_nothing(documents: list[str]) -> None:
    assert spread(documents, 0) == spread(documents, FIRST) == tuple(range(len(documents)))


def test_two_a_document_by_hand() -> None:
    assert spread("aaabacb", 2) == (0, 1, 3, 5, 6, 2, 4)
    assert spread("aaaa", 2) == (0, 1, 2, 3)
    assert spread("aaa" + "bcdefghij" + "b", 1) == (0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2, 12)


# --- folding


def kept(*texts: str) -> list[tuple[int, list[tuple[int, bool]]]]:
    return [(one.row, [(twin.row, twin.same) for twin in one.twins]) for one in folded(texts)]


def test_equal_words_are_folded_whatever_their_case_spacing_and_marks() -> None:
    assert kept("Retinol, at night.", "Zinc.", "retinol at\n NIGHT", "Retinol - at night!") == [
        (0, [(2, True), (3, True)]),
        (1, []),
    ]


def test_nearly_equal_words_are_folded_and_said_to_be_nearly_the_same() -> None:
    text = " ".join(LONG)
    other_word = " ".join([*LONG[:90], "otherwise", *LONG[91:]])
    cut = " ".join(LONG[8:])
    assert kept(text, other_word, cut) == [(0, [(1, False), (2, False)])]


@pytest.mark.parametrize(
    "place_and_word",
    [(90, "not"), (90, "5"), (90, "0.05"), (90, "<"), (90, "without"), (199, "never"), (0, "12")],
)
def test_a_number_a_sign_or_a_negation_makes_another_passage(place_and_word: tuple[int, str]) -> None:
    place, word = place_and_word
    text, changed, added = (
        " ".join(LONG),
        " ".join([*LONG[:place], word, *LONG[place + 1 :]]),
        " ".join([*LONG[:place], word, *LONG[place:]]),
    )

    assert kept(text, changed) == kept(text, added) == [(0, []), (1, [])]


def test_p_values_doses_and_signs_are_words() -> None:
    assert len(kept("p < 0.05", "p > 0.05", "p < 0.5", "p 0.05", "at 4 %", "at 4 mg", "at 4")) == 7


def test_a_short_passage_is_folded_only_into_equal_words() -> None:
    assert len(kept("Zinc helps.", "Zinc harms.", "Zinc helps", "Zinc", "🧴", "💧")) == 5


def test_three_other_words_inside_are_too_many_for_the_longest_passage() -> None:
    longest = [f"w{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(253)]

    def with_others(count: int) -> str:
        changed = {40 * number + 20: f"other{chr(97 + number)}" for number in range(count)}
        return " ".join(changed.get(place, word) for place, word in enumerate(longest))

    assert len(kept(" ".join(longest), with_others(2))) == 1
    assert len(kept(" ".join(longest), with_others(3))) == 2


def test_the_same_passage_is_folded_into_the_best_it_is_like() -> None:
    first, second = " ".join(LONG), " ".join([*LONG[:90], "otherwise", *LONG[91:]])

    assert folded([second, "Zinc.", first, second]) == (Kept(0, (Twin(2, same=False), Twin(3, same=True))), Kept(1))


WORDS = st.lists(st.sampled_from(["oil", "skin", "not", "5", "acid", "retinol", "zinc"]), max_size=14).map(" ".join)


@given(st.lists(WORDS, max_size=20))
def test_nothing_is_lost_and_the_order_stays(texts: list[str]) -> None:
    found = folded(texts)

    rows = [one.row for one in found]
    assert rows == sorted(rows)
    assert sorted([*rows, *(twin.row for one in found for twin in one.twins)]) == list(range(len(texts)))
    assert all(twin.row > one.row for one in found for twin in one.twins)
    assert all(twin.same == (texts[twin.row].split() == texts[one.row].split()) for one in found for twin in one.twins)
    assert len({" ".join(texts[row].split()) for row in rows}) == len(rows)


def overlap(one: str, other: str) -> float:
    left, right = (
        {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
        for words in (one.split(), other.split())
    )
    return len(left & right) / max(1, len(left | right))


EDITED = st.builds(
    lambda start, end, edits: " ".join(
        edits.get(place, word) for place, word in enumerate(LONG) if start <= place < 200 - end
    ),
    st.integers(0, 30),
    st.integers(0, 30),
    st.dictionaries(st.integers(0, 199), st.sampled_from(["serum", "cream"]), max_size=3),
)


@given(st.lists(EDITED, max_size=8))
def test_looking_at_some_runs_only_finds_what_comparing_every_pair_finds(texts: list[str]) -> None:
    expected: list[int] = []
    for row, text in enumerate(texts):
        if not any(text == texts[other] or overlap(text, texts[other]) >= ALIKE for other in expected):
            expected.append(row)

    assert [one.row for one in folded(texts)] == expected

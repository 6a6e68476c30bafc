"""The rule by which spans are matched to passages: half must be covered, the first earns, nothing is earned twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.document import Passage
from core.errors import InputError
from evaluate import read_collection
from evaluate.judgements import passage_name, passage_parts
from evaluate.measures import scored
from evaluate.shelf import Shelf
from evaluate.targets import Target, covering, find_quote, graded, joined, place_of, resolved
from index import Encoder, open_catalogue
from tests.evaluate.builders import json_lines, library, span_questions


def passages(*ends: int) -> tuple[Passage, ...]:
    """Return passages of one document that end at these places and leave nothing out."""
    return tuple(Passage("d", start, end) for start, end in zip((0, *ends), ends, strict=False))


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        (10, 90, [(0, 100)]),  # wholly inside
        (60, 120, [(0, 100)]),  # 40 of 60 in the first, 20 in the second
        (80, 120, [(0, 100), (100, 200)]),  # half and half: both hold at least half
        (81, 120, [(100, 200)]),
        (50, 250, [(100, 200)]),  # the middle one holds exactly half
        (10, 390, [(100, 200)]),  # none holds half: the one that holds most, of equals the first
        (500, 600, []),
    ],
)
def test_a_passage_covers_a_span_when_it_holds_at_least_half(start: int, end: int, covered: list[object]) -> None:
    found = covering(passages(100, 200, 300, 400), start, end)

    assert [(one.start, one.end) for one in found] == covered


@given(st.sets(st.integers(1, 500), min_size=1, max_size=40), st.integers(0, 499), st.integers(1, 300))
def test_every_span_is_covered_however_a_text_is_split(ends: set[int], start: int, length: int) -> None:
    whole = passages(*sorted(ends | {500}))

    found = covering(whole, start, min(500, start + length))

    assert 1 <= len(found) <= 2
    assert len(whole) > 1 or found == whole


TARGETS = (Target(2, ("p1", "p2")), Target(1, ("p3",)), Target(0, ("p4",)))


def test_the_first_passage_that_covers_a_target_earns_it_and_later_ones_nothing() -> None:
    assert graded(("p2", "p9", "p1"), TARGETS) == {"p2": 2, "p1": 0, "p3": 1, "p4": 0}
    assert graded((), TARGETS) == {"p1": 2, "p2": 0, "p3": 1, "p4": 0}
    assert [place_of(("p9", "p2", "p1"), target) for target in TARGETS] == [2, None, None]


def test_spans_that_one_passage_covers_together_are_one_target() -> None:
    found = joined([Target(1, ("p1",), "a", "x"), Target(1, ("p3",), "b", "y"), Target(2, ("p1", "p2"), "c", "z")])

    assert sorted(found, key=lambda one: one.key) == [
        Target(2, ("p1", "p2"), "c", "x; z"),
        Target(1, ("p3",), "b", "y"),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sets(st.sampled_from("abcdefgh"), min_size=1, max_size=3)), max_size=6),
    st.permutations(list("abcdefghij")),
)
def test_no_ranking_scores_above_1_and_the_best_scores_1(spans: list[tuple[int, set[str]]], ranking: list[str]) -> None:
    targets = joined([Target(grade, tuple(sorted(names))) for grade, names in spans])
    best = [one.earners[-1] for one in sorted(targets, key=lambda one: -one.relevance)]
    relevant = any(target.relevance > 0 for target in targets)

    for names, bounds in ((ranking, (0.0, 1.0)), (best, (1.0, 1.0) if relevant else (0.0, 0.0))):
        if not targets:
            continue
        values = scored({"q": tuple(names)}, {"q": graded(names, targets)})["q"]
        for measure in ("nDCG@10", "AP", "R@100"):
            assert bounds[0] - 1e-9 <= values[measure] <= bounds[1] + 1e-9


def test_a_quotation_must_occur_once_but_may_be_broken_elsewhere() -> None:
    text = "One two\nthree. One two four."

    assert find_quote(text, "two three", "q, line 1", "a.md") == (4, 13)
    with pytest.raises(InputError, match=r"q, line 1: the quotation “One two” occurs 2 times in 'a.md'"):
        find_quote(text, "One two", "q, line 1", "a.md")
    with pytest.raises(InputError, match=r"is not in the text of 'a.md'"):
        find_quote(text, "two  Three", "q, line 1", "a.md")


def test_a_passage_has_one_name_and_the_name_one_passage() -> None:
    assert passage_parts(passage_name("00112233445566aa", 3, 9)) == ("00112233445566aa", 3, 9)
    with pytest.raises(InputError, match="names no passage"):
        passage_parts("acne.md")


SHELF = Shelf.made(
    {
        "a" * 16: ("/work/corpus/harms/acne.md",),
        "b" * 16: ("/work/corpus/uses/acne.md", "/work/copy/second.md"),
        "c" * 16: ("/work/corpus/uses/dark spots.md",),
        "d" * 16: ("/sets/corpus.jsonl#MED-10",),
    }
)


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("a" * 16, "a"),
        ("harms/acne.md", "a"),
        ("./corpus/uses/acne.md", "b"),
        ("/work/corpus/uses/acne.md", "b"),
        ("second", "b"),
        ("dark spots.md", "c"),
        ("MED-10", "d"),
    ],
)
def test_a_document_is_found_by_id_path_end_of_path_or_stem(name: str, document: str) -> None:
    assert SHELF.find(name, "q, line 1") == document * 16


def test_a_name_of_two_documents_or_of_none_is_refused() -> None:
    with pytest.raises(InputError, match=r"q, line 1: 'acne' may be .*harms/acne.md or .*uses/acne.md"):
        SHELF.find("acne", "q, line 1")
    with pytest.raises(InputError, match=r"q, line 1: no document of the index is called 'bne.md'"):
        SHELF.find("bne.md", "q, line 1")


def test_an_upload_is_called_as_it_was_when_it_came() -> None:
    kept = "/var/uploads/9f0c11.md"
    shelf = Shelf.made({"a" * 16: (kept,), "b" * 16: ("/work/corpus/acne.md",)}, [("a" * 16, "urea paste.md")])

    assert shelf.find("urea paste.md", "q, line 1") == "a" * 16
    assert shelf.find("9f0c11.md", "q, line 1") == "a" * 16
    with pytest.raises(InputError, match=r"'acne.md' may be .* give more of the path"):
        Shelf.made(shelf.paths, [("a" * 16, "acne.md")]).find("acne.md", "q, line 1")


def test_a_run_calls_a_document_by_a_name_that_is_one_word_and_only_its_own() -> None:
    assert [SHELF.label(letter * 16) for letter in "abcd"] == ["a" * 16, "b" * 16, "c" * 16, "MED-10"]
    assert Shelf.made({"e" * 16: ("/x/zinc.md",)}).label("e" * 16) == "zinc"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"path": "corpus/nowhere.md", "quote": "x"}, "no document of the index is called 'corpus/nowhere.md'"),
        ({"path": "corpus/acne.md", "quote": "not there"}, "is not in the text of"),
        ({"path": "corpus/acne.md", "start": 5, "end": 99_999}, "99,999 is behind its end"),
    ],
)
def test_a_span_of_nothing_is_refused_by_its_line(
    data: Path, hashing: Encoder, tmp_path: Path, span: dict[str, object], said: str
) -> None:
    library(data, hashing)
    questions = [*span_questions(), {"_id": "bad", "text": "x", "spans": [span]}]
    collection = read_collection(json_lines(tmp_path / "q.jsonl", questions))

    with open_catalogue(data) as catalogue, pytest.raises(InputError, match=rf"q.jsonl, line 11: .*{said}"):
        resolved(collection, catalogue, Shelf.of(catalogue))


def test_a_passage_the_index_does_not_hold_is_refused_with_what_to_do(
    data: Path, hashing: Encoder, tmp_path: Path
) -> None:
    searcher = library(data, hashing)
    held = searcher.ask("acne", 1).citations[0]
    questions = json_lines(tmp_path / "q.jsonl", [{"_id": "q", "text": "acne"}])
    for end, fails in ((held.end, False), (held.end + 1, True)):
        qrels = tmp_path / "j.qrels"
        qrels.write_text(f"q 0 {passage_name(held.document_id, held.start, end)} 1\n", "utf-8")
        collection = read_collection(questions, qrels)
        with open_catalogue(data) as catalogue:
            if fails:
                with pytest.raises(InputError, match=r"j.qrels, line 1: the index holds no passage .* Judge spans"):
                    resolved(collection, catalogue, Shelf.of(catalogue))
            else:
                (target,) = resolved(collection, catalogue, Shelf.of(catalogue))["q"]
                assert target.quote == held.quote


def test_every_judgement_of_nothing_is_named_at_once(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    library(data, hashing)
    rows = span_questions()
    for number, quote in ((1, "never said"), (3, "nor this"), (4, "nor that")):
        rows[number]["spans"][0]["quote"] = quote
    collection = read_collection(json_lines(tmp_path / "q.jsonl", rows))

    said = r"line 2: the quotation “never said” is not in .* 2 more lines cannot be used: 4, 5\.$"
    with open_catalogue(data) as catalogue, pytest.raises(InputError, match=said):
        resolved(collection, catalogue, Shelf.of(catalogue))

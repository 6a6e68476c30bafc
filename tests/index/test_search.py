"""Questions to answers: rankings, filters, citations, and that a searcher follows every commit."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from core.document import Document, Page
from core.errors import FingerprintError, InputError, NoIndexError
from core.results import MODES, Answer, Mode
from index import AS_RANKED, LONGEST_QUESTION, Change, Encoder, Searcher, open_catalogue, open_writer, parsed
from index.hashing import HashingEncoder
from index.ranking import POOL
from tests.index.builders import added, document, file_of, filled, gone, paragraphs, put, ranking, sectioned

# Half of a character, and a byte that is no UTF-8, as a shell hands it over.
HALVES = tuple(f"oil {chr(code)}" for code in (0xD83E, 0xDCFF))
OIL = "Niacinamide lowers the excretion of oil. It was tried for four weeks. Nobody complained."
LIBRARY = {
    "oil.md": sectioned(
        (1, "Effects", ""),
        (2, "Oil", OIL),
        (2, "Redness", "Redness fell in six of ten people. The cream held niacinamide at 4 %."),
        title="Niacinamide",
    ),
    "peel.md": document(
        "Glycolic acid peels the skin.\fSalicylic acid opens pores; niacinamide does not peel.",
        title="Peels",
        year=2021,
        fields=(("group", "Harms"), ("evidence", "review")),
        pages=(Page(0, 30, 0, "iv"), Page(30, 84, 1, "v")),
    ),
    "sun.md": document("Sunscreen is worn by day.", title="Sun", year=2019, fields=(("group", "Daily care"),)),
    "lost.md": document("The bus is late again.", year=2021, fields=(("group", "Harms"), ("evidence", "trial"))),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Path:
    """Return a small index; only to be read."""
    data = tmp_path_factory.mktemp("library") / "var"
    put(data, hashing, added(LIBRARY))
    return data


@pytest.fixture(scope="module")
def searcher(library: Path, hashing: Encoder) -> Searcher:
    return Searcher(library, hashing)


def quotes(answer: Answer) -> list[str]:
    return [hit.quote for hit in answer.citations]


# --- an answer


@pytest.mark.parametrize("mode", MODES)
def test_ranks_count_from_1_and_scores_do_not_increase(searcher: Searcher, mode: Mode) -> None:
    answer = searcher.ask("niacinamide and oil", mode=mode)

    assert [hit.rank for hit in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert all(before.score >= after.score for before, after in pairwise(answer.citations))
    assert quotes(answer)[0] == OIL


def test_an_answer_says_what_was_asked_and_of_which_generation(searcher: Searcher) -> None:
    answer = searcher.ask("  niacinamide \n and   oil ")

    assert (answer.query, answer.mode, answer.generation) == ("niacinamide and oil", "hybrid", 1)
    assert 0 <= answer.confidence <= 1
    assert answer.elapsed_ms > 0


def test_each_mode_says_the_parts_it_asked_for(searcher: Searcher) -> None:
    parts = {mode: searcher.ask("niacinamide oil", mode=mode).citations[0] for mode in MODES}

    assert [(hit.dense is None, hit.lexical is None) for hit in parts.values()] == [
        (False, False),
        (False, True),
        (True, False),
    ]
    assert parts["lexical"].score == parts["lexical"].lexical
    assert parts["dense"].score == parts["dense"].dense


def test_lexical_mode_returns_only_passages_with_a_word_of_the_question(searcher: Searcher) -> None:
    assert quotes(searcher.ask("sunscreen", mode="lexical")) == ["Sunscreen is worn by day."]
    nothing = searcher.ask("unobtainium", mode="lexical")

    assert (nothing.citations, nothing.support, nothing.confidence) == ((), "none", 0.0)


@pytest.mark.parametrize("mode", ["hybrid", "dense"])
def test_more_than_there_is_returns_all_there_is(searcher: Searcher, mode: Mode) -> None:
    assert len(searcher.ask("niacinamide", POOL, mode).citations) == 5


def test_more_than_the_pool_cannot_be_asked_for(searcher: Searcher) -> None:
    with pytest.raises(InputError, match=f"1 to {POOL} passages"):
        searcher.ask("niacinamide", POOL + 1)


def test_several_questions_are_answered_as_one_by_one_and_in_order(searcher: Searcher) -> None:
    questions = ["niacinamide", "sun", "glycolic acid", "niacinamide"]

    together = searcher.ask_many(questions)

    assert [answer.query for answer in together] == questions
    assert [ranking(answer) for answer in together] == [ranking(searcher.ask(question)) for question in questions]
    assert searcher.ask_many([]) == ()


@pytest.mark.parametrize("question", ["", "   \n\t ", "x" * 100_000, "word " * 25_000, "\u2003"])
def test_a_question_that_cannot_be_asked_is_refused_in_one_sentence(searcher: Searcher, question: str) -> None:
    with pytest.raises(InputError) as caught:
        searcher.ask(question)

    assert len(str(caught.value)) < 200
    assert str(caught.value).startswith("The question ")


def test_the_longest_question_is_still_answered(searcher: Searcher) -> None:
    assert searcher.ask("x" * LONGEST_QUESTION).citations
    with pytest.raises(InputError, match="2,001 characters"):
        searcher.ask("x" * (LONGEST_QUESTION + 1))


@pytest.mark.parametrize("question", ["nia\0cinamide", *HALVES, "🧴", "؟", "\u202eoil", "'; drop table passages"])
def test_odd_characters_in_a_question_are_no_error(searcher: Searcher, question: str) -> None:
    answer = searcher.ask(question)

    assert len(answer.citations) == 5
    assert answer.query.encode()


@pytest.mark.parametrize(("k", "mode"), [(0, "hybrid"), (-1, "dense"), (POOL + 1, "lexical"), (3, "semantic")])
def test_a_number_or_mode_that_does_not_exist_is_refused(searcher: Searcher, k: int, mode: Mode) -> None:
    with pytest.raises(InputError, match="hybrid, dense, lexical"):
        searcher.ask("oil", k, mode)


def test_a_folder_without_an_index_is_refused_with_what_to_do(data: Path, hashing: Encoder) -> None:
    with pytest.raises(NoIndexError, match="ingest sync"):
        Searcher(data, hashing)
    with pytest.raises(NoIndexError, match="ingest sync"):
        Searcher.opened(data)


@pytest.mark.parametrize("mode", MODES)
def test_an_empty_index_answers_that_it_holds_nothing(data: Path, hashing: Encoder, mode: Mode) -> None:
    put(data, hashing, added({"a.md": document("Retinol.")}), gone("a.md"))

    answer = Searcher(data, hashing).ask("retinol", mode=mode)

    assert (answer.citations, answer.support, answer.confidence, answer.generation) == ((), "none", 0.0, 2)


# --- the order


@pytest.mark.parametrize("mode", MODES)
def test_ties_are_ordered_by_document_and_place(data: Path, hashing: Encoder, mode: Mode) -> None:
    same = sectioned(*[(1, "Use", "Retinol at night.")] * 4, title="Same")
    filled(data, hashing, *(replace(same, id=f"document {letter}") for letter in "cab"))

    answer = Searcher(data, hashing).ask("retinol", 20, mode, arrangement=AS_RANKED)
    found = [(hit.document_id, hit.start) for hit in answer.citations]

    assert len(found) == 12
    assert found == sorted(found)


@pytest.fixture(scope="module")
def both_ways(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> tuple[Searcher, Searcher]:
    """Return two indexes of two documents full of the same passages, which arrived in the one order and the other."""
    folder = tmp_path_factory.mktemp("both-ways")
    same = [(1, "Use", "Retinol at night.")] * (POOL + 20)
    one, two = added({"a.md": sectioned(*same, title="One")}), added({"b.md": sectioned(*same, title="Two")})
    put(folder / "forth", hashing, one, two)
    put(folder / "back", hashing, two, one)
    return Searcher(folder / "forth", hashing), Searcher(folder / "back", hashing)


@pytest.mark.parametrize("mode", MODES)
def test_ties_beyond_the_pool_do_not_depend_on_the_order_of_arrival(
    both_ways: tuple[Searcher, Searcher], mode: Mode
) -> None:
    forth, back = (searcher.ask("retinol", 10, mode, arrangement=AS_RANKED) for searcher in both_ways)

    assert ranking(forth) == ranking(back)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Searcher:
    """Return an index in which a word of the question is everywhere, most often in short passages that say nothing."""
    short = [f"Skin skin skin {number}." for number in range(2 * POOL)]
    long = [f"Dry skin in winter wants a cream {' '.join(f'w{number}x{n}' for n in range(30))}" for number in range(20)]
    rare = [document(f"A long way from it, skin is named by {number} in passing", year=1999) for number in range(5)]
    data = filled(tmp_path_factory.mktemp("many") / "var", hashing, *map(document, short + long), *rare)
    return Searcher(data, hashing)


@pytest.mark.parametrize("mode", MODES)
def test_the_first_ten_do_not_depend_on_how_many_are_asked_for(many: Searcher, mode: Mode) -> None:
    few, all_there_are = (many.ask("which cream for dry skin in winter", k, mode) for k in (10, POOL))

    assert ranking(few) == ranking(all_there_are)[:10]


@pytest.mark.parametrize("mode", MODES)
def test_a_filter_that_leaves_few_still_fills_what_is_asked_for(many: Searcher, mode: Mode) -> None:
    answer = many.ask("skin", 5, mode, parsed(["year=1999"]))

    assert [hit.year for hit in answer.citations] == [1999] * 5


# --- citations


def texts(data: Path) -> dict[str, Document]:
    with open_catalogue(data) as catalogue:
        return {document_id: catalogue.document(document_id) for document_id in catalogue.document_ids()}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("question", ["niacinamide", "glycolic acid peel", "bus sunscreen redness", "unobtainium"])
def test_a_quotation_is_the_slice_it_says_and_the_best_sentence_lies_in_it(
    library: Path, searcher: Searcher, question: str, mode: Mode
) -> None:
    documents = texts(library)

    for hit in searcher.ask(question, mode=mode).citations:
        source = documents[hit.document_id]
        assert hit.quote == source.text[hit.start : hit.end]
        assert hit.start <= hit.highlight.start < hit.highlight.end <= hit.end
        assert all(hit.start <= match.start < match.end <= hit.end for match in hit.matches)
        assert (hit.sha256, hit.media_type, hit.title) == (source.sha256, source.media_type, source.title)


def test_the_best_sentence_is_the_one_that_answers(searcher: Searcher) -> None:
    hit = searcher.ask("how many weeks was it tried?").citations[0]

    assert hit.quote[hit.highlight.start - hit.start : hit.highlight.end - hit.start] == "It was tried for four weeks."


def test_pages_and_section_are_looked_up_from_the_span(searcher: Searcher) -> None:
    peel = searcher.ask("glycolic acid").citations[0]
    oil = searcher.ask("excretion of oil").citations[0]

    assert [(page.index, page.label) for page in peel.pages] == [(0, "iv"), (1, "v")]
    assert (peel.section, peel.year, peel.fields) == ((), 2021, (("group", "Harms"), ("evidence", "review")))
    assert (oil.section, oil.pages, oil.title) == (("Effects", "Oil"), (), "Niacinamide")


def test_a_citation_names_the_file_its_document_was_first_known_by(data: Path, hashing: Encoder) -> None:
    read = document("Retinol.", name="b.md")
    put(data, hashing, added({"b-serum.md": read}), Change(linked=((file_of(read, "a.md"), read.id),)))

    (hit,) = Searcher(data, hashing).ask("retinol").citations

    assert (hit.path, hit.title) == ("/library/b-serum.md", "B serum")


def test_a_path_is_shown_from_where_the_person_stands(
    data: Path, hashing: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = data.parent / "papers"
    place.mkdir()
    put(data, hashing, added({str(place / "a.md"): document("Retinol.")}))
    monkeypatch.chdir(data.parent)

    assert Searcher(data, hashing).ask("retinol").citations[0].path == "papers/a.md"


def test_a_text_embedded_alike_but_quoted_otherwise_keeps_its_own_best_sentence(data: Path, hashing: Encoder) -> None:
    # "Harms" is the title of one and the first line of the other: what the model reads is the same.
    filled(data, hashing, document("Harms\nIt stings. It burns."), document("It stings. It burns.", title="Harms"))

    for hit in Searcher(data, hashing).ask("burns").citations:
        assert hit.quote[hit.highlight.start - hit.start : hit.highlight.end - hit.start] == "It burns."


# --- filters


@pytest.mark.parametrize(
    ("where", "files"),
    [
        (["group=Harms"], "lost peel"),
        (["GROUP=harms"], "lost peel"),
        (["year=2021", "evidence=review"], "peel"),
        (["evidence=review", "evidence=trial"], "lost peel"),
        (["group=Daily care", "group=Harms", "year=2021"], "lost peel"),
        (["group=Harms", "year=2019"], ""),
        (["type=markdown"], "lost oil peel sun"),
        ([f"document={LIBRARY['sun.md'].id}"], "sun"),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "dense"])
def test_a_filter_leaves_only_what_it_says(searcher: Searcher, where: list[str], files: str, mode: Mode) -> None:
    answer = searcher.ask("niacinamide", 50, mode, parsed(where))

    assert sorted({Path(hit.path).stem for hit in answer.citations}) == files.split()


@pytest.mark.parametrize("where", ["year=1999", "group=' OR 1=1 --", "evidence=systematic review"])
def test_a_value_that_no_document_has_is_refused_naming_those_there_are(searcher: Searcher, where: str) -> None:
    with pytest.raises(InputError, match="there are: "):
        searcher.ask("niacinamide", where=parsed([where]))


def test_a_filter_holds_for_words_too(searcher: Searcher) -> None:
    assert quotes(searcher.ask("niacinamide bus", mode="lexical", where=parsed(["evidence=trial"]))) == [
        "The bus is late again."
    ]


def test_an_unknown_key_is_refused_naming_the_known_ones(searcher: Searcher) -> None:
    with pytest.raises(InputError, match=r"'colour'.*document, evidence, group, type, year"):
        searcher.ask("oil", where=parsed(["colour=red"]))


@pytest.mark.parametrize("condition", ["", "=", "group", "group=", "=Harms", " = "])
def test_a_filter_that_is_no_pair_is_refused(condition: str) -> None:
    with pytest.raises(InputError, match="key=value"):
        parsed([condition])


def test_a_value_may_hold_the_sign_itself() -> None:
    assert parsed(["url=https://x.test/?a=b"]) == (("url", "https://x.test/?a=b"),)


# --- following the index


def test_a_searcher_sees_a_commit_at_its_next_question(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, *map(document, paragraphs(30)))
    searcher = Searcher(data, hashing)
    with open_writer(data) as writer:
        writer.commit(added({"new.md": document("Retinol at night.")}), hashing)

        first = searcher.ask("retinol", 1)
        writer.commit(gone("new.md"))
        second = searcher.ask("retinol", 1, "lexical")

    assert (quotes(first), first.generation) == (["Retinol at night."], 2)
    assert (quotes(second), second.generation) == ([], 3)


def test_a_searcher_does_not_mix_models_after_a_rebuild(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol."))
    searcher = Searcher(data, hashing)
    with open_writer(data) as writer:
        writer.rebuild(HashingEncoder("hashing-other", 256))

    with pytest.raises(FingerprintError, match="hashing-other"):
        searcher.ask("retinol")
    assert quotes(Searcher(data, HashingEncoder("hashing-other", 256)).ask("retinol")) == ["Retinol."]


def test_a_searcher_notices_that_its_folder_was_made_anew(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol at night."))
    searcher = Searcher(data, hashing)
    shutil.rmtree(data)
    filled(data, hashing, document("The bus is late."), document("Glycolic acid peels."))

    for mode in MODES:
        assert quotes(searcher.ask("glycolic acid", 1, mode)) == ["Glycolic acid peels."]


def test_a_searcher_notices_an_older_copy_in_its_place(data: Path, tmp_path: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol at night."))
    shutil.copytree(data, tmp_path / "backup")
    put(data, hashing, added({"b.md": document("Glycolic acid peels.")}))
    searcher = Searcher(data, hashing)
    shutil.rmtree(data)
    shutil.copytree(tmp_path / "backup", data)

    for _ in range(2):
        assert quotes(searcher.ask("glycolic acid")) == ["Retinol at night."]


def test_many_threads_may_share_a_searcher_while_a_writer_commits(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, *map(document, paragraphs(5)))
    searcher = Searcher(data, hashing)

    def ask(_: int) -> set[tuple[int, int]]:
        answers = [searcher.ask("retinol", 50, "dense") for _ in range(12)]
        return {(answer.generation, len(answer.citations)) for answer in answers}

    with ThreadPoolExecutor(4) as pool, open_writer(data) as writer:
        asked = [pool.submit(ask, number) for number in range(4)]
        for number in range(12):
            writer.commit(added({f"n{number}.md": document(f"Retinol {number}.")}), hashing)
        seen = set().union(*(one.result() for one in asked))

    assert all(passages == 4 + generation for generation, passages in seen)

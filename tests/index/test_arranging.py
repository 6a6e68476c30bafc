"""An answer as it is laid before a reader: near-duplicates folded and named, documents spread, and k of them."""

from __future__ import annotations

import pytest

from core.document import Page
from core.errors import InputError
from core.results import MODES, Answer, Elsewhere, Mode, PageRef
from index import AS_RANKED, Arrangement, Encoder, Searcher, open_catalogue, parsed
from tests.index.builders import added, document, paragraphs, put, sectioned

OIL = "Niacinamide lowers the excretion of oil after four weeks."
FILLER = paragraphs(1, 190)[0]
LIBRARY = {
    "one.md": sectioned((1, "Oil", f"{OIL} {FILLER}"), title="One"),
    "copy.md": document(f"{OIL}  {FILLER}", title="Copy", year=2021, pages=(Page(0, 4_000, 0, "iv"),)),
    "near.md": document(f"{OIL} {FILLER} Furthermore.", title="Near"),
    "dose.md": document(f"{OIL.replace('four', '12')} {FILLER}", title="Dose"),
    "many.md": document("\n\n".join(f"Oil and niacinamide. {text}" for text in paragraphs(8)), title="Many"),
    "last.md": document("Sunscreen with niacinamide against oil is worn by day.", title="Last"),
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Searcher:
    data = tmp_path_factory.mktemp("library") / "var"
    put(data, hashing, added(LIBRARY))
    return Searcher(data, hashing)


def titles(answer: Answer) -> list[str]:
    return [hit.title for hit in answer.citations]


@pytest.mark.parametrize("mode", MODES)
def test_near_duplicates_are_folded_and_every_place_is_named(searcher: Searcher, mode: Mode) -> None:
    answer = searcher.ask("niacinamide oil four weeks", 20, mode)
    plain = searcher.ask("niacinamide oil four weeks", 20, mode, arrangement=AS_RANKED)

    best = next(hit for hit in answer.citations if hit.also)
    assert len(plain.citations) == len(answer.citations) + 2 == 13
    assert {best.title, *(other.title for other in best.also)} == {"One", "Copy", "Near"}
    assert {"Dose", "Last"} <= set(titles(answer))
    assert [hit.rank for hit in answer.citations] == list(range(1, 12))
    assert [hit.also for hit in plain.citations] == [()] * 13


def test_what_was_folded_can_be_found_again_by_its_document_and_offsets(searcher: Searcher) -> None:
    best = next(hit for hit in searcher.ask("niacinamide oil four weeks").citations if hit.also)

    with open_catalogue(searcher.data) as catalogue:
        for other in best.also:
            text = catalogue.document(other.document_id).text[other.start : other.end]
            assert (text.split() == best.quote.split()) == other.same
            assert text.startswith(OIL)


def test_a_folded_place_has_title_path_page_and_section(searcher: Searcher) -> None:
    found = searcher.ask(f"{OIL} Furthermore", 20).citations
    (best,) = [hit for hit in found if hit.also]
    places = {other.title: other for other in best.also}
    read = LIBRARY["copy.md"]

    assert best.title == "Near"
    assert places["Copy"] == Elsewhere(
        read.id, "Copy", "/library/copy.md", (PageRef(0, "iv"),), (), 0, len(read.text), same=False
    )
    assert places["One"].section == ("Oil",)


@pytest.mark.parametrize("k", [1, 2, 5, 11])
def test_as_many_as_were_asked_for_are_shown_while_there_are_others(searcher: Searcher, k: int) -> None:
    answer = searcher.ask("niacinamide oil four weeks", k)

    assert len(answer.citations) == len(answer.hits) == k
    assert [hit.passage.start for hit in answer.hits] == [hit.start for hit in answer.citations]


def test_only_what_the_filter_lets_through_is_named(searcher: Searcher) -> None:
    (only,) = searcher.ask("niacinamide oil four weeks", where=parsed(["year=2021"])).citations

    assert (only.title, only.also) == ("Copy", ())


@pytest.mark.parametrize("mode", MODES)
def test_a_spread_shows_other_documents_first_and_loses_nothing(searcher: Searcher, mode: Mode) -> None:
    plain = searcher.ask("niacinamide and oil", 20, mode)
    spread = searcher.ask("niacinamide and oil", 20, mode, arrangement=Arrangement(per_document=2))

    others = len(set(titles(plain)) - {"Many"})
    assert titles(plain)[: others + 2] != titles(spread)[: others + 2]
    assert sorted(titles(spread)[: others + 2]) == sorted([*(set(titles(plain)) - {"Many"}), "Many", "Many"])
    assert titles(spread)[others + 2 :] == ["Many"] * 6
    assert {(hit.document_id, hit.start) for hit in spread.citations} == {
        (hit.document_id, hit.start) for hit in plain.citations
    }
    assert [hit.rank for hit in spread.citations] == list(range(1, len(plain.citations) + 1))


@pytest.mark.parametrize("arrangement", [AS_RANKED, Arrangement(), Arrangement(2), Arrangement(1, folded=False)])
@pytest.mark.parametrize("mode", MODES)
def test_the_first_do_not_depend_on_how_many_are_asked_for_nor_the_verdict_on_the_arrangement(
    searcher: Searcher, mode: Mode, arrangement: Arrangement
) -> None:
    plain = searcher.ask("niacinamide and oil", 5, mode)
    few, many = (searcher.ask("niacinamide and oil", k, mode, arrangement=arrangement) for k in (5, 50))

    assert few.citations == many.citations[:5]
    assert (few.support, few.confidence) == (plain.support, plain.confidence)


def test_fewer_than_no_passages_a_document_are_refused(searcher: Searcher) -> None:
    with pytest.raises(InputError, match="from 1, or 0"):
        searcher.ask("oil", arrangement=Arrangement(per_document=-1))

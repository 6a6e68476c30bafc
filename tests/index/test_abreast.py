"""A batch on several readers says what the questions say one by one, and nobody sees two generations."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Barrier, get_ident

import pytest

from index import Encoder, Searcher, open_catalogue, open_writer
from index.abreast import abreast
from index.catalogue import Catalogue
from tests.index.builders import added, document, filled

QUESTIONS = ["retinol", "does zinc protect", "thin skin", "oats for breakfast", "!?", "unobtainium"]


@pytest.fixture
def data(tmp_path: Path, hashing: Encoder) -> Path:
    """Return an index of some documents."""
    texts = ("Retinol thins skin.", "Zinc oxide protects skin.", "Oats are eaten at breakfast.", "Zinc is a metal.")
    return filled(tmp_path / "var", hashing, *(document(text) for text in texts))


@pytest.fixture(autouse=True)
def _four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)


def test_a_batch_answers_as_its_questions_do_alone(data: Path, hashing: Encoder) -> None:
    searcher = Searcher(data, hashing)

    together = searcher.ask_many(QUESTIONS * 10)

    for question, answer in zip(QUESTIONS * 10, together, strict=True):
        alone = searcher.ask(question)
        assert (answer.query, answer.hits, answer.citations) == (question, alone.hits, alone.citations)
        assert (answer.support, answer.confidence) == (alone.support, alone.confidence)


def test_rows_are_done_side_by_side_and_come_in_order(data: Path) -> None:
    both = Barrier(4, timeout=30)
    threads = set()

    def work(_reader: Catalogue, row: int) -> int:
        if row < both.parties:
            both.wait()  # passes only if four rows are under way at once
        threads.add(get_ident())
        return row

    with open_catalogue(data) as catalogue:
        assert list(abreast(catalogue, data, work, 40)) == list(range(40))
    assert len(threads) == both.parties


def test_few_rows_need_no_second_reader(data: Path) -> None:
    with open_catalogue(data) as catalogue:
        readers = list(abreast(catalogue, data, lambda reader, _: reader, 3))

        assert readers == [catalogue] * 3


def test_a_commit_meanwhile_is_seen_by_none_of_them(data: Path, hashing: Encoder) -> None:
    with open_catalogue(data) as catalogue:
        before = catalogue.counts()
        with open_writer(data) as writer:
            writer.commit(added({"new.md": document("Azelaic acid is new.")}), hashing)

        assert set(abreast(catalogue, data, lambda reader, _: reader.counts(), 40)) == {before}

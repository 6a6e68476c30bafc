"""How much of a question a passage holds, each term once, and which neighbours it keeps together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import Encoder, open_catalogue, synonyms
from index.coverage import coverage, proximity
from index.lexical import weighed
from tests.index.builders import document, filled

TEXTS = (
    "Retinol retinol retinol retinol retinol.",
    "Retinol may irritate, and in people who use it every single night it does thin skin.",
    "Thin skin after retinol.",
    "Oats are eaten at breakfast.",
    "Tretinoin is older.",
)


@pytest.fixture
def data(tmp_path: Path, hashing: Encoder) -> Path:
    """Return an index of five passages, one a document."""
    return filled(
        tmp_path / "var", hashing, *(document(text, title=f"No. {place}") for place, text in enumerate(TEXTS))
    )


def shares(data: Path, question: str) -> dict[str, tuple[float, float]]:
    """Return coverage and proximity of every passage, by its first words."""
    with open_catalogue(data) as catalogue:
        rows = catalogue.connection.execute("SELECT rowid, quote FROM lexical ORDER BY rowid").fetchall()
        names = synonyms.names(question)
        asked = weighed(catalogue.connection, question, len(rows), names)
        ids = np.array([row[0] for row in rows], np.int64)
        covered = coverage(catalogue.connection, asked, names, ids)
        close = proximity(catalogue.connection, asked, ids)
    return {row[1][:12]: (float(covered[place]), float(close[place])) for place, row in enumerate(rows)}


def test_a_term_counts_once_however_often_it_is_said(data: Path) -> None:
    found = shares(data, "retinol thin skin")

    assert found["Retinol reti"][0] < found["Retinol may "][0] == found["Thin skin af"][0] == 1.0
    assert found["Oats are eat"] == (0.0, 0.0)


def test_rarer_terms_weigh_more(data: Path) -> None:
    found = shares(data, "retinol breakfast")

    assert found["Oats are eat"][0] > 0.5 > found["Retinol reti"][0] > 0


def test_neighbours_of_the_question_count_where_they_stand_together_in_any_order(data: Path) -> None:
    found = shares(data, "skin thin retinol")

    assert found["Retinol may "][1] < found["Thin skin af"][1] == 1.0


def test_another_name_holds_the_terms_of_the_name_asked_for(data: Path) -> None:
    found = shares(data, "Retin-A")

    assert found["Tretinoin is"][0] == 1.0
    assert found["Oats are eat"][0] == 0.0


@pytest.mark.parametrize("question", ["!?", "breakfast"])
def test_a_question_without_neighbours_has_no_proximity(data: Path, question: str) -> None:
    assert {close for _, close in shares(data, question).values()} == {0.0}

"""Exports: a spreadsheet runs nothing, a reference manager reads every document, and nothing of a quotation is lost."""

from __future__ import annotations

import csv
import io

import pytest
import rispy  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from evaluate import Record, csv_text, passages_csv, passages_ris
from evaluate.records import Place


def place(rank: int = 1, **changed: object) -> Place:
    values: dict[str, object] = {
        "rank": rank, "name": "a:0-9", "grade": 1, "score": 0.5, "title": "Acne", "authors": ("Ng, A.", "Roe, B."),
        "year": 2021, "doi": "10.1/x", "url": "", "path": "corpus/acne.md", "pages": "page 3", "section": "Zinc > Use",
        "document_id": "a" * 16, "start": 0, "end": 9, "quote": "Zinc\nhelps.", "sha256": "0" * 64,
    }  # fmt: skip
    return Place(**{**values, **changed})  # type: ignore[arg-type]  # a place by its field names


def record(*ranking: Place, text: str = "does zinc help?", name: str = "q1") -> Record:
    return Record(name, text, "", None, "supported", 0.9, len(ranking), None, ranking, ())


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "  =cmd", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\u3000=1"]
)
def test_a_cell_that_would_run_is_defused(cell: str) -> None:
    (row,) = list(csv.reader(io.StringIO(csv_text(["a"], [[cell]]), newline="")))[1:]

    assert row == [f"'{cell}"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), min_size=1))
def test_no_cell_begins_as_a_formula_and_every_other_is_kept(cells: list[str]) -> None:
    (_, row) = csv.reader(io.StringIO(csv_text(["x"] * len(cells), [cells]), newline=""))

    for before, after in zip(cells, row, strict=True):
        assert after in (before, f"'{before}")
        assert after.lstrip()[:1] not in {"=", "+", "-", "@"}


def test_numbers_stay_numbers() -> None:
    assert csv_text(["a", "b", "c"], [[-0.5, -3, None]]) == "a,b,c\r\n-0.500000,-3,\r\n"


def test_passages_as_csv_hold_the_citation_and_the_exact_words() -> None:
    text = passages_csv([record(place(), place(2, grade=None, title="=Evil()"), text="+why?")])

    first, second = csv.DictReader(io.StringIO(text, newline=""))

    assert (first["query"], first["question"], first["rank"], first["grade"]) == ("q1", "'+why?", "1", "1")
    assert (first["quote"], first["pages"], first["section"], first["start"]) == (
        "Zinc\nhelps.",
        "page 3",
        "Zinc > Use",
        "0",
    )
    assert (second["grade"], second["title"]) == ("", "'=Evil()")


def test_references_are_one_a_document_with_every_passage_once() -> None:
    other = place(
        2, document_id="b" * 16, title="Peels\nTY  - HACK", doi="", url="https://x.org/p", authors=(), year=None
    )
    bare = place(3, document_id="c" * 16, doi="", url="javascript:alert(1)", start=4, end=9, quote="ER  - ")
    text = passages_ris(
        [record(place(), other, bare), record(place(1), place(2, start=20, end=30, quote="More."), name="q2")]
    )

    acne, peels, third = rispy.loads(text)

    assert (acne["type_of_reference"], acne["id"], acne["title"]) == ("JOUR", "a" * 16, "Acne")
    assert (acne["authors"], acne["year"], acne["doi"]) == (["Ng, A.", "Roe, B."], "2021", "10.1/x")
    assert acne["urls"] == ["https://doi.org/10.1/x"]
    assert acne["notes"] == [
        "“Zinc helps.” (Zinc > Use, page 3, corpus/acne.md; characters 0-9)",
        "“More.” (Zinc > Use, page 3, corpus/acne.md; characters 20-30)",
    ]
    assert (peels["type_of_reference"], peels["title"], peels["urls"]) == (
        "ELEC",
        "Peels TY - HACK",
        ["https://x.org/p"],
    )
    assert "authors" not in peels
    assert "urls" not in third
    assert text.startswith("TY  - JOUR\n")
    assert text.endswith("ER  - \n")
    assert passages_ris([]) == ""

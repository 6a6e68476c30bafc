"""What the catalogue says of its documents, files and losses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.document import Loss, Page
from core.errors import DamagedError, InputError
from core.ledger import KnownFile, SourceFile
from index import Change, Encoder, Refusal, open_catalogue, open_writer
from tests.index.builders import added, document, file_of, gone, put, rows

WHOLE = document("Retinol at night.", title="Zinc and retinol", year=2020, fields=(("group", "Actives"),))
PARTIAL = replace(
    document("Page one. Page two.", pages=(Page(0, 10, 0, "i"), Page(10, 19, 1, "ii")), name="scan.md"),
    losses=(Loss("page 2", "image", "images are not read"), Loss("page 2", "note", "too small")),
)


@pytest.fixture
def library(data: Path, hashing: Encoder) -> Path:
    """Return an index with a document in two files, one partly read, and a file that was refused."""
    put(
        data,
        hashing,
        added({"b.md": WHOLE, "a.md": WHOLE, "scan.md": PARTIAL}),
        Change(refused=(Refusal(file_of(document(""), "empty.md"), "empty.md is empty."),)),
    )
    return data


def test_a_document_comes_back_as_it_was_read(library: Path) -> None:
    with open_catalogue(library) as catalogue:
        assert catalogue.document(WHOLE.id) == replace(WHOLE, name="b.md")
        assert catalogue.document(PARTIAL.id) == PARTIAL
        assert catalogue.document_ids() == tuple(sorted((WHOLE.id, PARTIAL.id)))


def test_an_unknown_document_is_refused_with_where_to_look(library: Path) -> None:
    with open_catalogue(library) as catalogue, pytest.raises(InputError, match=r"feed.*ingest ledger"):
        catalogue.document("feed")


def test_the_ledger_says_of_every_file_what_became_of_it(library: Path) -> None:
    with open_catalogue(library) as catalogue:
        entries = catalogue.ledger()

    assert [(Path(entry.path).name, entry.outcome, entry.reason, entry.pages, entry.passages) for entry in entries] == [
        ("a.md", "duplicate", "the same content as b.md", 0, 1),
        ("b.md", "read", "", 0, 1),
        ("empty.md", "refused", "empty.md is empty.", 0, 0),
        ("scan.md", "partial", "not read: page 2 (images are not read) and 1 more", 2, 1),
    ]
    assert [entry.document_id for entry in entries] == [WHOLE.id, WHOLE.id, "", PARTIAL.id]
    assert entries[3].losses == PARTIAL.losses


def test_the_library_lists_documents_by_title(library: Path) -> None:
    with open_catalogue(library) as catalogue:
        summaries = catalogue.summaries()

    assert [(one.title, Path(one.path).name, one.pages, one.passages, len(one.losses)) for one in summaries] == [
        ("Scan", "scan.md", 2, 1, 2),
        ("Zinc and retinol", "b.md", 0, 1, 0),
    ]


def test_the_fields_that_can_be_asked_for_are_listed_with_their_values(library: Path) -> None:
    with open_catalogue(library) as catalogue:
        fields = catalogue.fields()

    assert fields["group"] == ("Actives",)
    assert fields["year"] == ("2020",)
    assert fields["type"] == ("markdown",)
    assert fields["document"] == tuple(sorted((WHOLE.id, PARTIAL.id)))
    assert sorted(fields) == ["document", "group", "type", "year"]


def test_passages_come_in_the_order_of_the_text_and_are_found_by_id(library: Path) -> None:
    with open_catalogue(library) as catalogue:
        (passage,) = catalogue.passages(WHOLE.id)

        assert WHOLE.text[passage.start : passage.end] == "Retinol at night."
        assert set(catalogue.passages_by_id([1, 2, 99])) == {1, 2}
        assert catalogue.passages_by_id([]) == {}
        assert catalogue.passages("feed") == ()


def test_files_are_found_by_path_by_document_and_by_folder(library: Path) -> None:
    with open_catalogue(library) as catalogue:
        every = catalogue.files()

        assert [Path(path).name for path in every] == ["a.md", "b.md", "empty.md", "scan.md"]
        assert all(catalogue.file(path) == known for path, known in every.items())
        assert catalogue.file("/library/none.md") is None
        assert [known.file.name for known in catalogue.files_of(WHOLE.id)] == ["b.md", "a.md"]
        assert catalogue.files_within("/library") == tuple(every.values())
        assert [known.file.name for known in catalogue.files_within("/library/a.md")] == ["a.md"]
        assert catalogue.files_within("/lib") == catalogue.files_within("/library/a") == ()
        assert every["/library/empty.md"] == KnownFile(file_of(document(""), "empty.md"), "", "empty.md is empty.", "")


def test_one_entry_of_the_ledger_is_what_the_whole_ledger_says(library: Path) -> None:
    with open_catalogue(library) as catalogue:
        assert [catalogue.entry(entry.path) for entry in catalogue.ledger()] == list(catalogue.ledger())
        assert catalogue.entry("/library/none.md") is None


def test_an_entry_carries_the_name_a_file_goes_by(data: Path, hashing: Encoder) -> None:
    put(data, hashing, Change(read=((SourceFile("/kept/feed.pdf", "Zinc review.pdf", WHOLE.sha256, "/kept"), WHOLE),)))

    with open_catalogue(data) as catalogue:
        assert [entry.name for entry in catalogue.ledger()] == ["Zinc review.pdf"]


def test_a_text_that_was_altered_in_store_is_never_quoted(library: Path) -> None:
    rows(library, "UPDATE documents SET text = replace(text, 'night', 'noon!')")

    with open_catalogue(library) as catalogue, pytest.raises(DamagedError, match=r"not what was written.*restore"):
        catalogue.document(WHOLE.id)


def test_counts_are_kept_with_every_commit(data: Path, hashing: Encoder) -> None:
    with open_writer(data) as writer:
        for change in (added({"a.md": WHOLE, "b.md": PARTIAL}), added({"b.md": WHOLE}), gone("a.md"), gone("b.md")):
            writer.commit(change, hashing)
            counted = rows(data, "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)")
            assert [writer.catalogue.counts()] == counted

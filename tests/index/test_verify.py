"""Verification: silent on a sound index, and naming every kind of damage done behind the program's back."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.document import Document, Page
from core.ledger import SourceFile
from index import Change, Encoder, Refusal, document_state, open_catalogue, open_writer, verify
from tests.index.builders import added, document, filled, gone, put, resealed, rows, sectioned

TEXT = "Niacinamide at 4 % lowered the excretion of oil. It held for weeks."


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Path:
    """Return a sound index with headings and pages, to be copied and then damaged."""
    paged = document("First page. Second page.", pages=(Page(0, 12, 0, "i"), Page(12, 24, 1, "ii")), title="Paged")
    headed = sectioned((1, "Oil", TEXT), (2, "Doses", "One a day."), title="Headed")
    return filled(tmp_path_factory.mktemp("template") / "var", hashing, paged, headed, document("Plain."))


@pytest.fixture
def damaged(template: Path, tmp_path: Path) -> Path:
    """Return a copy of the sound index to do damage to."""
    return shutil.copytree(template, tmp_path / "var")


def problems(data: Path) -> list[str]:
    """Return what is wrong, save for the source files, which these documents never had."""
    return list(verify(data).problems)


def test_a_sound_index_has_no_problems(template: Path) -> None:
    result = verify(template)

    assert result.problems == ()
    assert result.checked == result.missing == len(rows(template, "SELECT id FROM passages"))
    assert (result.found, result.moved, result.changed) == (0, 0, 0)


def test_an_index_is_sound_after_every_kind_of_change(data: Path, hashing: Encoder) -> None:
    put(
        data,
        hashing,
        added({"a.md": document(TEXT), "b.md": sectioned((1, "A", TEXT), (1, "B", ""))}),
        gone("a.md"),
        added({"b.md": document("Edited now.")}),
        Change(refused=(Refusal(SourceFile("/library/c.md", "c.md", "", "/library"), "it is empty"),)),
    )
    with open_writer(data) as writer:
        writer.rebuild(hashing)

    assert problems(data) == []


DAMAGE = {
    "a vector of another length": ("UPDATE passages SET vector = substr(vector, 1, 40) WHERE id = 2", "passage 2"),
    "a vector of no whole number": ("UPDATE passages SET vector = x'00' WHERE id = 2", "passage 2"),
    "a vector of length 0": ("UPDATE passages SET vector = zeroblob(1024) WHERE id = 2", "passage 2"),
    "a passage shifted": ("UPDATE passages SET start = start + 1 WHERE id = 2", "passage"),
    "a passage past the end": ('UPDATE passages SET "end" = 100000 WHERE id = 2', "passage"),
    "a passage before the start": ("UPDATE passages SET start = -3 WHERE id = 1", "passage"),
    "a text changed": ("UPDATE documents SET text = upper(text)", "stored text"),
    "a title changed": ("""UPDATE documents SET metadata = replace(metadata, '"title":', '"titel":')""", "stored text"),
    "another hash of an embedded text": ("UPDATE passages SET embedded_sha256 = 'feed' WHERE id = 2", "passage 2"),
    "sentences shifted": ("UPDATE closeups SET spans = zeroblob(length(spans)) WHERE passage_id = 2", "passage 2"),
    "a filter changed": ("UPDATE fields SET value = 'html' WHERE key = 'type'", "filtered"),
    "a path changed": ("UPDATE sources SET path = '/library/9.md' WHERE path = '/library/0.md'", "/library/9.md"),
    "the bytes of a file changed": ("UPDATE sources SET sha256 = 'feed' WHERE path = '/library/0.md'", "/library/0.md"),
    "another generation": ("UPDATE meta SET value = '7' WHERE key = 'generation'", "generation"),
    "another count": ("UPDATE meta SET value = '7' WHERE key = 'passages'", "counts"),
    "another model": (
        "UPDATE meta SET value = replace(value, 'hashing', 'hushing') WHERE key = 'fingerprint'",
        "model",
    ),
    "a view of other passages": ("UPDATE segments SET last = last - 1", "fold"),
    "a passage that a view does not know": ("INSERT INTO removals VALUES (1)", "fold"),
    "a word that moved": ("UPDATE lexical_content SET c2 = replace(c2, 'a', 'e') WHERE id = 2", "lexical"),
    "other words on the lexical side": ("UPDATE lexical SET quote = 'snake oil' WHERE rowid = 2", "lexical"),
    "another title on the lexical side": ("UPDATE lexical SET title = 'snake oil' WHERE rowid = 2", "lexical"),
    "another section on the lexical side": ("UPDATE lexical SET section = 'snake oil' WHERE rowid = 2", "lexical"),
    "a passage without words": ("DELETE FROM lexical WHERE rowid = 2", "lexical"),
    "words without a passage": ("INSERT INTO lexical (rowid, quote) VALUES (99, 'snake oil')", "lexical"),
    "an index of words wiped out": ("UPDATE lexical_data SET block = zeroblob(length(block)) WHERE id > 10", "lexical"),
    "a document without a source": ("DELETE FROM sources WHERE path = '/library/0.md'", "source"),
    "a document without a passage": ("DELETE FROM passages WHERE id = 1", "passage"),
    "a source of no document": ("UPDATE sources SET document_id = 'feed' WHERE path = '/library/0.md'", "sources"),
    "a passage of no document": ("UPDATE passages SET document_id = 'feed' WHERE id = 1", "passages"),
    "a passage without its sentences": ("DELETE FROM closeups WHERE passage_id = 2", "passage 2"),
    "sentences of another length": ("UPDATE closeups SET vectors = x'0000' WHERE passage_id = 2", "passage 2"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_in_the_catalogue_is_found_and_named(damaged: Path, kind: str) -> None:
    statement, named = DAMAGE[kind]
    rows(damaged, statement)

    found = problems(damaged)

    assert found
    assert any(named in problem for problem in found), found
    assert all(problem.endswith(".") and "\n" not in problem for problem in found)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("""UPDATE documents SET pages = replace(pages, '"start":12', '"start":13')""", "pages do not tile"),
        ("""UPDATE documents SET headings = replace(headings, '"end":', '"end":9')""", "headings are not nested"),
    ],
)
def test_a_document_that_was_written_wrongly_is_found_though_its_digest_holds(
    damaged: Path, statement: str, named: str
) -> None:
    rows(damaged, statement)
    resealed(damaged)

    assert any(named in problem for problem in problems(damaged))


def test_a_vector_that_is_no_number_is_found(damaged: Path) -> None:
    rows(damaged, "UPDATE passages SET vector = ? WHERE id = 1", np.full(256, np.nan, np.float32).tobytes())

    assert problems(damaged) == ["What is stored of passage 1 is not what was written; run `python -m index rebuild`."]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE passages SET vector = zeroblob(1024) WHERE id = 1", "is not of unit length"),
        ("UPDATE passages SET vector = zeroblob(8) WHERE id = 1", "has 2 components, not 256"),
        ("UPDATE passages SET vector = x'00' WHERE id = 1", "has 0 components, not 256"),
        ("UPDATE closeups SET vectors = zeroblob(3) WHERE passage_id = 1", "do not match their vectors"),
    ],
)
def test_a_vector_that_was_written_wrongly_is_found_though_its_digest_holds(
    damaged: Path, statement: str, sentence: str
) -> None:
    rows(damaged, statement)
    resealed(damaged)

    assert any(sentence in problem and "passage 1" in problem for problem in problems(damaged))


def test_a_single_bit_of_a_vector_is_missed(damaged: Path) -> None:
    ((vector,),) = rows(damaged, "SELECT vector FROM passages WHERE id = 1")
    assert isinstance(vector, bytes)
    rows(damaged, "UPDATE passages SET vector = ? WHERE id = 1", bytes([vector[0] ^ 1]) + vector[1:])

    assert problems(damaged) == ["What is stored of passage 1 is not what was written; run `python -m index rebuild`."]


def test_every_damaged_document_is_named_not_only_the_first(damaged: Path) -> None:
    documents = rows(damaged, "SELECT id FROM documents")
    rows(damaged, "UPDATE passages SET start = start + 1")

    found = problems(damaged)

    assert all(any(problem.startswith(f"Document {one[0]} ") for problem in found) for one in documents)


def test_a_damaged_view_is_found(damaged: Path) -> None:
    (view,) = (damaged / "views").iterdir()
    view.write_bytes(view.read_bytes()[:-1] + b"\x55")

    assert [problem.split(" is ")[0] for problem in problems(damaged)] == [f"The view {view.name}"]


def test_a_missing_view_is_found(damaged: Path) -> None:
    (view,) = (damaged / "views").iterdir()
    view.unlink()

    assert [problem.split(" is ")[0] for problem in problems(damaged)] == [f"The view {view.name}"]


@pytest.fixture
def library(tmp_path: Path, data: Path, hashing: Encoder) -> Path:
    """Return a folder with one file that is indexed."""
    folder = tmp_path / "library"
    (folder / "deep").mkdir(parents=True)
    (folder / "oil.md").write_text(TEXT)
    with open_writer(data) as writer:
        writer.commit(Change(read=((_file(folder / "oil.md", folder), document(TEXT)),)), hashing)
    return folder


def _file(path: Path, root: Path) -> SourceFile:
    return SourceFile(str(path), path.name, hashlib.sha256(path.read_bytes()).hexdigest(), str(root))


def state(data: Path) -> str:
    with open_catalogue(data) as catalogue:
        return document_state(catalogue, document(TEXT).id)


def test_a_source_that_is_where_it_was_is_found(data: Path, library: Path) -> None:
    assert library.is_dir()
    assert state(data) == "found"


def test_a_source_elsewhere_in_its_folder_has_moved(data: Path, library: Path) -> None:
    (library / "oil.md").rename(library / "deep" / "sebum.md")

    assert state(data) == "moved"


def test_a_source_with_other_bytes_has_changed(data: Path, library: Path) -> None:
    (library / "oil.md").write_text(TEXT + " ")

    assert state(data) == "changed"


def test_a_source_that_changed_while_its_old_self_went_elsewhere_has_moved(data: Path, library: Path) -> None:
    (library / "oil.md").rename(library / "deep" / "old.md")
    (library / "oil.md").write_text("Something else.")

    assert state(data) == "moved"


def test_a_source_that_is_gone_is_missing(data: Path, library: Path) -> None:
    (library / "oil.md").unlink()

    assert state(data) == "missing"


def test_a_source_whose_folder_is_gone_is_missing(data: Path, library: Path) -> None:
    shutil.rmtree(library)

    assert state(data) == "missing"


def test_a_folder_in_the_place_of_a_source_is_no_source(data: Path, library: Path) -> None:
    (library / "oil.md").unlink()
    (library / "oil.md").mkdir()

    assert state(data) == "missing"


def test_the_best_of_several_copies_counts(data: Path, library: Path) -> None:
    (library / "copy.md").write_text(TEXT)
    with open_writer(data) as writer:
        writer.commit(Change(linked=((_file(library / "copy.md", library), document(TEXT).id),)))
    (library / "oil.md").write_text("Changed.")

    assert state(data) == "found"


def test_a_file_is_looked_at_again_each_time(data: Path, library: Path) -> None:
    states = [state(data)]
    (library / "oil.md").unlink()
    states.append(state(data))
    (library / "oil.md").write_text(TEXT)
    states.append(state(data))

    assert states == ["found", "missing", "found"]


def test_verification_counts_citations_by_the_state_of_their_file(data: Path, library: Path, hashing: Encoder) -> None:
    lasting: Document = sectioned((1, "A", "Something that stays."), (1, "B", "And more of it."))
    (library / "lasting.md").write_text(lasting.text)
    with open_writer(data) as writer:
        writer.commit(Change(read=((_file(library / "lasting.md", library), lasting),)), hashing)
    (library / "oil.md").unlink()

    result = verify(data)

    assert (result.checked, result.found, result.moved, result.changed, result.missing) == (3, 2, 0, 0, 1)
    assert result.problems == ()

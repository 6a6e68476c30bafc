"""The one way in: whole or not at all, one generation a commit, nothing embedded twice, and one writer at a time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core import codec
from core.document import Document
from core.errors import BusyError, DamagedError, DataFolderError, FingerprintError
from core.ledger import SourceFile
from core.results import MODES, Fingerprint
from index import DEFAULT_MODEL, Change, Encoder, Refusal, Searcher, open_catalogue, open_writer, verify
from index.arrays import Vectors
from index.hashing import HashingEncoder
from index.projection import FOLDER
from tests.index.builders import (
    ROOT,
    Counting,
    added,
    document,
    file_of,
    filled,
    gone,
    paragraphs,
    put,
    rankings,
    rows,
    sectioned,
)

PROJECT = Path(__file__).resolve().parents[2]
QUESTIONS = ("word1x1 word2x2", "retinol", "something else")


class Failing(Counting):
    """An encoder that gives up after some texts, as a full memory or a pulled plug would make it."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if len(self.embedded) + len(texts) > self._after:
            message = "no memory left"
            raise MemoryError(message)
        return super().encode_passages(texts)


def long_document(*, changed: int | None = None, title: str = "Retinol") -> Document:
    """Return a document of 20 sections, each one passage; the text of one section can be another."""
    texts = paragraphs(20)
    if changed is not None:
        texts[changed] = "Here stands something else that was written later, in about as many words as before, by hand."
    return sectioned(*((1, f"Part {number}", text) for number, text in enumerate(texts)), title=title)


def state(data: Path) -> list[object]:
    """Return everything the catalogue says."""
    with open_catalogue(data) as catalogue:
        documents = [catalogue.document(document_id) for document_id in catalogue.document_ids()]
        passages = [catalogue.passages(one.id) for one in documents]
        return [
            catalogue.generation(),
            catalogue.counts(),
            documents,
            passages,
            catalogue.files(),
            catalogue.ledger(),
        ]


# --- whole or not at all


@pytest.mark.parametrize("after", [0, 40])
def test_a_commit_whose_embedding_fails_changes_nothing(data: Path, hashing: Encoder, after: int) -> None:
    filled(data, hashing, document("Retinol and what came of it."))
    before = state(data)
    many = added({f"n{number}.md": document(text) for number, text in enumerate(paragraphs(50))})

    with open_writer(data) as writer:
        with pytest.raises(MemoryError):
            writer.commit(replace(many, gone=gone("0.md").gone), Failing(after))
        assert state(data) == before
        assert writer.commit(Change()) == 2

    assert verify(data).problems == ()


def test_a_commit_that_fails_after_embedding_changes_nothing(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol and what came of it."))
    before = state(data)
    broken = replace(added({"b.md": document("New.")}), linked=((file_of(document("x"), "c.md"), "no such id"),))

    with pytest.raises(Exception, match=r"\S") as caught, open_writer(data) as writer:
        writer.commit(broken, hashing)

    assert state(data) == before
    assert not isinstance(caught.value, DamagedError), "people would be told to move their data away"


def test_an_exception_of_the_caller_keeps_what_was_committed_before(data: Path, hashing: Encoder) -> None:
    def stopped_halfway() -> None:
        with open_writer(data) as writer:
            writer.commit(added({"a.md": document("Retinol.")}), hashing)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped_halfway()

    assert [hit.quote for hit in Searcher(data, hashing).ask("retinol").citations] == ["Retinol."]
    assert put(data, hashing, Change()) == 2


def test_reading_without_an_encoder_is_a_defect_of_the_caller(data: Path) -> None:
    with open_writer(data) as writer, pytest.raises(ValueError, match="encoder"):
        writer.commit(added({"a.md": document("Retinol.")}))


def test_the_generation_grows_by_one_a_commit(data: Path, hashing: Encoder) -> None:
    with open_writer(data) as writer:
        generations = [
            writer.commit(added({"a.md": document("One."), "b.md": document("Two.")}), hashing),
            writer.commit(Change(linked=((file_of(document("One."), "c.md"), document("One.").id),))),
            writer.commit(gone("a.md", "b.md")),
            writer.rebuild(hashing),
        ]

    assert generations == [1, 2, 3, 4]
    assert put(data, hashing) == 0
    with open_catalogue(data) as catalogue:
        assert catalogue.generation() == 4


# --- what a document's life looks like


def test_an_edited_file_leaves_its_old_document_behind_in_the_same_commit(data: Path, hashing: Encoder) -> None:
    put(data, hashing, added({"a.md": document("Before.")}), added({"a.md": document("After.")}))

    with open_catalogue(data) as catalogue:
        assert catalogue.document_ids() == (document("After.").id,)
        assert catalogue.counts() == (1, 1)


def test_a_document_stays_until_its_last_file_is_gone(data: Path, hashing: Encoder) -> None:
    read = document("Twice.")
    put(data, hashing, added({"a.md": read, "b.md": read}), gone("a.md"))
    with open_catalogue(data) as catalogue:
        assert (catalogue.counts(), catalogue.paths(read.id)) == ((1, 1), (f"{ROOT}/b.md",))

    put(data, hashing, gone("b.md"))

    with open_catalogue(data) as catalogue:
        assert (catalogue.counts(), catalogue.files()) == ((0, 0), {})


def test_two_files_that_swap_names_keep_their_documents(data: Path, hashing: Encoder) -> None:
    one, two = document("One."), document("Two.")
    put(data, hashing, added({"a.md": one, "b.md": two}))
    encoder = Counting()

    put(data, encoder, Change(linked=((file_of(two, "a.md"), two.id), (file_of(one, "b.md"), one.id))))

    with open_catalogue(data) as catalogue:
        assert {path: known.document_id for path, known in catalogue.files().items()} == {
            f"{ROOT}/a.md": two.id,
            f"{ROOT}/b.md": one.id,
        }
    assert encoder.embedded == []


def test_a_file_edited_into_the_content_of_another_becomes_its_copy(data: Path, hashing: Encoder) -> None:
    one, two = document("One."), document("Two.")
    put(data, hashing, added({"a.md": one, "b.md": two}), Change(linked=((file_of(two, "a.md"), two.id),)))

    with open_catalogue(data) as catalogue:
        assert catalogue.document_ids() == (two.id,)
        assert catalogue.paths(two.id) == (f"{ROOT}/b.md", f"{ROOT}/a.md")


def test_of_several_files_that_hold_a_document_the_first_known_names_it_until_it_goes(
    data: Path, hashing: Encoder
) -> None:
    read = document("Twice.")
    again = SourceFile(f"{ROOT}/m.md", "m.md", read.sha256, "/other/root")
    put(
        data,
        hashing,
        added({"m.md": read}),
        Change(linked=((file_of(read, "z.md"), read.id), (file_of(read, "a.md"), read.id))),
        # Put once more, from another root or by a newer reader, a file stays what it was.
        Change(linked=((again, read.id),)),
        added({"a.md": replace(read, reader="markdown/2")}),
    )
    with open_catalogue(data) as catalogue:
        assert catalogue.paths(read.id) == tuple(f"{ROOT}/{name}.md" for name in "mza")
        assert (catalogue.name(read.id), catalogue.document(read.id).name) == ("m.md", "m.md")
        assert [one.path for one in catalogue.summaries()] == [f"{ROOT}/m.md"]
        assert [(entry.name, entry.outcome, entry.reason) for entry in catalogue.ledger()] == [
            ("a.md", "duplicate", "the same content as m.md"),
            ("m.md", "read", ""),
            ("z.md", "duplicate", "the same content as m.md"),
        ]

    put(data, hashing, gone("m.md"))

    with open_catalogue(data) as catalogue:
        assert (catalogue.name(read.id), catalogue.paths(read.id)) == ("z.md", (f"{ROOT}/z.md", f"{ROOT}/a.md"))


def test_a_file_that_is_refused_now_loses_its_document(data: Path, hashing: Encoder) -> None:
    one = document("One.")
    put(data, hashing, added({"a.md": one}), Change(refused=(Refusal(file_of(one, "a.md"), "a.md is empty."),)))

    with open_catalogue(data) as catalogue:
        assert catalogue.counts() == (0, 0)
        assert [(entry.outcome, entry.reason) for entry in catalogue.ledger()] == [("refused", "a.md is empty.")]


def test_a_document_read_again_under_its_id_is_replaced(data: Path, hashing: Encoder) -> None:
    read = document("Barely read.\n\nThe rest.")
    better = replace(read, text="Read better this time.", reader="markdown/2")
    put(data, hashing, added({"a.md": read, "b.md": read}), added({"a.md": better}))

    with open_catalogue(data) as catalogue:
        assert catalogue.document(read.id).text == "Read better this time."
        assert catalogue.reader(read.id) == "markdown/2"
        assert catalogue.paths(read.id) == (f"{ROOT}/a.md", f"{ROOT}/b.md")
    assert verify(data).problems == ()


# --- nothing embedded twice


def test_after_an_edit_only_what_changed_is_embedded(data: Path) -> None:
    put(data, Counting(), added({"a.md": long_document()}))
    encoder = Counting()

    put(data, encoder, added({"a.md": long_document(changed=17)}))

    assert {text.rpartition("\n")[2].split()[0] for text in encoder.embedded} == {"Here"}


@pytest.mark.parametrize(
    "change",
    [
        Change(linked=((file_of(long_document(), "renamed.md"), long_document().id),), gone=(f"{ROOT}/a.md",)),
        Change(linked=((file_of(long_document(), "copy.md"), long_document().id),)),
        added({"a.md": replace(long_document(), reader="markdown/2")}),
        added({"b.md": replace(long_document(), id="another id", text=long_document().text + "\n")}),
    ],
    ids=["a rename", "a copy", "a newer reader", "the same text in another file"],
)
def test_text_that_is_known_is_not_embedded_again(data: Path, change: Change) -> None:
    put(data, Counting(), added({"a.md": long_document()}))
    encoder = Counting()

    put(data, encoder, change)

    assert encoder.embedded == []
    assert verify(data).problems == ()


def test_a_text_that_occurs_twice_in_one_commit_is_embedded_once(data: Path) -> None:
    encoder = Counting()
    again = replace(long_document(), id="another id")

    put(data, encoder, added({"a.md": long_document(), "b.md": again}))

    once = Counting()
    put(data.with_name("once"), once, added({"a.md": long_document()}))
    assert sorted(encoder.embedded) == sorted(once.embedded)


def test_no_text_is_given_to_the_model_twice(data: Path) -> None:
    encoder = Counting()
    boilerplate = "This leaflet is not medical advice. Ask your doctor."

    put(data, encoder, added({f"{n}.md": document(f"Leaflet {n} is about acid {n}. {boilerplate}") for n in range(5)}))
    put(data, encoder, added({"one.md": document("A single sentence is a passage of its own here.")}))

    assert sorted(encoder.embedded) == sorted(set(encoder.embedded))


def test_the_progress_of_embedding_is_told_to_the_end(data: Path, hashing: Encoder) -> None:
    told: list[tuple[int, int]] = []

    with open_writer(data) as writer:
        writer.commit(added({"a.md": long_document()}), hashing, lambda done, total: told.append((done, total)))

    assert told == sorted(told)
    assert {total for _, total in told} == {20}
    assert told[-1] == (20, 20)


# --- the model


OTHERS: dict[str, tuple[Encoder, str]] = {
    "another name, same dimension": (HashingEncoder("hashing-other", 256), "hashing-other"),
    "another dimension": (HashingEncoder("hashing-64", 64), "hashing-64"),
    "another length": (HashingEncoder("hashing-256", 256, max_tokens=128), "max_tokens 256 -> 128"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_model_is_refused_by_name_with_the_command_that_mends_it(
    data: Path, hashing: Encoder, kind: str
) -> None:
    other, named = OTHERS[kind]
    filled(data, hashing, document("Retinol."))
    before = state(data)

    with pytest.raises(FingerprintError) as reading:
        Searcher(data, other)
    with pytest.raises(FingerprintError) as writing, open_writer(data) as writer:
        writer.commit(added({"b.md": document("More.")}), other)

    for caught in (reading, writing):
        assert named in str(caught.value)
        assert f"`python -m index rebuild --model {other.name}`" in str(caught.value)
    assert state(data) == before


def test_the_same_name_with_other_weights_or_prompts_is_refused(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol."))
    altered, prompted = HashingEncoder("hashing-256", 256), HashingEncoder("hashing-256", 256)
    altered.weights = "f" * 64
    prompted.query_prompt = "query: "

    with pytest.raises(FingerprintError, match="weights none -> ffffffffffff"):
        Searcher(data, altered)
    with pytest.raises(FingerprintError, match="query_prompt"):
        Searcher(data, prompted)


def test_an_index_of_another_chunker_is_refused_and_rebuilt_without_embedding_anything(data: Path) -> None:
    put(data, Counting(), added({"a.md": long_document()}))
    _made_by(data, replace(_fingerprint(data), chunker="structure/0"))
    encoder = Counting()

    with pytest.raises(FingerprintError, match=r"chunker structure/0 -> .*index rebuild"):
        Searcher(data, encoder)
    with open_writer(data) as writer:
        writer.rebuild(encoder)

    assert encoder.embedded == []
    assert len(Searcher(data, encoder).ask("word1x1").citations) == 10


def _fingerprint(data: Path) -> Fingerprint:
    with open_catalogue(data) as catalogue:
        fingerprint = catalogue.fingerprint()
    assert fingerprint is not None
    return fingerprint


def test_the_index_remembers_its_model(data: Path, hashing: Encoder) -> None:
    with open_writer(data) as writer:
        assert writer.model(None) == DEFAULT_MODEL
        assert writer.model("hashing-256") == "hashing-256"
        writer.commit(added({"a.md": document("Retinol.")}), hashing)
        assert writer.model(None) == "hashing-256"
        assert writer.model("hashing-256") == "hashing-256"
        with pytest.raises(FingerprintError, match=f"rebuild --model {DEFAULT_MODEL}"):
            writer.model(DEFAULT_MODEL)

    assert Searcher.opened(data).encoder.name == "hashing-256"


@pytest.mark.parametrize("changed", [{"chunker": "structure/0"}, {"schema": 1}])
def test_an_index_made_otherwise_is_told_before_anything_is_read(
    data: Path, hashing: Encoder, changed: dict[str, Any]
) -> None:
    put(data, hashing, added({"a.md": document("Retinol.")}))
    _made_by(data, replace(_fingerprint(data), **changed))

    with open_writer(data) as writer, pytest.raises(FingerprintError, match=r"-> .*; run `python -m index rebuild"):
        writer.model(None)


def test_the_default_model_without_its_tokens_is_told_without_loading_it(data: Path, hashing: Encoder) -> None:
    put(data, hashing, added({"a.md": document("Retinol.")}))
    (shipped,) = FOLDER.glob("projection-*.npz")
    weights = shipped.stem.removeprefix("projection-").ljust(64, "0")
    _made_by(data, replace(_fingerprint(data), weights=weights))

    with open_writer(data) as writer, pytest.raises(FingerprintError, match="tokens none -> 96x4/"):
        writer.model(None)


def _made_by(data: Path, fingerprint: Fingerprint) -> None:
    rows(data, "UPDATE meta SET value = ? WHERE key = 'fingerprint'", codec.encode(fingerprint))


def test_an_emptied_index_remembers_its_model_but_may_take_another(data: Path, hashing: Encoder) -> None:
    put(data, hashing, added({"a.md": document("Retinol.")}), gone("a.md"))

    with open_writer(data) as writer:
        assert writer.model("some-other") == "some-other"
        assert writer.model(None) == "hashing-256"


def test_a_rebuild_with_another_model_needs_only_the_stored_texts(data: Path, tmp_path: Path) -> None:
    other = HashingEncoder("hashing-other", 256, max_tokens=48)
    change = added({"a.md": long_document(), "b.md": document("Something else.")})
    put(data, Counting(), change)
    put(tmp_path / "fresh", other, change)

    with open_writer(data) as writer:
        writer.rebuild(other)

    assert _fingerprint(data) == _fingerprint(tmp_path / "fresh")
    assert rankings(Searcher(data, other), QUESTIONS, MODES) == rankings(
        Searcher(tmp_path / "fresh", other), QUESTIONS, MODES
    )
    assert verify(data).problems == ()


def test_a_rebuild_with_the_same_model_embeds_nothing_and_changes_no_answer(data: Path, hashing: Encoder) -> None:
    put(data, hashing, added({"a.md": long_document(), "b.md": document("Something else.")}))
    before = rankings(Searcher(data, hashing), QUESTIONS, MODES)
    encoder = Counting()

    with open_writer(data) as writer:
        writer.rebuild(encoder)

    assert encoder.embedded == []
    assert rankings(Searcher(data, hashing), QUESTIONS, MODES) == before


def test_a_rebuild_that_fails_leaves_the_old_index_as_it_was(data: Path, hashing: Encoder) -> None:
    put(data, hashing, added({"a.md": long_document()}))
    before = rankings(Searcher(data, hashing), QUESTIONS, MODES)
    failing = Failing(10)
    failing.name = "another"

    with open_writer(data) as writer, pytest.raises(MemoryError):
        writer.rebuild(failing)

    assert rankings(Searcher(data, hashing), QUESTIONS, MODES) == before


# --- one writer, many readers


@contextmanager
def another_process_writes(data: Path) -> Iterator[None]:
    """Hold the writer's lock from a process of its own."""
    code = (
        "import sys; from pathlib import Path; from index import open_writer\n"
        "with open_writer(Path(sys.argv[1])):\n    print('ready', flush=True)\n    sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(data)], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield
        process.communicate("")


def test_a_second_writer_is_refused_and_readers_are_not(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol."))

    with another_process_writes(data):
        with pytest.raises(BusyError, match="Another process is writing"), open_writer(data):
            pass
        assert len(Searcher(data, hashing).ask("retinol").citations) == 1

    with open_writer(data):
        pass


def test_a_second_writer_in_the_same_process_is_refused_too(data: Path) -> None:
    with open_writer(data), pytest.raises(BusyError), open_writer(data):
        pass


def test_a_reader_sees_the_state_it_was_opened_at_while_a_writer_commits(data: Path, hashing: Encoder) -> None:
    filled(data, hashing, document("Retinol."))

    with open_writer(data) as writer:
        with open_catalogue(data) as before:
            writer.commit(added({"b.md": document("Acid.")}), hashing)
            writer.commit(gone("0.md"))
            assert (before.generation(), before.counts()) == (1, (1, 1))
            assert before.document(document("Retinol.").id).text == "Retinol."
        with open_catalogue(data) as after:
            assert (after.generation(), after.counts()) == (3, (1, 1))
            assert after.document_ids() == (document("Acid.").id,)


def test_a_data_folder_that_cannot_be_made_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")

    for place in (tmp_path / "var", tmp_path / "var" / "deeper"):
        with pytest.raises(DataFolderError, match="--data"), open_writer(place):
            pass


# --- removed means removed


def bytes_of(data: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(data.rglob("*")) if file.is_file())


@pytest.fixture
def emptied_of_a_secret(data: Path, hashing: Encoder) -> tuple[Path, bytes]:
    """Return an index from which one document among many was removed, and the vector that the document had."""
    others = {f"{n}.md": document(f"{text}. The barrier of the skin.") for n, text in enumerate(paragraphs(30))}
    secret = document(
        "Zyxglorbium was given to the patient. It itched.", title="Quuxfield", fields=(("group", "Wibbly"),)
    )
    put(data, hashing, added(others | {"secret.md": secret}))
    (vector,) = rows(data, "SELECT vector FROM passages WHERE document_id = ?", secret.id)[0]
    assert isinstance(vector, bytes)
    put(data, hashing, gone("secret.md"))
    return data, vector


def test_the_text_of_a_removed_document_is_nowhere_in_the_data_folder(emptied_of_a_secret: tuple[Path, bytes]) -> None:
    data, _ = emptied_of_a_secret

    left = bytes_of(data)

    assert b"word7x7" in left
    for words in (b"was given to the patient", b"Quuxfield", b"Wibbly", b"secret.md"):
        assert words not in left


def test_not_even_single_words_of_a_removed_document_are_left(emptied_of_a_secret: tuple[Path, bytes]) -> None:
    data, _ = emptied_of_a_secret

    left = bytes_of(data).lower()

    for word in (b"yxglorbium", b"uuxfield", b"ibbly"):
        assert word not in left


def test_the_vector_of_a_removed_document_is_left_in_no_view(emptied_of_a_secret: tuple[Path, bytes]) -> None:
    data, vector = emptied_of_a_secret

    assert vector not in bytes_of(data)


def test_the_old_words_of_an_edited_document_are_gone_too(data: Path, hashing: Encoder) -> None:
    put(data, hashing, added({"a.md": document("Zyxglorbium was given to the patient.")}))

    put(data, hashing, added({"a.md": document("Nothing was given to anybody.")}))

    assert b"given to the patient" not in bytes_of(data)

"""The dense side answers as exact NumPy does, ids and scores, however segments and tail came about."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.document import Document
from index import Encoder, Searcher, open_catalogue, open_writer, verify
from index.arrays import Ids, Scores, Vectors
from index.dense import DenseView
from index.hashing import HashingEncoder
from tests.index.builders import Given, added, data_folder, document, filled, gone, put, rows

# Eight dimensions and few words: many passages have the very same cosine.
SMALL = HashingEncoder("small", 8)
WORDS = ("acne", "barrier", "ceramide", "dose", "eczema", "filler", "glycolic")
QUERIES = SMALL.encode_queries(["acne dose", "barrier", "ceramide eczema filler", "unheard"])


def texts(count: int, first: int = 0) -> list[Document]:
    """Return documents of one passage each; every seventh shares its words with others."""
    return [
        document(f"{WORDS[number % 7]} {WORDS[number % 5]} {WORDS[number % 3]}", title=f"t{number % 2}", year=number)
        for number in range(first, first + count)
    ]


def opened(data: Path) -> DenseView:
    with open_catalogue(data) as catalogue:
        return DenseView.opened(catalogue, data)


def following(view: DenseView, data: Path) -> DenseView:
    """Return the view brought up to the present generation."""
    with open_catalogue(data) as catalogue:
        return DenseView.opened(catalogue, data, view)


def the_segment(data: Path) -> Path:
    """Return the file of the only segment."""
    (file,) = (data / "views").iterdir()
    return file


def exact(data: Path, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
    """Return what the view must return, from the stored vectors and NumPy alone: the best k and their ties."""
    stored = [(number, np.frombuffer(blob, np.float32)) for number, blob in _stored(data)]
    kept = [(number, vector) for number, vector in stored if allowed is None or number in allowed]
    ids = np.array([number for number, _ in kept], np.int64)
    vectors = np.array([vector for _, vector in kept], np.float64).reshape(len(kept), len(query))
    scores = (vectors * query.astype(np.float64)).sum(axis=1)
    order = np.lexsort((ids, -scores))
    last = scores[order[min(k, len(order)) - 1]] if len(order) else 0.0
    best = order[scores[order] >= last]
    return ids[best], scores[best]


def _stored(data: Path) -> list[tuple[int, bytes]]:
    found = rows(data, "SELECT id, vector FROM passages ORDER BY id")
    return [(number, blob) for number, blob in found if isinstance(number, int) and isinstance(blob, bytes)]


def require_exact(
    view: DenseView, data: Path, allowed: Ids | None = None, ks: tuple[int, ...] = (1, 3, 10, 500)
) -> None:
    for query in QUERIES:
        for k in ks:
            ids, scores = view.search(query, k, allowed)
            wanted_ids, wanted_scores = exact(data, query, k, allowed)
            assert ids.tolist() == wanted_ids.tolist()
            assert scores.tolist() == wanted_scores.tolist()


def segment_alone(data: Path) -> None:
    filled(data, SMALL, *texts(40))


def segment_and_tail(data: Path) -> None:
    filled(data, SMALL, *texts(40))
    put(data, SMALL, added({f"late{number}.md": read for number, read in enumerate(texts(3, 40))}))


def without_a_view(data: Path) -> None:
    filled(data, SMALL, *texts(40))
    shutil.rmtree(data / "views")


def holes_in_the_segment(data: Path) -> None:
    filled(data, SMALL, *texts(40))
    put(data, SMALL, gone("0.md", "17.md", "39.md"))


def holes_in_both(data: Path) -> None:
    filled(data, SMALL, *texts(60))
    put(data, SMALL, added({f"late{number}.md": read for number, read in enumerate(texts(4, 60))}))
    put(data, SMALL, gone("0.md", "late1.md"))


def everything_removed(data: Path) -> None:
    filled(data, SMALL, *texts(5))
    put(data, SMALL, gone(*(f"{number}.md" for number in range(5))))


def removed_and_filled_again(data: Path) -> None:
    everything_removed(data)
    filled(data, SMALL, *texts(7, 3))


def one_passage(data: Path) -> None:
    filled(data, SMALL, *texts(1))


BUILDS: tuple[Callable[[Path], None], ...] = (
    segment_alone,
    segment_and_tail,
    without_a_view,
    holes_in_the_segment,
    holes_in_both,
    everything_removed,
    removed_and_filled_again,
    one_passage,
)


@pytest.fixture(scope="module", params=BUILDS, ids=lambda build: build.__name__)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder in one of the states an index can be in; only to be read."""
    data = tmp_path_factory.mktemp("built") / "var"
    request.param(data)
    return data


def test_ids_and_scores_are_those_of_exact_numpy(built: Path) -> None:
    require_exact(opened(built), built)


@pytest.mark.parametrize("share", [0, 1, 3, 10_000])
def test_a_filter_restricts_before_it_ranks(built: Path, share: int) -> None:
    ids = [number for number, _ in _stored(built)]
    allowed = np.array(ids[::share] if share else [], np.int64)

    require_exact(opened(built), built, allowed, (1, 4, 500))


def test_a_filter_may_name_passages_that_are_gone(data: Path) -> None:
    filled(data, SMALL, *texts(40))
    before = np.array([number for number, _ in _stored(data)], np.int64)
    put(data, SMALL, gone("3.md", "4.md"))

    require_exact(opened(data), data, before)


def test_segment_and_tail_are_really_side_by_side(data: Path) -> None:
    segment_and_tail(data)

    view = opened(data)

    assert [(bool(block.name), block.ids.size) for block in view.blocks] == [(True, 40), (False, 3)]


def test_adding_one_document_rewrites_no_segment_and_loads_none_again(data: Path) -> None:
    filled(data, SMALL, *texts(40))
    view, files = opened(data), sorted(file.name for file in (data / "views").iterdir())

    put(data, SMALL, added({"late.md": texts(1, 40)[0]}))
    after = following(view, data)

    assert after.blocks[0] is view.blocks[0]
    assert ([block.ids.size for block in after.blocks], after.generation) == ([40, 1], 2)
    assert sorted(file.name for file in (data / "views").iterdir()) == files
    require_exact(after, data)


def test_a_grown_tail_is_folded_into_a_new_segment_beside_a_larger_one(data: Path) -> None:
    filled(data, SMALL, *texts(40))
    put(data, SMALL, added({f"late{number}.md": read for number, read in enumerate(texts(10, 40))}))

    view = opened(data)

    assert [(bool(block.name), block.ids.size) for block in view.blocks] == [(True, 40), (True, 10)]
    assert {file.name for file in (data / "views").iterdir()} == {block.name for block in view.blocks}
    require_exact(view, data)


def test_a_removal_rewrites_the_segment_it_touched_and_no_other(data: Path) -> None:
    filled(data, SMALL, *texts(40))
    put(data, SMALL, added({f"late{number}.md": read for number, read in enumerate(texts(10, 40))}))
    before = opened(data)

    put(data, SMALL, gone("late3.md"))
    after = following(before, data)

    assert after.blocks[0] is before.blocks[0]
    assert [(bool(block.name), block.ids.size) for block in after.blocks] == [(True, 40), (True, 9)]
    require_exact(after, data)


def test_an_old_view_that_missed_a_fold_and_its_removals_is_brought_up_to_date(data: Path) -> None:
    filled(data, SMALL, *texts(20))
    view = opened(data)
    put(
        data, SMALL, gone("1.md", "2.md"), added({f"late{number}.md": read for number, read in enumerate(texts(9, 20))})
    )
    put(data, SMALL, gone("5.md", "6.md", "7.md", "8.md"))

    require_exact(following(view, data), data)


def test_all_that_tie_for_the_last_place_are_returned(data: Path) -> None:
    filled(data, SMALL, *(document("same words", year=number) for number in range(50)))
    view = opened(data)
    ids = [number for number, _ in _stored(data)]

    for k in (1, 7, 49, 50):
        assert view.search(SMALL.encode_queries(["same"])[0], k)[0].tolist() == ids


def test_cosines_closer_than_single_precision_are_told_apart(data: Path) -> None:
    # FAISS adds in single precision: whom it leaves out at the last place must not be decided by its rounding.
    random = np.random.default_rng(7)
    query, base = (vector / np.linalg.norm(vector) for vector in random.normal(size=(2, 64)))
    vectors = {f"w{number}": (base + random.normal(size=64) * 1e-8).astype(np.float32) for number in range(50)}
    encoder = Given(vectors)
    filled(data, encoder, *(document(word) for word in vectors))
    asked = query.astype(np.float32)

    for k in (1, 3, 10):
        assert opened(data).search(asked, k)[0].tolist() == exact(data, asked, k)[0].tolist()


def bit_flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)


def zeroed_block(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:-300] + bytes(256) + content[-44:])


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def missing(file: Path) -> None:
    file.unlink()


def foreign(file: Path) -> None:
    other = faiss.IndexFlatIP(8)
    other.add(np.ones((3, 8), np.float32))
    faiss.write_index(other, str(file))


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES = (bit_flipped, zeroed_block, truncated, emptied, missing, foreign, a_folder)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_segment_changes_no_answer(data: Path, damage: Callable[[Path], None]) -> None:
    segment_and_tail(data)
    damage(the_segment(data))

    require_exact(opened(data), data)


@pytest.mark.parametrize("damage", DAMAGES[:-1])
def test_once_a_reader_has_met_it_the_next_writer_makes_a_damaged_segment_again(
    data: Path, damage: Callable[[Path], None]
) -> None:
    segment_alone(data)
    damage(the_segment(data))
    opened(data)

    with open_writer(data):
        pass

    assert verify(data).problems == ()
    require_exact(opened(data), data)


def test_a_file_in_the_place_of_the_folder_of_views_stops_no_commit(data: Path) -> None:
    data.mkdir()
    (data / "views").write_text("not a folder")

    filled(data, SMALL, *texts(3))

    require_exact(opened(data), data)


def test_what_lies_in_the_folder_of_views_is_never_mistaken_for_one(data: Path) -> None:
    segment_alone(data)
    (data / "views" / "dense-99.faiss").write_bytes(b"left by a run that died")
    (data / "views" / "notes").mkdir()

    put(data, SMALL, added({"late.md": texts(1, 40)[0]}))

    require_exact(opened(data), data)


def removed_and_filled_by(encoder: Encoder, data: Path) -> None:
    everything_removed(data)
    filled(data, encoder, *texts(4))


def rebuilt_by(encoder: Encoder, data: Path) -> None:
    filled(data, SMALL, *texts(4))
    with open_writer(data) as writer:
        writer.rebuild(encoder)


@pytest.mark.parametrize("change", [removed_and_filled_by, rebuilt_by])
def test_a_segment_of_another_dimension_is_left_behind(data: Path, change: Callable[[Encoder, Path], None]) -> None:
    wider = HashingEncoder("wider", 24)
    change(wider, data)

    (answer,) = [Searcher(data, wider).ask("acne barrier", k=4, mode="dense")]

    assert len(answer.citations) == 4
    assert opened(data).dimension == 24


def test_an_index_in_which_nothing_could_be_read_takes_its_first_document(data: Path) -> None:
    with open_writer(data):
        pass
    searcher = Searcher(data, SMALL)
    assert searcher.ask("acne").citations == ()

    with open_writer(data) as writer:
        writer.commit(added({"a.md": texts(1)[0]}), SMALL)
        assert len(searcher.ask("acne").citations) == 1

    assert len(searcher.ask("acne").citations) == 1
    assert len(Searcher(data, SMALL).ask("acne").citations) == 1


STEPS = st.lists(
    st.tuples(st.just("add"), st.integers(1, 12))
    | st.tuples(st.just("remove"), st.integers(0, 40))
    | st.tuples(st.just("advance"), st.just(0))
    | st.tuples(st.just("reopen"), st.just(0))
    | st.tuples(st.just("rebuild"), st.just(0)),
    min_size=1,
    max_size=8,
)


def follow(data: Path, steps: list[tuple[str, int]]) -> DenseView:
    """Take an index through steps of writing, now and then bringing one view up to date; return that view."""
    filled(data, SMALL, *texts(12))
    view, paths, made = opened(data), [f"{number}.md" for number in range(12)], 12
    while steps:
        with open_writer(data) as writer:
            while steps and steps[0][0] != "reopen":
                action, number = steps.pop(0)
                if action == "add":
                    names = [f"n{made + place}.md" for place in range(number)]
                    writer.commit(added(dict(zip(names, texts(number, made), strict=True))), SMALL)
                    paths, made = paths + names, made + number
                elif action == "remove" and paths:
                    writer.commit(gone(paths.pop(number % len(paths))))
                elif action == "rebuild":
                    writer.rebuild(SMALL)
                else:
                    view = following(view, data)
        steps = steps[1:]
    return following(view, data)


@settings(max_examples=15)
@given(steps=STEPS)
def test_a_view_that_followed_every_commit_equals_a_fresh_one(steps: list[tuple[str, int]]) -> None:
    with data_folder() as data:
        view = follow(data, list(steps))

        require_exact(view, data, ks=(1, 5, 500))
        require_exact(opened(data), data, ks=(1, 5, 500))

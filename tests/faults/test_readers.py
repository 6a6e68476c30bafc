"""Many readers beside a writer: every answer is that of one generation, whole; two writers never; a read-only folder.

Fifty real processes ask while a writer commits, folds, rebuilds and settles. Whatever generation an answer names, it
must be exactly the answer of a fresh build of what was committed as that generation.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.errors import BusyError, DataFolderError, FingerprintError, StratumError
from core.results import MODES
from index import Searcher, open_writer
from tests.faults.extent import extent
from tests.faults.lives import QUESTIONS, K, ranked
from tests.faults.processes import PATIENCE, process, result, told
from tests.faults.random_life import NAMES, change, encoder_of, numbered
from tests.faults.record import note
from tests.index.builders import added, put, ranking

READERS = 50
NOBODY = 65_534


# What a reader was told: the ranking of every question, by generation and mode.
Heard = dict[tuple[int, str], object]


def read(pipe: Connection, data: Path, model: str) -> None:
    """Ask all questions in all modes again and again, saying so each time; told to stop, say what was answered."""
    searcher = Searcher(data, encoder_of(model))
    heard: Heard = {}
    asked = 0
    pipe.send("ready")
    while not pipe.poll():
        for mode in MODES:
            answers = searcher.ask_many(QUESTIONS, K, mode)
            (generation,) = {answer.generation for answer in answers}
            rankings = [ranking(answer) for answer in answers]
            asked += len(answers)
            if heard.setdefault((generation, mode), rankings) != rankings:
                message = f"Generation {generation} was answered in two ways."
                raise AssertionError(message)
        pipe.send("asked")
    pipe.recv()
    pipe.send((asked, heard))


def test_every_answer_beside_a_writer_is_that_of_the_generation_it_names(data: Path, tmp_path: Path) -> None:
    encoder = encoder_of("hashing-256")
    states = [{}, {"a.md": 3, "b.md": 20}]
    put(data, encoder, change(states[0], states[1]))
    with ExitStack() as running:
        readers = [running.enter_context(process(read, data, encoder.name)) for _ in range(extent(10, READERS))]
        for _, pipe in readers:
            assert pipe.poll(PATIENCE)
            assert pipe.recv() == "ready"
        for _ in range(extent(3, 15)):
            with open_writer(data) as writer:
                for _ in range(4):
                    states.append(_next(states[-1], len(states)))
                    writer.commit(change(states[-2], states[-1]), encoder)
            # However slow the machine is, everybody asks between one run of the writer and the next.
            _all_ask_again([pipe for _, pipe in readers])
        for _, pipe in readers:
            pipe.send("stop")
        told_by_each = [_heard(pipe) for _, pipe in readers]
    expected: Heard = {}
    for generation in sorted({generation for _, heard in told_by_each for generation, _ in heard}):
        folder = tmp_path / str(generation)
        put(folder, encoder, change({}, states[generation]))
        fresh = Searcher(folder, encoder)
        for mode in MODES:
            expected[generation, mode] = [ranking(answer) for answer in fresh.ask_many(QUESTIONS, K, mode)]
    wrong = [key for _, heard in told_by_each for key, rankings in heard.items() if rankings != expected[key]]
    asked, generations = sum(asked for asked, _ in told_by_each), len(expected) // len(MODES)
    note("readers beside a writer", {"readers": len(readers), "answers": asked, "generations": generations}, len(wrong))
    assert wrong == []
    assert asked > extent(100, 5_000)
    assert generations > extent(2, 10)


def _next(files: Mapping[str, int], step: int) -> dict[str, int]:
    """Return the next state: one file put or edited, now and then another removed."""
    after = {**files, NAMES[step % 8]: (7 * step) % 40}
    if step % 5 == 4:
        after.pop(NAMES[(step + 3) % 8], None)
    return after


def _all_ask_again(pipes: Sequence[Connection]) -> None:
    """Wait until every reader has been through all questions once more."""
    for pipe in pipes:
        while pipe.poll():
            pipe.recv()
    for pipe in pipes:
        assert pipe.poll(PATIENCE), "a reader hangs"
        assert pipe.recv() == "asked"


def _heard(pipe: Connection) -> tuple[int, Heard]:
    """Return what a reader was told, and how often; one that has failed said nothing of it."""
    *_, answer = told(pipe)
    assert isinstance(answer, tuple), "a reader has failed"
    return answer


def hold(pipe: Connection, data: Path) -> None:
    """Hold the writer's lock until told to stop."""
    with open_writer(data):
        pipe.send("writing")
        pipe.recv()
    pipe.send("done")


def test_a_second_writer_is_refused_at_once_and_in_one_sentence_and_may_write_afterwards(data: Path) -> None:
    with process(hold, data) as (_, pipe):
        assert pipe.poll(PATIENCE)
        assert pipe.recv() == "writing"
        with pytest.raises(BusyError, match=r"^Another process is writing .*try again\.$"), open_writer(data):
            pass
        pipe.send("stop")
        assert list(told(pipe)) == ["done"]
    with open_writer(data) as writer:
        assert writer.catalogue.generation() == 0


def test_the_lock_of_a_killed_writer_is_free(data: Path) -> None:
    with process(hold, data) as (child, pipe):
        assert pipe.poll(PATIENCE)
        child.kill()
        child.join()
        with open_writer(data) as writer:
            assert writer.catalogue.generation() == 0


def visit(pipe: Connection, data: Path) -> None:
    """Search a folder and try to write to it, as somebody who may only read it."""
    encoder = encoder_of("hashing-256")
    ranked(data, encoder)  # libraries load what they need while they may
    if os.getuid() == 0:
        # For root permissions do not count.
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    found = ranked(data, encoder)
    try:
        with open_writer(data):
            pipe.send((found, "it could be written"))
    except StratumError as error:
        pipe.send((found, error))


@pytest.mark.parametrize("stopped", [False, True], ids=["settled", "with a log that a killed writer left"])
def test_a_folder_that_may_only_be_read_is_searched_and_refuses_to_be_written_in_one_sentence(*, stopped: bool) -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "var"
        put(data, encoder_of("hashing-256"), added({"a.md": numbered(3), "b.md": numbered(20)}))
        if stopped:
            with process(_leave, data) as (child, pipe):
                assert pipe.poll(PATIENCE)
                child.kill()
                child.join()
        expected = ranked(data, encoder_of("hashing-256"))
        for place in [data, *data.rglob("*")]:
            place.chmod(0o555 if place.is_dir() else 0o444)
        found, error = _pair(result(visit, data))
        data.chmod(0o755)
    assert isinstance(error, DataFolderError), error
    assert "cannot be" in str(error)
    assert found == expected


def _leave(pipe: Connection, data: Path) -> None:
    """Commit, and wait to be killed before anything is settled."""
    with open_writer(data) as writer:
        writer.commit(change({}, {"c.md": 30}), encoder_of("hashing-256"))
        pipe.send("committed")
        pipe.recv()


def _pair(value: object) -> tuple[object, object]:
    assert isinstance(value, tuple)
    found, error = value
    return found, error


def test_a_reader_of_another_model_is_told_so_when_a_rebuild_is_committed_under_it(data: Path) -> None:
    with open_writer(data) as writer:
        writer.commit(change({}, {"a.md": 3}), encoder_of("hashing-256"))
    searcher = Searcher(data, encoder_of("hashing-256"))
    with open_writer(data) as writer:
        writer.rebuild(encoder_of("hashing-64"))
    with pytest.raises(FingerprintError, match="hashing-64"):
        searcher.ask(QUESTIONS[0])

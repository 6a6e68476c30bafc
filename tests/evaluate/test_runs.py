"""A batch from questions to a folder: what is written, that it repeats to the byte, and what is kept apart."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, replace
from pathlib import Path

import ir_measures
import pytest

from core.errors import InputError
from evaluate import (
    MEASURES,
    evaluated,
    indexed,
    read_beir,
    read_collection,
    read_run,
    records,
    summary,
    write_evaluation,
)
from evaluate.evaluation import Evaluation
from index import Encoder, Searcher, open_catalogue, open_writer
from tests.evaluate.builders import asked, beir, found, json_lines, library, perfect, span_questions
from tests.index.builders import added, document, put

FILES = {
    "manifest.json",
    "metrics.json",
    "passages.csv",
    "passages.ris",
    "per_query.csv",
    "per_query.jsonl",
    "qrels.trec",
    "report.html",
    "run.trec",
    "summary.json",
}


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Evaluation:
    """Return the span questions asked of the library."""
    return asked(tmp_path_factory.mktemp("run"), hashing)


def test_a_run_writes_its_files_and_the_measures_flat(evaluation: Evaluation, tmp_path: Path) -> None:
    write_evaluation(tmp_path / "deep" / "out", evaluation)

    out = tmp_path / "deep" / "out"
    assert {file.name for file in out.iterdir()} == FILES
    metrics = json.loads((out / "metrics.json").read_text())
    assert list(metrics) == list(MEASURES)
    assert metrics["nDCG@10"] == evaluation.scores.mean["nDCG@10"] if evaluation.scores else False
    said = json.loads((out / "summary.json").read_text())
    assert said["measures"]["AP"]["low"] <= metrics["AP"] <= said["measures"]["AP"]["high"]
    assert (said["questions"], said["judged"], said["level"]) == (10, 8, "span")


def test_everything_but_the_manifest_repeats_to_the_byte(tmp_path: Path, hashing: Encoder) -> None:
    for name in ("one", "two"):
        # Another place and another order of files, the same documents.
        write_evaluation(tmp_path / name / "out", asked(tmp_path / name, hashing))

    for name in sorted(FILES - {"manifest.json"}):
        one, two = ((tmp_path / folder / "out" / name).read_bytes() for folder in ("one", "two"))
        assert one == two, name
    made = [read_run(tmp_path / folder / "out").manifest for folder in ("one", "two")]
    assert replace(made[0], created="", seconds=0.0) == replace(made[1], created="", seconds=0.0)


def test_trec_eval_on_the_files_gives_the_same_measures(evaluation: Evaluation, tmp_path: Path) -> None:
    write_evaluation(tmp_path, evaluation)

    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels.trec")))
    run = list(ir_measures.read_trec_run(str(tmp_path / "run.trec")))
    names = [ir_measures.parse_measure(name) for name in MEASURES]

    measured = {str(name): value for name, value in ir_measures.calc_aggregate(names, qrels, run).items()}
    assert measured == pytest.approx(json.loads((tmp_path / "metrics.json").read_text()))


def test_the_manifest_says_what_made_the_run(evaluation: Evaluation) -> None:
    manifest = evaluation.manifest

    assert (manifest.collection, manifest.level, manifest.mode, manifest.depth) == ("questions", "span", "hybrid", 100)
    assert (manifest.questions.count, manifest.judgements.count, manifest.corpus.count) == (10, 8, 8)
    assert manifest.fingerprint is not None
    assert manifest.fingerprint.model == "hashing-256"
    assert {"python", "numpy", "ir-measures", "faiss-cpu"} <= set(manifest.libraries)
    assert manifest.program.startswith("stratum ")
    assert len(manifest.source_sha256) == 64
    assert manifest.created.endswith("+00:00")


def test_unanswerable_questions_are_reported_apart_and_in_no_mean(evaluation: Evaluation) -> None:
    said = summary(evaluation)
    scores = evaluation.scores

    assert scores is not None
    assert set(scores.per_query) == {f"q{number}" for number in range(8)}
    assert (evaluation.verdicts.answerable.questions, evaluation.verdicts.unanswerable.questions) == (8, 2)
    assert said["verdicts"] == asdict(evaluation.verdicts)
    assert said["unjudged"] == []


def test_a_perfect_run_scores_1_and_an_empty_one_0_and_is_named(evaluation: Evaluation) -> None:
    best, empty = found(evaluation, perfect(evaluation)), found(evaluation, dict.fromkeys(evaluation.targets, ()))

    assert best.scores is not None
    assert empty.scores is not None
    assert {name: best.scores.mean[name] for name in MEASURES} == dict.fromkeys(MEASURES, 1.0)
    assert empty.scores.mean == dict.fromkeys(MEASURES, 0.0)
    assert (best.found_nothing, len(empty.found_nothing)) == ((), 8)
    assert summary(empty)["found_nothing"] == [f"q{number}" for number in range(8)]


def test_a_question_without_a_match_counts_as_zero(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    questions = json_lines(tmp_path / "q.jsonl", [{"_id": "a", "text": "acne"}, {"_id": "b", "text": "xylophone"}])
    (tmp_path / "j.qrels").write_text("a 0 acne 1\nb 0 acne 1\n")

    one = evaluated(library(data, hashing), read_collection(questions, tmp_path / "j.qrels"), "lexical")

    assert one.scores is not None
    assert (one.scores.mean["P@1"], one.found_nothing, one.run.level) == (0.5, ("b",), "document")


def test_spans_survive_another_splitting(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    whole = {"corpus/a.md": document("Acne is red. Zinc helps against it.\n\nScars stay. Peeling helps.", title="A")}
    put(data, hashing, added(whole))
    spans = [
        {"path": "a.md", "quote": "Zinc helps against it.", "grade": 2},
        {"path": "a.md", "quote": "Peeling helps."},
    ]
    collection = read_collection(json_lines(tmp_path / "q.jsonl", [{"_id": "a", "text": "acne zinc", "spans": spans}]))

    one = evaluated(Searcher(data, hashing), collection)

    # Both short paragraphs are one passage, so both spans are one target; its grade is the higher one.
    assert [(target.relevance, len(target.earners)) for target in one.targets["a"]] == [(2, 1)]
    assert one.manifest.judgements.count == 2
    assert one.scores is not None
    assert one.scores.mean["nDCG@10"] == 1.0


def test_without_judgements_a_run_has_no_measures(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    searcher = library(data, hashing)
    (tmp_path / "q.txt").write_text("against acne?\nagainst scars?\n")
    judged = asked(tmp_path / "judged", hashing)
    write_evaluation(tmp_path / "out", judged)

    write_evaluation(tmp_path / "out", evaluated(searcher, read_collection(tmp_path / "q.txt")))

    # What the earlier run left is not there to be taken for this one's.
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES - {"metrics.json", "qrels.trec"}
    rows = list(csv.DictReader((tmp_path / "out" / "per_query.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["query"] for row in rows] == ["1", "2"]
    assert "nDCG@10" not in rows[0]


def test_per_query_csv_has_a_row_for_every_question(evaluation: Evaluation, tmp_path: Path) -> None:
    write_evaluation(tmp_path, evaluation)

    rows = list(csv.DictReader((tmp_path / "per_query.csv").read_text(encoding="utf-8").splitlines()))

    assert list(rows[0])[:9] == ["query", "text", *MEASURES]
    assert [row["query"] for row in rows] == [*(f"q{number}" for number in range(8)), "u0", "u1"]
    mean = sum(float(row["AP"]) for row in rows if row["AP"]) / 8
    assert mean == pytest.approx(json.loads((tmp_path / "metrics.json").read_text())["AP"], abs=1e-5)
    # What is in no mean has empty measures, and all that is counted elsewhere can be counted here.
    assert [(row["AP"], row["answerable"], row["support"]) for row in rows[8:]] == [
        ("", "no", record.support) for record in records(evaluation)[8:]
    ]
    assert [float(row["confidence"]) for row in rows] == [record.confidence for record in records(evaluation)]


def test_a_question_that_nothing_is_relevant_to_counts_as_0_and_is_named(
    data: Path, hashing: Encoder, tmp_path: Path
) -> None:
    questions = json_lines(tmp_path / "q.jsonl", [{"_id": "a", "text": "acne"}, {"_id": "b", "text": "scars"}])
    (tmp_path / "j.qrels").write_text("a 0 acne 1\nb 0 acne 0\n")

    one = evaluated(library(data, hashing), read_collection(questions, tmp_path / "j.qrels"), "lexical")
    write_evaluation(tmp_path / "out", one)

    assert one.scores is not None
    assert (one.scores.mean["P@1"], one.nothing_relevant) == (0.5, ("b",))
    assert summary(one)["nothing_relevant"] == ["b"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "1 question of which all that was judged is not relevant" in page


def test_a_run_that_is_read_back_is_the_run_that_was_written(evaluation: Evaluation, tmp_path: Path) -> None:
    write_evaluation(tmp_path, evaluation)

    back = read_run(tmp_path)

    assert [record.id for record in back.records] == [question.id for question in evaluation.collection.questions]
    first = back.records[0]
    assert evaluation.scores is not None
    assert first.measures == evaluation.scores.per_query["q0"]
    assert first.ranking[0].quote == evaluation.run.found["q0"].citations[0].quote
    assert first.expected[0].quote == "one may use niacinamide daily"
    assert first.expected[0].rank == next(place.rank for place in first.ranking if place.grade == 2)


def test_a_beir_folder_is_indexed_once_and_scored_by_document(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    folder = beir(tmp_path / "set")
    for _ in range(2):
        collection = read_beir(folder)
        indexed(data, collection, hashing)
        one = evaluated(Searcher(data, hashing), collection)
    with open_catalogue(data) as catalogue:
        assert (catalogue.generation(), catalogue.counts()[0]) == (1, 8)

    assert one.scores is not None
    assert one.scores.mean["R@100"] == 1.0
    assert all(name.startswith("d") for own in one.run.found.values() for name in own.names)
    assert all(len(set(own.names)) == len(own.names) == 8 for own in one.run.found.values())


def test_a_beir_folder_that_lost_a_document_loses_it_in_the_index(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    folder = beir(tmp_path / "set")
    indexed(data, read_beir(folder), hashing)
    lines = (folder / "corpus.jsonl").read_text("utf-8").splitlines()
    (folder / "corpus.jsonl").write_text("\n".join(lines[1:]) + "\n", "utf-8")

    collection = read_beir(folder)
    indexed(data, collection, hashing)
    one = evaluated(Searcher(data, hashing), collection)

    assert one.manifest.corpus.count == 7
    assert one.scores is not None
    assert one.scores.per_query["q0"]["R@100"] == 0.0
    assert collection.notes == ("1 judged document is not in corpus.jsonl: d0.",)


def test_an_index_that_changes_while_it_is_asked_is_no_run(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    searcher = library(data, hashing)
    rows = [{"_id": f"q{number}", "text": f"acne {number}"} for number in range(70)]
    collection = read_collection(json_lines(tmp_path / "q.jsonl", rows))

    def meanwhile(_share: float, _made: int) -> None:
        with open_writer(data) as writer:
            writer.commit(added({"corpus/new.md": document("Something new.", title="New")}), hashing)

    with pytest.raises(InputError, match="was changed while it was asked"):
        evaluated(searcher, collection, progress=meanwhile)


@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json"}))
def test_a_folder_that_was_changed_or_is_not_whole_is_refused(
    evaluation: Evaluation, tmp_path: Path, name: str
) -> None:
    write_evaluation(tmp_path, evaluation)
    (tmp_path / name).write_text("something else")
    with pytest.raises(InputError, match=rf"{name} was changed after the run"):
        read_run(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=rf"is no finished run \({name}: No such file"):
        read_run(tmp_path)


def test_what_is_no_run_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is no finished run \(manifest.json"):
        read_run(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 1}')
    with pytest.raises(InputError, match="is not of this version's form"):
        read_run(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file in its place")

    with pytest.raises(InputError, match="cannot be written"):
        write_evaluation(tmp_path / "out", evaluation)


def test_the_projects_own_questions_are_read(tmp_path: Path) -> None:
    assert len(span_questions()) == 10
    file = Path(__file__).parents[2] / "evaluate" / "data" / "skincare_questions.jsonl"

    whole = read_collection(file)
    test = read_collection(file, split="test")

    assert whole.level == test.level == "span"
    assert {question.split for question in test.questions} == {"test"}
    assert not list(tmp_path.iterdir())

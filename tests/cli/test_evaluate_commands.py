"""`python -m evaluate run|compare`: what is printed, what is written, and what is refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import evaluate.__main__
from evaluate import MEASURES
from ingest import store_upload
from tests.cli.conftest import APPS, MODEL, Command
from tests.cli.test_refusals import require_refusal


@pytest.fixture
def measuring(synced: Command, monkeypatch: pytest.MonkeyPatch, here: Path) -> Command:
    """Return the commands, those of evaluation among them, beside an index, questions and judgements."""
    monkeypatch.setitem(APPS, "evaluate", evaluate.__main__.app)
    (here / "q.jsonl").write_text(
        '{"_id": "q1", "text": "what lowers oil?"}\n{"_id": "q2", "text": "which acid peels the skin?"}\n'
        '{"_id": "q3", "text": "what is worn by day?"}\n'
    )
    (here / "j.qrels").write_text("q1 0 oil 1\nq2 0 peel.md 1\nq3 0 docs/sun.md 1\n")
    oil = {"path": "docs/oil.md", "quote": "Niacinamide lowers oil.", "grade": 2}
    sun = {"path": "docs/sun.md", "start": 0, "end": 9}
    spans = [
        {"_id": "s1", "text": "what lowers oil?", "split": "dev", "answerable": True, "spans": [oil]},
        {"_id": "s2", "text": "what is worn by day?", "split": "test", "answerable": True, "spans": [sun]},
        {"_id": "u1", "text": "price of bread?", "split": "test", "answerable": False, "spans": []},
    ]
    (here / "spans.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in spans))
    return synced


def test_the_measures_are_printed_and_the_files_written(measuring: Command, here: Path) -> None:
    done = measuring("evaluate", "run", "--queries", "q.jsonl", "--qrels", "j.qrels", "--out", "out", "--json")

    assert done.status == 0
    assert set(done.objects[0]) == set(MEASURES)
    assert done.objects[0] == json.loads((here / "out" / "metrics.json").read_text())
    assert done.objects[0]["nDCG@10"] == 1.0
    assert "3 questions; written to out." in done.err
    assert (here / "out" / "run.trec").read_text().startswith("q1 Q0 oil 1 1.000000 stratum-hybrid\n")
    assert "nDCG@10    1.000  (1.000 to 1.000)" in measuring(
        "evaluate", "run", "--queries", "q.jsonl", "--qrels", "j.qrels", "--out", "out"
    ).out  # fmt: skip


def test_few_judged_questions_are_said_to_say_little(measuring: Command, here: Path) -> None:
    few = measuring("evaluate", "run", "--queries", "q.jsonl", "--qrels", "j.qrels", "--out", "out")
    many = [f"m{number}" for number in range(20)]
    (here / "many.jsonl").write_text("".join(f'{{"_id": "{one}", "text": "what lowers oil {one}?"}}\n' for one in many))
    (here / "many.qrels").write_text("".join(f"{one} 0 oil 1\n" for one in many))
    enough = measuring("evaluate", "run", "--queries", "many.jsonl", "--qrels", "many.qrels", "--out", "many")

    assert "3 judged questions, mean and 95 % interval; so few say little" in few.out
    assert enough.out.startswith("20 judged questions, mean and 95 % interval\n")


def test_a_file_that_no_run_wrote_is_not_overwritten(measuring: Command, here: Path) -> None:
    (here / "mine").mkdir()
    (here / "mine" / "report.html").write_text("precious")
    arguments = ("evaluate", "run", "--queries", "q.jsonl", "--out")

    done = measuring(*arguments, "mine")

    assert (done.status, (here / "mine" / "report.html").read_text()) == (2, "precious")
    assert "mine/report.html would be overwritten, and is of no finished run; give another folder" in done.sentence
    assert [measuring(*arguments, "out").status for _ in range(2)] == [0, 0]


def test_spans_beside_the_questions_and_a_split(measuring: Command, here: Path) -> None:
    done = measuring("evaluate", "run", "--queries", "spans.jsonl", "--split", "test", "--out", "out")

    assert done.status == 0
    assert "1 unanswerable question: supported" in done.out
    said = json.loads((here / "out" / "summary.json").read_text())
    assert (said["collection"], said["level"], said["questions"], said["judged"]) == ("spans/test", "span", 2, 1)


def test_without_judgements_the_questions_are_asked_all_the_same(measuring: Command, here: Path) -> None:
    (here / "q.txt").write_text("what lowers oil?\nxylophone\n")

    done = measuring("evaluate", "run", "--queries", "q.txt", "--mode", "lexical", "--out", "out", "--json")

    assert (done.status, done.objects) == (0, [{}])
    assert not (here / "out" / "metrics.json").exists()
    printed = measuring("evaluate", "run", "--queries", "q.txt", "--mode", "lexical", "--out", "out")
    assert printed.out == "1 question found nothing: 2\n"


def test_a_beir_folder_is_indexed_asked_and_measured(measuring: Command, here: Path) -> None:
    (here / "set" / "qrels").mkdir(parents=True)
    (here / "set" / "corpus.jsonl").write_text(
        '{"_id": "d1", "title": "Oil", "text": "Niacinamide lowers oil."}\n'
        '{"_id": "d2", "title": "", "text": "Acid peels."}\n'
    )
    (here / "set" / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "niacinamide"}\n{"_id": "q2", "text": "never judged"}\n'
    )
    (here / "set" / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\tlost\t0\n")

    for _ in range(2):
        done = measuring("evaluate", "run", "--beir", "set", "--out", "out", "--json", *MODEL)
        assert done.status == 0

    assert done.objects[0]["RR@10"] == 1.0
    assert "1 judged document is not in corpus.jsonl: lost." in done.err
    assert "1 question; written to out." in done.err
    assert json.loads((here / "out" / "manifest.json").read_text())["corpus"]["count"] == 2


def test_an_upload_is_judged_by_the_name_it_came_with(measuring: Command, here: Path) -> None:
    measuring("ingest", "add", store_upload(here / "var", "urea paste.md", b"Urea paste softens nails."))
    span = {"path": "urea paste.md", "quote": "Urea paste softens nails."}
    (here / "u.jsonl").write_text(f"{json.dumps({'_id': 'u', 'text': 'urea paste', 'spans': [span]})}\n")

    assert measuring("evaluate", "run", "--queries", "u.jsonl", "--out", "out").status == 0
    assert json.loads((here / "out" / "metrics.json").read_text())["P@1"] == 1.0


def test_compare_says_which_run_is_better_and_writes_it(measuring: Command, here: Path) -> None:
    for mode in ("dense", "lexical"):
        measuring("evaluate", "run", "--queries", "q.jsonl", "--qrels", "j.qrels", "--mode", mode, "--out", mode)

    done = measuring("evaluate", "compare", "dense", "lexical", "--out", "both")

    assert done.status == 0
    assert "A  dense  (dense, hashing-256)" in done.out
    assert "The runs were made alike but for: mode." in done.out
    assert "A and B are the same on nDCG@10 for every question." in done.out
    assert {file.name for file in (here / "both").iterdir()} == {
        "compare.html",
        "compare.json",
        "compare.csv",
        "compare_per_query.csv",
    }
    (said,) = measuring("evaluate", "compare", "dense", "lexical", "--json").objects
    assert said == json.loads((here / "both" / "compare.json").read_text(encoding="utf-8"))


def test_what_cannot_be_run_is_refused_before_anything_is_written(measuring: Command, here: Path) -> None:
    (here / "bad.qrels").write_text("q1 0 oil 1\nq9 0 oil 1\n")
    (here / "lost.qrels").write_text("q1 0 oil 1\nq2 0 nowhere.md 1\n")
    queries = ("--queries", "q.jsonl", "--out", "out")
    for arguments, said in (
        (("--out", "out"), "Give either --beir DIR, or --queries FILE"),
        (("--beir", "set", "--queries", "q.jsonl", "--out", "out"), "Give either --beir DIR"),
        (
            ("--beir", "nowhere", "--out", "out"),
            "nowhere, which is not there, is no BEIR folder",
        ),
        (("--queries", "none.jsonl", "--out", "out"), "none.jsonl cannot be read"),
        ((*queries, "--qrels", "bad.qrels"), "bad.qrels, line 2: there is no question 'q9'"),
        ((*queries, "--qrels", "lost.qrels"), "lost.qrels, line 2: no document of the index is called 'nowhere.md'"),
        ((*queries, "--split", "dev"), "q.jsonl has no questions of the split 'dev'; it has: no splits"),
        ((*queries, "--data", "elsewhere"), "no index in elsewhere"),
        (("--queries", "q.jsonl", "--out", "q.jsonl"), "The folder q.jsonl cannot be written"),
    ):
        require_refusal(measuring("evaluate", "run", *arguments), said)
    assert not (here / "out").exists()


def test_what_cannot_be_compared_is_refused(measuring: Command, here: Path) -> None:
    measuring("evaluate", "run", "--queries", "q.jsonl", "--qrels", "j.qrels", "--out", "all")
    (here / "few.qrels").write_text("q1 0 oil 1\n")
    measuring("evaluate", "run", "--queries", "q.jsonl", "--qrels", "few.qrels", "--out", "few")
    measuring("evaluate", "run", "--queries", "q.jsonl", "--out", "unjudged")

    require_refusal(measuring("evaluate", "compare", "all", "few"), "different judgements")
    require_refusal(measuring("evaluate", "compare", "all", "unjudged"), "unjudged has no judged question")
    require_refusal(measuring("evaluate", "compare", "all", "docs"), "docs is no finished run")
    require_refusal(measuring("evaluate", "compare", "all"), "Give 2 to 26 run folders")
    require_refusal(measuring("evaluate", "compare", "all", "all"), "given twice")


def test_a_document_added_since_makes_runs_incomparable(measuring: Command, here: Path) -> None:
    measuring("evaluate", "run", "--queries", "q.jsonl", "--qrels", "j.qrels", "--out", "before")
    (here / "docs" / "new.md").write_text("Zinc soothes.")
    assert measuring("ingest", "sync", "docs").status == 0
    measuring("evaluate", "run", "--queries", "q.jsonl", "--qrels", "j.qrels", "--out", "after")

    require_refusal(measuring("evaluate", "compare", "before", "after"), "different documents")


def test_a_rebuilt_index_is_compared_with_the_old_one(measuring: Command) -> None:
    for out in ("before", "after"):
        assert measuring("evaluate", "run", "--queries", "spans.jsonl", "--out", out).status == 0
        assert measuring("index", "rebuild").status == 0

    assert measuring("evaluate", "compare", "before", "after").status == 0


@pytest.mark.parametrize("command", ["run", "compare"])
def test_the_help_names_every_option(measuring: Command, command: str) -> None:
    done = measuring("evaluate", command, "--help")

    assert done.status == 0
    assert {"--data", "--json", "--out"} <= set(done.out.split())


# --- what is done with a ranking besides


def test_a_run_says_how_its_ranking_was_laid_out_and_can_be_compared(measuring: Command, here: Path) -> None:
    asked = ("evaluate", "run", "--queries", "q.jsonl", "--qrels", "j.qrels", "--out")
    measuring(*asked, "plain")
    done = measuring(*asked, "spread", "--per-document", 1, "--fold")

    plain, spread = (json.loads((here / name / "manifest.json").read_text()) for name in ("plain", "spread"))
    assert done.status == 0
    assert (plain["per_document"], plain["folded"], plain["reranker"]) == (0, False, None)
    assert (spread["per_document"], spread["folded"], spread["reranker"]) == (1, True, None)
    assert " stratum-hybrid-1-per-document-folded\n" in (here / "spread" / "run.trec").read_text()
    said = measuring("evaluate", "compare", "plain", "spread").out
    assert "(hybrid, hashing-256)" in said
    assert "(hybrid, hashing-256, at most 1 of a document among the first ten, near-duplicates folded)" in said
    assert "at most 1 of a document" in (here / "spread" / "report.html").read_text()


def test_a_reranker_that_is_not_there_is_refused_by_every_command_that_takes_one(
    measuring: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ("evaluate", "run", "--queries", "q.jsonl", "--out", here / "out")
    for command in (("index", "search", "oil"), run):
        require_refusal(measuring(*command, "--reranker", "no-such-reranker"), "no-such-reranker")
    monkeypatch.setenv("STRATUM_RERANKER", "named-in-the-environment")
    require_refusal(measuring("index", "search", "oil"), "named-in-the-environment")

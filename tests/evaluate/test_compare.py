"""Comparing runs: only like with like, never with an arm that did not run, and no difference where there is none."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from evaluate import (
    Effect,
    Evaluation,
    Interval,
    caveats,
    compare,
    comparison_json,
    made_alike,
    sentence,
    write_comparison,
    write_evaluation,
)
from evaluate.manifest import Hashed
from evaluate.significance import holm
from index import Encoder
from tests.evaluate.builders import asked, found, perfect


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Evaluation:
    return asked(tmp_path_factory.mktemp("run"), hashing)


def written(folder: Path, evaluation: Evaluation) -> Path:
    write_evaluation(folder, evaluation)
    return folder


def missing(evaluation: Evaluation, count: int) -> Evaluation:
    """Return a run that finds everything at once, but for the first `count` questions something else before it."""
    rankings = {
        query_id: ["x", *names] if number < count else names
        for number, (query_id, names) in enumerate(perfect(evaluation).items())
    }
    return found(evaluation, rankings)


def test_the_difference_is_the_second_minus_the_first_and_tested_exactly(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    worse, best = (
        written(tmp_path / "worse", missing(evaluation, 8)),
        written(tmp_path / "best", missing(evaluation, 0)),
    )

    comparison = compare([worse, best])

    (pair,) = comparison.pairs
    effects = {effect.measure: effect for effect in pair.effects}
    half = effects["RR@10"]
    assert (half.first, half.second, half.difference.mean) == (0.5, 1.0, 0.5)
    assert (half.wins, half.ties, half.losses) == (8, 0, 0)
    # All eight questions moved the same way: 2 of 256 assignments of signs are as extreme.
    assert (half.p, half.method) == (2 / 256, "exact")
    # Recall did not change at all.
    assert (effects["R@10"].p, effects["R@10"].ties, effects["R@10"].significant) == (1.0, 8, False)
    # Six measures are tested; Judged@10 is not.
    assert comparison.tests == 6
    assert (effects["Judged@10"].p, effects["Judged@10"].p_holm, effects["Judged@10"].significant) == (
        None,
        None,
        False,
    )
    # nDCG, RR, AP and P@1 have 2/256, times six to three and never falling; recall has 1.
    assert half.p_holm == pytest.approx(6 * 2 / 256)
    assert half.significant
    assert sentence(pair) == "B is better than A on nDCG@10, by 0.369 on average (corrected p = 0.047)."
    turned = compare([best, worse]).pairs[0]
    assert (turned.effects[1].difference.mean, turned.effects[1].losses) == (-0.5, 8)
    assert sentence(turned) == "A is better than B on nDCG@10, by 0.369 on average (corrected p = 0.047)."


def test_so_few_questions_that_nothing_can_be_shown_are_said_to_be(evaluation: Evaluation, tmp_path: Path) -> None:
    folders = [written(tmp_path / str(count), missing(evaluation, count)) for count in (0, 4, 6)]

    four, six, two = compare(folders).pairs

    # Four differences that all go one way: 2 of 16 assignments of signs are as extreme, and no size could be more so.
    assert (four.effects[0].p, four.effects[0].p_least, four.effects[0].moved) == (0.125, 0.125, 4)
    assert sentence(four) == (
        "No difference between A and B can be shown on nDCG@10: only 4 questions moved, and with so few p cannot be "
        "below 0.125."
    )
    # With six it could, but not after 18 tests; the bootstrap, which is not corrected, leaves out 0.
    assert (six.effects[0].p_least, six.effects[0].too_few, six.effects[0].at_odds) == (2 / 64, False, True)
    assert sentence(six) == "No difference between A and C is shown on nDCG@10 (corrected p = 0.562)."
    few, odd = caveats(six, 18)
    assert "6 on nDCG@10 (p at best 0.031)" in few
    assert "18 tests" in few
    assert odd.startswith("The interval leaves out 0 although the test shows nothing (nDCG@10, RR@10, AP, P@1)")
    assert two.effects[0].p_least == 0.5


def test_what_was_won_is_shown_beside_what_was_lost(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["evaluate.compare"], "MOVED", 4)
    # Seven questions lose everything; the one that was won moved less than any of them.
    best = perfect(evaluation)
    one = found(evaluation, {**best, "q7": ["x", *best["q7"]]})
    other = found(evaluation, {**dict.fromkeys(best, ()), "q7": best["q7"]})

    (pair,) = compare([written(tmp_path / "one", one), written(tmp_path / "other", other)]).pairs

    assert [moved.id for moved in pair.moved] == ["q0", "q1", "q2", "q7"]


def test_an_interval_that_is_printed_as_reaching_0_is_not_said_to_leave_it_out() -> None:
    effect = Effect("R@10", 0.5, 0.5, Interval(-0.004, -0.018, -0.0002), 0, 7, 2, 0.5, 1.0, 0.5, "exact")

    assert not effect.at_odds
    assert replace(effect, difference=Interval(-0.004, -0.018, -0.0006)).at_odds


def test_enough_questions_need_no_caveat(evaluation: Evaluation, tmp_path: Path) -> None:
    folders = [written(tmp_path / str(count), missing(evaluation, count)) for count in (0, 8)]

    (pair,) = compare(folders).pairs

    assert caveats(pair, 6) == ()
    (whole,) = comparison_json(compare(folders))["pairs"]
    assert (whole["caveats"], whole["effects"][0]["p_least"]) == ((), 2 / 256)


def test_a_comparison_says_what_made_each_run_and_what_is_different(evaluation: Evaluation, tmp_path: Path) -> None:
    spread = replace(evaluation, manifest=replace(evaluation.manifest, per_document=2, mode="dense"))
    comparison = compare([written(tmp_path / "one", evaluation), written(tmp_path / "two", spread)])

    assert comparison.differing == ("Mode", "Per document")
    assert made_alike(comparison) == "The runs were made alike but for: mode, per document."
    write_comparison(tmp_path / "both", comparison)
    told = json.loads((tmp_path / "both" / "compare.json").read_text(encoding="utf-8"))
    assert told["differing"] == ["Mode", "Per document"]
    assert [arm["manifest"]["per_document"] for arm in told["arms"]] == [0, 2]
    assert told["arms"][0]["manifest"]["source_sha256"] == evaluation.manifest.source_sha256
    page = (tmp_path / "both" / "compare.html").read_text(encoding="utf-8")
    for said in (
        "What made these runs",
        "at most 2 of a document among the first ten",
        evaluation.manifest.source_sha256,
    ):
        assert said in page


def test_holm_is_over_every_measure_of_every_pair(evaluation: Evaluation, tmp_path: Path) -> None:
    folders = [written(tmp_path / str(count), missing(evaluation, count)) for count in (0, 4, 8)]

    comparison = compare(folders)

    tested = [effect for pair in comparison.pairs for effect in pair.effects if effect.p is not None]
    assert (comparison.tests, len(tested), len(comparison.pairs)) == (18, 18, 3)
    assert [(pair.first, pair.second) for pair in comparison.pairs] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert [effect.p_holm for effect in tested] == list(holm([effect.p for effect in tested if effect.p is not None]))


def test_a_run_and_its_repetition_do_not_differ(evaluation: Evaluation, tmp_path: Path) -> None:
    comparison = compare([written(tmp_path / "one", evaluation), written(tmp_path / "two", evaluation)])

    (pair,) = comparison.pairs
    assert all(effect.p in (None, 1.0) for effect in pair.effects)
    assert all((effect.wins, effect.losses) == (0, 0) for effect in pair.effects)
    assert pair.moved == ()
    assert sentence(pair) == "A and B are the same on nDCG@10 for every question."


def test_shuffled_labels_are_seldom_called_different(evaluation: Evaluation, tmp_path: Path) -> None:
    """Both arms get the same two rankings, dealt out by a coin for each question: there is nothing to be found."""
    best, worse = perfect(evaluation), {key: ["x", *names] for key, names in perfect(evaluation).items()}
    random = np.random.default_rng(5)
    called = 0
    for trial in range(12):
        coin = dict(zip(best, random.random(len(best)) < 0.5, strict=True))
        one = found(evaluation, {key: best[key] if coin[key] else worse[key] for key in best})
        other = found(evaluation, {key: worse[key] if coin[key] else best[key] for key in best})
        folders = [written(tmp_path / f"{trial}{letter}", arm) for letter, arm in (("a", one), ("b", other))]
        called += any(effect.significant for effect in compare(folders).pairs[0].effects)

    assert called <= 2


def test_the_questions_that_moved_most_are_shown_with_both_rankings(evaluation: Evaluation, tmp_path: Path) -> None:
    one = written(tmp_path / "one", evaluation)
    other = written(tmp_path / "other", found(evaluation, {"q3": ["x1", "x2"]}))

    (pair,) = compare([one, other]).pairs

    (moved,) = pair.moved
    assert (moved.id, moved.second) == ("q3", 0.0)
    assert moved.first_ranking[0].quote
    assert moved.expected[0].quote == "one may use peeling daily"
    assert pair.effects[0].losses == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"questions": Hashed(10, "0" * 64)}, "different questions"),
        ({"judgements": Hashed(8, "0" * 64)}, "different judgements"),
        ({"corpus": Hashed(8, "0" * 64)}, "different documents"),
        ({"level": "document"}, "different levels"),
        ({"depth": 50}, "different depths"),
    ],
)
def test_runs_over_something_else_are_refused(
    evaluation: Evaluation, tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    other = replace(evaluation, manifest=replace(evaluation.manifest, **changed))  # type: ignore[arg-type]

    with pytest.raises(InputError, match=said):
        compare([written(tmp_path / "one", evaluation), written(tmp_path / "two", other)])


def test_an_arm_that_never_ran_is_refused_and_named(evaluation: Evaluation, tmp_path: Path) -> None:
    whole = written(tmp_path / "whole", evaluation)
    every = {question.id: () for question in evaluation.collection.questions}
    arms = {
        "empty": (found(evaluation, every), "found nothing for any question"),
        "zeros": (found(evaluation, dict.fromkeys(evaluation.targets, ("x",))), "scores 0 on every measure"),
        "unjudged": (replace(evaluation, scores=None), "has no judged question"),
    }
    for name, (arm, said) in arms.items():
        with pytest.raises(InputError, match=rf"{name} {said}"):
            compare([whole, written(tmp_path / name, arm)])
        with pytest.raises(InputError, match=rf"{name} {said}"):
            compare([tmp_path / name, whole])


def test_an_arm_that_lacks_questions_is_refused(evaluation: Evaluation, tmp_path: Path) -> None:
    whole = written(tmp_path / "whole", evaluation)
    scores = evaluation.scores
    assert scores is not None
    fewer = replace(scores, per_query={key: own for key, own in scores.per_query.items() if key != "q5"})
    with pytest.raises(InputError, match="scores the question 'q5'"):
        compare([whole, written(tmp_path / "fewer", replace(evaluation, scores=fewer))])
    kept = replace(evaluation.collection, questions=evaluation.collection.questions[:-1])
    with pytest.raises(InputError, match="answers 9 of 10 questions"):
        compare([whole, written(tmp_path / "cut", replace(evaluation, collection=kept))])


def test_one_run_or_the_same_run_twice_is_no_comparison(evaluation: Evaluation, tmp_path: Path) -> None:
    one = written(tmp_path / "one", evaluation)
    with pytest.raises(InputError, match="Give 2 to 26 run folders"):
        compare([one])
    with pytest.raises(InputError, match="given twice"):
        compare([one, tmp_path / "one" / ".." / "one"])


def test_a_comparison_is_written_for_reading_and_for_programs(evaluation: Evaluation, tmp_path: Path) -> None:
    folders = [written(tmp_path / str(count), missing(evaluation, count)) for count in (8, 0)]
    comparison = compare(folders)
    for name in ("a", "b"):
        write_comparison(tmp_path / name, comparison)

    files = {"compare.html", "compare.json", "compare.csv", "compare_per_query.csv"}
    assert {file.name for file in (tmp_path / "a").iterdir()} == files
    assert all(file.read_bytes() == (tmp_path / "b" / file.name).read_bytes() for file in (tmp_path / "a").iterdir())
    said = json.loads((tmp_path / "a" / "compare.json").read_text(encoding="utf-8"))
    assert said == json.loads(json.dumps(comparison_json(comparison)))
    assert (said["correction"], said["tests"], said["alpha"]) == ("Holm", 6, 0.05)
    assert said["pairs"][0]["effects"][0]["significant"] is True
    rows = list(csv.DictReader((tmp_path / "a" / "compare.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["measure"] for row in rows] == [effect.measure for effect in comparison.pairs[0].effects]
    assert (rows[1]["difference"], rows[1]["significant"], rows[6]["p"]) == ("0.500000", "yes", "")
    assert (rows[0]["first_run"], rows[0]["second_run"]) == tuple(map(str, folders))
    each = list(csv.DictReader((tmp_path / "a" / "compare_per_query.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["query"] for row in each] == [f"q{number}" for number in range(8)]
    assert {(row["RR@10 A"], row["RR@10 B"]) for row in each} == {("0.500000", "1.000000")}

"""Evaluations kept in a data folder: made whole or not at all, listed, opened, compared with the index, put away."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from core.errors import InputError
from evaluate import (
    CONFIGURATIONS,
    MEASURES,
    Collection,
    changed_since,
    collection_of,
    file_of,
    files_of,
    keep,
    kept_evaluations,
    own_questions,
    put_away,
    read_kept,
    require_judgements_found,
    tidy,
    zipped,
)
from evaluate.kept import FOLDER
from index import Encoder, open_catalogue
from tests.evaluate.builders import library, span_questions
from tests.index.builders import added, document, put


def questions() -> Collection:
    rows = "".join(f"{json.dumps(row)}\n" for row in span_questions())
    return collection_of([("asked.jsonl", rows.encode())])


def test_it_is_kept_with_everything_of_each_configuration_and_the_comparison(data: Path, hashing: Encoder) -> None:
    told: list[float] = []
    kept = keep(library(data, hashing), questions(), ["hybrid", "lexical"], lambda share, _: told.append(share))
    result = read_kept(data, kept.name)

    assert told == [0.5, 1.0]
    assert (kept.collection, kept.questions, kept.judged, kept.level) == ("asked", 10, 8, "span")
    assert kept.measure == MEASURES[0]
    assert kept.means == {name: own.measures["nDCG@10"].mean for name, own in result.figures.items()}
    assert list(result.runs) == ["hybrid", "lexical"]
    assert result.figures["hybrid"].verdicts.unanswerable.questions == 2
    assert result.comparison is not None
    assert [arm.folder for arm in result.comparison.arms] == ["Meaning and words", "Words only"]
    names = set(files_of(data, kept.name))
    assert {"compare.html", "compare.json", "evaluation.json", "hybrid/report.html", "lexical/passages.ris"} <= names
    assert not [name for name in names if str(data.parent).encode() in file_of(data, kept.name, name)]


def test_they_are_listed_newest_first_and_put_away_one_by_one(data: Path, hashing: Encoder) -> None:
    searcher = library(data, hashing)
    made = [keep(searcher, questions(), [name]).name for name in ("hybrid", "hybrid", "lexical")]
    (data / FOLDER / made[0]).rename(data / FOLDER / "20200101T000000Z-00000000")

    found, unknown = kept_evaluations(data)

    assert len({one.name for one in found}) == 3
    assert found[-1].name == "20200101T000000Z-00000000"
    assert unknown == ()

    put_away(data, made[1])
    put_away(data, made[1])

    assert made[1] not in [one.name for one in kept_evaluations(data)[0]]
    assert len(list((data / FOLDER).iterdir())) == 2


def test_one_of_another_version_is_named_and_can_be_put_away(data: Path) -> None:
    folder = data / FOLDER / "20200101T000000Z-00000000"
    folder.mkdir(parents=True)
    (folder / "evaluation.json").write_text('{"format": 0}', encoding="utf-8")

    assert kept_evaluations(data) == ((), (folder.name,))
    with pytest.raises(InputError, match="written by another version"):
        read_kept(data, folder.name)
    put_away(data, folder.name)
    assert kept_evaluations(data) == ((), ())


@pytest.mark.parametrize("name", ["..", "../../etc", "20200101T000000Z-00000000", "", "."])
def test_a_name_from_an_address_leads_nowhere_else(data: Path, name: str) -> None:
    (data / FOLDER).mkdir(parents=True)
    with pytest.raises(InputError, match="No evaluation of this name is kept"):
        read_kept(data, name)
    put_away(data, name)
    assert (data / FOLDER).is_dir()


def test_what_changed_since_is_told(data: Path, hashing: Encoder) -> None:
    kept = keep(library(data, hashing), questions(), ["lexical"])
    with open_catalogue(data) as catalogue:
        assert changed_since(kept, catalogue) == ()

    put(data, hashing, added({"corpus/new.md": document("Arnica is a plant of the mountains.", title="Arnica")}))

    with open_catalogue(data) as catalogue:
        assert changed_since(kept, catalogue) == ("documents",)


def test_without_judgements_it_is_kept_and_says_why_nothing_is_compared(data: Path, hashing: Encoder) -> None:
    collection = collection_of([("asked.txt", b"what helps against acne\nwhat helps against warts\n")])
    kept = keep(library(data, hashing), collection, list(CONFIGURATIONS))

    assert kept.means == {}
    assert kept.remark == "no question is judged."
    assert read_kept(data, kept.name).comparison is None


def test_nothing_is_left_of_one_that_could_not_be_asked(data: Path, hashing: Encoder) -> None:
    searcher = library(data, hashing)
    collection = own_questions("dev")

    with pytest.raises(InputError, match="no document of the index is called"):
        require_judgements_found(data, collection)
    with pytest.raises(InputError, match="no document of the index is called"):
        keep(searcher, collection, ["hybrid"])
    assert list((data / FOLDER).iterdir()) == []


def test_what_a_stopped_one_left_goes_once_it_is_a_day_old(data: Path) -> None:
    for name, age in ((".unfinished-old", 100_000), (".unfinished-new", 0)):
        (data / FOLDER / name).mkdir(parents=True)
        seconds = (data / FOLDER / name).stat().st_mtime - age
        os.utime(data / FOLDER / name, (seconds, seconds))

    tidy(data)

    assert [one.name for one in (data / FOLDER).iterdir()] == [".unfinished-new"]


def test_everything_is_in_the_zip(data: Path, hashing: Encoder) -> None:
    kept = keep(library(data, hashing), questions(), ["hybrid"])
    archive = zipfile.ZipFile(io.BytesIO(zipped(data, kept.name)))

    assert archive.testzip() is None
    assert archive.namelist() == [f"{kept.name}/{file}" for file in files_of(data, kept.name)]
    metrics = json.loads(archive.read(f"{kept.name}/hybrid/metrics.json"))
    assert metrics["nDCG@10"] == pytest.approx(kept.means["hybrid"])
    with pytest.raises(InputError, match="no file"):
        file_of(data, kept.name, "../../catalogue.sqlite")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([("q.jsonl", b'{"_id": "a", "text": "x"}\n{"_id": "b"}\n')], "q.jsonl, line 2: there is no question"),
        ([("q.csv", b"id,text\n1,acne\n1,warts\n")], "q.csv, line 3: the id '1' was used in line 2"),
        (
            [("../../q.txt", b"acne\n"), ("../../q.txt", b"9 0 d 1\n")],
            "q.txt, line 1: there is no question '9' in q.txt",
        ),
        ([("q.txt", b"acne\n"), ("r.tsv", b"1\td\t1\n1\td\tx\n")], "r.tsv, line 2: expected query, document"),
        ([("", b"\xff\xfe")], "The file of questions questions cannot be read"),
    ],
)
def test_a_wrong_file_is_refused_by_its_own_name_and_line(files: list[tuple[str, bytes]], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        collection_of(files)
    assert str(caught.value).startswith(sentence)


def test_a_judgement_of_nothing_is_refused_by_file_and_line(data: Path, hashing: Encoder) -> None:
    library(data, hashing)
    collection = collection_of([("q.txt", b"acne\n"), ("r.qrels", b"1 0 nowhere.md 1\n")])

    with pytest.raises(InputError) as caught:
        require_judgements_found(data, collection)
    assert str(caught.value).startswith("r.qrels, line 1: no document of the index is called 'nowhere.md'")

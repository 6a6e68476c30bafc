"""Judgements at three levels from every form they come in, and what makes a set of them wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from evaluate import Judgement, read_beir, read_collection
from evaluate.judgements import read_judgements
from tests.evaluate.builders import beir, json_lines, span_questions

DOCUMENTS = {
    "trec.qrels": "q1 0 oil 2\nq1 0 peel 0\n\nq2 0 sun -1\n",
    "beir.tsv": "query-id\tcorpus-id\tscore\nq1\toil\t2\nq1\tpeel\t0\nq2\tsun\t-1\n",
    "named.csv": "document,query,grade\noil,q1,2\npeel,q1,0\nsun,q2,-1\n",
    "bare.tsv": "q1\toil\t2\nq1\tpeel\t0\nq2\tsun\t-1\n",
    "named.jsonl": (
        '{"query": "q1", "document": "oil", "grade": 2}\n{"query": "q1", "document": "peel", "grade": 0}\n'
        '{"query": "q2", "document": "sun", "grade": -1}\n'
    ),
}


def wrote(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_judgements_are_the_same_in_every_form(tmp_path: Path, name: str) -> None:
    read = read_judgements(wrote(tmp_path, name, DOCUMENTS[name]))

    assert read == (Judgement("q1", "oil", 2), Judgement("q1", "peel", 0), Judgement("q2", "sun", -1))
    assert {one.level for one in read} == {"document"}
    assert read[2].where.endswith(("line 3", "line 4"))


def test_a_passage_is_judged_by_the_name_a_run_gives_it(tmp_path: Path) -> None:
    (read,) = read_judgements(wrote(tmp_path, "q.qrels", "q1 0 00112233445566aa:10-90 1\n"))

    assert read.level == "passage"


def test_spans_are_judged_by_quote_or_by_offsets(tmp_path: Path) -> None:
    text = 'query,path,quote,start,end,grade\nq1,a.md,"two\nlines",,,2\nq2,a.md,,5,9,1\n'

    assert read_judgements(wrote(tmp_path, "spans.csv", text)) == (
        Judgement("q1", "a.md", 2, "two\nlines"),
        Judgement("q2", "a.md", 1, "", 5, 9),
    )


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.qrels", "q1 0 d1 1\nq1 0 d2\nq1 d2 x\n", "line 2: expected query, document and a grade of 0, 1, 2 ..."),
        ("a.qrels", "q1 0 d1 1\nq1 0 1\n", "line 2: it has 3 columns, those before it 4"),
        ("a.qrels", "q1 0 d1 1\nq1 0 d1 2\n", "line 2: this was judged 1 before and is 2 here"),
        ("a.qrels", "q1 0 d1 1\nq1 0 00112233445566aa:10-90 1\n", "line 2: this judges a passage, but"),
        ("a.qrels", "query document grade\n", "holds no judgement"),
        ("a.tsv", "query-id\tcorpus-id\tscore\nq1\td1\n", "line 2: it has 2 cells, but the header names 3"),
        ("a.csv", "query,document,grade\nq1,d1,high\n", "line 2: 'high' is no whole number"),
        ("a.csv", "query,document,grade\nq1,,1\n", "line 2: there is no document"),
        ("a.csv", "query,document,grade\n,d1,1\n", "line 2: there is no query"),
        ("a.jsonl", '{"query": "q", "path": "p", "start": 5}', "line 1: a span is given by its quote, or by both"),
        ("a.jsonl", '{"query": "q", "path": "p", "quote": "x", "start": 5, "end": 6}', "line 1: a span is given by"),
        ("a.jsonl", '{"query": "q", "path": "p", "start": 5, "end": 5}', "line 1: 5 to 5 is no span"),
        ("a.jsonl", '{"query": "q", "path": "p", "grade": true}', "line 1: 'True' is no whole number"),
    ],
)
def test_a_wrong_file_is_refused_by_line_and_reason(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_judgements(wrote(tmp_path, name, text))

    assert said in str(refused.value)


def test_a_split_keeps_its_questions_and_their_judgements(tmp_path: Path) -> None:
    file = json_lines(tmp_path / "set.jsonl", span_questions())

    dev, whole = read_collection(file, split="dev"), read_collection(file)

    assert ([one.id for one in dev.questions], len(dev.judgements), dev.level) == (["q0", "q1"], 2, "span")
    assert (dev.name, whole.name, len(whole.questions), len(whole.judgements)) == ("set/dev", "set", 10, 8)
    with pytest.raises(InputError, match="no questions of the split 'train'; it has: dev, test"):
        read_collection(file, split="train")


def test_questions_and_judgements_must_agree(tmp_path: Path) -> None:
    questions = json_lines(
        tmp_path / "q.jsonl",
        [{"_id": "a", "text": "x", "answerable": True}, {"_id": "b", "text": "y", "answerable": False}],
    )
    for text, said in (
        ("a 0 d 1\nc 0 d 1\n", "line 2: there is no question 'c'"),
        ("a 0 d 1\nb 0 d 1\n", "line 2: the question is said to be unanswerable"),
        ("a 0 d 0\n", "line 1: the question is said to be answerable"),
    ):
        with pytest.raises(InputError, match=said):
            read_collection(questions, wrote(tmp_path, "j.qrels", text))
    spans = json_lines(tmp_path / "spans.jsonl", span_questions())
    with pytest.raises(InputError, match="holds judgements"):
        read_collection(spans, wrote(tmp_path, "j.qrels", "q1 0 d 1\n"))


def test_a_beir_folder_notes_what_it_judges_and_does_not_hold(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set")
    with (folder / "qrels" / "test.tsv").open("a", encoding="utf-8") as qrels:
        qrels.write("gone\td0\t1\nq0\tlost\t1\n")

    read = read_beir(folder)

    assert (read.name, len(read.questions), len(read.documents), len(read.judgements)) == ("set/test", 8, 8, 9)
    assert read.notes == (
        "1 judged query is not in queries.jsonl: gone.",
        "1 judged document is not in corpus.jsonl: lost.",
    )


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("corpus.jsonl", '{"_id": "d0", "title": "", "text": "again"}', "line 9: the id 'd0' occurs twice"),
        ("corpus.jsonl", '{"_id": "d9", "title": "no text"}', "line 9: expected an object such as"),
        ("corpus.jsonl", "{", "line 9: this is not JSON"),
        ("queries.jsonl", '{"_id": "q0", "text": "again"}', "line 10: the id 'q0' was used in line 1"),
    ],
)
def test_a_wrong_beir_folder_is_refused_by_line(tmp_path: Path, name: str, line: str, said: str) -> None:
    folder = beir(tmp_path / "set")
    with (folder / name).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")

    with pytest.raises(InputError, match=said):
        read_beir(folder)


def test_a_long_query_of_a_beir_folder_is_noted_and_not_refused(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set")
    text = (folder / "queries.jsonl").read_text(encoding="utf-8")
    (folder / "queries.jsonl").write_text(text.replace("use against acne", "acne " * 900), encoding="utf-8")

    assert read_beir(folder).notes == ("1 query is longer than 2,000 characters and is asked with its beginning: q0.",)


def test_every_wrong_line_of_judgements_is_named_at_once(tmp_path: Path) -> None:
    qrels = "q1 0 d1 1\nq1 d2\nq1 0 d3 x\nq2 0 d1 1\nq2 0 d1\n"
    with pytest.raises(InputError, match=r"line 2: expected query, .* 2 more lines cannot be used: 3, 5\.$"):
        read_judgements(wrote(tmp_path, "a.qrels", qrels))
    rows = '{"query": "a", "doc": "d", "grade": 1}\n{"query": "a"}\n{"query": "a", "doc": "e", "grade": "high"}\n'
    with pytest.raises(InputError, match=r"line 2: there is no document .* 1 more line cannot be used: 3\.$"):
        read_judgements(wrote(tmp_path, "a.jsonl", rows))


def test_every_judgement_of_an_unknown_question_is_named_at_once(tmp_path: Path) -> None:
    questions = json_lines(tmp_path / "q.jsonl", [{"_id": "a", "text": "acne?"}])
    qrels = wrote(tmp_path, "j.qrels", "a 0 d 1\nb 0 d 1\nc 0 d 1\n")

    with pytest.raises(InputError, match=r"line 2: there is no question 'b' .* 1 more line cannot be used: 3\.$"):
        read_collection(questions, qrels)

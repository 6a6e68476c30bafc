"""Files of questions: every form is read alike, and a wrong line is refused by its number before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from evaluate import read_questions
from index import LONGEST_QUESTION

SGML = """<top>
<num> Number: 301
<title> International Organized Crime

<desc> Description:
Identify organizations.
</top>

<top>
<num> Number: 302
<title> Poliomyelitis &amp; Post-Polio
<narr> Narrative: no
</top>
"""
XML = """<?xml version="1.0"?>
<topics task="covid">
  <topic number="301"><query>International Organized Crime</query><question>which gangs?</question></topic>
  <topic number="302"><query>Poliomyelitis &amp; Post-Polio</query></topic>
</topics>
"""
FORMS = {
    "q.jsonl": (
        '{"_id": "301", "text": "International Organized Crime"}\n\n'
        '{"_id": 302, "text": "Poliomyelitis & Post-Polio"}\n'
    ),
    "q.csv": "_id,text\r\n301,International Organized Crime\r\n302,Poliomyelitis & Post-Polio\r\n",
    "semicolons.csv": "id;question\n301;International Organized Crime\n302;Poliomyelitis & Post-Polio\n",
    "q.tsv": "qid\tquery\n301\tInternational Organized Crime\n302\tPoliomyelitis & Post-Polio\n",
    "bare.tsv": "301\tInternational Organized Crime\n302\tPoliomyelitis & Post-Polio\n",
    "topics.txt": SGML,
    "topics.xml": XML,
}


def wrote(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return file


@pytest.mark.parametrize("name", FORMS)
def test_every_form_says_the_same(tmp_path: Path, name: str) -> None:
    read = read_questions(wrote(tmp_path, name, FORMS[name]))

    assert [(one.id, one.text) for one in read] == [
        ("301", "International Organized Crime"),
        ("302", "Poliomyelitis & Post-Polio"),
    ]


def test_plain_text_is_one_question_a_line_by_line_number(tmp_path: Path) -> None:
    read = read_questions(wrote(tmp_path, "q.txt", "\ufeffdoes it help?\n\n  is it  safe? \r\n"))

    assert [(one.id, one.text) for one in read] == [("1", "does it help?"), ("3", "is it safe?")]


def test_a_table_without_ids_counts_lines_and_keeps_the_rest(tmp_path: Path) -> None:
    text = 'text,kind,split,answerable\n"is it\nsafe?",safety,test,yes\nprice?,,dev,FALSE\n'
    first, second = read_questions(wrote(tmp_path, "q.csv", text))

    assert (first.id, first.text, first.kind, first.split, first.answerable) == (
        "2",
        "is it safe?",
        "safety",
        "test",
        True,
    )
    assert (second.id, second.kind, second.split, second.answerable) == ("4", "", "dev", False)


def test_only_a_line_feed_ends_a_line_of_json(tmp_path: Path) -> None:
    (read,) = read_questions(wrote(tmp_path, "q.jsonl", '{"_id": "a", "text": "one\u2028two\x85three"}\n'))

    assert read.text == "one two three"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("q.jsonl", '{"_id": "a", "text": "x"}\n{"_id": "a", "text": "y"}', "line 2: the id 'a' was used in line 1"),
        ("q.jsonl", '{"_id": "a", "text": "x"}\n\n{"_id": "b"', "line 3: this is not JSON"),
        ("q.jsonl", '{"_id": "a", "text": "x"}\n[1]', "line 2: expected an object"),
        ("q.jsonl", '{"_id": "a"}', "line 1: there is no question"),
        ("q.jsonl", '{"_id": "a", "text": ["x"]}', "line 1: there is no question"),
        ("q.jsonl", '{"text": "x"}', "line 1: there is no id"),
        ("q.jsonl", '{"_id": "a b", "text": "x"}', "line 1: the id 'a b' holds white space"),
        ("q.jsonl", '{"_id": "a", "text": "\\ud83d"}', "line 1: it holds half a character"),
        ("q.jsonl", '{"_id": "a", "text": "x", "answerable": "perhaps"}', "line 1: 'perhaps' is not true or false"),
        ("q.jsonl", '{"_id": "a", "text": "x", "spans": {}}\n{"_id": "b", "text": "x", "spans": "y"}', "line 2: the s"),
        ("q.jsonl", '{"_id": "a", "text": "x", "spans": [{"path": "p"}]}', "line 1: a span needs a quote"),
        ("q.txt", f"short?\n{'x' * (LONGEST_QUESTION + 1)}", "line 2: the question has 2,001 characters"),
        ("q.csv", "_id,text\n1,x\n2,y,z\n", "line 3: it has 3 cells, but the header names 2 columns"),
        ("q.csv", '_id,text\n1,"x\ny"\n2,"z" w\n', "line 4: this is no row of a table"),
        ("q.csv", "a,b,c\n1,2,3\n", "line 1: a table needs a header with a column 'text'"),
        ("q.tsv", "1\tx\n2\n", "line 2: a table needs a header"),
        ("t.xml", "<topics>\n<topic id='1'><query>x</query></topic>\n<topic id='2'><query>y", "line 3: a topic is not"),
        ("t.txt", "<top>\n<num> 1\n<title> x\n</top>\n<top>\n<title> y\n</top>", "line 5: the topic has no number"),
        ("t.txt", "<top>\n<num> 1\n<desc> x\n</top>", "line 1: the topic 1 has no <title>"),
        ("q.txt", " \n", "is empty"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_line_and_reason(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_questions(wrote(tmp_path, name, text))

    assert said in str(refused.value)
    assert name in str(refused.value)


LOWER_CASE = (
    "what is the best treatment for acne scars in dark skin types without lasers\n"
    "how long do i have to wait after microneedling before i can use retinol again\n"
)
WITH_A_STORY = (
    "I am 34. I have melasma. Hydroquinone burned. I stopped. I am afraid of lasers. What now, and is there "
    "anything that a person with my skin could use without having to see a dermatologist every single month, "
    "preferably without a prescription, and that does not stain clothes? It should not be dear either.\n"
)
PROSE = "Retinol stings at first. It speeds up the turnover of cells. " * 4
WRAPPED = """Retinol stings at first. Applied to the skin it speeds up
the turnover of cells. It is used against wrinkles and acne, and
stings at first."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\ntitle: Retinol\n---\nRetinol stings.\n", "line 1: this begins the front matter of a document"),
        ("\n# Retinol\n\nRetinol stings.\n", "line 2: this is a heading"),
        ("does it sting?\n## Harms\nis it safe?\n", "line 2: this is a heading"),
        ("Retinol\n=======\n\nIt stings.\n", "line 2: there is no word in it"),
        ("| a | b |\n| c | d |\n", "line 1: this is a row of a table"),
        ("<!DOCTYPE html>\n<html><body>It stings.</body></html>\n", "line 1: this is HTML"),
        ('[{"_id": "a", "text": "does it sting?"}]\n', "line 1: this is one JSON list"),
        (f"does it sting?\n{PROSE}\n", "line 2: it has 8 sentences and no question mark"),
        (f"Retinol.\n\n{WRAPPED}\n", "line 3: its sentence goes on in the next line"),
    ],
)
@pytest.mark.parametrize("name", ["notes.md", "notes.txt"])
def test_a_text_that_is_no_list_of_questions_is_refused_by_line_and_reason(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        read_questions(wrote(tmp_path, name, text))

    assert said in str(refused.value)
    assert f"{name}, line" in str(refused.value)
    assert "one question a line" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "does niacinamide help?\n\nis it safe? \n",
        "niacinamide\nretinol 0.5 %\nvitamin c, e and ferulic acid\nSPF 50+\n#skincare\n",
        LOWER_CASE,
        "- does it sting?\n- is it safe?\n1. What next?\n",
        WITH_A_STORY,
        "Retinol stings. Acid peels.\nZinc soothes\nand oil calms.\n",
        "ist das schädlich?\n皮膚に良いですか\nमुँहासे में क्या मदद करता है\n",
        "pH 3.5 vs. pH 5.5 for vitamin C\nDr. Smith's peel vs. Dr. Jones's\n",
        "Is retinol e.g. Differin safe?\nTretinoin vs. adapalene\n",
    ],
)
@pytest.mark.parametrize("name", ["questions.md", "questions.txt", "questions"])
def test_a_plain_list_of_questions_or_keywords_is_taken_whatever_it_looks_like(
    tmp_path: Path, name: str, text: str
) -> None:
    assert len(read_questions(wrote(tmp_path, name, text))) == sum(1 for line in text.split("\n") if line.strip())


def test_no_document_of_the_shipped_corpus_is_taken_for_questions() -> None:
    documents = sorted((Path(__file__).parents[2] / "corpus").rglob("*.md"))

    assert len(documents) > 80
    for document in documents:
        with pytest.raises(InputError, match="line 1: "):
            read_questions(document)


def test_a_file_that_is_not_there_or_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(No such file"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "q.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="it is not UTF-8 text"):
        read_questions(tmp_path / "q.jsonl")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "q.jsonl",
            '{"_id": "a", "text": "is it safe?"}\n{"_id": "b"\n{"_id": "a", "text": "again?"}\n[1]\n',
            r"q.jsonl, line 2: this is not JSON .* one JSON object a line. 2 more lines cannot be used: 3, 4\.$",
        ),
        (
            "q.csv",
            "text,answerable\nis it safe?,perhaps\nis it,not,safe?\ndoes it help?,yes\n",
            r"line 2: 'perhaps' is not true or false .* 1 more line cannot be used: 3\.$",
        ),
        (
            "q.jsonl",
            "".join(f'{{"_id": "{number}"}}\n' for number in range(15)),
            r"14 more lines cannot be used: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 4 more\.$",
        ),
    ],
)
def test_every_wrong_line_is_named_at_once(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_questions(wrote(tmp_path, name, text))


def test_judgements_in_the_place_of_questions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"j.qrels, line 1: this is a judgement as TREC writes it, and no question"):
        read_questions(wrote(tmp_path, "j.qrels", "q1 0 acids.md 2\nq2 0 peels.md 0\n"))
    assert len(read_questions(wrote(tmp_path, "q.txt", "is vitamin C 2\nq1 0 acids.md 2\n"))) == 2

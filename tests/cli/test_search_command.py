"""`python -m index search`: the printed contract, batches, filters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

# The public contract, and what was added to it since; nothing of either is ever renamed or removed.
ANSWER_KEYS = {
    *("query", "support", "confidence", "generation", "elapsed_ms", "hits"),
    *("mode", "reranker", "unmentioned", "lacking", "read_as"),
}
HIT_KEYS = {
    *(
        "rank",
        "score",
        "document_id",
        "title",
        "path",
        "pages",
        "section",
        "start",
        "end",
        "quote",
        "highlight",
        "sha256",
    ),
    *("dense", "lexical", "authors", "year", "doi", "url", "also"),
}


def test_an_answer_as_json_has_the_keys_of_the_contract(synced: Command) -> None:
    done = synced("index", "search", "does niacinamide lower oil?", "--json")

    (answer,) = done.objects
    hit = answer["hits"][0]
    assert done.status == 0
    assert set(answer) == ANSWER_KEYS
    assert set(hit) == HIT_KEYS
    assert answer["query"] == "does niacinamide lower oil?"
    assert answer["support"] in ("supported", "weak", "none")
    assert answer["generation"] == 1
    assert (hit["rank"], hit["title"], hit["section"], hit["path"]) == (1, "Niacinamide", "Oil", "docs/oil.md")
    assert (hit["year"], hit["pages"]) == (2021, [])
    assert set(hit["highlight"]) == {"start", "end"}
    assert hit["quote"] == "Niacinamide lowers oil. It took weeks."
    assert hit["highlight"] == {"start": hit["start"], "end": hit["start"] + len("Niacinamide lowers oil.")}


def test_an_answer_to_be_read_holds_quotation_source_and_place(synced: Command) -> None:
    done = synced("index", "search", "does niacinamide lower oil?", "-k", 1)

    assert done.status == 0
    for words in (
        "Niacinamide lowers oil. It took weeks.",
        "Niacinamide",
        "2021",
        "Oil",
        "docs/oil.md",
        "1 passage in",
    ):
        assert words in done.out
    assert "Glycolic" not in done.out


@pytest.mark.parametrize(("mode", "count"), [("hybrid", 3), ("dense", 3), ("lexical", 1)])
def test_modes_and_number(synced: Command, mode: str, count: int) -> None:
    (answer,) = synced("index", "search", "sunscreen", "--mode", mode, "-k", 5, "--json").objects

    assert (answer["mode"], len(answer["hits"])) == (mode, count)


def test_filters_narrow_and_values_of_one_key_are_alternatives(synced: Command) -> None:
    def titles(*where: str) -> list[str]:
        options = [part for condition in where for part in ("--where", condition)]
        (answer,) = synced("index", "search", "skin", *options, "--json").objects
        return sorted(hit["title"] for hit in answer["hits"])

    assert titles("group=actives") == ["Niacinamide"]
    assert titles("group=actives", "type=markdown") == ["Niacinamide"]
    assert titles("type=markdown") == ["Niacinamide", "Peels", "Sun"]


def test_a_filter_value_that_no_document_has_is_refused_naming_those_there_are(synced: Command) -> None:
    done = synced("index", "search", "skin", "--where", "year=1999")

    assert (done.status, done.out) == (2, "")
    assert "No document has year=1999; there are: " in done.err


def test_non_ascii_text_is_printed_as_it_is(synced: Command, docs: Path) -> None:
    (docs / "kind.md").write_text("Die Haut 皮膚 braucht Öl.", encoding="utf-8")
    synced("ingest", "sync", "docs")

    assert "皮膚 braucht Öl" in synced("index", "search", "haut öl", "--json").out


# --- batches


def ids(out: list[dict[str, object]]) -> list[object]:
    return [answer["_id"] for answer in out]


def test_a_batch_of_json_lines_is_answered_in_its_order(synced: Command, here: Path) -> None:
    lines = [
        {"_id": f"q{n}", "text": text, "metadata": {}} for n, text in enumerate(["oil", "peel", "sunscreen", "oil"])
    ]
    (here / "queries.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    done = synced("index", "search", "--batch", "queries.jsonl", "-k", 1)

    assert done.status == 0
    assert ids(done.objects) == ["q0", "q1", "q2", "q3"]
    assert all(set(answer) == ANSWER_KEYS | {"_id"} for answer in done.objects)
    assert [answer["hits"][0]["title"] for answer in done.objects] == ["Niacinamide", "Peels", "Sun", "Niacinamide"]


def test_a_batch_of_plain_lines_is_named_by_line(synced: Command, here: Path) -> None:
    (here / "questions.txt").write_text("\ufeffoil?\n\n  \npeel?\r\nsunscreen?", encoding="utf-8")

    done = synced("index", "search", "--batch", "questions.txt", "--mode", "lexical")

    assert ids(done.objects) == ["1", "4", "5"]
    assert [answer["query"] for answer in done.objects] == ["oil?", "peel?", "sunscreen?"]


def test_a_long_batch_keeps_its_order(synced: Command, here: Path) -> None:
    (here / "questions.txt").write_text("".join(f"question {number} of oil\n" for number in range(150)))

    done = synced("index", "search", "--batch", "questions.txt", "-k", 1)

    assert ids(done.objects) == [str(number) for number in range(1, 151)]


def test_a_line_ends_at_a_newline_and_nowhere_else(synced: Command, here: Path) -> None:
    # JSON may hold these characters as they are; to Python's splitlines they are ends of lines.
    texts = ["oil\u2028and", "oil\u2029and", "oil\x85and", "oil\x0band"]
    lines = [json.dumps({"_id": str(n), "text": text}, ensure_ascii=False) for n, text in enumerate(texts)]
    (here / "queries.jsonl").write_text("\n".join(lines[:3]), encoding="utf-8")
    (here / "questions.txt").write_text("\n".join(texts), encoding="utf-8")

    assert ids(synced("index", "search", "--batch", "queries.jsonl").objects) == ["0", "1", "2"]
    assert ids(synced("index", "search", "--batch", "questions.txt").objects) == ["1", "2", "3", "4"]


GOOD = '{"_id": "q1", "text": "oil"}'


WRONG = {
    "no JSON": ([GOOD, "{"], 2),
    "no object": ([GOOD, "", "[1]"], 3),
    "no text": ([GOOD, '{"_id": "q2"}'], 2),
    "no id": ([GOOD, '{"text": "oil"}'], 2),
    "a text that is a number": ([GOOD, '{"_id": "q2", "text": 7}'], 2),
    "an empty question": ([GOOD, '{"_id": "q2", "text": "  "}'], 2),
    "an endless question": ([GOOD, json.dumps({"_id": "q2", "text": "x" * 100_000})], 2),
    "an id used before": ([GOOD, GOOD], 2),
    "half a character": ([GOOD, '{"_id": "q2", "text": "\\ud800"}'], 2),
    "half a character as id": ([GOOD, '{"_id": "\\ud800", "text": "oil"}'], 2),
    "an endless number": ([GOOD, f'{{"_id": {"1" * 5_000}, "text": "oil"}}'], 2),
    "endless nesting": ([GOOD, '{"_id": "q2", "text": ' + "[" * 100_000], 2),
    "a heading of a document": (["# Oil", "Oil calms."], 1),
    "front matter": (["---", "title: Oil"], 1),
    "an endless plain question": (["oil?", "x" * 100_000], 2),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_line_is_refused_by_its_number_before_anything_is_printed(
    synced: Command, here: Path, kind: str
) -> None:
    lines, number = WRONG[kind]
    (here / "queries.txt").write_text("\n".join(lines))

    done = synced("index", "search", "--batch", "queries.txt")

    assert (done.status, done.out) == (2, "")
    assert f"queries.txt, line {number}: " in done.sentence
    assert len(done.sentence) < 300


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), (b"", "empty"), (b"\n \n", "empty"), (b"\xff\xfe\x00", "not UTF-8")],
)
def test_a_batch_that_cannot_be_read_is_refused_by_name(
    synced: Command, here: Path, content: bytes | None, why: str
) -> None:
    if content is not None:
        (here / "queries.txt").write_bytes(content)

    done = synced("index", "search", "--batch", "queries.txt")

    assert (done.status, done.out) == (2, "")
    assert "queries.txt" in done.sentence
    assert why in done.sentence


@pytest.mark.parametrize("name", ["queries.csv", "Queries.TSV"])
def test_a_table_is_refused_with_the_command_that_takes_it(synced: Command, here: Path, name: str) -> None:
    (here / name).write_text("id,text\nq1,does oil calm?\n")

    done = synced("index", "search", "--batch", name)

    assert (done.status, done.out) == (2, "")
    assert f"{name} is a table" in done.sentence
    assert f"`python -m evaluate run --queries {name} --out DIR`" in done.sentence


def test_a_question_and_a_batch_at_once_or_neither_is_refused(synced: Command) -> None:
    for arguments in ((), ("oil", "--batch", "x")):
        done = synced("index", "search", *arguments)

        assert (done.status, done.out) == (2, "")
        assert "one question" in done.sentence


# --- what is shown of a ranking


def test_a_copy_is_folded_and_named_under_the_passage_it_copies(synced: Command, docs: Path) -> None:
    (docs / "copy.md").write_text("# Acids\n\nGlycolic acid peels the skin.\n\nMore: it stings.\n", encoding="utf-8")
    (docs / "other.md").write_text("# Other\n\n## Again\n\nGlycolic acid -- peels the skin.\n", encoding="utf-8")
    synced("ingest", "sync", "docs")

    (answer,) = synced("index", "search", "glycolic acid", "--json").objects
    said = synced("index", "search", "glycolic acid").out

    (best,) = [hit for hit in answer["hits"] if hit["also"]]
    (other,) = best["also"]
    assert set(other) == {"document_id", "title", "path", "pages", "section", "start", "end", "same"}
    assert {best["title"], other["title"]} == {"Peels", "Other"}
    assert other["same"] is True
    assert f"The same words also stand in {other['title']} · {other['section']} · {other['path']}" in said


def test_at_most_so_many_passages_a_document(synced: Command, docs: Path) -> None:
    text = "".join(f"## Part {letter}\n\nGlycolic acid {letter}.\n\n" for letter in "abcd")
    (docs / "parts.md").write_text(f"# Parts\n\n{text}", encoding="utf-8")
    synced("ingest", "sync", "docs")

    def shown(*options: object) -> list[str]:
        (answer,) = synced("index", "search", "glycolic acid", "--mode", "lexical", "--json", *options).objects
        return [hit["title"] for hit in answer["hits"]]

    assert sorted(shown()) == sorted(shown("--per-document", 1)) == ["Parts", "Parts", "Parts", "Parts", "Peels"]
    assert sorted(shown("--per-document", 1)[:2]) == ["Parts", "Peels"]
    assert synced("index", "search", "acid", "--per-document", -1).status == 2

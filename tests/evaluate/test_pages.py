"""The two pages: one file each that asks nothing of anyone, whatever the documents say."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evaluate import Evaluation, compare, evaluated, read_collection, write_comparison, write_evaluation
from evaluate.pages import excerpt
from evaluate.plots import histogram, shares_svg
from index import Encoder, Searcher
from tests.evaluate.builders import asked, found, json_lines, perfect
from tests.index.builders import added, document, put

HOSTILE = '<script>alert(1)</script><img src="http://evil.example/x.png" onerror=alert(2)> {{ 7 * 7 }} zinc'


class Seen(HTMLParser):
    """Every element of a page with its attributes, and the open elements that were never closed."""

    VOID = frozenset({"meta", "br", "circle", "line", "rect"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag


def require_quiet(text: str) -> Seen:
    """Assert that a page makes no request and runs nothing, and that its elements are closed."""
    seen = Seen(text)
    assert seen.open == []
    tags = {tag for tag, _ in seen.elements}
    assert not tags & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "image",
        "use",
        "video",
        "audio",
    }
    for tag, attributes in seen.elements:
        assert not any(name.startswith("on") for name in attributes), tag
        assert not {"src", "srcset", "style", "action", "background"} & set(attributes), tag
        if "href" in attributes:
            assert tag == "a"
            assert re.match(r"https?://", attributes["href"])
        if attributes.get("http-equiv"):
            assert attributes["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style
    return seen


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory, hashing: Encoder) -> Evaluation:
    return asked(tmp_path_factory.mktemp("run"), hashing)


def test_the_report_asks_nothing_of_the_network_and_says_what_matters(evaluation: Evaluation, tmp_path: Path) -> None:
    write_evaluation(tmp_path, found(evaluation, {"q2": ()}))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")

    require_quiet(text)
    for said in (
        "10 questions, asked in hybrid mode of 8 documents with hashing-256",
        "8 of them are judged, at the level of spans",
        "The corpus does not answer",
        "Questions that found nothing",
        "what may be used daily against melasma",
        "one may use sunscreen daily",
        "By kind of question",
        evaluation.manifest.source_sha256,
    ):
        assert said in text
    assert evaluation.manifest.created not in text


def test_the_comparison_asks_nothing_of_the_network_and_shows_both_rankings(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    write_evaluation(
        tmp_path / "one", found(evaluation, {key: ["x", *own] for key, own in perfect(evaluation).items()})
    )
    write_evaluation(tmp_path / "two", evaluation)
    write_comparison(tmp_path, compare([tmp_path / "one", tmp_path / "two"]))
    text = (tmp_path / "compare.html").read_text(encoding="utf-8")

    require_quiet(text)
    assert "Questions that moved most" in text
    assert 'class="sides"' in text
    assert "corrected" in text


def test_words_of_documents_and_questions_are_never_markup(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    read = document(f"{HOSTILE} helps.", title=HOSTILE)
    metadata = replace(read.metadata, url="javascript:alert(3)")
    put(data, hashing, added({"corpus/a.md": replace(read, metadata=metadata)}))
    rows = [{"_id": "q", "text": HOSTILE, "kind": HOSTILE, "spans": [{"path": "a.md", "quote": "zinc helps."}]}]
    rows.append({"_id": "r", "text": "nothing", "spans": [{"path": "a.md", "quote": "zinc helps.", "grade": 0}]})
    one = evaluated(Searcher(data, hashing), read_collection(json_lines(tmp_path / "q.jsonl", rows)))
    write_evaluation(tmp_path / "one", one)
    write_evaluation(tmp_path / "two", found(one, {"q": ["x", *one.run.found["q"].names]}))
    write_comparison(tmp_path / "both", compare([tmp_path / "one", tmp_path / "two"]))

    for file in (tmp_path / "two" / "report.html", tmp_path / "both" / "compare.html"):
        text = file.read_text(encoding="utf-8")
        require_quiet(text)
        assert "&lt;script&gt;alert(1)" in text
        assert "{{ 7 * 7 }}" in text
        assert "javascript:" not in text


def test_a_report_without_judgements_says_so(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    put(data, hashing, added({"corpus/a.md": document("Zinc helps.", title="A")}))
    (tmp_path / "q.txt").write_text("zinc?\n")
    write_evaluation(tmp_path / "out", evaluated(Searcher(data, hashing), read_collection(tmp_path / "q.txt")))

    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")

    require_quiet(text)
    assert "Nothing is judged, so nothing is measured" in text


def test_pictures_say_in_words_what_they_show() -> None:
    assert histogram([0.1, 1 / 3, 0.3, 1.0, 0.999]) == [0, 1, 0, 2, 0, 0, 0, 0, 0, 2]
    picture = str(shares_svg({"supported": 3, "weak": 0, "none": 1}))
    assert 'aria-label="supported: 3, weak: 0, none: 1"' in picture
    assert 'width="75.00%"' in picture


def test_a_long_passage_is_cut_at_a_word() -> None:
    assert excerpt("short") == "short"
    assert len(excerpt("word " * 1_000)) <= 704
    assert excerpt("word " * 1_000).endswith("word ...")

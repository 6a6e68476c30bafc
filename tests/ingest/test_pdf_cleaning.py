"""Cleaning of PDF text: characters, and words broken at line ends."""

from __future__ import annotations

import pytest

from ingest.readers.pdf_clean import clean_line, clean_pages


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("e\ufb03cient \ufb02ow of \ufb01bres, a\ufb00ected \ufb06", "efficient flow of fibres, affected st"),
        ("10² m and ½ a dose at 5 µg", "10² m and ½ a dose at 5 µg"),
        ("a\x00b\x07c\ud800d", "abcd"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("soft\xadened and bro\xad\nken", "softened and broken"),
        ("\uf0b7 an item", "• an item"),
        ("trailing  \nblanks \t\n\n\n\nend", "trailing\nblanks\n\nend"),
    ],
)
def test_characters(raw: str, expected: str) -> None:
    assert clean_pages([raw]) == [expected]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("the thera-\npies work", "the therapies work"),
        ("the thera- \npies work", "the therapies work"),
        ("the thera\ufffepies work", "the therapies work"),
        ("kera-\ntin, keratin", "keratin, keratin"),
        ("stem-\ncell and stem-cell", "stem-cell and stem-cell"),
        ("well-\nbeing", "well-being"),
        ("low-\ndensity", "low-density"),
        ("the low-\ner part", "the lower part"),
        ("pre-\nvious", "previous"),
        ("pre-\ntreatment after treatment", "pre-treatment after treatment"),
        ("COVID-\n19 and UV-\nB", "COVID-19 and UV-B"),
        ("INTRODUC-\nTION", "INTRODUCTION"),
        ("short-\nand long-term", "short-\nand long-term"),
        ("state-of-\nthe-art of the state", "state-of-the-art of the state"),
        ("anti-inflam-\nmatory", "anti-inflammatory"),
        ("a dash -\nhere", "a dash -\nhere"),
    ],
)
def test_words_broken_at_line_ends(raw: str, expected: str) -> None:
    assert clean_pages([raw]) == [expected]


def test_the_vocabulary_is_that_of_the_whole_document() -> None:
    assert clean_pages(["a re-\nuse", "to re-use is not to reuse, re-use!"])[0] == "a re-use"


def test_a_title_becomes_one_line() -> None:
    assert clean_line("A\ttitle\nof \ufb01bres\x00") == "A title of fibres"

"""Words of documents on screen hold nothing unseen, and names nothing of this machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.text import LONGEST_NAME, UNSEEN, file_name, safe


@given(st.text())
def test_safe_text_is_no_markup(text: str) -> None:
    escaped = safe(text)

    assert not set("<>\"'").intersection(escaped)
    assert not UNSEEN.search(escaped)


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/x.pdf", "x.pdf"),
        ("C:\\Users\\a\\x.txt", "x.txt"),
        ("a\x00.pdf", "a.pdf"),
        ("harmless\u202efdp.exe", "harmlessfdp.exe"),
        ("two\nlines.txt", "two lines.txt"),
        ("", ""),
    ],
)
def test_file_names_are_only_names(given_name: str, name: str) -> None:
    assert file_name(given_name) == name


def test_endless_names_keep_both_ends() -> None:
    name = file_name("a" * 300 + ".pdf")

    assert name.startswith("aaa")
    assert name.endswith(".pdf")
    assert len(name) <= LONGEST_NAME + 3

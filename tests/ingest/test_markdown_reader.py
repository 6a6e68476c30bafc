"""Markdown: the file's own text, its headings and its front matter."""

from __future__ import annotations

import pytest

from core.document import Document, Loss, Reference, Source, section_of
from ingest.readers import read

FRONT = """---
title: "Azelaic acid"
authors: [Jane Roe, John Doe]
year: 2024
doi: https://doi.org/10.1000/182
url: https://example.org/a
licence: CC-BY-4.0
slug: azelaic-acid
keywords: [rosacea, no, 010]
as_of: 2026-11-05
empty: ~
references:
  - id: 1
    text: "Roe J. Skin. 2020."
    doi: 10.1000
    pmid: 012345
  - id: 2
    text: Doe J.
    url: https://example.org/b
---
"""


def _read(text: str) -> Document:
    return read(Source("a.md", "text/markdown", text.encode()))


def _paths(document: Document) -> list[tuple[str, str]]:
    return [(document.text[each.start : each.title_end], " > ".join(each.path)) for each in document.headings]


def test_front_matter_becomes_metadata_with_values_as_they_are_written() -> None:
    meta = _read(FRONT + "\nBody.\n").metadata
    assert (meta.title, meta.authors, meta.year) == ("Azelaic acid", ("Jane Roe", "John Doe"), 2024)
    assert (meta.doi, meta.url, meta.licence) == ("10.1000/182", "https://example.org/a", "CC-BY-4.0")
    assert meta.fields == (
        ("slug", "azelaic-acid"),
        ("keywords", "rosacea"),
        ("keywords", "no"),
        ("keywords", "010"),
        ("as_of", "2026-11-05"),
    )
    assert meta.references == (
        Reference("1", "Roe J. Skin. 2020.", doi="10.1000", pmid="012345"),
        Reference("2", "Doe J.", url="https://example.org/b"),
    )


def test_the_text_is_the_file_below_the_front_matter_with_unified_newlines() -> None:
    document = _read((FRONT + "\nA *marked* word.\n\n- a list\n").replace("\n", "\r\n"))
    assert document.text == "\nA *marked* word.\n\n- a list\n"
    assert document.losses == ()


@pytest.mark.parametrize(
    ("front", "why"),
    [
        ("---\ntitle: [never closed\nyear: 2020\n---\n", "line 3: "),
        ("---\na: &x 1\nb: *x\n---\n", "it uses YAML aliases"),
        ("---\n- just\n- a list\n---\n", "it is not a list of 'key: value' lines"),
        ("---\na: " + "[" * 3000 + "\n---\n", "it is nested too deeply"),
        ("---\na: " + "- " * 3000 + "\n---\n", "line 2: "),
        ("---\n" + "- " * 3000 + "\n---\n", "it is nested too deeply"),
        ("---\n" + "a: b\n" * 20_000 + "---\n", "it is longer than 64 kB"),
    ],
)
def test_broken_front_matter_is_a_loss_and_the_text_is_still_read(front: str, why: str) -> None:
    document = _read(front + "Body.\n")
    assert document.text == "Body.\n"
    assert [(loss.where, loss.what) for loss in document.losses] == [("front matter", "metadata")]
    assert document.losses[0].why.startswith(why)


def test_front_matter_that_never_ends_stays_in_the_text_and_is_named() -> None:
    document = _read("---\ntitle: Skin\n\nBody.\n")
    assert document.text.startswith("---\ntitle: Skin")
    assert "no closing line" in document.losses[0].why
    assert _read("---\n\nA break, not front matter.\n").losses == ()


def test_front_matter_values_of_other_shapes_are_named() -> None:
    document = _read("---\ntitle: Skin\nnested:\n  a: 1\nreferences: [one]\n---\nBody.\n")
    assert [loss.what for loss in document.losses] == ["key 'nested'", "key 'references'"]
    assert document.metadata.title == "Skin"


def test_escapes_in_front_matter_cannot_smuggle_in_characters_that_cannot_be_stored() -> None:
    assert _read('---\ntitle: "Sk\\0in\\ud800"\n---\nBody.\n').metadata.title == "Skin"


def test_headings_nest_and_are_never_taken_from_code() -> None:
    text = """## One *bold* [link](x.md)

```
# not a heading
```

    # nor this

Setext
two lines
---------

### Two `code` & more ###
text

- # in a list

> # in a quotation

## Three
"""
    document = _read(text)
    assert _paths(document) == [
        ("## One *bold* [link](x.md)", "One bold link"),
        ("Setext\ntwo lines\n---------", "Setext two lines"),
        ("### Two `code` & more ###", "Setext two lines > Two code & more"),
        ("## Three", "Three"),
    ]
    assert section_of(document.headings, text.index("in a quotation")) == ("Setext two lines", "Two code & more")


def test_a_single_h1_at_the_top_is_the_title_and_no_part_of_any_path() -> None:
    document = _read("\n# Skin *care*\n\nIntro.\n\n## Basics\n\nBody.\n")
    assert document.metadata.title == "Skin care"
    assert _paths(document) == [("# Skin *care*", ""), ("## Basics", "Basics")]
    assert section_of(document.headings, document.text.index("Intro")) == ()


@pytest.mark.parametrize(
    ("text", "title", "paths"),
    [
        ("# One\n\na\n\n# Two\n\nb\n", "", ["One", "Two"]),
        ("Before.\n\n# One\n\na\n", "", ["One"]),
        ("---\ntitle: Other\n---\n# One\n\n## Two\nb\n", "Other", ["One", "One > Two"]),
        ("---\ntitle: ONE\n---\n# One\n\n## Two\nb\n", "ONE", ["", "Two"]),
    ],
)
def test_other_h1s_are_sections(text: str, title: str, paths: list[str]) -> None:
    document = _read(text)
    assert document.metadata.title == title
    assert [path for _, path in _paths(document)] == paths


def test_the_terms_of_a_glossary_are_sections_that_keep_their_words() -> None:
    entries = ("**SVF** (stromal vascular fraction): Cells.", "**TEWL**: Water that leaves.", "**SPF**: A rating.")
    document = _read("## Glossary: S to T\n\n" + "\n\n".join(entries) + "\n\nA closing remark.\n")
    sections = {
        text: section_of(document.headings, document.text.index(text)) for text in (*entries, "A closing remark.")
    }
    assert sections == {
        entries[0]: ("Glossary: S to T", "SVF (stromal vascular fraction)"),
        entries[1]: ("Glossary: S to T", "TEWL"),
        entries[2]: ("Glossary: S to T", "SPF"),
        "A closing remark.": ("Glossary: S to T",),
    }


def test_two_bold_beginnings_are_no_glossary() -> None:
    assert _read("**Note**: one.\n\n**Note two**: two.\n").headings == ()


def test_images_are_losses_with_their_line_in_the_file_and_comments_are_none() -> None:
    text = (
        "---\ntitle: a\n---\nText.\n\n![one](a.png) and ![two][ref]\n\n<!-- a note -->\n`![code](x)`\n\n<img src='x'>\n"
    )
    assert _read(text).losses == (
        Loss("line 6", "image", "images are not read"),
        Loss("line 6", "image", "images are not read"),
        Loss("line 11", "image", "images are not read"),
    )


def test_a_title_with_a_thousand_brackets_is_taken_as_written() -> None:
    document = _read("## " + "[" * 50_000 + "\n\nBody.\n")
    assert document.headings[0].path == ("[" * 50_000,)

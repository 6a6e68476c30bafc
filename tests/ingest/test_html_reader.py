"""HTML: main content, structure, what the head says, and what is left out."""

from __future__ import annotations

import pytest

from core.document import Document, Loss, Source
from core.errors import UnreadableError
from ingest.readers import read

ARTICLE = """<!DOCTYPE html>
<html><head><title>Azelaic acid | The Skin Site</title>
<meta name="citation_title" content="Azelaic acid in rosacea">
<meta name="citation_author" content="Roe, Jane"><meta name="citation_author" content="Doe, John">
<meta name="citation_publication_date" content="2019/05/01"><meta name="citation_doi" content="10.1000/xyz">
<link rel="canonical" href="https://example.org/azelaic"><link rel="license" href="https://example.org/by">
<script>var hidden = "never shown";</script><style>p { color: red }</style></head>
<body>
<nav><ul><li><a href="/">Home</a></li><li>Menuword</li></ul></nav>
<article>
<h1>Azelaic acid in rosacea</h1>
<p>Azelaic acid calms   the skin&nbsp;of many people with <b>rosacea</b>, H<sub>2</sub>O<br>aside.</p>
<h2>What it is</h2>
<p>A dicarboxylic acid that grains such as wheat and barley make, and that yeasts on the skin make too.</p>
<h3>Strengths</h3>
<table><tr><th>Form</th><th>Share</th></tr><tr><td>gel</td><td>15 <i>%</i></td></tr>
<tr><td>cream</td><td></td></tr></table>
<h2>How it is used</h2>
<ul><li>twice daily</li><li>on <em>dry</em> skin<ul><li>not on wounds</li></ul></li></ul>
<p>Most people see a change after about eight weeks, and those who stop early rarely do.</p>
<img src="a.png" alt="a gel"><img src="b.png"><iframe src="https://example.org/ad"></iframe>
</article>
<footer>Footerword</footer>
</body></html>"""


def _read(page: str | bytes) -> Document:
    return read(Source("a.html", "text/html", page.encode() if isinstance(page, str) else page))


def test_a_page_becomes_text_with_structure() -> None:
    assert _read(ARTICLE).text == (
        "Azelaic acid in rosacea\n\n"
        "Azelaic acid calms the skin of many people with rosacea, H2O\naside.\n\n"
        "What it is\n\n"
        "A dicarboxylic acid that grains such as wheat and barley make, and that yeasts on the skin make too.\n\n"
        "Strengths\n\n"
        "Form | Share\ngel | 15 %\ncream\n\n"
        "How it is used\n\n"
        "- twice daily\n- on dry skin\n- not on wounds\n\n"
        "Most people see a change after about eight weeks, and those who stop early rarely do."
    )


def test_headings_nest_by_their_level_below_the_title() -> None:
    document = _read(ARTICLE)
    titles = [(document.text[each.start : each.title_end], each.path) for each in document.headings]
    assert titles == [
        ("Azelaic acid in rosacea", ()),
        ("What it is", ("What it is",)),
        ("Strengths", ("What it is", "Strengths")),
        ("How it is used", ("How it is used",)),
    ]


def test_the_head_gives_the_metadata() -> None:
    meta = _read(ARTICLE).metadata
    assert (meta.title, meta.authors, meta.year) == ("Azelaic acid in rosacea", ("Roe, Jane", "Doe, John"), 2019)
    assert (meta.doi, meta.url, meta.licence) == (
        "10.1000/xyz",
        "https://example.org/azelaic",
        "https://example.org/by",
    )


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Skin care - The Site</title>", "<p>words</p>", "Skin care"),
        ("<title>Skin care</title>", "<h1>Caring for <i>skin</i></h1><p>words</p>", "Caring for skin"),
        ("<meta property='og:title' content='Duck - Encyclopedia'>", "<h1>Duck</h1><p>words</p>", "Duck"),
        ("", "<p>words</p>", ""),
    ],
)
def test_the_title_is_the_most_trusted_one_without_the_sites_name(head: str, body: str, title: str) -> None:
    assert _read(f"<html><head>{head}</head><body>{body}</body></html>").metadata.title == title


def test_profile_addresses_are_no_authors_and_local_addresses_no_url() -> None:
    head = "<meta property='article:author' content='https://example.org/jane'><link rel='canonical' href='/a'>"
    meta = _read(f"<html><head>{head}</head><body><p>words</p></body></html>").metadata
    assert (meta.authors, meta.url) == ((), "")


def test_media_are_counted_in_one_loss_each() -> None:
    assert _read(ARTICLE).losses == (
        Loss("page", "2 images", "images are not read"),
        Loss("page", "1 embedded page", "embedded pages are not read"),
    )


def test_a_plain_page_is_read_to_the_last_word() -> None:
    words = [f"word{number}" for number in range(40)]
    body = "".join(f"<div>{word}</div>" for word in words)
    document = _read(f"<html><body>{body}</body></html>")
    assert document.text.split() == words
    assert document.losses == ()


def test_what_is_taken_for_side_matter_without_being_marked_is_a_loss() -> None:
    paragraphs = "".join(
        f"<p>Sentence number {number} about the skin, its barrier and its age.</p>" for number in range(30)
    )
    cookies = "<div class='cookie-banner'><p>We value your privacy very much.</p></div>"
    document = _read(
        f"<html><body><div class='menu'><a href='/'>Home</a></div><article>{paragraphs}</article>{cookies}</body>"
    )
    assert document.text.count("Sentence number") == 30
    assert ("privacy" in document.text) != any(loss.where == "outside the main content" for loss in document.losses)


def test_tables_for_layout_are_no_rows_of_data() -> None:
    page = "<table><tr><td><h2>One</h2><p>first</p></td><td><ul><li>second</li></ul></td></tr></table>"
    document = _read(f"<html><body>{page}</body></html>")
    assert document.text == "One\n\nfirst\n\n- second"
    assert [heading.path for heading in document.headings] == [("One",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "shift_jis"])
def test_the_declared_encoding_is_followed(encoding: str) -> None:
    words = "皮膚の細胞" if encoding == "shift_jis" else "déjà vu, peau"
    page = f"<html><head><meta charset='{encoding}'></head><body><p>{words}</p></body></html>"
    document = _read(page.encode(encoding))
    assert document.text == words
    assert document.losses == ()


def test_a_declared_encoding_that_is_none_is_not_followed() -> None:
    page = "<html><head><meta charset='unicode_escape'></head><body><p>d\\u00e9j\xe0</p></body></html>"
    assert _read(page.encode("cp1252")).text == "d\\u00e9jà"


def test_one_giant_node_is_read_and_a_giant_script_has_no_text() -> None:
    assert len(_read(b"<html><body><p>" + b"word " * 100_000 + b"</p></body></html>").text) == 5 * 100_000 - 1
    with pytest.raises(UnreadableError, match=r"^a\.html has no text"):
        _read(b"<html><body><script>" + b"x" * 1_000_000 + b"</script></body></html>")


def test_elements_nested_beyond_the_parser_are_a_loss_not_silence() -> None:
    document = _read(b"<html><body>" + b"<div>word " * 3000 + b"</body></html>")
    assert 2000 < document.text.count("word") < 3000
    assert document.losses == (Loss("from line 1", "rest of the page", "elements are nested too deeply to be parsed"),)

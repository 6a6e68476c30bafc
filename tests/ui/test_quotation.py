"""A quotation on screen is the quotation: nothing added, nothing lost, nothing of it markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.document import Reference
from ui.blocks import head_above
from ui.layers import Layer, web_link
from ui.quotation import quotation
from ui.text import UNSEEN, shown

ALLOWED = {
    "p": {"class"}, "ul": set(), "li": set(), "blockquote": set(), "table": set(), "tr": {"class"}, "td": set(),
    "th": {"scope"}, "mark": {"class"}, "span": {"class", "title"}, "a": {"href", "target", "rel", "title"},
    "div": {"class", "role", "aria-label", "tabindex"},
}  # fmt: skip
REFERENCES = (
    Reference("1", 'A & B "quoted". J <i>Dermatol</i>.', doi="10.1000/182"),
    Reference("2", "No address."),
    Reference("3", "Bad address.", url="javascript:alert(1)"),
)


class Seen(HTMLParser):
    """Reads HTML as a browser would and keeps text, elements and attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marked = ""
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        self.marked += data if "mark" in self.open else ""

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment came out of a quotation: {data}")

    def handle_decl(self, decl: str) -> None:
        pytest.fail(f"a declaration came out of a quotation: {decl}")


PIECES = st.sampled_from(
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "]]>", "<!--", "-->", "&amp;", "&#x3c;", '"', "'",
        "\u202e", "\u200b", "\x00", "\r", "**", "*", "`", "__", "| a | b |", "|---|---|", "|", "- ", "1. ", "# ", "> ",
        "\n", "\n\n", " ", "\t", "[1]", "[2]", "[3]", "[1, 2]", "[9]", "word", "ß", "\U0001f9f4", "![x](http://a.b/c)",
        "</mark>", "</p>", "</table>", "javascript:alert(1)", "<svg/onload=alert(1)>", "\ud7ff",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Layer], int]:
    text = draw(TEXTS)
    offset = draw(st.integers(0, 1_000))
    ends = st.integers(offset - 5, offset + len(text) + 5)
    spans = draw(st.lists(st.tuples(st.sampled_from(["best", "match", "passage"]), ends, ends), max_size=5))
    return text, [Layer(name, min(a, b), max(a, b)) for name, a, b in spans], offset


@given(marked_texts())
def test_what_is_seen_is_the_quotation(given_text: tuple[str, list[Layer], int]) -> None:
    text, layers, offset = given_text

    seen = Seen(quotation(text, layers, REFERENCES, offset))

    assert seen.text == shown(text)
    assert not UNSEEN.search(seen.text)
    assert not seen.open


@given(marked_texts())
def test_nothing_of_a_quotation_becomes_markup(given_text: tuple[str, list[Layer], int]) -> None:
    text, layers, offset = given_text

    seen = Seen(quotation(text, layers, REFERENCES, offset))

    assert all(name in ALLOWED[tag] for tag, name, _ in seen.attributes)
    links = {value for _, name, value in seen.attributes if name == "href"}
    assert links <= {"https://doi.org/10.1000/182"}


@given(marked_texts())
def test_marks_lie_on_the_words_they_name(given_text: tuple[str, list[Layer], int]) -> None:
    text, layers, offset = given_text
    span = max((layer for layer in layers if layer.name == "best"), key=lambda one: one.end - one.start, default=None)

    seen = Seen(quotation(text, [span] if span else [], (), offset))

    wanted = text[max(0, span.start - offset) : max(0, span.end - offset)] if span else ""
    # Between the blocks of a marked span stands white space, which needs no mark.
    assert "".join(seen.marked.split()) == "".join(shown(wanted).split())


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("one\ntwo", "<p>one\ntwo</p>"),
        ("one\n\ntwo", "<p>one</p>\n\n<p>two</p>"),
        ("- a\n- b", '<ul><li><span class="sign">- </span>a</li>\n<li><span class="sign">- </span>b</li></ul>'),
        ("## On skin", '<p class="heading"><span class="sign">## </span>On skin</p>'),
        (
            "a **b** c",
            '<p>a <span class="sign">**</span><span class="strong">b</span><span class="sign">**</span> c</p>',
        ),
        ("p* and q*", "<p>p* and q*</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        (
            "It held [1].",
            (
                '<p>It held [<span class="cited"><a href="https://doi.org/10.1000/182" target="_blank" '
                'rel="noopener noreferrer" title="A &amp; B &quot;quoted&quot;. J &lt;i&gt;Dermatol&lt;/i&gt;.">1</a>'
                "</span>].</p>"
            ),
        ),
        ("It held [2].", '<p>It held [<span class="cited"><span title="No address.">2</span></span>].</p>'),
        ("It held [3].", '<p>It held [<span class="cited"><span title="Bad address.">3</span></span>].</p>'),
        ("It held [7].", "<p>It held [7].</p>"),
        ("<b>", "<p>&lt;b&gt;</p>"),
        ("", ""),
    ],
)
def test_how_signs_are_shown(text: str, markup: str) -> None:
    assert quotation(text, (), REFERENCES) == markup


def test_a_table_is_a_table() -> None:
    markup = quotation("| A | B |\n|---|---|\n| 1 | 2 |")

    assert markup.count("<tr") == 3
    assert markup.count('<th scope="col">') == 2
    assert '<tr class="sign"><td>|---|---|</td></tr>' in markup
    assert Seen(markup).text == "| A | B |\n|---|---|\n| 1 | 2 |"


TABLE = "Before.\n\n| **A** | B <b> |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\nAfter."


def test_a_table_cut_below_its_head_shows_the_head_as_no_part_of_it() -> None:
    rows = "| 1 | 2 |\n| 3 | 4 |"
    assert "<th" not in quotation(rows)

    markup = quotation(rows, (), (), 0, head_above(TABLE, TABLE.index(rows)))

    above, _, quoted = markup.partition("</tr>")
    assert '<tr class="above"><th scope="col">' in above
    assert Seen(f"{above}</tr></table></div>").text == "| **A** | B <b> |"
    assert Seen(f"<div><table>{quoted}").text == rows


@pytest.mark.parametrize("words", ["Before.", "| **A**", "After."])
def test_only_a_table_that_goes_on_has_a_head_above(words: str) -> None:
    assert head_above(TABLE, TABLE.index(words)) == ""
    assert head_above("| 1 | 2 |\n| 3 | 4 |", 10) == ""


def test_rows_of_a_web_page_are_a_table_and_a_bar_in_prose_is_none() -> None:
    rows = "Strength | Use\n40 percent | nail removal"

    markup = quotation(f"Urea softens.\n\n{rows}\n\nP(A | B) is read so.")

    assert markup.count("<tr>") == 2
    assert markup.count("<td>") == 4
    assert "<p>P(A | B) is read so.</p>" in markup
    assert Seen(markup).text == f"Urea softens.\n\n{rows}\n\nP(A | B) is read so."


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//a.b", "ftp://a.b", "https://a b", ""]
)
def test_only_the_web_is_linked(address: str) -> None:
    assert web_link(address) == ""

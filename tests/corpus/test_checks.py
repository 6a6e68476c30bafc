"""Each rule fires on a bad example and stays silent on a sound one."""

from __future__ import annotations

import doctest
import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from . import banned, checks
from . import document as documents
from . import glossary as glossaries
from .document import Document, parse, runs
from .make_foreign_runs import HASHES, hashes
from .make_foreign_runs import read as read_foreign_runs
from .vocabulary import FOREIGN_RUN

FILLER = " ".join(f"filler{number}" for number in range(300))
SOUND = f"""---
title: "Needling: an example"
slug: example
group: Methods
summary: A made-up document that keeps every rule.
keywords: [needling, collagen induction therapy, CIT]
evidence: narrative
as_of: 2026-11
licence: CC-BY-4.0
references:
  - id: 1
    text: "Author AB. A trial. Journal. 2020."
    doi: 10.1000/example.1
---

Needling is an example here.

## CIT: what was measured

The trial lasted 12 weeks in 28 people [1]. {FILLER}

## Needling: what is disputed

Nobody knows more.
"""
ENTRY = "**{term}** (also): A thing that has a name."

Change = Callable[[str], str]


def swap(old: str, new: str) -> Change:
    """Return a change that puts one text in the place of another, which must be there."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def append(paragraph: str) -> Change:
    """Return a change that adds a paragraph at the end."""
    return lambda text: f"{text}\n{paragraph}\n"


BAD: list[tuple[checks.Rule, Change, str]] = [
    (checks.front_matter, swap("licence: CC-BY-4.0\n", ""), "licence is missing"),
    (checks.front_matter, swap("as_of: 2026-11", "as_of: 2026-13"), "as_of cannot be"),
    (checks.front_matter, swap("rule.\n", "rule. And more.\n"), "summary cannot be"),
    (
        checks.front_matter,
        swap("[needling, collagen induction therapy, CIT]", "[a, b]"),
        "keywords cannot be",
    ),
    (checks.front_matter, swap("evidence: narrative", "evidence: rumour"), "evidence cannot be"),
    (checks.front_matter, swap("slug: example", "slug: other"), "is not the file's name"),
    (checks.front_matter, swap("group: Methods", "group: Harms"), "does not belong in this folder"),
    (checks.front_matter, swap("as_of:", "asof:"), "asof is no field"),
    (checks.front_matter, swap("title: ", "title: : "), "is not YAML"),
    (checks.front_matter, swap("---\n", ""), "no front matter"),
    (checks.length, swap(FILLER, ""), "words, not 300"),
    (checks.length, append(FILLER * 3), "words, not 300"),
    (checks.identifiers, swap("10.1000/example.1", "doi:10.1000/x"), "invalid doi"),
    (checks.identifiers, swap("example.1", "example.1/full"), "invalid doi"),
    (checks.identifiers, swap("doi: 10.1000/example.1", "pmid: 12345678"), "invalid pmid"),
    (checks.identifiers, swap("doi: 10.1000/example.1", "pmcid: '123456'"), "invalid pmcid"),
    (checks.identifiers, swap("    doi: 10.1000/example.1\n", ""), "neither an identifier"),
    (checks.identifiers, swap("2020", "someday"), "no year"),
    (
        checks.identifiers,
        swap("doi: 10.1000/example.1", "url: https://www.researchgate.net/x"),
        "a mirror",
    ),
    (
        checks.identifiers,
        swap("doi: 10.1000/example.1", "url: https://doi.org/10.1000/x"),
        "give the doi",
    ),
    (checks.citations, swap("people [1]", "people"), "reference 1 is not cited"),
    (checks.citations, append("A claim [2]."), "citation [2] has no reference"),
    (checks.citations, swap("id: 1", "id: 7"), "has no reference"),
    (checks.headings, swap("CIT: what", "Results of what"), "has not the shape"),
    (checks.headings, swap("CIT: what", "Lasers: what"), "does not name"),
    (checks.headings, swap("Needling is an example here.\n", ""), "does not open with a paragraph"),
    (checks.disputed, swap("disputed", "agreed"), "nothing on what is disputed"),
    (checks.uncited_figures, append("The skin gained 12% in thickness."), "12%"),
    (checks.uncited_figures, append("The needles were 1.5 mm long."), "1.5 mm"),
    (checks.uncited_figures, append("The sides differed (p = 0.03)."), "p = 0.03"),
    (checks.uncited_figures, append("A 2019 review agreed."), "2019"),
    (checks.uncited_figures, append("The trial took in 28 healthy people."), "28 healthy people"),
    (checks.uncited_figures, append("| needles | 1.5 mm |\n|---|---|\n| rollers | 2 mm |"), "2 mm"),
    (checks.manners, append("It works."), "opens with a pronoun"),
    (checks.manners, append("Needling\nworks."), "broken over several lines"),
    (checks.manners, append("After needling you should rest."), "gives advice"),
    (checks.manners, append("See F042 for more."), "names a working file or note"),
    (checks.manners, append("Two trials agree [1, 2]."), "several citations in one bracket"),
]

STATEMENTS = {
    "an entry number of EU Annex II": "The substance is banned by Annex II, entry 416.",
    "a figure for hydroquinone absorption": "Some 35 to 45% of hydroquinone is absorbed.",
    "the body's 15 g of hyaluronic acid": "The body holds 15 g of hyaluronic acid.",
    "a third of hyaluronic acid renewed daily": "A third of all hyaluronic acid is renewed daily.",
    "an epidermal turnover of 40 to 56 days": "The epidermis is replaced in 40–56 days.",
    "the share of UV that an SPF blocks": "A cream of SPF 30 blocks 97% of UVB.",
    "a potency ratio of retinol to tretinoin": "Tretinoin is twenty times as potent as retinol.",
    "a decline of GHK-Cu with age": "GHK-Cu in plasma falls from 200 ng at 20 to 80 ng at 60.",
    "an elastin half-life in skin": "Elastin in skin has a half-life of 74 years.",
    "a fixed aftercare time after needling": "After needling, avoid make-up for 24 hours.",
    "a share of studies that follow MISEV": "Only 17% of papers comply with MISEV.",
}

HONEST = (
    "Annex III, entry 376, of the EU regulation limits retinol [1].",
    "In 48 people who used SPF 50 on 75% of the body, six filters were absorbed into blood [1].",
    "Elastin has a mean residence of about 74 years in human lung [1].",
    "Redness after microneedling settles within about 72 hours [1].",
    "How much hydroquinone is absorbed through intact skin is not settled.",
    "Retinol is converted to tretinoin in two steps, so a weaker effect is plausible.",
    "As of March 2024, the rule stood unchanged.",
    "Vitamin C is popular, and SPF 30 is a common label.",
)


def complaints(rule: checks.Rule, change: Change, folder: str = "methods") -> list[str]:
    """Apply a rule to the sound document after one change."""
    return rule(parse(change(SOUND), folder))


@pytest.mark.parametrize("rule", checks.RULES, ids=lambda rule: rule.__name__)
def test_sound_document_passes(rule: checks.Rule) -> None:
    assert complaints(rule, str) == []


@pytest.mark.parametrize(
    ("rule", "change", "message"),
    BAD,
    ids=[f"{rule.__name__}-{message}" for rule, _, message in BAD],
)
def test_rule_names_file_and_fault(rule: checks.Rule, change: Change, message: str) -> None:
    found = "\n".join(complaints(rule, change))
    assert message in found
    assert found.startswith("methods/example.md: ")


def test_every_banned_statement_has_a_bad_example() -> None:
    assert set(STATEMENTS) == {statement.name for statement in banned.BANNED}


@pytest.mark.parametrize("name", STATEMENTS)
def test_banned_statement_is_found_by_its_own_entry(name: str) -> None:
    found = complaints(checks.banned, append(STATEMENTS[name]))
    assert [name in complaint for complaint in found] == [True]


def test_banned_statement_is_read_with_its_heading() -> None:
    aftercare = append("## Needling: aftercare\n\nMake-up is best avoided, so wait 24 hours.")
    assert len(complaints(checks.banned, aftercare)) == 1


@pytest.mark.parametrize("sentence", HONEST)
@pytest.mark.parametrize("rule", [checks.banned, checks.uncited_figures], ids=lambda rule: rule.__name__)
def test_honest_sentence_passes(rule: checks.Rule, sentence: str) -> None:
    assert complaints(rule, append(sentence)) == []


def test_legal_statement_needs_a_month() -> None:
    law = swap("group: Methods", "group: Law and market")
    legal = append("No such product is approved.")
    dated = append("As of March 2025 that had not changed [1].")
    assert len(complaints(checks.legal_date, lambda text: legal(law(text)), "law")) == 1
    assert complaints(checks.legal_date, lambda text: dated(legal(law(text))), "law") == []


def test_excused_figure_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checks.UNCITED_FIGURES, "example", {"12% in": "made up for this test"})
    assert complaints(checks.uncited_figures, append("The skin gained 12% in thickness.")) == []


def test_foreign_run_is_found_by_its_hash() -> None:
    run = runs(FILLER, FOREIGN_RUN)[7]
    assert checks.foreign_runs(parse(SOUND), {checks.run_hash(run)}) == [
        f"methods/example.md: words of another's text: “{run}”"
    ]


def test_shared_run_names_both_documents() -> None:
    pair = [parse(SOUND, stem="one"), parse(SOUND, stem="two")]
    assert "methods/two.md: twelve words shared with methods/one.md" in checks.shared_runs(pair)[0]
    assert checks.shared_runs([pair[0], parse("Quite another text.", stem="two")]) == []


def test_same_title_and_slug_are_found() -> None:
    assert len(checks.same_names([parse(SOUND, stem="one"), parse(SOUND, stem="two")])) == 2


def lexicon(*entries: str) -> Document:
    """Build a glossary of enough terms under one heading, with further entries after them."""
    terms = [ENTRY.format(term=f"B{number:03}") for number in range(glossaries.GLOSSARY_TERMS)]
    return parse(
        "---\ntitle: Glossary\n---\n" + "\n\n".join(["## Glossary: A to C", *terms, *entries]),
        stem="glossary",
    )


def test_sound_glossary_passes() -> None:
    assert glossaries.glossary(lexicon("**C**: A letter.", "## Glossary: D", "**D** (dee): A letter.")) == []


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("**C** a letter.", "has not the form"),
        ("**C**: A letter. The third.", "more than one sentence"),
        ("**C**: A letter", "does not end with a full stop"),
        ("**D**: A letter.", "stands under"),
        ("**A**: A letter.", "stands after"),
        ("**B119**: A letter.", "defined twice"),
    ],
)
def test_glossary_entry_is_named(entry: str, message: str) -> None:
    assert message in "\n".join(glossaries.glossary(lexicon(entry)))


def test_short_glossary_is_counted() -> None:
    assert "0 terms, not 120" in glossaries.glossary(parse("---\ntitle: Glossary\n---\nNothing."))[0]


def test_empty_document_is_reported_and_raises_nothing() -> None:
    assert all(isinstance(rule(parse("")), list) for rule in checks.RULES)


def test_shipped_hashes_are_sorted_unique_and_reproducible() -> None:
    lines = gzip.decompress(HASHES.read_bytes()).decode().splitlines()
    assert lines == sorted(set(lines)) == sorted(read_foreign_runs())
    assert all(re.fullmatch(r"[0-9a-f]{16}", line) for line in lines)
    assert HASHES.read_bytes()[4:8] == bytes(4)


def test_hashes_are_made_of_texts_and_of_facts(tmp_path: Path) -> None:
    text, facts = tmp_path / "text.txt", tmp_path / "facts.jsonl"
    text.write_text("one two three four five six seven eight nine", encoding="utf-8")
    facts.write_text('{"fact": "Two three four five six seven eight nine"}\n', encoding="utf-8")
    assert len(hashes([text])) == 2
    assert set(hashes([facts])) < set(hashes([text, facts])) == set(hashes([text]))


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(documents).failed == 0

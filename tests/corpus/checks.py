"""The rules of the corpus, one pure function each; a complaint names file and sentence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from .banned import BANNED
from .document import CITATION, Document, runs, sentences, words
from .vocabulary import (
    AS_OF,
    COMMON_WORDS,
    EVIDENCE,
    FEWEST_WORDS,
    FIGURE,
    FOREIGN_RUN,
    GLOSSARY,
    GROUPS,
    IDENTIFIERS,
    LEGAL,
    LICENCE,
    MANNERS,
    MOST_WORDS,
    NOT_A_SOURCE,
    SHARED_RUN,
    TRACES,
    UNSETTLED,
)

Rule = Callable[[Document], list[str]]

# A sentence that may hold a figure without a citation: slug -> {fragment of the sentence: reason}.
UNCITED_FIGURES: dict[str, dict[str, str]] = {}

FIELDS: dict[str, Callable[[Any], bool]] = {
    "title": lambda value: isinstance(value, str) and bool(value.strip()),
    "slug": lambda value: isinstance(value, str) and re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", value) is not None,
    "group": lambda value: value in GROUPS.values(),
    "summary": lambda value: isinstance(value, str) and value.endswith(".") and len(sentences(value)) == 1,
    "keywords": lambda value: _is_list_of(value, str) and len({str(word).lower() for word in value}) >= 3,
    "evidence": lambda value: value in EVIDENCE,
    "as_of": lambda value: isinstance(value, str) and re.fullmatch(r"20\d\d-(?:0[1-9]|1[0-2])", value) is not None,
    "licence": lambda value: value == LICENCE,
    "references": lambda value: _is_list_of(value, dict),
}


def front_matter(document: Document) -> list[str]:
    """Demand every field, of the right form and in agreement with where the file lies."""
    if document.fault:
        return [f"{document.name}: {document.fault}"]
    front = document.front
    faults = [f"{key} is missing" for key in FIELDS if key not in front]
    faults += [f"{key} is no field of a document" for key in front if key not in FIELDS]
    faults += [
        f"{key} cannot be {front[key]!r}" for key, fits in FIELDS.items() if key in front and not fits(front[key])
    ]
    if front.get("slug") != document.stem:
        faults.append(f"slug {front.get('slug')!r} is not the file's name")
    if front.get("group") != GROUPS.get(document.folder):
        faults.append(f"group {front.get('group')!r} does not belong in this folder")
    return [f"{document.name}: {fault}" for fault in faults]


def length(document: Document) -> list[str]:
    """Demand 300 to 900 words in the body; the glossary may hold more."""
    count = sum(1 for token in document.body.split() if re.search(r"\w", token))
    most = float("inf") if document.stem == GLOSSARY else MOST_WORDS
    fits = FEWEST_WORDS <= count <= most
    return [] if fits else [f"{document.name}: {count} words, not {FEWEST_WORDS} to {MOST_WORDS}"]


def identifiers(document: Document) -> list[str]:
    """Demand of each reference a year, and a valid identifier or the original's address."""
    return [
        f"{document.name}: reference {entry.get('id')} {fault}"
        for entry in document.references
        for fault in _reference_faults(entry)
    ]


def citations(document: Document) -> list[str]:
    """Demand that references and citations match, numbered in the order of first citation."""
    listed = [entry.get("id") for entry in document.references]
    cited = list(dict.fromkeys(int(number) for number in CITATION.findall(document.body)))
    if document.stem != GLOSSARY and not listed:
        return [f"{document.name}: no references"]
    faults = [f"reference {number} is not cited" for number in listed if number not in cited]
    faults += [f"citation [{number}] has no reference" for number in cited if number not in listed]
    if not faults and not listed == cited == list(range(1, len(listed) + 1)):
        faults.append(f"references {listed} are not in the order of first citation, {cited}")
    return [f"{document.name}: {fault}" for fault in faults]


def headings(document: Document) -> list[str]:
    """Demand headings of the shape `Subject: aspect`, on the document's own subject."""
    subject = _content(f"{document.text('title')} {document.front.get('keywords')}")
    faults = [
        f"heading “{heading}” {fault}" for heading in document.headings for fault in _heading_faults(heading, subject)
    ]
    if not document.blocks or document.blocks[0].kind == "heading":
        faults.append("does not open with a paragraph")
    return [f"{document.name}: {fault}" for fault in faults]


def disputed(document: Document) -> list[str]:
    """Demand a heading, or a paragraph's first sentence, on what is disputed or unknown."""
    places = document.headings + [sentences(block.text)[0] for block in document.prose]
    if any(map(UNSETTLED.search, places)):
        return []
    return [f"{document.name}: nothing on what is disputed or unknown"]


def banned(document: Document) -> list[str]:
    """Find banned statements, each sentence read with its heading."""
    return [
        f"{document.name}: states {statement.name}: “{sentence}”"
        for block in document.prose
        for sentence in sentences(block.text, block.kind)
        for statement in BANNED
        if statement.found_in(f"{block.heading}. {sentence}")
    ]


def uncited_figures(document: Document) -> list[str]:
    """Demand a citation in each sentence with a unit, a percentage, a p-value or a year."""
    excused = UNCITED_FIGURES.get(document.stem, {})
    return [
        f"{document.name}: figure “{figure[0]}” without a citation: “{sentence}”"
        for sentence in document.sentences
        if not CITATION.search(sentence)
        and (figure := FIGURE.search(AS_OF.sub("", sentence)))
        and not any(fragment in sentence for fragment in excused)
    ]


def legal_date(document: Document) -> list[str]:
    """Demand “As of <Month YYYY>” where a document on law and market states the law."""
    if document.front.get("group") != GROUPS["law"] or AS_OF.search(document.body):
        return []
    legal = [sentence for sentence in document.sentences if LEGAL.search(sentence)]
    return [f"{document.name}: no “As of <Month YYYY>” beside “{sentence}”" for sentence in legal[:1]]


def manners(document: Document) -> list[str]:
    """Demand paragraphs of one line that stand alone, give no advice and hide their workshop."""
    texts = [block.text for block in document.prose]
    paragraphs = [block.text for block in document.prose if block.kind == "paragraph"]
    return _matches(document, MANNERS, paragraphs) + _matches(document, TRACES, texts)


def foreign_runs(document: Document, foreign: Collection[str]) -> list[str]:
    """Find runs of eight words whose hashes are among the foreign ones."""
    own = f"{document.text('title')}\n{document.text('summary')}\n{document.body}"
    return [
        f"{document.name}: words of another's text: “{run}”"
        for run in runs(own, FOREIGN_RUN)
        if run_hash(run) in foreign
    ]


def shared_runs(documents: Iterable[Document]) -> list[str]:
    """Find runs of twelve words that stand in two documents."""
    first: dict[str, str] = {}
    return [
        f"{document.name}: twelve words shared with {first[run]}: “{run}”"
        for document in documents
        for run in runs(document.body, SHARED_RUN)
        if first.setdefault(run, document.name) != document.name
    ]


def same_names(documents: Iterable[Document]) -> list[str]:
    """Find slugs and titles that two documents share."""
    first: dict[tuple[str, str], str] = {}
    return [
        f"{document.name}: {key} “{value}” is also that of {first[key, value]}"
        for document in documents
        for key, value in (("slug", document.text("slug")), ("title", document.text("title")))
        if first.setdefault((key, value), document.name) != document.name
    ]


RULES: tuple[Rule, ...] = (
    front_matter,
    length,
    identifiers,
    citations,
    headings,
    disputed,
    banned,
    uncited_figures,
    legal_date,
    manners,
)


def run_hash(run: str) -> str:
    """Hash a run of words to eight bytes, in hexadecimal."""
    return hashlib.sha256(run.encode()).hexdigest()[:16]


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) and item for item in value)


def _content(text: str) -> set[str]:
    """Reduce content words to their first six letters, a plural s dropped."""
    return {word.removesuffix("s")[:6] for word in words(text) if word not in COMMON_WORDS}


def _reference_faults(entry: dict[str, Any]) -> list[str]:
    """Say what is wrong with one entry of the reference list."""
    faults = [
        f"has an invalid {key}: {entry[key]!r}"
        for key, form in IDENTIFIERS.items()
        if key in entry and not _has_form(entry[key], form)
    ]
    if not any(key in entry for key in IDENTIFIERS):
        faults.append("has neither an identifier nor an address")
    if not re.search(r"\b(?:19|20)\d\d\b|\b[Uu]ndated\b", str(entry.get("text", ""))):
        faults.append("has no year in its text (or “undated”)")
    faults += [f"has an unknown key {key}" for key in entry if key not in {"id", "text", *IDENTIFIERS}]
    address = str(entry.get("url", ""))
    return faults + [f"points to {address}: {why}" for where, why in NOT_A_SOURCE.items() if re.search(where, address)]


def _has_form(value: object, form: str) -> bool:
    return isinstance(value, str) and re.fullmatch(form, value) is not None


def _heading_faults(heading: str, subject: set[str]) -> list[str]:
    """Say what is wrong with one heading."""
    named, colon, aspect = heading.partition(": ")
    if not colon or not aspect.strip():
        return ["has not the shape “Subject: aspect”"]
    if _content(named) & subject:
        return []
    return ["does not name the document's subject before the colon"]


def _matches(document: Document, table: dict[str, str], texts: Iterable[str]) -> list[str]:
    """Complain of each text in which a pattern of the table is found."""
    return [
        f"{document.name}: {fault}: “{text}”"
        for text in texts
        for pattern, fault in table.items()
        if re.search(pattern, text)
    ]

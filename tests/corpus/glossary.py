"""The form of the glossary: enough terms, in order, each defined in one sentence."""

from __future__ import annotations

import re
from itertools import pairwise

from .document import Document, sentences, words

GLOSSARY_TERMS = 120
GLOSSARY_ENTRY = re.compile(r"\*\*(?P<term>[^*]+)\*\*(?: \((?P<also>[^)]+)\))?: (?P<definition>.+)", re.DOTALL)
ALPHABETICAL = re.compile(r"^Glossary: ([A-Z])(?: to ([A-Z]))?$")


def glossary(document: Document) -> list[str]:
    """Demand enough terms, in order, each in its place and defined in one sentence."""
    entries = [block for block in document.prose if block.text.startswith("**")]
    terms = [found["term"] for block in entries if (found := GLOSSARY_ENTRY.fullmatch(block.text))]
    faults = [
        f"entry “{block.text[:40]}” {fault}" for block in entries for fault in _entry_faults(block.text, block.heading)
    ]
    faults += [
        f"“{later}” stands after “{earlier}”"
        for earlier, later in pairwise(terms)
        if _sort_key(later) < _sort_key(earlier)
    ]
    faults += [f"“{term}” is defined twice" for term in sorted({term for term in terms if terms.count(term) > 1})]
    if len(set(terms)) < GLOSSARY_TERMS:
        faults.append(f"{len(set(terms))} terms, not {GLOSSARY_TERMS}")
    return [f"{document.name}: {fault}" for fault in faults]


def _sort_key(term: str) -> str:
    """Order terms as a reader looks them up: letters and figures only, case ignored."""
    return "".join(words(term))


def _entry_faults(text: str, heading: str) -> list[str]:
    """Say what is wrong with one glossary entry."""
    entry = GLOSSARY_ENTRY.fullmatch(text)
    if entry is None:
        return ["has not the form “**Term** (also): one sentence.”"]
    faults = [] if entry["definition"].endswith(".") else ["does not end with a full stop"]
    faults += ["is more than one sentence"] if len(sentences(entry["definition"])) > 1 else []
    letters = ALPHABETICAL.match(heading)
    first = _sort_key(entry["term"])[:1].upper()
    placed = letters is not None and letters[1] <= first <= (letters[2] or letters[1])
    return faults if placed else [*faults, f"stands under “{heading}”"]

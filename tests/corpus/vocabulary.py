"""The tables the rules read: groups, identifiers, and the patterns of figures and phrases."""

from __future__ import annotations

import re

GROUPS = {
    "stem-cells": "Stem-cell core",
    "injectables": "Injectables and autologous",
    "procedures": "Procedures and devices",
    "harms": "Harms",
    "law": "Law and market",
    "biology": "Skin biology and ageing",
    "actives": "Topical actives",
    "conditions": "Conditions and special groups",
    "methods": "Methods",
}
EVIDENCE = (
    "systematic-review",
    "randomised-trial",
    "observational",
    "mechanistic",
    "regulatory",
    "narrative",
)
LICENCE = "CC-BY-4.0"
GLOSSARY = "glossary"
FEWEST_WORDS, MOST_WORDS = 300, 900
SHARED_RUN, FOREIGN_RUN = 12, 8

IDENTIFIERS = {
    "doi": r"10\.\d{4,9}/\S*[^\s./](?<!/full)(?<!/abstract)(?<!/pdf)",
    "pmid": r"[1-9]\d{0,7}",
    "pmcid": r"PMC\d{4,9}",
    "url": r"https?://[^\s/]+\.[^\s/]+(?:/\S*)?",
}
# Addresses that are no source: it belongs in another field, or its original stands elsewhere.
NOT_A_SOURCE = {
    r"//(?:dx\.)?doi\.org/": "give the doi",
    r"//pubmed\.ncbi\.|//(?:www\.)?pubmed\.gov": "give the pmid",
    r"//pmc\.ncbi\.|ncbi\.nlm\.nih\.gov/pmc/": "give the pmcid",
    r"//(?:www\.)?(?:google|bing|duckduckgo|scholar\.google)\.": "a search engine",
    r"semanticscholar\.org|scholar\.archive\.org|researchgate\.net": "a mirror",
    r"sci-hub|handwiki|scribd\.com|studylib": "a mirror",
    r"//(?:www\.)?(?:amazon|ebay|etsy)\.": "a shop",
}
COMMON_WORDS = frozenset(
    [
        "a",
        "after",
        "an",
        "and",
        "are",
        "as",
        "at",
        "by",
        "do",
        "does",
        "for",
        "from",
        "how",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "the",
        "to",
        "what",
        "with",
    ]
)
UNSETTLED = re.compile(
    r"\b(?:disput|unknown|not known|debate|contested|contentious|unsettled|unresolved|uncertain|"
    r"unclear|unanswered)",
    re.IGNORECASE,
)
LEGAL = re.compile(
    r"\b(?:approv(?:ed|al)|banned|prohibited|ruling|ruled|regulations?|law|authoris\w+)\b",
    re.IGNORECASE,
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
AS_OF = re.compile(rf"\bas of (?:\d+ )?{_MONTH} 20\d\d\b", re.IGNORECASE)
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_UNITS = (
    "nm|µm|μm|um|mm|cm2?|cm²|m2|m²|ml|mL|µl|µL|mcg|µg|μg|ug|ng|mg|kg|g|k?Da|kilodaltons?|daltons?|"
    "J|mW|W|IU|°C|ppm|ppb|µA|uA|Hz|hours?|days?|weeks?|months?|years?|minutes?|seconds?|fold|times|"
    "million|billion"
)
_COUNTED = (
    "people|patients|participants|adults|women|men|children|newborns|infants|babies|volunteers|"
    "subjects|pregnancies|trials|studies|cases|reviews|clinics|businesses|products|samples|pairs|"
    "papers|articles"
)
FIGURE = re.compile(
    "|".join(
        (
            rf"{_NUMBER}\s?(?:%|per ?cent\b)",
            rf"\b{_NUMBER}[\s-]?(?:{_UNITS})\b",
            rf"(?<!SPF )(?<!phase )(?<!type )\b{_NUMBER}(?: [a-z-]+){{0,2}} (?:{_COUNTED})\b",
            r"\bp\s?[=<>≤]\s?0?\.\d+",
            r"(?<![\w/.])\d+\.\d+(?![\w/])",
            r"[$€£]\s?\d",
            r"(?<![\w/.,])(?:19|20)\d\d(?![\w/])",
        )
    )
)
MANNERS = {
    r"^(?:It|This|They|These|Those)\b": "opens with a pronoun and cannot be read alone",
    r"\n": "is broken over several lines",
}
TRACES = {
    r"\byou (?:should|must|need to|ought)\b": "gives advice",
    r"\bF[01]\d\d\b|\b\w+\.jsonl\b": "names a working file or note",
    r"\[\d+\s*[,–-]\s*\d+\]": "holds several citations in one bracket",
}

"""Statements the corpus must not make: figures that circulate and have no sound source."""

from __future__ import annotations

import re
from typing import NamedTuple

_PERCENT = r"\s?(?:%|per ?cent)"
_COUNT = r"(?:\d+|two|three|four|five|six|seven|ten|twenty)"
_BLOCKS = (
    r"\b(?:(?:block|filter|stop|transmit)(?:s|ed|ing)?\b|absorbs? (?:about |some )?\d"
    r"|lets? through|screens? out)"
)
_AT_AN_AGE = r"\b(?:with (?:advancing )?age|(?:at|by|of) (?:age|the age)|years? old|aged \d|at \d\d|ng)\b"
_HOLDS_OFF = (
    r"\b(?:avoid|refrain|wait|stay out|keep away|do not|skip|resume|restart|return to|reapply"
    r"|go back to)"
)


class Banned(NamedTuple):
    """A statement: present where every pattern of `parts` is found and `unless` is not."""

    name: str
    parts: tuple[str, ...]
    unless: str = ""

    def found_in(self, sentence: str) -> bool:
        """Tell whether the sentence, read with its heading, makes this statement."""
        return all(_finds(part, sentence) for part in self.parts) and not (
            self.unless and _finds(self.unless, sentence)
        )


def _finds(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


BANNED = (
    Banned(
        "an entry number of EU Annex II",
        (r"\bAnnex II\b", r"\b(?:entry|entries|item|number|no\.)\s*(?:number\s*)?\d+"),
        unless=r"\bAnnex (?:III|IV|V|VI)\b",
    ),
    Banned(
        "a figure for hydroquinone absorption",
        (
            r"\b(?:hydroquinone|HQ)\b",
            rf"\b(?:3[5-9]|4[0-5]){_PERCENT}|\b35\s?(?:-|–|to)\s?45\b",
            r"\babsor",
        ),
    ),
    Banned(
        "the body's 15 g of hyaluronic acid",
        (r"\bhyaluron|\bHA\b", r"\b(?:15|fifteen)\s?(?:g|grams?|grammes?)\b"),
    ),
    Banned(
        "a third of hyaluronic acid renewed daily",
        (
            r"\bhyaluron|\bHA\b",
            r"\b(?:a|one)[ -]third\b",
            r"\b(?:renew|turn|replac|degrad|break|broken)",
            r"\b(?:daily|(?:a|each|every|per) day|24 hours)\b",
        ),
    ),
    Banned(
        "an epidermal turnover of 40 to 56 days",
        (r"\b40\s?(?:-|–|to|and)\s?56\b",),
    ),
    Banned(
        "the share of UV that an SPF blocks",
        (
            r"\bSPF\b|sun protection factor",
            rf"\b9\d(?:\.\d+)?{_PERCENT}",
            _BLOCKS,
        ),
    ),
    Banned(
        "a potency ratio of retinol to tretinoin",
        (
            r"\b(?:retinol|retinal|retinaldehyde)\b",
            r"\b(?:tretinoin|retinoic acid)\b",
            rf"\b{_COUNT}[ -]?(?:times|fold|×)|\b\d+(?:\.\d+)?\s?:\s?\d+",
            r"\b(?:potent|potency|strong|weak|powerful|ratio|equivalent)\b",
        ),
    ),
    Banned(
        "a decline of GHK-Cu with age",
        (
            r"\bGHK\b|copper (?:tri)?peptide",
            r"\b(?:declin|fall|fell|drop|decreas|lower|dwindl|reduc)|\b(?:200|80)\s?ng",
            _AT_AN_AGE,
        ),
    ),
    Banned(
        "an elastin half-life in skin",
        (
            r"\belasti[nc]\b",
            r"\b(?:half-li(?:fe|ves)|residence|lifetime|lasts?|turnover)\b",
            r"\b\d+ years?\b",
        ),
        unless=r"\blungs?\b",
    ),
    Banned(
        "a fixed aftercare time after needling",
        (
            r"needling|dermaroller|derma roller",
            _HOLDS_OFF,
            rf"\b{_COUNT}(?:\s?(?:-|–|to|or)\s?{_COUNT})?[ -](?:hours?|days?|weeks?|h)\b",
        ),
    ),
    Banned(
        "a share of studies that follow MISEV",
        (r"\bMISEV", rf"\b(?:62|17){_PERCENT}"),
    ),
)

"""The templates of the two pages, with everything a page needs inside it: style, pictures, no script, no address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.words import counted
from evaluate.intervals import Interval
from evaluate.plots import histogram_svg, interval_svg, shares_svg

_FOLDER = Path(__file__).parent / "templates"
_LONGEST = 700


def page(template: str, values: Mapping[str, object]) -> str:
    """Return a page; every value is escaped unless it is a picture of ours."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(excerpt=excerpt, signed=signed, share=share, bounds=bounds, counted=counted)
    environment.globals.update(interval_svg=interval_svg, histogram_svg=histogram_svg, shares_svg=shares_svg)
    return environment


def excerpt(text: str) -> str:
    """Return a text, or its beginning up to a word's end.

    >>> excerpt("word " * 200)[-8:]
    'word ...'
    """
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0]} ..."


def signed(value: float) -> str:
    """Return a difference with three digits and its sign, for which a minus is set and not a hyphen.

    >>> signed(0.0312), signed(-0.0001)
    ('+0.031', '0.000')
    """
    shown = f"{abs(value):.3f}"
    return shown if shown == "0.000" else f"{'+' if value > 0 else chr(0x2212)}{shown}"


def share(count: int, total: int) -> str:
    """Return a share in whole per cent.

    >>> share(1, 3)
    '33 %'
    """
    return f"{100 * count / (total or 1):.0f} %"


def bounds(share: Interval) -> str:
    """Return the interval of a share in whole per cent.

    >>> bounds(Interval(0.1, 0.034, 0.26))
    '3 to 26 %'
    """
    return f"{100 * share.low:.0f} to {100 * share.high:.0f} %"

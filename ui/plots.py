"""Small pictures in HTML: an interval on a scale, a histogram, shares of a whole.

They show what the SVGs of the written reports show, but Streamlit lets no SVG stand in a page; made of elements, they
also take their colours from the theme. Places are in per cent. What a picture shows is said in its label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.results import Support
from evaluate import Interval, histogram
from ui.text import safe


def interval(shown: Interval, low: float, high: float) -> str:
    """Return a mean with its interval on a scale from `low` to `high`; a scale that holds 0 shows where it is.

    >>> 'left:50.00%' in interval(Interval(0.5, 0.25, 0.75), 0, 1)
    True
    """
    span = high - low or 1.0

    def at(value: float) -> float:
        return 100 * (min(max(value, low), high) - low) / span

    zero = f'<i class="zero" style="left:{at(0):.2f}%"></i>' if low < 0 < high else ""
    start, end = at(shown.low), at(shown.high)
    inside = (
        f'{zero}<i class="range" style="left:{start:.2f}%;width:{end - start:.2f}%"></i>'
        f'<i class="mean" style="left:{at(shown.mean):.2f}%"></i>'
    )
    words = f"{shown.mean:.3f}, 95 % interval {shown.low:.3f} to {shown.high:.3f}"
    return _picture("interval", words, inside)


def bars(values: Sequence[float]) -> str:
    """Return how often values between 0 and 1 fall into each tenth."""
    counts = histogram(values)
    most = max(counts) or 1
    inside = "".join(f'<i style="height:{100 * count / most:.1f}%"></i>' for count in counts)
    ends = [(place / len(counts), (place + 1) / len(counts)) for place in range(len(counts))]
    words = ", ".join(f"{low:.1f} to {high:.1f}: {count}" for (low, high), count in zip(ends, counts, strict=True))
    return _picture("histogram", words, inside)


def shares(counts: Mapping[Support, int]) -> str:
    """Return the parts of a whole side by side, in the order given; each has its name as a class."""
    total = sum(counts.values()) or 1
    parts = (f'<i class="{safe(name)}" style="width:{100 * count / total:.2f}%"></i>' for name, count in counts.items())
    return _picture("shares", ", ".join(f"{name}: {count}" for name, count in counts.items()), "".join(parts))


def _picture(name: str, words: str, inside: str) -> str:
    return f'<span class="plot {name}" role="img" aria-label="{safe(words)}">{inside}</span>'

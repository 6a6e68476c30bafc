"""Small pictures as inline SVG: an interval on a scale, a histogram, shares of a whole.

They hold no text and no colour of their own: places are in per cent, so that they fit any width, and the page's style
sheet colours them by class. What a picture shows is also said in words, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from evaluate.intervals import Interval

BINS = 10
_HEIGHT = 96


def interval_svg(interval: Interval, low: float, high: float) -> Markup:
    """Return a mean with its interval on a scale from `low` to `high`; a scale that holds 0 shows where it is."""
    span = high - low or 1.0

    def at(value: float) -> str:
        return f"{100 * (min(max(value, low), high) - low) / span:.2f}%"

    zero = f'<line class="zero" x1="{at(0)}" x2="{at(0)}" y1="0" y2="18"/>' if low < 0 < high else ""
    words = f"{interval.mean:.3f}, 95 % interval {interval.low:.3f} to {interval.high:.3f}"
    return _svg(
        "interval",
        18,
        words,
        f'<line class="scale" x1="0%" x2="100%" y1="9" y2="9"/>{zero}'
        f'<line class="range" x1="{at(interval.low)}" x2="{at(interval.high)}" y1="9" y2="9"/>'
        f'<circle class="mean" cx="{at(interval.mean)}" cy="9" r="4.5"/>',
    )


def histogram_svg(values: Sequence[float]) -> Markup:
    """Return how often values between 0 and 1 fall into each tenth; 1 belongs to the last.

    >>> str(histogram_svg([0.05, 1.0])).count("<rect")
    10
    """
    counts = histogram(values)
    most = max(counts, default=0) or 1
    width = 100 / BINS
    bars = []
    for place, count in enumerate(counts):
        height = _HEIGHT * count / most
        # An empty tenth keeps a hairline, so that the scale can be seen.
        shown = max(height, 1.0)
        bars.append(
            f'<rect class="bar" x="{place * width + 0.4:.2f}%" width="{width - 0.8:.2f}%" '
            f'y="{_HEIGHT - shown:.2f}" height="{shown:.2f}"/>'
        )
    words = ", ".join(f"{place / BINS:.1f} to {(place + 1) / BINS:.1f}: {count}" for place, count in enumerate(counts))
    return _svg("histogram", _HEIGHT, words, "".join(bars))


def histogram(values: Sequence[float]) -> list[int]:
    """Count values between 0 and 1 by tenths.

    >>> histogram([0.0, 0.05, 0.3, 1.0])
    [2, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    """
    counts = [0] * BINS
    for value in values:
        # Thirds and tenths are not exact in binary; a value a rounding error below a bound belongs above it.
        counts[min(BINS - 1, int(value * BINS + 1e-9))] += 1
    return counts


def shares_svg(counts: Mapping[str, int]) -> Markup:
    """Return the parts of a whole side by side, in the order given; each has its name as a class."""
    total = sum(counts.values()) or 1
    parts, start = [], 0.0
    for name, count in counts.items():
        width = 100 * count / total
        parts.append(f'<rect class="{escape(name)}" x="{start:.2f}%" width="{width:.2f}%" y="0" height="14"/>')
        start += width
    words = ", ".join(f"{name}: {count}" for name, count in counts.items())
    return _svg("shares", 14, words, "".join(parts))


def _svg(name: str, height: int, words: str, inside: str) -> Markup:
    return Markup('<svg class="{}" width="100%" height="{}" role="img" aria-label="{}">{}</svg>').format(
        name,
        height,
        words,
        Markup(inside),  # noqa: S704 - numbers and our own class names
    )

"""The figures of an evaluation as tables: means with intervals, differences with p, what was said of the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.words import counted
from evaluate import WORDS, Effect, Figures, Opened, Pair, Said, bounds, chance, signed
from ui.plots import bars, interval, shares
from ui.text import safe

_VERDICTS = {"supported": "has passages", "weak": "may have", "none": "does not answer"}
"""What Ask says of the evidence, in few words; the files call it supported, weak and none."""


def means(found: Mapping[str, Figures], names: Mapping[str, str]) -> str:
    """Return every measure of every configuration, with its interval; `names` says what configurations are called."""
    measures = list(next(iter(found.values())).measures)
    head = "".join(f'<th scope="col">{safe(names[one])}</th>' for one in found)
    rows = (
        f'<tr><th scope="row">{safe(measure)}<span class="soft">{safe(WORDS.get(measure, ""))}</span></th>'
        + "".join(f"<td>{_mean(own, measure)}</td>" for own in found.values())
        + "</tr>"
        for measure in measures
    )
    return _table("Measures", f'<th scope="col">Measure: mean and 95 % interval</th>{head}', rows)


def _mean(own: Figures, measure: str) -> str:
    one = own.measures[measure]
    bounds = f"{one.low:.3f} to {one.high:.3f}"
    return f'<strong>{one.mean:.3f}</strong><span class="soft">{bounds}</span>{interval(one, 0.0, 1.0)}'


def differences(pair: Pair, names: Mapping[str, str]) -> str:
    """Return the differences of a pair, second minus first, with intervals and corrected p."""
    # One scale for all, so that measures can be compared by eye.
    most = max((max(abs(one.difference.low), abs(one.difference.high)) for one in pair.effects), default=0.0) or 1.0
    head = (
        '<th scope="col">Measure</th>'
        f'<th scope="col">{safe(names[pair.second])} minus {safe(names[pair.first])}, 95 % interval</th>'
        f'<th scope="col">Won / tied / lost by {safe(names[pair.second])}</th><th scope="col">p, corrected</th>'
    )
    return _table("Differences", head, (_difference(one, most) for one in pair.effects))


def _difference(one: Effect, most: float) -> str:
    gap = one.difference
    bounds = f"{signed(gap.low)} to {signed(gap.high)}"
    alone = f'<span class="soft">{chance(one.p)} alone</span>' if one.p is not None else ""
    return (
        f'<tr{" class=shown" if one.significant else ""}><th scope="row">{safe(one.measure)}</th>'
        f'<td><strong>{signed(gap.mean)}</strong><span class="soft">{bounds}</span>{interval(gap, -most, most)}</td>'
        f"<td>{one.wins} / {one.ties} / {one.losses}</td><td>{chance(one.p_holm)}{alone}</td></tr>"
    )


def spread(opened: Opened, names: Mapping[str, str]) -> str:
    """Return how the first measure is spread over the questions, a picture for each configuration."""
    figures = []
    for name, run in opened.runs.items():
        values = [record.measures[opened.kept.measure] for record in run.records if record.measures is not None]
        low, high = sum(value < 1e-9 for value in values), sum(value > 1 - 1e-9 for value in values)  # noqa: PLR2004
        caption = f"{names[name]}: {low:,} of {counted(len(values), 'question')} at 0, {high:,} at 1"
        ends = '<span class="ends" aria-hidden="true"><span>0</span><span>1</span></span>'
        figures.append(f"<figure>{bars(values)}{ends}<figcaption>{safe(caption)}</figcaption></figure>")
    return f'<div class="spread">{"".join(figures)}</div>'


def verdicts(found: Mapping[str, Figures], names: Mapping[str, str]) -> str:
    """Return what was said of the evidence: for questions the corpus answers, and for those it does not."""
    apart = any(own.verdicts.unanswerable.questions for own in found.values())
    rows = []
    for name, own in found.items():
        groups = {
            "answered by the corpus" if apart else "all questions": own.verdicts.answerable,
            "not answered by it": own.verdicts.unanswerable,
            **own.verdicts.unanswerable_kinds,
        }
        rows += [_verdict(names[name], group, said) for group, said in groups.items() if said.questions]
    head = "".join(
        f'<th scope="col"><i class="key {name}"></i>{safe(words)}<span class="soft">{safe(name)}</span></th>'
        for name, words in _VERDICTS.items()
    )
    return _table("Verdicts", f'<th scope="col">Questions</th>{head}', rows)


def _verdict(name: str, group: str, said: Said) -> str:
    cells = "".join(
        f'<td>{100 * one.share.mean:.0f} %<span class="soft">{bounds(one.share)}</span></td>'
        for one in said.shares.values()
    )
    told = f'<span class="soft">{safe(group)}, {said.questions:,}</span>{shares(said.counts)}'
    return f'<tr><th scope="row">{safe(name)}{told}</th>{cells}</tr>'


def _table(name: str, head: str, rows: Iterable[str] | Sequence[str]) -> str:
    # It may be wider than a telephone: then it is moved by itself, also with the keyboard.
    return (
        f'<div class="wide" role="region" aria-label="{name}" tabindex="0"><table class="figures">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )

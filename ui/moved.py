"""Single questions of an evaluation: those that two ways of asking answer most differently, with both rankings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.words import counted
from evaluate import Expected, Moved, Pair, Record, excerpt, signed
from evaluate import Place as Found
from ui.address import Asked, Place
from ui.quotation import quotation
from ui.source import ask_link, dotted
from ui.text import file_name, safe

_QUOTED = 3
"""How many places of each ranking are quoted; of the others only the title is told."""

_SURPRISING = 20


def listed(pair: Pair, names: Mapping[str, str]) -> str:
    """Return the questions that moved most, the first one opened."""
    measure = pair.effects[0].measure
    return "".join(_question(one, pair, measure, names, opened=not place) for place, one in enumerate(pair.moved))


def _question(one: Moved, pair: Pair, measure: str, names: Mapping[str, str], *, opened: bool) -> str:
    sides = (
        (names[pair.first], one.first, one.first_ranking),
        (names[pair.second], one.second, one.second_ranking),
    )
    columns = "".join(
        f"<div><h3>{safe(name)}: {measure} {value:.3f}</h3>{_ranking(ranking)}</div>" for name, value, ranking in sides
    )
    return (
        f'<details class="moved"{" open" if opened else ""}><summary>{safe(one.text)} '
        f'<span class="earned">{signed(one.second - one.first)}</span></summary>'
        f"<p>{ask_link(Asked(one.text), 'Ask it')}</p>{_expected(one.expected[:1])}"
        f'<div class="sides">{columns}</div></details>'
    )


def _expected(expected: Iterable[Expected]) -> str:
    return "".join(
        f'<h3>What answers it</h3><div class="quotation small">{quotation(excerpt(one.quote))}</div>'
        for one in expected
        if one.quote
    )


def _ranking(ranking: Sequence[Found]) -> str:
    if not ranking:
        return '<p class="soft">It found nothing.</p>'
    places = "".join(f"<li>{_place(one) if one.rank <= _QUOTED else _short(one)}</li>" for one in ranking)
    return f"<ol>{places}</ol>"


def _place(one: Found) -> str:
    return f'{_short(one)}<div class="quotation small">{quotation(excerpt(one.quote))}</div>'


def _short(one: Found) -> str:
    """Return where a passage stands, as a link into the library, and whether it was judged to answer."""
    link = safe(Place(one.document_id, one.start, one.end).link())
    earned = f'<span class="earned">relevant{f" ({one.grade})" if (one.grade or 0) > 1 else ""}</span>'
    where = (
        f'<a href="{link}" target="_self">{safe(one.title)}</a>',
        safe(str(one.year or "")),
        safe(one.section),
        safe(one.pages),
        safe(file_name(one.path)),
        earned if one.grade else "",
    )
    return f'<p class="place">{dotted(where)}</p>'


def surprising(records: Sequence[Record], name: str) -> str:
    """Return the questions that the corpus does not answer but was said to; empty when there are none."""
    found = [record for record in records if record.answerable is False and record.support == "supported"]
    if not found:
        return ""
    items = "".join(
        f"<li>{ask_link(Asked(record.text), record.text)}{''.join(map(_place, record.ranking[:1]))}</li>"
        for record in found[:_SURPRISING]
    )
    more = f"<li>and {len(found) - _SURPRISING:,} more, in the report</li>" if len(found) > _SURPRISING else ""
    words = f"{counted(len(found), 'question')} that nothing answers, but that {name} says the corpus has passages on"
    return f"<details><summary>{safe(words)}</summary><ul>{items}{more}</ul></details>"

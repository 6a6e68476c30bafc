"""What became of every file of a piece of work, as HTML: the refused first, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from core.errors import NoIndexError
from core.ledger import LedgerEntry, Outcome
from index import open_catalogue
from ui.address import Asked, Place
from ui.notice import without_folders
from ui.session import settings
from ui.text import counted, file_name, safe

_MOST = 50
"""How many files of one outcome are named; the rest is counted."""

# What each outcome is called, in the order in which a reader wants to hear of it, and how it is set.
_WORDS: dict[Outcome, tuple[str, str]] = {
    "refused": ("Refused", "problem"),
    "partial": ("Read in part", "problem"),
    "read": ("Read", ""),
    "removed": ("Removed", ""),
    "duplicate": ("Already here under another name", ""),
    "unchanged": ("Already here, unchanged", ""),
}


def names_by_path() -> dict[str, str]:
    """Return what every known file is called."""
    try:
        with open_catalogue(settings().data) as catalogue:
            return {path: source.name for path, (source, _) in catalogue.sources().items()}
    except NoIndexError:
        return {}


def listed(entries: Sequence[LedgerEntry], names: Mapping[str, str]) -> str:
    """Return the files with what became of them; `names` are those that the catalogue no longer knows."""
    if not entries:
        return "<p>Nothing had to be done.</p>"
    known = {**names_by_path(), **names}
    ranks = list(_WORDS)
    groups = groupby(sorted(entries, key=lambda one: ranks.index(one.outcome)), key=lambda one: one.outcome)
    return "".join(_group(outcome, list(members), known) for outcome, members in groups)


def _group(outcome: Outcome, entries: Sequence[LedgerEntry], names: Mapping[str, str]) -> str:
    words, kind = _WORDS[outcome]
    if outcome == "unchanged" and len(entries) > 1:
        return f"<p>{words}: {counted(len(entries), 'file')}.</p>"
    files = "".join(f"<li>{_file(entry, names)}</li>" for entry in entries[:_MOST])
    more = f"<li>and {len(entries) - _MOST:,} more</li>" if len(entries) > _MOST else ""
    return f'<p class="{kind}">{words}</p><ul class="files">{files}{more}</ul>'


def _file(entry: LedgerEntry, names: Mapping[str, str]) -> str:
    name = safe(file_name(names.get(entry.path, entry.path)))
    reason = f'<p class="reason">{safe(without_folders(entry.reason))}</p>' if entry.reason else ""
    if not entry.document_id or entry.outcome == "removed":
        return f"<strong>{name}</strong>{reason}"
    library, ask = Place(entry.document_id).link(), Asked(where=(("document", entry.document_id),)).link()
    return (
        f'<a href="{safe(library)}" target="_self">{name}</a>, {counted(entry.passages, "passage")}. '
        f'<a href="{safe(ask)}" target="_self">Ask about it</a>{reason}'
    )

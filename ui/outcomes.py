"""What became of every file of a piece of work, as HTML: the refused first, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from core.ledger import LedgerEntry, Outcome
from core.words import counted
from ui.address import Asked, Place
from ui.notice import without_folders
from ui.text import as_sentence, file_name, safe

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


def listed(entries: Sequence[LedgerEntry]) -> str:
    """Return the files with what became of them."""
    if not entries:
        return "<p>Nothing had to be done.</p>"
    ranks = list(_WORDS)
    groups = groupby(sorted(entries, key=lambda one: ranks.index(one.outcome)), key=lambda one: one.outcome)
    return "".join(_group(outcome, list(members)) for outcome, members in groups)


def _group(outcome: Outcome, entries: Sequence[LedgerEntry]) -> str:
    words, kind = _WORDS[outcome]
    if outcome == "unchanged":
        # Of a folder they are many; of those a reason is given for, it is that they were renamed.
        renamed = [entry for entry in entries if entry.reason]
        same = [entry for entry in entries if not entry.reason]
        told = _listed("Renamed", kind, renamed) if renamed else ""
        if len(same) > 1:
            return f"{told}<p>{words}: {counted(len(same), 'file')}.</p>"
        return told + (_listed(words, kind, same) if same else "")
    return _listed(words, kind, entries)


def _listed(words: str, kind: str, entries: Sequence[LedgerEntry]) -> str:
    files = "".join(f"<li>{_file(entry)}</li>" for entry in entries[:_MOST])
    more = f"<li>and {len(entries) - _MOST:,} more</li>" if len(entries) > _MOST else ""
    return f'<p class="{kind}">{words}</p><ul class="files">{files}{more}</ul>'


def _file(entry: LedgerEntry) -> str:
    name = safe(file_name(entry.name))
    said = as_sentence(without_folders(entry.reason), entry.name)
    reason = f'<p class="reason">{safe(said)}</p>' if said else ""
    if not entry.document_id or entry.outcome == "removed":
        return f"<strong>{name}</strong>{reason}"
    library, ask = Place(entry.document_id).link(), Asked(where=(("document", entry.document_id),)).link()
    return (
        f'<a href="{safe(library)}" target="_self">{name}</a>, {counted(entry.passages, "passage")}. '
        f'<a href="{safe(ask)}" target="_self">Ask about it</a>{reason}'
    )

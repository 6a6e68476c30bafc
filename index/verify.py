"""The whole data folder under examination: every invariant, and every citation against the file it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.ledger import KnownFile
from index.checks import problems
from index.opening import open_catalogue
from index.states import Files, State, state_of, whereabouts


@dataclass(frozen=True, slots=True)
class Verification:
    """How many citations were checked, the state of their source files, and every invariant that does not hold.

    `stale` names the documents whose file is not found as it was read, with the state and the path it had; `now` says
    of paths that moved where they are.
    """

    checked: int
    found: int
    moved: int
    changed: int
    missing: int
    problems: tuple[str, ...]
    stale: tuple[tuple[State, str], ...]
    now: tuple[tuple[str, str], ...]


def verify(data: Path) -> Verification:
    """Check the whole data folder; an empty `problems` means that every invariant holds."""
    with open_catalogue(data) as catalogue:
        found = tuple(dict.fromkeys(problems(catalogue, data)))
        states: dict[State, int] = {"found": 0, "moved": 0, "changed": 0, "missing": 0}
        files = Files()
        stale: list[tuple[State, str]] = []
        now: dict[str, str] = {}
        for document_id in catalogue.document_ids():
            own = catalogue.files_of(document_id)
            state = state_of([known.file for known in own], files)
            path = own[0].file.path if own else document_id
            if state == "moved":
                path, place = next(_moves(own, files))
                now[path] = place
            states[state] += len(catalogue.passages(document_id))
            if state != "found":
                stale.append((state, path))
    return Verification(
        checked=sum(states.values()), problems=found, stale=tuple(stale), now=tuple(now.items()), **states
    )


def _moves(own: Sequence[KnownFile], files: Files) -> Iterator[tuple[str, str]]:
    """Yield where each file was that is elsewhere now, and where it is."""
    for known in own:
        place = whereabouts(known.file, files)
        if place is not None:
            yield known.file.path, str(place)

"""The whole data folder under examination: every invariant, and every citation against the file it came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.checks import problems
from index.opening import open_catalogue
from index.states import Files, State, state_of


@dataclass(frozen=True, slots=True)
class Verification:
    """How many citations were checked, the state of their source files, and every invariant that does not hold.

    `stale` names the documents whose file is not found as it was read, with the state and the path it had.
    """

    checked: int
    found: int
    moved: int
    changed: int
    missing: int
    problems: tuple[str, ...]
    stale: tuple[tuple[State, str], ...]


def verify(data: Path) -> Verification:
    """Check the whole data folder; an empty `problems` means that every invariant holds."""
    with open_catalogue(data) as catalogue:
        found = tuple(dict.fromkeys(problems(catalogue, data)))
        states: dict[State, int] = {"found": 0, "moved": 0, "changed": 0, "missing": 0}
        files = Files()
        stale = []
        for document_id in catalogue.document_ids():
            own = catalogue.files_of(document_id)
            state = state_of([known.file for known in own], files)
            states[state] += len(catalogue.passages(document_id))
            if state != "found":
                stale.append((state, own[0].file.path if own else document_id))
    return Verification(checked=sum(states.values()), problems=found, stale=tuple(stale), **states)

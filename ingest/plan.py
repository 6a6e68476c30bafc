"""What a run will do, decided before anything is done: a pure function of the files found and the files known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.ledger import Outcome, SourceFile
from ingest.files import FoundFile

Action = Literal["read", "keep", "link", "copy", "refuse"]


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one file.

    `read`: new content. `keep`: known path, known content. `link`: a document the index holds gets this path
    (a rename or a duplicate). `copy`: the same for a document that another step reads. `refuse`: see `reason`.
    """

    action: Action
    file: SourceFile
    document_id: str = ""
    outcome: Outcome = "unchanged"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps for the files found, and the known paths that no longer hold anything."""

    steps: tuple[Step, ...]
    gone: tuple[str, ...]

    def of(self, action: Action) -> tuple[Step, ...]:
        """Return the steps of one kind, in order."""
        return tuple(step for step in self.steps if step.action == action)


@dataclass(frozen=True, slots=True)
class Known:
    """What the index holds: every path with its file and document, and the reader each document was read by."""

    sources: Mapping[str, tuple[SourceFile, str]]
    readers: Mapping[str, str]

    def paths(self, document_id: str) -> tuple[str, ...]:
        """Return the known paths of a document."""
        return tuple(path for path, (_, known) in self.sources.items() if known == document_id)


def plan(
    files: Iterable[FoundFile], known: Known, in_scope: Callable[[str], bool], current_readers: Mapping[str, str]
) -> Plan:
    """Decide for every file found; `in_scope` tells which known paths must be gone when they were not found.

    `current_readers` maps media types to the reader of today ("pdf/1"): documents of an older one are read again.
    """
    # Only what a step needs is kept of a file, never its bytes: a folder can be larger than the memory.
    found = {item.file.path: _Seen.of(item) for item in files}
    now = {path: item.document_id for path, item in found.items()}
    arriving: set[str] = set()
    steps = []
    for item in found.values():
        step = _step(item, _State(known, now, arriving, current_readers))
        if step.action == "read":
            arriving.add(step.document_id)
        steps.append(step)
    seen = {step.file.path for step in steps}
    linked = {step.document_id for step in steps if step.action == "link"}
    gone = tuple(
        path
        for path, (_, document_id) in known.sources.items()
        if path not in seen and (in_scope(path) or (document_id in linked and not Path(path).exists()))
    )
    return Plan(tuple(steps), gone)


@dataclass(frozen=True, slots=True)
class _State:
    """What a step is decided on: the index, what each path found holds now, and what earlier steps will read."""

    known: Known
    now: Mapping[str, str]
    arriving: set[str]
    current_readers: Mapping[str, str]

    def elsewhere(self, document_id: str, path: str) -> list[str]:
        """Return the other paths that still hold a document, as far as this run has seen."""
        return [
            other
            for other in self.known.paths(document_id)
            if other != path and (self.now[other] == document_id if other in self.now else Path(other).exists())
        ]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A found file without its bytes; `document_id` is empty, and `reason` says why, when it cannot be read."""

    file: SourceFile
    document_id: str
    media_type: str
    reason: str

    @classmethod
    def of(cls, item: FoundFile) -> _Seen:
        document_id, media_type = (item.source.document_id, item.source.media_type) if item.source else ("", "")
        return cls(item.file, document_id, media_type, item.reason)


def _step(item: _Seen, state: _State) -> Step:
    if not item.document_id:
        return Step("refuse", item.file, outcome="refused", reason=item.reason)
    document_id = item.document_id
    if document_id in state.arriving:
        return Step("copy", item.file, document_id, "duplicate", "the same content as another file of this run")
    if state.known.readers.get(document_id) != state.current_readers[item.media_type]:
        return Step("read", item.file, document_id, "read")
    before = state.known.sources.get(item.file.path)
    if before == (item.file, document_id):
        return Step("keep", item.file, document_id)
    if before is not None and before[1] == document_id:
        return Step("link", item.file, document_id)
    others = state.elsewhere(document_id, item.file.path)
    if others:
        return Step("link", item.file, document_id, "duplicate", f"the same content as {Path(others[0]).name}")
    former = state.known.paths(document_id)
    return Step("link", item.file, document_id, "unchanged", f"renamed from {Path(former[0]).name}" if former else "")

"""What a run will do, decided before anything is done: a pure function of the files found and the files known.

The plan asks the index only about the paths and the contents that were found, so it costs what the files cost and not
what the index holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from core.ledger import KnownFile, Outcome, SourceFile, called, copy_of
from ingest.files import FoundFile

Action = Literal["read", "keep", "link", "copy", "refuse"]


class Known(Protocol):
    """What the index holds, asked one path or one document at a time."""

    def file(self, path: str) -> KnownFile | None:
        """Return the file known under a path."""

    def files_of(self, document_id: str) -> tuple[KnownFile, ...]:
        """Return the files that hold a document, the one it was first known by first."""

    def reader(self, document_id: str) -> str | None:
        """Return the reader, such as "pdf/1", that a document was read by; None when the index does not hold it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one file.

    `read`: its content is read. `keep`: the index knows the file as it is. `link`: a document the index holds gets
    this path (a rename or a duplicate). `copy`: the same for a document that another step reads. `refuse`: it cannot
    be read at all. `reason` says why, in words for the ledger or for a plan that is only shown; `reader` is what
    refused the file.
    """

    action: Action
    file: SourceFile
    document_id: str
    outcome: Outcome
    reason: str = ""
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """A known path that no longer holds anything; `renamed` when a step tells already where its content went."""

    known: KnownFile
    reason: str
    renamed: bool

    @property
    def path(self) -> str:
        """The path that goes."""
        return self.known.file.path


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps for the files found, and the known paths that no longer hold anything."""

    steps: tuple[Step, ...]
    gone: tuple[Departure, ...]

    def of(self, action: Action) -> tuple[Step, ...]:
        """Return the steps of one kind, in order."""
        return tuple(step for step in self.steps if step.action == action)


def plan(
    files: Iterable[FoundFile],
    followed: Iterable[KnownFile],
    known: Known,
    readers: Mapping[str, str],
    exists: Callable[[str], bool],
) -> Plan:
    """Decide for every file found, and for every known file that is `followed` and was not found: that one is gone.

    `readers` maps media types to the reader of today ("pdf/1"): documents of an older one are read again, and so are
    refused files, unless they are followed and neither their bytes nor the reader have changed. `exists` is asked
    about known paths that are neither found nor followed.
    """
    # Only what a step needs is kept of a file, never its bytes: a folder can be larger than the memory.
    found = {item.file.path: _Seen.of(item, readers) for item in files}
    planning = _Planning(found, {one.file.path: one for one in followed}, known, exists)
    steps = tuple(planning.step(item) for item in found.values())
    return Plan(steps, planning.departures(steps))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A found file without its bytes; `document_id` is empty, and `reason` says why, when it cannot be read.

    `reader` is what would read it today.
    """

    file: SourceFile
    document_id: str
    reader: str
    reason: str

    @classmethod
    def of(cls, item: FoundFile, readers: Mapping[str, str]) -> _Seen:
        if item.source is None:
            return cls(item.file, "", "", item.reason)
        return cls(item.file, item.source.document_id, readers[item.source.media_type], item.reason)


@dataclass(slots=True)
class _Whereabouts:
    """Where a document that is held gets new paths: files that hold it, and files that did and from now on do not."""

    holders: list[KnownFile]
    vacated: list[KnownFile]


class _Planning:
    """A plan in the making; steps are decided in the order of the files."""

    def __init__(
        self,
        found: Mapping[str, _Seen],
        followed: Mapping[str, KnownFile],
        known: Known,
        exists: Callable[[str], bool],
    ) -> None:
        self._found = found
        self._followed = followed
        self._known = known
        self._exists = exists
        self._arriving: dict[str, SourceFile] = {}
        self._places: dict[str, _Whereabouts] = {}
        self._renamed: dict[str, KnownFile] = {}

    def step(self, item: _Seen) -> Step:
        file, document_id = item.file, item.document_id
        before = self._followed.get(file.path) or self._known.file(file.path)
        if before is not None and self._refused_before(item, before):
            same = before.file == file
            return Step("keep" if same else "refuse", file, "", "refused", before.reason, before.reader)
        if not file.sha256 and before is not None and before.document_id:
            # Its bytes cannot be had now, which says nothing about them: what was read of it stays.
            reason = f"{item.reason}; what was read of it before is kept"
            return Step("keep", file, before.document_id, "refused", reason)
        if not document_id:
            same = before is not None and (before.file, before.reason) == (file, item.reason)
            return Step("keep" if same else "refuse", file, "", "refused", item.reason)
        stays = before is not None and before.document_id == document_id
        if document_id in self._arriving:
            reason = copy_of(self._arriving[document_id], file)
            return Step("copy", file, document_id, *(("unchanged", "") if stays else ("duplicate", reason)))
        held_by = self._known.reader(document_id)
        if held_by != item.reader:
            self._arriving[document_id] = file
            return Step("read", file, document_id, "read", _why_read(item, before, held_by))
        if before is not None and stays:
            return Step("keep" if before.file == file else "link", file, document_id, "unchanged")
        return self._linked(file, document_id)

    def _refused_before(self, item: _Seen, before: KnownFile) -> bool:
        """Tell whether the reader of today has refused these bytes already; a file asked for by name is read again."""
        return (
            bool(item.reader and before.reason)
            and before.file.path in self._followed
            and (before.file.sha256, before.reader) == (item.file.sha256, item.reader)
        )

    def _linked(self, file: SourceFile, document_id: str) -> Step:
        """Return the step for a new path of a document that the index holds: renamed, or one more copy."""
        places = self._whereabouts(document_id)
        if places.vacated:
            # Of several that went, the one with the same name has most likely only moved.
            former = min(places.vacated, key=lambda one: (one.file.name != file.name, one.file.path in self._found))
            places.vacated.remove(former)
            self._renamed[former.file.path] = former
            step = Step("link", file, document_id, "unchanged", f"renamed from {called(former.file, file)}")
        elif places.holders:
            step = Step("link", file, document_id, "duplicate", copy_of(places.holders[0].file, file))
        else:
            step = Step("link", file, document_id, "unchanged")
        places.holders.append(KnownFile(file, document_id, "", ""))
        return step

    def _whereabouts(self, document_id: str) -> _Whereabouts:
        if document_id not in self._places:
            places = self._places[document_id] = _Whereabouts([], [])
            for one in self._known.files_of(document_id):
                (places.holders if self._still_holds(one) else places.vacated).append(one)
        return self._places[document_id]

    def _still_holds(self, one: KnownFile) -> bool:
        path = one.file.path
        if path in self._found:
            return self._found[path].document_id == one.document_id
        return path not in self._followed and self._exists(path)

    def departures(self, steps: Iterable[Step]) -> tuple[Departure, ...]:
        """Return what goes: followed files that were not found, and files elsewhere that were moved to here."""
        gone = {path: one for path, one in self._followed.items() if path not in self._found}
        moved = (one for places in self._places.values() for one in places.vacated)
        for one in (*self._renamed.values(), *moved):
            if one.file.path not in self._found:
                gone.setdefault(one.file.path, one)
        # Whether a file that is read again will still be readable is not known yet.
        settled = {step.file.path for step in steps if step.action in ("keep", "link")}
        return tuple(
            Departure(one, self._remaining(one, settled), renamed=path in self._renamed) for path, one in gone.items()
        )

    def _remaining(self, one: KnownFile, settled: set[str]) -> str:
        """Say which file keeps the content of one that goes; empty when none does."""
        if not one.document_id:
            return ""
        for other in self._whereabouts(one.document_id).holders:
            if other.file.path in settled or other.file.path not in self._found:
                return f"its content remains as {called(other.file, one.file)}"
        return ""


def _why_read(item: _Seen, before: KnownFile | None, held_by: str | None) -> str:
    if held_by is not None:
        return f"read by {held_by} before, now by {item.reader}"
    if before is None:
        return "new"
    if before.file.sha256 != item.file.sha256:
        return "edited"
    return "refused before"

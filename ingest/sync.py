"""Making the index follow files: look, plan, read, commit.

A file is known by its path and its content. Unchanged content is neither read nor embedded again, whatever it is
called; a changed file replaces its old document in the same commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import InputError, NoIndexError
from core.ledger import KnownFile, LedgerEntry, SourceFile
from core.progress import Progress
from index import Catalogue, Change, open_catalogue, open_writer
from ingest import uploads
from ingest.files import FoundFile, Walk, absolute, found, may_exist, vanished, walk
from ingest.plan import Step, plan
from ingest.run import Outcomes, Run, entries_of_gone, entry_of_gone, readers_now

NOT_OPENED = "not opened yet"
"""What a plan says of a file that is to be read: whether it can be is known when it is opened, and not before."""


def sync(data: Path, folder: Path, model: str | None = None, progress: Progress | None = None) -> Outcomes:
    """Make the index equal to a folder: what is new or changed is read, what is gone is removed.

    Documents that came from elsewhere stay. Raises InputError when the folder does not exist, StoppedError when the
    person interrupts it.
    """
    root = followed_root(data, folder)
    with open_writer(data) as writer:
        uploads.mend(data, writer.catalogue)
        seen = _walked(root, folder, data)
        return Run(writer, model, progress).carry_out(
            _found(seen, root), followed_files(writer.catalogue, root, seen, data)
        )


def planned(data: Path, folder: Path) -> Outcomes:
    """Return what `sync` would do, as far as it can be told without reading a document; nothing is changed."""
    root = followed_root(data, folder)
    seen = _walked(root, folder, data)
    try:
        with open_catalogue(data) as catalogue:
            steps = plan(
                _found(seen, root), followed_files(catalogue, root, seen, data), catalogue, readers_now(), may_exist
            )
            entries = [_planned_entry(step, catalogue) for step in steps.steps]
            generation = catalogue.generation()
    except NoIndexError:
        steps = plan(_found(seen, root), (), _Nothing(), readers_now(), may_exist)
        entries, generation = [_planned_entry(step, None) for step in steps.steps], 0
    return Outcomes((*entries, *entries_of_gone(steps)), generation)


def add(
    data: Path,
    paths: Sequence[Path],
    model: str | None = None,
    progress: Progress | None = None,
    names: Sequence[str] = (),
) -> Outcomes:
    """Add or update files and folders; nothing is removed, save the old path of a file that was renamed.

    `names`, one a path, are what files are shown as instead of their own names; an upload without one is shown as it
    was called when it came. Raises InputError when no path exists, StoppedError when the person interrupts it.
    """
    if not any(path.exists() for path in paths):
        missing = ", ".join(str(path) for path in paths) or "nothing"
        message = f"There is no file or folder {missing}; check the path."
        raise InputError(message)
    with open_writer(data) as writer:
        uploads.mend(data, writer.catalogue)
        given = names or [""] * len(paths)
        called = [
            name or uploads.name_of(data, path, writer.catalogue) for path, name in zip(paths, given, strict=True)
        ]
        with uploads.taking(data, paths):
            return Run(writer, model, progress).carry_out(_given(paths, called, data.resolve()))


def remove(data: Path, targets: Sequence[str]) -> Outcomes:
    """Remove documents by path, folder or document id, with their passages, vectors and uploads.

    What matches nothing is refused by name; raises InputError when nothing matches at all.
    """
    with open_writer(data, create=False) as writer:
        uploads.mend(data, writer.catalogue)
        matched = {target: matching(writer.catalogue, target) for target in targets}
        gone = {one.file.path: one for ones in matched.values() for one in ones}
        if not gone:
            message = (
                f"The index holds nothing called {', '.join(targets)}; `python -m ingest ledger` lists what it holds."
            )
            raise InputError(message)
        remaining = {path: _remaining(writer.catalogue, one, gone) for path, one in gone.items()}
        with uploads.removing(data, gone):
            generation = writer.commit(Change(gone=tuple(gone)))
    unknown = [
        LedgerEntry("", target, "refused", f"the index holds nothing called {target}", 0, 0, (), target)
        for target, ones in matched.items()
        if not ones
    ]
    # Uploads have gone from the disk by now.
    reasons = {path: (remaining[path], _comes_back(one.file)) for path, one in gone.items()}
    removed = [entry_of_gone(one, "; ".join(filter(None, reasons[path]))) for path, one in gone.items()]
    return Outcomes((*removed, *unknown), generation)


def matching(catalogue: Catalogue, target: str) -> tuple[KnownFile, ...]:
    """Return the known files that a person means by a path, a folder or a document id."""
    (place,) = absolute([Path(target)])
    return catalogue.files_of(target) or catalogue.files_within(str(place))


def _remaining(catalogue: Catalogue, one: KnownFile, gone: Mapping[str, KnownFile]) -> str:
    """Say which file keeps the content of one that goes; empty when none does."""
    others = catalogue.files_of(one.document_id) if one.document_id else ()
    return next((f"its content remains as {other.file.name}" for other in others if other.file.path not in gone), "")


def _comes_back(file: SourceFile) -> str:
    """Say of a file that was removed from the index that it still lies in the folder it came with; empty if not."""
    if file.root == file.path or not may_exist(file.path):
        return ""
    return f"it still lies in {file.root} and comes back at the next sync of it: delete the file as well"


def followed_root(data: Path, folder: Path) -> Path:
    """Return the absolute path of a folder to follow; raises InputError when it cannot be followed."""
    if not folder.is_dir():
        message = f"There is no folder {folder}; check the name, or give the folder that holds your documents."
        raise InputError(message)
    (root,) = absolute([folder])
    if root.resolve() == data.resolve() or root.resolve().is_relative_to((data / uploads.FOLDER).resolve()):
        message = f"The folder {folder} belongs to the data folder itself; give the folder that holds your documents."
        raise InputError(message)
    return root


def _walked(root: Path, folder: Path, data: Path) -> Walk:
    """Look through the folder, which must be there still when that is done: an empty look would empty the index."""
    seen = walk(root, data.resolve())
    followed_root(data, folder)
    return seen


def _found(seen: Walk, root: Path) -> Iterator[FoundFile]:
    """Yield the files of a walk with their bytes, then the folders that could not be listed."""
    for path in (*seen.files, *seen.closed):
        item = found(path, root)
        if item.source is not None or not vanished(path):
            yield item


def followed_files(catalogue: Catalogue, root: Path, seen: Walk, data: Path) -> list[KnownFile]:
    """Return the known files that must be in the folder or else are gone.

    Uploads are not among them, although the data folder may lie within, nor is what could not be looked at.
    """
    kept, files = absolute([data, data / uploads.FOLDER])
    apart = (*seen.closed, kept if kept.is_relative_to(root) else files)
    within = catalogue.files_within(str(root))
    return [one for one in within if not any(Path(one.file.path).is_relative_to(place) for place in apart)]


def _given(paths: Sequence[Path], names: Sequence[str], data: Path) -> Iterator[FoundFile]:
    for path, given, name in zip(absolute(paths), paths, names, strict=True):
        if not path.exists():
            nothing = SourceFile(str(path), name or path.name, "", str(path))
            yield FoundFile(nothing, None, f"there is no file or folder {given}: check the path")
            continue
        seen = walk(path, data)
        files = (*seen.files, *seen.closed)
        yield from (found(file, path, name) for file in files if not uploads.is_note(data, file))


class _Nothing:
    """What is known where there is no index yet."""

    def file(self, _path: str) -> None:
        return None

    def files_of(self, _document_id: str) -> tuple[KnownFile, ...]:
        return ()

    def reader(self, _document_id: str) -> None:
        return None


def _planned_entry(step: Step, catalogue: Catalogue | None) -> LedgerEntry:
    """Return the entry that a step would have, with the counts of what the index holds of the file now."""
    now = catalogue.entry(step.file.path) if catalogue else None
    reason = f"{step.reason}; {NOT_OPENED}" if step.action == "read" else step.reason
    if now is None:
        return LedgerEntry(step.document_id, step.file.path, step.outcome, reason, 0, 0, (), step.file.name)
    if step.reason == "edited" and now.passages:
        reason += f"; passages so far: {now.passages:,}"
    return replace(now, document_id=step.document_id, outcome=step.outcome, reason=reason)

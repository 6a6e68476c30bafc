"""Making the index follow files: look, plan, read, commit.

A file is known by its path and its content. Unchanged content is neither read nor embedded again, whatever it is
called; a changed file replaces its old document in the same commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from core.document import Document
from core.errors import InputError, UnreadableError
from core.ledger import LedgerEntry, SourceFile
from core.progress import Progress
from index import Change, Encoder, Writer, load_encoder, open_writer
from ingest import uploads
from ingest.files import FoundFile, absolute, beneath, found
from ingest.plan import Known, Plan, Step, plan
from ingest.readers import READERS
from ingest.sandbox import Sandbox

# A commit holds about this much text (some 400 passages): large enough that batches are full and a commit's
# cost does not show, small enough that little is lost when a long run is stopped.
COMMIT_CHARACTERS = 150_000

# Called with every entry as soon as it is settled.
Report = Callable[[LedgerEntry], None]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of every file of one run, by path, and the generation it ended at."""

    entries: tuple[LedgerEntry, ...]
    generation: int

    @property
    def refused(self) -> bool:
        """Whether any file was refused."""
        return any(entry.outcome == "refused" for entry in self.entries)


def sync(data: Path, folder: Path, model: str | None = None, progress: Progress | None = None) -> Outcomes:
    """Make the index equal to a folder: what is new or changed is read, what is gone is removed.

    Documents that came from elsewhere stay. Raises InputError when the folder does not exist.
    """
    if not folder.is_dir():
        message = f"There is no folder {folder}; check the name, or give the folder that holds your documents."
        raise InputError(message)
    (root,) = absolute([folder])
    if root.resolve() == data.resolve():
        message = f"The folder {folder} is the data folder itself; give the folder that holds your documents."
        raise InputError(message)
    files = (found(path, root) for path in beneath(root, data.resolve()))
    with open_writer(data) as writer:
        return _Run(writer, model, progress).carry_out(files, lambda path: Path(path).is_relative_to(root))


def add(
    data: Path,
    paths: Sequence[Path],
    model: str | None = None,
    progress: Progress | None = None,
    names: Sequence[str] = (),
) -> Outcomes:
    """Add or update files and folders; nothing is removed, save the old path of a file that was renamed.

    `names`, one a path, are what files are shown as instead of their own names. Raises InputError when no path exists.
    """
    if not any(path.exists() for path in paths):
        missing = ", ".join(str(path) for path in paths) or "nothing"
        message = f"There is no file or folder {missing}; check the path."
        raise InputError(message)
    with open_writer(data) as writer:
        return _Run(writer, model, progress).carry_out(_given(paths, names, data.resolve()), lambda _path: False)


def remove(data: Path, targets: Sequence[str]) -> Outcomes:
    """Remove documents by path, folder or document id, with their passages, vectors and uploads.

    What matches nothing is refused by name; raises InputError when nothing matches at all.
    """
    with open_writer(data, create=False) as writer:
        known = writer.catalogue.sources()
        matched = {target: _matching(target, known) for target in targets}
        gone = tuple(dict.fromkeys(path for paths in matched.values() for path in paths))
        if not gone:
            message = (
                f"The index holds nothing called {', '.join(targets)}; `python -m ingest ledger` lists what it holds."
            )
            raise InputError(message)
        generation = writer.commit(Change(gone=gone))
        uploads.discard(data, gone)
    removed = [LedgerEntry(known[path][1], path, "removed", "", 0, 0, ()) for path in gone]
    unknown = [
        LedgerEntry("", target, "refused", f"the index holds nothing called {target}", 0, 0, ())
        for target, paths in matched.items()
        if not paths
    ]
    return Outcomes((*removed, *unknown), generation)


def _given(paths: Sequence[Path], names: Sequence[str], data: Path) -> Iterator[FoundFile]:
    for place, (path, given) in enumerate(zip(absolute(paths), paths, strict=True)):
        name = names[place] if names else ""
        if not path.exists():
            nothing = SourceFile(str(path), name or path.name, "", str(path))
            yield FoundFile(nothing, None, f"there is no file or folder {given}: check the path")
            continue
        yield from (found(file, path, name) for file in beneath(path, data))


def _matching(target: str, known: dict[str, tuple[SourceFile, str]]) -> list[str]:
    (place,) = absolute([Path(target)])
    return [
        path for path, (_, document_id) in known.items() if document_id == target or Path(path).is_relative_to(place)
    ]


class _Run:
    """One run of the writer over a set of files."""

    def __init__(self, writer: Writer, model: str | None, progress: Progress | None) -> None:
        self._writer = writer
        self._model = writer.model(model)
        self._progress = progress
        self._embedded = 0

    @cached_property
    def _encoder(self) -> Encoder:
        """The model, loaded when the first document has to be embedded and not before."""
        return load_encoder(self._model)

    def carry_out(self, files: Iterator[FoundFile], in_scope: Callable[[str], bool]) -> Outcomes:
        """Plan, then commit: first the paths of documents that stay, then what is read, last what is gone.

        In this order no document that is still wanted is ever without a path, whatever was renamed to what.
        """
        catalogue = self._writer.catalogue
        known = Known(catalogue.sources(), catalogue.readers())
        steps = plan(files, known, in_scope, {reader.media_type: reader.name for reader in READERS.values()})
        links = tuple((step.file, step.document_id) for step in steps.of("link"))
        if links:
            self._writer.commit(Change(linked=links))
        refusals = {step.file.path: step.reason for step in steps.of("refuse")}
        refusals |= self._read(steps.of("read"))
        held = catalogue.readers()
        # The copy of a file that was refused, or that changed meanwhile, is read itself.
        refusals |= self._read([step for step in steps.of("copy") if step.document_id not in held])
        copies = [step for step in steps.of("copy") if step.document_id in held]
        last = Change(
            linked=tuple((step.file, step.document_id) for step in copies),
            refused=tuple((step.file, refusals[step.file.path]) for step in steps.steps if step.file.path in refusals),
            gone=steps.gone,
        )
        if last != Change():
            self._writer.commit(last)
        removed = [LedgerEntry(known.sources[path][1], path, "removed", "", 0, 0, ()) for path in steps.gone]
        return Outcomes((*self._entries(steps), *removed), catalogue.generation())

    def _read(self, steps: Sequence[Step]) -> dict[str, str]:
        """Read and commit files in groups; return the reason for each path that was refused."""
        refusals: dict[str, str] = {}
        total = sum(Path(step.file.path).stat().st_size for step in steps if Path(step.file.path).exists()) or 1
        settled = 0
        group: list[tuple[SourceFile, Document]] = []
        waiting = 0
        with Sandbox() as sandbox:
            for step in steps:
                again = found(Path(step.file.path), Path(step.file.root), step.file.name)
                size = len(again.source.data) if again.source else 0
                waiting += size
                if again.source is None:
                    refusals[step.file.path] = again.reason
                    continue
                try:
                    group.append((again.file, sandbox.read(again.source)))
                except UnreadableError as error:
                    refusals[step.file.path] = str(error)
                if sum(len(document.text) for _, document in group) >= COMMIT_CHARACTERS:
                    self._commit(group, settled / total, waiting / total)
                    group, settled, waiting = [], settled + waiting, 0
            if group:
                self._commit(group, settled / total, waiting / total)
        return refusals

    def _commit(self, group: Sequence[tuple[SourceFile, Document]], share_before: float, share: float) -> None:
        before = self._embedded

        def embedding(done: int, of: int) -> None:
            self._embedded = before + done
            if self._progress is not None:
                self._progress(min(1.0, share_before + share * done / of), self._embedded)

        self._writer.commit(Change(read=tuple(group)), self._encoder, embedding)

    def _entries(self, steps: Plan) -> list[LedgerEntry]:
        """Return the ledger's word on every file, with what this run did to it."""
        ledger = {entry.path: entry for entry in self._writer.catalogue.ledger()}
        entries = []
        for step in steps.steps:
            entry = ledger[step.file.path]
            if entry.outcome == "refused" or step.action == "read":
                entries.append(entry)
            else:
                entries.append(
                    LedgerEntry(
                        entry.document_id,
                        entry.path,
                        step.outcome,
                        step.reason,
                        entry.pages,
                        entry.passages,
                        entry.losses,
                    )
                )
        return entries

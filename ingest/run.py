"""One run of the writer: a plan is carried out, and every file gets its entry.

The order of the commits is what keeps a run safe to stop: first the paths of documents that stay, then what is read,
group by group, last what is refused or gone. No document that is still wanted is ever without a path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from core.document import Document
from core.errors import StoppedError, UnreadableError
from core.ledger import KnownFile, LedgerEntry, SourceFile
from core.progress import Progress
from core.words import counted
from index import Change, Encoder, Refusal, Writer, load_encoder
from ingest.files import FoundFile, found, may_exist, not_listed, vanished
from ingest.plan import Plan, Step, plan
from ingest.readers import READERS
from ingest.sandbox import Sandbox

# A commit holds at most this much text, or one longer document (what was embedded of that is kept: index/begun.py), so
# that a run that is stopped or killed loses some three seconds of embedding. A commit costs 10 ms: the shipped corpus
# (87 documents, 552,000 characters) takes 19 commits, where 150,000 characters made 3, and 0.15 s longer of 65 s; the
# model itself was not slower over the shorter batches (141 s of processor time for 20,000 and for 10,000 characters,
# 144 s for 150,000, on a busy machine).
COMMIT_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of every file of one run, by path, and the generation it ended at.

    `as_before` are the paths of files that the index knew as they are, also those it had refused.
    """

    entries: tuple[LedgerEntry, ...]
    generation: int
    as_before: frozenset[str] = frozenset()

    @property
    def refused(self) -> bool:
        """Whether any file was refused."""
        return any(entry.outcome == "refused" for entry in self.entries)


def readers_now() -> dict[str, str]:
    """Return the reader of today, such as "pdf/1", by media type."""
    return {reader.media_type: reader.name for reader in READERS.values()}


def _characters(group: Sequence[tuple[SourceFile, Document]]) -> int:
    return sum(len(document.text) for _, document in group)


def entry_of_gone(known: KnownFile, reason: str = "") -> LedgerEntry:
    """Return the entry of a file that the index no longer knows."""
    return LedgerEntry(known.document_id, known.file.path, "removed", reason, 0, 0, (), known.file.name)


def entries_of_gone(steps: Plan) -> list[LedgerEntry]:
    """Return the entries of files that a plan takes out, but for those that another entry says are renamed.

    A folder that could not be listed stood on the ledger with the reason; when it can be, no document went.
    """
    return [
        entry_of_gone(one.known, one.reason)
        for one in steps.gone
        if not one.renamed and one.known.reason != not_listed(one.known.file.name)
    ]


@dataclass(slots=True)
class _Fates:
    """What became of the files that were to be read: refused, read, or gone by then, which the index may have known."""

    refused: dict[str, Refusal] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    vanished: dict[str, KnownFile | None] = field(default_factory=dict)


class Run:
    """One run of the writer over a set of files."""

    def __init__(self, writer: Writer, model: str | None, progress: Progress | None) -> None:
        self._writer = writer
        self._catalogue = writer.catalogue
        self._model = writer.model(model)
        self._progress = progress
        self._embedded = 0
        self._fates = _Fates()

    @cached_property
    def _encoder(self) -> Encoder:
        """The model, loaded when the first document has to be embedded and not before."""
        return load_encoder(self._model)

    def carry_out(self, files: Iterable[FoundFile], followed: Sequence[KnownFile] = ()) -> Outcomes:
        """Make the index hold these files, and no longer the `followed` ones that are not among them.

        Raises StoppedError, with what is in by then, when the person interrupts it.
        """
        steps = Plan((), ())
        try:
            steps = plan(files, followed, self._catalogue, readers_now(), may_exist)
            self._commit_all(steps)
            as_before = frozenset(step.file.path for step in steps.of("keep"))
            return Outcomes(self._entries(steps), self._catalogue.generation(), as_before)
        except KeyboardInterrupt:
            raise StoppedError(self._so_far(steps)) from None

    def _commit_all(self, steps: Plan) -> None:
        fates = self._fates
        refused = {step.file.path: Refusal(step.file, step.reason, step.reader) for step in steps.of("refuse")}
        # A rename is one commit: its old path goes as its new one comes.
        links = Change(
            linked=tuple((step.file, step.document_id) for step in steps.of("link")),
            gone=tuple(one.path for one in steps.gone if one.renamed),
        )
        self._commit(links)
        self._read(steps.of("read"))
        # The copy of a file that was refused, or that changed meanwhile, is read itself.
        copies = {step: self._catalogue.reader(step.document_id) is not None for step in steps.of("copy")}
        self._read([step for step, held in copies.items() if not held])
        gone = [one.path for one in steps.gone if not one.renamed]
        gone += [path for path, known in fates.vanished.items() if known]
        last = Change(
            linked=tuple((step.file, step.document_id) for step, held in copies.items() if held),
            refused=tuple((refused | fates.refused).values()),
            gone=tuple(gone),
        )
        self._commit(last)

    def _commit(self, change: Change, embedding: Callable[[int, int], None] | None = None) -> None:
        if change != Change():
            self._writer.commit(change, self._encoder if change.read else None, embedding)

    def _read(self, steps: Sequence[Step]) -> None:
        """Read and commit files in groups."""
        total = sum(Path(step.file.path).stat().st_size for step in steps if Path(step.file.path).exists()) or 1
        settled = waiting = 0
        group: list[tuple[SourceFile, Document]] = []

        def commit() -> None:
            nonlocal settled, waiting
            if group:
                self._commit_group(group, settled / total, waiting / total)
            group.clear()
            settled, waiting = settled + waiting, 0

        with Sandbox() as sandbox:
            for step in steps:
                size, document = self._document(step, sandbox)
                if document and _characters(group) + len(document[1].text) > COMMIT_CHARACTERS:
                    commit()
                waiting += size
                group += [document] if document else []
                if _characters(group) >= COMMIT_CHARACTERS:
                    commit()
            commit()

    def _document(self, step: Step, sandbox: Sandbox) -> tuple[int, tuple[SourceFile, Document] | None]:
        """Return a file's size in bytes, and the document read from it unless its fate is another."""
        again = found(Path(step.file.path), Path(step.file.root), step.file.name)
        if again.source is None:
            if vanished(Path(step.file.path)):
                self._fates.vanished[step.file.path] = self._catalogue.file(step.file.path)
            else:
                self._fates.refused[step.file.path] = Refusal(again.file, again.reason)
            return 0, None
        size = len(again.source.data)
        try:
            document = sandbox.read(again.source)
        except UnreadableError as error:
            reader = readers_now()[again.source.media_type]
            self._fates.refused[step.file.path] = Refusal(again.file, str(error), reader)
            return size, None
        self._fates.read.add(step.file.path)
        return size, (again.file, document)

    def _commit_group(self, group: Sequence[tuple[SourceFile, Document]], share_before: float, share: float) -> None:
        before = self._embedded

        def embedding(done: int, of: int) -> None:
            self._embedded = before + done
            if self._progress is not None:
                self._progress(min(1.0, share_before + share * done / of), self._embedded)

        self._commit(Change(read=tuple(group)), embedding)

    def _entries(self, steps: Plan) -> tuple[LedgerEntry, ...]:
        """Return the ledger's word on every file, with what this run did to it."""
        entries = [entry for step in steps.steps if (entry := self._entry(step)) is not None]
        gone = entries_of_gone(steps)
        vanished_ones = [entry_of_gone(known) for known in self._fates.vanished.values() if known]
        return (*entries, *gone, *vanished_ones)

    def _entry(self, step: Step) -> LedgerEntry | None:
        """Return the entry of one file; None for one that came and went unknown to the index."""
        entry = self._catalogue.entry(step.file.path)
        if entry is None:
            return None
        if entry.outcome == "refused" or step.file.path in self._fates.read:
            return entry
        return replace(entry, outcome=step.outcome, reason=step.reason)

    def _so_far(self, steps: Plan) -> str:
        wanted = [step.file for step in (*steps.of("read"), *steps.of("copy"))]
        known = [self._catalogue.file(file.path) for file in wanted]
        done = sum(one is not None and one.file.sha256 == file.sha256 for one, file in zip(known, wanted, strict=True))
        if not wanted:
            return "Stopped; nothing is left half done, and the next run goes on from here."
        whole = f"{counted(len(wanted), 'new or changed file')} {'is' if len(wanted) == 1 else 'are'} in"
        return f"Stopped; {done:,} of {whole}, and the next run goes on from there."

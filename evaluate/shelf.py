"""What the documents of an index are called: in judgements by any of their names, in runs by one that has no space.

A document is called by its id, its absolute path, any end of that path (`corpus/harms/granulomas.md`,
`granulomas.md`), the file name without its ending, or the name that its file is shown as, which for an upload is
what it was called when it came; a document of a BEIR collection by its BEIR id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.errors import InputError
from index import Catalogue

_BEIR_MARK = "corpus.jsonl#"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents of one generation of an index, by what they are called."""

    paths: dict[str, tuple[str, ...]]
    called: dict[str, frozenset[str]]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Shelf:
        """Return the shelf of a catalogue."""
        shown = [(known.document_id, known.file.name) for known in catalogue.files().values() if known.document_id]
        paths = {document_id: catalogue.paths(document_id) for document_id in catalogue.document_ids()}
        return cls.made(paths, shown)

    @classmethod
    def made(cls, paths: dict[str, tuple[str, ...]], shown: Iterable[tuple[str, str]] = ()) -> Shelf:
        """Return the shelf of documents given as their paths by id, and as pairs of an id and a name it is shown as."""
        called: dict[str, set[str]] = {}
        for document_id, name in shown:
            called.setdefault(name, set()).add(document_id)
        for document_id, own in paths.items():
            for name in (document_id, *(name for path in own for name in _names(path))):
                called.setdefault(name, set()).add(document_id)
        return cls(paths, {name: frozenset(ids) for name, ids in called.items()})

    def find(self, name: str, where: str) -> str:
        """Return the id of the document that is called so; raises InputError, which begins with `where`."""
        ids = self.called.get(name.removeprefix("./"), frozenset())
        if len(ids) == 1:
            return next(iter(ids))
        if ids:
            among = " or ".join(sorted(self.paths[document_id][0] for document_id in ids)[:3])
            message = f"{where}: '{name}' may be {among}; give more of the path."
            raise InputError(message)
        message = (
            f"{where}: no document of the index is called '{name}'; call one by the name of its "
            "file, as every citation shows it, by its path or by its id."
        )
        raise InputError(message)

    def label(self, document_id: str) -> str:
        """Return what a run calls a document: its short name where only it is called so, else its id."""
        own = self.paths.get(document_id, ())
        short = [name for path in own[:1] for name in _names(path)[-2:]]
        fitting = (name for name in reversed(short) if len(name.split()) == 1 and len(self.called[name]) == 1)
        return next(fitting, document_id)

    def sha256(self) -> str:
        """Return a hash over the documents' content, whatever they are called and however they are split."""
        return hashed(sorted(self.paths))


def hashed(lines: Iterable[str]) -> str:
    """Return the SHA-256 over lines of text.

    >>> hashed(["a", "b"]) == hashed(["ab"])
    False
    """
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _names(path: str) -> list[str]:
    """Return everything a path is called, longest first, the name without ending last.

    >>> _names("/a/b/c.md")
    ['/a/b/c.md', 'a/b/c.md', 'b/c.md', 'c.md', 'c']
    >>> _names("/sets/corpus.jsonl#d 1")
    ['d 1']
    """
    _, mark, name = path.partition(_BEIR_MARK)
    if mark:
        return [name]
    parts = [part for part in path.split("/") if part]
    ends = ["/".join(parts[start:]) for start in range(len(parts))]
    return [path, *ends, PurePosixPath(path).stem]

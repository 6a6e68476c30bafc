"""What a page may remember of files it has hashed, and when it must look again."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from core.ledger import SourceFile
from index import (
    Change,
    Encoder,
    State,
    WatchedFiles,
    document_state,
    open_catalogue,
    state_in_place,
    whereabouts,
)
from index.states import Files
from tests.index.builders import document, put


def hash_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def test_a_file_is_read_again_only_when_something_tells_that_it_is_another(tmp_path: Path) -> None:
    file, files = tmp_path / "a.txt", WatchedFiles()
    file.write_bytes(b"one")
    assert files.sha256(file) == hash_of(b"one")

    # The same size and times: nothing tells, and so the old hash stands. That is why `verify` does not ask here.
    before = file.stat()
    with file.open("r+b") as stream:
        stream.write(b"two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Files().sha256(file) == hash_of(b"two")

    file.write_bytes(b"three")
    assert files.sha256(file) == hash_of(b"three")
    file.unlink()
    assert files.sha256(file) is None
    file.write_bytes(b"four")
    assert files.sha256(file) == hash_of(b"four")


def test_a_file_that_another_takes_the_place_of_is_read_again(tmp_path: Path) -> None:
    file, other, files = tmp_path / "a.txt", tmp_path / "b.txt", WatchedFiles()
    file.write_bytes(b"one")
    other.write_bytes(b"two")
    times = file.stat()
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert files.sha256(file) == hash_of(b"one")

    other.replace(file)

    assert files.sha256(file) == hash_of(b"two")


@given(content=st.binary(max_size=64))
def test_a_hash_is_that_of_all_bytes(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        file.write_bytes(content * 100_000)
        assert Files().sha256(file) == WatchedFiles().sha256(file) == hash_of(content * 100_000)


def test_a_file_is_found_where_it_is_now(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    (folder / "deep").mkdir(parents=True)
    file = folder / "a.txt"
    file.write_bytes(b"one")
    with_folder = SourceFile(str(file), "a.txt", hash_of(b"one"), str(folder))
    alone = SourceFile(str(file), "a.txt", hash_of(b"one"), str(file))
    assert whereabouts(with_folder, Files()) == whereabouts(alone, Files()) == file

    file.rename(folder / "deep" / "b.txt")
    assert whereabouts(with_folder, Files()) == folder / "deep" / "b.txt"
    # A file that came by itself is looked for beside where it was, and no deeper.
    assert whereabouts(alone, Files()) is None

    (folder / "deep" / "b.txt").rename(folder / "c.txt")
    file.write_bytes(b"two")
    assert whereabouts(with_folder, Files()) == whereabouts(alone, Files()) == folder / "c.txt"


def test_what_is_told_without_walking_a_folder_is_never_moved(data: Path, hashing: Encoder, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    read = document("Retinol.")
    file, copy = papers / "a.md", papers / "b.md"
    for path in (file, copy):
        path.write_bytes(b"Retinol.")
    sources = [SourceFile(str(path), path.name, hash_of(b"Retinol."), str(papers)) for path in (file, copy)]
    put(data, hashing, Change(read=tuple((source, read) for source in sources)))

    def told() -> tuple[State, State]:
        with open_catalogue(data) as catalogue:
            return state_in_place(catalogue, read.id, Files()), document_state(catalogue, read.id)

    assert told() == ("found", "found")
    file.unlink()
    assert told() == ("found", "found")
    copy.rename(papers / "c.md")
    assert told() == ("missing", "moved")
    file.write_bytes(b"Acid.")
    assert told() == ("changed", "moved")

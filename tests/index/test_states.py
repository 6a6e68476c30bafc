"""What a page may remember of files it has hashed, and when it must look again."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from index import WatchedFiles
from index.states import Files


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

"""SQLite's own files, watched: every create, write, truncate, sync and delete passes through one object of ours.

SQLite reaches its files through a table of functions, the VFS (https://sqlite.org/vfs.html). `watched` registers a copy
of the default one in the very library that the module `sqlite3` is linked with. Its xOpen lets the original open the
file and then puts a copy of the file's method table in place whose xWrite, xTruncate, xSync and xClose are ours; so is
xDelete. Locks and shared memory go straight through: the `-shm` file is rebuilt after a crash and is no durable state.
The folder a new log or journal stands in is synced by SQLite itself; that is observed, not assumed ("openDirectory").
"""

from __future__ import annotations

import _sqlite3
import ctypes
import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from typing import Protocol

_OK, _FULL, _CANTOPEN, _IOERR = 0, 13, 14, 10
_IOERR_WRITE, _IOERR_FSYNC, _IOERR_TRUNCATE, _IOERR_DELETE = (_IOERR | kind << 8 for kind in (3, 4, 6, 10))
_OPEN_CREATE = 0x04

# Passes a call on to SQLite's own function and returns its result code, 0 when all went well.
Call = Callable[[], int]


class Watcher(Protocol):
    """What sees every call on a file; it makes the call itself, or raises OSError as a disk would fail."""

    def concerns(self, path: Path) -> bool:
        """Tell whether a file is to be watched; asked once, when it is opened or deleted."""

    def open(self, path: Path, call: Call) -> int:
        """Open a file that is not there yet."""

    def write(self, path: Path, offset: int, content: bytes, call: Callable[[int], int]) -> int:
        """Write bytes; `call` takes how many of them to let through."""

    def truncate(self, path: Path, size: int, call: Call) -> int:
        """Cut a file to a size."""

    def sync(self, path: Path, call: Call, folder_too: Callable[[], bool]) -> int:
        """Sync a file; `folder_too` tells afterwards whether its folder was synced with it."""

    def remove(self, path: Path, call: Call, folder_too: Callable[[], bool]) -> int:
        """Delete a file; `folder_too` tells afterwards whether its folder was synced."""


_Open = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_Delete = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_Close = ctypes.CFUNCTYPE(c_int, c_void_p)
_Write = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = ctypes.CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = ctypes.CFUNCTYPE(c_int, c_void_p, c_int)
_OpenDirectory = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
_SetSystemCall = ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, c_void_p)
_GetSystemCall = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_char_p)


class _Vfs(ctypes.Structure):
    """struct sqlite3_vfs, version 3."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("rest", c_void_p * 11),
        ("set_system_call", c_void_p),
        ("get_system_call", c_void_p),
        ("next_system_call", c_void_p),
    )


class _Methods(ctypes.Structure):
    """struct sqlite3_io_methods, version 3."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("rest", c_void_p * 13),
    )


def _library() -> ctypes.CDLL:
    """Return the SQLite library that `sqlite3` uses; raises RuntimeError when its functions cannot be reached."""
    try:
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = c_void_p
        library.sqlite3_vfs_find.argtypes = [c_char_p]
        library.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
        library.sqlite3_libversion.restype = c_char_p
    except (AttributeError, OSError) as error:
        message = (
            "The simulated disk cannot reach the SQLite library of this Python, which hides its functions "
            f"({error}); run tests/faults with a Python whose sqlite3 is linked with the system's library."
        )
        raise RuntimeError(message) from error
    if library.sqlite3_libversion().decode() != sqlite3.sqlite_version:
        message = "The simulated disk found another SQLite library than the one that Python uses; they must be one."
        raise RuntimeError(message)
    return library


def _address(function: object) -> int:
    return ctypes.cast(function, c_void_p).value or 0  # type: ignore[arg-type]


class _Registered:
    """The copy of the default VFS; made once, kept for the life of the process, default only while something watches.

    Files that were opened through it may outlive the watching, so nothing it points to may ever be freed.
    """

    def __init__(self) -> None:
        self.library = _library()
        self.watcher: Watcher | None = None
        self.defects: list[BaseException] = []
        self._original = _Vfs.from_address(self.library.sqlite3_vfs_find(None))
        self._files: dict[int, tuple[Path, int]] = {}
        self._methods: dict[int, _Methods] = {}
        self._folder_synced = False
        self._functions = (
            _Open(self._open),
            _Delete(self._delete),
            _Close(self._close),
            _Write(self._write),
            _Truncate(self._truncate),
            _Sync(self._sync),
            _OpenDirectory(self._open_directory),
        )
        self._copy = _Vfs()
        ctypes.memmove(byref(self._copy), byref(self._original), ctypes.sizeof(_Vfs))
        self._copy.name = b"watched"
        self._copy.open, self._copy.delete = _address(self._functions[0]), _address(self._functions[1])
        get = _GetSystemCall(self._original.get_system_call)
        self._original_directory = _OpenDirectory(get(ctypes.addressof(self._original), b"openDirectory"))

    @contextmanager
    def default(self) -> Iterator[None]:
        """Open every database through the copy for a while."""
        set_call = _SetSystemCall(self._original.set_system_call)
        self.library.sqlite3_vfs_register(byref(self._copy), 1)
        set_call(ctypes.addressof(self._original), b"openDirectory", _address(self._functions[6]))
        try:
            yield
        finally:
            set_call(ctypes.addressof(self._original), b"openDirectory", None)
            self.library.sqlite3_vfs_register(byref(self._original), 1)

    def _guarded(self, failed: int, work: Callable[[Watcher], int]) -> int:
        """Run a callback's work; no exception may pass through C, so a defect is kept and raised at the end."""
        try:
            return work(self._present_watcher())
        except OSError as error:
            return _FULL if error.errno == errno.ENOSPC and failed == _IOERR_WRITE else failed
        except BaseException as error:  # noqa: BLE001 - raised again by `watched`
            self.defects.append(error)
            return failed

    def _present_watcher(self) -> Watcher:
        if self.watcher is None:
            message = "A database outlived the watching of its files."
            raise RuntimeError(message)
        return self.watcher

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: object) -> int:
        original = _Open(self._original.open)
        path = Path(ctypes.string_at(name).decode()) if name else None
        if path is None or self.watcher is None or not self.watcher.concerns(path):
            return int(original(vfs, name, file, flags, out))

        def opened() -> int:
            code = int(original(vfs, name, file, flags, out))
            if code == _OK:
                self._swap(file, path)
            return code

        if path.exists() or not flags & _OPEN_CREATE:
            return opened()
        return self._guarded(_CANTOPEN, lambda watcher: watcher.open(path, opened))

    def _swap(self, file: int, path: Path) -> None:
        place = c_void_p.from_address(file)
        methods = place.value or 0
        self._files[file] = path, methods
        if methods not in self._methods:
            own = _Methods()
            ctypes.memmove(byref(own), methods, ctypes.sizeof(_Methods))
            own.close, own.write, own.truncate, own.sync = (_address(one) for one in self._functions[2:6])
            self._methods[methods] = own
        place.value = ctypes.addressof(self._methods[methods])

    def _original_methods(self, file: int) -> tuple[Path, _Methods]:
        path, methods = self._files[file]
        return path, _Methods.from_address(methods)

    def _close(self, file: int) -> int:
        _, methods = self._files.pop(file)
        return int(_Close(_Methods.from_address(methods).close)(file))

    def _write(self, file: int, buffer: int, amount: int, offset: int) -> int:
        path, methods = self._original_methods(file)
        content = ctypes.string_at(buffer, amount)

        def call(size: int) -> int:
            return int(_Write(methods.write)(file, buffer, size, offset))

        return self._guarded(_IOERR_WRITE, lambda watcher: watcher.write(path, offset, content, call))

    def _truncate(self, file: int, size: int) -> int:
        path, methods = self._original_methods(file)
        original = _Truncate(methods.truncate)
        return self._guarded(
            _IOERR_TRUNCATE, lambda watcher: watcher.truncate(path, size, lambda: int(original(file, size)))
        )

    def _sync(self, file: int, flags: int) -> int:
        path, methods = self._original_methods(file)
        original = _Sync(methods.sync)
        self._folder_synced = False
        return self._guarded(
            _IOERR_FSYNC,
            lambda watcher: watcher.sync(path, lambda: int(original(file, flags)), lambda: self._folder_synced),
        )

    def _delete(self, vfs: int, name: int, folder_too: int) -> int:
        original = _Delete(self._original.delete)
        path = Path(ctypes.string_at(name).decode())
        if self.watcher is None or not self.watcher.concerns(path):
            return int(original(vfs, name, folder_too))
        self._folder_synced = False
        return self._guarded(
            _IOERR_DELETE,
            lambda watcher: watcher.remove(
                path, lambda: int(original(vfs, name, folder_too)), lambda: self._folder_synced
            ),
        )

    def _open_directory(self, name: int, descriptor: int) -> int:
        self._folder_synced = True
        return int(self._original_directory(name, descriptor))


_registered: list[_Registered] = []


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Let `watcher` see every call on the files of the databases that are opened meanwhile; close them before it ends.

    Raises RuntimeError where the SQLite library cannot be reached, and whatever the watcher itself raised.
    """
    if not _registered:
        _registered.append(_Registered())
    (vfs,) = _registered
    before, vfs.watcher = vfs.watcher, watcher
    try:
        if before is None:
            with vfs.default():
                yield
        else:
            yield
    finally:
        vfs.watcher = before
    if vfs.defects:
        raise vfs.defects.pop()

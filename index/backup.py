"""A backup is one file with all that cannot be made again: the catalogue and the files kept in the data folder.

It is an ordinary ZIP archive, written while others read and write: the catalogue is copied from one read
transaction, the files before and after it, so that none the catalogue knows can be missing. Every member's SHA-256
stands in its manifest. A restore is one SQL transaction on the catalogue that is there: readers see the old state until
the new one is whole.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from core import codec, storage
from core.errors import DamagedError, DataFolderError, InputError, NoIndexError
from core.settings import JUDGEMENTS, UPLOADS
from index import ahead, begun, schema, writer
from index.catalogue import Catalogue
from index.checks import torn
from index.digest import digest
from index.opening import FILE, open_catalogue, translated
from index.rows import sealed

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: when and of which state it was made, and the SHA-256 of every member by name.

    `folder` is the data folder it was made of, which the paths of kept files begin with.
    """

    format: int
    made: str
    schema: int
    generation: int
    documents: int
    passages: int
    folder: str
    members: dict[str, str]


def backup(data: Path, file: Path) -> Manifest:
    """Write everything of a data folder into one file, whole or not at all; others may read and write meanwhile.

    Raises DamagedError when the catalogue does not hold together: a backup of it would not either.
    """
    if _within(file, data):
        message = f"A backup in the data folder {data} would be lost with it; give another place."
        raise InputError(message)
    if file.is_dir():
        message = f"{file} is a folder; give the name of the file to write, such as {file / 'stratum-backup.zip'}."
        raise InputError(message)
    if not file.parent.is_dir():
        message = f"There is no folder {file.parent} for the backup; make it first, or give another place."
        raise InputError(message)
    copy, archive = (file.with_name(f"{file.name}.{ending}") for ending in ("catalogue.tmp", "tmp"))
    try:
        with zipfile.ZipFile(archive, "w") as out:
            members = _put_files(out, data, {})
            manifest = _put_catalogue(out, data, copy)
            members |= _put_files(out, data, members)
            whole = Manifest(**codec.as_dict(manifest) | {"members": members | manifest.members})
            out.writestr(MANIFEST, codec.encode(whole))
        storage.settle(archive, file)
    except OSError as error:
        message = f"The backup {file} cannot be written ({error.strerror}); check its folder and the free space."
        raise DataFolderError(message) from error
    finally:
        for temporary in (copy, archive):
            temporary.unlink(missing_ok=True)
    return whole


def restore(file: Path, data: Path, *, replace: bool = False) -> Manifest:
    """Make a data folder what it was when the backup was made; nothing is changed unless the whole backup is sound.

    An index that is there is only replaced with `replace`; one that is damaged is set aside under another name.
    """
    with _archive(file) as (archive, manifest), writer.locked(data):
        if not replace and _in_use(data):
            message = (
                f"The data folder {data} holds an index; give --replace to put the backup in its place, or another "
                "folder with --data."
            )
            raise InputError(message)
        _require_sound(archive, manifest, file)
        copy = data / f"{FILE}.restore"
        try:
            for name in manifest.members:
                if name != FILE:
                    place = data.joinpath(*PurePosixPath(name).parts)
                    storage.keep_folder(place.parent)
                    storage.keep_file(place, archive.read(name))
            with archive.open(FILE) as source, copy.open("wb") as out:
                while block := source.read(1 << 20):
                    out.write(block)
            _adapt(copy, Path(manifest.folder), data.resolve())
            _swap(copy, data)
        except OSError as error:
            message = (
                f"The backup cannot be restored to {data} ({error.strerror}); check its permissions and free space."
            )
            raise DataFolderError(message) from error
        finally:
            copy.unlink(missing_ok=True)
    with writer.open_writer(data):
        # Opening and closing writes the views and sweeps what belonged to the state before.
        pass
    return manifest


def _put_files(out: zipfile.ZipFile, data: Path, there: dict[str, str]) -> dict[str, str]:
    """Add the files entrusted to the data folder that are not in the archive yet; return their hashes by name."""
    added = {}
    for path in sorted([*(data / UPLOADS).rglob("*"), data / JUDGEMENTS]):
        name = path.relative_to(data).as_posix()
        if name in there or path.name.endswith(".tmp") or not path.is_file():
            continue
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            # Removed with its document a moment ago: the catalogue that is copied next does not know it either.
            continue
        out.writestr(name, content)
        added[name] = hashlib.sha256(content).hexdigest()
    return added


def _put_catalogue(out: zipfile.ZipFile, data: Path, copy: Path) -> Manifest:
    """Add the catalogue as it is in this moment; return what the manifest says of it."""
    with open_catalogue(data) as catalogue, closing(sqlite3.connect(copy, isolation_level=None)) as target:
        catalogue.connection.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        if any(torn(target)):
            message = f"The catalogue in {data} is damaged; `python -m index verify` says where. No backup was made."
            raise DamagedError(message)
        documents, passages = catalogue.counts()
        generation = catalogue.generation()
    out.write(copy, FILE)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    folder = str(data.resolve())
    return Manifest(FORMAT, made, schema.SCHEMA, generation, documents, passages, folder, {FILE: _hash_of(copy)})


@contextmanager
def _archive(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    try:
        archive = zipfile.ZipFile(file)
    except FileNotFoundError as error:
        message = f"There is no backup {file}; check the path."
        raise InputError(message) from error
    except IsADirectoryError as error:
        message = f"{file} is a folder; give a file that `python -m index backup` made."
        raise InputError(message) from error
    except (OSError, zipfile.BadZipFile) as error:
        why = getattr(error, "strerror", None) or "it is no ZIP archive, or not a whole one"
        message = f"The backup {file} cannot be opened ({why}); give a file that `python -m index backup` made."
        raise InputError(message) from error
    with archive:
        try:
            manifest = codec.decode(Manifest, archive.read(MANIFEST))
        except (KeyError, ValueError, zipfile.BadZipFile) as error:
            message = f"The file {file} is no backup of an index, or damaged; nothing was changed."
            raise InputError(message) from error
        if manifest.format > FORMAT or manifest.schema > schema.SCHEMA:
            message = f"The backup {file} was made by a later version of Stratum; update the program."
            raise InputError(message)
        yield archive, manifest


def _require_sound(archive: zipfile.ZipFile, manifest: Manifest, file: Path) -> None:
    """Raise DamagedError unless every member is what was written and lies within the data folder."""
    for name, sha256 in manifest.members.items():
        place = PurePosixPath(name)
        inside = name in (FILE, JUDGEMENTS) or (place.parts[:1] == (UPLOADS,) and ".." not in place.parts)
        try:
            digest_ = hashlib.sha256()
            with archive.open(name) as member:
                while block := member.read(1 << 20):
                    digest_.update(block)
            whole = digest_.hexdigest() == sha256
        except (KeyError, OSError, zipfile.BadZipFile):
            whole = False
        if not (inside and whole):
            message = f"The backup {file} is damaged ({name}); use another one. Nothing was changed."
            raise DamagedError(message)
    if FILE not in manifest.members:
        message = f"The backup {file} holds no catalogue; use another one. Nothing was changed."
        raise DamagedError(message)


def _in_use(data: Path) -> bool:
    """Tell whether a folder holds an index with anything in it, or something in its place that cannot be read."""
    if not (data / FILE).exists():
        return False
    try:
        with open_catalogue(data) as catalogue:
            return catalogue.generation() > 0
    except NoIndexError:
        return False
    except DataFolderError:
        return True


def _adapt(copy: Path, before: Path, now: Path) -> None:
    """Bring a copied catalogue up to date: schema, a new identity, no views, and kept files where they are now.

    Whoever followed the state before must notice that this is another, though its generation may be the same.
    """
    with translated(copy), closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        schema.migrate(connection)
        catalogue = Catalogue(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM segments")
        connection.execute("DELETE FROM removals")
        for known in catalogue.files_within(str(before)):
            file = known.file
            path, root = (_moved(place, before, now) for place in (file.path, file.root))
            row = (path, file.name, file.sha256, root, known.document_id or None, known.reason, known.reader)
            connection.execute(
                "UPDATE sources SET path = ?, root = ?, digest = ? WHERE path = ?",
                (path, root, digest(*row), file.path),
            )
        connection.execute("UPDATE meta SET value = lower(hex(randomblob(16))) WHERE key = 'identity'")
        connection.execute("UPDATE meta SET value = ? WHERE key = 'digest'", (sealed(catalogue),))
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = DELETE")


def _swap(copy: Path, data: Path) -> None:
    """Put the adapted copy in the place of the catalogue, at one instant; one that is damaged is set aside."""
    ahead.discard(data)
    begun.discard(data)
    if not _replaced(copy, data):
        _set_aside(data)
        storage.settle(copy, data / FILE)


def _replaced(copy: Path, data: Path) -> bool:
    """Write the copy over the catalogue in one transaction; False, and nothing is written, when that is damaged."""
    try:
        with translated(data / FILE), closing(writer.connected(data)) as live:
            if any(torn(live)):
                return False
            with closing(sqlite3.connect(copy)) as source:
                source.backup(live)
            writer.settle(live)
    except DamagedError:
        return False
    return True


def damaged_before(data: Path) -> frozenset[Path]:
    """Return the catalogues that were damaged and set aside."""
    return frozenset(file for file in data.glob(f"{FILE}.damaged-*") if not file.name.endswith(("-wal", "-shm")))


def _set_aside(data: Path) -> None:
    """Give the files of a damaged catalogue another name: nothing is thrown away that might still be read."""
    number = next(number for number in range(1, 1_000_000) if not (data / f"{FILE}.damaged-{number}").exists())
    for ending in ("-wal", "-shm", ""):
        file = data / f"{FILE}{ending}"
        if file.exists():
            storage.disk.rename(file, data / f"{FILE}.damaged-{number}{ending}")


def _moved(place: str, before: Path, now: Path) -> str:
    path = Path(place)
    return str(now / path.relative_to(before)) if path.is_relative_to(before) else place


def _within(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


def _hash_of(file: Path) -> str:
    digest_ = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest_.update(block)
    return digest_.hexdigest()

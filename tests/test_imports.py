"""Who may know whom: walks every module of the project and holds the imports against the plan of the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import index
import ingest

PROJECT = Path(__file__).resolve().parents[1]
LONGEST_APP = 60

# The rooms, and what each may know besides itself.
MAY_KNOW: dict[str, frozenset[str]] = {
    "core": frozenset(),
    "index": frozenset({"core"}),
    "ingest": frozenset({"core", "index"}),
    "evaluate": frozenset({"core", "index"}),
    "ui": frozenset({"core", "index", "ingest", "evaluate"}),
    "app": frozenset({"core", "ui"}),
}
# Rooms with a public face: from outside, only what `__all__` of the package names. `core` is its modules.
WITH_A_FACE = ("index", "ingest", "evaluate")
BARRED: dict[str, frozenset[str]] = {"ui": frozenset({"faiss", "sqlite3", "pypdf"})}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `from module import name`, or `import module` with an empty name."""

    line: int
    module: str
    name: str

    @property
    def room(self) -> str:
        return self.module.partition(".")[0]


def imports(source: str, package: str) -> Iterator[Import]:
    """Yield every import of a module, also those inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (Import(node.lineno, module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield Import(node.lineno, first.value, "")


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def broken(source: str, module: str, faces: dict[str, frozenset[str]]) -> list[str]:
    """Return what a module of ours imports against the rules; `faces` gives the public names of a room."""
    room = module.partition(".")[0]
    package = module if module.endswith("__init__") else module.rpartition(".")[0]
    problems = []
    for item in imports(source, package.removesuffix(".__init__")):
        where = f"{module}:{item.line} imports {item.module} {item.name}".rstrip()
        if item.room in BARRED.get(room, frozenset()):
            problems.append(f"{where}: not in {room}")
        elif item.room not in MAY_KNOW or item.room == room:
            continue
        elif item.room not in MAY_KNOW[room]:
            problems.append(f"{where}: {room} may not know {item.room}")
        elif item.room in WITH_A_FACE and (item.module != item.room or item.name not in faces.get(item.room, ())):
            problems.append(f"{where}: not on the public face of {item.room}")
    return problems


def modules() -> list[tuple[str, Path]]:
    files = [file for room in MAY_KNOW for file in sorted((PROJECT / room).rglob("*.py"))] + [PROJECT / "app.py"]
    return [(".".join(file.relative_to(PROJECT).with_suffix("").parts), file) for file in files if file.is_file()]


def public_names(room: str) -> frozenset[str]:
    """Return `__all__` of a room as it is written, empty for a room that does not exist yet."""
    file = PROJECT / room / "__init__.py"
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8") if file.is_file() else "")):
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


@pytest.mark.parametrize(("module", "file"), modules(), ids=[module for module, _ in modules()])
def test_a_module_knows_only_whom_it_may(module: str, file: Path) -> None:
    faces = {room: public_names(room) for room in WITH_A_FACE}

    assert broken(file.read_text(encoding="utf-8"), module, faces) == []


def test_the_walk_finds_the_rooms_that_are_built() -> None:
    found = {module for module, _ in modules()}

    assert {"core.document", "index.__init__", "index.search", "ingest.sync", "ingest.readers.pdf", "app"} <= found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("core.document", "from index import Searcher"),
        ("core.document", "import ingest.sync"),
        ("index.search", "from ingest import sync"),
        ("index.search", "def late():\n    from ingest import sync"),
        ("index.search", "if TYPE_CHECKING:\n    import ui"),
        ("index.search", "from importlib import import_module\nimport_module('ingest.sync')"),
        ("ingest.sync", "from index.writer import Writer"),
        ("ingest.sync", "from index import dense"),
        ("ingest.sync", "import index"),
        ("ingest.readers.pdf", "from evaluate import run"),
        ("ingest.sync", "from app import main"),
        ("evaluate.run", "from ingest import sync"),
        ("evaluate.run", "from index.dense import DenseView"),
        ("ui.library", "import sqlite3"),
        ("ui.library", "from faiss import IndexFlatIP"),
        ("ui.library", "import pypdf.generic"),
        ("ui.library", "from ingest.sync import sync"),
        ("ui.library", "from app import main"),
        ("app", "from index import Searcher"),
    ],
)
def test_a_breach_of_the_plan_is_found(module: str, source: str) -> None:
    faces = {"index": frozenset({"Searcher"}), "ingest": frozenset({"sync"}), "evaluate": frozenset({"run"})}

    assert len(broken(source, module, faces)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("index.search", "from core import codec\nfrom index.dense import DenseView\nimport faiss, sqlite3"),
        ("index.search", "from .dense import DenseView"),
        ("index.__init__", "from .search import Searcher"),
        ("ingest.readers.pdf", "from ..files import found\nfrom . import base"),
        ("ingest.sync", "from index import Searcher\nimport core.errors"),
        (
            "ui.library",
            "from index import Searcher\nfrom ingest import sync\nfrom evaluate import run\nfrom ui import look",
        ),
        ("app", "from ui import library\nfrom core.settings import load_settings\nimport streamlit"),
    ],
)
def test_what_the_plan_allows_is_left_alone(module: str, source: str) -> None:
    faces = {"index": frozenset({"Searcher"}), "ingest": frozenset({"sync"}), "evaluate": frozenset({"run"})}

    assert broken(source, module, faces) == []


def test_the_app_fits_on_a_screen() -> None:
    assert len((PROJECT / "app.py").read_text(encoding="utf-8").splitlines()) <= LONGEST_APP


def test_the_public_face_of_the_index() -> None:
    assert sorted(index.__all__) == [
        "AS_RANKED",
        "Arrangement",
        "Catalogue",
        "Change",
        "DEFAULT_MODEL",
        "EMPTY",
        "Encoder",
        "FOR_READERS",
        "LONGEST_QUESTION",
        "MODELS",
        "POOL",
        "Query",
        "Refusal",
        "Searcher",
        "State",
        "Summary",
        "VERDICTS",
        "Verification",
        "WatchedFiles",
        "Where",
        "Writer",
        "also_lines",
        "document_state",
        "document_states",
        "load_encoder",
        "load_reranker",
        "open_catalogue",
        "open_writer",
        "page_words",
        "parsed",
        "read_queries",
        "remarks",
        "state_in_place",
        "verify",
        "whereabouts",
    ]
    assert all(hasattr(index, name) for name in index.__all__)


def test_the_public_face_of_ingestion() -> None:
    assert sorted(ingest.__all__) == [
        "ENDINGS",
        "Job",
        "Jobs",
        "Outcomes",
        "add",
        "entries_for",
        "planned",
        "remove",
        "store_upload",
        "sync",
        "waiting_uploads",
    ]
    assert all(hasattr(ingest, name) for name in ingest.__all__)

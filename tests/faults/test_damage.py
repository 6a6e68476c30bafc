"""Files that decay: a damaged view changes no answer, a damaged catalogue is named or harmless.

Of a view, every damage must leave the answers as they were, have nothing embedded, and be mended. Of a settled
catalogue, every damage must be told, by the search as a DamagedError or by `verify`, or else change nothing at all: no
ranking, no citation, nothing on the ledger. Bits are flipped all over the files, blocks zeroed, ends cut off.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import DamagedError
from index import Change, Refusal, Searcher, open_catalogue, open_writer, segments, verify
from tests.faults.crash_states import State
from tests.faults.extent import extent
from tests.faults.lives import REFUSED, answered, contents, long, run, unsound
from tests.faults.record import note
from tests.faults.simulated_disk import fleeting, unwaiting
from tests.index.builders import Counting, added, document, file_of, gone, put, sectioned

BLOCK = 4_096

Damage = Callable[[bytes, random.Random], bytes]


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Flip one bit."""
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def zeroed(content: bytes, chance: random.Random) -> bytes:
    """Zero one block."""
    start = chance.randrange(0, len(content), BLOCK)
    size = min(BLOCK, len(content) - start)
    return content[:start] + bytes(size) + content[start + size :]


def noise(content: bytes, chance: random.Random) -> bytes:
    """Replace one sector by noise."""
    start = chance.randrange(0, len(content), 512)
    size = min(512, len(content) - start)
    return content[:start] + chance.randbytes(size) + content[start + size :]


def cut(content: bytes, chance: random.Random) -> bytes:
    """Cut the end off, anywhere."""
    return content[: chance.randrange(len(content))]


def moved(content: bytes, chance: random.Random) -> bytes:
    """Put one block in the place of another."""
    one, other = (chance.randrange(0, len(content), BLOCK) for _ in range(2))
    return content[:one] + content[other : other + BLOCK] + content[one + BLOCK :]


DAMAGES: dict[str, tuple[Damage, int]] = {
    "flipped bit": (flipped, 10),
    "zeroed block": (zeroed, 2),
    "cut": (cut, 2),
    "noise": (noise, 2),
    "moved block": (moved, 1),
}
"""What is tried, and how often beside the others."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound data folder: where it is, every file of it, and all that can be asked of it."""

    data: Path
    state: State
    seen: object

    def restore(self) -> None:
        """Make the folder what it was."""
        self.state.restore(self.data)


def seen(data: Path) -> object:
    """Return all that can be asked of a data folder: rankings and citations, ledger, library, filters."""
    answers = answered(Searcher(data, Counting()))
    cited = Searcher(data, Counting()).ask("retinol word12x3", 20).citations
    with open_catalogue(data) as catalogue:
        asked = contents(catalogue), catalogue.counts(), catalogue.summaries(), catalogue.fields(), catalogue.files()
    return answers, cited, asked


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Return a settled index with several segments, a refused file, fields, and pages that were used and freed."""
    data = tmp_path_factory.mktemp("sound") / "var"
    encoder = Counting()
    leaflet = sectioned((1, "Use", "Retinol at night."), (2, "Harms", "It stings. It burns."), title="Leaflet")
    labelled = document("Oil calms the skin.", title="Oil", year=2019, fields=(("kind", "review"), ("topic", "oil")))
    put(data, encoder, added({"long.md": long(0, 30, "Long"), "gone.md": long(60, 20, "Gone")}))
    put(data, encoder, added({"leaflet.md": leaflet, "oil.md": labelled, "deep/oil.md": labelled}))
    put(data, encoder, gone("gone.md"), added({"more.md": long(28, 12, "More")}))
    with open_writer(data) as writer:
        writer.commit(Change(refused=(Refusal(file_of(document(""), "empty.md"), REFUSED),)))
    return Sound(data, _held(data), seen(data))


def _held(data: Path) -> State:
    """Return every file of a folder."""
    files = {
        file.relative_to(data).as_posix(): file.read_bytes()
        for file in data.rglob("*")
        if file.is_file() and not fleeting(file.name)
    }
    folders = tuple(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_dir())
    return State(0, "sound", files, folders)


def trials(number: int) -> Iterator[tuple[str, Damage, random.Random]]:
    """Yield damages with the chance they are drawn from, in the proportion of the table."""
    names = [name for name, (_, share) in DAMAGES.items() for _ in range(share)]
    for trial in range(number):
        name = names[trial % len(names)]
        yield name, DAMAGES[name][0], random.Random(f"{name} {trial}")  # noqa: S311 - drawn again at will


# --- views


def views(data: Path) -> list[Path]:
    """Return the files of the view."""
    return sorted((data / "views").glob("*"))


def problems_of_a_view(sound: Sound) -> Iterator[str]:
    """Yield what a damaged view has done to the answers, and what the program could not mend."""
    encoder = Counting()
    if answered(Searcher(sound.data, encoder)) != answered_before(sound):
        yield "the answers are others"
    if encoder.embedded:
        yield "something was embedded again"
    run(sound.data)
    yield from unsound(sound.data)
    with open_catalogue(sound.data) as catalogue:
        if {view.name for view in views(sound.data)} != {segment.name for segment in segments.listed(catalogue)}:
            yield "something lies among the views that is none"


def answered_before(sound: Sound) -> object:
    """Return the answers of the sound folder."""
    assert isinstance(sound.seen, tuple)
    return sound.seen[0]


def test_a_damaged_view_changes_no_answer_embeds_nothing_and_is_mended(sound: Sound) -> None:
    found: list[str] = []
    tried: Counter[str] = Counter()
    with unwaiting():
        for name, damage, chance in trials(extent(50, 1_000)):
            sound.restore()
            view = chance.choice(views(sound.data))
            whole = view.read_bytes()
            view.write_bytes(damage(whole, chance))
            tried[name] += view.read_bytes() != whole
            found += [f"{problem} [{name}, {view.name}]" for problem in problems_of_a_view(sound)]
    note("damaged view", {"damages": tried.total(), **tried}, len(found))
    assert not found, "\n".join(found)


def emptied(view: Path) -> None:
    view.write_bytes(b"")


def foreign(view: Path) -> None:
    view.write_bytes(b"%PDF-1.7 and so on" * 300)


def another(view: Path) -> None:
    """Put another view of the same index in its place, as an old copy would be."""
    views = sorted(set(view.parent.glob("*")) - {view})
    view.write_bytes(views[0].read_bytes())


def removed(view: Path) -> None:
    view.unlink()


def folder(view: Path) -> None:
    view.unlink()
    view.mkdir()
    (view / "something").write_text("in it")


def link(view: Path) -> None:
    view.unlink()
    view.symlink_to("nowhere")


@pytest.mark.parametrize("replace", [emptied, foreign, another, removed, folder, link], ids=lambda one: one.__name__)
def test_a_view_that_is_something_else_changes_no_answer_embeds_nothing_and_is_mended(
    sound: Sound, replace: Callable[[Path], None]
) -> None:
    sound.restore()
    for view in views(sound.data)[:1]:
        replace(view)
    with unwaiting():
        assert list(problems_of_a_view(sound)) == []


def test_views_that_are_gone_altogether_are_made_again(sound: Sound) -> None:
    State(0, "without views", {"catalogue.sqlite": sound.state.files["catalogue.sqlite"]}, ()).restore(sound.data)
    with unwaiting():
        assert list(problems_of_a_view(sound)) == []


# --- the catalogue


def outcome(sound: Sound) -> str:
    """Return what a damage has come to: "told by the search", "told by verify", "harmless", or else what is wrong."""
    try:
        same = seen(sound.data) == sound.seen
    except DamagedError:
        return "told by the search"
    except Exception as error:  # noqa: BLE001 - whatever is raised is what the test is after
        return f"{type(error).__name__} in a search: {error}"
    try:
        named = verify(sound.data).problems
    except DamagedError:
        return "told by verify"
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__} in verify: {error}"
    return "told by verify" if named else "harmless" if same else "something is other than it was, and nothing tells"


FINE = ("told by the search", "told by verify", "harmless")


def table_of(content: bytes, damaged: bytes, owners: dict[int, str]) -> str:
    """Return the table whose pages a damage has hit, and where."""
    places = [place for place, (one, other) in enumerate(zip(content, damaged, strict=False)) if one != other]
    first = places[0] if places else len(damaged)
    return f"{owners.get(first // BLOCK + 1, 'a free page')}, byte {first}"


def owners_of_pages(file: Path) -> dict[int, str]:
    """Return which table or index each page belongs to, as far as this SQLite can tell."""
    with closing(sqlite3.connect(file)) as database:
        try:
            return dict(database.execute("SELECT pageno, name FROM dbstat").fetchall())
        except sqlite3.OperationalError:
            return {}


def test_damage_to_a_settled_catalogue_is_told_or_harmless(sound: Sound) -> None:
    sound.restore()
    file = sound.data / "catalogue.sqlite"
    owners, whole = owners_of_pages(file), file.read_bytes()
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    with unwaiting():
        for name, damage, chance in trials(extent(100, 2_000)):
            damaged = damage(whole, chance)
            if damaged == whole:
                continue
            sound.restore()
            file.write_bytes(damaged)
            came_to = outcome(sound)
            outcomes[came_to if came_to in FINE else "neither told nor harmless"] += 1
            if came_to not in FINE:
                wrong.append(f"{came_to} [{name} in {table_of(whole, damaged, owners)}]")
    note("damaged catalogue", {"damages": outcomes.total(), **outcomes}, len(wrong))
    assert not wrong, "\n".join(wrong)
    assert all(outcomes[one] for one in FINE)

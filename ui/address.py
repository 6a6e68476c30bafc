"""What stands in the address bar: a question, a place in the library, an evaluation; from parameters and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from core.results import MODES, Mode
from index import Where

FILTERS = ("group", "evidence", "type", "year", "author", "document")
"""The fields that can stand in an address; any other parameter is somebody else's and is left alone."""

HITS = 10
MOST_HITS = 50

Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked: its words, how it is searched, and where."""

    question: str = ""
    mode: Mode = "hybrid"
    k: int = HITS
    where: Where = ()

    @classmethod
    def read(cls, parameters: Parameters) -> Asked:
        """Read the address of the Ask page; what cannot be used counts as not given."""
        wanted = _first(parameters, "mode")
        return cls(
            question=_first(parameters, "q"),
            mode=next((mode for mode in MODES if mode == wanted), "hybrid"),
            k=min(_number(parameters, "k") or HITS, MOST_HITS),
            where=tuple((key, value) for key in FILTERS for value in parameters.get(key, ()) if value),
        )

    def parameters(self) -> dict[str, list[str]]:
        """Return the address's parameters; what is as usual is left out."""
        found = {"q": [self.question]} if self.question else {}
        if self.mode != "hybrid":
            found["mode"] = [self.mode]
        if self.k != HITS:
            found["k"] = [str(self.k)]
        for key, value in self.where:
            found.setdefault(key, []).append(value)
        return found

    def values(self, key: str) -> tuple[str, ...]:
        """Return the values asked for of one field."""
        return tuple(value for name, value in self.where if name == key)

    def link(self) -> str:
        """Return the link to the Ask page, relative to any page of the app.

        >>> Asked("does it sting?", where=(("group", "Harms"),)).link()
        './?q=does+it+sting%3F&group=Harms'
        """
        return _link(".", "/", self.parameters())


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the library: the list, a document, or a passage of it; `sheet` counts from 1.

    `find` and `sort` say what the list shows, in what order.
    """

    document: str = ""
    start: int | None = None
    end: int | None = None
    sheet: int | None = None
    find: str = ""
    sort: str = ""

    @classmethod
    def read(cls, parameters: Parameters) -> Place:
        """Read the address of the Library page; what cannot be used counts as not given."""
        return cls(
            document=_first(parameters, "document"),
            start=_number(parameters, "start", least=0),
            end=_number(parameters, "end"),
            sheet=_number(parameters, "sheet"),
            find=_first(parameters, "find"),
            sort=_first(parameters, "sort"),
        )

    def parameters(self) -> dict[str, list[str]]:
        """Return the address's parameters; what is not given is left out."""
        given = {
            "document": self.document, "start": self.start, "end": self.end,
            "sheet": self.sheet, "find": self.find, "sort": self.sort,
        }  # fmt: skip
        return {key: [str(value)] for key, value in given.items() if value not in (None, "")}

    def link(self) -> str:
        """Return the link to this place, relative to any page of the app.

        >>> Place("0166e8943ec45093", 0, 90).link()
        'library?document=0166e8943ec45093&start=0&end=90'
        """
        return _link("library", "", self.parameters())


@dataclass(frozen=True, slots=True)
class Result:
    """A kept evaluation by its name, and which two of its configurations are held against each other."""

    run: str = ""
    pair: str = ""

    @classmethod
    def read(cls, parameters: Parameters) -> Result:
        """Read the address of the Evaluate page; what cannot be used counts as not given."""
        return cls(run=_first(parameters, "run"), pair=_first(parameters, "pair"))

    def parameters(self) -> dict[str, list[str]]:
        """Return the address's parameters; what is not given is left out."""
        return {key: [value] for key, value in (("run", self.run), ("pair", self.pair)) if value}

    def link(self) -> str:
        """Return the link to this evaluation, relative to any page of the app.

        >>> Result("20260101T120000Z-0a1b2c3d").link()
        'evaluate?run=20260101T120000Z-0a1b2c3d'
        """
        return _link("evaluate", "", self.parameters())


def _link(page: str, bare: str, parameters: dict[str, list[str]]) -> str:
    # The pages lie side by side, so a relative link holds wherever the app is mounted.
    return f"{page}{bare}?{urlencode(parameters, doseq=True)}" if parameters else f"{page}{bare}"


def _first(parameters: Parameters, key: str) -> str:
    return next(iter(parameters.get(key, ())), "").strip()


def _number(parameters: Parameters, key: str, least: int = 1) -> int | None:
    text = _first(parameters, key)
    # Twelve digits are more characters than any document has.
    return max(least, int(text)) if text.isascii() and text.isdigit() and len(text) <= 12 else None  # noqa: PLR2004

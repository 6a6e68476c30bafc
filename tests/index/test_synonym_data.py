"""The synonym table keeps its rules: one meaning a row, checked forms, and no chain between two substances."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

DATA = Path(__file__).parents[2] / "index" / "data"
TABLE = DATA / "synonyms.csv"

KINDS = ("inci", "abbreviation", "lay", "chemical", "trade", "spelling", "narrower")
LEAST_ROWS = 300

CAS = re.compile(r"\d{2,7}-\d{2}-\d")
# "E300", "E553b"; anything that begins like one must be one.
E_NUMBER = re.compile(r"E(?:[1-9]\d{2}|1[0-5]\d{2})[a-f]?")
LIKE_E_NUMBER = re.compile(r"[Ee]-?\s?\d.*")
COLOUR_INDEX = re.compile(r"CI [1-7]\d{4}")

# An abbreviation is more capitals than small letters, part by part; a Greek letter may follow written out.
PARTS = re.compile(r"[^A-Za-z0-9]+")
GREEK = frozenset({"alpha", "beta", "gamma"})
FEWEST_SIGNS = 2

# Abbreviations with a second meaning that skincare texts use: adverse event, advanced glycation end products, Colour
# Index, centimetre, a logical or, sun protection grade, dihydroxyacetone or a fatty acid, a dye or a pigment test ...
AMBIGUOUS = frozenset(
    {"AD", "AE", "AGE", "AGES", "ALA", "BAD", "CI", "CM", "DHA", "IN", "IT", "MAP", "MI", "OR", "PA", "PPD", "RR"}
)


class Row(NamedTuple):
    """One line of the table."""

    term: str
    synonym: str
    kind: str
    source: str

    @property
    def sides(self) -> tuple[str, str]:
        """The two names, as they are written."""
        return self.term, self.synonym

    @property
    def pair(self) -> frozenset[str]:
        """The two names without case and direction."""
        return frozenset(side.strip().lower() for side in self.sides)


def read() -> tuple[list[str], list[Row]]:
    """Return the header and the rows of the table."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        header, *lines = csv.reader(handle, strict=True)
    return header, [Row(*line) for line in lines]


HEADER, ROWS = read()
SYMMETRIC = [row for row in ROWS if row.kind != "narrower"]
NARROWER = [row for row in ROWS if row.kind == "narrower"]


def is_cas(text: str) -> bool:
    """Tell whether a text is a CAS number whose last digit checks the others.

    >>> is_cas("50-81-7"), is_cas("50-81-6"), is_cas("1,2-hexanediol")
    (True, False, False)
    """
    if not CAS.fullmatch(text):
        return False
    *digits, check = (int(digit) for digit in text.replace("-", ""))
    return sum(place * digit for place, digit in enumerate(reversed(digits), start=1)) % 10 == check


def is_abbreviation(text: str) -> bool:
    """Tell whether a text is written as an abbreviation.

    >>> [is_abbreviation(text) for text in ("TEWL", "TGF-beta", "iPSC", "TCA CROSS", "Botox", "IL", "peel")]
    [True, True, True, True, False, True, False]
    """
    parts = [part for part in PARTS.split(text) if part and part not in GREEK]
    capitals = [sum(sign.isupper() for sign in part) for part in parts]
    small = [sum(sign.islower() for sign in part) for part in parts]
    return (
        sum(capitals) > 0
        and sum(map(len, parts)) >= FEWEST_SIGNS
        and sum(capitals) > sum(small)
        and all(
            part.isdigit() or len(part) == 1 or upper >= lower
            for part, upper, lower in zip(parts, capitals, small, strict=True)
        )
    )


def stemmed(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the words of each name as the lexical index sees them: by Porter stem, without accents and case."""
    listed = sorted(names)
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE names USING fts5(name, tokenize='porter unicode61 remove_diacritics 2')"
        )
        connection.execute("CREATE VIRTUAL TABLE words USING fts5vocab(names, 'instance')")
        connection.executemany("INSERT INTO names (rowid, name) VALUES (?, ?)", enumerate(listed))
        words: defaultdict[int, list[str]] = defaultdict(list)
        for number, word in connection.execute("SELECT doc, term FROM words ORDER BY doc, offset"):
            words[number].append(word)
    finally:
        connection.close()
    return {name: tuple(words[number]) for number, name in enumerate(listed)}


def classes(rows: Iterable[Row]) -> Iterator[frozenset[str]]:
    """Yield the sets of names that symmetric rows chain together, lower-cased."""
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        one, other = (side.lower() for side in row.sides)
        beside[one].add(other)
        beside[other].add(one)
    unseen = set(beside)
    while unseen:
        reached: set[str] = set()
        ahead = [unseen.pop()]
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead += beside[name]
        unseen -= reached
        yield frozenset(reached)


def breaking(rows: Iterable[Row]) -> str:
    """Return rows as lines of a message."""
    return "\n".join(", ".join(row) for row in rows)


def test_the_header_names_the_four_columns() -> None:
    assert HEADER == ["term", "synonym", "kind", "source"]


def test_the_file_is_plain_utf8_with_unix_line_ends() -> None:
    raw = TABLE.read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert raw.decode("utf-8")


def test_there_are_rows_enough_and_some_of_every_kind() -> None:
    counts = Counter(row.kind for row in ROWS)
    assert len(ROWS) >= LEAST_ROWS
    assert set(counts) == set(KINDS)
    assert min(counts.values()) >= 40


def test_no_field_is_empty_or_padded() -> None:
    assert not breaking(row for row in ROWS if any(not field or field != " ".join(field.split()) for field in row))


def test_the_rows_stand_in_the_order_of_kind_term_and_synonym() -> None:
    assert sorted(ROWS, key=lambda row: (KINDS.index(row.kind), row.term.lower(), row.synonym.lower())) == ROWS


def test_no_row_equates_a_name_with_itself() -> None:
    assert not breaking(row for row in ROWS if len(row.pair) == 1)


def test_no_pair_stands_twice_in_either_direction() -> None:
    counts = Counter(row.pair for row in ROWS)
    assert not breaking(row for row in ROWS if counts[row.pair] > 1)


def test_no_row_joins_what_stemming_joins_and_no_two_rows_have_the_same_stems() -> None:
    stems = stemmed({side for row in ROWS for side in row.sides})
    pairs = Counter(frozenset(stems[side] for side in row.sides) for row in ROWS)
    assert not [pair for pair, count in pairs.items() if len(pair) == 1 or count > 1]


def test_an_abbreviation_is_upper_case_and_what_it_is_short_for_is_not() -> None:
    rows = [row for row in ROWS if row.kind == "abbreviation"]
    assert not breaking(row for row in rows if not is_abbreviation(row.synonym) or row.term != row.term.lower())


def test_upper_case_elsewhere_is_an_abbreviation_or_a_number() -> None:
    def is_plain(name: str) -> bool:
        if E_NUMBER.fullmatch(name) or COLOUR_INDEX.fullmatch(name):
            return True
        return all(word == word.lower() or is_abbreviation(word) for word in re.split(r"[\s/-]", name))

    rows = [row for row in ROWS if row.kind != "abbreviation"]
    assert not breaking(row for row in rows if not all(is_plain(side) for side in row.sides))


def test_no_abbreviation_that_skincare_texts_use_in_two_ways_is_listed() -> None:
    assert not breaking(row for row in ROWS if AMBIGUOUS & set(row.sides))


def test_one_abbreviation_stands_for_one_thing() -> None:
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    alike = {name: chained for chained in classes(SYMMETRIC) for name in chained}
    for row in ROWS:
        if row.kind == "abbreviation":
            # Its own row would chain all its meanings together, so each is looked up by what else equals it.
            meanings[row.synonym].add(min(alike[row.term] - {row.synonym.lower()}))
    assert not {short: long for short, long in meanings.items() if len(long) > 1}


def test_every_number_written_like_a_cas_number_has_a_valid_check_digit() -> None:
    numbers = [(side, row) for row in ROWS for side in row.sides if CAS.fullmatch(side)]
    assert len(numbers) >= 100
    assert not breaking(row for side, row in numbers if not is_cas(side))


def test_every_e_number_is_well_formed() -> None:
    numbers = [(side, row) for row in ROWS for side in row.sides if LIKE_E_NUMBER.fullmatch(side)]
    assert len(numbers) >= 30
    assert not breaking(row for side, row in numbers if not E_NUMBER.fullmatch(side))


@pytest.mark.parametrize("number", ["E30", "E300x", "e300", "E 300", "E1620", "300"])
def test_a_malformed_e_number_would_be_seen(number: str) -> None:
    assert not E_NUMBER.fullmatch(number)


def test_numbers_stand_only_where_a_substance_is_equated_with_them() -> None:
    def is_number(name: str) -> bool:
        return bool(CAS.fullmatch(name) or E_NUMBER.fullmatch(name) or COLOUR_INDEX.fullmatch(name))

    rows = [row for row in ROWS if any(is_number(side) for side in row.sides)]
    assert not breaking(row for row in rows if row.kind != "chemical" or is_number(row.term))


@pytest.mark.parametrize("pattern", [CAS, E_NUMBER, COLOUR_INDEX], ids=["CAS", "E", "CI"])
def test_no_chain_makes_two_numbers_of_one_register_synonyms(pattern: re.Pattern[str]) -> None:
    written = {side.lower() for row in ROWS for side in row.sides if pattern.fullmatch(side)}
    assert not [sorted(chained) for chained in classes(SYMMETRIC) if len(chained & written) > 1]


def test_chains_stay_short() -> None:
    # A chain that grows is the sign of a name with two meanings that joins what is not alike.
    assert max(map(len, classes(SYMMETRIC))) <= 10


def test_a_chain_through_a_word_with_two_meanings_would_be_seen() -> None:
    rows = [
        Row("salicylic acid", "BHA", "abbreviation", "x"),
        Row("salicylic acid", "69-72-7", "chemical", "x"),
        Row("butylated hydroxyanisole", "BHA", "abbreviation", "x"),
        Row("butylated hydroxyanisole", "25013-16-5", "chemical", "x"),
    ]
    assert [sum(is_cas(name) for name in chained) for chained in classes(rows)] == [2]


def test_what_is_narrower_is_not_also_equal() -> None:
    alike = {name: chained for chained in classes(SYMMETRIC) for name in chained}
    assert not breaking(row for row in NARROWER if row.synonym.lower() in alike.get(row.term.lower(), frozenset()))


def test_a_narrower_name_does_not_hold_all_words_of_the_wider_one() -> None:
    def words(name: str) -> set[str]:
        return set(PARTS.split(name.lower()))

    assert not breaking(row for row in NARROWER if words(row.term) <= words(row.synonym))


def test_nothing_is_narrower_than_itself_by_a_detour() -> None:
    below: defaultdict[str, set[str]] = defaultdict(set)
    for row in NARROWER:
        below[row.term.lower()].add(row.synonym.lower())

    def reached(name: str) -> set[str]:
        found: set[str] = set()
        ahead = list(below.get(name, ()))
        while ahead:
            lower = ahead.pop()
            if lower not in found:
                found.add(lower)
                ahead += below.get(lower, ())
        return found

    assert not [name for name in below if name in reached(name)]


def test_the_readme_gives_the_kinds_and_their_counts_as_they_are() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    said = {kind: int(count) for kind, count in re.findall(r"^\| `(\w+)` \| (\d+) \|", text, flags=re.MULTILINE)}
    assert said == Counter(row.kind for row in ROWS)
    assert f"{len(ROWS):,} rows" in text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ascorbic acid", "l-ascorbic acid"),
        ("shea butter", "butyrospermum parkii butter"),
        ("water", "aqua"),
        ("vitamin e", "tocopherol"),
        ("transepidermal water loss", "TEWL"),
        ("post-inflammatory hyperpigmentation", "PIH"),
        ("open comedo", "blackhead"),
        ("lateral canthal lines", "crow's feet"),
        ("avobenzone", "butyl methoxydibenzoylmethane"),
        ("microneedling", "percutaneous collagen induction"),
        ("isotretinoin", "accutane"),
        ("botulinum toxin", "botox"),
        ("oestrogen", "estrogen"),
        ("retinoid", "tretinoin"),
        ("alpha hydroxy acid", "glycolic acid"),
    ],
)
def test_what_people_ask_for_by_two_names_is_there(one: str, other: str) -> None:
    assert (one, other) in {row.sides for row in ROWS}

"""Ten thousand planted IDs, names, phones and addresses followed through a day: where each may stand, nowhere else.

Every planted name is four characters and every street five that occur in no other text, so a file is searched in one
pass: its runs of digits and of Han characters are cut into pieces of the planted lengths and looked up in a set.
"""

import io
import logging
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
from lowincome import steps
from lowincome.lake import Lake
from lowincome.mask import mask_address

from sandbox.population import GIVEN, SURNAMES, check_digit
from tests.landing_of import land
from tests.small_day import Changes, D, deliveries, parquet, roster

PEOPLE = 2_500
LENGTHS = {"name": 4, "street": 5, "phone": 11, "id_no": 18}
RAW = ("lake/landing/", "lake/standardised/", "lake/resolved/")
"""Layers of the lake that hold persons by purpose; nobody but the pipeline reads them."""
Planted = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Person:
    """One planted person: four identifiers of their own."""

    number: int
    id_no: str
    name: str
    phone: str
    street: str

    @property
    def address(self) -> str:
        """Every tenth was typed together with the phone."""
        door = f"济南市历下区千佛山街道{self.street}{self.number}号1号楼2单元501室"
        return f"{door} 电话{self.phone}" if self.number % 10 == 0 else door


def mint(seed: int = 7) -> list[Person]:
    """The same people for the same seed; no two share an identifier."""
    rng = Random(seed)
    given = rng.sample(["".join(three) for three in product(GIVEN[:30], repeat=3)], PEOPLE)
    streets = rng.sample(["".join(three) for three in product(GIVEN[30:], repeat=3)], PEOPLE)
    stems = [f"370102{year}{month:02d}{day:02d}9{n:02d}"
             for year in range(1950, 1990) for month in (1, 5, 9) for day in range(1, 12) for n in (10, 11)]
    return [
        Person(number, stem + check_digit(stem), rng.choice(SURNAMES) + three, f"139{number:08d}", f"巷{street}路")
        for number, (stem, three, street) in enumerate(zip(rng.sample(stems, PEOPLE), given, streets, strict=True), 1)]


@dataclass(frozen=True)
class Scan:
    """Everything planted, by kind."""

    planted: Planted

    @classmethod
    def of(cls, people: Iterable[Person]) -> "Scan":
        people = list(people)
        return cls({kind: frozenset(getattr(person, kind) for person in people) for kind in LENGTHS})

    def found(self, text: str) -> set[str]:
        """Every planted identifier that stands in a text, wherever in a longer run."""
        runs = re.findall(r"[0-9X]{11,}|[一-鿿]{4,}", text)
        pieces = {(kind, run[start:start + length]) for run in set(runs) for kind, length in LENGTHS.items()
                  for start in range(len(run) - length + 1)}
        return {piece for kind, piece in pieces if piece in self.planted[kind]}

    def kinds(self, texts: Iterable[str]) -> set[str]:
        """Which kinds of identifier are found; a failing test must not print one."""
        found = {identifier for text in texts for identifier in self.found(text)}
        return {kind for kind, known in self.planted.items() if found & known}


def texts(path: Path) -> Iterator[str]:
    """What a reader of a file may see: its bytes as text, and unpacked when it is a workbook, Parquet or a database."""
    content = path.read_bytes()
    yield content.decode("utf-8", "ignore")
    if path.suffix == ".parquet":
        for column in pq.read_table(path, partitioning=None).columns:
            yield " ".join(map(str, column.to_pylist()))
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    elif content.startswith(b"SQLite format 3"):
        with sqlite3.connect(path) as database:
            names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            yield from (repr(database.execute(f'select * from "{name}"').fetchall()) for name in names)


def rosters(people: list[Person]) -> dict[str, tuple[str, bytes]]:
    """Everybody alone in a household whose review is overdue; every twentieth birth date holds a name and a phone."""
    tables = {name: pq.read_table(io.BytesIO(content)).to_pylist()[0] for name, content in roster().values()}
    household, member, payment = (tables[f"assist_{name}"] for name in ("household", "member", "payment"))
    rows: dict[str, list[Changes]] = {name: [] for name in tables}
    for person in people:
        number = f"J{person.number}"
        broken = {"birth_date": f"typed {person.name} {person.phone}"} if person.number % 20 == 0 else {}
        own = {"id_no": person.id_no, "name": person.name}
        born = f"{person.id_no[6:10]}-{person.id_no[10:12]}-{person.id_no[12:14]}"
        rows["assist_household"].append(household | {"household_no": number, "next_review_on": "2026-01-01"})
        rows["assist_payment"].append(payment | {"household_no": number})
        rows["assist_member"].append(member | own | {
            "household_no": number, "phone": person.phone, "address": person.address, "birth_date": born,
            "sex": "1" if int(person.id_no[16]) % 2 else "2"} | broken)
        rows["disability_subsidy"].append(tables["disability_subsidy"] | own | {"subsidy_no": str(person.number)})
    return {f"{name}.parquet": (name, parquet(*content)) for name, content in rows.items()}


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return mint()


@pytest.fixture(scope="module")
def scan(people: list[Person]) -> Scan:
    return Scan.of(people)


@pytest.fixture(scope="module")
def day(people: list[Person], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A published day of these people; home, and everything that was logged."""
    home = tmp_path_factory.mktemp("planted_day")
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"HOME": home, "OUTPUT": home / "output", "IDENTITY_KEY": "key of the test"}.items():
            patch.setenv(f"LOWINCOME_{name}", str(value))
        for source, files in deliveries(D, [], assistance_roster=rosters(people)).items():
            land(Lake(home / "lake"), source, D, files)
            steps.standardise(source, D.isoformat())
        for step in steps.DAY:
            step(D.isoformat())
        yield home, logged.getvalue()
    logging.getLogger().removeHandler(handler)


def kinds_by_file(scan: Scan, home: Path) -> dict[str, set[str]]:
    """Which kinds of identifier stand in which file; files without any are left out."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    found = {str(path.relative_to(home)): scan.kinds(texts(path)) for path in files}
    return {path: kinds for path, kinds in found.items() if kinds}


def test_ten_thousand_identifiers_are_planted_and_the_scan_finds_every_one(
    scan: Scan, day: tuple[Path, str]
) -> None:
    assert sum(map(len, scan.planted.values())) == 4 * PEOPLE
    landed = [text for path in (day[0] / "lake" / "landing").rglob("*.parquet") for text in texts(path)]
    found = {identifier for text in landed for identifier in scan.found(text)}
    assert {kind: len(known - found) for kind, known in scan.planted.items()} == dict.fromkeys(LENGTHS, 0)


def test_identifiers_stand_in_no_file_but_the_closed_layers_and_where_a_visit_needs_the_address(
    scan: Scan, day: tuple[Path, str]
) -> None:
    home, logged = day
    found = kinds_by_file(scan, home)
    open_files = {path: kinds for path, kinds in found.items() if not path.startswith(RAW) or "quarantine" in path}
    assert len(open_files) == 2, sorted(open_files)
    assert {path for path, kinds in open_files.items() if kinds != {"street"}} == set()
    assert all(re.match(r"output/[^/]+/[^/]+/worklists/|lake/pages/", path) for path in open_files), sorted(open_files)
    assert scan.kinds([logged]) == set()


def test_an_id_or_phone_typed_into_an_address_is_masked_and_the_door_is_not() -> None:
    typed = "巷宝山永路10号1号楼2单元501室 电话13900000010 37010219500112910X"
    assert mask_address(typed) == "巷宝山永路10号1号楼2单元501室 电话139****0010 3701**********910X"

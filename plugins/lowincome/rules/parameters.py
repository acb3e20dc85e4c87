"""Parameters of the law: one dated, cited page each in include/policy/parameters, read strictly."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowincome.settings import INCLUDE
from lowincome.strict_yaml import LINE, check_keys, read_page, wrong

KINDS = {"money": pa.int64(), "count": pa.int64(), "number": pa.decimal128(12, 4), "boolean": pa.bool_()}
STATUSES = ("published", "assumption")
RESIDENCES = ("urban", "rural")
Value = int | Decimal | bool


@dataclass(frozen=True)
class Version:
    """The values from one day on: by district and residence; `document` is where they stand."""

    valid_from: date
    valid_until: date | None
    document: str
    status: str
    line: int
    amounts: dict[tuple[str, str], Value]


@dataclass(frozen=True)
class Parameter:
    """One parameter. Kind money is yuan on the page and whole fen here; count, number and boolean are as written."""

    id: str
    kind: str
    unit: str
    title_zh: str
    title_en: str
    description: str
    page: Path
    versions: tuple[Version, ...]

    @property
    def column(self) -> str:
        """Its column in the policy table."""
        return f"{self.id}_fen" if self.kind == "money" else self.id

    def on(self, day: date) -> Version:
        """The version in force; SettingsInvalid when there is none: a missing value is never a default."""
        started = [version for version in self.versions if version.valid_from <= day]
        if not started:
            first = self.versions[0]
            raise wrong(self.page, first.line, f"no value of {self.id} is in force on {day}", "a value that has begun",
                        f"the first begins in the future, on {first.valid_from}")
        if (until := started[-1].valid_until) is not None and until < day:
            raise wrong(self.page, started[-1].line, f"a gap: no value of {self.id} is in force on {day}",
                        found=f"the last one ended on {until}")
        return started[-1]


@dataclass(frozen=True)
class InForce:
    """A parameter on a data date, as lists and reports name it."""

    parameter: Parameter
    version: Version
    is_old: bool

    @property
    def reference(self) -> str:
        """`id@first day in force`."""
        return f"{self.parameter.id}@{self.version.valid_from}"

    @property
    def is_assumption(self) -> bool:
        """Not published, or older than a year on the data date: to be named wherever it was used."""
        return self.version.status == "assumption" or self.is_old


def load_parameters(folder: Path | None = None) -> list[Parameter]:
    """Every parameter by id; SettingsInvalid names file and line of the first mistake."""
    return [load_parameter(page) for page in sorted((folder or INCLUDE / "policy" / "parameters").glob("*.yaml"))]


def in_force(parameters: list[Parameter], day: date) -> dict[str, InForce]:
    """Each parameter's version on a day, with whether it began more than a year before."""
    a_year_before = _years_before(day)
    return {one.id: InForce(one, one.on(day), one.on(day).valid_from < a_year_before) for one in parameters}


def policy_table(parameters: list[Parameter], day: date) -> pa.Table:
    """One row a district and residence, one column a parameter (money in fen): what the criteria read."""
    places = [(district, residence) for district in districts() for residence in RESIDENCES]
    columns: dict[str, pa.Array] = {
        "district": pa.array([district for district, _ in places]),
        "residence": pa.array([residence for _, residence in places]),
    }
    for one in parameters:
        amounts = one.on(day).amounts
        columns[one.column] = pa.array([amounts[place] for place in places], KINDS[one.kind])
    return pa.table(columns)


@cache
def districts() -> tuple[str, ...]:
    """The codes of Jinan's districts."""
    with (INCLUDE / "policy" / "district.csv").open(encoding="utf-8") as file:
        return tuple(row["code"] for row in csv.DictReader(file))


def load_parameter(page: Path) -> Parameter:
    """One parameter from its page; SettingsInvalid names the line of the first mistake."""
    content = read_page(page)
    names = ("id", "kind", "unit", "title_zh", "title_en", "description")
    check_keys(page, content, (*names, "values"))
    if content["id"] != page.stem or content["kind"] not in KINDS:
        raise wrong(page, content[LINE], "id or kind is not allowed", f"id {page.stem}, kind of {', '.join(KINDS)}")
    versions = tuple(_version(page, content["kind"], entry) for entry in content["values"])
    _check_order(page, versions)
    texts = {name: str(content[name]) for name in names}
    return Parameter(**texts, page=page, versions=versions)


def _check_order(page: Path, versions: tuple[Version, ...]) -> None:
    if not versions:
        raise wrong(page, 1, "values is empty", "at least one value")
    for earlier, later in pairwise(versions):
        if later.valid_from <= (earlier.valid_until or earlier.valid_from):
            raise wrong(page, later.line, "an overlap: a value begins before the one above it has ended",
                        f"after {earlier.valid_until or earlier.valid_from}", str(later.valid_from))


def _version(page: Path, kind: str, entry: Any) -> Version:
    check_keys(page, entry, ("from", "document", "status", "amounts"), ("until",))
    for key in ("from", "until"):
        if type(entry.get(key)) not in (date, type(None)):
            raise wrong(page, entry[LINE], f"{key} is not a date", "yyyy-mm-dd", str(entry[key]))
    if entry["status"] not in STATUSES:
        raise wrong(page, entry[LINE], "status is not allowed", " or ".join(STATUSES), str(entry["status"]))
    if entry.get("until") is not None and entry["until"] < entry["from"]:
        raise wrong(page, entry[LINE], "a value ends before it begins", found=str(entry["until"]))
    amounts = _amounts(page, kind, entry)
    return Version(entry["from"], entry.get("until"), str(entry["document"]), entry["status"], entry[LINE], amounts)


def _amounts(page: Path, kind: str, entry: Any) -> dict[tuple[str, str], Value]:
    """Values of every district and residence: a line that names areas rules over one that names none."""
    amounts: dict[tuple[str, str], Value] = {}
    claimed: set[tuple[str, str, bool]] = set()
    for amount in sorted(entry["amounts"], key=lambda amount: "area" in amount):
        check_keys(page, amount, ("value",), ("area", "residence"))
        value = _value(page, kind, amount)
        for place in _places(page, amount):
            if (*place, "area" in amount) in claimed:
                raise wrong(page, amount[LINE], f"an overlap: two values for {place[0]} {place[1]}", "one")
            claimed.add((*place, "area" in amount))
            amounts[place] = value
    missing = [(d, r) for d in districts() for r in RESIDENCES if (d, r) not in amounts]
    if missing:
        raise wrong(page, entry[LINE], f"a gap: no value for {missing[0][0]} {missing[0][1]}", "every district")
    return amounts


def _places(page: Path, amount: Any) -> list[tuple[str, str]]:
    areas = [str(area) for area in amount.get("area", districts())]
    unknown = [area for area in areas if area not in districts()]
    residence = amount.get("residence")
    if unknown or residence not in (None, *RESIDENCES):
        what = f"unknown district {unknown[0]}" if unknown else f"unknown residence {residence}"
        raise wrong(page, amount[LINE], what, "a code of district.csv, urban or rural")
    return [(area, one) for area in areas for one in RESIDENCES if residence in (None, one)]


def _value(page: Path, kind: str, amount: Any) -> Value:
    """Written as text, so that YAML rounds nothing."""
    text = amount["value"]
    if kind == "boolean" and text in ("true", "false"):
        return bool(text == "true")
    try:
        number = Decimal(text) if isinstance(text, str) and kind != "boolean" else None
    except InvalidOperation:
        number = None
    scaled = number and number * {"money": 100, "count": 1, "number": 10000}[kind]
    if scaled is None or number is None or number < 0 or scaled != int(scaled):
        raise wrong(page, amount[LINE], f"the value is not a {kind}", 'text in quotes, such as "0.30"', repr(text)[:40])
    return number if kind == "number" else int(scaled)


def _years_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)

"""Who is who, day by day: every record under a lasting key, its person, and what is wrong with the record.

Read from the world itself, never from a run of the pipeline. The dated files' records have no lasting key and are left
out. `python -m lowincome evaluate-linkage` reads both files.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from sandbox.builder import Builder
from sandbox.population import Person, legacy_id
from sandbox.timeline import end_of


class Told(NamedTuple):
    """What a source says of a person under a record key."""

    key: str
    name: str
    id_no: str | None


class Apart(NamedTuple):
    """Two persons who must not be taken for one, and why not."""

    person_no: int
    other_no: int
    kind: str


def write_linkage_truth(folder: Path, builder: Builder) -> None:
    """linkage/<day>.csv and linkage/<day>_apart.csv."""
    (folder / "linkage").mkdir(exist_ok=True)
    for day in builder.config.dates:
        records, apart = linkage_truth(builder, day)
        _write(folder / "linkage" / f"{day}.csv", ("record_key", "person_no", "kind"), records)
        _write(folder / "linkage" / f"{day}_apart.csv", Apart._fields, apart)


def linkage_truth(builder: Builder, day: date) -> tuple[list[tuple[str, int, str]], list[Apart]]:
    """Record key, person and kind of every record known by a day; the persons who must stay apart."""
    people = builder.population.people
    person_of = {key: person for person in people.values() for key in person.keys}
    owner = {person.id_no: person for person in people.values()}
    told = [(one, person_of[one.key]) for one in _told(builder, day)]
    records = [(one.key, person.no, _kind(one, person, owner)) for one, person in told]
    known = {person.no for _, person in told}
    pairs = sorted({*_by_nature(builder), *_by_number(told, owner)})
    return records, [pair for pair in pairs if {pair.person_no, pair.other_no} <= known]


def _told(builder: Builder, day: date) -> Iterator[Told]:
    end = end_of(day)
    for _, version in builder.roster_members.before(end):
        row = version.value
        yield Told(f"assistance_roster:{row['household_no']}/{row['member_no']}", row["name"], row["id_no"])
    for number, subsidy in builder.subsidies.before(end):
        yield Told(f"assistance_roster:subsidy/{number}", subsidy.value["name"], subsidy.value["id_no"])
    for number, report in builder.reports.before(end):
        for member in report.value["members"]:
            yield Told(f"province_check:{number}/{member['memberNo']}", member["name"], member["idNo"])
    for number, state in builder.city_persons.before(end):
        yield Told(f"city_check:{number}", state.value.row["xm"], state.value.row["sfzh"])
    for number, insured in builder.insured.before(end):
        yield Told(f"medical_insurance:{number}", insured.value["psnName"], insured.value["certNo"])


def _kind(one: Told, person: Person, owner: Mapping[str, Person]) -> str:
    if not one.id_no:
        return "missing_id"
    if one.id_no == legacy_id(person.id_no):
        return "legacy_id"
    if one.id_no != person.id_no:
        return "other_id" if one.id_no in owner else "mistyped_id"
    return "clean" if one.name == person.name else "name_variant"


def _by_nature(builder: Builder) -> Iterator[Apart]:
    """Twins of one household; namesakes born on one day."""
    for home in builder.population.households:
        yield from (_apart(*pair, "twin") for pair in combinations(home.persons, 2) if pair[0].birth == pair[1].birth)
    named: dict[tuple[str, date], list[Person]] = defaultdict(list)
    for person in builder.population.people.values():
        named[person.name, person.birth].append(person)
    for namesakes in named.values():
        yield from (_apart(*pair, "namesake") for pair in combinations(namesakes, 2))


def _by_number(told: Iterable[tuple[Told, Person]], owner: Mapping[str, Person]) -> Iterator[Apart]:
    """A record under another's ID; two persons under one mistyped ID."""
    bearers: dict[str, dict[int, Person]] = defaultdict(dict)
    for one, person in told:
        if not one.id_no or one.id_no == person.id_no:
            continue
        if one.id_no in owner:
            yield _apart(person, owner[one.id_no], "other_id")
        bearers[one.id_no][person.no] = person
    for persons in bearers.values():
        yield from (_apart(*pair, "shared_id") for pair in combinations(persons.values(), 2))


def _apart(one: Person, other: Person, kind: str) -> Apart:
    return Apart(*sorted((one.no, other.no)), kind)


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)

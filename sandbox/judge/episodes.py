"""Every open flag of every rule, day by day: what is raised, what stays open while nobody can tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sandbox.builder import Builder
from sandbox.judge.day import Day
from sandbox.judge.law import Law, district_of, law_of
from sandbox.judge.outcome import CERTAIN, CERTAINTY, FALSE, POSSIBLE, UNKNOWN
from sandbox.judge.persons import Subject
from sandbox.judge.rules_household import HOUSEHOLD_RULES, Household, q01
from sandbox.judge.rules_person import PERSON_RULES
from sandbox.population import Household as Home
from sandbox.population import Person, is_urban_code

RULES = tuple(sorted((*HOUSEHOLD_RULES, *PERSON_RULES, "Q01")))
Key = tuple[str, str, int]


@dataclass(slots=True, frozen=True)
class Open:
    """A flag that stands open at the end of a day."""

    rule: str
    subject: Home | Person
    certainty: str


def judged(builder: Builder) -> Iterator[tuple[date, list[Open]]]:
    """The open flags of each data date, run in order from the first."""
    cache, register = {}, {}  # type: ignore[var-annotated]
    for day in builder.config.dates:
        register = _next(register, Day(builder, day, cache))
        yield day, [Open(rule, subject, CERTAINTY[outcome]) for (rule, _, _), (subject, outcome)
                    in sorted(register.items(), key=lambda entry: entry[0])]


def _next(before: dict[Key, tuple[Home | Person, int]], day: Day) -> dict[Key, tuple[Home | Person, int]]:
    """Yesterday's open flags and today's outcomes give today's: a subject without an outcome has gone."""
    after: dict[Key, tuple[Home | Person, int]] = {}
    for rule, subject, outcome in _outcomes(before, after, day):
        key = rule, "household" if isinstance(subject, Home) else "person", subject.no
        lowest = CERTAIN if rule.startswith("B") else POSSIBLE
        if outcome >= lowest or (outcome > FALSE and key in before):
            after[key] = subject, outcome
    return after


def _outcomes(before: dict[Key, tuple[Home | Person, int]], after: dict[Key, tuple[Home | Person, int]],
              day: Day) -> Iterator[tuple[str, Home | Person, int]]:
    seen = set()
    for number, house in day.houses.items():
        law = _law(day, house.families[0].area_code, number)
        people = [Subject(day, person, house, law) for person in (*house.members, *house.seen)] if law else []
        seen.update(person.no for person in (*house.members, *house.seen))
        yield from _of_persons(day, [*house.members, *house.seen], people)
        if law is None:
            yield from ((rule, house.home, UNKNOWN) for rule in (*HOUSEHOLD_RULES, "Q01"))
            continue
        household = Household(day, house, law, people)
        for rule, judge in HOUSEHOLD_RULES.items():
            yield rule, house.home, judge(household)
        is_entry = any((rule, "household", number) in after for rule in ("A01", "A02", "A03"))
        yield "Q01", house.home, q01(household, is_entry)
    for person_no in sorted((day.insured.keys() | day.certificates.keys() | day.subsidies.keys()) - seen):
        person = day.people[person_no]
        area = (day.insured.get(person_no) or {}).get("areaCode") or (
            day.certificates.get(person_no) or {}).get("行政区划代码")
        law = _law(day, area, None)
        yield from _of_persons(day, [person], [Subject(day, person, None, law)] if law else [])


def _of_persons(day: Day, persons: list[Person], subjects: list[Subject]) -> Iterator[tuple[str, Person, int]]:
    for subject in subjects:
        for rule, judge in PERSON_RULES.items():
            yield rule, subject.person, judge(subject)
    if not subjects:
        yield from ((rule, person, UNKNOWN) for person in persons for rule in PERSON_RULES)


def _law(day: Day, area_code: str | None, number: int | None) -> Law | None:
    """The law of a place; None where nothing is evaluated."""
    district = district_of(area_code)
    if district is None:
        return None
    row = day.roster.get(number) if number else None
    if row is not None and day.status(row) != "FUTURE":
        is_urban = row["urban_rural"] == "城市"
    elif number in day.rural:
        is_urban = False
    else:
        is_urban = is_urban_code(str(area_code)) or int(str(area_code)[6:9]) >= 400
    return law_of(district, is_urban, day.date)

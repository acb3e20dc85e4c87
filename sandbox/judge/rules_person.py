"""The rules whose subject is a person, each in the words of its line in the catalogue."""

from collections.abc import Callable
from datetime import date
from math import inf

from sandbox.judge.answers import INCOMES, answered_on, of_city, of_province
from sandbox.judge.law import LOWER_TRIGGER, MEDICAL_TRIGGER
from sandbox.judge.months import add_months, month_from, month_of
from sandbox.judge.outcome import (
    FALSE,
    POSSIBLE,
    UNKNOWN,
    among,
    at_least,
    negated,
    told,
    total,
)
from sandbox.judge.persons import Subject
from sandbox.timeline import end_of


def a04(one: Subject) -> int:
    """Paid more for medicine than a year's income, or half of it."""
    trigger = LOWER_TRIGGER if one.is_in_lower_trigger else MEDICAL_TRIGGER
    return min(one.alive, told(one.burden > trigger * one.law.yearly_income), _outside(one, "DB", "TK"))


def a05(one: Subject) -> int:
    """Severe or extended without a nursing subsidy."""
    return min(one.alive, told(one.is_severe_or_extended), told(not one.active("NURSING")), _outside(one, "TK"))


def a06(one: Subject) -> int:
    """A certificate under DB (or BY) without a living subsidy."""
    return min(one.alive, told(one.certificate is not None), told(_pays_living(one)), told(not one.active("LIVING")))


def a07(one: Subject) -> int:
    """Severely disabled beside BY, or of working age and without work."""
    in_borderline = told("BY" in one.programmes and one.is_severe_or_extended)
    can_work = told(18 <= one.age <= 59 and one.is_severe)
    return min(one.alive, _outside(one, "DB", "TK"), max(in_borderline, min(can_work, _workless(one))))


def _workless(one: Subject) -> int:
    if not one.answers.has_facts:
        return UNKNOWN
    low, high = one.answers.known["I01"]
    earns_nothing = among(high == 0, low == 0)
    if one.answers.carried["I01"][1] > 0:
        earns_nothing = min(earns_nothing, POSSIBLE)
    return min(earns_nothing, negated(at_least(one.answers.pieces("S05"), 1)))


def a09(one: Subject) -> int:
    """Employment insurance stopped in a family that is watched."""
    house, day = one.house, one.day
    watched = bool(house and (_is_active(one, "BY") or day.is_monitored(house.home.no) or has_left_lately(one)))
    if not watched or one.is_dead:
        return FALSE
    if not one.answers.has_facts:
        return UNKNOWN
    rows = one.answers.won("S05")
    hits, stopped = one.answers.hits("S05"), answered_on(rows or [])
    if not hits or stopped is None or one.answers.pieces("S05") != (0, 0) or add_months(stopped, 12) <= day.date:
        return FALSE
    return told(_was_insured(one, stopped))


def _was_insured(one: Subject, before: date) -> bool:
    """The newest answer before, of any report or city row received, was insured."""
    answers = [row for row in _received(one) if row.code == "S05" and row.status != "ERROR" and row.on < before]
    newest = max((row.on for row in answers), default=None)
    return any(row.on == newest and row.pieces[0] >= 1 for row in answers)


def _received(one: Subject) -> list:  # type: ignore[type-arg]
    builder, number = one.day.builder, one.person.no
    first = end_of(builder.config.first_date)
    found = []
    for report, place in builder.reported.get(number, ()):
        versions = builder.reports.by_key[report]
        old = [version for version in versions if version.at < first][-1:]
        for version in old + [v for v in versions if first <= v.at < one.day.end]:
            if version.value["checkedOn"] <= one.day.date.isoformat():
                found += of_province(version.value["members"][place]["items"])
    states = builder.city_persons.by_key.get(f"CR{number:09d}", [])
    old_states = [state for state in states if state.at < first][-1:]
    for state in old_states + [s for s in states if first <= s.at < one.day.end]:
        found += of_city(state.value.items)
    return found


def has_left_lately(one: Subject) -> bool:
    """The household's roster entry in DB or TK ended within two years."""
    house = one.house
    return bool(house and house.ended and house.ended["programme"] in ("DB", "TK")
                and add_months(house.ended["ended_on"], 24) > one.day.date)


def b01(one: Subject) -> int:
    """Covered and dead."""
    return min(told(bool(one.programmes)), told(one.is_dead) if one.knows_death else UNKNOWN)


def b02(one: Subject) -> int:
    """Covered and in custody."""
    return min(told(bool(one.programmes)), UNKNOWN if one.answers.won("S02") is None else told(one.is_in_custody))


def b08(one: Subject) -> int:
    """Covered twice, or by TK beside a subsidy."""
    places = one.day.covered.get(one.person.no, [])
    is_lawful = len(places) == 2 and any(programme == "BY" for programme, _, _ in places) and any(
        programme == "DB" and is_single for programme, _, is_single in places)
    is_doubled = "TK" in one.programmes and bool(one.active("LIVING", "NURSING"))
    return told(is_doubled or (len(places) > 1 and not is_lawful))


def b09(one: Subject) -> int:
    """A subsidy for which the ground is missing."""
    nursing, living = one.active("NURSING"), one.active("LIVING")
    grounds = [told(one.is_dead), one.certificate_told(not one.is_valid)]
    if nursing:
        grounds.append(one.certificate_told(not one.is_severe_or_extended))
    if living:
        grounds.append(told(not _pays_living(one)))
    return min(told(bool(nursing or living)), max(grounds))


def b10(one: Subject) -> int:
    """Paid beyond death or beyond the end."""
    death = one.death
    homes = one.day.builder.enrolled_in.get(one.person.no, ())
    after_death: int = FALSE
    if death is None and not one.knows_death:
        concerned = one.day.subsidies.get(one.person.no) or any(one.day.paid.get(number) for number in homes)
        after_death = UNKNOWN if concerned else FALSE
    elif death is not None:
        after_death = told(_subsidised_after(one, death) or any(_paid_for_nobody(one, n, death) for n in homes))
    return max(after_death, told(any(_paid_after_end(one, number) for number in homes)))


def _subsidised_after(one: Subject, death: int) -> bool:
    ends = [month_from(row["end_month"]) or (one.day.month if row["status"] == "ACTIVE" else 0)
            for row in one.day.subsidies.get(one.person.no, [])]
    return any(end > death for end in ends)


def _paid_for_nobody(one: Subject, number: int, death: int) -> bool:
    return any(month > death and not _others_in(one, number, month) for month in one.day.paid.get(number, ()))


def _others_in(one: Subject, number: int, month: int) -> bool:
    for person, row in one.day.enrolled[number]:
        if person is one.person or (row["left_on"] and month_of(row["left_on"]) <= month):
            continue
        died = Subject(one.day, person, None, one.law).death
        if died is None or died >= month:
            return True
    return False


def _paid_after_end(one: Subject, number: int) -> bool:
    row = one.day.roster.get(number)
    if row is None or one.day.status(row) != "ENDED" or not any(
            month > month_of(row["ended_on"]) for month in one.day.paid.get(number, ())):
        return False
    living = [p for p in one.day.last_members(number) if not Subject(one.day, p, None, one.law).is_dead]
    heads = [p for p in living if p.relation in ("01", "02")] or living
    return bool(heads) and heads[0] is one.person


def q02(one: Subject) -> int:
    """Two valid IDs, one ID of two, or claimed by two households: as the builder planted it."""
    planted = one.day.builder.doubted.get(one.person.no)
    homes = {number for family, number in one.day.claims.get(one.person.no, []) if not family.is_lapsed}
    places = one.day.covered.get(one.person.no, [])
    is_lawful = len(homes) == 2 and {programme for programme, _, _ in places} == {"DB", "BY"} and any(
        is_single for programme, _, is_single in places if programme == "DB")
    return told(bool(planted and planted <= one.day.date) or (len(homes) > 1 and not is_lawful))


def q03(one: Subject) -> int:
    """The two systems differ."""
    return told(any(_differs(one, code) for code in (*INCOMES, "A01", "A02", "A06", "A07")))


def _differs(one: Subject, code: str) -> bool:
    sums = []
    for rows in (one.answers.province.get(code), one.answers.city.get(code)):
        if not rows or any(row.status == "ERROR" or row.worth[1] == inf for row in rows):
            return False
        sums.append(one.answers.income_of(rows)[0] if code in INCOMES else total([row.worth for row in rows])[0])
    apart = abs(sums[0] - sums[1])
    return apart * 100 > max(sums) and apart > 1000


def q05(one: Subject) -> int:
    """The certificate behind a subsidy ends within six months."""
    if not one.active("LIVING", "NURSING"):
        return FALSE
    if one.certificate is None:
        return UNKNOWN if one.is_disputed and one.is_valid else FALSE
    until = one.certificate["有效期至"]
    return told(bool(until) and one.day.date <= until <= add_months(one.day.date, 6))


def _outside(one: Subject, *programmes: str) -> int:
    return told(not one.programmes.intersection(programmes))


def _pays_living(one: Subject) -> bool:
    return "DB" in one.programmes or (one.law.is_trial and "BY" in one.programmes)


def _is_active(one: Subject, programme: str) -> bool:
    row = one.house.roster if one.house else None
    return bool(row and one.day.status(row) == "ACTIVE" and row["programme"] == programme)


PERSON_RULES: dict[str, Callable[[Subject], int]] = {
    "A04": a04, "A05": a05, "A06": a06, "A07": a07, "A09": a09, "B01": b01, "B02": b02, "B08": b08, "B09": b09,
    "B10": b10, "Q02": q02, "Q03": q03, "Q05": q05}

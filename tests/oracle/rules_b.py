"""B rules: who should be visited because help may be paid wrongly."""

from collections.abc import Collection

from tests.oracle.bounds import FALSE, UNKNOWN, every, some, yes
from tests.oracle.day import ROSTER, Row, month, month_of
from tests.oracle.facts import Facts
from tests.oracle.finding import NO, Finding
from tests.oracle.households import Household
from tests.oracle.law import Place
from tests.oracle.persons import Persons, end_of
from tests.oracle.property import assets_per_member, dwellings, has_business, vehicles
from tests.oracle.rules_a import may_draw_living, pc_income

# persons


def b01(view: Persons, person: str, place: Place) -> Finding:
    """Covered, and dead."""
    return Finding(every(yes(view.is_covered(person)), known_dead(view.facts, person)))


def b02(view: Persons, person: str, place: Place) -> Finding:
    """Covered, and in custody."""
    facts = view.facts
    in_custody = yes(facts.is_in_custody(person)) if facts.is_custody_answered(person) else UNKNOWN
    return Finding(every(yes(view.is_covered(person)), in_custody))


def b08(view: Persons, person: str, place: Place) -> Finding:
    """Covered twice, or by TK beside a subsidy."""
    coverings = view.coverings.get(person, set())
    is_twice = len(coverings) > 1 and not is_single_beside_borderline(view, person, coverings)
    return Finding(yes(is_twice or (view.is_covered(person, "TK") and bool(view.active_subsidies(person)))))


def b09(view: Persons, person: str, place: Place) -> Finding:
    """A subsidy to a person who is dead, or whose certificate or programme does not carry it."""
    if not view.active_subsidies(person):
        return NO
    has_nursing, has_living = view.has_active(person, "NURSING"), view.has_active(person, "LIVING")
    certificate_limbs = some(
        yes(view.certificate(person) is None),
        yes(has_nursing and not view.is_severe_or_extended(person, place)),
    )
    if not view.certificates.get(person) or view.is_disputed(person):
        certificate_limbs = UNKNOWN
    return Finding(
        some(
            yes(view.facts.is_dead(person)),
            certificate_limbs,
            yes(has_living and not may_draw_living(view, person, place)),
        )
    )


def b10(view: Persons, person: str, place: Place) -> Finding:
    """Paid too long: after a death, or to a household that had ended (subject: its head)."""
    return Finding(
        some(paid_after_death(view, person), subsidy_after_death(view, person), paid_after_end(view, person))
    )


# households


def b03(view: Persons, household: Household, place: Place) -> Finding:
    """Covered by DB, known income above the standard, not in gradual exit."""
    until = view.households.coverage.get(household.key, {}).get("gradual_exit_until")
    is_final = yes(until is None or until < view.day.date)
    if not view.households.counted(household):
        return Finding(every(covered_by(view, household, "DB"), is_final, UNKNOWN))
    income = pc_income(view, household, place, with_carried=False)
    return Finding(every(covered_by(view, household, "DB"), income.more_than(place.standard), is_final), income)


def b04(view: Persons, household: Household, place: Place) -> Finding:
    """Covered by DB or BY, one vehicle or more."""
    people = view.households.counted(household)
    if not people:
        return unknown_if_covered(view, household, "DB", "BY")
    owned = vehicles(view.facts, people)
    return Finding(every(covered_by(view, household, "DB", "BY"), owned.at_least(1)), owned)


def b05(view: Persons, household: Household, place: Place) -> Finding:
    """Covered by DB or BY, two dwellings or more."""
    people = view.households.counted(household)
    if not people:
        return unknown_if_covered(view, household, "DB", "BY")
    owned = dwellings(view.facts, people)
    return Finding(every(covered_by(view, household, "DB", "BY"), owned.at_least(2)), owned)


def b06(view: Persons, household: Household, place: Place) -> Finding:
    """Covered by DB or BY, financial assets above the limit."""
    people = view.households.counted(household)
    if not people:
        return unknown_if_covered(view, household, "DB", "BY")
    assets = assets_per_member(view.facts, people)
    return Finding(every(covered_by(view, household, "DB", "BY"), assets.more_than(place.asset_limit)), assets)


def b07(view: Persons, household: Household, place: Place) -> Finding:
    """Covered by DB or BY, a registered business with capital."""
    people = view.households.counted(household)
    if not people:
        return unknown_if_covered(view, household, "DB", "BY")
    return Finding(every(covered_by(view, household, "DB", "BY"), has_business(view.facts, people)))


# criteria


def covered_by(view: Persons, household: Household, *programmes: str) -> str:
    """The household itself is an active roster household of one of the programmes; of any when none is named."""
    is_active = view.households.is_active(household.key)
    return yes(is_active and (not programmes or view.programme(household.key) in programmes))


def unknown_if_covered(view: Persons, household: Household, *programmes: str) -> Finding:
    """With nobody left to count nothing can be told of a covered household."""
    return Finding(every(covered_by(view, household, *programmes), UNKNOWN))


def known_dead(facts: Facts, person: str) -> str:
    """Dead; unknown when no row in force answers."""
    return yes(facts.is_dead(person)) if facts.is_death_answered(person) else UNKNOWN


def is_single_beside_borderline(view: Persons, person: str, keys: Collection[str]) -> bool:
    """A one-person dibao beside the family's BY is lawful."""
    programmes = {key: view.programme(key) for key in keys if key in view.households.coverage}
    others = [key for key in keys if key not in view.single_dibao.get(person, set())]
    return len(keys) == 2 and len(others) == 1 and programmes.get(others[0]) == "BY"


def paid_after_death(view: Persons, person: str) -> str:
    """A household payment for a month after the death, when nobody else in the household can have earned it."""
    died = view.facts.death_month(person)
    if died is None:
        return unknown_if_unanswered(view, person)
    households = [key for key in view.households.coverage if person in roster_people(view, key)]
    paid = [(key, paid_for(row)) for key in households for row in payments(view, key)]
    return yes(any(index > died and not somebody_else(view, key, person, index) for key, index in paid))


def subsidy_after_death(view: Persons, person: str) -> str:
    """A subsidy that runs on past the month of death."""
    died = view.facts.death_month(person)
    if died is None:
        return unknown_if_unanswered(view, person)
    return yes(any(last_paid(row, view.day.month) > died for row in view.subsidies.get(person, [])))


def paid_after_end(view: Persons, person: str) -> str:
    """A payment for a month after the month in which the household ended, of which the person is the head."""
    ended = [family for household in view.households.all.values() for family in household.ended]
    return yes(
        any(
            family.head == person and paid_for(row) > month_of(ended_on)
            for family in ended
            if (ended_on := view.households.coverage[family.key]["ended_on"])
            for row in payments(view, family.key)
        )
    )


def unknown_if_unanswered(view: Persons, person: str) -> str:
    """Nothing can be told of somebody on the roster when no row in force answers death."""
    is_on_roster = view.day.knows(ROSTER, person) or bool(view.subsidies.get(person))
    return UNKNOWN if is_on_roster and not view.facts.is_death_answered(person) else FALSE


def roster_people(view: Persons, key: str) -> dict[str, list[Row]]:
    """Everyone who ever stood in a roster household, with the member rows."""
    people: dict[str, list[Row]] = {}
    for row in view.households.all_roster_rows(key):
        people.setdefault(view.day.person_of[row["record_key"]], []).append(row)
    return people


def payments(view: Persons, key: str) -> list[Row]:
    """Payments of a roster household."""
    return [row for row in view.day.rows("payment") if row["household_key"] == key]


def paid_for(payment: Row) -> int:
    """The month that a payment is for."""
    index = month(payment["month"])
    assert index is not None
    return index


def somebody_else(view: Persons, key: str, person: str, index: int) -> bool:
    """Whether another member had neither left in or before the month nor died before it."""
    for other, rows in roster_people(view, key).items():
        died = view.facts.death_month(other)
        is_there = any(row["left_on"] is None or month_of(row["left_on"]) > index for row in rows)
        if other != person and is_there and (died is None or died >= index):
            return True
    return False


def last_paid(subsidy: Row, now: int) -> int:
    """The stated last month, else this month while it is active."""
    if subsidy["end_month"] is not None:
        return end_of(subsidy)
    return now if subsidy["status"] == "ACTIVE" else -1


HOUSEHOLD_RULES = {"B03": b03, "B04": b04, "B05": b05, "B06": b06, "B07": b07}
PERSON_RULES = {"B01": b01, "B02": b02, "B08": b08, "B09": b09, "B10": b10}

"""Q rules: what must be put in order before anything can be judged."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.bounds import FALSE, UNKNOWN, Bounds, every, exactly, some, total, yes
from tests.oracle.day import CITY, PROVINCE, Row, add_months
from tests.oracle.facts import amount_of, answer_date, is_answer
from tests.oracle.finding import Finding
from tests.oracle.households import ENDED_LEVEL, Household, newest_report
from tests.oracle.income import INCOME_ITEMS, known_income
from tests.oracle.law import Place
from tests.oracle.persons import Persons
from tests.oracle.rules_a import is_monitored
from tests.oracle.rules_b import covered_by, is_single_beside_borderline

NOTICE = timedelta(days=30)
COMPARED_BALANCES = ("A01", "A02", "A06", "A07")


@dataclass(frozen=True)
class Discrepancy:
    """One item of one person on which province and city differ; yuan, as the rules use them."""

    person: str
    item: str
    province: Fraction
    city: Fraction


# households


def q01(view: Persons, household: Household, has_open_a: bool) -> Finding:
    """The newest authorization of a household that needs one ends within 30 days or has ended."""
    ends = authorization_ends(view, household)
    if not ends:
        return Finding(FALSE)
    needs_one = some(covered_by(view, household), is_monitored(view, household), yes(has_open_a))
    days_left = (max(ends) - view.day.date).days
    return Finding(every(needs_one, yes(max(ends) <= view.day.date + NOTICE)), exactly(days_left))


def q04(view: Persons, household: Household, place: Place) -> Finding:
    """An active household whose review is overdue."""
    if not view.households.is_active(household.key):
        return Finding(FALSE)
    review_on = view.households.coverage[household.key]["next_review_on"]
    if review_on is None:
        return Finding(UNKNOWN)
    return Finding(yes(review_on < view.day.date), exactly((view.day.date - review_on).days))


# persons


def q02(view: Persons, person: str, place: Place) -> Finding:
    """Identity in doubt: an ID shared, several IDs, or claimed by households that stay apart."""
    ids = view.ids_in_force.get(person, set())
    is_shared = any(len(view.persons_under[citizen_id]) > 1 for citizen_id in ids)
    return Finding(yes(is_shared or len(ids) > 1 or is_claimed_twice(view, person)))


def q03(view: Persons, person: str, place: Place) -> Finding:
    """Province and city differ on an item."""
    return Finding(yes(bool(discrepancies_of(view, person))))


def q05(view: Persons, person: str, place: Place) -> Finding:
    """A subsidy whose certificate ends within six months."""
    if not view.active_subsidies(person):
        return Finding(FALSE)
    if view.is_disputed(person):
        return Finding(UNKNOWN)
    certificate = view.certificate(person)
    until = certificate["valid_until"] if certificate else None
    return Finding(yes(until is not None and view.day.date <= until <= add_months(view.day.date, 6)))


# criteria


def authorization_ends(view: Persons, household: Household) -> list[date]:
    """The newest report's end and the smallest of each city family, lapsed or not."""
    reports = [view.day.newest_reports[f.key] for f in household.families if f.source == PROVINCE]
    newest = newest_report(reports)
    ends = [newest["authorized_until"]] if newest else []
    for family in household.families:
        rows = [row for row in view.day.current[CITY] if row["household_key"] == family.key]
        ends += [min(dates)] if (dates := [row["authorized_until"] for row in rows if row["authorized_until"]]) else []
    return ends


def is_claimed_twice(view: Persons, person: str) -> bool:
    """Families in force of different households name the person; one-person dibao beside BY aside."""
    claiming = {
        household.key
        for household in view.households.all.values()
        for family in household.families
        if person in family.in_force and family.level != ENDED_LEVEL
    }
    return len(claiming) > 1 and not is_single_beside_borderline(view, person, claiming)


def discrepancies_of(view: Persons, person: str) -> list[Discrepancy]:
    """Items that both systems answered without gaps and on which they differ by more than 1 % and 10 yuan."""
    compared = [_compare(view, person, item) for item in (*INCOME_ITEMS, *COMPARED_BALANCES)]
    return [pair for pair in compared if pair and _differs(pair)]


def _compare(view: Persons, person: str, item: str) -> Discrepancy | None:
    province, city = (_whole_answer(view.facts.rows_of(person, item, s), item, view) for s in (PROVINCE, CITY))
    return None if province is None or city is None else Discrepancy(person, item, province, city)


def _whole_answer(rows: list[Row], item: str, view: Persons) -> Fraction | None:
    """The sum as the rules use it; None when the system did not answer, or not fully."""
    if answer_date(rows) is None or not all(is_answer(row) for row in rows):
        return None
    is_income = item in INCOME_ITEMS
    amount: Bounds = known_income(rows, view.day.window) if is_income else total(amount_of(row) for row in rows)
    return amount.low if amount.low == amount.high else None


def _differs(pair: Discrepancy) -> bool:
    difference = abs(pair.province - pair.city)
    return difference > 10 and difference > max(abs(pair.province), abs(pair.city)) / 100


HOUSEHOLD_RULES = {"Q04": q04}
PERSON_RULES = {"Q02": q02, "Q03": q03, "Q05": q05}

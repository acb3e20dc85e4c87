"""A rules: who should be visited because help may be missing. Each function is one line of the table in section 3."""

from fractions import Fraction

from tests.oracle.bounds import (
    CERTAIN,
    FALSE,
    POSSIBLE,
    UNKNOWN,
    ZERO,
    Bounds,
    at_most_possible,
    every,
    exactly,
    opposite,
    some,
    total,
    yes,
)
from tests.oracle.day import add_months, completed_years
from tests.oracle.facts import EMPLOYMENT_ITEM
from tests.oracle.finding import NO, Finding
from tests.oracle.households import Household
from tests.oracle.income import INCOME_ITEMS, WAGES, income_after_disregard, income_of, person_income
from tests.oracle.law import LOWER_MEDICAL_TRIGGER, MEDICAL_TRIGGER, RIGID_RATIO, Place
from tests.oracle.persons import Persons
from tests.oracle.property import is_over_limit

RAISING = (CERTAIN, POSSIBLE)


# households


def a01(view: Persons, household: Household, place: Place) -> Finding:
    """Nobody covered by DB or TK; income below the standard; property not over the limit."""
    uncovered = nobody_covered(view, household, "DB", "TK")
    if not view.households.counted(household):
        return Finding(every(uncovered, UNKNOWN))
    income = pc_income(view, household, place, with_carried=True)
    return Finding(weighed(view, household, place, uncovered, income.less_than(place.standard)), income)


def a02(view: Persons, household: Household, place: Place) -> Finding:
    """Nobody covered by any programme; income from the standard to the borderline; property not over the limit."""
    uncovered = nobody_covered(view, household)
    if not view.households.counted(household):
        return Finding(every(uncovered, UNKNOWN))
    income = pc_income(view, household, place, with_carried=True)
    is_between = every(income.at_least(place.standard), income.at_most(place.borderline))
    return Finding(weighed(view, household, place, uncovered, is_between), income)


def a03(view: Persons, household: Household, place: Place) -> Finding:
    """Nobody covered; neither A01 nor A02; income below the average; rigid expense a large share of all income."""
    uncovered = nobody_covered(view, household)
    if not view.households.counted(household):
        return Finding(every(uncovered, UNKNOWN))
    is_raised = any(rule(view, household, place).answer in RAISING for rule in (a01, a02))
    income = pc_income(view, household, place, with_carried=True)
    is_below = income.less_than(place.disposable_income / 12)
    answer = weighed(view, household, place, uncovered, yes(not is_raised), is_below, is_rigid(view, household))
    return Finding(answer, rigid_share(view, household))


def a08(view: Persons, household: Household, place: Place) -> Finding:
    """Monitored against relapse, nobody covered by any programme."""
    return Finding(every(is_monitored(view, household), nobody_covered(view, household)))


def a10(view: Persons, household: Household, place: Place) -> Finding:
    """Left DB or TK in the last two years, nobody covered by them now, and A04 or A09 holds for a member."""
    alarms = [rule(view, person, place).answer for person in household.members for rule in (a04, a09)]
    return Finding(every(yes(has_left(view, household)), nobody_covered(view, household, "DB", "TK"), some(*alarms)))


# persons


def a04(view: Persons, person: str, place: Place) -> Finding:
    """Alive, not covered by DB or TK, and a medical burden above the trigger."""
    burden = view.burden(person)
    standard_line = MEDICAL_TRIGGER * place.disposable_income
    lower_line = LOWER_MEDICAL_TRIGGER * place.disposable_income
    is_above = some(yes(burden > standard_line), every(yes(burden > lower_line), has_lower_trigger(view, person)))
    return Finding(every(is_alive(view, person), is_above, not_covered(view, person, "DB", "TK")), exactly(burden))


def a05(view: Persons, person: str, place: Place) -> Finding:
    """Alive, severe or extended certificate, no nursing subsidy, not covered by TK."""
    return Finding(
        every(
            is_alive(view, person),
            yes(view.is_severe_or_extended(person, place)),
            yes(not view.has_active(person, "NURSING")),
            not_covered(view, person, "TK"),
        )
    )


def a06(view: Persons, person: str, place: Place) -> Finding:
    """Alive, valid certificate, covered by DB (or BY where the district says so), no living subsidy."""
    return Finding(
        every(
            is_alive(view, person),
            yes(view.certificate(person) is not None),
            yes(may_draw_living(view, person, place)),
            yes(not view.has_active(person, "LIVING")),
        )
    )


def a07(view: Persons, person: str, place: Place) -> Finding:
    """May apply for dibao alone: severe in a borderline household, or adult, severe and without work."""
    in_borderline = every(yes(view.is_covered(person, "BY")), yes(view.is_severe_or_extended(person, place)))
    return Finding(
        every(
            is_alive(view, person),
            not_covered(view, person, "DB", "TK"),
            some(in_borderline, adult_severe_without_work(view, person)),
        )
    )


def a09(view: Persons, person: str, place: Place) -> Finding:
    """Alive, employment insurance stopped within a year, in a household that is close to assistance."""
    household = view.household(person)
    if household is None:
        return NO
    close = some(is_borderline(view, household), is_monitored(view, household), yes(has_left(view, household)))
    return Finding(every(is_alive(view, person), has_stopped_work(view, person), close))


# quantities and criteria of households


def weighed(view: Persons, household: Household, place: Place, *conditions: str) -> str:
    """Conditions of A01–A03 joined with those that they share; what rests on carried income is at most possible."""
    people = view.households.counted(household)
    has_facts = CERTAIN if all(view.facts.has_facts(person) for person in people) else UNKNOWN
    answer = every(*conditions, has_facts, opposite(is_over_limit(view.facts, people, place)))
    is_carried = any(income_of(view.facts, person, item).is_carried for person in people for item in INCOME_ITEMS)
    return at_most_possible(answer) if is_carried else answer


def pc_income(view: Persons, household: Household, place: Place, with_carried: bool) -> Bounds:
    """Yuan a counted member and month, after disregards."""
    people = view.households.counted(household)
    incomes = (
        income_after_disregard(view.facts, p, place.standard, view.keeps_all_wages(p), with_carried) for p in people
    )
    return total(incomes).times(Fraction(1, 12 * len(people)))


def is_rigid(view: Persons, household: Household) -> str:
    """Rigid expense is 60 % of all income or more; over no income any expense is."""
    expense = rigid_expense(view, household)
    return total_income(view, household).at_most(expense / RIGID_RATIO) if expense > 0 else FALSE


def rigid_expense(view: Persons, household: Household) -> Fraction:
    """Own medical payments of the counted members, yuan."""
    return sum((view.burden(person) for person in view.households.counted(household)), Fraction(0))


def total_income(view: Persons, household: Household) -> Bounds:
    """Income of the counted members before disregards, yuan over the window."""
    people = view.households.counted(household)
    return total(person_income(view.facts, person, with_carried=True) for person in people)


def rigid_share(view: Persons, household: Household) -> Bounds | None:
    """Rigid expense as a share of all income; without limit where income may be nothing, None where it is nothing."""
    expense, income = rigid_expense(view, household), total_income(view, household)
    if income == ZERO:
        return None
    low = Fraction(0) if income.high is None else expense / income.high
    return Bounds(low, expense / income.low if income.low else None)


def nobody_covered(view: Persons, household: Household, *programmes: str) -> str:
    """No member is covered by one of the programmes."""
    return yes(not any(view.is_covered(person, *programmes) for person in household.members))


def is_monitored(view: Persons, household: Household) -> str:
    """A rural family of the household has a risk that is not removed."""
    return some(*(view.risk_of_family.get(family.key, FALSE) for family in household.families))


def is_borderline(view: Persons, household: Household) -> str:
    """The household itself is covered by BY."""
    return yes(view.households.is_active(household.key) and view.programme(household.key) == "BY")


def has_left(view: Persons, household: Household) -> bool:
    """An ended DB or TK of the household, less than two years ago."""
    return any(
        view.programme(family.key) in ("DB", "TK") and _is_recent(view, family.key) for family in household.ended
    )


def _is_recent(view: Persons, roster_key: str) -> bool:
    ended_on = view.households.coverage[roster_key]["ended_on"]
    return ended_on is not None and add_months(ended_on, 24) > view.day.date


# criteria of persons


def is_alive(view: Persons, person: str) -> str:
    """Not known to be dead."""
    return yes(not view.facts.is_dead(person))


def not_covered(view: Persons, person: str, *programmes: str) -> str:
    """Covered by none of the programmes."""
    return yes(not view.is_covered(person, *programmes))


def may_draw_living(view: Persons, person: str, place: Place) -> bool:
    """Covered by DB, or by BY where the district extends the living subsidy."""
    return view.is_covered(person, "DB") or (place.is_extended and view.is_covered(person, "BY"))


def has_lower_trigger(view: Persons, person: str) -> str:
    """Member of a BY household, wherever the person stands, or monitored against relapse."""
    return some(yes(view.is_covered(person, "BY")), view.is_monitored(person))


def adult_severe_without_work(view: Persons, person: str) -> str:
    """Age 18 to 59, severe, no wages in the known months, not insured by an employer; without facts unknown."""
    settled = every(age_from_18_to_59(view, person), yes(view.is_severe(person)))
    if settled == FALSE:
        return FALSE
    if not view.facts.has_facts(person):
        return UNKNOWN
    wages = income_of(view.facts, person, WAGES)
    without_wages = wages.known.at_most(0)
    if wages.is_carried:
        without_wages = at_most_possible(without_wages)
    not_insured = view.facts.quantity(person, EMPLOYMENT_ITEM).less_than(1)
    return every(settled, without_wages, not_insured)


def has_stopped_work(view: Persons, person: str) -> str:
    """The winning S05 says stopped, for less than a year, and the answer before said insured."""
    if not view.facts.has_facts(person):
        return UNKNOWN
    stopped = view.facts.employment_stopped(person)
    return stopped.answer if stopped.on and add_months(stopped.on, 12) > view.day.date else FALSE


def age_from_18_to_59(view: Persons, person: str) -> str:
    """Completed years on the data date; an unknown birth date may be any age."""
    born = view.birth_date(person)
    return POSSIBLE if born is None else yes(18 <= completed_years(born, view.day.date) <= 59)


HOUSEHOLD_RULES = {"A01": a01, "A02": a02, "A03": a03, "A08": a08, "A10": a10}
PERSON_RULES = {"A04": a04, "A05": a05, "A06": a06, "A07": a07, "A09": a09}

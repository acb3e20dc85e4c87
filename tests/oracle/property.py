"""Property of a household's counted members, and the limits on it."""

from fractions import Fraction

from tests.oracle.bounds import POSSIBLE, Bounds, every, some, total
from tests.oracle.facts import Facts, amount_of, quantity_of
from tests.oracle.law import Place

FINANCIAL_ITEMS, DWELLINGS, VEHICLES, BUSINESSES = ("A01", "A02", "A07"), "A03", "A04", "A05"


def assets_per_member(facts: Facts, people: list[str]) -> Bounds:
    """Deposits, securities and insurance, yuan a counted member."""
    return total(facts.amount(p, item) for p in people for item in FINANCIAL_ITEMS).times(Fraction(1, len(people)))


def vehicles(facts: Facts, people: list[str]) -> Bounds:
    """Vehicles of all counted members."""
    return total(facts.quantity(person, VEHICLES) for person in people)


def dwellings(facts: Facts, people: list[str]) -> Bounds:
    """Dwellings of all counted members; co-owners may be counted twice."""
    return total(facts.quantity(person, DWELLINGS) for person in people)


def has_business(facts: Facts, people: list[str]) -> str:
    """Whether a member has a registered business with capital, judged row by row."""
    return some(*(_owns_business(facts, person) for person in people))


def _owns_business(facts: Facts, person: str) -> str:
    rows = facts.winning_rows(person, BUSINESSES)
    if not rows:
        return POSSIBLE
    return some(*(every(quantity_of(row).at_least(1), amount_of(row).more_than(0)) for row in rows))


def is_over_limit(facts: Facts, people: list[str], place: Place) -> str:
    """Whether any of the four limits is passed."""
    return some(
        assets_per_member(facts, people).more_than(place.asset_limit),
        vehicles(facts, people).at_least(1),
        dwellings(facts, people).at_least(2),
        has_business(facts, people),
    )

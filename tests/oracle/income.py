"""Income of a person over the window: what is known, what is carried on, what is disregarded."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from tests.oracle.bounds import ANYTHING, ZERO, Bounds, total
from tests.oracle.day import Row, month, month_of
from tests.oracle.facts import Facts, amount_of, answer_date
from tests.oracle.law import EMPLOYMENT_COST_SHARE

INCOME_ITEMS = ("I01", "I02", "I03", "I04", "I05", "I06", "I07")
WAGES = "I01"


@dataclass(frozen=True)
class Income:
    """Yuan over the window: of the months that rows cover, and of the months carried on after the answer."""

    known: Bounds
    carried: Bounds

    @property
    def is_carried(self) -> bool:
        """Whether an amount was carried on."""
        return self.carried != ZERO

    @property
    def all(self) -> Bounds:
        """Known and carried."""
        return self.known + self.carried


@lru_cache(maxsize=50_000)
def income_of(facts: Facts, person: str, item: str) -> Income:
    """One income item of one person, by the system that wins it."""
    rows = facts.winning_rows(person, item)
    if not rows:
        return Income(ANYTHING, ZERO)
    return Income(known_income(rows, facts.day.window), _carried(rows, facts.day.window))


def known_income(rows: list[Row], window: range) -> Bounds:
    """Each row by the share of its months that lie in the window; a loss counts as zero."""
    return total(_not_negative(amount_of(row)).times(_share(row, window)) for row in rows)


def _carried(rows: list[Row], window: range) -> Bounds:
    """The monthly rates that still ran when the department answered, for the months after it that no row covers."""
    answered_on = answer_date(rows)
    assert answered_on is not None, "a winner has answered"
    answered = month_of(answered_on)
    open_months = [m for m in window if m > answered and not any(_covers(row, m) for row in rows)]
    hits = [row for row in rows if row["status"] == "HIT" and _period(row)]
    last = max((_period(row)[-1] for row in hits), default=-1)
    if not open_months or last not in (answered, answered - 1):
        return ZERO
    rates = [_not_negative(amount_of(r)).times(Fraction(1, len(_period(r)))) for r in hits if _period(r)[-1] == last]
    return total(rates).times(len(open_months))


def _period(row: Row) -> range:
    """The months of a row; empty when it has no period."""
    first, last = month(row["period_from"]), month(row["period_to"])
    return range(0) if first is None or last is None else range(first, last + 1)


def _covers(row: Row, index: int) -> bool:
    return not _period(row) or index in _period(row)


def _share(row: Row, window: range) -> Fraction:
    months = _period(row)
    return Fraction(sum(m in window for m in months), len(months)) if months else Fraction(1)


def _not_negative(amount: Bounds) -> Bounds:
    return amount.less(0)


def person_income(facts: Facts, person: str, with_carried: bool) -> Bounds:
    """All income items of a person before disregards."""
    incomes = [income_of(facts, person, item) for item in INCOME_ITEMS]
    return total(income.all if with_carried else income.known for income in incomes)


def income_after_disregard(
    facts: Facts, person: str, standard: Fraction, keeps_all: bool, with_carried: bool
) -> Bounds:
    """Income less the disregard on wages: up to the standard for the severely disabled, a share of it for others."""
    wages = income_of(facts, person, WAGES)
    counted = (wages.all if with_carried else wages.known).less(
        12 * standard if keeps_all else 12 * EMPLOYMENT_COST_SHARE * standard
    )
    others = [income_of(facts, person, item) for item in INCOME_ITEMS if item != WAGES]
    return counted + total(income.all if with_carried else income.known for income in others)

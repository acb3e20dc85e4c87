"""What plans share: fully answered facts, and how long a planted flag stands."""

from collections.abc import Callable
from datetime import date

from sandbox.builder import Builder, Certainty
from sandbox.facts import Fact, hit, none
from sandbox.timeline import month_before

Plan = Callable[[Builder], None]
ANSWERED = ("S01", "S02", "I01", "I02", "I03", "I04", "I05", "I06", "I07", "A01", "A02", "A03", "A04", "A05", "A07")


def always(_: date) -> str | None:
    """Open on every day, certainly."""
    return "certain"


def never(_: date) -> str | None:
    """A near-miss."""
    return None


def since(first: date) -> Certainty:
    """Open from the day on."""
    return lambda day: "certain" if day >= first else None


def until(first_without: date) -> Certainty:
    """Open before the day, closed on it."""
    return lambda day: "certain" if day < first_without else None


def fading(first_possible: date) -> Certainty:
    """Certain before the day; from then on open with what is no longer known."""
    return lambda day: "certain" if day < first_possible else "possible"


def known(builder: Builder, *found: Fact, ago: int = 25) -> list[Fact]:
    """Every department answered `ago` days before the first date; all nothing but for `found`."""
    as_of, codes = builder.day(-ago), {fact.code for fact in found}
    return [none(code, as_of) for code in ANSWERED if code not in codes] + list(found)


def owned(builder: Builder, code: str, quantity: str | None = "1", ago: int = 25) -> Fact:
    """So many dwellings (A03) or vehicles (A04); quantity None: found, but not how many."""
    return hit(code, builder.day(-ago), 8000 if code == "A03" else 5_000_000, quantity)


def died(builder: Builder, code: str = "S01", ago: int = 25) -> Fact:
    """Died (S01) or cremated (S03) two months before the first date."""
    month = month_before(builder.config.first_date, 2)
    return hit(code, builder.day(-ago), 0, "1", period_from=month, period_to=month)


def jailed(builder: Builder, ago: int = 25) -> Fact:
    """In custody for three months, still."""
    return hit("S02", builder.day(-ago), 0, "1", period_from=month_before(builder.config.first_date, 3))


def earned(builder: Builder, yuan_a_month: int) -> Fact:
    """Wages over the whole window."""
    first = builder.config.first_date
    return hit("I01", builder.day(-25), yuan_a_month * 1200, period_from=month_before(first, 12),
               period_to=month_before(first, 1))

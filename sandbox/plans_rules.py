"""Families for the rules that the background raises rarely or never: both sides of each line."""

from datetime import timedelta

from sandbox.builder import Builder
from sandbox.facts import Fact, hit, none
from sandbox.plan import Plan, died, known
from sandbox.population import Household
from sandbox.timeline import midnight, month_before

ASKED_AGO = 15
"""Answers within the month before the data dates, so that no month of the window is left to be carried on."""


def pension(builder: Builder, yuan_a_month: str) -> Fact:
    """A pension over the whole window."""
    first = builder.config.first_date
    return hit("I02", builder.day(-ASKED_AGO), int(float(yuan_a_month) * 1200), period_from=month_before(first, 12),
               period_to=month_before(first, 1))


def answered(builder: Builder, *found: Fact) -> list[Fact]:
    """Every department answered lately; all nothing but for `found`."""
    return known(builder, *found, ago=ASKED_AGO)


def alone(builder: Builder, district: str = "370102") -> Household:
    """One person by themselves."""
    return builder.planted(("02",), district)


def income_over_the_standard(builder: Builder) -> None:
    """B03: a yuan above the standard, exactly on it, and above it in a gradual exit that lasts or has lapsed."""
    for amount, over in (("1115", {}), ("1114", {}), ("2000", {"gradual_exit_until": builder.day(1)}),
                         ("2000", {"gradual_exit_until": builder.day(-1)})):
        home = alone(builder)
        builder.roster(home, "DB", **over)
        builder.province(home, {0: answered(builder, pension(builder, amount))})


def savings_and_businesses(builder: Builder) -> None:
    """B06 at and above 36 standards; B07 with and without capital."""
    limit = 36 * 111_400
    for found in (hit("A01", builder.day(-ASKED_AGO), limit), hit("A01", builder.day(-ASKED_AGO), limit + 1),
                  hit("A05", builder.day(-ASKED_AGO), 0, "1"), hit("A05", builder.day(-ASKED_AGO), 1_000_000, "1")):
        home = alone(builder)
        builder.roster(home, "BY")
        builder.province(home, {0: answered(builder, found)})


def paid_after_death_or_end(builder: Builder) -> None:
    """B10: nobody left to be paid, somebody left, a subsidy that runs on, a household that ended."""
    for roles in (("02",), ("02", "10")):
        home = builder.planted(roles, "370103")
        number = builder.roster(home, "DB")
        builder.paid(number, 50_000, (1, 2, 3))
        builder.province(home, {0: answered(builder, died(builder)), 1: answered(builder)})
    subsidised = alone(builder)
    builder.roster(subsidised, "ZC")
    builder.subsidise(subsidised.head, "NURSING")
    builder.province(subsidised, {0: answered(builder, died(builder))})
    for months in ((1,), (4,)):
        ended = alone(builder)
        number = builder.roster(ended, "DB", status="ENDED", ended_on=builder.day(-100))
        builder.paid(number, 50_000, months)


def rigid_expense(builder: Builder) -> None:
    """A03: expense of six tenths of the income, and a yuan less."""
    for self_pay in (2_160_000, 2_159_900):
        home = alone(builder)
        builder.province(home, {0: answered(builder, pension(builder, "3000"))})
        builder.insure(home, home.head)
        builder.settle(home.head, 1, midnight(builder.day(-60)) + timedelta(hours=10), self_pay)


def lost_employment(builder: Builder) -> None:
    """A09: insured by the report before and not by this one; the same without an earlier answer."""
    for has_earlier in (True, False):
        home = alone(builder)
        builder.roster(home, "BY")
        if has_earlier:
            builder.province(home, {0: [hit("S05", builder.day(-90), 0, "1")]}, checkedOn=builder.day(-85))
        builder.province(home, {0: [*answered(builder), hit("S05", builder.day(-ASKED_AGO), 0, "0")]}, serial=2)


def hardship_after_leaving(builder: Builder) -> None:
    """A10: left dibao within two years, or before, and now a heavy medical burden."""
    for ago in (200, 731):
        home = alone(builder)
        builder.roster(home, "DB", status="ENDED", ended_on=builder.day(-ago), approved_on=builder.day(-1500))
        builder.province(home, {0: [none("S01", builder.day(-ASKED_AGO))]})
        builder.insure(home, home.head)
        builder.settle(home.head, 1, midnight(builder.day(-30)) + timedelta(hours=10), 7_000_000)


RARE_RULES: tuple[Plan, ...] = (
    income_over_the_standard, savings_and_businesses, paid_after_death_or_end, rigid_expense, lost_employment,
    hardship_after_leaving)

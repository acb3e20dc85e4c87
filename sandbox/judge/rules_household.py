"""The rules whose subject is a household."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import inf

from sandbox.judge.day import Day, House
from sandbox.judge.law import ASSET_MONTHS, RIGID_RATIO, Law
from sandbox.judge.outcome import (
    CERTAIN,
    FALSE,
    POSSIBLE,
    UNKNOWN,
    Bounds,
    above,
    among,
    at_least,
    negated,
    told,
    total,
)
from sandbox.judge.persons import Subject
from sandbox.judge.rules_person import a04, a09, has_left_lately

REVIEW_DAYS = 30


@dataclass
class Household:
    """A household with its people; amounts of the window in fen."""

    day: Day
    house: House
    law: Law
    people: list[Subject]

    @cached_property
    def members(self) -> list[Subject]:
        """Those whom the forming source names."""
        ours = {person.no for person in self.house.members}
        return [one for one in self.people if one.person.no in ours]

    @cached_property
    def counted(self) -> list[Subject]:
        """Members neither dead nor in custody."""
        return [one for one in self.members if one.is_counted]

    @property
    def programme(self) -> str | None:
        """Of the roster household itself, while it is ACTIVE."""
        row = self.house.roster
        return row["programme"] if row and self.day.status(row) == "ACTIVE" else None

    def is_free(self, *programmes: str) -> bool:
        """No member is covered by any of these (any at all when none is named)."""
        covering = set().union(*(one.programmes for one in self.members)) if self.members else set()
        return not (covering.intersection(programmes) if programmes else covering)

    def income(self, is_carried: bool, is_disregarded: bool) -> Bounds:
        """Of the counted members."""
        return total([one.income(is_carried, is_disregarded) for one in self.counted])

    def of_pieces(self, code: str) -> Bounds:
        """Quantities of the counted members."""
        return total([one.answers.pieces(code) for one in self.counted])

    @cached_property
    def assets_over(self) -> int:
        """Savings, securities and insurance above the limit."""
        worth = total([one.answers.worth(code) for one in self.counted for code in ("A01", "A02", "A07")])
        return above(worth, ASSET_MONTHS * self.law.standard * len(self.counted))

    @cached_property
    def business(self) -> int:
        """A registered business with capital."""
        outcomes = [FALSE]
        for one in self.counted:
            rows = one.answers.won("A05")
            outcomes += [POSSIBLE] if rows is None else [
                min(at_least(row.pieces, 1), above(row.worth, 0)) for row in rows]
        return max(outcomes)

    @cached_property
    def property_over(self) -> int:
        """Any of the four limits."""
        return max(self.assets_over, at_least(self.of_pieces("A04"), 1), at_least(self.of_pieces("A03"), 2),
                   self.business)

    @cached_property
    def entry(self) -> int:
        """What A01 to A03 need beside their lines: facts of everybody counted, property within the limit."""
        if not self.counted or not all(one.answers.has_facts for one in self.counted):
            return UNKNOWN
        cap = POSSIBLE if any(one.is_carried for one in self.counted) else CERTAIN
        return min(cap, negated(self.property_over))

    @cached_property
    def pc_income(self) -> Bounds:
        """Of all counted members over twelve months, after disregards, carried months too."""
        return self.income(is_carried=True, is_disregarded=True)

    @property
    def shares(self) -> int:
        """Months times people: an amount a head and month, times this, compares with the income of the window."""
        return 12 * len(self.counted)


def a01(it: Household) -> int:
    """Poor and outside DB and TK."""
    if not it.is_free("DB", "TK"):
        return FALSE
    return min(it.entry, negated(at_least(it.pc_income, it.law.standard * it.shares)))


def a02(it: Household) -> int:
    """Just above the standard and outside every programme."""
    if not it.is_free():
        return FALSE
    limit = min(2 * it.law.standard, it.law.minimum_wage) * it.shares
    low, high = it.pc_income
    from_ = it.law.standard * it.shares
    return min(it.entry, at_least((low, high), from_), negated(above((low, high), limit)))


def a03(it: Household) -> int:
    """Rigid expenses eat up the income."""
    if not it.is_free() or max(a01(it), a02(it)) >= POSSIBLE:
        return FALSE
    low, high = it.pc_income
    yearly = it.law.yearly_income * len(it.counted)
    expense = sum(one.burden for one in it.counted)
    least, most = it.income(is_carried=True, is_disregarded=False)
    heavy = expense > 0 and expense >= RIGID_RATIO * least
    is_sure = heavy and most != inf and expense >= RIGID_RATIO * most
    return min(it.entry, negated(at_least((low, high), yearly)), among(is_sure, heavy))


def a08(it: Household) -> int:
    """Monitored against relapse and not covered."""
    return told(it.day.is_monitored(it.house.home.no) and it.is_free())


def a10(it: Household) -> int:
    """Left lately, and something has happened to a member."""
    left = bool(it.members) and has_left_lately(it.members[0])
    if not left or not it.is_free("DB", "TK"):
        return FALSE
    return max(max(a04(one), a09(one)) for one in it.members)


def b03(it: Household) -> int:
    """DB with an income above the standard."""
    row = it.house.roster
    until = row["gradual_exit_until"] if row else None
    if it.programme != "DB" or (until and until >= it.day.date):
        return FALSE
    income = it.income(is_carried=False, is_disregarded=True)
    return above(income, it.law.standard * it.shares) if it.counted else UNKNOWN


def b04(it: Household) -> int:
    """A vehicle."""
    return _of_covered(it, lambda: at_least(it.of_pieces("A04"), 1))


def b05(it: Household) -> int:
    """Two dwellings."""
    return _of_covered(it, lambda: at_least(it.of_pieces("A03"), 2))


def b06(it: Household) -> int:
    """Savings above the limit."""
    return _of_covered(it, lambda: it.assets_over)


def b07(it: Household) -> int:
    """A business."""
    return _of_covered(it, lambda: it.business)


def _of_covered(it: Household, judged: Callable[[], int]) -> int:
    if it.programme not in ("DB", "BY"):
        return FALSE
    return judged() if it.counted else UNKNOWN


def authorized_until(it: Household) -> str | None:
    """The latest of the newest report's and of the smallest of each city family; None: never authorized."""
    number = it.house.home.no
    ends = [it.day.reports[number]["authorizedUntil"]] if number in it.day.reports else []
    city = it.day.city_families.get(number)
    ends += [min(it.day.city[person].row["sqyxq"] for person in city)] if city else []
    return max(ends, default=None)


def q01(it: Household, has_entry_open: bool) -> int:
    """The consent is about to lapse, or has lapsed, where somebody relies on it."""
    relies = it.programme is not None or it.day.is_monitored(it.house.home.no) or has_entry_open
    until = authorized_until(it)
    return told(relies and until is not None and until <= (it.day.date + timedelta(days=REVIEW_DAYS)).isoformat())


def q04(it: Household) -> int:
    """The review is overdue."""
    if it.programme is None or it.house.roster is None:
        return FALSE
    due = it.house.roster["next_review_on"]
    return UNKNOWN if due is None else told(due < it.day.date)


HOUSEHOLD_RULES: dict[str, Callable[[Household], int]] = {
    "A01": a01, "A02": a02, "A03": a03, "A08": a08, "A10": a10, "B03": b03, "B04": b04, "B05": b05, "B06": b06,
    "B07": b07, "Q04": q04}

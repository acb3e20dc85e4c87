"""The parameters of the demo, with the days they begin, in fen."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

from sandbox.population import townships

STANDARDS = ((date(2020, 4, 1), 740_00, 494_00), (date(2021, 1, 1), 904_00, 676_00), (date(2022, 1, 1), 995_00, 770_00),
             (date(2023, 1, 1), 1045_00, 814_00), (date(2024, 1, 1), 1114_00, 884_00))
MINIMUM_WAGES = ((date(2021, 10, 1), 2100_00, 1900_00), (date(2023, 10, 1), 2200_00, 2010_00),
                 (date(2025, 10, 1), 2400_00, 2210_00))
CENTRE = ("370103", "370104", "370105", "370112", "370176")
FIRST_TIER = ("370102", "370103", "370104", "370105", "370112", "370176")
TRIALS = ("370103", "370117")
YEARLY_INCOME = {True: 62_506_00, False: 25_587_00}
OLD_CODES = {"371202": "370116", "371203": "370117", "370181": "370114", "370125": "370115", "370123": "370113"}
COST_SHARE, RIGID_RATIO = Fraction(3, 10), Fraction(6, 10)
MEDICAL_TRIGGER, LOWER_TRIGGER = Fraction(1), Fraction(1, 2)
ASSET_MONTHS = 36


@dataclass(frozen=True)
class Law:
    """What holds in one place on one day; yuan figures in fen, a month or (`yearly_income`) a year."""

    standard: int
    minimum_wage: int
    yearly_income: int
    is_trial: bool


def district_of(area_code: str | None) -> str | None:
    """The present district in Jinan; None when outside or unknown."""
    code = str(area_code or "")[:6]
    present = OLD_CODES.get(code, code)
    return present if present in _districts() else None


@cache
def _districts() -> frozenset[str]:
    return frozenset(township[:6] for township, _, _ in townships())


def law_of(district: str, is_urban: bool, day: date) -> Law:
    """The parameters in force."""
    standard = _last(STANDARDS, day, 1 if is_urban or district in CENTRE else 2)
    wage = _last(MINIMUM_WAGES, day, 1 if district in FIRST_TIER else 2)
    return Law(standard, wage, YEARLY_INCOME[is_urban], district in TRIALS)


def _last(table: tuple[tuple[date, int, int], ...], day: date, column: int) -> int:
    return [int(row[column]) for row in table if row[0] <= day][-1]  # type: ignore[call-overload]

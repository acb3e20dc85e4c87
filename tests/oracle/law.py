"""The dated parameters (rules, section 4) and the districts of Jinan with the codes they had before."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

STANDARD = [  # from, urban, rural; yuan a person and month
    (date(2020, 4, 1), 740, 494),
    (date(2021, 1, 1), 904, 676),
    (date(2022, 1, 1), 995, 770),
    (date(2023, 1, 1), 1045, 814),
    (date(2024, 1, 1), 1114, 884),
]
ONE_STANDARD_FOR_TOWN_AND_VILLAGE = {"370103", "370104", "370105", "370112", "370176"}
MINIMUM_WAGE = [  # from, tier 1, tier 2; yuan a month
    (date(2021, 10, 1), 2100, 1900),
    (date(2023, 10, 1), 2200, 2010),
    (date(2025, 10, 1), 2400, 2210),
]
TIER_1 = {"370102", "370103", "370104", "370105", "370112", "370176"}
DISPOSABLE_INCOME = {"urban": 62506, "rural": 25587}  # 2023, the last published; yuan a person and year
EMPLOYMENT_COST_SHARE, RIGID_RATIO = Fraction(30, 100), Fraction(60, 100)
MEDICAL_TRIGGER, LOWER_MEDICAL_TRIGGER = Fraction(1), Fraction(1, 2)
ASSET_MONTHS = 36
EXTENDED_DISTRICTS = {"370103", "370117"}  # nursing_levels_3_4 and living_borderline

DISTRICTS = {
    "370102", "370103", "370104", "370105", "370112", "370113", "370114", "370115", "370116", "370117", "370124",
    "370126", "370176",
}  # fmt: skip
FORMER_CODES = {
    "370121": "370112", "370111": "370112", "370123": "370113", "370122": "370114", "379018": "370114",
    "370181": "370114", "372430": "370115", "370125": "370115", "372621": "370116", "372602": "370116",
    "370901": "370116", "379004": "370116", "371202": "370116", "371203": "370117", "372627": "370124",
    "372429": "370126",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A district with residence, and what the law says there on a day."""

    district: str
    residence: str
    on: date

    @property
    def standard(self) -> Fraction:
        """Dibao standard, yuan a person and month."""
        _, urban, rural = [row for row in STANDARD if row[0] <= self.on][-1]
        is_urban = self.residence == "urban" or self.district in ONE_STANDARD_FOR_TOWN_AND_VILLAGE
        return Fraction(urban if is_urban else rural)

    @property
    def minimum_wage(self) -> Fraction:
        """Yuan a month."""
        _, tier_1, tier_2 = [row for row in MINIMUM_WAGE if row[0] <= self.on][-1]
        return Fraction(tier_1 if self.district in TIER_1 else tier_2)

    @property
    def borderline(self) -> Fraction:
        """Upper line of A02, yuan a person and month."""
        return min(2 * self.standard, self.minimum_wage)

    @property
    def disposable_income(self) -> Fraction:
        """Yuan a person and year."""
        return Fraction(DISPOSABLE_INCOME[self.residence])

    @property
    def asset_limit(self) -> Fraction:
        """Deposits, securities and insurance, yuan a counted member."""
        return ASSET_MONTHS * self.standard

    @property
    def is_extended(self) -> bool:
        """Whether the district pays nursing for levels 3 and 4, and living to borderline households."""
        return self.district in EXTENDED_DISTRICTS


def district_of(area_code: str | None) -> str | None:
    """The present district of an area code; None outside Jinan and when unknown."""
    code = (area_code or "")[:6]
    present = FORMER_CODES.get(code, code)
    return present if present in DISTRICTS else None


def residence_by_code(area_code: str) -> str:
    """Digits 7 to 9: 001–099 town, 100–399 village, anything else taken as town."""
    digits = area_code[6:9]
    return "rural" if digits.isdigit() and 100 <= int(digits) <= 399 else "urban"

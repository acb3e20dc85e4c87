"""What is known on a data date, and the calendar of the rules."""

import calendar
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

Row = dict[str, Any]

ROSTER, PROVINCE, CITY = "assistance_roster", "province_check", "city_check"
MEDICAL, RURAL, FEDERATION = "medical_insurance", "rural_revitalization", "disabled_federation"
SOURCES = (ROSTER, PROVINCE, CITY, RURAL, MEDICAL, FEDERATION)  # the most authoritative first
MAX_AGE = {ROSTER: 1}
WEIGHTS, CHECK_DIGITS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


@dataclass(frozen=True)
class EmploymentAnswer:
    """An answered S05 row, with the identity text of its record."""

    row: Row
    stated_id: str | None


@dataclass(frozen=True, eq=False)
class Day:
    """The rows of every source's last good day, the person of each current record, and the stale sources.

    `employment_received` are the answered S05 rows of today and of every day before.
    """

    date: date
    tables: dict[str, list[Row]]
    person_of: dict[str, str]
    stale: frozenset[str]
    employment_received: tuple[EmploymentAnswer, ...] = ()

    def rows(self, table: str, source: str | None = None) -> list[Row]:
        """Rows of a canonical table, of one source if named."""
        return [row for row in self.tables.get(table, []) if source in (None, row["source"])]

    @property
    def month(self) -> int:
        """The month of the data date."""
        return month_of(self.date)

    @property
    def window(self) -> range:
        """The twelve whole months before the month of the data date."""
        return range(self.month - 12, self.month)

    @cached_property
    def newest_reports(self) -> dict[str, Row]:
        """Province household → its newest report. A higher version replaces the lower, whatever its date."""
        versions: dict[str, Row] = {}
        for row in self.rows("check_report", PROVINCE):
            old = versions.get(row["report_no"])
            if old is None or row["report_version"] > old["report_version"]:
                versions[row["report_no"]] = row
        reports: dict[str, Row] = {}
        for row in sorted(versions.values(), key=age_of_report):
            reports[row["household_key"]] = row
        return reports

    @cached_property
    def current(self) -> dict[str, list[Row]]:
        """Source → the person rows it says today: newest reports, city rows not withdrawn, all of the others."""
        newest = {(row["report_no"], row["report_version"]) for row in self.newest_reports.values()}
        rows = defaultdict(list)
        for row in self.rows("person_record"):
            is_current = (row["report_no"], row["report_version"]) in newest
            if is_current if row["source"] == PROVINCE else row["is_valid"]:
                rows[row["source"]].append(row)
        return rows

    @cached_property
    def records(self) -> dict[str, list[Row]]:
        """Person → current rows in all sources."""
        rows = defaultdict(list)
        for source in SOURCES:
            for row in self.current[source]:
                rows[self.person_of[row["record_key"]]].append(row)
        return rows

    def knows(self, source: str, person: str) -> bool:
        """Whether a source has a current row of the person."""
        return any(row["source"] == source for row in self.records.get(person, []))


def employment_answers(tables: dict[str, list[Row]]) -> list[EmploymentAnswer]:
    """The answered S05 rows among the facts of any report version and city row."""
    stated = {(r["record_key"], r["report_version"]): r["id_raw"] for r in tables.get("person_record", [])}
    return [
        EmploymentAnswer(row, stated.get((row["record_key"], row["report_version"])))
        for row in tables.get("economic_fact", [])
        if row["item_code"] == "S05" and row["status"] in ("HIT", "NONE")
    ]


def age_of_report(row: Row) -> tuple[date, int, str]:
    """What orders the reports of a household or person from old to new."""
    return row["checked_on"], row["report_version"], row["report_no"]


def month_of(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def month(text: str | None) -> int | None:
    """A month written yyyymm."""
    return None if text is None else int(text[:4]) * 12 + int(text[4:]) - 1


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    year, index = divmod(month_of(day) + months, 12)
    return date(year, index + 1, min(day.day, calendar.monthrange(year, index + 1)[1]))


def completed_years(born: date, on: date) -> int:
    """Age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def valid_id(text: str | None) -> str | None:
    """The citizen ID of 18 digits when date and check digit are right, one of 15 digits upgraded; else None."""
    if text is None:
        return None
    if re.fullmatch("[0-9]{15}", text):
        text = text[:6] + "19" + text[6:] + check_digit(text[:6] + "19" + text[6:])
    if not re.fullmatch("[0-9]{17}[0-9X]", text) or check_digit(text[:17]) != text[17] or birth_date_of(text) is None:
        return None
    return text


def check_digit(body: str) -> str:
    """ISO 7064 MOD 11-2 of 17 digits."""
    return CHECK_DIGITS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True)) % 11]


def birth_date_of(citizen_id: str) -> date | None:
    """The date inside an ID of 18 digits."""
    try:
        return date(int(citizen_id[6:10]), int(citizen_id[10:12]), int(citizen_id[12:14]))
    except ValueError:
        return None

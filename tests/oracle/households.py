"""Families of several systems as one household (rules, section 2)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property

from tests.oracle.day import CITY, PROVINCE, ROSTER, RURAL, Row, age_of_report
from tests.oracle.facts import Facts, is_in_force
from tests.oracle.law import Place, district_of, residence_by_code

ROSTER_LEVEL, PROVINCE_LEVEL, CITY_LEVEL, RURAL_LEVEL, ENDED_LEVEL = range(5)
LONG_AGO, LATE = datetime.min, datetime.max


@dataclass(frozen=True)
class Family:
    """One family as one system names it."""

    key: str
    source: str
    level: int
    is_lapsed: bool
    people: frozenset[str]
    in_force: frozenset[str]
    head: str | None
    area_code: str | None
    claimed_at: dict[str, datetime]

    def claim(self, person: str) -> tuple[int, bool, float, str]:
        """The lower, the stronger: the more authoritative, in force, newer, of lower key."""
        age = (LATE - self.claimed_at[person]).total_seconds()
        return self.level, self.is_lapsed, age, self.key


@dataclass
class Household:
    """The family that formed it, those that joined, and ended roster households as its history."""

    forming: Family
    joined: list[Family] = field(default_factory=list)
    history: list[Family] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)

    @property
    def key(self) -> str:
        """The forming family's key names the household on this day."""
        return self.forming.key

    @property
    def families(self) -> list[Family]:
        """All but history, the strongest first."""
        return [self.forming, *self.joined]

    @property
    def everybody(self) -> set[str]:
        """Everyone whom a family names, wherever the person stands."""
        return {person for family in self.families for person in family.people}

    @property
    def members(self) -> list[str]:
        """Those standing here whom the most authoritative system names; the others are only also seen."""
        named = {p for family in self.families if family.level == self.forming.level for p in family.people}
        return sorted(self.standing & named)

    @property
    def ended(self) -> list[Family]:
        """Ended roster households that belong here."""
        return [family for family in [self.forming, *self.history] if family.level == ENDED_LEVEL]

    @property
    def keys(self) -> set[str]:
        """Every household number of every system."""
        return {family.key for family in [*self.families, *self.history]}


@dataclass(frozen=True)
class Households:
    """All households of a day, and where each person stands."""

    facts: Facts

    @cached_property
    def all(self) -> dict[str, Household]:
        """Forming key → household."""
        formed: list[Household] = []
        for family in self._families():
            home = None if family.level == ROSTER_LEVEL else self._home(family, formed)
            if home is None:
                formed.append(Household(family))
            else:
                (home.history if family.level == ENDED_LEVEL else home.joined).append(family)
        self._place(formed)
        return {household.key: household for household in formed}

    def _home(self, family: Family, formed: list[Household]) -> Household | None:
        """The household with the same head, else the one that shares the most persons, at least two."""
        by_key = sorted(formed, key=lambda household: household.key)
        same_head = [h for h in by_key if family.head is not None and h.forming.head == family.head]
        shared = {h.key: len(h.everybody & family.people) for h in by_key}
        sharing = sorted((h for h in by_key if shared[h.key] >= 2), key=lambda h: -shared[h.key])
        return next(iter(same_head + sharing), None)

    def _place(self, formed: list[Household]) -> None:
        claims = defaultdict(list)
        for household in formed:
            for family in household.families:
                for person in family.people:
                    claims[person].append((family.claim(person), household))
        for person, claimed in claims.items():
            min(claimed, key=lambda claim: claim[0])[1].standing.add(person)

    @cached_property
    def home_of(self) -> dict[str, Household]:
        """Person → the one household where the person stands."""
        return {person: household for household in self.all.values() for person in household.standing}

    def counted(self, household: Household) -> list[str]:
        """Members less the dead and those in custody."""
        facts = self.facts
        return [p for p in household.members if not facts.is_dead(p) and not facts.is_in_custody(p)]

    def place(self, household: Household) -> Place | None:
        """District and residence; None outside Jinan or unknown."""
        code = next((family.area_code for family in household.families if family.area_code), None)
        district = district_of(code)
        if code is None or district is None:
            return None
        return Place(district, self._residence(household, code), self.facts.day.date)

    def _residence(self, household: Household, code: str) -> str:
        stated = self.coverage[household.key]["urban_rural"] if household.key in self.coverage else None
        is_rural = any(family.source == RURAL for family in household.families)
        return stated or ("rural" if is_rural else residence_by_code(code))

    # families

    @cached_property
    def coverage(self) -> dict[str, Row]:
        """Roster households approved by the data date, by key."""
        today = self.facts.day.date
        rows = self.facts.day.rows("coverage")
        return {row["household_key"]: row for row in rows if row["approved_on"] <= today}

    def is_ended(self, key: str) -> bool:
        """An end after the data date is not in effect yet."""
        row = self.coverage[key]
        is_future = row["ended_on"] is not None and row["ended_on"] > self.facts.day.date
        return row["status"] == "ENDED" and not is_future

    def is_active(self, key: str) -> bool:
        """Whether a household key is a roster household that covers its members today."""
        row = self.coverage.get(key)
        return row is not None and row["status"] != "SUSPENDED" and not self.is_ended(key)

    def _families(self) -> list[Family]:
        """In the order of forming."""
        families = [*self._roster(), *self._province(), *self._city(), *self._rural()]
        return sorted(families, key=lambda family: (family.level, family.is_lapsed, family.key))

    def roster_rows(self, key: str) -> list[Row]:
        """Members on the data date; the last members of an ended household."""
        rows = self._rows_by_household[ROSTER, key]
        if self.is_ended(key):
            ended_on = self.coverage[key]["ended_on"] or date.min
            return [row for row in rows if row["left_on"] is None or row["left_on"] >= ended_on]
        return [row for row in rows if row["left_on"] is None or row["left_on"] > self.facts.day.date]

    def all_roster_rows(self, key: str) -> list[Row]:
        """Every member row of a roster household, also of those who left."""
        return self._rows_by_household[ROSTER, key]

    @cached_property
    def _rows_by_household(self) -> dict[tuple[str, str], list[Row]]:
        rows = defaultdict(list)
        for source, records in self.facts.day.current.items():
            for row in records:
                if row["household_key"]:
                    rows[source, row["household_key"]].append(row)
        return rows

    def _roster(self) -> Iterable[Family]:
        for key, row in self.coverage.items():
            level = ENDED_LEVEL if self.is_ended(key) else ROSTER_LEVEL
            rows = self.roster_rows(key)
            if level == ENDED_LEVEL and not rows:
                continue
            yield self._family(
                key, ROSTER, level, False, rows, row["area_code"], [_midnight(row["approved_on"])] * len(rows)
            )

    def _province(self) -> Iterable[Family]:
        for key, report in self.facts.day.newest_reports.items():
            rows = self._rows_by_household[PROVINCE, key]
            is_lapsed = report["authorized_until"] < self.facts.day.date
            dates = [_midnight(report["checked_on"])] * len(rows)
            yield self._family(key, PROVINCE, PROVINCE_LEVEL, is_lapsed, rows, report["area_code"], dates)

    def _city(self) -> Iterable[Family]:
        for (source, key), rows in self._rows_by_household.items():
            if source == CITY:
                is_lapsed = not any(is_in_force(row, self.facts.day.date) for row in rows)
                yield self._family(key, CITY, CITY_LEVEL, is_lapsed, rows, None, [_updated(row) for row in rows])

    def _rural(self) -> Iterable[Family]:
        for (source, key), rows in self._rows_by_household.items():
            if source == RURAL:
                yield self._family(key, RURAL, RURAL_LEVEL, False, rows, None, [_updated(row) for row in rows])

    def _family(
        self,
        key: str,
        source: str,
        level: int,
        is_lapsed: bool,
        rows: list[Row],
        area: str | None,
        dates: list[datetime],
    ) -> Family:
        person_of = self.facts.day.person_of
        head = self._head(rows)
        claimed_at: dict[str, datetime] = {}
        for row, day in zip(rows, dates, strict=True):
            person = person_of[row["record_key"]]
            claimed_at[person] = max(day, claimed_at.get(person, LONG_AGO))
        if source in (CITY, RURAL) and head:
            area = head["area_code"]
        head_person = person_of[head["record_key"]] if head else None
        in_force = frozenset(person_of[row["record_key"]] for row in rows if is_in_force(row, self.facts.day.date))
        return Family(key, source, level, is_lapsed, frozenset(claimed_at), in_force, head_person, area, claimed_at)

    def _head(self, rows: list[Row]) -> Row | None:
        """Relation 01 or 02, or the only member; when dead or absent the lowest member number of the living."""
        in_order = sorted(rows, key=_member_order)
        living = [row for row in in_order if not self.facts.is_dead(self.facts.day.person_of[row["record_key"]])]
        marked = [row for row in living if row["is_head"]]
        return next(iter(marked + living + in_order), None)


def newest_report(reports: Iterable[Row]) -> Row | None:
    """The newest of several households' reports."""
    return max(reports, key=age_of_report, default=None)


def _member_order(row: Row) -> tuple[int, str]:
    number = row["member_no"]
    return (int(number) if number and number.isdigit() else 10**9), row["record_key"]


def _updated(row: Row) -> datetime:
    return row["updated_at"] or LONG_AGO


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())

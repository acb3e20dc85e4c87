"""A day of the world: what each source says by its end, put together by persons and households that are known."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sandbox.builder import Builder
from sandbox.judge.answers import Answers, of_city, of_province
from sandbox.judge.months import add_months, month_of
from sandbox.population import Household, Person
from sandbox.timeline import Row, end_of

ROSTER, PROVINCE, CITY, RURAL = range(4)
Cache = dict[tuple[int, int, int], Answers]


@dataclass(slots=True)
class Family:
    """A household as one source names it; families sort by `rank`, claims on a person by `claim`."""

    level: int
    is_lapsed: bool
    key: str
    persons: list[Person]
    area_code: str
    newest: str

    @property
    def rank(self) -> tuple[int, bool, str]:
        """The order in which households form."""
        return self.level, self.is_lapsed, self.key


@dataclass(slots=True)
class House:
    """A household on the day: `members` are the forming source's, `seen` those whom a lower one adds."""

    home: Household
    families: list[Family]
    members: list[Person]
    seen: list[Person]
    roster: Row | None
    ended: Row | None


class Day:
    """All that the rules ask of a day."""

    def __init__(self, builder: Builder, day: date, cache: Cache) -> None:
        self.builder, self.date, self.month = builder, day, month_of(day)
        self.end = end_of(day)
        self.cache = cache
        self.people = builder.population.people
        self._read_roster()
        self._read_checks()
        self.rural = {_number(key): v.value for key, v in builder.monitored.before(self.end)}
        self.certificates = {int(key): v.value for key, v in builder.certificates.before(self.end)}
        self.insured = {_number(key): v.value for key, v in builder.insured.before(self.end)}
        self.burdens = self._burdens()
        self._settle_households()

    def _read_roster(self) -> None:
        self.roster = {_number(key): v.value for key, v in self.builder.coverages.before(self.end)}
        self.enrolled: dict[int, list[tuple[Person, Row]]] = defaultdict(list)
        for key, version in self.builder.roster_members.before(self.end):
            number, place = key.split("/")
            self.enrolled[_number(number)].append((self.builder.listed[number][int(place) - 1], version.value))
        self.subsidies: dict[int, list[Row]] = defaultdict(list)
        for key, version in self.builder.subsidies.before(self.end):
            self.subsidies[int(key[2:10])].append(version.value)
        self.paid: dict[int, set[int]] = defaultdict(set)
        for row in self.builder.payments:
            if row["paid_on"] <= self.date:
                month = int(row["month"][:4]) * 12 + int(row["month"][4:]) - 1
                self.paid[_number(row["household_no"])].add(month)
        self.covered: dict[int, list[tuple[str, int, bool]]] = defaultdict(list)
        for number, row in self.roster.items():
            if self.status(row) == "ACTIVE":
                for person, member in self.enrolled[number]:
                    if not self.has_left(member):
                        self.covered[person.no].append((row["programme"], number, member["single_person_dibao"]))

    def status(self, row: Row) -> str:
        """ACTIVE, SUSPENDED, ENDED, or FUTURE before the approval; an end that lies ahead is none yet."""
        if row["approved_on"] > self.date:
            return "FUTURE"
        if row["status"] == "ENDED" and row["ended_on"] and row["ended_on"] > self.date:
            return "ACTIVE"
        return str(row["status"])

    def has_left(self, member: Row) -> bool:
        """No member of the roster household any more."""
        return bool(member["left_on"] and member["left_on"] <= self.date)

    def _read_checks(self) -> None:
        self.reports: dict[int, Row] = {}
        on = self.date.isoformat()
        for _, version in self.builder.reports.before(self.end):
            report = version.value
            number = _number(report["householdNo"])
            if report["checkedOn"] <= on and (number not in self.reports or _newer(report, self.reports[number])):
                self.reports[number] = report
        self.listed_in: dict[int, tuple[Row, int]] = {}
        for report in self.reports.values():
            for place, person in enumerate(self.builder.listed[report["reportNo"]]):
                if report["authorizedUntil"] >= on:
                    older = self.listed_in.get(person.no)
                    if older is None or _newer(report, older[0]):
                        self.listed_in[person.no] = report, place
        self.city = {_number(key): v.value for key, v in self.builder.city_persons.before(self.end)
                     if v.value.row["zt"] == 1}
        self.city_families: dict[int, list[int]] = defaultdict(list)
        for number, state in self.city.items():
            self.city_families[_number(state.row["hh"])].append(number)

    def is_consented(self, city_person: int) -> bool:
        """The person's row in the city's system is in force."""
        return bool(self.city[city_person].row["sqyxq"] >= self.date.isoformat())

    def answers(self, person: Person) -> Answers:
        """What is in force about a person."""
        report, place = self.listed_in.get(person.no, (None, 0))
        items = report["members"][place]["items"] if report else []
        state = self.city[person.no] if person.no in self.city and self.is_consented(person.no) else None
        key = (id(items) if report else 0, id(state) if state else 0, self.month)
        if key not in self.cache or key[:2] == (0, 0):
            self.cache[key] = Answers(of_province(items), of_city(state.items if state else []), self.month)
        return self.cache[key]

    def _burdens(self) -> dict[int, int]:
        """Person → fen paid by oneself within twelve months; a refund counts with what it reverses."""
        rows = {key: v.value for key, v in self.builder.settlements.before(self.end) if _adds_up(v.value)}
        since, sums = add_months(self.date, -12), defaultdict(int)
        for row in rows.values():
            bill = rows.get(row["refundOf"]) if row["refundOf"] else row
            if bill is None or datetime.fromisoformat(row["settledAt"]).date() > self.date:
                continue
            if since < datetime.fromisoformat(bill["settledAt"]).date() <= self.date:
                sums[_number(bill["psnNo"])] += round(row["selfPay"] * 100)
        return {number: max(0, fen) for number, fen in sums.items()}

    def _families(self) -> Iterator[tuple[int, Family]]:
        for number, row in self.roster.items():
            if self.status(row) in ("ACTIVE", "SUSPENDED"):
                persons = [person for person, member in self.enrolled[number] if not self.has_left(member)]
                yield number, Family(ROSTER, False, row["household_no"], persons, row["area_code"],
                                     row["approved_on"].isoformat())
        for number, report in self.reports.items():
            yield number, Family(PROVINCE, report["authorizedUntil"] < self.date.isoformat(), report["householdNo"],
                                 self.builder.listed[report["reportNo"]], report["areaCode"], report["checkedOn"])
        for number, persons in self.city_families.items():
            rows = [self.city[person].row for person in persons]
            yield number, Family(CITY, not any(map(self.is_consented, persons)), f"CH{number:08d}",
                                 [self.people[person] for person in persons], rows[0]["qhdm"],
                                 max(row["gxsj"] for row in rows))
        for number, lines in self.rural.items():
            yield number, Family(RURAL, False, f"RR{number:08d}", self.builder.listed[f"RR{number:08d}"],
                                 lines[0]["行政区划代码"], max(line["更新日期"].isoformat() for line in lines))

    def _settle_households(self) -> None:
        families: dict[int, list[Family]] = defaultdict(list)
        claims: dict[int, list[tuple[Family, int]]] = defaultdict(list)
        for number, family in self._families():
            families[number].append(family)
            for person in family.persons:
                claims[person.no].append((family, number))
        self.stands: dict[int, int] = {}
        self.claims = claims
        for person_no, claimed in claims.items():
            by_rank = sorted(claimed, key=lambda c: c[0].key)
            by_rank.sort(key=lambda c: c[0].newest, reverse=True)
            self.stands[person_no] = min(by_rank, key=lambda c: (c[0].level, c[0].is_lapsed))[1]
        self.houses = {number: self._house(number, sorted(found, key=lambda f: f.rank))
                       for number, found in families.items()}
        for number, row in self.roster.items():
            if number not in self.houses and self.status(row) == "ENDED":
                self._keep_last_members(number, row)

    def _house(self, number: int, families: list[Family]) -> House:
        named = {p.no: p for family in families for p in family.persons if self.stands[p.no] == number}
        ours = {p.no for family in families if family.level == families[0].level for p in family.persons}
        row = self.roster.get(number)
        stands = row is not None and self.status(row) in ("ACTIVE", "SUSPENDED")
        return House(self.builder.population.households[number - 1], families,
                     [p for p in named.values() if p.no in ours], [p for p in named.values() if p.no not in ours],
                     row if stands else None, row if row and self.status(row) == "ENDED" else None)

    def _keep_last_members(self, number: int, row: Row) -> None:
        last = self.last_members(number)
        members = [person for person in last if person.no not in self.stands]
        if not members:
            return
        for person in members:
            self.stands[person.no] = number
        family = Family(ROSTER, True, row["household_no"], members, row["area_code"], "")
        home = self.builder.population.households[number - 1]
        self.houses[number] = House(home, [family], members, [], None, row)

    def last_members(self, number: int) -> list[Person]:
        """Of an ended roster household: who had not left before the end."""
        ended = self.roster[number]["ended_on"]
        return [p for p, member in self.enrolled[number] if not member["left_on"] or member["left_on"] >= ended]

    def is_monitored(self, number: int) -> bool:
        """The rural bureau names the household and its risk is not removed."""
        return any(line["风险是否消除"] == "否" for line in self.rural.get(number, []))

    def programmes(self, person: Person) -> set[str]:
        """The programmes that cover the person."""
        return {programme for programme, _, _ in self.covered.get(person.no, [])}


def _number(key: Any) -> int:
    return int(str(key)[2:])


def _newer(report: Row, other: Row) -> bool:
    def order(row: Row) -> tuple[str, int, str]:
        return row["checkedOn"], row["version"], row["reportNo"]
    return order(report) > order(other)


def _adds_up(row: Row) -> bool:
    parts = round((row["fundPay"] + row["aidPay"] + row["selfPay"]) * 100)
    return abs(round(row["totalFee"] * 100) - parts) <= 1

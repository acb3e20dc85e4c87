"""Small nasty worlds as canonical rows: clusters of a few persons, with every line hit exactly and by one fen.

A world is a lake's worth of rows a day. Clusters share nothing, so that a difference points at a few rows. All
people are synthetic: sequence numbers 900 to 999 of their IDs are given to nobody.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.oracle.day import (
    CITY,
    FEDERATION,
    MEDICAL,
    PROVINCE,
    ROSTER,
    RURAL,
    SOURCES,
    Row,
    add_months,
    check_digit,
)

STARTS = (date(2026, 11, 22), date(2026, 3, 30), date(2025, 9, 29), date(2023, 12, 30), date(2024, 2, 28))
DAYS = (0, 1, 2, 3, 7)  # days after the start; a week in which sources miss days and turn stale
AREAS = (
    "370102001003", "370103001001", "370114101005", "370117102001", "370112400001", "370176001001", "370124",
    "370181100003", "371202101001", "370202001001", "371200", None,
)  # fmt: skip
INCOMES = ("I01", "I02", "I03", "I04", "I05", "I06", "I07")
ASSETS = ("A01", "A02", "A03", "A04", "A05", "A06", "A07")
STATES = ("S01", "S02", "S03", "S04", "S05")
SYLLABLES = "安柏成达恩凡高海吉康兰明宁平秋然思唐万希雅泽志竹春冬夏冰波川德东芳刚光国汉和"


@dataclass
class Person:
    """A synthetic human."""

    name: str
    sex: str
    born: date
    citizen_id: str | None


@dataclass
class Delivery:
    """What the sources bring on one day: rows by source and table; a source that does not come is absent."""

    date: date
    rows: dict[str, dict[str, list[Row]]]


@dataclass
class Cluster:
    """A few persons and what each source says of them today; regenerated piece by piece from day to day."""

    number: int
    chance: random.Random
    start: date
    temper: str = "any"
    area: str | None = None
    people: list[Person] = field(default_factory=list)
    rows: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    reports: int = 0

    def __post_init__(self) -> None:
        """People first, then every source. A temper brings the rarer rules into reach."""
        self.temper = self.chance.choice(("any", "any", "any", "income", "income", "employment"))
        self.area = self.chance.choice(AREAS[: 6 if self.chance.random() < 0.7 else None])
        self.people = [self._person(place) for place in range(self.chance.choice((1, 1, 2, 2, 3, 4)))]
        for source in SOURCES:
            self.tell(source, self.start)

    def tell(self, source: str, today: date) -> None:
        """Let a source say something new; reports received before stay."""
        kept = self.rows.get(source, {}) if source == PROVINCE else {}
        tables: dict[str, list[Row]] = defaultdict(list, {name: list(rows) for name, rows in kept.items()})
        tellers = {
            ROSTER: self._roster, PROVINCE: self._province, CITY: self._city, MEDICAL: self._medical,
            RURAL: self._rural, FEDERATION: self._federation,
        }  # fmt: skip
        tellers[source](tables, today)
        self.rows[source] = tables

    # small chances

    def maybe(self, probability: float) -> bool:
        """True now and then."""
        return self.chance.random() < probability

    def near(self, day: date, *offsets: int) -> date:
        """A day at or beside a boundary."""
        return day + timedelta(days=self.chance.choice((-1, 0, 1, *offsets)))

    def some_people(self, least: int = 1) -> list[int]:
        """Places of some of the people, usually all."""
        everyone = list(range(len(self.people)))
        if self.maybe(0.6):
            return everyone
        return sorted(self.chance.sample(everyone, max(least, self.chance.randint(0, len(everyone)))))

    def fen_near(self, yuan: int) -> int:
        """On the line, or one fen off."""
        return yuan * 100 + self.chance.choice((-1, 0, 1))

    # people

    def _person(self, place: int) -> Person:
        borders = [add_months(self.start, -12 * years) for years in (18, 60)]
        born = (
            self.near(self.chance.choice(borders), 2)
            if self.maybe(0.3)
            else date(1960, 1, 1) + timedelta(days=self.chance.randrange(18000))
        )
        area = self.chance.choice(("370102", "370121", "371202", "410105"))
        body = f"{area}{born:%Y%m%d}{900 + (4 * self.number + place) % 100:03d}"
        name = "".join((self.chance.choice("赵钱孙李"), *(SYLLABLES[n] for n in divmod(self.number, len(SYLLABLES)))))
        citizen_id = body + check_digit(body) if not self.maybe(0.04) else None
        return Person(name + "甲乙丙丁"[place], str(1 + int(body[16]) % 2), born, citizen_id)

    def _record(self, source: str, key: str, household: str | None, person: Person, **more: object) -> Row:
        empty = dict.fromkeys((
            "member_no", "report_no", "report_version", "id_problem", "relation", "is_head", "phone", "address",
            "area_code", "updated_at", "authorized_until", "checked_on", "left_on", "single_person_dibao",
        ))  # fmt: skip
        return empty | {
            "source": source, "record_key": f"{source}:{key}", "name": person.name, "id_type": "1",
            "household_key": f"{source}:{household}" if household else None, "id_raw": self._stated(person),
            "sex": person.sex, "birth_date": person.born, "is_valid": True,
        } | more  # fmt: skip

    def _stated(self, person: Person) -> str | None:
        """Usually the ID; else of 15 digits, one digit wrong, or another's."""
        if person.citizen_id is None or self.maybe(0.98):
            return person.citizen_id
        short = person.citizen_id[:6] + person.citizen_id[8:17]
        return self.chance.choice((
            short if person.born.year < 2000 else None, self._mistyped(person.citizen_id),
            self.chance.choice(self.people or [person]).citizen_id,
        ))  # fmt: skip

    @staticmethod
    def _mistyped(citizen_id: str) -> str:
        return citizen_id[:16] + str((int(citizen_id[16]) + 1) % 10) + citizen_id[17:]

    def _heads(self, places: list[int]) -> int | None:
        return self.chance.choice((places[0], places[0], places[0], places[-1], None))

    # roster

    def _roster(self, tables: dict[str, list[Row]], today: date) -> None:
        if self.temper == "income" and self.maybe(0.85):
            return
        for number in range(self.chance.choice((0, 1, 1, 1, 2, 2, 3))):
            self._roster_household(tables, today, f"J{self.number}-{number}")
        for number in range(self.chance.choice((0, 0, 1, 2))):
            self._subsidy(tables, today, f"{self.number}-{number}")

    def _roster_household(self, tables: dict[str, list[Row]], today: date, key: str) -> None:
        status = self.chance.choice(("ACTIVE",) * 4 + ("SUSPENDED", "ENDED", "ENDED"))
        ended = self.near(self.chance.choice((today, add_months(today, -24), add_months(today, -3))))
        programme = self.chance.choice(("DB", "DB", "DB", "BY", "BY", "TK", "ZC"))
        tables["coverage"].append({
            "source": ROSTER, "record_key": f"{ROSTER}:{key}", "household_key": f"{ROSTER}:{key}",
            "programme": programme, "urban_rural": self.chance.choice(("urban", "rural", None)),
            "area_code": self.area, "approved_on": self.near(self.chance.choice((today, date(2020, 1, 1)))),
            "status": status, "ended_on": ended if status == "ENDED" else None, "monthly_amount_fen": 50000,
            "review_class": "A", "next_review_on": self.chance.choice((self.near(today), None, date(2027, 1, 1))),
            "gradual_exit_until": self.near(today) if self.maybe(0.2) else None,
            "updated_at": datetime.combine(today, time()),
        })  # fmt: skip
        places = self.some_people()
        head = self._heads(places)
        for place in places:
            left = self.near(self.chance.choice((today, ended))) if self.maybe(0.15) else None
            tables["person_record"].append(self._record(
                ROSTER, f"{key}/{place + 1}", key, self.people[place], member_no=str(place + 1), left_on=left,
                relation="01" if place == head else "30", is_head=place == head,
                updated_at=datetime.combine(today, time()),
                single_person_dibao=programme == "DB" and self.maybe(0.3),
            ))  # fmt: skip
        for back in {self.chance.randint(-1, 4) for _ in range(self.chance.randint(0, 3))}:
            paid_for = add_months(today, -back)
            tables["payment"].append({
                "source": ROSTER, "record_key": f"{ROSTER}:payment/{key}/{paid_for:%Y%m}", "amount_fen": 50000,
                "household_key": f"{ROSTER}:{key}", "month": f"{paid_for:%Y%m}", "paid_on": today - timedelta(days=1),
            })  # fmt: skip

    def _subsidy(self, tables: dict[str, list[Row]], today: date, key: str) -> None:
        person = self.chance.choice(self.people)
        months = [f"{add_months(today, offset):%Y%m}" for offset in (-30, -2, -1, 0, 1)]
        tables["subsidy"].append({
            "source": ROSTER, "record_key": f"{ROSTER}:subsidy/{key}", "id_raw": self._typed(person.citizen_id),
            "name": person.name, "kind": self.chance.choice(("LIVING", "NURSING")), "monthly_amount_fen": 15000,
            "status": self.chance.choice(("ACTIVE", "ACTIVE", "ACTIVE", "STOPPED")),
            "start_month": self.chance.choice(months),
            "end_month": self.chance.choice((None, None, *months[1:])), "updated_at": datetime.combine(today, time()),
        })  # fmt: skip

    def _typed(self, citizen_id: str | None) -> str | None:
        """Usually right; else one digit wrong, two swapped, or much wrong."""
        if citizen_id is None or self.maybe(0.8):
            return citizen_id
        place = self.chance.randint(6, 15)
        wrong = str((int(citizen_id[place]) + 1) % 10)
        swapped = citizen_id[:14] + citizen_id[15] + citizen_id[14] + citizen_id[16:]
        return self.chance.choice((citizen_id[:place] + wrong + citizen_id[place + 1 :], swapped, "370102199901019999"))

    # province

    def _province(self, tables: dict[str, list[Row]], today: date) -> None:
        for household in range(self.chance.choice((0, 1, 1, 1, 2))):
            for _ in range(self.chance.choice((1, 1, 2))):
                is_again = self.reports and self.maybe(0.3)
                self.reports += not is_again
                self._report(tables, today, f"SD{self.number}-{self.reports}", f"PH{self.number}-{household}")

    def _report(self, tables: dict[str, list[Row]], today: date, number: str, household: str) -> None:
        versions = [row["report_version"] for row in tables["check_report"] if row["report_no"] == number]
        checked = today - timedelta(days=self.chance.choice((0, 1, 2, 40, 300)))
        until = self.near(
            self.chance.choice((today, today + timedelta(30), add_months(today, 6), add_months(today, 6))), 3
        )
        report = {"report_no": number, "report_version": max(versions, default=0) + 1, "authorized_until": until,
                  "checked_on": checked, "area_code": self.area}  # fmt: skip
        tables["check_report"].append(report | {
            "source": PROVINCE, "record_key": f"{PROVINCE}:{number}", "household_key": f"{PROVINCE}:{household}",
            "check_reason": "REVIEW", "authorized_on": checked,
        })  # fmt: skip
        places = self.some_people()
        head = self._heads(places)
        for place in places:
            key = f"{number}/{place + 1}"
            tables["person_record"].append(self._record(
                PROVINCE, key, household, self.people[place], member_no=str(place + 1),
                relation="02" if place == head else "20", is_head=place == head, **report,
            ))  # fmt: skip
            for item in self._items(today, len(places), place == places[0]):
                tables["economic_fact"].append(item | report | {
                    "source": PROVINCE, "record_key": f"{PROVINCE}:{key}", "household_key": f"{PROVINCE}:{household}",
                    "updated_at": None,
                })  # fmt: skip

    # items of both systems

    def _items(self, today: date, members: int, is_earner: bool) -> Iterator[Row]:
        """Item rows of one person: mostly quiet, with one or two on a line."""
        if self.temper == "income" and self.maybe(0.9):
            yield from self._quiet_items(today, members, is_earner)
            return
        silence = self.chance.choice((0.0, 0.0, 0.02, 0.3, 1.0))
        mood = self.chance.choice(("poor", "on a line", "wild"))
        for code in (*INCOMES, *ASSETS, *STATES):
            for _ in range(0 if self.maybe(silence) else 1 if self.maybe(0.9) else 2):
                yield self._item(code, mood, today, members)
        if self.maybe(0.1):
            yield self._item("X99", "wild", today, members)

    def _quiet_items(self, today: date, members: int, is_earner: bool) -> Iterator[Row]:
        """Everything answered with nothing, but for one income on a line."""
        earned = self.chance.choice(("I01", "I02"))
        for code in (*INCOMES, *ASSETS, *STATES):
            if not self.maybe(0.005):
                status = "ERROR" if self.maybe(0.01) else "HIT" if is_earner and code == earned else "NONE"
                yield self._row(code, status, today, self._line(earned, members))

    def _line(self, earned: str, members: int) -> int:
        standard = self.chance.choice((1114, 1114, 884, 1045, 814))
        disregarded = standard * 36 // 10 if earned == "I01" else 0
        lines = (
            12 * standard * members,
            24 * standard * members,
            12 * 2400 * members,
            30000 * members,
            25587 * members,
        )
        return self.fen_near(self.chance.choice(lines)) + disregarded * 100

    def _item(self, code: str, mood: str, today: date, members: int) -> Row:
        hit = {"poor": 0.06, "on a line": 0.15, "wild": 0.5}[mood] * (0.3 if code in ("S01", "S02", "S03") else 1)
        status = self.chance.choices(("HIT", "NONE", "ERROR"), (hit, 0.97 - hit, 0.03))[0]
        if code == "S05" and self.temper == "employment":
            status = "HIT"
        return self._row(code, status, today, self._amount(code, members))

    def _row(self, code: str, status: str, today: date, amount: int) -> Row:
        first, last = self._period(code, today)
        return {
            "item_code": code, "status": status, "provider": self.chance.choice(("RS", "GA")),
            "as_of": today - timedelta(days=self.chance.choice((0, 0, 1, 5, 40, 70, 364, 365, 366))),
            "period_from": first, "period_to": last, "amount_fen": amount if status == "HIT" else None,
            "quantity": self._quantity(code) if status == "HIT" else None,
        }  # fmt: skip

    def _period(self, code: str, today: date) -> tuple[str | None, str | None]:
        if self.maybe(0.5) and code[0] != "S":
            return None, None
        last = add_months(today, -self.chance.choice((-1 if code[0] != "S" else 0, 0, 1, 1, 1, 2, 3, 12, 13)))
        first = add_months(last, -self.chance.choice((0, 2, 11, 11, 17)))
        if code in ("S01", "S03"):
            return (f"{last:%Y%m}", f"{last:%Y%m}") if self.maybe(0.8) else (None, None)
        is_open = code == "S02" and self.maybe(0.6)
        return f"{first:%Y%m}", None if is_open else f"{last:%Y%m}"

    def _amount(self, code: str, members: int) -> int:
        if code[0] == "I":
            standard = self.chance.choice((1114, 884, 1045, 814))
            lines = [12 * standard * members, 24 * standard * members, 12 * 2400 * members, 15 * standard * members]
            return self.chance.choice(
                (self.fen_near(self.chance.choice(lines)), -50000, self.chance.randrange(3000000))
            )
        if code in ("A01", "A02", "A07"):
            return self.chance.choice((self.fen_near(36 * self.chance.choice((1114, 884)) * members), 1000, 100000))
        return self.chance.choice((0, 1, 100000))

    def _quantity(self, code: str) -> Decimal | None:
        if code in ("A03", "A04", "A05", "S05"):
            return self.chance.choice((Decimal(0), Decimal(0), Decimal(1), Decimal(1), Decimal(2), None))
        return None

    # city

    def _city(self, tables: dict[str, list[Row]], today: date) -> None:
        for household in range(self.chance.choice((0, 1, 1, 2))):
            places = self.some_people()
            head = self._heads(places)
            until = self._until(today)
            for place in places:
                key = f"R{self.number}-{household}-{place}"
                updated = datetime.combine(
                    today - timedelta(days=self.chance.choice((0, 1, 30))), time(household, place)
                )
                tables["person_record"].append(self._record(
                    CITY, key, f"H{self.number}-{household}", self.people[place], is_valid=not self.maybe(0.1),
                    relation="02" if place == head else "20", is_head=place == head, area_code=self.area, id_type=None,
                    updated_at=updated, authorized_until=until if self.maybe(0.8) else self._until(today),
                    checked_on=updated.date(),
                ))  # fmt: skip
                tables["economic_fact"] += self._city_items(key, today, len(places), place == places[0])

    def _until(self, today: date) -> date | None:
        return self.chance.choice((add_months(today, 5), add_months(today, 5), self.near(today), None))

    def _city_items(self, key: str, today: date, members: int, is_earner: bool) -> list[Row]:
        rows = {}
        for item in self._items(today, members, is_earner):
            if item["status"] == "HIT" and item["amount_fen"] is None:
                item["amount_fen"] = 0
            updated = datetime.combine(item["as_of"], time(self.chance.randrange(24)))
            rows[tuple(item[c] for c in ("item_code", "period_from", "period_to", "provider"))] = item | {
                "source": CITY, "record_key": f"{CITY}:{key}", "household_key": None, "report_no": None,
                "report_version": None, "updated_at": updated,
            }  # fmt: skip
        return list(rows.values())

    # rural

    def _rural(self, tables: dict[str, list[Row]], today: date) -> None:
        for household in range(self.chance.choice((0, 0, 1, 1, 2))):
            places = self.some_people()
            head = self._heads(places)
            removed = self.chance.choice((False, False, True, None))
            for place in places:
                key = f"rr_monitor_{today:%Y%m%d}.csv:{self.number * 10 + household * 4 + place + 1}"
                number = f"RH{self.number}-{household}"
                updated = datetime.combine(today - timedelta(days=self.chance.choice((0, 9))), time())
                tables["person_record"].append(self._record(
                    RURAL, key, number, self.people[place], member_no=key.split(":")[1], area_code=self.area,
                    relation="02" if place == head else "20", is_head=place == head, updated_at=updated,
                ))  # fmt: skip
                tables["monitored_household"].append({
                    "source": RURAL, "record_key": f"{RURAL}:{key}", "household_key": f"{RURAL}:{number}",
                    "head_name": self.people[places[0]].name, "category": "borderline", "identified_on": None,
                    "risk_types": "因病",
                    "risk_removed": removed if self.maybe(0.9) else self.chance.choice((True, None)),
                    "risk_removed_on": None, "yearly_income_fen": None, "updated_on": updated.date(),
                })  # fmt: skip

    # federation

    def _federation(self, tables: dict[str, list[Row]], today: date) -> None:
        row = 0
        for person in self.people:
            for _ in range(self.chance.choice((0, 1, 1, 2))):
                key = f"cl_cert_{today:%Y%m%d}.xlsx:Sheet1!{self.number * 10 + row}"
                row += 1
                until = self.chance.choice((None, self.near(today), self.near(add_months(today, 6)), date(2035, 1, 1)))
                tables["person_record"].append(self._record(
                    FEDERATION, key, None, person, birth_date=None, area_code=self.area, updated_at=None,
                ))  # fmt: skip
                tables["certificate"].append({
                    "source": FEDERATION, "record_key": f"{FEDERATION}:{key}", "certificate_no": None,
                    "category": self.chance.choice("4567"), "level": self.chance.choice("1234"),
                    "issued_on": date(2015 + row, 1, 1) if self.maybe(0.8) else None, "valid_until": until,
                    "status": self.chance.choice(("NORMAL",) * 6 + ("FROZEN", "EXPIRED")),
                    "updated_on": date(2016 + row, 1, 1),
                    "is_disputed": self.maybe(0.1), "digits_disagree": False,
                })  # fmt: skip

    # medical

    def _medical(self, tables: dict[str, list[Row]], today: date) -> None:
        for place, person in enumerate(self.people):
            key = f"N{self.number}-{place}"
            if self.maybe(0.85):
                updated = datetime.combine(today, time())
                tables["person_record"].append(self._record(
                    MEDICAL, key, None, person, area_code=self.chance.choice((self.area, self.area, None)),
                    updated_at=updated,
                ))  # fmt: skip
            for number in range(self.chance.choice((0, 0, 1, 2, 3))):
                self._settlement(tables, today, key, f"{key}-{number}")

    def _settlement(self, tables: dict[str, list[Row]], today: date, person_key: str, key: str) -> None:
        year_ago = add_months(today, -12)
        settled = self.near(self.chance.choice((today, year_ago, add_months(today, -6), add_months(today, -6))))
        lines = [62506, 31253, 25587, 18000, 18000 * len(self.people)]
        if self.temper == "income":
            lines = [18000 * len(self.people), 30000 * len(self.people)]
        own = self.chance.choice((*map(self.fen_near, lines), 1279350, 1, 500000))
        self._settled(tables, person_key, key, None, settled, own, today)
        if self.maybe(0.35):
            refunded = self.near(self.chance.choice((today, settled)))
            origin = key if self.maybe(0.8) else "unknown"
            back = -self.chance.choice((own, own // 2, 1))
            self._settled(tables, person_key, key + "R", origin, refunded, back, today)
            if self.maybe(0.3):
                again, amount = self.near(refunded), self.chance.choice((-back, back))
                self._settled(tables, person_key, key + "RR", key + "R", again, amount, today)

    def _settled(
        self, tables: dict[str, list[Row]], person: str, key: str, origin: str | None, on: date, own: int, today: date
    ) -> None:
        tables["settlement"].append({
            "source": MEDICAL, "record_key": f"{MEDICAL}:settlement/{key}", "settlement_id": key, "refund_of": origin,
            "person_record_key": f"{MEDICAL}:{person}", "id_raw": None, "med_type": "21", "diag_code": "I10",
            "settled_at": datetime.combine(on, time(self.chance.randrange(24))), "total_fen": own, "fund_fen": 0,
            "aid_fen": 0, "self_fen": own, "updated_at": datetime.combine(today, time()),
        })  # fmt: skip


def deliveries(
    seed: int, clusters: int, days: Sequence[int] = DAYS, *, changes: float = 0.25, missing: float = 0.2
) -> Iterator[Delivery]:
    """The days of a world: everything on the first, then changes, with sources that do not come.

    `changes` is the chance that a source says something new of a cluster, `missing` that it does not come at all.
    """
    chance = random.Random(seed)
    begin = STARTS[seed % len(STARTS)]
    world = [Cluster(number, random.Random(f"{seed}/{number}"), begin) for number in range(clusters)]
    for after in days:
        today = begin + timedelta(days=after)
        absent = {source for source in SOURCES if after and chance.random() < missing}
        for cluster in world if after else []:
            for source in SOURCES:
                if cluster.maybe(changes):
                    cluster.tell(source, today)
        yield Delivery(today, {source: _joined(world, source) for source in SOURCES if source not in absent})


def _joined(world: list[Cluster], source: str) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = defaultdict(list)
    for cluster in world:
        for name, rows in cluster.rows[source].items():
            tables[name] += rows
    return tables

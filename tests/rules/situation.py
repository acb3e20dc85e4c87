"""A case's few lines as what the six sources would say of it: canonical rows of one day. See cases/README.md.

Every case has its own synthetic people (sequence numbers 900 to 999 are given to nobody), households and keys, so that
hundreds of cases live side by side in one lake and know nothing of each other.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from tests.oracle.day import CITY, FEDERATION, MEDICAL, PROVINCE, ROSTER, RURAL, Row, add_months, check_digit

Tables = dict[str, dict[str, list[Row]]]
"""Rows by source and table."""

SECTIONS = ("roster", "province", "city", "rural", "certificates", "subsidies", "insured", "settlements")
INCOMES = tuple(f"I0{number}" for number in range(1, 8))
ITEMS = (*INCOMES, *(f"A0{number}" for number in range(1, 8)), *(f"S0{number}" for number in range(1, 6)))
COUNTED = ("A03", "A04", "A05", "S05")
LIXIA = "370102001003"
CATEGORIES = {"sight": "1", "limb": "4", "intellectual": "5", "mental": "6", "multiple": "7"}
SYLLABLES = "安柏成达恩凡高海吉康兰明宁平秋然思唐万希雅泽志竹春冬夏冰波川德东芳刚光国汉和"
_REGULAR = "person_record"


@dataclass(frozen=True)
class Human:
    """A synthetic person of a case."""

    name: str
    sex: str
    born: date
    citizen_id: str | None


@dataclass
class Situation:
    """One case on one day. `number` makes every key and every person its own."""

    number: int
    content: Mapping[str, Any]
    day: date
    people: dict[str, Human] = field(init=False)
    tables: Tables = field(init=False)

    def __post_init__(self) -> None:
        """Everybody first, then what each source says."""
        self.people = dict(self._everybody())
        self.tables = defaultdict(lambda: defaultdict(list))
        for section in SECTIONS:
            for place, said in enumerate(_listed(self.content.get(section)), start=1):
                getattr(self, f"_{section}")(place, said)

    def key(self, prefix: str, place: int) -> str:
        """A household or report number that no other case uses."""
        return f"{prefix}{self.number}-{place}"

    # people

    def _everybody(self) -> Iterator[tuple[str, Human]]:
        letters = sorted({letter for name in SECTIONS for said in _listed(self.content.get(name))
                          for letter in (*_members(said), *said.get("person", ""))} | set("a"))
        told = self.content.get("people", {})
        for place, letter in enumerate(letters):
            yield letter, self._human(place, letter, told.get(letter, {}))

    def _human(self, place: int, letter: str, told: Mapping[str, Any]) -> Human:
        """Different cases have different birthdays and names; a case may fix what matters to it."""
        born = told.get("born", date(1972, 1, 1) + timedelta(days=self.number * 8 + place))
        namesake = self.number * 8 + "abcdefgh".index(told["name_of"]) if "name_of" in told else self.number * 8 + place
        name = "赵钱孙李周吴郑王"[namesake % 8] + "".join(SYLLABLES[n] for n in divmod(namesake // 8, len(SYLLABLES)))
        holder = "abcdefgh".index(told.get("id_of", letter))
        prefix = ("370102", "370103", "370112", "370402")[self.number // 12 % 4]
        body = f"{prefix}{born:%Y%m%d}{900 + self.number * 8 % 96 + holder:03d}"
        citizen_id = None if told.get("id") == "none" else body + check_digit(body)
        return Human(name, "1" if int(body[16]) % 2 else "2", born, citizen_id)

    def _record(self, source: str, key: str, household: str | None, letter: str, said: Mapping[str, Any],
                **more: object) -> None:
        person = self.people[letter]
        empty = dict.fromkeys((
            "member_no", "report_no", "report_version", "id_problem", "relation", "is_head", "phone", "address",
            "area_code", "updated_at", "authorized_until", "checked_on", "left_on", "single_person_dibao",
        ))
        self.tables[source][_REGULAR].append(empty | {
            "source": source, "record_key": f"{source}:{key}", "name": person.name, "id_type": "1",
            "household_key": f"{source}:{household}" if household else None, "id_raw": person.citizen_id,
            "sex": person.sex, "birth_date": person.born, "is_valid": True, "area_code": self._area(said),
        } | more)

    def _area(self, said: Mapping[str, Any]) -> str | None:
        area = said.get("area", self.content.get("area", LIXIA))
        return None if area == "unknown" else str(area)

    @staticmethod
    def _standing(said: Mapping[str, Any], letter: str) -> dict[str, Any]:
        is_head = letter == said.get("head", _members(said)[0])
        return {"relation": "01" if is_head else "30", "is_head": is_head}

    # sources

    def _roster(self, place: int, said: Mapping[str, Any]) -> None:
        key = self.key("J", place)
        updated = datetime.combine(self.day, time())
        self.tables[ROSTER]["coverage"].append({
            "source": ROSTER, "record_key": f"{ROSTER}:{key}", "household_key": f"{ROSTER}:{key}",
            "programme": said["programme"], "urban_rural": said.get("residence", "urban"),
            "area_code": self._area(said), "approved_on": said.get("approved", date(2020, 1, 1)),
            "status": said.get("status", "ACTIVE"), "ended_on": said.get("ended"), "monthly_amount_fen": 50000,
            "review_class": "A", "next_review_on": said.get("review", date(2030, 1, 1)),
            "gradual_exit_until": said.get("gradual_exit"), "updated_at": updated,
        })
        for number, letter in enumerate(_members(said), start=1):
            own = said.get(letter, {})
            self._record(
                ROSTER, f"{key}/{number}", key, letter, said, member_no=str(number), left_on=own.get("left"),
                single_person_dibao=own.get("single", False), updated_at=updated, area_code=None,
                **self._standing(said, letter),
            )
        for month in said.get("payments", ()):
            self.tables[ROSTER]["payment"].append({
                "source": ROSTER, "record_key": f"{ROSTER}:payment/{key}/{month}", "amount_fen": 50000,
                "household_key": f"{ROSTER}:{key}", "month": str(month), "paid_on": self.day - timedelta(days=1),
            })

    def _province(self, place: int, said: Mapping[str, Any]) -> None:
        number = said.get("report", self.key("SD", place))
        household = f"PH{self.number}-{said.get('household', 1)}"
        checked = said.get("checked", self.day - timedelta(days=5))
        report = {
            "report_no": f"{number}-{self.number}" if "report" in said else number, "area_code": self._area(said),
            "report_version": said.get("version", 1), "checked_on": checked,
            "authorized_until": said.get("until", add_months(self.day, 5)),
        }
        shared = report | {"source": PROVINCE, "household_key": f"{PROVINCE}:{household}"}
        self.tables[PROVINCE]["check_report"].append(shared | {
            "record_key": f"{PROVINCE}:{report['report_no']}", "check_reason": "REVIEW", "authorized_on": checked,
        })
        for member, letter in enumerate(_members(said), start=1):
            key = f"{report['report_no']}/{member}"
            self._record(PROVINCE, key, household, letter, said, member_no=str(member), **report,
                         **self._standing(said, letter))
            for item in self._items(said, letter):
                fact = item | shared | {"record_key": f"{PROVINCE}:{key}", "updated_at": None}
                self.tables[PROVINCE]["economic_fact"].append(fact)

    def _city(self, place: int, said: Mapping[str, Any]) -> None:
        household = None if said.get("household") == "none" else f"CH{self.number}-{said.get('household', 1)}"
        updated = datetime.combine(said.get("updated", self.day - timedelta(days=5)), time(8))
        for letter in _members(said):
            key = f"{self.key('R', place)}-{letter}"
            self._record(
                CITY, key, household, letter, said, id_type=None, updated_at=updated, checked_on=updated.date(),
                authorized_until=said.get("until", add_months(self.day, 5)),
                is_valid=not said.get("withdrawn", False), **self._standing(said, letter),
            )
            for item in self._items(said, letter):
                self.tables[CITY]["economic_fact"].append(item | {
                    "source": CITY, "record_key": f"{CITY}:{key}", "household_key": None, "report_no": None,
                    "report_version": None, "updated_at": datetime.combine(item["as_of"], time(8)),
                })

    def _rural(self, place: int, said: Mapping[str, Any]) -> None:
        updated = datetime.combine(said.get("updated", self.day), time())
        for number, letter in enumerate(_members(said), start=1):
            key = f"rr_monitor_{self.day:%Y%m%d}.csv:{self.number * 100 + place * 10 + number}"
            household = self.key("RH", place)
            self._record(RURAL, key, household, letter, said, member_no=key.split(":")[1], updated_at=updated,
                         **self._standing(said, letter))
            self.tables[RURAL]["monitored_household"].append({
                "source": RURAL, "record_key": f"{RURAL}:{key}", "household_key": f"{RURAL}:{household}",
                "head_name": self.people[letter].name, "category": "borderline", "identified_on": None,
                "risk_types": "因病", "risk_removed": said.get("removed", False), "risk_removed_on": None,
                "yearly_income_fen": None, "updated_on": updated.date(),
            })

    def _certificates(self, place: int, said: Mapping[str, Any]) -> None:
        key = f"cl_cert_{self.day:%Y%m%d}.xlsx:Sheet1!{self.number * 10 + place}"
        self._record(FEDERATION, key, None, said.get("person", "a"), said, birth_date=None)
        self.tables[FEDERATION]["certificate"].append({
            "source": FEDERATION, "record_key": f"{FEDERATION}:{key}",
            "certificate_no": said.get("number"),
            "category": CATEGORIES[said.get("kind", "limb")], "level": str(said["level"]),
            "issued_on": said.get("issued", date(2015, 1, 1)), "valid_until": said.get("until", date(2035, 1, 1)),
            "status": said.get("status", "NORMAL"), "updated_on": said.get("updated", date(2015, 1, 1)),
            "is_disputed": said.get("disputed", False), "digits_disagree": False,
        })

    def _subsidies(self, place: int, said: Mapping[str, Any]) -> None:
        person = self.people[said.get("person", "a")]
        self.tables[ROSTER]["subsidy"].append({
            "source": ROSTER, "record_key": f"{ROSTER}:subsidy/{self.number}-{place}",
            "id_raw": _typed(str(person.citizen_id), said.get("typed", "right")),
            "name": said.get("name", person.name), "kind": said.get("kind", "LIVING"), "monthly_amount_fen": 15000,
            "status": said.get("status", "ACTIVE"), "start_month": str(said.get("start", 202001)),
            "end_month": str(said["end"]) if "end" in said else None, "updated_at": datetime.combine(self.day, time()),
        })

    def _settlements(self, place: int, said: Mapping[str, Any]) -> None:
        letter = said.get("person", "a")
        if not any(row["record_key"] == self._insured_key(letter) for row in self.tables[MEDICAL][_REGULAR]):
            self._insured(1, {"person": letter})
        own = _fen(said["paid"])
        origin = f"{self.number}-{said['refunds']}" if "refunds" in said else None
        number = f"{self.number}-{said.get('id', place)}"
        self.tables[MEDICAL]["settlement"].append({
            "source": MEDICAL, "record_key": f"{MEDICAL}:settlement/{number}", "settlement_id": number,
            "refund_of": origin, "person_record_key": self._insured_key(letter), "id_raw": None, "med_type": "21",
            "diag_code": "I10", "settled_at": datetime.combine(said["settled"], time(23)), "total_fen": own,
            "fund_fen": 0, "aid_fen": 0, "self_fen": own, "updated_at": datetime.combine(self.day, time()),
        })

    def _insured(self, _: int, said: Mapping[str, Any]) -> None:
        letter = said.get("person", "a")
        self._record(MEDICAL, self._insured_key(letter).partition(":")[2], None, letter, said,
                     updated_at=datetime.combine(self.day, time()))

    def _insured_key(self, letter: str) -> str:
        return f"{MEDICAL}:N{self.number}-{letter}"

    # items of both checking systems

    def _items(self, said: Mapping[str, Any], letter: str) -> Iterator[Row]:
        """Rows of one member: what the case says, and NONE for every other item."""
        own = said.get(letter)
        if own == "no items":
            return
        told = dict.fromkeys(ITEMS, "none") | {code: "absent" for code in said.get("silent", ())} | dict(own or {})
        answered = said.get("as_of", self.day - timedelta(days=7))
        providers = count(1)
        for code, rows in told.items():
            for row in rows if isinstance(rows, list) else [rows]:
                if row != "absent":
                    yield _item(code, row, answered) | {"provider": f"P{next(providers)}"}


def _item(code: str, said: Any, answered: date) -> Row:
    if isinstance(said, str):
        said = {"status": said.upper()}
    elif not isinstance(said, dict):
        said = {"quantity" if code in COUNTED else "amount": said}
    first = said.get("from")
    last = said.get("to", first if code in ("S01", "S03") else None)
    return {
        "item_code": code, "status": said.get("status", "HIT").upper(), "as_of": said.get("as_of", answered),
        "period_from": str(first) if first else None, "period_to": str(last) if last else None,
        "amount_fen": _fen(said["amount"]) if "amount" in said else None,
        "quantity": Decimal(said["quantity"]) if "quantity" in said else None,
    }


def _fen(yuan: int | float) -> int:
    exact = Decimal(str(yuan)) * 100
    assert exact == int(exact), f"{yuan} yuan is not whole fen"
    return int(exact)


def _typed(citizen_id: str, how: str) -> str:
    """An ID as somebody typed it; the check digit then fails."""
    wrong = str((int(citizen_id[15]) + 1) % 10)
    return {
        "right": citizen_id,
        "one digit wrong": citizen_id[:15] + wrong + citizen_id[16:],
        "two swapped": citizen_id[:15] + citizen_id[16] + citizen_id[15] + citizen_id[17:],
        "far off": "370102190101019999",
    }[how]


def _listed(section: Any) -> list[dict[str, Any]]:
    return [] if section in (None, "none") else section if isinstance(section, list) else [section]


def _members(said: Mapping[str, Any]) -> str:
    """Letters of the members: those named together and those with words of their own; else the first person."""
    own = "".join(letter for letter in said if len(letter) == 1)
    named = said.get("members", "")
    return "".join(sorted({*named, *own})) or ("" if "person" in said else "a")

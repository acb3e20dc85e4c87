"""What each source knows of a household. Background and planted situations are both laid down through here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.dirt import Soil
from sandbox.facts import Fact, city_item, province_item
from sandbox.population import RESERVED_SEQUENCES, Household, Person, Population
from sandbox.timeline import Row, Timelines, midnight, moment, month_before

CITY_RELATIONS = {"02": "户主", "10": "配偶", "20": "子", "30": "女", "51": "父", "52": "母"}
RURAL_RELATIONS = CITY_RELATIONS | {"20": "之子", "30": "之女", "51": "之父", "52": "之母"}
Certainty = Callable[[date], str | None]
Facts = Mapping[int, list[Fact]]
MOST_PLANTED = 2000
"""Households that situations add to the background at most."""


@dataclass(frozen=True)
class Config:
    """How much, from which seed, for which days: all of a population, or a `part` of so many `parts`."""

    households: int
    seed: int
    first_date: date
    days: int
    part: int = 0
    parts: int = 1

    @property
    def before(self) -> int:
        """Households that the parts before may have, those planted beside the background's included."""
        return self.part * (self.households + MOST_PLANTED)

    @property
    def sequences(self) -> range:
        """The part's share of the reserved sequences, in pairs: one for each sex."""
        pairs, start = len(RESERVED_SEQUENCES) // 2, RESERVED_SEQUENCES.start
        return range(start + 2 * (pairs * self.part // self.parts), start + 2 * (pairs * (self.part + 1) // self.parts))

    @property
    def last_date(self) -> date:
        """The last day that brings changes."""
        return self.first_date + timedelta(days=self.days - 1)

    @property
    def dates(self) -> list[date]:
        """The data dates of the demo."""
        return [self.first_date + timedelta(days=n) for n in range(self.days)]


@dataclass(slots=True, frozen=True)
class CityState:
    """A person of the city's system with all item rows."""

    row: Row
    items: list[Row]


@dataclass(slots=True)
class Expected:
    """What a planted subject must raise under one rule; `certainty` tells it for a day, None: no open flag."""

    situation: str
    rule: str
    subject: str
    keys: list[str]
    certainty: Certainty
    why: str


class Builder:
    """The six sources' records as dated versions, keyed as the source keys them."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.population = Population(config.seed, config.first_date, config.before, config.sequences)
        self.soil = Soil(config.seed)
        self.reports: Timelines[Row] = Timelines()
        self.city_persons: Timelines[CityState] = Timelines()
        self.insured: Timelines[Row] = Timelines()
        self.settlements: Timelines[Row] = Timelines()
        self.monitored: Timelines[list[Row]] = Timelines()
        self.certificates: Timelines[Row] = Timelines()
        self.coverages: Timelines[Row] = Timelines()
        self.roster_members: Timelines[Row] = Timelines()
        self.subsidies: Timelines[Row] = Timelines()
        self.payments: list[Row] = []
        self.expected: list[Expected] = []
        self.listed: dict[str, list[Person]] = {}
        self.reported: dict[int, list[tuple[str, int]]] = {}
        self.enrolled_in: dict[int, list[int]] = {}
        self.doubted: dict[int, date] = {}

    def day(self, offset: int) -> date:
        """A day counted from the first data date."""
        return self.config.first_date + timedelta(days=offset)

    def roster(self, home: Household, programme: str = "DB", left: Mapping[int, date] | None = None,
               single: bool = False, **over: Any) -> str:
        """Put the family in the bureau's roster; `left` gives members' days of leaving by their index."""
        number, at = f"JN{home.no:08d}", midnight(self.day(-20)) + timedelta(minutes=home.no % 1400)
        row = {"household_no": number, "programme": programme, "urban_rural": "城市" if home.is_urban else "农村",
               "area_code": home.area_code, "approved_on": self.day(-400), "status": "ACTIVE", "ended_on": None,
               "monthly_amount": 60000 + home.no % 300 * 100, "review_class": "B",
               "next_review_on": self.config.last_date + timedelta(days=120), "gradual_exit_until": None}
        self.coverages.add(number, at, row | over | {"updated_at": at})
        self.listed[number] = list(home.persons)
        for index, person in enumerate(home.persons):
            self.enrolled_in.setdefault(person.no, []).append(home.no)
            self._roster_member(home, number, index, person, (left or {}).get(index), single, at)
        home.keys.append(f"assistance_roster:{number}")
        return number

    def _roster_member(self, home: Household, number: str, index: int, person: Person, left: date | None,
                       single: bool, at: datetime) -> None:
        self.roster_members.add(f"{number}/{index + 1:02d}", at, {
            "household_no": number, "member_no": index + 1, "name": self.soil.name(person),
            "id_no": self.soil.id_no(home, person, "assistance_roster"), "relation": person.relation,
            "sex": person.sex, "birth_date": person.birth, "phone": person.phone, "address": home.address,
            "work_ability": "1", "single_person_dibao": single, "left_on": left, "updated_at": at})
        person.keys.append(f"assistance_roster:{number}/{index + 1}")

    def paid(self, number: str, amount: int, months: Iterable[int]) -> None:
        """Payments (fen) for the months that lie so many before the first date's."""
        for back in months:
            month = month_before(self.config.first_date, back)
            paid_on = date(int(month[:4]), int(month[4:]), 10)
            if paid_on <= self.config.last_date:
                self.payments.append({"household_no": number, "month": month, "amount": amount, "paid_on": paid_on})

    def province(self, home: Household, facts: Facts, version: int = 1, received: date | None = None,
                 serial: int = 1, persons: list[Person] | None = None, **over: Any) -> str:
        """One version of a check report; `facts` by the member's index, `serial` tells reports of a family apart."""
        checked = over.pop("checkedOn", self.day(-20))
        number = f"SD{self.day(-20):%Y%m%d}{home.no:06d}{serial}"
        listed = persons or home.persons
        report = {"reportNo": number, "version": version, "householdNo": f"PH{home.no:08d}",
                  "areaCode": home.area_code, "checkReason": "REVIEW",
                  "authorizedOn": self.day(-200).isoformat(),
                  "authorizedUntil": (self.config.last_date + timedelta(days=165)).isoformat(),
                  "checkedOn": checked.isoformat(),
                  "members": [self._member(home, n, p, facts.get(n, [])) for n, p in enumerate(listed)]}
        report.update({name: _text(value) for name, value in over.items()})
        self.reports.add(number, moment(received or checked, home.no), report)
        _once(home.keys, f"province_check:PH{home.no:08d}")
        if number not in self.listed:
            for index, person in enumerate(listed):
                self.reported.setdefault(person.no, []).append((number, index))
        self.listed[number] = list(listed)
        for index, person in enumerate(listed):
            _once(person.keys, f"province_check:{number}/{index + 1}")
        return number

    def _member(self, home: Household, index: int, person: Person, facts: list[Fact]) -> Row:
        id_no = self.soil.id_no(home, person, "province_check")
        return {"memberNo": index + 1, "name": self.soil.name(person), "idType": "1" if id_no else "9", "idNo": id_no,
                "relation": person.relation, "sex": person.sex, "birthDate": f"{person.birth:%Y%m%d}",
                "phone": person.phone, "address": home.address, "items": [province_item(fact) for fact in facts]}

    def city(self, home: Household, facts: Facts, at: date | None = None,
             each: Mapping[int, Row] | None = None, **over: Any) -> None:
        """The family's persons and items in the city's system, from the day `at` on; `each` overrides by index."""
        day = at or self.day(-18)
        for index, person in enumerate(home.persons):
            when = moment(day, person.no)
            number = f"CR{person.no:09d}"
            row = {"rybh": number, "xm": self.soil.name(person),
                   "sfzh": self.soil.id_no(home, person, "city_check"), "xb": "男" if person.sex == "1" else "女",
                   "csrq": person.birth.isoformat(), "hh": f"CH{home.no:08d}",
                   "yhzgx": CITY_RELATIONS[person.relation], "lxdh": person.phone, "zz": self.soil.address(home),
                   "qhdm": home.area_code,
                   "sqyxq": (self.config.last_date + timedelta(days=150)).isoformat(),
                   "hdrq": min(day, self.day(-18)).isoformat(), "gxsj": f"{when:%Y-%m-%d %H:%M:%S}", "zt": 1}
            row.update({name: _text(value) for name, value in (over | (each or {}).get(index, {})).items()})
            items = [city_item(fact, number) for fact in facts.get(index, [])]
            self.city_persons.add(number, when, CityState(row, items))
            _once(person.keys, f"city_check:{number}")
        _once(home.keys, f"city_check:CH{home.no:08d}")

    def insure(self, home: Household, person: Person, id_no: str | None = None, **over: Any) -> str:
        """Put a person in the medical-insurance bureau's register."""
        number, at = f"MP{person.no:09d}", moment(self.day(-60 - person.no % 200), person.no)
        known = id_no or self.soil.id_no(home, person, "medical_insurance")
        row = {"psnNo": number, "psnName": self.soil.name(person), "certType": "01" if known else "99",
               "certNo": known, "sex": person.sex, "birthDate": person.birth.isoformat(), "phone": person.phone,
               "areaCode": home.area_code, "insuType": "390", "status": "1",
               "paidThrough": f"{self.config.first_date.year}12", "subsidised": False}
        self.insured.add(number, at, row | over)
        _once(person.keys, f"medical_insurance:{number}")
        return number

    def settle(self, person: Person, serial: int, settled: datetime, self_pay: int, fund_pay: int = 0,
               aid_pay: int = 0, updated: datetime | None = None, **over: Any) -> str:
        """A settlement in fen; `updated` defaults to the day after."""
        number = f"ST{person.no:09d}{serial:03d}"
        row = {"settlementId": number, "refundOf": None, "psnNo": f"MP{person.no:09d}", "psnName": person.name,
               "certNo": person.id_no, "settledAt": f"{settled.isoformat()}+08:00", "medType": "21",
               "diagCode": "I10.x02", "totalFee": (self_pay + fund_pay + aid_pay) / 100, "fundPay": fund_pay / 100,
               "aidPay": aid_pay / 100, "selfPay": self_pay / 100}
        self.settlements.add(number, updated or settled + timedelta(days=1), row | over)
        return number

    def rural(self, home: Household, at: date | None = None, **over: Any) -> None:
        """The family in the file of households monitored against relapse; dates are real dates until it is written."""
        row = {"户编号": f"RR{home.no:08d}", "户主姓名": home.head.name, "证件类型": "居民身份证",
               "行政区划代码": home.area_code, "监测对象类别": "边缘易致贫户", "识别日期": self.day(-300),
               "风险类型": "因病、因残", "风险是否消除": "否", "风险消除日期": None, "家庭年人均纯收入": "9800.00",
               "健康状况": "健康", "劳动能力": "普通劳动力", "更新日期": self.day(-30)}
        rows = [row | {"姓名": self.soil.name(p), "证件号码": self.soil.id_no(home, p, "rural_revitalization") or "",
                       "与户主关系": RURAL_RELATIONS[p.relation], "性别": "男" if p.sex == "1" else "女",
                       "出生日期": p.birth, "联系电话": p.phone, "详细地址": self.soil.address(home)} | over
                for p in home.persons]
        self.monitored.add(f"RR{home.no:08d}", midnight(at or self.day(-300)), rows)
        self.listed[f"RR{home.no:08d}"] = list(home.persons)
        _once(home.keys, f"rural_revitalization:RR{home.no:08d}")

    def certify(self, home: Household, person: Person, category: str = "4", level: str = "2", **over: Any) -> None:
        """A disability certificate; category and level are digits until it is written."""
        id_no = self.soil.id_no(home, person, "disabled_federation") or person.id_no
        row = {"姓名": self.soil.name(person), "性别": "男" if person.sex == "1" else "女",
               "残疾人证号": f"{person.id_no}{category}{level}", "身份证号": id_no,
               "残疾类别": category, "残疾等级": level,
               "发证日期": self.day(-1500), "有效期至": self.day(2100), "证件状态": "正常", "联系电话": person.phone,
               "家庭住址": self.soil.address(home), "行政区划代码": home.area_code, "监护人姓名": "",
               "监护人电话": "", "更新日期": self.day(-90)}
        self.certificates.add(f"{person.no:09d}", midnight(self.day(-90)), row | over)

    def subsidise(self, person: Person, kind: str, **over: Any) -> str:
        """A subsidy of the bureau's roster, LIVING or NURSING."""
        number, at = f"BT{person.no:08d}{kind[0]}", midnight(self.day(-25))
        row = {"subsidy_no": number, "id_no": person.id_no, "name": person.name, "kind": kind, "monthly_amount": 17300,
               "status": "ACTIVE", "start_month": month_before(self.config.first_date, 20), "end_month": None}
        self.subsidies.add(number, at, row | over | {"updated_at": at})
        _once(person.keys, f"assistance_roster:subsidy/{number}")
        return number

    def planted(self, roles: tuple[str, ...] = ("02", "10"), district: str | None = None) -> Household:
        """A household without any accidental dirt."""
        self.soil.clean.add(self.population.next_number)
        return self.population.household(roles, district)

    def expect(self, situation: str, rule: str, subject: Household | Person, certainty: Certainty, why: str) -> None:
        """Note what the situation must raise (or, with `never`, must not)."""
        kind = "household" if isinstance(subject, Household) else "person"
        self.expected.append(Expected(situation, rule, kind, subject.keys, certainty, why))


def _once(keys: list[str], key: str) -> None:
    if key not in keys:
        keys.append(key)


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

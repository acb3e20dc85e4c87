"""Planted people in all six sources, with their identifiers also where they do not belong: in cells and rows that fail.

One person in twenty is broken in a way of its own; `person.number % 20` says in which.
"""

import io
from dataclasses import dataclass
from datetime import date
from itertools import product
from random import Random
from typing import Any

import openpyxl
import pyarrow.parquet as pq
from lowincome.sources.spec import registry

from sandbox.population import GIVEN, SURNAMES, check_digit
from tests.landing_of import items, ndjson, page
from tests.small_day import Changes, parquet, roster

PEOPLE = 2_500
EVERY = 20
Delivery = dict[str, tuple[str, bytes]]


@dataclass(frozen=True)
class Person:
    """One planted person: four identifiers of their own."""

    number: int
    id_no: str
    name: str
    phone: str
    street: str

    @property
    def address(self) -> str:
        """Every tenth was typed together with the phone."""
        door = f"济南市历下区千佛山街道{self.street}{self.number}号1号楼2单元501室"
        return f"{door} 电话{self.phone}" if self.number % 10 == 0 else door

    @property
    def told(self) -> str:
        """All four in one text, as a clerk types them where they do not belong."""
        return f"{self.name} {self.id_no} {self.phone} {self.address}"

    @property
    def born(self) -> str:
        """The birth date that the ID tells."""
        return f"{self.id_no[6:10]}-{self.id_no[10:12]}-{self.id_no[12:14]}"

    @property
    def sex(self) -> str:
        """1 or 2, as the ID tells."""
        return "1" if int(self.id_no[16]) % 2 else "2"

    def key(self, prefix: str) -> str:
        """The number of their record or household in a source, which gives numbers of its own."""
        return f"{prefix}{self.number}"

    def broken(self, way: int, /, **cells: Any) -> Changes:
        """The cells of somebody who is broken in this way; nothing for the others."""
        return cells if self.number % EVERY == way else {}


class KeyedByIdentifier(Person):
    """One whose sources took an identifier for the number: the ID, a certificate's number or a phone."""

    def key(self, prefix: str) -> str:
        """Of a report and a settlement their own; the same person has the same number wherever it is asked for."""
        numbers = {"SD": f"SD{self.number}", "S": f"S{self.number}", "H": self.phone, "PH": f"{self.id_no}42"}
        return numbers.get(prefix, self.id_no)


def mint(seed: int = 7, kind: type[Person] = Person) -> list[Person]:
    """The same people for the same seed; no two share an identifier."""
    rng = Random(seed)
    given = rng.sample(["".join(three) for three in product(GIVEN[:30], repeat=3)], PEOPLE)
    streets = rng.sample(["".join(three) for three in product(GIVEN[30:], repeat=3)], PEOPLE)
    stems = [f"370102{year}{month:02d}{day:02d}9{n:02d}"
             for year in range(1950, 1990) for month in (1, 5, 9) for day in range(1, 12) for n in (10, 11)]
    return [
        kind(number, stem + check_digit(stem), rng.choice(SURNAMES) + three, f"139{number:08d}", f"巷{street}路")
        for number, (stem, three, street) in enumerate(zip(rng.sample(stems, PEOPLE), given, streets, strict=True), 1)]


def planted_deliveries(people: list[Person], day: date) -> dict[str, Delivery]:
    """All six deliveries of a day, every person in each."""
    return {
        "assistance_roster": _roster(people),
        "province_check": {"f1.ndjson.gz": ("reports", ndjson(*map(_report, people), *_no_reports(people)))},
        "city_check": {"persons-00001.json": ("persons", page(*map(_city_person, people))),
                       "items-00001.json": ("items", page(*map(_city_item, people)))},
        "medical_insurance": {"insured-00001.json": ("insured", items(*map(_insured, people))),
                              "settlements-00001.json": ("settlements", items(*map(_settlement, people)))},
        "rural_revitalization": {f"rr_monitor_{day:%Y%m%d}.csv": ("file", _rural(people))},
        "disabled_federation": {f"cl_cert_{day:%Y%m%d}.xlsx": ("file", _federation(people))}}


def _roster(people: list[Person]) -> Delivery:
    """Everybody alone in a household whose review is overdue."""
    tables = {name: pq.read_table(io.BytesIO(content)).to_pylist()[0] for name, content in roster().values()}
    household, member, payment = (tables[f"assist_{name}"] for name in ("household", "member", "payment"))
    rows: dict[str, list[Changes]] = {name: [] for name in tables}
    for person in people:
        number, own = person.key("J"), {"id_no": person.id_no, "name": person.name}
        rows["assist_household"].append(household | {"household_no": number, "next_review_on": "2026-01-01"}
                                        | person.broken(4, review_class=person.told))
        rows["assist_payment"].append(payment | {"household_no": number})
        rows["assist_member"].append(member | own | {
            "household_no": number, "phone": person.phone, "address": person.address, "birth_date": person.born,
            "sex": person.sex} | person.broken(0, birth_date=person.told) | person.broken(1, left_on=person.told))
        rows["disability_subsidy"].append(tables["disability_subsidy"] | own | {"subsidy_no": person.key("")}
                                          | person.broken(2, kind=person.told) | person.broken(3, status=person.told))
    return {f"{name}.parquet": (name, parquet(*content)) for name, content in rows.items()}


def _report(person: Person) -> Changes:
    fact = {"itemCode": "A04", "status": "HIT", "asOf": "2026-11-15", "provider": "X", "amount": "0.00", "quantity": 1}
    wrong = person.broken(3, amount=person.told) | person.broken(4, itemCode=person.told) | person.broken(
        5, provider=person.told)
    member = {"memberNo": 1, "name": person.name, "idType": "1", "idNo": person.id_no, "relation": "01",
              "sex": person.sex, "birthDate": person.born.replace("-", ""), "phone": person.phone,
              "address": person.address, "items": [fact | wrong]}
    report = {"reportNo": person.key("SD"), "version": 1, "householdNo": person.key("PH"),
              "areaCode": "370102001003", "checkReason": "REVIEW", "authorizedOn": "2026-03-01",
              "authorizedUntil": "2027-12-31", "checkedOn": "2026-11-20",
              "members": [member | person.broken(6, relation=person.told)]}
    return report | person.broken(7, checkedOn="2026-12-30") | person.broken(8, authorizedUntil=person.told)


def _no_reports(people: list[Person]) -> list[str]:
    return [f'{{"name": "{person.told}' for person in people if person.broken(9, line=True)]


def _city_person(person: Person) -> Changes:
    row = {"rybh": person.key("R"), "xm": person.name, "sfzh": person.id_no, "xb": "女男"[int(person.sex) % 2],
           "csrq": person.born, "hh": person.key("H"), "yhzgx": "户主", "lxdh": person.phone, "zz": person.address,
           "qhdm": "370102", "sqyxq": "2027-01-01", "hdrq": "2026-11-01", "gxsj": "2026-11-20 10:00:00", "zt": 1}
    return row | person.broken(10, gxsj=person.told) | person.broken(11, yhzgx=person.told)


def _city_item(person: Person) -> Changes:
    row = {"rybh": person.key("R"), "xmdm": "GZ", "ksny": "2025-11", "jsny": "2026-10", "je": 1200, "sl": None,
           "sjly": "RS", "hdzt": 1, "gxsj": "2026-11-20 10:00:00"}
    return row | person.broken(12, je=person.told) | person.broken(13, hdzt=person.told)


def _insured(person: Person) -> Changes:
    row = {"psnNo": person.key("P"), "psnName": person.name, "certType": "01", "certNo": person.id_no,
           "sex": person.sex, "birthDate": person.born, "phone": person.phone, "areaCode": "370102001003",
           "insuType": "390", "status": "1", "paidThrough": "202612", "subsidised": True,
           "updatedAt": "2026-11-01T10:00:00+08:00"}
    return row | person.broken(14, updatedAt=person.told) | person.broken(15, insuType=person.told)


def _settlement(person: Person) -> Changes:
    row = {"settlementId": person.key("S"), "refundOf": None, "psnNo": person.key("P"), "psnName": person.name,
           "certNo": person.id_no, "settledAt": "2026-11-01T23:30:00+08:00", "medType": "11", "diagCode": "A00",
           "totalFee": 100.1, "fundPay": 50, "aidPay": 0.1, "selfPay": 50, "updatedAt": "2026-11-01T10:00:00Z"}
    return row | person.broken(16, totalFee=999) | person.broken(17, diagCode=person.told)


def _rural(people: list[Person]) -> bytes:
    columns = registry()["rural_revitalization"].known_columns
    lines = [",".join(columns)]
    for person in people:
        cells = {"户编号": person.key("RH"), "户主姓名": person.name, "姓名": person.name, "证件号码": person.id_no,
                 "与户主关系": "户主", "出生日期": person.born, "联系电话": person.phone, "详细地址": person.address,
                 "监测对象类别": "边缘易致贫户", "风险是否消除": "否", "行政区划代码": "370102001"}
        cells |= person.broken(18, 风险类型=person.told) | person.broken(17, 监测对象类别=person.told)
        more = [person.told] if person.broken(19, cell=True) else []
        lines.append(",".join([*(cells.get(column, "") for column in columns), *more]))
    return "\n".join(lines).encode("gb18030")


def _federation(people: list[Person]) -> bytes:
    columns = registry()["disabled_federation"].known_columns
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("历下区")
    sheet.append(list(columns))
    for person in people:
        cells = {"姓名": person.name, "残疾人证号": person.id_no + "42", "身份证号": person.id_no, "残疾类别": "肢体",
                 "残疾等级": "二级", "有效期至": "2030-01-01", "证件状态": "正常", "联系电话": person.phone,
                 "家庭住址": person.address, "监护人姓名": person.name, "监护人电话": person.phone}
        cells |= person.broken(0, 有效期至=person.told) | person.broken(1, 证件状态=person.told)
        sheet.append([cells.get(column) for column in columns])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()

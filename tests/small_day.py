"""The smallest day that has everything: one covered household, one monitored one, six deliveries made by hand."""

import csv
import io
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from lowincome.sources.spec import registry

from tests.landing_of import items, ndjson, page

D = date(2026, 11, 22)
MOTHER, SON = "370102196001022324", "370102198503040012"
Changes = dict[str, Any]


def parquet(*rows: dict[str, Any]) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), content)
    return content.getvalue()


def roster(status: str = "ACTIVE", review: str = "2027-01-01") -> dict[str, tuple[str, bytes]]:
    household = {
        "household_no": "J1", "programme": "DB", "urban_rural": "城市", "area_code": "370102001", "status": status,
        "approved_on": "2020-01-01", "ended_on": None, "monthly_amount": "100.00", "review_class": "A",
        "next_review_on": review, "gradual_exit_until": None, "updated_at": "2026-01-01 00:00:00"}
    member = {
        "household_no": "J1", "member_no": "1", "name": "王秀英", "id_no": MOTHER, "relation": "01", "sex": "2",
        "birth_date": "1960-01-02", "phone": "13800001234", "address": "某街道", "work_ability": None,
        "single_person_dibao": "false", "left_on": None, "updated_at": "2026-01-01 00:00:00"}
    payment = {"household_no": "J1", "month": "202610", "amount": "100.00", "paid_on": "2026-10-10"}
    subsidy = {
        "subsidy_no": "1", "id_no": MOTHER, "name": "王秀英", "kind": "LIVING", "monthly_amount": "1.00",
        "status": "ACTIVE", "start_month": "202001", "end_month": None, "updated_at": "2026-01-01 00:00:00"}
    tables = {"assist_household": household, "assist_member": member, "assist_payment": payment,
              "disability_subsidy": subsidy}
    return {f"{name}.parquet": (name, parquet(row)) for name, row in tables.items()}


def report(items_of_mother: list[dict[str, Any]], until: str = "2027-12-31") -> bytes:
    member = {"memberNo": 1, "name": "王秀英", "idType": "1", "idNo": MOTHER, "relation": "01", "sex": "2",
              "birthDate": "19600102", "items": items_of_mother}
    return ndjson({"reportNo": "SD1", "version": 1, "householdNo": "PH1", "areaCode": "370102001003",
                   "checkReason": "REVIEW", "authorizedOn": "2026-03-01", "authorizedUntil": until,
                   "checkedOn": "2026-11-20", "members": [member]})


def answer(code: str, status: str = "HIT", **changes: Any) -> dict[str, Any]:
    return {"itemCode": code, "status": status, "asOf": "2026-11-15", "provider": "X", "amount": "0.00"} | changes


def rural(day: date, removed: str = "否") -> dict[str, tuple[str, bytes]]:
    columns = registry()["rural_revitalization"].known_columns
    cells = {"户编号": "RH1", "姓名": "赵某", "证件号码": SON, "与户主关系": "户主", "监测对象类别": "边缘易致贫户",
             "风险是否消除": removed, "行政区划代码": "370114101"}
    text = ",".join(columns) + "\n" + ",".join(cells.get(column, "") for column in columns) + "\n"
    return {f"rr_monitor_{day:%Y%m%d}.csv": ("file", text.encode("gb18030"))}


@cache
def federation(day: date) -> dict[str, tuple[str, bytes]]:
    """The federation's workbook; a workbook tells when it was made, so it is made once."""
    columns = registry()["disabled_federation"].known_columns
    cells = {"姓名": "王秀英", "残疾人证号": MOTHER + "42", "身份证号": MOTHER, "残疾类别": "肢体", "残疾等级": "二级",
             "有效期至": "2030-01-01", "证件状态": "正常"}
    book = openpyxl.Workbook()
    book.worksheets[0].append(list(columns))
    book.worksheets[0].append([cells.get(column) for column in columns])
    content = io.BytesIO()
    book.save(content)
    return {f"cl_cert_{day:%Y%m%d}.xlsx": ("file", content.getvalue())}


def deliveries(day: date, facts: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """The six deliveries of a day; a source set to None does not come."""
    files: dict[str, Any] = {
        "province_check": {"f1.ndjson.gz": ("reports", report(facts, changes.pop("until", "2027-12-31")))},
        "city_check": {"persons-00001.json": ("persons", page()), "items-00001.json": ("items", page())},
        "medical_insurance": {"insured-00001.json": ("insured", items()),
                              "settlements-00001.json": ("settlements", items())},
        "rural_revitalization": rural(day, changes.pop("removed", "否")),
        "disabled_federation": federation(day),
        "assistance_roster": roster(changes.pop("status", "ACTIVE"), changes.pop("review", "2027-01-01"))}
    return files | changes


def flags(folder: Path) -> dict[str, dict[str, str]]:
    return {row["rule_id"]: row for row in every_flag(folder).values()}


def every_flag(folder: Path) -> dict[str, dict[str, str]]:
    """The day's flags by id."""
    with (folder / "flags.csv").open(encoding="utf-8") as file:
        return {row["flag_id"]: row for row in csv.DictReader(file)}

"""Deliveries made by hand, standardised without a transport: what each source's rows become."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
from lowincome import engine, ingest
from lowincome.lake import Lake
from lowincome.sources.spec import registry
from lowincome.sources.standardise.day import standardise

from tests.landing_of import items, land, ndjson, page

D = date(2026, 11, 22)
NEXT = D + timedelta(days=1)
SOURCES = registry()
ID_A, ID_B = "370102196001022324", "370102196001022332"
RURAL_COLUMNS = SOURCES["rural_revitalization"].known_columns
CERTIFICATE_COLUMNS = SOURCES["disabled_federation"].known_columns
Record = dict[str, Any]


def deliver(
    lake: Lake, source: str, files: dict[str, tuple[str, bytes]], day: date = D, since: date | None = None,
    *, door: bool = False, totals: dict[str, int] | None = None,
) -> Record:
    """Land and standardise; `door` asks the suites that ship, else nothing is asked."""
    run_id = f"{len(list(lake.landings(source, day).glob('*'))) + 1:04d}"
    land(lake, source, day, files, since, run_id, totals)
    return standardise(SOURCES[source], lake, day, ingest._audit_source_table if door else lambda *_: [])


def rows(lake: Lake, record: Record, table: str) -> list[dict[str, Any]]:
    path = lake.root / record["tables"][table]["path"]
    found: list[dict[str, Any]] = engine.query("select * from t", {"t": [path]}).to_pylist()
    return found


def reasons(lake: Lake, record: Record) -> set[tuple[str, str]]:
    return {(row["table_name"], row["reason"]) for row in rows(lake, record, "rejected_record")}


def quarantine(lake: Lake, record: Record) -> set[tuple[str, str]]:
    """Record keys and reasons, as the quarantine file lists them."""
    return {(row["record_key"], row["reason"]) for row in rows(lake, record, "rejected_record")}


def found(record: Record) -> dict[str, int]:
    """Findings of the day: code and count."""
    return {entry["code"]: entry["count"] for entry in record["findings"]}


def report(number: str = "SD1", version: int = 1, **changes: Any) -> dict[str, Any]:
    member = {
        "memberNo": 1,
        "name": "王某",
        "idType": "1",
        "idNo": ID_A,
        "relation": "01",
        "sex": "2",
        "birthDate": "19600102",
        "phone": "",
        "address": "",
        "items": [item()],
    }
    content = {
        "reportNo": number,
        "version": version,
        "householdNo": "PH1",
        "areaCode": "370102001003",
        "checkReason": "REVIEW",
        "authorizedOn": "2026-03-01",
        "authorizedUntil": "2027-02-28",
        "checkedOn": "2026-11-20",
        "members": [member],
    }
    return content | changes


def item(**changes: Any) -> dict[str, Any]:
    content = {
        "itemCode": "I02",
        "periodFrom": "202511",
        "periodTo": "202610",
        "amount": "25200.00",
        "quantity": None,
        "provider": "RS",
        "asOf": "2026-11-15",
        "status": "HIT",
    }
    return content | changes


def with_item(**changes: Any) -> dict[str, Any]:
    content = report()
    content["members"][0]["items"] = [item(**changes)]
    return content


def province(lake: Lake, *reports: Any, day: date = D, since: date | None = None, **more: Any) -> Record:
    return deliver(lake, "province_check", {"f1.ndjson.gz": ("reports", ndjson(*reports))}, day, since, **more)


def person(**changes: Any) -> dict[str, Any]:
    content = {
        "rybh": "R1",
        "xm": "王某",
        "sfzh": ID_A,
        "xb": "女",
        "csrq": "1960-01-02",
        "hh": "H1",
        "yhzgx": "户主",
        "lxdh": "",
        "zz": "",
        "qhdm": "370102",
        "sqyxq": "2027-01-01",
        "hdrq": "2026-11-01",
        "gxsj": "2026-11-20 10:00:00",
        "zt": 1,
    }
    return content | changes


def city_item(**changes: Any) -> dict[str, Any]:
    content = {
        "rybh": "R1",
        "xmdm": "GZ",
        "ksny": "2025-11",
        "jsny": "2026-10",
        "je": 1200,
        "sl": None,
        "sjly": "RS",
        "hdzt": 1,
        "gxsj": "2026-11-20 10:00:00",
    }
    return content | changes


def city(
    lake: Lake, persons: list[Any], facts: list[Any], day: date = D, since: date | None = None, **more: Any
) -> Record:
    files = {"persons-00001.json": ("persons", page(*persons)), "items-00001.json": ("items", page(*facts))}
    return deliver(lake, "city_check", files, day, since, **more)


def settlement(**changes: Any) -> dict[str, Any]:
    content = {
        "settlementId": "S1",
        "refundOf": None,
        "psnNo": "P1",
        "psnName": "王某",
        "certNo": ID_A,
        "settledAt": "2026-11-01T23:30:00+08:00",
        "medType": "11",
        "diagCode": "A00",
        "totalFee": 100.1,
        "fundPay": 50,
        "aidPay": 0.1,
        "selfPay": 50,
        "updatedAt": "2026-11-01T10:00:00Z",
    }
    return content | changes


def insured(**changes: Any) -> dict[str, Any]:
    content = {
        "psnNo": "P1",
        "psnName": "王某",
        "certType": "01",
        "certNo": ID_A,
        "sex": "2",
        "birthDate": "1960-01-02",
        "phone": "",
        "areaCode": "370102001003",
        "insuType": "390",
        "status": "1",
        "paidThrough": "202612",
        "subsidised": True,
        "updatedAt": "2026-11-01T10:00:00+08:00",
    }
    return content | changes


def medical(
    lake: Lake, *settlements: Any, persons: tuple[Any, ...] = (), day: date = D, since: date | None = None, **more: Any
) -> Record:
    files = {"insured-00001.json": ("insured", items(*persons)),
             "settlements-00001.json": ("settlements", items(*settlements))}
    return deliver(lake, "medical_insurance", files, day, since, **more)


def rural_row(**changes: str) -> str:
    cells = {
        "户编号": "RH1",
        "姓名": "张某",
        "证件号码": ID_A,
        "与户主关系": "户主",
        "监测对象类别": "边缘易致贫户",
        "风险是否消除": "否",
        "更新日期": "2026-01-02",
    } | changes
    return ",".join('"' + cells.get(column, "").replace('"', '""') + '"' for column in RURAL_COLUMNS)


def rural(
    lake: Lake, *lines: str | bytes, header: str = ",".join(RURAL_COLUMNS), day: date = D, end: bytes = b"\r\n",
    **more: Any,
) -> Record:
    content = end.join(line if isinstance(line, bytes) else line.encode("gb18030") for line in (header, *lines))
    return deliver(lake, "rural_revitalization", {f"rr_monitor_{day:%Y%m%d}.csv": ("file", content)}, day, **more)


def holder(certificate: Any = ID_A + "44", identity: Any = ID_A, **changes: Any) -> list[Any]:
    cells = {
        "姓名": "李某",
        "残疾人证号": certificate,
        "身份证号": identity,
        "残疾类别": "肢体",
        "残疾等级": "四级",
        "发证日期": date(2020, 1, 1),
        "有效期至": "2030-01-01",
        "证件状态": "正常",
    } | changes
    return [cells.get(column) for column in CERTIFICATE_COLUMNS]


def workbook(*cells: list[Any], titles: int = 1) -> openpyxl.Workbook:
    """One sheet of certificates under title rows and the header."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "历下区"
    for _ in range(titles):
        sheet.append(["残疾人证名册"])
    for row in (list(CERTIFICATE_COLUMNS), *cells):
        sheet.append(row)
    return book


def certificates(lake: Lake, *cells: list[Any], titles: int = 1, day: date = D) -> Record:
    return book_of_certificates(lake, workbook(*cells, titles=titles), day)


def book_of_certificates(lake: Lake, book: openpyxl.Workbook, day: date = D) -> Record:
    content = io.BytesIO()
    book.save(content)
    return deliver(lake, "disabled_federation", {f"cl_cert_{day:%Y%m%d}.xlsx": ("file", content.getvalue())}, day)

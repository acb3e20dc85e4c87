"""What each source's rows become, and where bad input of every kind ends."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lowincome import engine
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


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    yield Lake(tmp_path / "lake")


def read(lake: Lake, source: str, day: date = D) -> dict[str, Any]:
    return standardise(SOURCES[source], lake, day, lambda *_: [])


def rows(lake: Lake, record: dict[str, Any], table: str) -> list[dict[str, Any]]:
    path = lake.root / record["tables"][table]["path"]
    found: list[dict[str, Any]] = engine.query("select * from t", {"t": [path]}).to_pylist()
    return found


def reasons(lake: Lake, record: dict[str, Any]) -> set[tuple[str, str]]:
    return {(row["table_name"], row["reason"]) for row in rows(lake, record, "rejected_record")}


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


def province(lake: Lake, *reports: Any, day: date = D, since: date | None = None) -> dict[str, Any]:
    land(lake, "province_check", day, {"f1.ndjson.gz": ("reports", ndjson(*reports))}, since)
    return read(lake, "province_check", day)


def test_a_yuan_string_becomes_whole_fen(lake: Lake) -> None:
    fact = rows(lake, province(lake, with_item(amount="25200.05")), "economic_fact")[0]
    assert (fact["amount_fen"], fact["status"], fact["period_from"]) == (2520005, "HIT", "202511")


def test_a_department_that_did_not_answer_stays_unknown(lake: Lake) -> None:
    fact = rows(lake, province(lake, with_item(amount=None, status="ERROR")), "economic_fact")[0]
    assert (fact["amount_fen"], fact["status"]) == (None, "ERROR")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": "12.345"}, "unreadable:amount_fen"),
        ({"amount": "abc"}, "unreadable:amount_fen"),
        ({"status": "MAYBE"}, "unreadable:status"),
        ({"itemCode": None}, "required:item_code"),
        ({"periodFrom": "202513"}, "unreadable:period_from"),
        ({"periodFrom": "202611", "periodTo": "202610"}, "period_reversed"),
    ],
)
def test_an_unreadable_item_is_quarantined_with_its_reason(lake: Lake, changes: dict[str, Any], reason: str) -> None:
    record = province(lake, with_item(**changes))
    assert reasons(lake, record) == {("economic_fact", reason)}
    assert record["facts"] == {"rows_in": 1, "kept": 0, "quarantined": 1, "refused": 0}


def test_an_unknown_item_code_is_kept_and_counted(lake: Lake) -> None:
    record = province(lake, with_item(itemCode="Z9"))
    assert rows(lake, record, "economic_fact")[0]["item_code"] == "Z9"
    assert {"code": "economic_fact:unknown_code:item_code", "count": 1} in record["findings"]


@pytest.mark.parametrize(
    ("column", "day", "kept"),
    [("checkedOn", D, 1), ("checkedOn", NEXT, 0), ("authorizedOn", D, 1), ("authorizedOn", NEXT, 0)],
)
def test_a_report_dated_after_the_data_date_is_quarantined(lake: Lake, column: str, day: date, kept: int) -> None:
    record = province(lake, report(**{column: day.isoformat()}))
    assert (record["kept"], record["quarantined"]) == (kept, 1 - kept)
    assert len(rows(lake, record, "check_report")) == kept


def test_a_broken_line_is_quarantined_and_the_rest_is_kept(lake: Lake) -> None:
    record = province(lake, report(), '{"reportNo": ')
    assert ("check_report", "not_json") in reasons(lake, record)
    assert record["kept"] == 1


def test_a_report_delivered_twice_counts_once_and_the_later_content_rules(lake: Lake) -> None:
    record = province(lake, report(), report(areaCode="370103001001"))
    found = rows(lake, record, "person_record")
    assert [row["area_code"] for row in found] == ["370103001001"]
    assert (record["rows_in"], record["kept"]) == (2, 2)


def test_versions_are_added_day_by_day_and_a_version_sent_again_is_replaced_whole(lake: Lake) -> None:
    province(lake, report(version=1), report("SD9"))
    again = report(version=1)
    again["members"][0]["items"] = []
    record = province(lake, again, report(version=2), day=NEXT, since=D)
    known = {(row["report_no"], row["report_version"]) for row in rows(lake, record, "check_report")}
    assert known == {("SD1", 1), ("SD1", 2), ("SD9", 1)}
    assert len(rows(lake, record, "economic_fact")) == 2


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


def city(lake: Lake, persons: list[Any], facts: list[Any], day: date = D, since: date | None = None) -> dict[str, Any]:
    land(
        lake,
        "city_check",
        day,
        {"persons-00001.json": ("persons", page(*persons)), "items-00001.json": ("items", page(*facts))},
        since,
    )
    return read(lake, "city_check", day)


@pytest.mark.parametrize("amount", [1.5, "12", True, None])
def test_a_city_amount_that_is_no_integer_is_quarantined(lake: Lake, amount: Any) -> None:
    record = city(lake, [person()], [city_item(je=amount)])
    assert record["facts"]["quarantined"] == 1


@pytest.mark.parametrize("answer", [2, 3])
def test_a_city_amount_may_be_null_where_nothing_was_found_or_answered(lake: Lake, answer: int) -> None:
    record = city(lake, [person()], [city_item(je=None, hdzt=answer)])
    assert record["facts"]["kept"] == 1


def test_city_rows_equal_in_their_five_fields_are_one_the_newest(lake: Lake) -> None:
    newer = city_item(je=1300, gxsj="2026-11-21 10:00:00")
    record = city(lake, [person()], [newer, city_item()])
    assert [fact["amount_fen"] for fact in rows(lake, record, "economic_fact")] == [1300]


def test_a_changed_persons_items_are_replaced_as_a_whole_and_others_stay(lake: Lake) -> None:
    city(lake, [person(), person(rybh="R2")], [city_item(), city_item(xmdm="CK"), city_item(rybh="R2")])
    record = city(lake, [], [city_item(je=5, gxsj="2026-11-23 01:00:00")], NEXT, since=D)
    facts = rows(lake, record, "economic_fact")
    found = {(fact["record_key"], fact["item_code"], fact["amount_fen"]) for fact in facts}
    assert found == {("city_check:R1", "I01", 5), ("city_check:R2", "I01", 1200)}


def test_a_withdrawn_city_person_stays_as_a_tombstone(lake: Lake) -> None:
    city(lake, [person()], [])
    record = city(lake, [person(zt=0, gxsj="2026-11-23 01:00:00")], [], NEXT, since=D)
    assert [row["is_valid"] for row in rows(lake, record, "person_record")] == [False]


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


def medical(lake: Lake, *settlements: Any, day: date = D, since: date | None = None) -> dict[str, Any]:
    land(
        lake,
        "medical_insurance",
        day,
        {"insured-00001.json": ("insured", items()), "settlements-00001.json": ("settlements", items(*settlements))},
        since,
    )
    return read(lake, "medical_insurance", day)


@pytest.mark.parametrize(("total", "kept"), [(100.1, 1), (100.11, 1), (100.09, 1), (100.12, 0), (100.08, 0)])
def test_a_settlement_must_add_up_to_within_one_fen(lake: Lake, total: float, kept: int) -> None:
    assert medical(lake, settlement(totalFee=total))["facts"]["kept"] == kept


def test_times_with_an_offset_are_read_in_shanghai_time(lake: Lake) -> None:
    row = rows(lake, medical(lake, settlement(settledAt="2026-11-01T16:30:00Z")), "settlement")[0]
    assert row["settled_at"].date() == date(2026, 11, 2)


def test_a_settlement_sent_again_is_replaced_by_the_newer(lake: Lake) -> None:
    medical(lake, settlement())
    record = medical(lake, settlement(selfPay=40, fundPay=60, updatedAt="2026-11-23T01:00:00Z"), day=NEXT, since=D)
    assert [row["self_fen"] for row in rows(lake, record, "settlement")] == [4000]


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


def rural(lake: Lake, *lines: str | bytes, header: str = ",".join(RURAL_COLUMNS), day: date = D) -> dict[str, Any]:
    content = b"\r\n".join(line if isinstance(line, bytes) else line.encode("gb18030") for line in (header, *lines))
    land(lake, "rural_revitalization", day, {f"rr_monitor_{day:%Y%m%d}.csv": ("file", content)})
    return read(lake, "rural_revitalization", day)


@pytest.mark.parametrize(
    "text", [f"'{ID_A}", f'="{ID_A}"', "３７０１０２１９６００１０２２３２４", f"{ID_A}\t", f"{ID_A}\u3000", f" {ID_A}"]
)
def test_an_armoured_id_is_read(lake: Lake, text: str) -> None:
    record = rural(lake, rural_row(证件号码=text))
    assert rows(lake, record, "person_record")[0]["id_raw"] == ID_A


def test_a_lower_case_check_digit_is_read_as_upper_case(lake: Lake) -> None:
    record = rural(lake, rural_row(证件号码="11010519491231002x"))
    assert rows(lake, record, "person_record")[0]["id_raw"] == "11010519491231002X"


@pytest.mark.parametrize("text", ["2026-01-02", "2026/1/2", "20260102", "2026年1月2日"])
def test_a_date_is_read_in_four_ways(lake: Lake, text: str) -> None:
    record = rural(lake, rural_row(识别日期=text))
    assert rows(lake, record, "monitored_household")[0]["identified_on"] == date(2026, 1, 2)


def test_records_are_numbered_without_header_and_blank_lines_but_with_quarantined_ones(lake: Lake) -> None:
    record = rural(
        lake,
        rural_row(详细地址="甲,\n乙"),
        "",
        "x,y",
        rural_row().encode("gb18030") + b",z",
        rural_row().encode("gb18030")[:-1] + b'\xff"',
        rural_row(),
    )
    keys = [row["record_key"].rpartition(":")[2] for row in rows(lake, record, "person_record")]
    lines = {row["reason"]: row["line"] for row in rows(lake, record, "rejected_record")}
    assert keys == ["1", "5"]
    assert lines == {"too_few_cells": 5, "too_many_cells": 6, "bytes_not_gb18030": 7}
    assert (record["rows_in"], record["kept"], record["quarantined"]) == (5, 2, 3)


def test_a_missing_required_column_refuses_the_file(lake: Lake) -> None:
    record = rural(lake, header=",".join(column for column in RURAL_COLUMNS if column != "户编号"))
    assert record["state"] == "refused"
    assert "户编号" in record["reason"]


def test_an_unknown_column_is_reported_and_not_fatal(lake: Lake) -> None:
    record = rural(lake, rural_row() + ",新", header=",".join(RURAL_COLUMNS) + ",新列")
    assert record["state"] == "ok"
    assert record["findings"] == [{"code": "unknown_column", "count": 1}]


@pytest.mark.parametrize(("today", "state"), [(8, "ok"), (7, "refused")])
def test_a_snapshot_that_shrinks_by_more_than_a_fifth_is_refused(lake: Lake, today: int, state: str) -> None:
    rural(lake, *[rural_row()] * 10)
    assert rural(lake, *[rural_row()] * today, day=NEXT)["state"] == state


def certificates(lake: Lake, *cells: list[Any], titles: int = 1) -> dict[str, Any]:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "历下区"
    for _ in range(titles):
        sheet.append(["残疾人证名册"])
    sheet.append(list(CERTIFICATE_COLUMNS))
    for row in cells:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    land(lake, "disabled_federation", D, {"cl_cert_20261122.xlsx": ("file", content.getvalue())})
    return read(lake, "disabled_federation")


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


def test_an_id_typed_as_a_number_is_missing_and_said_so(lake: Lake) -> None:
    record = certificates(lake, holder(certificate=None, identity=370102196001022300))
    row = rows(lake, record, "person_record")[0]
    assert (row["id_raw"], row["id_problem"]) == (None, "lost_digits")


def test_a_lost_id_is_taken_from_a_whole_certificate_number(lake: Lake) -> None:
    record = certificates(lake, holder(identity=370102196001022300))
    row = rows(lake, record, "person_record")[0]
    assert (row["id_raw"], row["id_problem"]) == (ID_A, "lost_digits")


@pytest.mark.parametrize(("number", "expected"), [(370102600102232, "370102600102232"), (370102601302232, None)])
def test_a_number_of_fifteen_digits_with_a_real_date_is_a_legacy_id(lake: Lake, number: int, expected: str) -> None:
    record = certificates(lake, holder(certificate=None, identity=number))
    assert rows(lake, record, "person_record")[0]["id_raw"] == expected


@pytest.mark.parametrize(
    ("certificate", "disputed"), [(ID_A + "44", False), (ID_B + "44", True), (ID_A + "44B1", False)]
)
def test_an_id_that_disagrees_with_its_certificate_disputes_it(lake: Lake, certificate: str, disputed: bool) -> None:
    row = rows(lake, certificates(lake, holder(certificate=certificate)), "certificate")[0]
    assert row["is_disputed"] is disputed


def test_columns_rule_over_the_certificates_digits_and_the_difference_is_a_finding(lake: Lake) -> None:
    row = rows(lake, certificates(lake, holder(certificate=ID_A + "53")), "certificate")[0]
    assert (row["category"], row["level"], row["digits_disagree"]) == ("4", "4", True)


@pytest.mark.parametrize("titles", [0, 3])
def test_title_rows_blank_rows_and_the_closing_sum_are_no_records(lake: Lake, titles: int) -> None:
    record = certificates(lake, holder(), [None], holder(), ["合计", 2], titles=titles)
    keys = [row["record_key"] for row in rows(lake, record, "person_record")]
    assert keys == [f"disabled_federation:cl_cert_20261122.xlsx:历下区!{titles + place}" for place in (2, 4)]


def test_real_dates_text_dates_and_serials_are_one_date(lake: Lake) -> None:
    cells = [holder(有效期至=value) for value in (date(2030, 1, 1), "2030/1/1", "2030年1月1日", 47484)]
    found = rows(lake, certificates(lake, *cells), "certificate")
    assert {row["valid_until"] for row in found} == {date(2030, 1, 1)}

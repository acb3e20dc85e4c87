"""Check reports: nested, versioned, in yuan."""

import json
from datetime import date
from typing import Any

import pytest
from lowincome.lake import Lake

from tests.landing_of import ndjson
from tests.standardise.deliveries import (
    NEXT,
    D,
    deliver,
    found,
    item,
    province,
    quarantine,
    reasons,
    report,
    rows,
    with_item,
)


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
        ({"periodTo": None}, "period_half"),
        ({"periodFrom": None}, "period_half"),
        ({"itemCode": "A04", "quantity": -1}, "quantity_negative"),
    ],
)
def test_an_unreadable_item_is_quarantined_with_its_reason(lake: Lake, changes: dict[str, Any], reason: str) -> None:
    record = province(lake, with_item(**changes))
    assert reasons(lake, record) == {("economic_fact", reason)}
    assert record["facts"] == {"rows_in": 1, "kept": 0, "quarantined": 1, "refused": 0}


@pytest.mark.parametrize(("code", "amount", "kept"), [
    ("A03", "85.12", 8512), ("A03", "85.125", 8513), ("A03", "much", None),
    ("A02", "85.12", 8512), ("A02", "85.125", None), ("A02", "-99999999999.99", 1 - 10**13),
    ("A02", "-100000000000.00", None), ("A03", "99999999999.9949", 10**13 - 1), ("A03", "99999999999.995", None),
    ("A03", "100000000000.00", None)])
def test_an_area_may_be_finer_than_money_is(lake: Lake, code: str, amount: str, kept: int | None) -> None:
    record = province(lake, with_item(itemCode=code, amount=amount, quantity=1))
    assert [fact["amount_fen"] for fact in rows(lake, record, "economic_fact")] == ([kept] if kept else [])


@pytest.mark.parametrize("changes", [
    {"periodFrom": None, "periodTo": None}, {"itemCode": "S02", "periodTo": None},
    {"itemCode": "A01", "periodTo": None}, {"status": "NONE", "amount": None, "periodTo": None},
    {"itemCode": "A04", "quantity": 0}])
def test_without_a_period_in_custody_for_now_and_without_a_vehicle_is_read(lake: Lake, changes: dict[str, Any]) -> None:
    assert province(lake, with_item(**changes))["facts"]["kept"] == 1


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
    assert quarantine(lake, record) == {("province_check:f1.ndjson.gz:line/2", "not_json")}
    assert (record["rows_in"], record["kept"], record["quarantined"]) == (2, 1, 1)


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


UNREADABLE = report(authorizedUntil="2026-02-30")
"""The report that everybody knows, sent again so that it cannot be read."""
LATER = report(checkedOn=date(2026, 11, 25).isoformat())
"""The same, from after both data dates."""


@pytest.mark.parametrize("bad", [UNREADABLE, LATER])
@pytest.mark.parametrize("version", [1, 2])
def test_a_quarantined_report_replaces_neither_what_the_day_before_said_nor_what_the_same_delivery_says(
    lake: Lake, bad: dict[str, Any], version: int
) -> None:
    tables = ("check_report", "person_record", "economic_fact")
    known = province(lake, report())
    before = [rows(lake, known, table) for table in tables]
    again = bad | {"version": version, "areaCode": "370103001001"}
    in_one = province(lake, report(), again)
    assert [rows(lake, in_one, table) for table in tables] == before
    day_after = province(lake, again, day=NEXT, since=D)
    assert [rows(lake, day_after, table) for table in tables] == before
    assert [(record["rows_in"], record["quarantined"]) for record in (in_one, day_after)] == [(2, 1), (1, 1)]


def test_of_good_reports_around_a_quarantined_one_the_later_counts_whole(lake: Lake) -> None:
    last = report(areaCode="370103001001")
    last["members"][0]["items"] = []
    record = province(lake, report(), UNREADABLE, last)
    assert [row["area_code"] for row in rows(lake, record, "person_record")] == ["370103001001"]
    assert rows(lake, record, "economic_fact") == []


def test_a_good_report_replaces_the_earlier_whole_though_a_member_or_an_item_of_it_is_quarantined(lake: Lake) -> None:
    last = report()
    last["members"] = [last["members"][0] | {"memberNo": None}, last["members"][0] | {"items": [item(status="?")]}]
    in_one = province(lake, report(), last)
    day_after = province(lake, last, day=NEXT, since=D)
    for record in (in_one, day_after):
        assert len(rows(lake, record, "person_record")) == 1
        assert rows(lake, record, "economic_fact") == []


def test_a_report_none_of_whose_members_can_be_read_still_replaces_the_earlier(lake: Lake) -> None:
    province(lake, report())
    again = report()
    again["members"][0]["memberNo"] = None
    record = province(lake, again, day=NEXT, since=D)
    assert [len(rows(lake, record, table)) for table in ("check_report", "person_record", "economic_fact")] == [1, 0, 0]


@pytest.mark.parametrize("ends", [[""] * 5, ["\r"] * 5, ["", "\r", "\r", "", "\r"], ["\r", "", "", "\r", ""]])
def test_lines_are_told_apart_and_numbered_by_ends_of_either_kind_or_both(lake: Lake, ends: list[str]) -> None:
    lines = [json.dumps(report("SD1")), '{"reportNo": ', "", json.dumps(report("SD2")), "x"]
    record = province(lake, *(line + end for line, end in zip(lines, ends, strict=True)))
    broken = {(f"province_check:f1.ndjson.gz:line/{number}", "not_json") for number in (2, 5)}
    assert (record["rows_in"], record["kept"], quarantine(lake, record)) == (4, 2, broken)
    arrived = {(row["record_key"], row["line"]) for row in rows(lake, record, "arrival")}
    assert {("province_check:SD1/1", 1), ("province_check:SD2/1", 4)} <= arrived


@pytest.mark.parametrize(("address", "kept"), [("C:\\\\x01", 1), ("C:\\u0001", 1), ("C:\x01", 0)])
def test_a_control_character_costs_its_line_only_where_it_stands_there_itself(
    lake: Lake, address: str, kept: int
) -> None:
    line = json.dumps(report("SD2")).replace('"address": ""', f'"address": "{address}"')
    record = province(lake, report(), line)
    assert (record["kept"], record["quarantined"]) == (1 + kept, 1 - kept)


@pytest.mark.parametrize("line", ["[]", "1", "null", '"text"'])
def test_a_line_that_is_no_object_is_quarantined(lake: Lake, line: str) -> None:
    assert {reason for _, reason in quarantine(lake, province(lake, line))} == {"not_json"}


def test_a_rejected_report_is_listed_by_its_persons_and_all_their_items(lake: Lake) -> None:
    late = report("SD2", checkedOn=NEXT.isoformat())
    late["members"].append(late["members"][0] | {"memberNo": 2})
    record = province(lake, report(), late)
    assert quarantine(lake, record) == {
        (f"province_check:SD2/{number}", "checked_after_data_date") for number in (1, 2)}
    assert (record["rows_in"], record["kept"], record["quarantined"]) == (3, 1, 2)
    assert record["facts"] == {"rows_in": 3, "kept": 1, "quarantined": 2, "refused": 0}


def test_a_report_without_members_is_listed_once_by_its_line(lake: Lake) -> None:
    record = province(lake, report("SD2", checkedOn=NEXT.isoformat(), members=[]))
    assert quarantine(lake, record) == {("province_check:f1.ndjson.gz:line/1", "no_members")}


@pytest.mark.parametrize(("again", "is_rewritten"), [({}, False), ({"areaCode": "370103001001"}, True)])
def test_other_content_under_one_number_and_version_is_reported(
    lake: Lake, again: dict[str, Any], is_rewritten: bool
) -> None:
    in_one = province(lake, report(), report(**again))
    assert [row["is_rewritten"] for row in rows(lake, in_one, "check_report")] == [is_rewritten]
    day_after = province(lake, report(), day=NEXT, since=D)
    assert [row["is_rewritten"] for row in rows(lake, day_after, "check_report")] == [is_rewritten]


def test_a_rewritten_report_is_a_warning_with_its_key(lake: Lake) -> None:
    province(lake, report(), door=True)
    record = province(lake, report(areaCode="370103001001"), day=NEXT, since=D, door=True)
    told = [entry for entry in record["expectations"] if entry["expectation"] == "content_unchanged"]
    assert [(entry["success"], entry["failing_keys"]) for entry in told] == [(False, ("province_check:SD1",))]
    assert record["state"] == "ok"


def test_a_withdrawal_is_a_higher_version_whose_consent_is_past(lake: Lake) -> None:
    province(lake, report())
    record = province(lake, report(version=2, authorizedUntil="2026-11-01"), day=NEXT, since=D)
    found_rows = {row["report_version"]: row["authorized_until"] for row in rows(lake, record, "check_report")}
    assert found_rows[2] == date(2026, 11, 1)


@pytest.mark.parametrize("changes", [
    {"members": [{"memberNo": 1, "items": None}]}, {"members": [{"memberNo": "1"}]},
    {"members": [{"memberNo": 1, "items": []}]},
])
def test_of_a_member_without_items_nothing_was_asked(lake: Lake, changes: dict[str, Any]) -> None:
    record = province(lake, report(**changes))
    assert (record["state"], record["quarantined"], record["facts"]["rows_in"]) == ("ok", 0, 0)
    assert (record["rows_in"], record["kept"]) == (1, 1)


@pytest.mark.parametrize("items", [{"1": item()}, "none", 0, False])
def test_items_that_are_no_array_are_one_quarantined_fact_of_their_member(lake: Lake, items: Any) -> None:
    content = report()
    first = content["members"][0]
    content["members"] = [first | {"memberNo": 3}, {"memberNo": 2}, first | {"items": items}, None]
    record = province(lake, content)
    assert reasons(lake, record) == {("economic_fact", "items_no_array"), ("person_record", "required:record_key")}
    assert ("province_check:SD1/1", "items_no_array") in quarantine(lake, record)
    assert record["facts"] == {"rows_in": 2, "kept": 1, "quarantined": 1, "refused": 0}
    assert (record["rows_in"], record["kept"]) == (4, 3)


@pytest.mark.parametrize("members", [None, [], {}, {"1": report()["members"][0]}, "none", 1, ...])
def test_a_report_without_members_is_one_quarantined_person_and_replaces_nothing(lake: Lake, members: Any) -> None:
    tables = ("check_report", "person_record", "economic_fact")
    before = [rows(lake, province(lake, report()), table) for table in tables]
    for version in (1, 2):
        empty = report(version=version, members=members)
        if members is ...:
            del empty["members"]
        for record in (province(lake, report(), empty), province(lake, empty, day=NEXT, since=D)):
            assert [rows(lake, record, table) for table in tables] == before
            assert {reason for _, reason in quarantine(lake, record)} == {"no_members"}
            assert (record["rows_in"] - record["kept"], record["quarantined"], record["facts"]["quarantined"]) == (
                1, 1, 0)


def test_numbers_where_text_is_due_other_key_orders_and_new_fields_are_read(lake: Lake) -> None:
    content = report()
    content["members"][0] |= {"memberNo": "1", "idType": 1, "relation": "01", "sex": 2, "newField": {"a": [1]}}
    turned = {name: content[name] for name in reversed(content)}
    record = province(lake, turned)
    row = rows(lake, record, "person_record")[0]
    assert (row["record_key"], row["id_type"], row["sex"], row["is_head"]) == ("province_check:SD1/1", "1", "2", True)
    assert found(record) == {"reports:unknown_column:newField": 1}


def test_long_values_and_rare_characters_come_through(lake: Lake) -> None:
    content = report()
    content["members"][0] |= {"name": "张𫖯", "address": "长" * 300_000}
    row = rows(lake, province(lake, content), "person_record")[0]
    assert (row["name"], len(row["address"])) == ("张𫖯", 300_000)


def test_an_export_of_no_reports_keeps_what_was_known(lake: Lake) -> None:
    province(lake, report())
    record = province(lake, day=NEXT, since=D, totals={"reports": 0}, door=True)
    assert (record["state"], record["rows_in"], record["tables"]["person_record"]["rows"]) == ("ok", 0, 1)


def test_the_later_received_of_two_files_and_lines_rules(lake: Lake) -> None:
    files = {f"reports-{n:05d}.ndjson.gz": ("reports", ndjson(*lines)) for n, lines in enumerate(
        ([report(areaCode="370102001001"), report("SD2")], [report(areaCode="370102001002")] * 2 + [report("SD3")]), 1)}
    record = deliver(lake, "province_check", files)
    areas = {row["report_no"]: row["area_code"] for row in rows(lake, record, "check_report")}
    assert areas == {"SD1": "370102001002", "SD2": "370102001003", "SD3": "370102001003"}
    assert (record["rows_in"], record["kept"]) == (5, 5)


def test_an_export_of_many_files_is_read_in_their_order(lake: Lake) -> None:
    files = {f"reports-{n:05d}.ndjson.gz": ("reports", ndjson(report(areaCode=f"3701020010{n:02d}")))
             for n in range(1, 13)}
    record = deliver(lake, "province_check", files)
    assert [row["area_code"] for row in rows(lake, record, "check_report")] == ["370102001012"]
    assert record["kept"] == 12


@pytest.mark.parametrize(("column", "reason"), [("reportNo", "unreadable:record_key"),
                                                ("householdNo", "unreadable:household_key")])
def test_an_object_in_the_place_of_a_number_costs_its_report(lake: Lake, column: str, reason: str) -> None:
    record = province(lake, report(), report("SD2") | {column: {"a": 1}})
    assert {told for _, told in quarantine(lake, record)} == {reason}
    assert (record["rows_in"], record["kept"], record["facts"]["quarantined"]) == (2, 1, 1)


def test_an_object_in_the_place_of_a_members_number_costs_the_member(lake: Lake) -> None:
    content = report()
    content["members"].append(content["members"][0] | {"memberNo": [2]})
    record = province(lake, content)
    assert quarantine(lake, record) == {("province_check:f1.ndjson.gz:line/1", "unreadable:record_key")}
    assert (record["kept"], record["quarantined"], record["facts"]["quarantined"]) == (1, 1, 1)

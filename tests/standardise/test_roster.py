"""The bureau's own database: types of PostgreSQL and of SQLite read alike."""

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome.lake import Lake

from tests.standardise.deliveries import ID_A, NEXT, D, Record, deliver, found, quarantine, reasons, rows

HOUSEHOLD = {
    "household_no": "J1", "programme": "DB", "urban_rural": "城市", "area_code": "370102001", "status": "ACTIVE",
    "approved_on": date(2020, 1, 1), "ended_on": None, "monthly_amount": Decimal("1020.50"), "review_class": "A",
    "next_review_on": date(2027, 1, 1), "gradual_exit_until": None, "updated_at": datetime(2026, 1, 1, 8, 30)}
MEMBER = {
    "household_no": "J1", "member_no": 1, "name": "王某", "id_no": ID_A, "relation": "01", "sex": "2",
    "birth_date": date(1960, 1, 2), "phone": "13800000000", "address": "", "work_ability": None,
    "single_person_dibao": True, "left_on": None, "updated_at": datetime(2026, 1, 1, 8, 30, 0, 120000)}
PAYMENT = {"household_no": "J1", "month": "202610", "amount": Decimal("1020.50"), "paid_on": date(2026, 10, 10)}
SUBSIDY = {
    "subsidy_no": "1", "id_no": ID_A, "name": "王某", "kind": "LIVING", "monthly_amount": Decimal("165.00"),
    "status": "ACTIVE", "start_month": "202001", "end_month": None, "updated_at": datetime(2026, 1, 1)}
TABLES = {"assist_household": HOUSEHOLD, "assist_member": MEMBER, "assist_payment": PAYMENT,
          "disability_subsidy": SUBSIDY}


def roster(
    lake: Lake, day: date = D, door: bool = True, more: dict[str, bytes] | None = None, **changes: dict[str, Any]
) -> Record:
    """Each table with one row, or what `more` has for it; `changes` are cells by table."""
    files = {}
    for name, row in TABLES.items():
        content = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([row | changes.get(name, {})]), content)
        files[f"{name}.parquet"] = (name, (more or {}).get(name, content.getvalue()))
    return deliver(lake, "assistance_roster", files, day, door=door)


def as_text(row: dict[str, Any]) -> dict[str, Any]:
    """A row as SQLite may keep it."""
    return {name: value if value is None else str(int(value) if isinstance(value, bool) else value)
            for name, value in row.items()}


def test_native_types_and_text_give_the_same_tables(lake: Lake, tmp_path: Path) -> None:
    native = roster(lake)
    text = roster(Lake(tmp_path / "other"), **{name: as_text(row) for name, row in TABLES.items()})
    for table in ("person_record", "coverage", "payment", "subsidy"):
        assert rows(lake, native, table) == rows(Lake(tmp_path / "other"), text, table)


def test_a_row_without_its_key_is_listed_by_its_number_in_the_table(lake: Lake) -> None:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([MEMBER, MEMBER | {"household_no": None}]), file)
    record = roster(lake, more={"assist_member": file.getvalue()})
    assert (record["state"], record["rows_in"], record["kept"], record["quarantined"]) == ("ok", 2, 1, 1)
    assert quarantine(lake, record) == {("assistance_roster:assist_member:row/2", "required:record_key")}


def test_every_column_is_read(lake: Lake) -> None:
    record = roster(lake)
    member, household = rows(lake, record, "person_record")[0], rows(lake, record, "coverage")[0]
    assert (member["record_key"], member["is_head"], member["single_person_dibao"], member["birth_date"]) == (
        "assistance_roster:J1/1", True, True, date(1960, 1, 2))
    assert member["updated_at"] == datetime(2026, 1, 1, 8, 30, 0, 120000)
    assert (household["urban_rural"], household["monthly_amount_fen"]) == ("urban", 102050)
    assert (record["rows_in"], record["kept"]) == (1, 1)


def test_a_padded_month_is_the_month(lake: Lake) -> None:
    record = roster(lake, assist_payment={"month": "202610  "}, disability_subsidy={"end_month": "202611 "})
    assert rows(lake, record, "payment")[0]["month"] == "202610"
    assert rows(lake, record, "subsidy")[0]["end_month"] == "202611"


@pytest.mark.parametrize(("end", "kept"), [("长期", [None]), ("无    ", [None]), (None, [None]), ("待定", [])])
def test_a_subsidy_without_an_end_is_granted_without_one(lake: Lake, end: str | None, kept: list[None]) -> None:
    record = roster(lake, door=False, disability_subsidy={"end_month": end})
    assert [row["end_month"] for row in rows(lake, record, "subsidy")] == kept
    assert found(record) == {}


def test_rows_dated_after_the_data_date_are_kept_for_their_day(lake: Lake) -> None:
    record = roster(lake, assist_household={"approved_on": NEXT}, assist_member={"left_on": NEXT})
    assert (record["kept"], rows(lake, record, "coverage")[0]["approved_on"]) == (1, NEXT)


@pytest.mark.parametrize(("table", "cells", "reason"), [
    ("assist_household", {"programme": "XX"}, ("coverage", "unreadable:programme")),
    ("assist_household", {"status": None}, ("coverage", "required:status")),
    ("assist_member", {"left_on": "soon"}, ("person_record", "unreadable:left_on")),
    ("assist_payment", {"month": "202613"}, ("payment", "unreadable:month")),
    ("disability_subsidy", {"kind": "X"}, ("subsidy", "unreadable:kind"))])
def test_an_unreadable_row_is_quarantined_with_its_reason(
    lake: Lake, table: str, cells: dict[str, Any], reason: tuple[str, str]
) -> None:
    assert reason in reasons(lake, roster(lake, door=False, **{table: cells}))


@pytest.mark.parametrize(("amount", "fen"), [("99999999999.99", 10**13 - 1), ("100000000000.00", None)])
def test_a_monthly_amount_that_nobody_has_is_unknown_and_a_payment_of_it_is_quarantined(
    lake: Lake, amount: str, fen: int | None
) -> None:
    record = roster(lake, assist_household={"monthly_amount": amount}, assist_payment={"amount": amount})
    assert [row["monthly_amount_fen"] for row in rows(lake, record, "coverage")] == [fen]
    assert [row["amount_fen"] for row in rows(lake, record, "payment")] == ([fen] if fen else [])
    assert found(record) == ({} if fen else {"coverage:unreadable:monthly_amount_fen": 1})


def test_a_member_whose_birth_date_cannot_be_read_stays_in_the_family_and_is_listed_by_key(lake: Lake) -> None:
    record = roster(lake, assist_member={"birth_date": "typed 13800001234", "sex": "9"})
    odd = [(row["record_key"], row["table_name"], row["oddity"]) for row in rows(lake, record, "odd_record")]
    assert (record["kept"], reasons(lake, record)) == (1, set())
    assert [rows(lake, record, "person_record")[0][name] for name in ("birth_date", "sex")] == [None, None]
    assert odd == [("assistance_roster:J1/1", "person_record", "unknown_code:sex"),
                   ("assistance_roster:J1/1", "person_record", "unreadable:birth_date")]
    assert found(record) == {"person_record:unknown_code:sex": 1, "person_record:unreadable:birth_date": 1}


def test_a_table_without_an_agreed_column_refuses_the_day(lake: Lake) -> None:
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([{"household_no": "J1"}]), content)
    files = {f"{name}.parquet": (name, content.getvalue()) for name in TABLES}
    record = deliver(lake, "assistance_roster", files)
    assert (record["state"], record["refused"]) == ("refused", 1)
    assert "missing address, birth_date" in record["reason"]


def test_a_new_column_is_reported_and_not_fatal(lake: Lake) -> None:
    record = roster(lake, assist_member={"nation": "汉"})
    assert (record["state"], found(record)) == ("ok", {"assist_member:unknown_column:nation": 1})


@pytest.mark.parametrize(("number", "count"), [
    (ID_A, 1), (f"H{ID_A}", 1), (f"{ID_A}42", 1), (ID_A[:-1] + "0", None), ("202611220000000001", None), ("J1", None)])
def test_a_household_number_that_holds_a_valid_id_is_counted_once(lake: Lake, number: str, count: int | None) -> None:
    own = {"household_no": number}
    record = roster(lake, assist_household=own, assist_member=own, assist_payment=own)
    assert found(record).get("household_number_is_id") == count

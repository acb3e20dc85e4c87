"""Insured persons and settlements."""

from datetime import date, datetime
from typing import Any

import pytest
from lowincome.lake import Lake

from tests.standardise.deliveries import NEXT, D, Record, found, insured, medical, quarantine, reasons, rows, settlement


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


def test_the_parts_need_not_add_up_exactly_and_refunds_are_negative(lake: Lake) -> None:
    refund = settlement(settlementId="S2", refundOf="S1", totalFee=-100.1, fundPay=-50, aidPay=-0.1, selfPay=-50.0)
    record = medical(lake, settlement(), refund)
    assert {row["settlement_id"]: row["self_fen"] for row in rows(lake, record, "settlement")} == {
        "S1": 5000, "S2": -5000}


def test_a_settlement_that_does_not_add_up_is_quarantined_under_its_key(lake: Lake) -> None:
    record = medical(lake, settlement(selfPay=51))
    assert quarantine(lake, record) == {("medical_insurance:settlement/S1", "parts_do_not_add_up")}
    assert (record["rows_in"], record["facts"]["quarantined"]) == (0, 1)


def test_a_settlement_is_held_until_its_insured_row_comes(lake: Lake) -> None:
    held = medical(lake, settlement(), door=True)
    assert (held["state"], held["facts"]["kept"], held["facts"]["quarantined"]) == ("ok", 1, 0)
    assert _unknown_persons(held) == ("medical_insurance:settlement/S1",)
    come = medical(lake, persons=(insured(),), day=NEXT, since=D, door=True)
    assert _unknown_persons(come) == ()
    assert len(rows(lake, come, "settlement")) == 1


def _unknown_persons(record: Record) -> tuple[str, ...]:
    told = next(entry for entry in record["expectations"]
                if (entry["table"], entry["expectation"]) == ("settlement", "person_known"))
    keys: tuple[str, ...] = told["failing_keys"]
    return keys


@pytest.mark.parametrize(("updated", "self_fen"), [("2026-11-23T01:00:00Z", 4000), ("2026-10-31T01:00:00Z", 5000)])
def test_only_a_newer_update_replaces_a_settlement(lake: Lake, updated: str, self_fen: int) -> None:
    medical(lake, settlement())
    record = medical(lake, settlement(selfPay=40, fundPay=60, updatedAt=updated), day=NEXT, since=D)
    assert [row["self_fen"] for row in rows(lake, record, "settlement")] == [self_fen]


@pytest.mark.parametrize("text", [
    "2026-11-01T23:30:00+08:00", "2026-11-01T15:30:00Z", "2026-11-01t15:30:00.000z", "2026-11-01 23:30:00+08:00",
    "2026-11-01T23:30:00.123456789+08:00", "2026-11-02T00:30:00+09:00"])
def test_every_rfc_3339_time_is_read(lake: Lake, text: str) -> None:
    row = rows(lake, medical(lake, settlement(settledAt=text, updatedAt=text)), "settlement")[0]
    assert [row[name].replace(microsecond=0) for name in ("settled_at", "updated_at")] == [
        datetime(2026, 11, 1, 23, 30)] * 2


@pytest.mark.parametrize("text", ["2026-11-01T10:00:00", "yesterday", "2026-11-01"])
def test_an_update_time_without_offset_is_not_guessed(lake: Lake, text: str) -> None:
    assert reasons(lake, medical(lake, settlement(updatedAt=text))) == {("settlement", "unreadable:updated_at")}


@pytest.mark.parametrize(("name", "value", "reason"), [
    ("psnNo", None, "required:person_record_key"), ("settlementId", None, "required:record_key"),
    ("selfPay", "abc", "unreadable:self_fen"), ("selfPay", 50.005, "unreadable:self_fen"),
    ("fundPay", None, "required:fund_fen")])
def test_a_settlement_without_what_it_needs_is_quarantined(lake: Lake, name: str, value: Any, reason: str) -> None:
    assert reasons(lake, medical(lake, settlement(**{name: value}))) == {("settlement", reason)}


def test_money_as_json_numbers_is_exact(lake: Lake) -> None:
    fees = {"totalFee": 1234567.89, "fundPay": 0.1, "aidPay": 0.2, "selfPay": 1234567.59}
    row = rows(lake, medical(lake, settlement(**fees)), "settlement")[0]
    assert (row["total_fen"], row["fund_fen"], row["aid_fen"], row["self_fen"]) == (123456789, 10, 20, 123456759)


@pytest.mark.parametrize(("fee", "kept"), [
    (99999999999.99, 1), (100000000000, 0), (9.9e15, 0), (-99999999999.99, 1), (-100000000000.0, 0)])
def test_a_settlement_of_an_amount_that_nobody_has_is_quarantined(lake: Lake, fee: float, kept: int) -> None:
    record = medical(lake, settlement(totalFee=fee, selfPay=fee, fundPay=0, aidPay=0))
    assert (record["facts"]["kept"], reasons(lake, record)) == (
        kept, set() if kept else {("settlement", "unreadable:total_fen")})


@pytest.mark.parametrize(("code", "kind"), [("01", "1"), ("02", "3"), ("99", "9"), ("77", None)])
def test_certificate_types_are_the_provinces_and_an_unknown_one_is_reported(
    lake: Lake, code: str, kind: str | None
) -> None:
    record = medical(lake, persons=(insured(certType=code),))
    assert rows(lake, record, "person_record")[0]["id_type"] == kind
    assert ("person_record:unknown_code:id_type" in found(record)) is (kind is None)

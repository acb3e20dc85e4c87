"""A fault is asked of its source once, followed over deliveries, and closed by nothing but a delivery without it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome import schema
from lowincome.returns.stage import build

Row = dict[str, Any]
D = date(2026, 11, 22)
CITY, ROSTER, RURAL = "city_check", "assistance_roster", "rural_revitalization"
PAGES = {CITY: {"is_full": False, "is_keyed": True}, ROSTER: {"is_full": True, "is_keyed": True},
         RURAL: {"is_full": True, "is_keyed": False}}
NEEDED = ("rejected_record", "odd_record", "source_day", "correction", "winning_fact", "person_redirect",
          "person_record", "check_report", "economic_fact", "settlement", "coverage", "payment", "subsidy")
LATE = "updated_after_data_date"
CORRECTION = {"flag_id": "B04:1", "rule_id": "B04", "visited_on": D, "person_id": "P1", "source": CITY,
              "record_key": "city_check:R1", "item_code": "A04", "amount_fen": 0, "quantity": 1,
              "as_of": D, "expires_on": D + timedelta(days=365), "ended_on": None}


class Sources:
    """Days one after another, each continuing the error returns of the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.day, self.known = folder, D - timedelta(days=1), schema.TABLES["error_return"].empty_table()

    def deliver(self, states: dict[str, str] | None = None, days: int = 1, **tables: Sequence[Row]) -> list[Row]:
        """The error returns of the next day (or some days later); sources are in order unless a state is given."""
        self.day += timedelta(days=days)
        known = {name: _table(name, tables.get(name, [])) for name in NEEDED}
        known["source_day"] = _table("source_day", [
            {"source": source, "state": (states or {}).get(source, "ok")} | page for source, page in PAGES.items()])
        known["previous_error_return"] = self.known
        run = pa.table({"data_date": pa.array([self.day], pa.date32())})
        build(known, run, lambda name: self.folder / f"{name}.parquet")
        self.known = pq.read_table(self.folder / "error_return.parquet").cast(schema.TABLES["error_return"])
        return self.known.to_pylist()


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema.TABLES[name])


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path)


def rejected(key: str, reason: str = LATE, source: str = CITY, table: str = "person_record", line: int = 0) -> Row:
    return {"source": source, "record_key": key, "table_name": table, "reason": reason, "line": line or None}


def odd(key: str, oddity: str, source: str) -> Row:
    return {"source": source, "record_key": key, "table_name": "person_record", "oddity": oddity, "line": None}


def person(key: str, source: str = CITY, hour: int = 8) -> Row:
    return {"source": source, "record_key": key, "updated_at": datetime(2026, 11, 22, hour)}


def place(day: date, number: int) -> str:
    return f"rural_revitalization:rr_monitor_{day:%Y%m%d}.csv:{number}"


def states(rows: list[Row]) -> list[tuple[str, str]]:
    """Which record, and what became of its fault."""
    return [(row["record_key"], row["status"]) for row in rows]


def test_a_rejected_row_opens_a_fault_on_the_day_of_its_delivery(sources: Sources) -> None:
    (row,) = sources.deliver(rejected_record=[rejected("city_check:R1", line=7)])
    assert row == {
        "source": CITY, "table_name": "person_record", "record_key": "city_check:R1", "fault": LATE,
        "fault_kind": "rejected", "line": 7, "first_seen": D, "last_seen": D, "status": "open", "closed_on": None,
        "occurrences": 1, "openings": 1, "state_version": None}


def test_rows_of_one_record_with_one_reason_are_one_fault(sources: Sources) -> None:
    (row,) = sources.deliver(rejected_record=[rejected("city_check:R1")] * 3)
    assert (row["record_key"], row["occurrences"]) == ("city_check:R1", 1)


def test_a_fault_that_is_delivered_again_stays_the_same_fault_and_is_counted(sources: Sources) -> None:
    sources.deliver(rejected_record=[rejected("city_check:R1")])
    (row,) = sources.deliver(rejected_record=[rejected("city_check:R1")])
    assert (row["first_seen"], row["last_seen"], row["occurrences"]) == (D, D + timedelta(days=1), 2)


def test_a_record_of_an_incremental_source_that_is_not_sent_again_stays_open(sources: Sources) -> None:
    earlier = [person("city_check:R1", hour=8)]
    sources.deliver(rejected_record=[rejected("city_check:R1")], person_record=earlier)
    (row,) = sources.deliver(person_record=earlier)
    assert (row["status"], row["last_seen"]) == ("open", D)


@pytest.mark.parametrize("before", [[], [person("city_check:R1", hour=8)]])
def test_a_record_that_is_sent_again_without_the_fault_closes_it(sources: Sources, before: list[Row]) -> None:
    sources.deliver(rejected_record=[rejected("city_check:R1")], person_record=before)
    (row,) = sources.deliver(person_record=[person("city_check:R1", hour=9)])
    assert (row["status"], row["closed_on"], row["last_seen"]) == ("corrected", D + timedelta(days=1), D)


def test_another_record_or_another_table_of_the_same_key_closes_nothing(sources: Sources) -> None:
    sources.deliver(rejected_record=[rejected("city_check:R1")])
    item = {"source": CITY, "record_key": "city_check:R1", "item_code": "I01"}
    (row,) = sources.deliver(person_record=[person("city_check:R2")], economic_fact=[item])
    assert row["status"] == "open"


def test_a_full_delivery_that_holds_the_record_without_the_fault_closes_it(sources: Sources) -> None:
    unread = odd("assistance_roster:J1/1", "unreadable:birth_date", ROSTER)
    whole = [person("assistance_roster:J1/1", ROSTER)]
    (row,) = sources.deliver(odd_record=[unread], person_record=whole)
    assert (row["fault_kind"], row["status"]) == ("doubtful", "open")
    assert states(sources.deliver(person_record=whole)) == [("assistance_roster:J1/1", "corrected")]


def test_a_record_that_vanished_from_a_full_delivery_proves_nothing(sources: Sources) -> None:
    sources.deliver(rejected_record=[rejected("assistance_roster:J1/1", source=ROSTER)])
    assert states(sources.deliver()) == [("assistance_roster:J1/1", "open")]


def test_a_record_that_was_corrected_and_breaks_again_is_opened_anew_and_says_so(sources: Sources) -> None:
    sources.deliver(rejected_record=[rejected("city_check:R1")])
    sources.deliver(person_record=[person("city_check:R1", hour=9)])
    closed, opened = sources.deliver(
        rejected_record=[rejected("city_check:R1")], person_record=[person("city_check:R1", hour=9)])
    assert (closed["status"], closed["openings"]) == ("corrected", 1)
    assert (opened["status"], opened["openings"], opened["first_seen"]) == ("open", 2, D + timedelta(days=2))


@pytest.mark.parametrize("state", ["missing", "refused", "stale"])
def test_an_outage_or_a_refusal_closes_nothing_and_is_a_fault_of_its_own(sources: Sources, state: str) -> None:
    fault = rejected(place(D, 3), "too_few_cells", RURAL)
    sources.deliver(rejected_record=[fault])
    found = sources.deliver({RURAL: state})
    assert {(row["fault"], row["status"]) for row in found} == {
        ("too_few_cells", "open"), (f"delivery_{state}", "open")}
    assert {row["status"] for row in sources.deliver()} == {"corrected"}


def test_a_missing_day_stays_open_until_something_usable_comes(sources: Sources) -> None:
    sources.deliver({CITY: "missing"})
    sources.deliver({CITY: "refused"})
    found = sources.deliver({CITY: "stale"})
    assert {(row["fault"], row["status"], row["occurrences"]) for row in found} == {
        (f"delivery_{state}", "open", 1) for state in ("missing", "refused", "stale")}


def test_a_row_without_a_key_is_followed_by_its_place_in_the_file(sources: Sources) -> None:
    sources.deliver(rejected_record=[rejected(place(D, 3), "too_few_cells", RURAL, line=4)])
    day = D + timedelta(days=1)
    (row,) = sources.deliver(rejected_record=[rejected(place(day, 3), "too_few_cells", RURAL, line=4)])
    assert (row["record_key"], row["first_seen"], row["occurrences"]) == (place(day, 3), D, 2)


def test_rows_of_a_file_that_moved_are_counted_and_only_the_missing_one_is_corrected(sources: Sources) -> None:
    sources.deliver(rejected_record=[rejected(place(D, n), "too_few_cells", RURAL, line=n) for n in (3, 5, 9)])
    day = D + timedelta(days=1)
    found = sources.deliver(
        rejected_record=[rejected(place(day, n), "too_few_cells", RURAL, line=n) for n in (4, 9)])
    assert states(found) == [(place(D, 5), "corrected"), (place(day, 4), "open"), (place(day, 9), "open")]
    assert [row["first_seen"] for row in found] == [D, D, D]


def test_another_fault_at_the_same_place_is_another_fault(sources: Sources) -> None:
    sources.deliver(rejected_record=[rejected(place(D, 3), "too_few_cells", RURAL)])
    day = D + timedelta(days=1)
    found = sources.deliver(rejected_record=[rejected(place(day, 3), "bytes_not_gb18030", RURAL)])
    assert {(row["fault"], row["status"]) for row in found} == {
        ("too_few_cells", "corrected"), ("bytes_not_gb18030", "open")}


def test_two_tables_that_are_read_from_one_row_of_a_file_ask_once(sources: Sources) -> None:
    found = sources.deliver(rejected_record=[
        rejected(place(D, 3), "required:household_key", RURAL, table)
        for table in ("person_record", "monitored_household")])
    assert states(found) == [(place(D, 3), "open")]


def test_a_line_without_a_key_of_an_incremental_source_is_not_closed_by_the_next_delivery(sources: Sources) -> None:
    sources.deliver(rejected_record=[rejected("city_check:persons-00001.json:row/1", "not_json")])
    assert states(sources.deliver()) == [("city_check:persons-00001.json:row/1", "open")]


def test_what_a_visit_found_wrong_is_a_fault_until_the_source_says_something_else(sources: Sources) -> None:
    (row,) = sources.deliver(correction=[CORRECTION])
    assert (row["fault"], row["fault_kind"], row["status"]) == ("disputed_by_visit:A04", "disputed", "open")
    sources.deliver(correction=[CORRECTION], states={CITY: "missing"})
    ended = CORRECTION | {"ended_on": D + timedelta(days=2)}
    said = {"person_id": "P1", "source": CITY, "item_code": "A04", "status": "NONE", "is_corrected": False}
    found = sources.deliver(correction=[ended], winning_fact=[said])
    assert {(row["fault"], row["status"]) for row in found} == {
        ("delivery_missing", "corrected"), ("disputed_by_visit:A04", "corrected")}
    assert len(sources.deliver(correction=[ended], winning_fact=[said])) == 2


def test_what_the_source_says_otherwise_is_said_of_whom_the_person_was_merged_with(sources: Sources) -> None:
    sources.deliver(correction=[CORRECTION])
    ended = CORRECTION | {"ended_on": D + timedelta(days=1)}
    said = {"person_id": "P0", "source": CITY, "item_code": "A04", "status": "NONE", "is_corrected": False}
    redirect = {"person_id": "P1", "leads_to": "P0"}
    found = sources.deliver(correction=[ended], winning_fact=[said], person_redirect=[redirect])
    assert states(found) == [("city_check:R1", "corrected")]


@pytest.mark.parametrize(("expires_on", "says"), [
    (D, {"status": "HIT", "amount_fen": 0, "quantity": 2}), (D + timedelta(days=9), {
        "status": "HIT", "amount_fen": 0, "quantity": 1})])
def test_a_dispute_that_ran_out_or_was_answered_anew_is_withdrawn_and_not_called_corrected(
    sources: Sources, expires_on: date, says: Row
) -> None:
    sources.deliver(correction=[CORRECTION])
    ended = CORRECTION | {"ended_on": D + timedelta(days=1), "expires_on": expires_on}
    fact = {"person_id": "P1", "source": CITY, "item_code": "A04", "is_corrected": False} | says
    assert states(sources.deliver(correction=[ended], winning_fact=[fact])) == [("city_check:R1", "withdrawn")]


def test_what_was_closed_is_told_for_four_weeks_and_then_leaves_the_table(sources: Sources) -> None:
    sources.deliver(rejected_record=[rejected(place(D, 3), "too_few_cells", RURAL)])
    sources.deliver()
    assert states(sources.deliver(days=27)) == [(place(D, 3), "corrected")]
    assert sources.deliver() == []

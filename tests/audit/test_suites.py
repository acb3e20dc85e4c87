"""Every expectation fails on its own failing example, and a good row passes the whole suite."""

import json
import os
import re
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lowincome import schema
from lowincome.audit import LEVELS, audit_table
from lowincome.errors import AuditFailed
from lowincome.expectations import why_zh
from lowincome.settings import INCLUDE
from lowincome.sources.spec import registry

SUITES = sorted((INCLUDE / "expectations").rglob("*.json"))
RUN = pa.table({"data_date": pa.array([date(2026, 11, 22)], pa.date32())})
GOOD: dict[str, dict[str, Any]] = {
    "person_record": {
        "source": "city_check", "record_key": "city_check:R1", "household_key": "city_check:H1", "name": "王某",
        "id_type": "1", "id_raw": "370102196001022324", "sex": "2", "birth_date": "1960-01-02", "is_valid": True,
        "authorized_until": "2027-01-01", "is_head": True, "updated_at": "2026-11-22T23:59:59"},
    "check_report": {"record_key": "province_check:SD1", "report_no": "SD1", "report_version": 1,
                     "authorized_on": "2026-03-01", "authorized_until": "2027-02-28", "checked_on": "2026-11-20",
                     "is_rewritten": False},
    "delivery": {"source": "city_check", "table_name": "person_record", "is_full": True, "rows_in": 100, "kept": 100,
                 "quarantined": 0, "fresh": 100, "announced": 100, "state_rows": 100, "least": 1, "most": 1000,
                 "previous_rows": 100, "max_shrink": 0.2, "is_shrink_accepted": False, "added": 0, "removed": 0,
                 "like_days": 3, "like_median": 1.0, "unknown_columns": 0, "unknown_codes": 0},
    "rejected_record": {"source": "city_check", "record_key": "city_check:R1", "table_name": "person_record",
                        "reason": "required:updated_at"},
    "economic_fact": {"source": "city_check", "record_key": "city_check:R1", "item_code": "I01",
                      "period_from": "202511", "period_to": "202610", "amount_fen": 100, "status": "HIT"},
    "settlement": {"record_key": "medical_insurance:settlement/S1", "settlement_id": "S1",
                   "person_record_key": "city_check:R1", "settled_at": "2026-11-22T23:59:59", "total_fen": 10010,
                   "fund_fen": 5000, "aid_fen": 10, "self_fen": 5000},
    "certificate": {"record_key": "disabled_federation:f:s!2", "certificate_no": "37010219600102232442",
                    "category": "4", "level": "2", "status": "NORMAL", "is_disputed": False, "digits_disagree": False},
    "monitored_household": {"record_key": "rural_revitalization:f:1", "household_key": "rural_revitalization:1",
                            "category": "borderline", "risk_removed": False},
    "coverage": {"record_key": "assistance_roster:J1", "household_key": "assistance_roster:J1", "programme": "DB",
                 "status": "ACTIVE"},
    "payment": {"record_key": "assistance_roster:payment/J1/202610/x",
                "household_key": "assistance_roster:J1", "amount_fen": 1, "paid_on": "2026-10-10"},
    "subsidy": {"record_key": "assistance_roster:subsidy/1", "kind": "LIVING", "status": "ACTIVE",
                "start_month": "202001"},
    "person_link": {"source": "city_check", "record_key": "city_check:R1", "person_id": "P1",
                    "own_since": "2026-11-20"},
    "person_anchor": {"anchor": "city_check:R1", "own_id": "P1", "own_since": "2026-11-20", "person_id": "P1"},
    "person_event": {"data_date": "2026-11-22", "event": "merged", "from_person_id": "P2", "to_person_id": "P1",
                     "anchors": 1},
    "person_redirect": {"person_id": "P2", "leads_to": "P1"},
    "placed_pair": {"left_key": "city_check:R1", "right_key": "city_check:R3", "node_key": "city_check:R3",
                    "pattern": "name=exact", "score": 0.95},
    "judged_pair": {"left_key": "city_check:R1", "right_key": "city_check:R2", "verdict": "DIFFERENT"},
    "review_pair": {"left_key": "city_check:R1", "right_key": "city_check:R4", "kind": "likely_same",
                    "left_person_id": "P1", "right_person_id": "P4"},
    "household_redirect": {"household_id": "H2", "leads_to": "H1"},
    "household": {"household_id": "H1", "district": "370102", "is_residence_odd": False},
    "household_member": {"household_id": "H1", "person_id": "P1"},
    "flags": {"data_date": "2026-11-22", "flag_id": "F1", "rule_id": "A08", "certainty": "certain", "state": "new",
              "first_seen": "2026-11-22", "household_id": "H1", "household_keys": "rural_revitalization:1",
              "district": "370102", "observed_low": "1", "observed_high": "1", "evidence": "k"},
    "links": {"source": "city_check", "record_key": "city_check:R1", "person_id": "P1", "score": 1.0},
    "discrepancies": {"person_id": "P1", "item_code": "I01", "province_amount": "100", "city_amount": "80",
                      "province_as_of": "2026-11-01", "city_as_of": "2026-11-01"},
    "outcome": {"rule_id": "A08", "household_id": "H1", "outcome": "certain", "evidence": "k"},
    "error_return": {"source": "city_check", "table_name": "person_record", "record_key": "city_check:R1",
                     "fault": "required:updated_at", "status": "open"},
}
NUMBER = pa.decimal128(38, 8)
PUBLISHED = {
    "flags": pa.schema([
        ("data_date", pa.date32()), ("flag_id", pa.string()), ("rule_id", pa.string()), ("certainty", pa.string()),
        ("state", pa.string()), ("first_seen", pa.date32()), ("household_id", pa.string()),
        ("household_keys", pa.string()), ("person_id", pa.string()), ("person_keys", pa.string()),
        ("district", pa.string()), ("observed_low", NUMBER), ("observed_high", NUMBER), ("evidence", pa.string())]),
    "links": pa.schema([
        ("source", pa.string()), ("record_key", pa.string()), ("person_id", pa.string()), ("score", pa.float64())]),
    "discrepancies": pa.schema([
        ("person_id", pa.string()), ("item_code", pa.string()), ("province_amount", NUMBER), ("city_amount", NUMBER),
        ("province_as_of", pa.date32()), ("city_as_of", pa.date32())])}
CASES = [
    (suite, entry["id"]) for suite in SUITES for entry in json.loads(suite.read_text("utf-8"))["expectations"]
]


def table(name: str, *rows: dict[str, Any]) -> pa.Table:
    kinds = PUBLISHED.get(name) or schema.TABLES[name]

    def cell(row: dict[str, Any], kind: pa.Field) -> Any:
        value = row.get(kind.name)
        if pa.types.is_timestamp(kind.type) and isinstance(value, str):
            return datetime.fromisoformat(value)
        if pa.types.is_date32(kind.type) and isinstance(value, str):
            return date.fromisoformat(value)
        return Decimal(value) if pa.types.is_decimal(kind.type) and value is not None else value

    return pa.Table.from_pylist([{kind.name: cell(row, kind) for kind in kinds} for row in rows], kinds)


def known_to(name: str) -> dict[str, pa.Table]:
    """The tables that a suite may look at beside its own."""
    person = GOOD["person_record"]
    persons = [person, person | {"report_no": "SD1", "report_version": 1},
               person | {"household_key": "assistance_roster:J1"}]
    others = {"person_record": table("person_record", *persons), "coverage": table("coverage", GOOD["coverage"])}
    records = [f"city_check:R{n}" for n in (1, 2, 3, 4)[: 1 if name in ("links", "person_link") else None]]
    links = [{"record_key": key, "person_id": {"city_check:R3": "P1"}.get(key, f"P{key[-1]}")} for key in records]
    anchor, redirect = GOOD["person_anchor"], GOOD["person_redirect"]
    others |= {
        "current_record": table("current_record", *({"record_key": key, "is_keyed": True} for key in records)),
        "person_link": table("person_link", *links[: 1 if name == "person_redirect" else None]),
        "person": table("person", {"person_id": "P1"}),
        "person_anchor": table("person_anchor", anchor, anchor | {"anchor": "city_check:R3", "own_id": "P3"}),
        "previous_person_anchor": table("person_anchor", anchor),
        "previous_person_link": table("person_link", GOOD["person_link"]),
        "person_redirect": table("person_redirect", redirect), "judged_pair": table("judged_pair", GOOD["judged_pair"]),
        "household": table("household", GOOD["household"]),
        "family_member": table("family_member", {"family_key": "city_check:H1", "person_id": "P1"}),
        "family_household": table("family_household", {"family_key": "city_check:H1", "role": "forming"}),
    }
    return {other: rows for other, rows in others.items() if other != name} | {"run": RUN}


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.stem)
def test_a_good_row_passes_every_expectation_of_its_suite(suite: Path) -> None:
    name = suite.stem
    results = audit_table(suite, known_to(name) | {name: table(name, GOOD[name])}, GOOD[name].get("source"))
    assert [result.expectation for result in results if not result.success] == []


@pytest.mark.parametrize(("suite", "expectation"), CASES, ids=lambda value: getattr(value, "stem", value))
def test_each_expectation_fails_on_its_failing_example(suite: Path, expectation: str) -> None:
    entry = next(e for e in json.loads(suite.read_text("utf-8"))["expectations"] if e["id"] == expectation)
    example = dict(entry["failing_example"])
    row, rows = failing_rows(suite.stem, example)
    inputs = known_to(suite.stem) | {suite.stem: table(suite.stem, *rows)}
    results = audit_table(suite, inputs, row.get("source"))
    found = next(result for result in results if result.expectation == expectation)
    failing = 1 if entry.get("of") == "table" else sum(each.get("state") != "open" for each in rows)
    assert (found.success, found.failing_count) == (False, failing)


def failing_rows(name: str, example: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The example's row, and all rows: itself several times, beside another, or a flood of new ones over twenty old."""
    times = 2 if example.pop("_twice", 0) else example.pop("_times", 1)
    beside, flood = example.pop("_with", None), example.pop("_flood", 0)
    row = GOOD[name] | example
    old = [row | {"flag_id": f"O{n}", "household_id": f"O{n}", "state": "open"} for n in range(20 if flood else 0)]
    new = [row | {"flag_id": f"N{n}", "household_id": f"N{n}"} for n in range(21 if flood else 0)]
    return row, (old + new) or [row] * times + ([row | beside] if beside else [])


@pytest.mark.parametrize("name", sorted({table.name for page in registry().values() for table in page.tables}))
def test_every_standardised_table_has_a_suite(name: str) -> None:
    assert INCLUDE / "expectations" / "standardised" / f"{name}.json" in SUITES


def test_all_six_levels_are_asked() -> None:
    asked = {entry["level"] for suite in SUITES for entry in json.loads(suite.read_text("utf-8"))["expectations"]}
    assert asked == set(LEVELS)


BOUNDS = [
    ("not_shrunk", {"previous_rows": 125}), ("not_shrunk", {"previous_rows": 126, "is_full": False}),
    ("not_shrunk", {"previous_rows": 126, "is_shrink_accepted": True}), ("not_shrunk", {"previous_rows": None}),
    ("rows_due", {"state_rows": 0, "least": 0, "rows_in": 0, "kept": 0}), ("rows_due", {"state_rows": 1}),
    ("rows_due", {"state_rows": 0, "least": 0, "is_full": False}),
    ("rows_due", {"state_rows": 0, "least": 0, "most": None}),
    ("mostly_readable", {"kept": 80, "quarantined": 20}), ("mostly_once", {"fresh": 50}),
    ("like_other_days", {"like_days": 4, "like_median": 40}), ("like_other_days", {"like_days": 4, "like_median": 240}),
    ("like_other_days", {"like_days": 3, "like_median": 9999}), ("few_added", {"added": 70}),
    ("few_added", {"added": None}), ("few_removed", {"removed": 30})]


@pytest.mark.parametrize(("expectation", "cells"), BOUNDS)
def test_a_delivery_within_a_bound_passes(expectation: str, cells: dict[str, Any]) -> None:
    suite = INCLUDE / "expectations" / "standardised" / "delivery.json"
    results = audit_table(suite, {"delivery": table("delivery", GOOD["delivery"] | cells)})
    assert next(result for result in results if result.expectation == expectation).success


def test_results_hold_record_keys_and_no_values() -> None:
    suite = INCLUDE / "expectations" / "standardised" / "person_record.json"
    row = GOOD["person_record"] | {"sex": "7"}
    results = audit_table(suite, {"person_record": table("person_record", row), "run": RUN}, "city_check")
    assert [result.failing_keys for result in results if not result.success] == [("city_check:R1",)]
    assert "370102196001022324" not in repr(results)
    assert "王某" not in repr(results)


@pytest.mark.parametrize(("rows", "success"), [(1, True), (0, False)])
def test_rows_that_should_be_there_and_are_not_fail_the_table(rows: int, success: bool) -> None:
    suite = INCLUDE / "expectations" / "published" / "links.json"
    inputs = known_to("links") | {"links": table("links", *[GOOD["links"]] * rows)}
    found = next(result for result in audit_table(suite, inputs) if result.expectation == "all_records")
    assert (found.success, found.failing_keys) == (success, ())


@pytest.mark.parametrize("content", [
    '{"table": "person_record", "key": "record_key", "expectations": []}', "", "{}",
    '{"table": "person_record", "key": "record_key", "expectations": [{"id": "x", "level": "value", '
    '"severity": "critical", "why": "a column that is not there", "fails_when": "no_such_column = 1"}]}',
    '{"table": "person_record", "key": "record_key", "expectations": [{"id": "x", "level": "value", '
    '"severity": "fatal", "why": "an unknown severity", "fails_when": "true"}]}'])
def test_an_empty_broken_or_crashing_suite_blocks(tmp_path: Path, content: str) -> None:
    suite = tmp_path / "person_record.json"
    suite.write_text(content)
    with pytest.raises(AuditFailed):
        audit_table(suite, {"person_record": table("person_record", GOOD["person_record"]), "run": RUN})


def test_every_expectation_says_in_chinese_why_it_is_asked() -> None:
    suites = [json.loads(path.read_text("utf-8")) for path in SUITES]
    asked = [(suite["table"], entry["id"]) for suite in suites for entry in suite["expectations"]]
    assert [place for place in asked if not re.search("[一-鿿]{2}", why_zh(*place))] == []


def test_loading_the_library_fills_no_log() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import logging; logging.basicConfig(level=logging.INFO)\n"
         "from lowincome import audit; audit._great_expectations()"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=True)
    assert "Skipping registering" not in told.stderr


@pytest.mark.parametrize(("number", "told"), [("370102196001022324", "3701**********2324"), ("R1", "R1")])
def test_the_key_of_a_failing_row_is_masked_where_it_is_an_id(number: str, told: str) -> None:
    suite = INCLUDE / "expectations" / "standardised" / "person_record.json"
    row = GOOD["person_record"] | {"sex": "7", "record_key": f"city_check:{number}"}
    results = audit_table(suite, {"person_record": table("person_record", row), "run": RUN}, "city_check")
    assert [result.failing_keys for result in results if not result.success] == [(f"city_check:{told}",)]

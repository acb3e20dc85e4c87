"""Answers of caseworkers: recorded once, in order, only about what is still open."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from lowincome import schema
from lowincome.errors import ContractBroken
from lowincome.register import dispositions, ledger
from lowincome.register.dispositions import Answer

DAY_1, DAY_2, DAY_3 = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)


def outcomes(*kinds: str) -> pa.Table:
    """One household an outcome, under rule B04."""
    row: dict[str, Any] = {"rule_id": "B04", "rule_version": 1, "direction": "B", "subject": "household",
                           "is_held": False, "parameters": "", "evidence": "", "district": "370102"}
    rows = [row | {"household_id": f"H{n}", "outcome": kind} for n, kind in enumerate(kinds, 1)]
    return pa.Table.from_pylist(rows, schema.TABLES["outcome"])


@pytest.fixture
def register(empty_url: str) -> str:
    ledger.migrate(empty_url)
    return empty_url


def enter(url: str, day: date, *kinds: str) -> list[str]:
    """Enter a day; its flag ids by household."""
    rows = ledger.apply(url, day, f"run-{day}", outcomes(*kinds)).to_pylist()
    return [row["flag_id"] for row in sorted(rows, key=lambda row: row["household_id"])]


def answer(flag_id: str, **changes: Any) -> Answer:
    given = Answer(flag_id, "confirmed", DAY_1, "看过", "office", datetime(2026, 11, 21, 9), "workbook", DAY_1)
    return replace(given, **changes)


def test_an_answer_shapes_the_list_after_the_newest_one_and_none_before(register: str) -> None:
    flag = enter(register, DAY_1, "certain")[0]
    assert dispositions.record(register, [answer(flag)]) == ["recorded"]
    assert dispositions.in_force(register, DAY_1) == []
    assert [row["finding"] for row in dispositions.in_force(register, DAY_2)] == ["confirmed"]


def test_the_same_answer_again_changes_nothing_and_a_new_one_supersedes_it(register: str) -> None:
    flag = enter(register, DAY_1, "certain")[0]
    changed = answer(flag, finding="not_confirmed")
    assert dispositions.record(register, [answer(flag), answer(flag), changed]) == ["recorded", "unchanged", "recorded"]
    assert dispositions.record(register, [answer(flag)]) == ["recorded"]
    assert [row["finding"] for row in dispositions.in_force(register, DAY_2)] == ["confirmed"]


def test_an_answer_to_an_older_list_than_the_one_answered_is_stale(register: str) -> None:
    flag = enter(register, DAY_1, "certain")[0]
    enter(register, DAY_2, "certain")
    later = answer(flag, finding="referred", list_date=DAY_2)
    assert dispositions.record(register, [later, answer(flag)]) == ["recorded", "stale"]
    assert dispositions.in_force(register, DAY_3)[0]["finding"] == "referred"


def test_an_answer_about_a_closed_or_unknown_flag_is_told_and_not_recorded(register: str) -> None:
    closed, still_open = enter(register, DAY_1, "certain", "certain")
    enter(register, DAY_2, "false", "certain")
    answers = [answer(closed), answer(still_open), answer("F0")]
    assert dispositions.record(register, answers) == ["closed", "recorded", "unknown"]


def test_a_finding_outside_the_catalogue_is_refused_and_nothing_is_recorded(register: str) -> None:
    flag = enter(register, DAY_1, "certain")[0]
    with pytest.raises(ContractBroken):
        dispositions.record(register, [answer(flag), answer(flag, finding="maybe")])
    assert dispositions.in_force(register, DAY_2) == []


def test_a_workbook_is_known_by_its_bytes(register: str) -> None:
    assert dispositions.known_file(register, "ab") is None
    counts = {"rows": 1, "recorded": 1, "rejected": 0}
    for _ in range(2):
        dispositions.remember_file(register, "ab", datetime(2026, 11, 21), counts)
    assert dispositions.known_file(register, "ab") == counts

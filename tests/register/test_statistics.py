"""Flags are counted by what became of them, for the districts that are asked and no others."""

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from lowincome import schema
from lowincome.register import dispositions, ledger, statistics
from lowincome.register.dispositions import Answer
from sqlalchemy import create_engine

DAY_1, DAY_2 = date(2026, 11, 20), date(2026, 11, 21)
HOME, NEXT = "370102", "370103"


@pytest.fixture
def register(empty_url: str) -> str:
    ledger.migrate(empty_url)
    return empty_url


def enter(url: str, day: date, *kinds: tuple[str, str | None], run: str = "run") -> list[str]:
    """Enter a day of one household an outcome and district; its flag ids."""
    row: dict[str, Any] = {"rule_id": "B04", "rule_version": 1, "direction": "B", "subject": "household",
                           "is_held": False, "parameters": "", "evidence": ""}
    rows = [row | {"household_id": f"H{number}", "outcome": kind, "district": district}
            for number, (kind, district) in enumerate(kinds)]
    flags = ledger.apply(url, day, run, pa.Table.from_pylist(rows, schema.TABLES["outcome"])).to_pylist()
    return [flag["flag_id"] for flag in sorted(flags, key=lambda flag: flag["household_id"])]


def say(url: str, flag: str, finding: str, visited_on: date) -> None:
    answer = Answer(flag, finding, visited_on, "", "li", datetime(2026, 11, 24), "page", DAY_2)
    assert dispositions.record(url, [answer]) == ["recorded"]


def counted(url: str, *districts: str, since: date = DAY_1) -> list[tuple[Any, ...]]:
    """Groups without their rule, in a fixed order."""
    engine = create_engine(url)
    rows = statistics.groups(engine, districts, since)
    engine.dispose()
    names = ("district", "first_seen", "visited_on", "finding", "is_open", "flags")
    return sorted((tuple(row[name] for name in names) for row in rows), key=str)


def test_flags_of_other_districts_are_not_counted_and_an_unknown_area_is_one_of_its_own(register: str) -> None:
    enter(register, DAY_1, ("certain", HOME), ("certain", NEXT), ("certain", NEXT), ("certain", None))
    assert counted(register, HOME) == [(HOME, DAY_1, None, None, True, 1)]
    assert counted(register, NEXT, "000000") == [
        ("000000", DAY_1, None, None, True, 1), (NEXT, DAY_1, None, None, True, 2)]
    assert counted(register) == []


def test_the_newest_finding_and_the_first_visit_of_a_flag_are_counted_once(register: str) -> None:
    (flag,) = enter(register, DAY_1, ("certain", HOME))
    say(register, flag, "unreachable", DAY_1)
    say(register, flag, "confirmed", DAY_2)
    assert counted(register, HOME) == [(HOME, DAY_1, DAY_1, "confirmed", True, 1)]


def test_a_closed_flag_is_counted_while_it_is_recent_and_an_open_one_however_old(register: str) -> None:
    enter(register, DAY_1, ("certain", HOME), ("certain", HOME))
    enter(register, DAY_2, ("false", HOME), ("certain", HOME))
    assert counted(register, HOME) == [(HOME, DAY_1, None, None, False, 1), (HOME, DAY_1, None, None, True, 1)]
    assert counted(register, HOME, since=DAY_2) == [(HOME, DAY_1, None, None, True, 1)]


def test_a_day_that_is_run_again_is_counted_by_its_newest_revision(register: str) -> None:
    enter(register, DAY_1, ("certain", HOME), ("certain", HOME))
    enter(register, DAY_1, ("certain", NEXT), run="again")
    assert counted(register, HOME, NEXT) == [(NEXT, DAY_1, None, None, True, 1)]

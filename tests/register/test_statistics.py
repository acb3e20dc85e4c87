"""Each flag is told once, with what became of it as it was known on the day."""

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from lowincome import schema
from lowincome.register import dispositions, ledger, statistics
from lowincome.register.dispositions import Answer

DAY_1, DAY_2 = date(2026, 11, 20), date(2026, 11, 21)
HOME, NEXT = "370102", "370103"


@pytest.fixture
def register(empty_url: str) -> str:
    ledger.migrate(empty_url)
    return empty_url


def enter(
    url: str, day: date, *kinds: tuple[str, str | None], run: str = "run", leads_to: dict[str, str] | None = None
) -> list[str]:
    """Enter a day of one household an outcome and district; its flag ids."""
    row: dict[str, Any] = {"rule_id": "B04", "rule_version": 1, "direction": "B", "subject": "household",
                           "is_held": False, "parameters": "", "evidence": ""}
    rows = [row | {"household_id": f"H{number}", "outcome": kind, "district": district}
            for number, (kind, district) in enumerate(kinds)]
    flags = ledger.apply(url, day, run, pa.Table.from_pylist(rows, schema.TABLES["outcome"]), leads_to).to_pylist()
    return [flag["flag_id"] for flag in sorted(flags, key=lambda flag: flag["household_id"])]


def say(url: str, flag: str, finding: str, visited_on: date) -> None:
    answer = Answer(flag, finding, visited_on, "", "li", datetime(2026, 11, 24), "page", DAY_2)
    assert dispositions.record(url, [answer]) == ["recorded"]


def counted(url: str, day: date = DAY_2) -> list[tuple[Any, ...]]:
    """The flags of a day without their rule, in a fixed order."""
    rows = statistics.answered_flags(url, day).to_pylist()
    names = ("district", "first_seen", "visited_on", "finding", "is_open")
    return sorted((tuple(row[name] for name in names) for row in rows), key=str)


def test_a_flag_stands_in_its_district_and_an_unknown_area_is_one_of_its_own(register: str) -> None:
    enter(register, DAY_1, ("certain", HOME), ("certain", NEXT), ("certain", None))
    assert counted(register) == [
        ("000000", DAY_1, None, None, True), (HOME, DAY_1, None, None, True), (NEXT, DAY_1, None, None, True)]


def test_the_newest_finding_and_the_first_visit_of_a_flag_are_told(register: str) -> None:
    (flag,) = enter(register, DAY_1, ("certain", HOME))
    say(register, flag, "unreachable", DAY_2)
    say(register, flag, "confirmed", DAY_1)
    assert counted(register) == [(HOME, DAY_1, DAY_1, "confirmed", True)]


def test_an_answer_counts_from_the_list_that_it_shapes(register: str) -> None:
    (flag,) = enter(register, DAY_1, ("certain", HOME))
    say(register, flag, "confirmed", DAY_1)
    assert counted(register, DAY_1) == [(HOME, DAY_1, None, None, True)]
    assert counted(register, DAY_2) == [(HOME, DAY_1, DAY_1, "confirmed", True)]


def test_a_past_day_is_told_as_it_was_known(register: str) -> None:
    enter(register, DAY_1, ("certain", HOME), ("certain", HOME))
    enter(register, DAY_2, ("false", HOME), ("certain", HOME))
    assert counted(register, DAY_1) == [(HOME, DAY_1, None, None, True)] * 2
    assert counted(register, DAY_2) == [(HOME, DAY_1, None, None, False), (HOME, DAY_1, None, None, True)]


def test_a_closed_flag_is_told_for_a_year_and_an_open_one_however_old(register: str) -> None:
    enter(register, DAY_1, ("certain", HOME), ("certain", HOME))
    enter(register, DAY_2, ("false", HOME), ("certain", HOME))
    year = DAY_1 + timedelta(days=365)
    assert len(counted(register, year)) == 2
    assert counted(register, year + timedelta(days=1)) == [(HOME, DAY_1, None, None, True)]


def test_a_day_that_is_run_again_is_told_by_its_newest_revision(register: str) -> None:
    enter(register, DAY_1, ("certain", HOME), ("certain", HOME))
    enter(register, DAY_1, ("certain", NEXT), run="again")
    assert counted(register) == [(NEXT, DAY_1, None, None, True)]


def test_a_flag_that_was_merged_is_no_flag_of_its_own_and_its_answer_is_that_of_the_one_that_lives_on(
    register: str
) -> None:
    (younger,) = [flag for flag in enter(register, DAY_1, ("certain", HOME), ("certain", HOME))][1:]
    say(register, younger, "confirmed", DAY_1)
    enter(register, DAY_2, ("certain", HOME), leads_to={"H1": "H0"})
    assert counted(register) == [(HOME, DAY_1, DAY_1, "confirmed", True)]

"""A finding of data wrong through the whole day: the fact is unknown from the next day on, until the source moves."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from lowincome import inquiry, steps
from lowincome.lake import Lake
from lowincome.register import dispositions
from lowincome.settings import read_settings

from tests.small_day import Changes, D, answer, flags

RunDay = Callable[..., Path]
JudgeDay = Callable[[date, list[Changes]], dict[str, Changes]]
NEXT, THIRD, FOURTH = (D + timedelta(days=days) for days in (1, 2, 3))
CAR, TWO_CARS = answer("A04", quantity=1), answer("A04", quantity=2)
HOME = answer("A03", quantity=1)


@pytest.fixture
def judge_day(run_day: RunDay, monkeypatch: pytest.MonkeyPatch) -> JudgeDay:
    """Run a day up to the register, without pages and lists; its flags by rule."""
    monkeypatch.setattr(steps, "DAY", steps.DAY[:5])

    def judge(day: date, items: list[Changes]) -> dict[str, Changes]:
        run_day(day, facts=items)
        rows = pq.read_table(Lake(read_settings().lake).partition("outcomes", "flag_day", day)).to_pylist()
        return {row["rule_id"]: row for row in rows}

    return judge


def say(day: date, flag: Changes, finding: str = "data_wrong") -> None:
    """A caseworker visits, and answers a flag of the day's list."""
    now = datetime(day.year, day.month, day.day, 18)
    told = dispositions.Answer(flag["flag_id"], finding, day, "", "caseworker", now, "page", day)
    assert dispositions.record(read_settings().register_url, [told]) == ["recorded"]


def facts(day: date) -> dict[str, tuple[str, Any]]:
    """Status and quantity of each winning fact of a day."""
    rows = pq.read_table(Lake(read_settings().lake).partition("households", "winning_fact", day)).to_pylist()
    return {row["item_code"]: (row["status"], row["quantity"]) for row in rows}


def listed(folder: Path) -> str:
    """What the district's list of a day asks for, as text."""
    book = openpyxl.load_workbook(next((folder / "worklists").glob("370102_*.xlsx")))
    return " ".join(str(cell) for row in book["清单"].iter_rows(min_row=2, values_only=True) for cell in row)


def test_a_car_that_is_not_there_is_unknown_from_the_next_day_until_the_source_agrees(run_day: RunDay) -> None:
    first = run_day(facts=[CAR, HOME])
    say(D, flags(first)["B04"])
    second = run_day(NEXT, facts=[CAR, HOME])
    assert facts(NEXT) == {"A04": ("ERROR", 1), "A03": ("HIT", 1)}
    flag = flags(second)["B04"]
    assert (flag["state"], flag["certainty"]) == ("open", "possible")
    assert (flag["observed_low"], flag["observed_high"]) == ("0", "")
    assert ("B04" in listed(first), "B04" in listed(second)) == (True, False)
    explained = inquiry.explain(NEXT.isoformat(), "B04", flag["household_id"])
    assert "A04 corrected by a caseworker" in str(explained["facts"])
    third = run_day(THIRD, facts=[answer("A04", "NONE"), HOME])
    assert facts(THIRD)["A04"][0] == "NONE"
    assert flags(third)["B04"]["state"] == "closed"


def test_another_value_of_the_source_counts_at_once_and_brings_the_item_back_the_day_after(run_day: RunDay) -> None:
    say(D, flags(run_day(facts=[CAR]))["B04"])
    run_day(NEXT, facts=[CAR])
    third = run_day(THIRD, facts=[TWO_CARS])
    assert facts(THIRD)["A04"] == ("HIT", 2)
    assert (flags(third)["B04"]["certainty"], flags(third)["B04"]["observed_low"]) == ("certain", "2")
    fourth = run_day(FOURTH, facts=[TWO_CARS])
    assert facts(FOURTH)["A04"] == ("HIT", 2)
    assert ("B04" in listed(third), "B04" in listed(fourth)) == (False, True)


def test_a_living_person_reported_dead_stays_an_open_question_and_counts_again(judge_day: JudgeDay) -> None:
    dead = [answer("S01", periodFrom="202610", periodTo="202610"), CAR]
    first = judge_day(D, dead)
    assert "B04" not in first
    say(D, first["B01"])
    second = judge_day(NEXT, dead)
    assert facts(NEXT)["S01"][0] == "ERROR"
    assert (second["B01"]["state"], second["B01"]["certainty"]) == ("open", "unknown")
    assert second["B04"]["certainty"] == "certain"


def test_past_days_run_again_keep_their_locks_and_bytes_whatever_was_answered_since(judge_day: JudgeDay) -> None:
    say(D, judge_day(D, [CAR])["B04"])
    say(NEXT, judge_day(NEXT, [CAR])["B04"], "confirmed")
    lake = Lake(read_settings().lake)
    kept = [path for day in (D, NEXT) for path in (
        lake.lock(day), lake.partition("households", "winning_fact", day), lake.partition("outcomes", "flag_day", day))]
    before = [path.read_bytes() for path in kept]
    for day in (D, NEXT):
        for step in steps.DAY:
            step(day.isoformat())
    assert [path.read_bytes() for path in kept] == before
    assert facts(D)["A04"] == ("HIT", 1)
    assert facts(NEXT)["A04"] == ("ERROR", 1)
    judge_day(THIRD, [CAR])
    assert facts(THIRD)["A04"] == ("HIT", 1)

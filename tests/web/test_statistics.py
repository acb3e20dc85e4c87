"""Figures by rule and district: exact, of the own districts only, and silent where too little is known."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lowincome import engine
from lowincome.register import statistics
from lowincome.web import prepare
from lowincome.web.statistics import Figures, tally
from lowincome.working_days import due_date

from tests.web import world as planted
from tests.web.world import HOUSEHOLDS

FRIDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 24)
COUNTED: dict[str, Any] = {"rule_id": "B04", "district": "370102", "finding": None, "waited": None,
                           "is_overdue": False, "flags": 1}
FLAG: dict[str, Any] = {"rule_id": "B04", "district": "370102", "first_seen": FRIDAY, "is_open": True,
                        "finding": None, "visited_on": None}


def count(*rows: dict[str, Any]) -> Figures:
    return tally([COUNTED | row for row in rows], ("rule_id",))["B04",]


def prepared(*flags: dict[str, Any], deadline: int = 10, day: date = TUESDAY) -> list[dict[str, Any]]:
    """Rows of prepare/statistic.sql over flags that differ from the one above."""
    answered = pa.Table.from_pylist([FLAG | flag for flag in flags], statistics.ANSWERED_FLAG)
    run = pa.table({"data_date": pa.array([day], pa.date32())})
    rule = pa.table({"id": ["B04"], "deadline_working_days": pa.array([deadline], pa.int64())})
    known = {"answered_flag": answered, "calendar": prepare.calendar(answered, run), "run": run, "rule": rule}
    return engine.query(prepare.SQL / "statistic.sql", known).to_pylist()


def decided(confirmed: int, not_confirmed: int) -> Figures:
    return count({"finding": "confirmed", "flags": confirmed}, {"finding": "not_confirmed", "flags": not_confirmed})


@pytest.mark.parametrize(("confirmed", "not_confirmed", "percent"), [
    (0, 0, None), (4, 0, None), (2, 2, None), (5, 0, 100), (0, 5, 0), (3, 2, 60), (1, 7, 13), (2, 1000, 0)])
def test_precision_is_a_percentage_from_five_answers_on(confirmed: int, not_confirmed: int, percent: int) -> None:
    assert decided(confirmed, not_confirmed).precision == percent


@pytest.mark.parametrize(("confirmed", "not_confirmed", "is_advised"), [
    (9, 11, True), (10, 10, False), (9, 10, False), (0, 19, False), (0, 20, True), (499, 501, True), (500, 500, False)])
def test_a_rehearsal_is_advised_from_twenty_answers_of_which_less_than_half_confirm(
    confirmed: int, not_confirmed: int, is_advised: bool
) -> None:
    assert decided(confirmed, not_confirmed).needs_rehearsal is is_advised


def test_other_findings_decide_nothing_and_are_counted_apart() -> None:
    found = count(*({"finding": finding, "flags": 3} for finding in ("data_wrong", "unreachable", "referred")))
    assert (found.flags, found.decided, found.other, found.precision) == (9, 0, 9, None)


@pytest.mark.parametrize(("visited_on", "days"), [
    (date(2026, 11, 20), 0), (date(2026, 11, 21), 0), (date(2026, 11, 23), 1), (date(2026, 11, 24), 2),
    (date(2026, 11, 19), 0), (date(2026, 11, 26), 4)])
def test_the_wait_is_in_working_days_after_the_day_of_the_flag(visited_on: date, days: int) -> None:
    (row,) = prepared({"visited_on": visited_on, "finding": "confirmed"})
    assert row["waited"] == days


def test_a_flag_that_nobody_visited_has_no_wait() -> None:
    (row,) = prepared({})
    assert row["waited"] is None


def test_the_usual_wait_is_the_median_and_unknown_where_nobody_went() -> None:
    waits = [{"waited": 1, "flags": 2}, {"waited": 2, "flags": 1}, {"flags": 50}]
    assert (count(*waits).usual_wait, count(*waits).visited) == (1, 3)
    assert count(*waits, {"waited": 2, "flags": 2}).usual_wait == 2
    assert count({}).usual_wait is None


@pytest.mark.parametrize(("flag", "deadline", "is_overdue"), [
    ({}, 1, True), ({}, 2, False), ({"is_open": False}, 1, False), ({"finding": "referred"}, 1, False),
    ({"first_seen": TUESDAY}, 1, False), ({"rule_id": "B99"}, 1, False)])
def test_overdue_is_open_past_its_last_day_without_any_finding_and_by_a_rule_in_force(
    flag: dict[str, Any], deadline: int, is_overdue: bool
) -> None:
    """Friday's flag with a deadline of one working day is due on Monday: overdue on Tuesday."""
    (row,) = prepared(flag, deadline=deadline)
    assert (row["is_overdue"], due_date(FRIDAY, 1)) == (is_overdue, date(2026, 11, 23))


def test_overdue_is_what_the_due_date_says_over_a_holiday() -> None:
    days = [date(2026, 9, 15) + timedelta(days=number) for number in range(40)]
    said = [prepared({"first_seen": days[0]}, deadline=8, day=day)[0]["is_overdue"] for day in days]
    assert said == [due_date(days[0], 8) < day for day in days]


def test_every_flag_is_counted_once() -> None:
    flags = [{"visited_on": TUESDAY, "finding": "confirmed"}] * 3 + [{}] * 2 + [{"district": "370103"}]
    assert sum(row["flags"] for row in prepared(*flags)) == 6
    assert prepared() == []


def test_districts_add_up_to_their_rule() -> None:
    rows = [COUNTED | {"district": code, "flags": number} for number, code in enumerate(("370102", "370103"), 1)]
    by_district = tally(rows, ("rule_id", "district"))
    assert {key: found.flags for key, found in by_district.items()} == {("B04", "370102"): 1, ("B04", "370103"): 2}
    assert tally(rows, ("rule_id",))["B04",].flags == 3


Asked = Callable[..., str]


@pytest.fixture
def asked(planted_home: Path, tmp_path: Path) -> Asked:
    """The page as a member of the staff with an entry sees it; every planted flag of 370126 was not confirmed."""

    def ask(entry: dict[str, Any], language: str = "en") -> str:
        world = planted.open_world(planted_home, tmp_path / "staff.yaml", {"one": entry})
        return world.client().get(f"/statistics?lang={language}", headers={"x-user": "one"}).text

    return ask


def flags_shown(text: str) -> int:
    """The sum of the column of flags of the first table."""
    first = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return sum(int(cell.partition("<")[0]) for cell in first.split('data-label="Flags">')[1:])


def test_a_caseworker_sees_figures_of_the_own_districts_and_an_auditor_of_all(asked: Asked) -> None:
    for code in sorted(set(HOUSEHOLDS.values())):
        text = asked({"roles": ["caseworker"], "districts": [code]})
        assert flags_shown(text) == planted.PER_DISTRICT
        assert ("too few" in text) == (code == "370126")
    assert flags_shown(asked({"roles": ["caseworker"], "districts": ["370102", "370103"]})) == 8
    assert flags_shown(asked({"roles": ["auditor"]})) == len(HOUSEHOLDS)
    assert flags_shown(asked({"roles": ["supervisor"], "districts": "all"})) == len(HOUSEHOLDS)


def test_who_has_no_district_has_no_figures(asked: Asked) -> None:
    assert "There is no flag to count yet" in asked({"roles": ["caseworker"]})


def test_districts_outside_are_not_even_named(asked: Asked) -> None:
    text = asked({"roles": ["caseworker"], "districts": ["370102", "370103"]}, "zh")
    assert "历下区" in text and "商河县" not in text


def test_advice_leads_to_the_rehearsal_and_changes_nothing(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"roles": ["auditor"]}
    assert "No advice at present" in asked(entry) and 'href="/rehearsal"' not in asked(entry)
    monkeypatch.setattr("lowincome.web.statistics.ADVICE_FROM", 1)
    monkeypatch.setattr("lowincome.web.statistics.PERCENT_FROM", 1)
    text = asked(entry)
    assert text.count("0 of 1 answers confirm it (0 %)") == 4 and text.count('href="/rehearsal"') == 4
    assert "nothing is ever changed by itself" in text

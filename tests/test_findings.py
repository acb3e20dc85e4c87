"""Findings come from one page, in two languages, and a snooze ends after Chinese working days."""

from datetime import date, timedelta

import pytest
from lowincome.findings import findings, misdated


def test_every_finding_has_both_languages_and_only_a_snooze_ends() -> None:
    assert list(findings()) == ["confirmed", "not_confirmed", "data_wrong", "unreachable", "referred"]
    assert all(finding.zh and finding.en for finding in findings().values())
    assert {f.id for f in findings().values() if f.until(date(2025, 9, 29))} == {"unreachable", "referred"}


def test_a_snooze_counts_chinese_working_days_over_a_holiday() -> None:
    assert findings()["unreachable"].until(date(2025, 9, 29)) == date(2025, 10, 13)


@pytest.mark.parametrize(("days_after", "problem"), [
    (-1, "early_date"), (0, None), (3, None), (4, "future_date")])
def test_a_visit_lies_between_the_first_day_of_its_flag_and_today(days_after: int, problem: str | None) -> None:
    first_seen, today = date(2026, 11, 20), date(2026, 11, 23)
    visited_on = first_seen + timedelta(days=days_after)
    assert misdated(visited_on, first_seen=first_seen, today=today) == problem


def test_a_bound_that_is_not_known_is_not_asked() -> None:
    assert misdated(date.min, today=date(2026, 11, 23)) is None
    assert misdated(date.max, first_seen=date(2026, 11, 23)) is None

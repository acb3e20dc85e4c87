"""Findings come from one page, in two languages, and a snooze ends after Chinese working days."""

from datetime import date

from lowincome.findings import findings


def test_every_finding_has_both_languages_and_only_a_snooze_ends() -> None:
    assert list(findings()) == ["confirmed", "not_confirmed", "data_wrong", "unreachable", "referred"]
    assert all(finding.zh and finding.en for finding in findings().values())
    assert {f.id for f in findings().values() if f.until(date(2025, 9, 29))} == {"unreachable", "referred"}


def test_a_snooze_counts_chinese_working_days_over_a_holiday() -> None:
    assert findings()["unreachable"].until(date(2025, 9, 29)) == date(2025, 10, 13)

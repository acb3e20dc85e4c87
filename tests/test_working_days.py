"""Due dates on both sides of holidays, make-up days and the end of the decreed calendar."""

from datetime import date

import pytest
from lowincome.working_days import due_date, is_decreed


@pytest.mark.parametrize(("start", "days", "due"), [
    (date(2025, 9, 26), 1, date(2025, 9, 28)),
    (date(2025, 9, 30), 1, date(2025, 10, 9)),
    (date(2025, 11, 7), 1, date(2025, 11, 10))])
def test_make_up_sundays_count_and_holidays_do_not(start: date, days: int, due: date) -> None:
    assert due_date(start, days) == due


def test_a_year_without_a_decree_counts_weekdays() -> None:
    assert is_decreed(2025)
    assert not is_decreed(2090)
    assert due_date(date(2090, 1, 6), 1) == date(2090, 1, 9)

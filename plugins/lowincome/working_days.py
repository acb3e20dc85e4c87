"""Due dates in Chinese working days, with the make-up days that the State Council decrees a year ahead."""

from datetime import date, timedelta
from functools import cache


def due_date(start: date, working_days: int) -> date:
    """The last of so many Chinese working days after `start`; weekdays where the calendar is not decreed yet."""
    day = start
    while working_days:
        day += timedelta(days=1)
        working_days -= _is_working(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Chinese working days after `start` up to `end`: the inverse of `due_date`; 0 where `end` is not after `start`."""
    return sum(_is_working(start + timedelta(days=days)) for days in range(1, (end - start).days + 1))


def is_decreed(year: int) -> bool:
    """Whether the calendar knows the holidays of a year; if not, dates in it count weekdays only."""
    import chinese_calendar

    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@cache
def _is_working(day: date) -> bool:
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day)) if is_decreed(day.year) else day.weekday() < 5

"""Due dates in Chinese working days, with the make-up days that the State Council decrees a year ahead."""

from datetime import date, timedelta
from functools import cache


@cache
def due_date(start: date, working_days: int) -> date:
    """The last of so many Chinese working days after `start`; weekdays where the calendar is not decreed yet."""
    day = start
    while working_days:
        day += timedelta(days=1)
        working_days -= _is_working(day)
    return day


def numbered(first: date, last: date) -> dict[date, int]:
    """How many Chinese working days there are after `first` up to each day until `last`.

    A number less another is the working days between two days: the inverse of `due_date`.
    """
    numbers = {first: 0}
    for offset in range(1, (last - first).days + 1):
        day = first + timedelta(days=offset)
        numbers[day] = numbers[day - timedelta(days=1)] + _is_working(day)
    return numbers


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

"""Due dates in Chinese working days, with the make-up days that the State Council decrees a year ahead."""

from datetime import date, timedelta


def due_date(start: date, working_days: int) -> date:
    """The last of so many Chinese working days after `start`; weekdays where the calendar is not decreed yet."""
    day = start
    while working_days:
        day += timedelta(days=1)
        working_days -= _is_working(day)
    return day


def is_decreed(year: int) -> bool:
    """Whether the calendar knows the holidays of a year; if not, dates in it count weekdays only."""
    import chinese_calendar

    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def _is_working(day: date) -> bool:
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day)) if is_decreed(day.year) else day.weekday() < 5

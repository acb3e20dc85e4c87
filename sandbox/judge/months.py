"""Months as whole numbers (year × 12 + month − 1), and dates moved by months."""

from calendar import monthrange
from datetime import date


def month_of(day: date) -> int:
    """The month of a day."""
    return day.year * 12 + day.month - 1


def month_from(text: str | None) -> int | None:
    """yyyymm or yyyy-mm."""
    if not text:
        return None
    digits = text.replace("-", "")
    return int(digits[:4]) * 12 + int(digits[4:6]) - 1


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or that month's last day."""
    year, month = divmod(month_of(day) + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def age_on(birth: date, day: date) -> int:
    """Completed years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))

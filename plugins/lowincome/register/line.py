"""The line of revisions that a day continues: the newest of the day before it, and what that one had continued.

A past day that is run again has a new revision, which the days after it never read. They go on from the one that they
read until they are run again themselves; so open + new - closed holds from one published day to the next.
"""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Subquery, case, func, select

from lowincome.register import chain
from lowincome.register.models import RegisterDay


class Entry(NamedTuple):
    """A revision of a day, and its number in the order in which all were entered."""

    data_date: date
    revision: int
    number: int


def line(connection: Connection, before: date) -> Subquery:
    """The revision of each day that what is known before a date follows from. Columns: data_date, revision (0: none).

    Only days that were run again, or late, differ from their newest revision; mostly there are none.
    """
    newest: ColumnElement[int] = func.max(RegisterDay.revision)
    others = _others(_entries(connection, before))
    revision = case(others, value=RegisterDay.data_date, else_=newest) if others else newest
    days = select(RegisterDay.data_date, revision.label("revision")).where(RegisterDay.data_date < before)
    return days.group_by(RegisterDay.data_date).subquery()


def _entries(connection: Connection, before: date) -> list[Entry]:
    """Every revision of the days before a date, the newest day and of each day the newest first.

    One from before there was a chain has no number in it: it was entered before all that have.
    """
    numbers = chain.numbers(connection, RegisterDay)
    days = select(RegisterDay.data_date, RegisterDay.revision).where(RegisterDay.data_date < before)
    ordered = days.order_by(RegisterDay.data_date.desc(), RegisterDay.revision.desc())
    return [Entry(day, revision, numbers.get(f"{day}/{revision}", 0)) for day, revision in connection.execute(ordered)]


def _others(entries: list[Entry]) -> dict[date, int]:
    """By day the revision that is on the line where the newest is not; 0 where none is."""
    newest: dict[date, int] = {}
    chosen: dict[date, int] = {}
    after = None
    for entry in entries:
        newest.setdefault(entry.data_date, entry.revision)
        if entry.data_date not in chosen and (after is None or entry.number <= after.number):
            chosen[entry.data_date] = entry.revision
            after = entry
    return {day: chosen.get(day, 0) for day, revision in newest.items() if chosen.get(day) != revision}

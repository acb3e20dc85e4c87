"""Records as dated versions: a source asked for a past day answers with that day's state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Generic, TypeVar

SHANGHAI = timezone(timedelta(hours=8))
Row = dict[str, Any]
T = TypeVar("T")


@dataclass(slots=True, frozen=True)
class Version(Generic[T]):
    """What the source says from `at` (Shanghai, without zone) until the next version."""

    at: datetime
    value: T


class Timelines(Generic[T]):
    """The versions of each record by its key; versions are added in the order of time."""

    def __init__(self) -> None:
        self.by_key: dict[str, list[Version[T]]] = {}

    def add(self, key: str, at: datetime, value: T) -> None:
        """Put a version in; one that is older than the last keeps its place in time."""
        versions = self.by_key.setdefault(key, [])
        versions.append(Version(at, value))
        if len(versions) > 1 and versions[-2].at > at:
            versions.sort(key=lambda version: version.at)

    def before(self, end: datetime) -> Iterable[tuple[str, Version[T]]]:
        """The state just before `end`: the newest version of each record, in the order of keys."""
        for key in sorted(self.by_key):
            current = None
            for version in self.by_key[key]:
                if version.at < end:
                    current = version
            if current is not None:
                yield key, current

    def received(self, start: datetime, end: datetime) -> Iterable[tuple[str, Version[T]]]:
        """Every version within [start, end)."""
        for key in sorted(self.by_key):
            for version in self.by_key[key]:
                if start <= version.at < end:
                    yield key, version


def midnight(day: date) -> datetime:
    """The day's begin."""
    return datetime.combine(day, time())


def end_of(day: date) -> datetime:
    """The begin of the day after."""
    return midnight(day + timedelta(days=1))


def moment(day: date, number: int = 0) -> datetime:
    """A time of the day that is the same in every run and rarely shared by two records."""
    return midnight(day) + timedelta(seconds=3600 + number * 7919 % 72000)


def month_before(day: date, months: int) -> str:
    """yyyymm of the month that lies `months` before the day's."""
    index = day.year * 12 + day.month - 1 - months
    return f"{index // 12:04d}{index % 12 + 1:02d}"

"""Episodes as the register knows them: the flag, the id that it was opened for, and the newest of its events."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, func, select

from lowincome.areas import UNKNOWN_AREA
from lowincome.redirects import are_one
from lowincome.register.line import line
from lowincome.register.models import ROWS_AT_A_TIME, Flag, FlagEvent

MERGED = "merged: "
"""Begins the reason of an episode that closed because an older one of its rule and subject lives on; its id follows."""
BATCH = 500
NEWEST = pa.schema([
    ("flag_id", pa.string()), ("rule_id", pa.string()), ("subject_id", pa.string()), ("first_seen", pa.date32()),
    ("event", pa.string()), ("certainty", pa.string()), ("reason", pa.string()), ("household_id", pa.string()),
    ("person_id", pa.string()), ("rule_version", pa.int64()), ("direction", pa.string()), ("district", pa.string())])
"""A flag, the id it was opened for, and what its newest event says."""


@dataclass(frozen=True)
class Episode:
    """A flag, the id it was opened for, and its newest event."""

    flag_id: str
    rule_id: str
    subject_id: str
    first_seen: date
    last: dict[str, Any]

    @property
    def is_open(self) -> bool:
        """Whether its last event left it open."""
        return bool(self.last["event"] != "closed")

    @property
    def stood_at(self) -> str:
        """The household or person that its last event was about."""
        return str(self.last["person_id"] or self.last["household_id"])

    @property
    def district(self) -> str:
        """Where its last event was; UNKNOWN_AREA when that is not known."""
        return str(self.last["district"] or UNKNOWN_AREA)

    @property
    def merged_into(self) -> str | None:
        """The flag that lives on for it since a merge; None when it was not merged."""
        reason = self.last["reason"] or ""
        return reason.removeprefix(MERGED) if reason.startswith(MERGED) else None


def known(connection: Connection, *which: ColumnElement[bool], before: date = date.max) -> dict[str, Episode]:
    """Episodes by flag id, each with its newest event before a date, as the newest day before it continues them.

    `which` are conditions on Flag and FlagEvent.
    """
    return _known(connection, line(connection, before), *which)


def _known(connection: Connection, days: Subquery, *which: ColumnElement[bool]) -> dict[str, Episode]:
    return {
        row["flag_id"]: Episode(row["flag_id"], row["rule_id"], row["subject_id"], row["first_seen"], dict(row))
        for row in connection.execute(_events(days).where(*which).order_by(FlagEvent.data_date)).mappings()
    }


def newest_events(connection: Connection, before: date, is_open: bool = False) -> pa.Table:
    """Flags, or only those that are open by it, with the newest event of each (NEWEST), by flag id. Grain: one flag.

    What `known` tells of single flags, for a whole city: its columns take a tenth of what as many episodes would.
    """
    age = func.row_number().over(partition_by=FlagEvent.flag_id, order_by=FlagEvent.data_date.desc()).label("age")
    events = _events(line(connection, before)).add_columns(age).subquery()
    query = select(*(events.c[name] for name in NEWEST.names)).where(events.c.age == 1).order_by(events.c.flag_id)
    asked = query.where(events.c.event != "closed") if is_open else query
    found = connection.execute(asked, execution_options={"yield_per": ROWS_AT_A_TIME}).mappings()
    return pa.Table.from_batches(
        (pa.RecordBatch.from_pylist([dict(row) for row in rows], NEWEST) for rows in found.partitions()), NEWEST)


def _events(days: Subquery) -> Select[Any]:
    """The events of flags in these revisions of days."""
    return (
        select(Flag.rule_id, Flag.subject_id, Flag.first_seen, FlagEvent.__table__)
        .join(FlagEvent, FlagEvent.flag_id == Flag.flag_id)
        .join(days, and_(FlagEvent.data_date == days.c.data_date, FlagEvent.revision == days.c.revision))
    )


def of_flags(connection: Connection, flag_ids: Collection[str], before: date = date.max) -> dict[str, Episode]:
    """These flags and every flag that one of them was merged into, as in `known`."""
    days, found = line(connection, before), dict[str, Episode]()
    asked = set(flag_ids)
    while asked:
        added: dict[str, Episode] = {}
        for some in batches(sorted(asked)):
            added |= _known(connection, days, Flag.flag_id.in_(some))
        found |= added
        asked = {heir for episode in added.values() if (heir := episode.merged_into)} - found.keys()
    return found


def heir(episode: Episode, among: Mapping[str, Episode], leads_to: Mapping[str, str]) -> Episode:
    """The flag that lives on for an episode that merges closed, while both subjects are one; else the episode."""
    last = episode
    while last.merged_into and last.merged_into in among:
        last = among[last.merged_into]
    return last if are_one((episode.subject_id, last.subject_id), leads_to) else episode


def batches(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """As many at a time as a statement takes."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]

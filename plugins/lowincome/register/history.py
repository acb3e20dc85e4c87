"""Episodes of a household and its people, as the register knows them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, or_, select, tuple_

from lowincome.register.ledger import MERGED
from lowincome.register.models import Disposition, Flag, FlagEvent, RegisterDay

Row = dict[str, Any]


def episodes(engine: Engine, subjects: Sequence[str]) -> list[Row]:
    """Every episode of these households and persons with its last event, newest first.

    Theirs is what was opened for them, what stood at them last because its own id leads to theirs, and what was
    merged into either.
    """
    with engine.connect() as connection:
        last = _last_events(connection, _ever_at(connection, subjects))
        own = {flag for flag, row in last.items() if row["subject_id"] in subjects or row["stood_at"] in subjects}
        rows = list(_last_events(connection, _with_merged(connection, own)).values())
    return sorted(rows, key=lambda row: (row["first_seen"], row["flag_id"]), reverse=True)


def answers(engine: Engine, flags: Sequence[str]) -> list[Row]:
    """What caseworkers said about these flags and those merged into them, oldest first."""
    with engine.connect() as connection:
        query = (
            select(Flag.rule_id, Disposition.__table__)
            .join(Flag, Flag.flag_id == Disposition.flag_id)
            .where(Disposition.flag_id.in_(_with_merged(connection, flags)))
            .order_by(Disposition.disposition_id)
        )
        return [dict(row) for row in connection.execute(query).mappings()]


def _ever_at(connection: Connection, subjects: Sequence[str]) -> set[str]:
    """Flags opened for the subjects, or with an event about them; a person's event is not about the household."""
    of_household = and_(FlagEvent.person_id.is_(None), FlagEvent.household_id.in_(subjects))
    query = select(Flag.flag_id).join(FlagEvent, FlagEvent.flag_id == Flag.flag_id)
    found = query.where(or_(Flag.subject_id.in_(subjects), FlagEvent.person_id.in_(subjects), of_household))
    return set(connection.scalars(found))


def _with_merged(connection: Connection, flags: Collection[str]) -> set[str]:
    """The flags, those merged into them, those merged into these, and so on."""
    known, added = set(flags), set(flags)
    while added:
        reasons = [MERGED + flag for flag in added]
        added = set(connection.scalars(select(FlagEvent.flag_id).where(FlagEvent.reason.in_(reasons)))) - known
        known |= added
    return known


def _last_events(connection: Connection, flags: Collection[str]) -> dict[str, Row]:
    """The last event of each flag, by the newest revision of its day; stood_at: the subject that it was about."""
    newest = select(RegisterDay.data_date, func.max(RegisterDay.revision)).group_by(RegisterDay.data_date)
    events = (
        select(
            Flag.flag_id, Flag.rule_id, Flag.subject_id, Flag.first_seen, FlagEvent.data_date, FlagEvent.event,
            FlagEvent.certainty, FlagEvent.reason,
            func.coalesce(FlagEvent.person_id, FlagEvent.household_id).label("stood_at"))
        .join(FlagEvent, FlagEvent.flag_id == Flag.flag_id)
        .where(Flag.flag_id.in_(flags), tuple_(FlagEvent.data_date, FlagEvent.revision).in_(newest))
        .order_by(FlagEvent.data_date)
    )
    return {row["flag_id"]: dict(row) for row in connection.execute(events).mappings()}

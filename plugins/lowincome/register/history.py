"""Episodes of a household and its people, as the register knows them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, func, select, tuple_

from lowincome.register.models import Disposition, Flag, FlagEvent, RegisterDay


def episodes(engine: Engine, subjects: Sequence[str]) -> list[dict[str, Any]]:
    """Every episode of these households and persons with its last event, newest first."""
    newest = select(RegisterDay.data_date, func.max(RegisterDay.revision)).group_by(RegisterDay.data_date)
    events = (
        select(
            Flag.flag_id, Flag.rule_id, Flag.subject_id, Flag.first_seen, FlagEvent.data_date, FlagEvent.event,
            FlagEvent.certainty, FlagEvent.reason)
        .join(FlagEvent, FlagEvent.flag_id == Flag.flag_id)
        .where(Flag.subject_id.in_(subjects), tuple_(FlagEvent.data_date, FlagEvent.revision).in_(newest))
        .order_by(FlagEvent.data_date)
    )
    with engine.connect() as connection:
        last = {row["flag_id"]: dict(row) for row in connection.execute(events).mappings()}
    return sorted(last.values(), key=lambda row: (row["first_seen"], row["flag_id"]), reverse=True)


def answers(engine: Engine, flags: Sequence[str]) -> list[dict[str, Any]]:
    """What caseworkers said about these flags, oldest first."""
    query = (
        select(Flag.rule_id, Disposition.__table__)
        .join(Flag, Flag.flag_id == Disposition.flag_id)
        .where(Disposition.flag_id.in_(flags))
        .order_by(Disposition.disposition_id)
    )
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]

"""The access log: who looked at whom, when, what and why. Rows are only ever added."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from lowincome.register import chain
from lowincome.register.models import AccessEntry
from lowincome.register.turn import take_turn


def append(engine: Engine, at: datetime, entry: Mapping[str, Any]) -> None:
    """Add one entry; `entry` has user_name, action, subject, reason, data_date and detail."""
    texts = {"subject": entry["subject"][:256], "detail": entry["detail"][:512]}
    with engine.begin() as connection:
        take_turn(connection)
        chain.add(connection, AccessEntry, [{**entry, **texts, "at": at}])


def newest(engine: Engine, limit: int, offset: int) -> list[dict[str, Any]]:
    """Entries from the newest on."""
    query = select(AccessEntry.__table__).order_by(AccessEntry.entry_id.desc()).limit(limit).offset(offset)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]

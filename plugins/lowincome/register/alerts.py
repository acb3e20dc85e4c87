"""Causes of trouble from opening to closing, and what engineers were told of them. Rows are only ever added."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from lowincome.register.models import Alert, AlertTold
from lowincome.register.turn import take_turn
from lowincome.trouble import Cause

Row = dict[str, Any]


def enter(engine: Engine, at: datetime, looked: Collection[str], causes: Mapping[str, Cause]) -> list[Row]:
    """Open, change and close: of the kinds that were looked at, `causes` are those that stand. The rows added."""
    with engine.begin() as connection:
        take_turn(connection)
        events = newest(connection)
        rows = [row for kind in sorted(looked) if (row := _event(events.get(kind), kind, causes.get(kind)))]
        if rows:
            connection.execute(insert(Alert), [row | {"at": at} for row in rows])
    return rows


def newest(connection: Connection) -> dict[str, Row]:
    """The newest event of each kind."""
    return {row["kind"]: dict(row) for row in connection.execute(_in_order()).mappings()}


def open_alerts(engine: Engine) -> list[Row]:
    """What stands: kind, since when, and what it is about."""
    with engine.connect() as connection:
        events = connection.execute(_in_order()).mappings().all()
    found = []
    for kind, group in groupby(events, key=lambda row: row["kind"]):
        told = list(group)
        if told[-1]["event"] != "closed":
            found.append({"kind": kind, "since": _since(told), "about": json.loads(told[-1]["about"])})
    return found


def untold(engine: Engine, channel: str) -> Iterator[Row]:
    """The newest event of each kind that this channel did not tell; none where its readers know of nothing to close.

    `event` is what it is to them: opened when they know of nothing yet, and changed when they missed a closing.
    """
    told = select(AlertTold.alert_no).where(AlertTold.channel == channel)
    with engine.connect() as connection:
        known = set(connection.execute(told).scalars())
        events = connection.execute(_in_order()).mappings().all()
    for _, group in groupby(events, key=lambda row: row["kind"]):
        kind_events = list(group)
        last, before = kind_events[-1], [row for row in kind_events if row["alert_no"] in known]
        is_known_open = bool(before) and before[-1]["event"] != "closed"
        if last["alert_no"] in known or (last["event"] == "closed" and not is_known_open):
            continue
        begun = "changed" if is_known_open else "opened"
        yield {**last, "event": last["event"] if last["event"] == "closed" else begun,
               "since": _since(kind_events), "about": json.loads(last["about"])}


def told(engine: Engine, alert_no: int, channel: str, at: datetime) -> None:
    """Remember that an event was told."""
    with engine.begin() as connection:
        take_turn(connection)
        connection.execute(insert(AlertTold).values(alert_no=alert_no, channel=channel, at=at))


def _in_order() -> Any:
    return select(Alert.__table__).order_by(Alert.kind, Alert.alert_no)


def _since(events: list[Any]) -> datetime:
    """When the newest episode began."""
    since: datetime = [row["at"] for row in events if row["event"] == "opened"][-1]
    return since


def _event(last: Row | None, kind: str, cause: Cause | None) -> Row | None:
    """What a look means for a kind; None when there is nothing new. A closing repeats what it was about."""
    before = last if last is not None and last["event"] != "closed" else None
    if cause is None:
        return {"kind": kind, "event": "closed", "mark": "", "about": before["about"]} if before else None
    row = {"kind": kind, "mark": cause.mark, "about": json.dumps(dict(cause.about), ensure_ascii=False)}
    if before is None:
        return row | {"event": "opened"}
    return None if before["mark"] == cause.mark else row | {"event": "changed"}

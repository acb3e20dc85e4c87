"""Enter a day's outcomes into the register: open, keep, hold and close episodes (rules.md section 3)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, func, select, tuple_
from sqlalchemy import insert as insert_rows
from sqlalchemy.dialects import postgresql, sqlite

from lowincome import schema
from lowincome.errors import AuditFailed
from lowincome.register import chain
from lowincome.register.models import Flag, FlagEvent, RegisterDay
from lowincome.register.turn import take_turn

Row = dict[str, Any]
STATES = ("new", "open", "held", "closed")


@dataclass(frozen=True)
class Episode:
    """An open flag as the register knew it before the day."""

    flag_id: str
    first_seen: date
    last: Row


def migrate(url: str) -> None:
    """Bring the register to the newest schema."""
    engine = create_engine(url)
    with engine.begin() as connection:
        take_turn(connection)
        command.upgrade(migrations(connection), "head")
    engine.dispose()


def migrations(connection: Connection) -> Config:
    """Alembic's own commands act on this connection, in its transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def apply(url: str, data_date: date, run_id: str, outcomes: pa.Table) -> pa.Table:
    """Enter one day and return its flags (table flag_day). The same run entered again changes nothing.

    Raises AuditFailed when yesterday's open + new - closed is not today's open.
    """
    engine = create_engine(url)
    with engine.begin() as connection:
        take_turn(connection)
        before = _open_before(connection, data_date)
        rows = _transitions(data_date, before, outcomes.to_pylist())
        _balance(before, rows, data_date)
        _enter(connection, data_date, run_id, rows)
    engine.dispose()
    rows.sort(key=lambda row: row["flag_id"])
    return pa.Table.from_pylist([{name: row.get(name) for name in FLAG_DAY.names} for row in rows], FLAG_DAY)


FLAG_DAY: pa.Schema = schema.TABLES["flag_day"]


def first_run(url: str, data_date: date) -> str | None:
    """The run by which a day was first entered; None when it never was."""
    engine = create_engine(url)
    query = select(RegisterDay.run_id).where(RegisterDay.data_date == data_date).order_by(RegisterDay.revision).limit(1)
    with engine.connect() as connection:
        run_id = connection.execute(query).scalar()
    engine.dispose()
    return run_id


def open_flags(url: str, data_date: date) -> pa.Table:
    """The flags open before a day (table open_flag), by flag id."""
    engine = create_engine(url)
    with engine.connect() as connection:
        before = _open_before(connection, data_date)
    engine.dispose()
    rows = [
        {"flag_id": episode.flag_id, "rule_id": key[0], "subject_id": key[1], "certainty": episode.last["certainty"],
         "first_seen": episode.first_seen}
        for key, episode in before.items()
    ]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: row["flag_id"]), schema.TABLES["open_flag"])


def _open_before(connection: Connection, data_date: date) -> dict[tuple[str, str], Episode]:
    """Open episodes by rule and subject: the newest event, in the newest revision of its day, is not closed."""
    newest = select(RegisterDay.data_date, func.max(RegisterDay.revision)).where(RegisterDay.data_date < data_date)
    days = [tuple(row) for row in connection.execute(newest.group_by(RegisterDay.data_date))]
    if not days:
        return {}
    events = (
        select(Flag.rule_id, Flag.subject_id, Flag.first_seen, FlagEvent.__table__)
        .join(FlagEvent, FlagEvent.flag_id == Flag.flag_id)
        .where(tuple_(FlagEvent.data_date, FlagEvent.revision).in_(days))
        .order_by(FlagEvent.data_date)
    )
    known: dict[tuple[str, str], Episode] = {}
    for row in connection.execute(events).mappings():
        known[row["rule_id"], row["subject_id"]] = Episode(row["flag_id"], row["first_seen"], dict(row))
    return {key: episode for key, episode in known.items() if episode.last["event"] != "closed"}


def _transitions(data_date: date, before: dict[tuple[str, str], Episode], outcomes: Iterable[Row]) -> list[Row]:
    rows, seen = [], set()
    for outcome in outcomes:
        key = (outcome["rule_id"], outcome["person_id" if outcome["subject"] == "person" else "household_id"])
        seen.add(key)
        row = _judge(data_date, before.get(key), key, outcome)
        if row is not None:
            rows.append(row)
    rows += [_gone(key, episode) for key, episode in before.items() if key not in seen]
    return rows


def _judge(data_date: date, episode: Episode | None, key: tuple[str, str], outcome: Row) -> Row | None:
    """What one outcome means for its episode; None when there is none and none begins."""
    raises = outcome["outcome"] == "certain" or (outcome["outcome"] == "possible" and outcome["direction"] != "B")
    if episode is None:
        if not raises or outcome["is_held"]:
            return None
        flag_id = "F" + hashlib.sha256("|".join((*key, data_date.isoformat())).encode()).hexdigest()[:16]
        return outcome | {
            "flag_id": flag_id,
            "first_seen": data_date,
            "state": "new",
            "certainty": outcome["outcome"],
            "event": "opened",
        }
    certainty = "unknown" if outcome["outcome"] in ("unknown", "false") else outcome["outcome"]
    known = outcome | {"flag_id": episode.flag_id, "first_seen": episode.first_seen}
    if outcome["is_held"]:
        return known | {"state": "held", "certainty": episode.last["certainty"], "event": "held"}
    if outcome["outcome"] == "false":
        reason = f"false: {outcome['false_criterion']}"
        return known | {"state": "closed", "certainty": "certain", "close_reason": reason, "event": "closed"}
    event = "kept" if certainty == episode.last["certainty"] else "certainty"
    return known | {"state": "open", "certainty": certainty, "event": event}


def _gone(key: tuple[str, str], episode: Episode) -> Row:
    """The subject has left every source by the sources' own word: it is in none of the day's tables."""
    last = episode.last
    subject = "person" if last["person_id"] == key[1] else "household"
    kept = {name: last[name] for name in ("rule_id", "rule_version", "direction", "household_id", "district")}
    return kept | {
        "subject": subject,
        "person_id": key[1] if subject == "person" else None,
        "flag_id": episode.flag_id,
        "first_seen": episode.first_seen,
        "state": "closed",
        "certainty": "certain",
        "event": "closed",
        "close_reason": "subject_left_sources",
        "parameters": "",
        "assumptions": "",
        "evidence": "",
    }


def _balance(before: dict[tuple[str, str], Episode], rows: list[Row], data_date: date) -> None:
    count = {state: sum(row["state"] == state for row in rows) for state in STATES}
    today = count["new"] + count["open"] + count["held"]
    if len(before) + count["new"] - count["closed"] != today or len({row["flag_id"] for row in rows}) != len(rows):
        raise AuditFailed(
            what="flags do not balance",
            where=f"register {data_date}",
            expected=f"{len(before)} open before",
            found=str(count),
            next_step="nothing was entered; report it with the run's lock",
        )


def _enter(connection: Connection, data_date: date, run_id: str, rows: list[Row]) -> None:
    """Add the day as a new revision, unless its newest revision is of the same run."""
    newest = connection.execute(
        select(RegisterDay.revision, RegisterDay.run_id)
        .where(RegisterDay.data_date == data_date)
        .order_by(RegisterDay.revision.desc())
        .limit(1)
    ).first()
    if newest is not None and newest.run_id == run_id:
        return
    revision = 1 if newest is None else newest.revision + 1
    opened = [row for row in rows if row["event"] == "opened"]
    if opened:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(
            insert(Flag).on_conflict_do_nothing(),
            [
                {
                    "flag_id": row["flag_id"],
                    "rule_id": row["rule_id"],
                    "first_seen": data_date,
                    "subject_id": row["person_id"] if row["subject"] == "person" else row["household_id"],
                }
                for row in opened
            ],
        )
    transitions = [row for row in rows if row["event"] != "kept"]
    if transitions:
        names = [column.name for column in FlagEvent.__table__.columns]
        connection.execute(
            insert_rows(FlagEvent),
            [
                {name: row.get(name) for name in names}
                | {
                    "data_date": data_date,
                    "revision": revision,
                    "reason": row.get("close_reason"),
                    "person_id": row["person_id"] if row["subject"] == "person" else None,
                }
                for row in transitions
            ],
        )
    counts = {f"flags_{state}": sum(row["state"] == state for row in rows) for state in STATES}
    day = {"data_date": data_date, "revision": revision, "run_id": run_id, **counts}
    day["events_sha256"] = chain.day_digest(connection, data_date, revision)
    chain.add(connection, RegisterDay, [day])

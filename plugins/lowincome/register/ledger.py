"""Enter a day's outcomes into the register: open, keep, hold and close episodes (docs/resolution.md, Flags follow).

An episode belongs to the id it was opened for. While that id leads to another, as after a merge, the episode is
continued there; when the merge is undone it is at home again, for nothing but the day's redirects says where it stands.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, select
from sqlalchemy import insert as insert_rows
from sqlalchemy.dialects import postgresql, sqlite

from lowincome import engine as queries
from lowincome import schema
from lowincome.errors import AuditFailed
from lowincome.register import chain
from lowincome.register.episodes import MERGED, Episode, batches, known
from lowincome.register.models import Flag, FlagEvent, RegisterDay
from lowincome.register.turn import take_turn
from lowincome.scaled_out import on_one_machine
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "register"
Row = dict[str, Any]
Key = tuple[str, str]
"""Rule and subject."""
STATES = ("new", "open", "held", "closed")
_DECIDED = pa.schema([("subject_id", pa.string()), *(schema.TABLES["flag_day"].field(name) for name in (
    "rule_id", "flag_id", "certainty", "state", "first_seen", "close_reason"))])
"""What is decided of an outcome, which itself stays in its file."""


@dataclass(frozen=True)
class Decided:
    """The flags of a day: those that an outcome decides, and those that ended without one."""

    of_outcomes: list[Row]
    ended: list[Row]

    @property
    def rows(self) -> list[Row]:
        """All of them."""
        return self.of_outcomes + self.ended


def migrate(url: str) -> None:
    """Bring the register to the newest schema."""
    engine = create_engine(url)
    with engine.begin() as connection:
        take_turn(connection)
        command.upgrade(migrations(connection), "head")
    engine.dispose()


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """The register at its newest schema, for a while."""
    migrate(url)
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def migrations(connection: Connection) -> Config:
    """Alembic's own commands act on this connection, in its transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def apply(
    url: str, data_date: date, run_id: str, outcomes: queries.Input, leads_to: Mapping[str, str] | None = None
) -> pa.Table:
    """Enter one day and return its flags (table flag_day). The same run entered again changes nothing.

    `leads_to` says where ids lead that stand for nobody on the day (person_redirect, household_redirect).
    Raises AuditFailed when yesterday's open + new - closed is not today's open.
    """
    engine = create_engine(url)
    with engine.begin() as connection:
        take_turn(connection)
        flags = _flags(connection, data_date, outcomes, leads_to or {})
        _enter(connection, data_date, run_id, flags.rows)
    engine.dispose()
    return _flag_day(flags, outcomes)


def preview(url: str, data_date: date, outcomes: queries.Input, leads_to: Mapping[str, str]) -> pa.Table:
    """The flags that a day would have with these outcomes (table flag_day); nothing is entered."""
    engine = create_engine(url)
    with engine.connect() as connection:
        flags = _flags(connection, data_date, outcomes, leads_to)
    engine.dispose()
    return _flag_day(flags, outcomes)


def first_run(url: str, data_date: date) -> str | None:
    """The run by which a day was first entered; None when it never was."""
    engine = create_engine(url)
    query = select(RegisterDay.run_id).where(RegisterDay.data_date == data_date).order_by(RegisterDay.revision).limit(1)
    with engine.connect() as connection:
        run_id = connection.execute(query).scalar()
    engine.dispose()
    return run_id


def open_flags(url: str, data_date: date) -> pa.Table:
    """The flags open before a day (table open_flag), by flag id; subject_id is the id that each was opened for."""
    engine = create_engine(url)
    with engine.connect() as connection:
        before = _open_before(connection, data_date)
    engine.dispose()
    rows = [
        {"flag_id": episode.flag_id, "rule_id": episode.rule_id, "subject_id": episode.subject_id,
         "certainty": episode.last["certainty"], "first_seen": episode.first_seen}
        for episode in before
    ]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: row["flag_id"]), schema.TABLES["open_flag"])


def _flags(
    connection: Connection, data_date: date, outcomes: queries.Input, leads_to: Mapping[str, str]
) -> Decided:
    """What is decided of every flag of the day; only the few columns that decide are held."""
    opened = _open_before(connection, data_date)
    before, merged = _follow(opened, leads_to)
    raised = _raised(outcomes, before)
    of_outcomes = [_judge(data_date, before.get(_key(row)), row) for row in raised]
    flags = Decided(of_outcomes, _left(before, raised) + merged)
    _balance(len(opened), flags.rows, data_date)
    return flags


@on_one_machine()
def _raised(outcomes: queries.Input, before: Iterable[Key]) -> list[Row]:
    """The outcomes that raise a flag or meet an open one. Most do neither."""
    names = ("rule_id", "subject_id")
    met = pa.Table.from_pylist([dict(zip(names, key, strict=True)) for key in before],
                               pa.schema([(name, pa.string()) for name in names]))
    rows: list[Row] = queries.query(SQL / "raised_outcome.sql", {"outcome": outcomes, "open_episode": met}).to_pylist()
    return rows


@on_one_machine()
def _flag_day(flags: Decided, outcomes: queries.Input) -> pa.Table:
    """What was decided beside what the outcomes tell; what no outcome ended stands by itself."""
    kinds = schema.TABLES["flag_day"]
    known: dict[str, queries.Input] = {
        "outcome": outcomes, "decided_flag": pa.Table.from_pylist(flags.of_outcomes, _DECIDED),
        "ended_flag": pa.Table.from_pylist(flags.ended, kinds)}
    return queries.query(SQL / "flag_day.sql", known).cast(kinds)


def _open_before(connection: Connection, data_date: date) -> list[Episode]:
    return [episode for episode in known(connection, FlagEvent.data_date < data_date).values() if episode.is_open]


def _follow(opened: Iterable[Episode], leads_to: Mapping[str, str]) -> tuple[dict[Key, Episode], list[Row]]:
    """Open episodes by rule and subject of today. Of those that meet the oldest lives on, the rest close."""
    living: dict[Key, Episode] = {}
    merged = []
    for episode in sorted(opened, key=lambda one: (one.first_seen, one.flag_id)):
        heir = living.setdefault((episode.rule_id, leads_to.get(episode.subject_id, episode.subject_id)), episode)
        if heir is not episode:
            merged.append(_ended(episode, episode.stood_at, MERGED + heir.flag_id))
    return living, merged


def _left(before: Mapping[Key, Episode], raised: Iterable[Row]) -> list[Row]:
    """The ends of open episodes of which no outcome says anything: nobody is asked about their subjects any more."""
    told = {_key(outcome) for outcome in raised}
    return [_ended(episode, key[1], "subject_left_sources") for key, episode in before.items() if key not in told]


def _key(outcome: Row) -> Key:
    return outcome["rule_id"], outcome["subject_id"]


def _judge(data_date: date, episode: Episode | None, outcome: Row) -> Row:
    """What one outcome means for its episode; where there is none it begins one."""
    key = _key(outcome)
    if episode is None:
        flag_id = "F" + hashlib.sha256("|".join((*key, data_date.isoformat())).encode()).hexdigest()[:16]
        return outcome | {
            "flag_id": flag_id,
            "first_seen": data_date,
            "state": "new",
            "certainty": outcome["outcome"],
            "event": "opened",
        }
    certainty = "unknown" if outcome["outcome"] in ("unknown", "false") else outcome["outcome"]
    same = outcome | {"flag_id": episode.flag_id, "first_seen": episode.first_seen}
    if outcome["is_held"]:
        return same | {"state": "held", "certainty": episode.last["certainty"], "event": "held"}
    if outcome["outcome"] == "false":
        reason = f"false: {outcome['false_criterion']}"
        return same | {"state": "closed", "certainty": "certain", "close_reason": reason, "event": "closed"}
    event = "certainty" if certainty != episode.last["certainty"] else "kept"
    event = "moved" if key[1] != episode.stood_at else event
    return same | {"state": "open", "certainty": certainty, "event": event}


def _ended(episode: Episode, subject_id: str, reason: str) -> Row:
    """An episode that no outcome ends: its subject left every source by their own word, or an older one lives on."""
    last = episode.last
    subject = "household" if last["person_id"] is None else "person"
    kept = {name: last[name] for name in ("rule_id", "rule_version", "direction", "household_id", "district")}
    return kept | {
        "subject": subject,
        "person_id": subject_id if subject == "person" else None,
        "flag_id": episode.flag_id,
        "first_seen": episode.first_seen,
        "state": "closed",
        "certainty": "certain",
        "event": "closed",
        "close_reason": reason,
        "parameters": "",
        "assumptions": "",
        "evidence": "",
    }


def _balance(before: int, rows: list[Row], data_date: date) -> None:
    count = {state: sum(row["state"] == state for row in rows) for state in STATES}
    today = count["new"] + count["open"] + count["held"]
    if before + count["new"] - count["closed"] != today or len({row["flag_id"] for row in rows}) != len(rows):
        raise AuditFailed(
            what="flags do not balance",
            where=f"register {data_date}",
            expected=f"{before} open before",
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
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for some in batches([row for row in rows if row["event"] == "opened"]):
        connection.execute(insert(Flag).on_conflict_do_nothing(), [_opened(row) for row in some])
    for some in batches([row for row in rows if row["event"] != "kept"]):
        connection.execute(insert_rows(FlagEvent), [_event(row, data_date, revision) for row in some])
    counts = {f"flags_{state}": sum(row["state"] == state for row in rows) for state in STATES}
    day = {"data_date": data_date, "revision": revision, "run_id": run_id, **counts}
    day["events_sha256"] = chain.day_digest(connection, data_date, revision)
    chain.add(connection, RegisterDay, [day])


def _opened(row: Row) -> Row:
    return {name: row[name] for name in ("flag_id", "rule_id", "first_seen", "subject_id")}


def _event(row: Row, data_date: date, revision: int) -> Row:
    event = {column.name: row.get(column.name) for column in FlagEvent.__table__.columns}
    event |= {"data_date": data_date, "revision": revision, "reason": row.get("close_reason")}
    return event | {"person_id": row["person_id"] if row["subject"] == "person" else None}

"""Enter a day's outcomes into the register: open, keep, hold and close episodes (docs/resolution.md, Flags follow).

An episode belongs to the id it was opened for. While that id leads to another, as after a merge, the episode is
continued there; when the merge is undone it is at home again, for nothing but the day's redirects says where it stands.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, func, select
from sqlalchemy import insert as insert_rows
from sqlalchemy.dialects import postgresql, sqlite

from lowincome import engine as queries
from lowincome import schema
from lowincome.errors import AuditFailed
from lowincome.redirects import standing_flag_view
from lowincome.register import chain
from lowincome.register.episodes import BATCH, newest_events
from lowincome.register.models import Flag, FlagEvent, RegisterDay
from lowincome.register.turn import take_turn
from lowincome.run import dated
from lowincome.scaled_out import on_one_machine
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "register"
Row = dict[str, Any]
STATES = ("new", "open", "held", "closed")


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
    The day continues the day before as that one was entered (register/line.py). Raises AuditFailed when yesterday's
    open + new - closed is not today's open.
    """
    engine = create_engine(url)
    with engine.begin() as connection:
        take_turn(connection)
        flags = _flags(connection, data_date, outcomes, leads_to or {})
        _enter(connection, data_date, run_id, flags)
    engine.dispose()
    return _flag_day(flags, outcomes)


def check_remembers(url: str, data_date: date) -> None:
    """AuditFailed where no day up to one whose flags were entered is known: the register was lost, or is another one.

    Every open flag would begin anew, with today as its first day.
    """
    engine = create_engine(url)
    with engine.connect() as connection:
        days = select(func.count()).select_from(RegisterDay).where(RegisterDay.data_date <= data_date)
        is_known = connection.scalar(days)
    engine.dispose()
    if not is_known:
        raise AuditFailed(what="the register knows of no day before this one", where="register",
                          expected=f"{data_date}, whose flags were entered", found="no day",
                          next_step="nothing was entered; look at LOWINCOME_REGISTER_URL, else restore the register "
                          "from the backup (docs/operations.md), then clear the task")


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
    kinds, engine = schema.TABLES["open_flag"], create_engine(url)
    with engine.connect() as connection:
        before = newest_events(connection, data_date, is_open=True)
    engine.dispose()
    return before.select(kinds.names).cast(kinds)


@on_one_machine()
def _flags(
    connection: Connection, data_date: date, outcomes: queries.Input, leads_to: Mapping[str, str]
) -> pa.Table:
    """What is decided of every flag of the day (decided_flag.sql)."""
    before = newest_events(connection, data_date, is_open=True)
    redirects = [pa.array(ids, pa.string()) for ids in (leads_to.keys(), leads_to.values())]
    flags = queries.query(SQL / "decided_flag.sql", {
        "outcome": outcomes, "open_flag": before, "redirect": pa.table(redirects, ["subject_id", "leads_to"]),
        "standing_flag": standing_flag_view(), "run": dated(data_date)})
    _balance(_left_open(connection, data_date), before.num_rows, flags, data_date)
    return flags


@on_one_machine()
def _flag_day(flags: pa.Table, outcomes: queries.Input) -> pa.Table:
    """What was decided beside what the outcomes tell."""
    known: dict[str, queries.Input] = {"outcome": outcomes, "decided_flag": flags}
    return queries.query(SQL / "flag_day.sql", known).cast(schema.TABLES["flag_day"])


def _counts(flags: pa.Table) -> dict[str, int]:
    """Flags by state, each state among them."""
    found = {row["values"]: row["counts"] for row in pc.value_counts(flags["state"]).to_pylist()}
    return {state: found.get(state, 0) for state in STATES}


def _left_open(connection: Connection, data_date: date) -> int:
    """How many flags the newest day before left open, as they were counted when it was entered."""
    count = RegisterDay.flags_new + RegisterDay.flags_open + RegisterDay.flags_held
    days = select(count).where(RegisterDay.data_date < data_date)
    newest = days.order_by(RegisterDay.data_date.desc(), RegisterDay.revision.desc()).limit(1)
    return connection.scalar(newest) or 0


def _balance(yesterday: int, before: int, flags: pa.Table, data_date: date) -> None:
    count, flag_ids = _counts(flags), pc.count_distinct(flags["flag_id"]).as_py()
    today = count["new"] + count["open"] + count["held"]
    if yesterday != before or before + count["new"] - count["closed"] != today or flag_ids != flags.num_rows:
        raise AuditFailed(
            what="flags do not balance",
            where=f"register {data_date}",
            expected=f"{yesterday} open since the day before",
            found=f"{before} open before, {count}",
            next_step="nothing was entered; run the day before again, then this one; if it stays, report it with the "
            "run's lock",
        )


def _enter(connection: Connection, data_date: date, run_id: str, flags: pa.Table) -> None:
    """Add the day as a new revision, unless its newest revision is of the same run.

    Raises AuditFailed where something of that revision lies there already: what was planted would be sealed with it.
    """
    newest = connection.execute(
        select(RegisterDay.revision, RegisterDay.run_id)
        .where(RegisterDay.data_date == data_date)
        .order_by(RegisterDay.revision.desc())
        .limit(1)
    ).first()
    if newest is not None and newest.run_id == run_id:
        return
    revision = 1 if newest is None else newest.revision + 1
    _check_free(connection, data_date, revision)
    for rows in _batches(flags.filter(pc.equal(flags["event"], "opened"))):
        _open(connection, data_date, [_opened(row) for row in rows])
    for rows in _batches(flags.filter(pc.not_equal(flags["event"], "kept"))):
        connection.execute(insert_rows(FlagEvent), [_event(row, data_date, revision) for row in rows])
    counts = {f"flags_{state}": count for state, count in _counts(flags).items()}
    day = {"data_date": data_date, "revision": revision, "run_id": run_id, **counts}
    day["events_sha256"] = chain.day_digest(connection, data_date, revision)
    chain.add(connection, RegisterDay, [day])


def _check_free(connection: Connection, data_date: date, revision: int) -> None:
    """A day and its transitions are added in one transaction, so those that lie there alone are nobody's."""
    of_revision = (FlagEvent.data_date == data_date, FlagEvent.revision == revision)
    planted = connection.scalar(select(func.count()).select_from(FlagEvent).where(*of_revision))
    if planted:
        raise _planted(f"register {data_date}/{revision}", "no transitions before the day is entered", str(planted))


def _open(connection: Connection, data_date: date, opened: list[Row]) -> None:
    """Add flags. One that an earlier revision of the day opened stands there already, and must be the same."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(Flag).on_conflict_do_nothing(), opened)
    stored = connection.execute(select(Flag.__table__).where(Flag.flag_id.in_([row["flag_id"] for row in opened])))
    known = {row["flag_id"]: dict(row) for row in stored.mappings()}
    others = sorted(row["flag_id"] for row in opened if known[row["flag_id"]] != row)
    if others:
        raise _planted(f"register {data_date}", "flags that are opened to be new, or as they were opened before",
                       f"{len(others)} with other content, the first {others[0]}")


def _planted(where: str, expected: str, found: str) -> AuditFailed:
    return AuditFailed(what="rows were added that no day had entered", where=where, expected=expected, found=found,
                       next_step="nothing was entered; tell the security office: `python -m lowincome chain verify` "
                       "names what no day covers, docs/audit-chain.md says what to do")


def _batches(flags: pa.Table) -> Iterator[list[Row]]:
    """As many rows at a time as a statement takes."""
    return (batch.to_pylist() for batch in flags.to_batches(BATCH))


def _opened(row: Row) -> Row:
    return {name: row[name] for name in ("flag_id", "rule_id", "first_seen", "subject_id")}


def _event(row: Row, data_date: date, revision: int) -> Row:
    event = {column.name: row.get(column.name) for column in FlagEvent.__table__.columns}
    return event | {"data_date": data_date, "revision": revision, "reason": row["close_reason"]}

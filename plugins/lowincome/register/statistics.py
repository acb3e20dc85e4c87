"""Every flag with what became of it: the rows behind precision, time to the first visit and what is overdue."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, create_engine, select

from lowincome import engine as queries
from lowincome.register.episodes import MERGED, newest_events
from lowincome.register.models import Disposition
from lowincome.run import dated
from lowincome.scaled_out import on_one_machine
from lowincome.settings import INCLUDE

Row = dict[str, Any]
ANSWERED_FLAG = pa.schema([
    ("rule_id", pa.string()), ("district", pa.string()), ("first_seen", pa.date32()), ("is_open", pa.bool_()),
    ("finding", pa.string()), ("visited_on", pa.date32())])
SAID = pa.schema([("flag_id", pa.string()), ("finding", pa.string()), ("visited_on", pa.date32())])


@on_one_machine()
def answered_flags(url: str, data_date: date) -> pa.Table:
    """The flags of the last year, and older ones still open, as the register knew them on a day. Grain: one flag.

    district: of its last event (000000: unknown); finding: the newest (null: none); visited_on: the first visit (null:
    nobody went). A flag that was merged into another is no flag of its own: its answers are those of the one that
    lives on.
    """
    engine = create_engine(url)
    with engine.connect() as connection:
        flags = newest_events(connection, data_date + timedelta(days=1))
        answers = _answers(connection, data_date)
    engine.dispose()
    is_merged = pc.fill_null(pc.starts_with(flags["reason"], MERGED), False)
    said = _by_living_flag(answers, _living_flags(flags.filter(is_merged)))
    rows = queries.query(INCLUDE / "sql" / "register" / "answered_flag.sql", {
        "flag": flags.filter(pc.invert(is_merged)), "run": dated(data_date),
        "said": pa.Table.from_pylist([{"flag_id": flag, **what} for flag, what in said.items()], SAID)})
    return rows.cast(ANSWERED_FLAG)


def _answers(connection: Connection, data_date: date) -> list[Row]:
    """Every answer that counts on a day, oldest first."""
    said = select(Disposition.flag_id, Disposition.finding, Disposition.visited_on)
    query = said.where(Disposition.counts_from <= data_date).order_by(Disposition.disposition_id)
    return [dict(row) for row in connection.execute(query).mappings()]


def _living_flags(merged: pa.Table) -> dict[str, str]:
    """By each flag that was merged into another, the other."""
    rows = merged.select(["flag_id", "reason"]).to_pylist()
    return {row["flag_id"]: row["reason"].removeprefix(MERGED) for row in rows}


def _by_living_flag(answers: Iterable[Row], merged: Mapping[str, str]) -> dict[str, Row]:
    """Newest finding and first visit of each flag, with the answers about flags that were merged into it."""
    said: dict[str, Row] = {}
    for answer in answers:
        flag_id = _living(answer["flag_id"], merged)
        first = min(answer["visited_on"], said.get(flag_id, answer)["visited_on"])
        said[flag_id] = {"finding": answer["finding"], "visited_on": first}
    return said


def _living(flag_id: str, merged: Mapping[str, str]) -> str:
    while flag_id in merged:
        flag_id = merged[flag_id]
    return flag_id

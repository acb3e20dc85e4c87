"""Every flag with what became of it: the rows behind precision, time to the first visit and what is overdue."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, create_engine, select

from lowincome.register import episodes
from lowincome.register.episodes import Episode
from lowincome.register.models import Disposition, FlagEvent

Row = dict[str, Any]
DAYS = 365
"""How far back flags are counted; those still open are counted however old they are."""
ANSWERED_FLAG = pa.schema([
    ("rule_id", pa.string()), ("district", pa.string()), ("first_seen", pa.date32()), ("is_open", pa.bool_()),
    ("finding", pa.string()), ("visited_on", pa.date32())])


def answered_flags(url: str, data_date: date) -> pa.Table:
    """The flags of the last year, and older ones still open, as the register knew them on a day. Grain: one flag.

    district: of its last event (000000: unknown); finding: the newest (null: none); visited_on: the first visit (null:
    nobody went). A flag that was merged into another is no flag of its own: its answers are those of the one that
    lives on.
    """
    engine = create_engine(url)
    with engine.connect() as connection:
        flags = episodes.known(connection, FlagEvent.data_date <= data_date)
        answers = _answers(connection, data_date)
    engine.dispose()
    since = data_date - timedelta(days=DAYS)
    living = [flag for flag in flags.values() if flag.merged_into is None]
    wanted = [flag for flag in living if flag.first_seen >= since or flag.is_open]
    said = _by_living_flag(answers, flags)
    rows = [_row(flag, said.get(flag.flag_id, {"finding": None, "visited_on": None})) for flag in wanted]
    return pa.Table.from_pylist(rows, ANSWERED_FLAG)


def _answers(connection: Connection, data_date: date) -> list[Row]:
    """Every answer that counts on a day, oldest first."""
    said = select(Disposition.flag_id, Disposition.finding, Disposition.visited_on)
    query = said.where(Disposition.counts_from <= data_date).order_by(Disposition.disposition_id)
    return [dict(row) for row in connection.execute(query).mappings()]


def _by_living_flag(answers: Iterable[Row], flags: Mapping[str, Episode]) -> dict[str, Row]:
    """Newest finding and first visit of each flag, with the answers about flags that were merged into it."""
    said: dict[str, Row] = {}
    for answer in answers:
        flag_id = _living(answer["flag_id"], flags)
        first = min(answer["visited_on"], said.get(flag_id, answer)["visited_on"])
        said[flag_id] = {"finding": answer["finding"], "visited_on": first}
    return said


def _living(flag_id: str, flags: Mapping[str, Episode]) -> str:
    while flag_id in flags and (heir := flags[flag_id].merged_into):
        flag_id = heir
    return flag_id


def _row(flag: Episode, said: Row) -> Row:
    kept = {"rule_id": flag.rule_id, "first_seen": flag.first_seen, "district": flag.district}
    return kept | {"is_open": flag.is_open, **said}

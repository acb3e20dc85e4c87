"""Which answers count: each counts, and is shown, while all ids that it was about are one person or household.

An answer given of two who were merged is about both. Once they are parted nobody knows whom it was about.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from lowincome.redirects import are_one
from lowincome.register.episodes import batches
from lowincome.register.models import AnsweredSubject, Disposition, Flag

Row = dict[str, Any]


def newest_answers(connection: Connection, *which: ColumnElement[bool]) -> dict[str, Row]:
    """By flag its newest answer, of those asked for."""
    newest = select(func.max(Disposition.disposition_id)).where(*which).group_by(Disposition.flag_id)
    query = select(Disposition.__table__).where(Disposition.disposition_id.in_(newest))
    return {row["flag_id"]: dict(row) for row in connection.execute(query).mappings()}


def newest_of(connection: Connection, flag_ids: Sequence[str], leads_to: Mapping[str, str]) -> dict[str, Row]:
    """The newest answer of each of these flags, of those that count."""
    counting = still_one(connection, leads_to)
    found: dict[str, Row] = {}
    for some in batches(flag_ids):
        found |= newest_answers(connection, Disposition.flag_id.in_(some), *counting)
    return found


def still_one(connection: Connection, leads_to: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """The condition on answers that whom they were about are one; few are about several."""
    query = (
        select(Disposition.disposition_id, Flag.subject_id)
        .join(Flag, Flag.flag_id == Disposition.flag_id)
        .where(Disposition.disposition_id.in_(select(AnsweredSubject.disposition_id)))
    )
    others = about(connection)
    parted = [number for number, own in connection.execute(query) if not are_one({own} | others[number], leads_to)]
    return [Disposition.disposition_id.not_in(some) for some in batches(parted)]


def about(connection: Connection) -> dict[int, set[str]]:
    """By answer the ids that were one with its flag's subject; none where it was about nobody else."""
    others: defaultdict[int, set[str]] = defaultdict(set)
    for row in connection.execute(select(AnsweredSubject.__table__)):
        others[row.disposition_id].add(row.subject_id)
    return dict(others)

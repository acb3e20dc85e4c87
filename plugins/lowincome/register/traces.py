"""What the register knows of flags, households and records, for lineage: seals, looks, exports, judgements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine, Select, or_, select

from lowincome.register.models import AccessEntry, AuditEntry, Flag, FlagEvent, Judgement


def subject_of(engine: Engine, flag_id: str) -> str | None:
    """The household or person of a flag; None when the register does not know the flag."""
    with engine.connect() as connection:
        return connection.execute(select(Flag.subject_id).where(Flag.flag_id == flag_id)).scalar()


def subjects_of(engine: Engine, flags: Sequence[str]) -> set[str]:
    """The households and persons that these flags were ever about: what cards are opened by."""
    query = select(FlagEvent.household_id, FlagEvent.person_id).where(FlagEvent.flag_id.in_(flags)).distinct()
    with engine.connect() as connection:
        return {subject for row in connection.execute(query) for subject in row if subject}


def seals(engine: Engine, kind: str, row_keys: Sequence[str]) -> list[dict[str, Any]]:
    """The entries of the audit chain that seal these rows or files, in order."""
    query = select(AuditEntry.__table__).where(AuditEntry.kind == kind, AuditEntry.row_key.in_(row_keys))
    return _all(engine, query.order_by(AuditEntry.entry_no))


def looks(engine: Engine, subjects: Sequence[str]) -> list[dict[str, Any]]:
    """Every look, print, finding and evidence pack about these households and persons, in order."""
    query = select(AccessEntry.__table__).where(AccessEntry.subject.in_(subjects))
    return _all(engine, query.order_by(AccessEntry.entry_id))


def packs(engine: Engine) -> list[tuple[date, str]]:
    """The data dates and persons of which evidence packs were made."""
    query = select(AccessEntry.data_date, AccessEntry.subject).where(AccessEntry.action == "pack").distinct()
    with engine.connect() as connection:
        return [(row.data_date, row.subject) for row in connection.execute(query)]


def exports(engine: Engine, first: date, last: date) -> list[dict[str, Any]]:
    """Every list or workbook of these days that left the pages, in order; `subject` names its districts."""
    query = select(AccessEntry.__table__).where(
        AccessEntry.data_date.between(first, last), AccessEntry.action.in_(("export", "workbook")))
    return _all(engine, query.order_by(AccessEntry.entry_id))


def judgements_on(engine: Engine, anchors: Sequence[str]) -> list[dict[str, Any]]:
    """What people decided about records of these anchors, in order."""
    query = select(Judgement.__table__).where(
        or_(Judgement.left_anchor.in_(anchors), Judgement.right_anchor.in_(anchors)))
    return _all(engine, query.order_by(Judgement.judgement_id))


def _all(engine: Engine, query: Select[Any]) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]

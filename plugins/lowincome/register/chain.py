"""The audit chain: every row that is added to the register, and every file given out, is sealed in order.

An entry holds what was sealed (`kind` and `row_key`), the digest of its content and a hash over that and the hash
before it, so a changed, missing, added or moved row or entry breaks the chain at its place. Digests, never values:
an entry can be shown to anybody. The newest hash is anchored elsewhere each day, for a tail can be cut unseen.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, insert, select, update

from lowincome.errors import ContractBroken
from lowincome.register.models import (
    ROWS_AT_A_TIME,
    AccessEntry,
    AnsweredSubject,
    AnswerFile,
    AuditEntry,
    AuditHead,
    Base,
    Disposition,
    Flag,
    FlagEvent,
    Judgement,
    JudgementReview,
    RegisterDay,
)
from lowincome.register.turn import take_turn

ALGORITHMS = ("sha256", "sm3")
SEALED: tuple[type[Base], ...] = (
    RegisterDay, Disposition, AnsweredSubject, AnswerFile, AccessEntry, Judgement, JudgementReview)
"""Tables whose rows are sealed as they are added, once each: a second entry could only bear out a changed row."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Seal:
    """What is to be sealed: a table's row or a file, and the bytes that stand for its content."""

    kind: str
    row_key: str
    content: bytes


@dataclass(frozen=True)
class Fault:
    """One row that the chain does not bear out: changed, missing, never sealed, or sealed twice."""

    kind: str
    row_key: str
    what: str


def add(connection: Connection, model: type[Base], rows: Sequence[Row]) -> list[Row]:
    """Add rows to a table of the register and seal them, in one transaction; the rows as they were stored."""
    if not rows:
        return []
    query = insert(model).returning(*model.__table__.columns, sort_by_parameter_order=True)
    added: list[Row] = [dict(row) for row in connection.execute(query, [dict(row) for row in rows]).mappings()]
    seal(connection, [_seal_of(model, row) for row in added])
    return added


def seal(connection: Connection, seals: Sequence[Seal]) -> None:
    """Append entries. The head's row is taken first, so writers of any process queue for their place."""
    connection.execute(update(AuditHead).values(entry_no=AuditHead.entry_no + len(seals)))
    head = connection.execute(select(AuditHead.__table__)).mappings().one()
    number, previous, entries = head["entry_no"] - len(seals), head["hash"], []
    for entry_no, one in enumerate(seals, number + 1):
        content = _hash(head["algorithm"], one.content)
        previous = link(head["algorithm"], entry_no, one.kind, one.row_key, content, previous)
        entries.append({
            "entry_no": entry_no, "kind": one.kind, "row_key": one.row_key, "algorithm": head["algorithm"],
            "content": content, "hash": previous})
    if entries:
        connection.execute(insert(AuditEntry), entries)
        connection.execute(update(AuditHead).values(hash=previous))


def link(algorithm: str, entry_no: int, kind: str, row_key: str, content: str, previous: str) -> str:
    """The hash of an entry: over its five other fields and the hash before it, a JSON list without spaces."""
    text = json.dumps([entry_no, kind, row_key, algorithm, content, previous], separators=(",", ":"))
    return _hash(algorithm, text.encode())


def use(engine: Engine, algorithm: str) -> None:
    """Hash entries from now on with sha256 or sm3; those before keep theirs. Raises ContractBroken for another."""
    if algorithm not in ALGORITHMS:
        raise ContractBroken(what="unknown hash", where="audit chain", expected=" or ".join(ALGORITHMS),
                             found=algorithm, next_step="choose one of them")
    with engine.begin() as connection:
        take_turn(connection)
        connection.execute(update(AuditHead).values(algorithm=algorithm))


def head(engine: Engine) -> dict[str, Any]:
    """Number and hash of the newest entry: what is anchored elsewhere."""
    with engine.connect() as connection:
        row = connection.execute(select(AuditHead.entry_no, AuditHead.hash)).mappings().one()
    return dict(row)


def entries(engine: Engine, first: int = 1, last: int | None = None) -> Iterator[dict[str, Any]]:
    """The entries from the first to the last number, in order; every one if none is named."""
    with engine.connect() as connection:
        query = select(AuditEntry.__table__).where(AuditEntry.entry_no >= first).order_by(AuditEntry.entry_no)
        query = query if last is None else query.where(AuditEntry.entry_no <= last)
        for row in connection.execution_options(yield_per=ROWS_AT_A_TIME).execute(query).mappings():
            yield dict(row)


def numbers(connection: Connection, model: type[Base]) -> dict[str, int]:
    """By the key of each row of a table the number of its entry: the order in which they were added."""
    query = select(AuditEntry.row_key, AuditEntry.entry_no).where(AuditEntry.kind == model.__tablename__)
    return {row.row_key: row.entry_no for row in connection.execute(query)}


def first_break(engine: Engine, anchors: Mapping[int, str]) -> int | None:
    """Number of the first entry that does not follow from those before it, that an anchor (its hash by its number) or
    the head contradicts, that is missing, or that lies beyond the head; None when the chain holds.

    The head is read before the entries and after them: what others seal meanwhile lies between the two.
    """
    first = head(engine)
    number, previous, known = 0, "", ({first["entry_no"]: first["hash"]}, anchors)
    for number, entry in enumerate(entries(engine), 1):
        follows = entry["entry_no"] == number and entry["hash"] == _linked(entry, previous)
        previous = entry["hash"]
        if not follows or any(one.get(number, previous) != previous for one in known):
            return number
    if max([first["entry_no"], *anchors]) > number:
        return number + 1
    last = head(engine)["entry_no"]
    return last + 1 if number > last else None


def _linked(entry: Row, previous: str) -> str:
    return link(entry["algorithm"], entry["entry_no"], entry["kind"], entry["row_key"], entry["content"], previous)


def newest(engine: Engine, kind: str) -> int | None:
    """Number of the newest entry of a kind; None where there is none."""
    with engine.connect() as connection:
        return connection.scalar(select(func.max(AuditEntry.entry_no)).where(AuditEntry.kind == kind))


def seal_file(engine: Engine, kind: str, row_key: str, content: bytes) -> None:
    """Seal a file that was given out or that records a decision; the same bytes again change nothing."""
    with engine.begin() as connection:
        take_turn(connection)
        query = select(AuditEntry.content, AuditEntry.algorithm).where(
            AuditEntry.kind == kind, AuditEntry.row_key == row_key)
        newest = connection.execute(query.order_by(AuditEntry.entry_no.desc()).limit(1)).first()
        if newest is None or newest.content != _hash(newest.algorithm, content):
            seal(connection, [Seal(kind, row_key, content)])


def faults(engine: Engine) -> list[Fault]:
    """Rows of the register that differ from their entries, in both directions, by table and key."""
    found = [fault for model in SEALED for fault in _faults(engine, model)]
    return [*found, *_sealed_twice(engine), *_changed_days(engine), *_under_no_day(engine)]


def day_digest(connection: Connection, data_date: date, revision: int) -> str:
    """SHA-256 of the transitions of one entry of a day, with the flags they belong to: column events_sha256.

    Over the bytes of their list (`canonical`), which is never in memory whole.
    """
    query = (
        select(Flag.rule_id, Flag.subject_id, Flag.first_seen, FlagEvent.__table__)
        .join(FlagEvent, FlagEvent.flag_id == Flag.flag_id)
        .where(FlagEvent.data_date == data_date, FlagEvent.revision == revision)
        .order_by(Flag.flag_id)
    )
    sha, between = hashlib.sha256(b"["), b""
    for row in connection.execute(query, execution_options={"yield_per": ROWS_AT_A_TIME}).mappings():
        sha.update(between + canonical(dict(row)))
        between = b","
    sha.update(b"]")
    return sha.hexdigest()


def _changed_days(engine: Engine) -> Iterator[Fault]:
    with engine.connect() as connection:
        days = connection.execute(select(RegisterDay.data_date, RegisterDay.revision, RegisterDay.events_sha256))
        for day in days.all():
            if day_digest(connection, day.data_date, day.revision) != day.events_sha256:
                yield Fault(FlagEvent.__tablename__, f"{day.data_date}/{day.revision}", "changed")


def _under_no_day(engine: Engine) -> Iterator[Fault]:
    """Transitions and flags that no entered day covers: a day that is entered later would take them for its own."""
    entered = and_(RegisterDay.data_date == FlagEvent.data_date, RegisterDay.revision == FlagEvent.revision)
    events = select(FlagEvent.data_date, FlagEvent.revision).distinct()
    alone = events.where(~select(RegisterDay).where(entered).exists())
    covered = select(FlagEvent).join(RegisterDay, entered).where(FlagEvent.flag_id == Flag.flag_id)
    flags = select(Flag.flag_id).where(~covered.exists()).order_by(Flag.flag_id)
    with engine.connect() as connection:
        for day in connection.execute(alone).all():
            yield Fault(FlagEvent.__tablename__, f"{day.data_date}/{day.revision}", "never sealed")
        for flag_id in connection.scalars(flags).all():
            yield Fault(Flag.__tablename__, flag_id, "never sealed")


def _faults(engine: Engine, model: type[Base]) -> Iterable[Fault]:
    kind = model.__tablename__
    with engine.connect() as connection:
        query = select(AuditEntry.row_key, AuditEntry.content, AuditEntry.algorithm).where(AuditEntry.kind == kind)
        entries = connection.execute(query.order_by(AuditEntry.entry_no.desc()))
        sealed = {row.row_key: row for row in entries}  # of several the first: what the row was when it was added
        for stored in connection.execute(select(model.__table__)).mappings():
            one = _seal_of(model, dict(stored))
            entry = sealed.pop(one.row_key, None)
            if entry is None:
                yield Fault(kind, one.row_key, "never sealed")
            elif _hash(entry.algorithm, one.content) != entry.content:
                yield Fault(kind, one.row_key, "changed")
    yield from (Fault(kind, key, "missing") for key in sealed)


def _sealed_twice(engine: Engine) -> Iterator[Fault]:
    """Rows with more than one entry. Files may have several: a day is published again, a decision is taken anew."""
    query = select(AuditEntry.kind, AuditEntry.row_key).where(
        AuditEntry.kind.in_([model.__tablename__ for model in SEALED]))
    with engine.connect() as connection:
        grouped = query.group_by(AuditEntry.kind, AuditEntry.row_key).having(func.count() > 1)
        yield from (Fault(row.kind, row.row_key, "sealed twice") for row in connection.execute(grouped).all())


def _seal_of(model: type[Base], row: Row) -> Seal:
    key = "/".join(str(row[column.name]) for column in model.__table__.primary_key)
    return Seal(model.__tablename__, key, canonical(row))


def canonical(content: Any) -> bytes:
    """The bytes that stand for a row or rows: JSON with sorted keys, dates and times in ISO form."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, default=_iso, separators=(",", ":")).encode()


def _iso(value: date) -> str:
    return value.isoformat()


def _hash(algorithm: str, content: bytes) -> str:
    return hashlib.new(algorithm, content).hexdigest()

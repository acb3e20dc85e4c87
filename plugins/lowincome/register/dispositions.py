"""What caseworkers found: recorded once, in the order of its coming, and never changed afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, and_, create_engine, func, select

from lowincome.errors import ContractBroken
from lowincome.findings import findings
from lowincome.register import chain
from lowincome.register.models import UNKNOWN_AREA, AnswerFile, Disposition, Flag, FlagEvent, RegisterDay
from lowincome.register.turn import take_turn

BATCH = 500
Verdict = Literal["recorded", "unchanged", "stale", "closed", "unknown"]
TAKEN: frozenset[Verdict] = frozenset({"recorded", "unchanged"})
SAID = ("finding", "visited_on", "remark")


@dataclass(frozen=True)
class Answer:
    """A finding about one flag of the list of `list_date`.

    channel: workbook (dropped into the folder), page_upload (a workbook given back on the page), page (its form).
    """

    flag_id: str
    finding: str
    visited_on: date
    remark: str
    recorded_by: str
    recorded_at: datetime
    channel: str
    list_date: date


def record(url: str, answers: Sequence[Answer]) -> list[Verdict]:
    """Record answers; one verdict each. All of them or none.

    recorded: it is the flag's newest now. unchanged: the newest says the same. stale: the newest was given to a later
    list. closed: the flag is no longer open. unknown: there is no such flag. Only `recorded` changes anything. Raises
    ContractBroken when a finding is not in findings.yaml.
    """
    _check(answers)
    engine = create_engine(url)
    with engine.begin() as connection:
        take_turn(connection)
        counts_from = _counts_from(connection)
        verdicts = [verdict for batch in _batches(answers) for verdict in _record(connection, batch, counts_from)]
    engine.dispose()
    return verdicts


def in_force(url: str, data_date: date, absorbed: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The newest answer of every flag that shapes the list of a data date, by flag.

    An answer about a flag that a merge closed counts for the one that lives on (`absorbed`, of the ledger).
    """
    engine = create_engine(url)
    known = select(func.max(Disposition.disposition_id)).where(Disposition.counts_from <= data_date)
    query = select(Disposition.__table__).where(Disposition.disposition_id.in_(known.group_by(Disposition.flag_id)))
    rows = _rows(engine, query.order_by(Disposition.disposition_id))
    engine.dispose()
    heirs = absorbed or {}
    newest = {flag_id: row | {"flag_id": flag_id} for row in rows
              for flag_id in (heirs.get(row["flag_id"], row["flag_id"]),)}
    return [newest[flag_id] for flag_id in sorted(newest)]


def is_known_file(url: str, sha256: str) -> bool:
    """Whether a workbook of exactly these bytes was imported before."""
    engine = create_engine(url)
    known = _rows(engine, select(AnswerFile.sha256).where(AnswerFile.sha256 == sha256))
    engine.dispose()
    return bool(known)


def remember_file(url: str, sha256: str, received_at: datetime, counts: dict[str, int]) -> None:
    """Enter an imported workbook, once; `counts` holds rows, recorded and rejected."""
    engine, entry = create_engine(url), {"sha256": sha256, "received_at": received_at, **counts}
    with engine.begin() as connection:
        take_turn(connection)
        known = connection.scalar(select(AnswerFile.sha256).where(AnswerFile.sha256 == sha256))
        chain.add(connection, AnswerFile, [] if known else [entry])
    engine.dispose()


def newest_list(url: str) -> date:
    """The newest registered data date: no list of a later day was given out. The first day of all where none is."""
    engine = create_engine(url)
    with engine.connect() as connection:
        newest = _newest_day(connection)
    engine.dispose()
    return newest


def closed_in(url: str, flag_ids: Sequence[str], districts: Sequence[str]) -> frozenset[str]:
    """Of these flags, those that closed in one of the districts (000000: the area was unknown)."""
    engine, found = create_engine(url), set()
    with engine.connect() as connection:
        for start in range(0, len(flag_ids), BATCH):
            last = _last_events(connection, set(flag_ids[start : start + BATCH]))
            found |= {flag for flag, (event, area) in last.items() if event == "closed" and area in districts}
    engine.dispose()
    return frozenset(found)


def _check(answers: Sequence[Answer]) -> None:
    wrong = sorted({answer.finding for answer in answers} - set(findings()))
    if wrong:
        raise ContractBroken(
            what="a finding is not known", where="disposition", expected=", ".join(findings()),
            found=f"{len(wrong)} others", next_step="use the list's own drop-down",
        )


def _counts_from(connection: Connection) -> date:
    """The day after the newest registered one: an answer never changes a list that was already given out."""
    return _newest_day(connection) + timedelta(days=1)


def _newest_day(connection: Connection) -> date:
    return connection.scalar(select(func.max(RegisterDay.data_date))) or date.min


def _batches(answers: Sequence[Answer]) -> Iterator[Sequence[Answer]]:
    for start in range(0, len(answers), BATCH):
        yield answers[start : start + BATCH]


def _record(connection: Connection, answers: Sequence[Answer], counts_from: date) -> list[Verdict]:
    flag_ids = {answer.flag_id for answer in answers}
    events, newest = _last_events(connection, flag_ids), _newest(connection, flag_ids)
    verdicts: list[Verdict] = []
    rows: list[dict[str, Any]] = []
    for answer in answers:
        event, _ = events.get(answer.flag_id, (None, None))
        verdict = _verdict(answer, event, newest.get(answer.flag_id))
        verdicts.append(verdict)
        if verdict == "recorded":
            rows.append(asdict(answer) | {"counts_from": counts_from})
            newest[answer.flag_id] = rows[-1]
    chain.add(connection, Disposition, rows)
    return verdicts


def _verdict(answer: Answer, event: str | None, newest: dict[str, Any] | None) -> Verdict:
    if event is None:
        return "unknown"
    if newest is not None and all(newest[name] == getattr(answer, name) for name in SAID):
        return "unchanged"
    if event == "closed":
        return "closed"
    return "stale" if newest is not None and newest["list_date"] > answer.list_date else "recorded"


def _last_events(connection: Connection, flag_ids: set[str]) -> dict[str, tuple[str, str]]:
    """The last event of each flag and its district, by the newest revision of its day."""
    days = select(RegisterDay.data_date, func.max(RegisterDay.revision).label("revision"))
    valid = days.group_by(RegisterDay.data_date).subquery()
    query = (
        select(Flag.flag_id, FlagEvent.event, FlagEvent.district)
        .join(FlagEvent, FlagEvent.flag_id == Flag.flag_id)
        .join(valid, and_(FlagEvent.data_date == valid.c.data_date, FlagEvent.revision == valid.c.revision))
        .where(Flag.flag_id.in_(flag_ids))
        .order_by(FlagEvent.data_date)
    )
    return {row.flag_id: (row.event, row.district or UNKNOWN_AREA) for row in connection.execute(query)}


def _newest(connection: Connection, flag_ids: set[str]) -> dict[str, dict[str, Any]]:
    query = select(Disposition.__table__).where(Disposition.flag_id.in_(flag_ids))
    rows = connection.execute(query.order_by(Disposition.disposition_id)).mappings()
    return {row["flag_id"]: dict(row) for row in rows}


def _rows(engine: Engine, query: Any) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]

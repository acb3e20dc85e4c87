"""What caseworkers found: recorded once, in the order of its coming, and never changed afterwards."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, func, select

from lowincome.errors import ContractBroken
from lowincome.findings import findings
from lowincome.redirects import together
from lowincome.register import chain
from lowincome.register.answered import about, newest_answers, newest_of, still_one
from lowincome.register.episodes import Episode, heir, of_flags
from lowincome.register.models import AnsweredSubject, AnswerFile, Disposition, RegisterDay
from lowincome.register.turn import take_turn

Row = dict[str, Any]
LeadsTo = Callable[[date], Mapping[str, str]]
"""Where ids led on a day (lowincome/redirects.py)."""
Verdict = Literal["recorded", "passed_on", "unchanged", "stale", "closed", "unknown"]
RECORDED: frozenset[Verdict] = frozenset({"recorded", "passed_on"})
TAKEN: frozenset[Verdict] = RECORDED | {"unchanged"}
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


def record(url: str, answers: Sequence[Answer], leads_to: LeadsTo | None = None) -> list[Verdict]:
    """Record answers; one verdict each. All of them or none.

    recorded: it is the flag's newest now. passed_on: recorded; the flag was merged, so it counts for the one that lives
    on. unchanged: the newest says the same. stale: the newest was given to a later list. closed: the flag is no longer
    open. unknown: there is no such flag. Only the first two change anything. An answer is about every id that was one
    with the flag's subject on its list, by `leads_to`; without it nobody was merged.
    Raises ContractBroken when a finding is not in findings.yaml.
    """
    _check(answers)
    engine = create_engine(url)
    with engine.begin() as connection:
        take_turn(connection)
        verdicts = _record(connection, answers, leads_to or (lambda day: {}))
    engine.dispose()
    return verdicts


def in_force(url: str, data_date: date, leads_to: Mapping[str, str] | None = None) -> list[Row]:
    """The newest answer of every flag that shapes the list of a data date, by flag; about: the ids it needs to be one.

    An answer about a flag that was merged counts for the one that lives on. One about several ids counts while they are
    one by `leads_to`.
    """
    engine, redirects = create_engine(url), leads_to or {}
    with engine.connect() as connection:
        newest = newest_answers(connection, Disposition.counts_from <= data_date, *still_one(connection, redirects))
        episodes = of_flags(connection, newest.keys(), data_date)
        others = about(connection)
    engine.dispose()
    counting: dict[str, Row] = {}
    for row in sorted(newest.values(), key=lambda row: row["disposition_id"]):
        if episode := episodes.get(row["flag_id"]):
            living = heir(episode, episodes, redirects)
            ids = {episode.subject_id, living.subject_id} | others.get(row["disposition_id"], set())
            counting[living.flag_id] = row | {"flag_id": living.flag_id, "about": sorted(ids)}
    return [counting[flag_id] for flag_id in sorted(counting)]


def first_days(url: str, flag_ids: Collection[str]) -> dict[str, date]:
    """When each of these flags was first seen; those that the register does not know are left out."""
    engine = create_engine(url)
    with engine.connect() as connection:
        episodes = of_flags(connection, flag_ids)
    engine.dispose()
    return {flag_id: episode.first_seen for flag_id, episode in episodes.items()}


def known_file(url: str, sha256: str) -> Row | None:
    """What became of a workbook of exactly these bytes (rows, recorded, rejected); None of one that never came."""
    engine = create_engine(url)
    columns = (AnswerFile.rows, AnswerFile.recorded, AnswerFile.rejected)
    known = _rows(engine, select(*columns).where(AnswerFile.sha256 == sha256))
    engine.dispose()
    return known[0] if known else None


def remember_file(url: str, sha256: str, received_at: datetime, counts: dict[str, int]) -> None:
    """Enter an imported workbook, once; `counts` holds rows, recorded and rejected."""
    engine, entry = create_engine(url), {"sha256": sha256, "received_at": received_at, **counts}
    with engine.begin() as connection:
        take_turn(connection)
        known = connection.scalar(select(AnswerFile.sha256).where(AnswerFile.sha256 == sha256))
        chain.add(connection, AnswerFile, [] if known else [entry])
    engine.dispose()


def files_received(url: str) -> dict[str, datetime]:
    """When each imported workbook first came (UTC), by the digest or name under which it is known."""
    engine = create_engine(url)
    known = _rows(engine, select(AnswerFile.sha256, AnswerFile.received_at))
    engine.dispose()
    return {row["sha256"]: row["received_at"] for row in known}


def newest_list(url: str) -> date:
    """The newest registered data date: no list of a later day was given out. The first day of all where none is."""
    engine = create_engine(url)
    with engine.connect() as connection:
        newest = _newest_day(connection)
    engine.dispose()
    return newest


def closed_in(url: str, flag_ids: Sequence[str], districts: Sequence[str]) -> frozenset[str]:
    """Of these flags, those that closed in one of the districts (000000: the area was unknown)."""
    engine = create_engine(url)
    with engine.connect() as connection:
        episodes = of_flags(connection, flag_ids)
    engine.dispose()
    return frozenset(
        flag for flag in flag_ids
        if flag in episodes and not episodes[flag].is_open and episodes[flag].district in districts)


def _check(answers: Sequence[Answer]) -> None:
    wrong = sorted({answer.finding for answer in answers} - set(findings()))
    if wrong:
        raise ContractBroken(
            what="a finding is not known", where="disposition", expected=", ".join(findings()),
            found=f"{len(wrong)} others", next_step="use the list's own drop-down",
        )


def _newest_day(connection: Connection) -> date:
    return connection.scalar(select(func.max(RegisterDay.data_date))) or date.min


def _record(connection: Connection, answers: Sequence[Answer], leads_to: LeadsTo) -> list[Verdict]:
    newest_day = _newest_day(connection)
    redirects = leads_to(newest_day)
    episodes = of_flags(connection, {answer.flag_id for answer in answers})
    newest = newest_of(connection, sorted(episodes), redirects)
    groups = {day: together(leads_to(day)) for day in {answer.list_date for answer in answers}}
    # An answer never changes a list that was already given out.
    counts_from = newest_day + timedelta(days=1)
    verdicts: list[Verdict] = []
    rows, others = [], []
    for answer in answers:
        episode = episodes.get(answer.flag_id)
        verdict = _verdict(answer, episode, episode and heir(episode, episodes, redirects), newest)
        verdicts.append(verdict)
        if episode and verdict in RECORDED:
            newest[answer.flag_id] = asdict(answer) | {"counts_from": counts_from}
            rows.append(newest[answer.flag_id])
            others.append(groups[answer.list_date].get(episode.subject_id, frozenset()) - {episode.subject_id})
    added = chain.add(connection, Disposition, rows)
    chain.add(connection, AnsweredSubject, [
        {"disposition_id": row["disposition_id"], "subject_id": one}
        for row, ids in zip(added, others, strict=True) for one in sorted(ids)])
    return verdicts


def _verdict(answer: Answer, episode: Episode | None, living: Episode | None, newest: Mapping[str, Row]) -> Verdict:
    if episode is None or living is None:
        return "unknown"
    own = newest.get(episode.flag_id)
    if own is not None and all(own[name] == getattr(answer, name) for name in SAID):
        return "unchanged"
    if not living.is_open:
        return "closed"
    said = [newest[one.flag_id] for one in (episode, living) if one.flag_id in newest]
    if any(row["list_date"] > answer.list_date for row in said):
        return "stale"
    return "recorded" if living is episode else "passed_on"


def _rows(engine: Engine, query: Any) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]

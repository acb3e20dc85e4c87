"""What the pages need, put together: the days, the rules, the register, the verbs of identity and the clock."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Any

import pyarrow as pa
from sqlalchemy import Engine, create_engine

from lowincome import engine, linkage, upload
from lowincome.alerts import publication_causes
from lowincome.deliver.alert_message import title
from lowincome.lake import Lake
from lowincome.redirects import leads_to
from lowincome.register import access, alerts, dispositions, history, ledger
from lowincome.rules import catalogue
from lowincome.rules.parameters import load_parameters
from lowincome.settings import INCLUDE, Settings, read_settings
from lowincome.shanghai import SHANGHAI
from lowincome.web.office import Answers, Found, Identity, Office, Tasks

Rows = list[dict[str, Any]]


def office(tasks: Tasks) -> Office:
    """The pages' view of this installation; `tasks` is what Airflow knows of its work."""
    settings = read_settings()
    ledger.migrate(settings.register_url)
    database, lake = create_engine(settings.register_url), Lake(settings.lake)
    return Office(
        lake=lake,
        output=settings.output,
        staff=settings.staff,
        rules=catalogue.as_dicts(),
        parameters=[asdict(parameter) for parameter in load_parameters()],
        now=lambda: datetime.now(SHANGHAI),
        log_access=lambda entry: access.append(database, _utc_now(), asdict(entry)),
        accesses=partial(access.newest, database),
        record_findings=partial(_record_findings, settings.register_url, partial(leads_to, lake)),
        findings=lambda day, flags: history.answers(database, flags, leads_to(lake, day)),
        episodes=lambda day, subjects: history.episodes(database, subjects, leads_to(lake, day)),
        reveal=partial(revealed, lake),
        identity=_identity(),
        answers=_answers(settings),
        tasks=tasks,
        alerts=partial(_alerts, database),
        publication=lambda: _publication(settings, datetime.now(SHANGHAI)),
    )


def _alerts(database: Engine) -> Rows:
    return [row | {"title": title(row["kind"])} for row in alerts.open_alerts(database)]


def _publication(settings: Settings, now: datetime) -> Rows:
    return [{"kind": cause.kind, "title": title(cause.kind), "about": cause.about}
            for cause in publication_causes(settings, now)]


def revealed(lake: Lake, day: date, person_id: str) -> Rows:
    """Name, ID and phone of one person on a day, unmasked; none for a child. Whoever asks has been logged before."""
    inputs: dict[str, engine.Input] = {
        table: [lake.partition(layer, table, day)] for layer, table in (
            ("resolved", "person"), ("resolved", "current_record"), ("households", "household_member"))}
    ask = pa.table({"person_id": [person_id], "data_date": pa.array([day], pa.date32())})
    found: Rows = engine.query(INCLUDE / "sql" / "web" / "revealed_person.sql", {**inputs, "ask": ask}).to_pylist()
    return found


def _answers(settings: Settings) -> Answers:
    return Answers(
        limit=settings.upload_bytes,
        receive=lambda given: upload.receive(settings, given, _utc_now(), _local_now().date()),
        returned=partial(upload.returned, settings.home),
    )


def _identity() -> Identity:
    return Identity(
        cases=_cases,
        judgements=linkage.list_judgements,
        judge=_judge,
        approve=lambda number, person, reason: linkage.approve(number, person, reason, _local_now()),
        withdraw=lambda number, person, reason: linkage.withdraw(number, person, reason, _local_now()),
    )


def _judge(day: date, left: str, right: str, verdict: str, author: str, reason: str) -> int:
    return linkage.judge(day.isoformat(), left, right, verdict, author, reason, _local_now())


@lru_cache(maxsize=2)
def _cases(day: date, run_id: str) -> Rows:
    """The queue of a published run is always the same, and takes seconds to put together."""
    return linkage.review_queue(day.isoformat())


def _record_findings(register_url: str, led: dispositions.LeadsTo, found: Sequence[Found]) -> Sequence[str]:
    answers = [dispositions.Answer(**asdict(one), recorded_at=_utc_now(), channel="page") for one in found]
    return dispositions.record(register_url, answers, led)


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _local_now() -> datetime:
    return datetime.now(SHANGHAI).replace(tzinfo=None)

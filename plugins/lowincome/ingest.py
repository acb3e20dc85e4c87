"""The verbs that bring one source's day in: small references in, small references out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any

from lowincome import audit
from lowincome.decisions import decide
from lowincome.errors import ContractBroken, PipelineError
from lowincome.lake import Lake
from lowincome.scaled_out import on_one_machine
from lowincome.settings import INCLUDE, read_settings
from lowincome.sources import export_api
from lowincome.sources import fetch as fetching
from lowincome.sources import spec as source_pages
from lowincome.sources.connection import Connection, from_environment
from lowincome.sources.http import Refused
from lowincome.sources.standardise import day as standardising
from lowincome.sources.standardise import shrink, source_day
from lowincome.turns import alone

Counts = dict[str, Any]
Login = Callable[[], Connection]
"""Reads a connection. That it cannot be read is recorded too, so whoever calls a verb does not read it before."""


def fetch(source: str, data_date: str, login: Login | None = None, ticket: str | None = None) -> Counts:
    """Bring one source's delivery of a day into the landing, as received; `ticket` is an export asked for before.

    A failure is recorded as the source's day (refused or missing) and raised again.
    """
    day, page = date.fromisoformat(data_date), source_pages.registry()[source]
    lake = Lake(read_settings().lake)
    run_id = next_run_id(lake, source, day)
    folder = lake.landing(source, day, run_id)
    with _recorded(lake, source, day):
        connection = login() if login else from_environment(page.connection)
        reference = fetching.fetch(page, connection, day, _since(lake, page, day), folder, run_id, ticket=ticket)
    return {"source": source, "data_date": data_date, "run_id": run_id, **_reference(reference)}


def submit(source: str, data_date: str, login: Login) -> str:
    """Ask an export source for the day; the id of the export. A failure is recorded as in `fetch`."""
    day, page, lake = date.fromisoformat(data_date), source_pages.registry()[source], Lake(read_settings().lake)
    with _recorded(lake, source, day):
        return export_api.submit(page, login(), day, _since(lake, page, day))


@contextmanager
def _recorded(lake: Lake, source: str, day: date) -> Iterator[None]:
    """Whatever stops a source's delivery becomes the record of its day: refused by its contract, else missing."""
    try:
        yield
    except PipelineError as error:
        is_refused = isinstance(error, ContractBroken) and not isinstance(error, Refused)
        source_day.mark_absent(lake, source, day, str(error), "refused" if is_refused else "missing")
        raise


def is_export_ready(source: str, data_date: str, connection: Connection, ticket: str) -> bool:
    """Whether waiting is over: the export succeeded, or failed and `fetch` will ask anew."""
    return not export_api.poll(source_pages.registry()[source], connection, ticket).is_pending


def _since(lake: Lake, page: source_pages.SourceSpec, day: date) -> date | None:
    """The last good day that an incremental source continues; None asks for the full state."""
    good = source_day.last_good_day(lake, page.id, day) if page.load == "incremental" else None
    return date.fromisoformat(good["data_date"]) if good else None


def next_run_id(lake: Lake, source: str, data_date: date) -> str:
    """Deliveries of one day are numbered in the order of their coming."""
    return f"{len(list(lake.landings(source, data_date).glob('[0-9]*'))) + 1:04d}"


@alone
def standardise(source: str, data_date: str) -> Counts:
    """Bring the newest landing of a day through the door into the canonical tables."""
    lake = Lake(read_settings().lake)
    page = source_pages.registry()[source]
    with on_one_machine():
        return _summary(standardising.standardise(page, lake, date.fromisoformat(data_date), _audit_source_table))


def missing(source: str, data_date: str, reason: str) -> Counts:
    """Record that a source did not come; the day goes on with its last good one."""
    return _summary(source_day.mark_absent(Lake(read_settings().lake), source, date.fromisoformat(data_date), reason))


def accept_shrink(source: str, data_date: str, who: str, reason: str) -> Counts:
    """A person vouches for the newest snapshot of a day, which was refused as much smaller than the last.

    It is their word about this delivery: another one of the same day is looked at anew.
    """
    lake, day = Lake(read_settings().lake), date.fromisoformat(data_date)
    landed = shrink.delivered(shrink.refused_delivery(lake, source, day))
    path = shrink.acceptance(lake, source, day)
    decide(path, "accepted_shrink", f"{data_date}/{source}", who, reason, landed=landed)
    return standardise(source, data_date)


def _reference(reference: Any) -> Counts:
    return {key: value for key, value in asdict(reference).items() if isinstance(value, str | int)}


def _summary(record: Counts) -> Counts:
    return {
        key: record[key]
        for key in ("source", "data_date", "state", "reason", "rows_in", "kept", "quarantined", "refused")
    }


def _audit_source_table(table: str, inputs: dict[str, Any], source: str) -> list[Counts]:
    """The table's suite, which must be there, and the one that its source may have of its own."""
    folder = INCLUDE / "expectations" / "standardised"
    own = folder / source / f"{table}.json"
    suites = [folder / f"{table}.json", *([own] if own.exists() else [])]
    return [asdict(result) for suite in suites for result in audit.audit_table(suite, inputs, source)]

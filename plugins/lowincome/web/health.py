"""What an engineer asks of the machine: each source's days, the causes of trouble, the time tasks take."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from lowincome.lake import Lake, read_json
from lowincome.web import days, render
from lowincome.web.handbook import chapter
from lowincome.web.office import Rows
from lowincome.web.visitor import Visitor, may_open

router = APIRouter()
Engineer = Annotated[Visitor, Depends(may_open("health"))]
DAYS_SHOWN = 21
Record = dict[str, Any]


@router.get("/health")
def show_health(visitor: Engineer) -> HTMLResponse:
    """Source by day, one row a cause, waterfall of the newest day, times of the newest tasks."""
    records = _records(visitor.office.lake)
    newest = max((day for record in records.values() for day in record), default=None)
    columns = [newest - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))] if newest else []
    published = days.newest_day(visitor.office.output)
    return render.page(
        visitor, "health.html", columns=columns, records=records, causes=_with_runs(visitor, _causes(records)),
        found=days.results(visitor.office.output, published) if published else None, times=visitor.office.tasks.times())


@router.get("/runbook")
def show_runbook(visitor: Engineer) -> HTMLResponse:
    """The operator's runbook, so that a cause leads to its remedy without leaving the page."""
    return render.page(visitor, "handbook.html", title="runbook", back="health", body=chapter("runbook"))


def _records(lake: Lake) -> dict[str, dict[date, Record]]:
    """The newest source days by source and date."""
    folders = sorted(path for path in (lake.root / "standardised" / "_days").glob("*") if path.is_dir())
    return {folder.name: _days(lake.source_days(folder.name)[-DAYS_SHOWN:]) for folder in folders}


def _days(paths: list[Path]) -> dict[date, Record]:
    return {date.fromisoformat(path.stem): read_json(path) for path in paths}


def _causes(records: dict[str, dict[date, Record]]) -> Rows:
    """One row a cause: the same source in the same state for the same reason, however many days."""
    causes: dict[tuple[str, str, str], Record] = {}
    for source, by_day in records.items():
        for day, record in by_day.items():
            if record["state"] != "ok":
                reason = record["reason"] or ""
                key = source, record["state"], _without_day(reason, day)
                cause = causes.setdefault(key, {"source": source, "state": record["state"], "first": day, "days": 0})
                cause |= {"last": day, "reason": reason, "days": cause["days"] + 1}
    return sorted(causes.values(), key=lambda cause: (cause["last"], cause["days"]), reverse=True)


def _with_runs(visitor: Visitor, causes: Rows) -> Rows:
    """Each cause with the run of its last day, which is the one to clear; None where Airflow has forgotten it."""
    return [cause | {"run": visitor.office.tasks.run_of(f"ingest_{cause['source']}", cause["last"])}
            for cause in causes]


def _without_day(reason: str, day: date) -> str:
    """The same fault names another date each day."""
    return reason.replace(day.isoformat(), "").replace(f"{day:%Y%m%d}", "")

"""What an engineer asks of the machine: each source's days, the causes of trouble, the time tasks take."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from lowincome import trouble
from lowincome.web import days, render
from lowincome.web.handbook import chapter
from lowincome.web.office import Rows
from lowincome.web.prepare import district_names
from lowincome.web.visitor import Visitor, may_open

router = APIRouter()
Engineer = Annotated[Visitor, Depends(may_open("health"))]
DAYS_SHOWN = 21


@router.get("/health")
def show_health(visitor: Engineer) -> HTMLResponse:
    """Source by day (the newest first), what is published and what is late, one row a cause, times of the tasks."""
    records = trouble.records(visitor.office.lake, DAYS_SHOWN)
    newest = max((day for record in records.values() for day in record), default=None)
    columns = [newest - timedelta(days=back) for back in range(DAYS_SHOWN)] if newest else []
    published = days.newest_day(visitor.office.output)
    return render.page(
        visitor, "health.html", columns=columns, records=records, alerts=visitor.office.alerts(),
        causes=_with_runs(visitor, trouble.troubles(records)), publication=visitor.office.publication(),
        found=days.results(visitor.office.output, published) if published else None, times=visitor.office.tasks.times(),
        place=_place)


@router.get("/runbook")
def show_runbook(visitor: Engineer) -> HTMLResponse:
    """The operator's runbook, so that a cause leads to its remedy without leaving the page."""
    read = chapter("runbook", visitor.language)
    return render.page(visitor, "handbook.html", title="runbook", back="health", chapter=read)


def _with_runs(visitor: Visitor, causes: Rows) -> Rows:
    """Each cause with the run of its last day, which is the one to clear; None where Airflow has forgotten it."""
    return [cause | {"run": visitor.office.tasks.run_of(f"ingest_{cause['source']}", cause["last"])}
            for cause in causes]


def _place(name: str, language: str) -> str:
    """What an alert is about: a district by its name in the reader's language, else its own first word."""
    word = name.split()[0]
    return render.district_name(word, language) if word in district_names() else word

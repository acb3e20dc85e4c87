"""What an auditor asks of a day: sources, waterfall, every expectation and its trend, the evidence to take away."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import FileResponse, HTMLResponse

from lowincome.lake import read_json
from lowincome.web import days, render
from lowincome.web.visitor import Visitor, may_open

router = APIRouter()
Auditor = Annotated[Visitor, Depends(may_open("validation"))]
HISTORY = 14


@router.get("/validation")
def newest(visitor: Auditor) -> HTMLResponse:
    """The newest published day."""
    day = days.newest_day(visitor.office.output)
    if day is None:
        return render.page(visitor, "empty.html")
    return show_day(visitor, day)


@router.get("/validation/{day}")
def show_day(visitor: Auditor, day: date) -> HTMLResponse:
    """One published day with its neighbours."""
    published = days.published_days(visitor.office.output)
    if day not in published:
        raise HTTPException(404)
    until = [one for one in published if one <= day][:HISTORY]
    recent = [days.results(visitor.office.output, one) for one in reversed(until)]
    return render.page(
        visitor, "validation.html", day=day, published=published, found=recent[-1], recent=recent,
        trends=_trends(recent), evidence=_evidence(visitor, day), is_chart_shown=day == published[0])


@router.get("/validation/source/{source}")
def show_source(visitor: Auditor, source: str) -> HTMLResponse:
    """The history of one source, newest day first."""
    lake = visitor.office.lake
    known = {path.name for path in (lake.root / "standardised" / "_days").glob("*") if path.is_dir()}
    if source not in known:
        raise HTTPException(404)
    records = [read_json(path) for path in reversed(lake.source_days(source)[-60:])]
    return render.page(visitor, "source.html", source=source, records=records)


@router.get("/evidence/{day}/{path:path}")
def download_evidence(visitor: Annotated[Visitor, Depends(may_open("evidence"))], day: date, path: str) -> FileResponse:
    """A published file of a day that holds no names; logged. Exact keys, which may be IDs, are not everybody's. Refused
    where it was changed since.
    """
    output = visitor.office.output
    if day not in days.published_days(output) or path not in dict(days.evidence(output, day)):
        raise HTTPException(404)
    if path not in dict(_evidence(visitor, day)):
        raise HTTPException(403)
    file = days.unchanged(output, day, path)
    visitor.log(day, "evidence", path, "supervision")
    return FileResponse(file, filename=f"{day}_{path.replace('/', '_')}")


def _evidence(visitor: Visitor, day: date) -> list[tuple[str, dict[str, Any]]]:
    """What this visitor may take away: machines' files only with the right to exact keys."""
    may_have_keys = "exact_keys" in visitor.member.pages
    return [(path, entry) for path, entry in days.evidence(visitor.office.output, day)
            if may_have_keys or path not in days.WITH_EXACT_KEYS]


def _trends(recent: list[dict[str, Any]]) -> dict[tuple[str, str, str], list[bool | None]]:
    """Each expectation of the newest day: whether it passed on each recent day; None where it did not run."""
    by_day = [{_key(entry): entry["success"] for entry in found["expectations"]} for found in recent]
    return {_key(entry): [results.get(_key(entry)) for results in by_day] for entry in recent[-1]["expectations"]}


def _key(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["source"], entry["table"], entry["expectation"]

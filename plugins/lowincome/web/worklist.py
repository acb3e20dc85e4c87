"""The worklist of the visitor's districts: items of work, filtered, paged, exported."""

import io
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import FileResponse, RedirectResponse, Response

from lowincome.findings import findings
from lowincome.mask import mask_asked
from lowincome.web import days, render
from lowincome.web.desk import Desk, question
from lowincome.web.office import Rows
from lowincome.web.sheet import write_sheet
from lowincome.web.visitor import Visitor, may_open
from lowincome.web.words import translator

router = APIRouter()
PurposeText = Annotated[str, Query(pattern="^(worklist|inquiry|supervision|complaint)$")]
Caseworker = Annotated[Visitor, Depends(may_open("worklist"))]
PURPOSES = ("worklist", "inquiry", "supervision", "complaint")
PAGE_SIZE, EXPORT_SIZE = 50, 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Filters:
    """What the visitor asked for; an empty text asks nothing."""

    district: str = ""
    township: str = ""
    rule: str = ""
    certainty: str = ""
    state: str = ""
    due: str = ""
    number: str = ""
    why: PurposeText = "worklist"

    def asked(self) -> dict[str, str]:
        """The filters that are set, as they stand in an address."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    def discreet(self) -> "Filters":
        """The same question as it may stand in an address, which servers log: numbers masked as the list shows them."""
        return replace(self, number=mask_asked(self.number.strip()))

    def address(self, **changes: Any) -> str:
        """The query text of these filters with changes."""
        return urlencode(self.asked() | changes)

    def question(self, today: date, first: int, last: int) -> Any:
        """The `ask` row of worklist.sql."""
        names = ("district", "township", "rule", "certainty", "state", "number")
        due_from, due_to = _due_bounds(self.due, today)
        texts = {name: getattr(self, name).strip() or None for name in names}
        return question(**texts, due_from=due_from, due_to=due_to, first_place=first, last_place=last)


def _due_bounds(due: str, today: date) -> tuple[str | None, str | None]:
    yesterday, week, later = (str(today + timedelta(days=days)) for days in (-1, 7, 8))
    bounds = {"overdue": (None, yesterday), "week": (str(today), week), "later": (later, None)}
    return bounds.get(due, (None, None))


Asked = Annotated[Filters, Depends()]
FILTERS = tuple(field.name for field in fields(Filters))


def megabytes(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1_000_000:g}"


@router.post("/worklist")
async def ask_for_items(visitor: Caseworker) -> Response:
    """To the list that was asked for. It is posted: what somebody typed stands in no address and in no server's log."""
    form = await visitor.request.form()
    return _to_list(visitor, Filters(**{name: str(form[name]) for name in FILTERS if name in form}))


@router.get("/worklist", response_model=None)
def show_list(visitor: Caseworker, filters: Asked, place: Annotated[int, Query(ge=1)] = 1) -> Response:
    """One page of the list; the look is logged with its filters and purpose."""
    if filters.number != filters.discreet().number:
        return _to_list(visitor, filters)
    desk = visitor.desk()
    rows = _items(visitor, desk, filters, place)
    total = rows[0]["total"] if rows else 0
    _log(visitor, desk, "list", filters, len(rows))
    workbooks = days.workbooks(visitor.office.output, desk.data_date, desk.districts)
    return render.page(
        visitor, "worklist.html", items=_with_findings(visitor, desk, rows), total=total, place=place,
        last_place=max(1, -(-total // PAGE_SIZE)), filters=filters, choices=_choices(desk), purposes=PURPOSES,
        answers=findings(), held=desk.held, workbooks=workbooks,
        upload_limit=megabytes(visitor.office.answers.limit))


@router.get("/worklist/export.xlsx")
def export_list(visitor: Caseworker, filters: Asked) -> Response:
    """The filtered list as a workbook of text cells, masked as on the page; logged."""
    desk = visitor.desk()
    filters = filters.discreet()
    rows: Rows = desk.rows("worklist", ("item",), filters.question(_today(visitor), 1, EXPORT_SIZE))
    _log(visitor, desk, "export", filters, len(rows))
    content = io.BytesIO()
    write_sheet(content, rows, visitor.language, translator(visitor.language))
    headers = {"Content-Disposition": f"attachment; filename=worklist_{desk.data_date}.xlsx"}
    return Response(content.getvalue(), media_type=XLSX, headers=headers)


@router.get("/workbook/{district}")
def download_workbook(visitor: Caseworker, district: str, why: PurposeText = "worklist") -> FileResponse:
    """The published workbook of one of the visitor's districts; logged. Refused where it was changed since."""
    desk = visitor.desk()
    path = days.workbooks(visitor.office.output, desk.data_date, desk.districts).get(district)
    if path is None:
        raise HTTPException(404)
    file = days.unchanged(visitor.office.output, desk.data_date, path)
    visitor.log(desk.data_date, "workbook", district, why, path)
    return FileResponse(file, media_type=XLSX, filename=path[10:])


def _to_list(visitor: Visitor, filters: Filters) -> Response:
    return RedirectResponse(f"{visitor.root}/worklist?{filters.discreet().address()}", 303)


def _log(visitor: Visitor, desk: Desk, action: str, filters: Filters, rows: int) -> None:
    districts = ",".join(desk.districts)
    asked = "&".join(f"{name}={mask_asked(value)}" for name, value in filters.asked().items())
    visitor.log(desk.data_date, action, districts, filters.why, f"{asked} rows={rows}")


def _items(visitor: Visitor, desk: Desk, filters: Filters, place: int) -> Rows:
    first = (place - 1) * PAGE_SIZE + 1
    return desk.rows("worklist", ("item",), filters.question(_today(visitor), first, first + PAGE_SIZE - 1))


def _today(visitor: Visitor) -> date:
    return visitor.office.now().date()


def _choices(desk: Desk) -> dict[str, Rows]:
    choices: dict[str, Rows] = {"district": [], "township": [], "rule": [], "certainty": [], "state": []}
    for row in desk.rows("choice", ("choice",)):
        if row["value"] is not None:
            choices[row["kind"]].append(row)
    return choices


def _with_findings(visitor: Visitor, desk: Desk, rows: Rows) -> Rows:
    """Each shown item with its newest finding, so that nobody visits twice."""
    place_of = {flag: place for place, row in enumerate(rows) for flag in row["flag_ids"].split("|")}
    newest = {place_of[found["flag_id"]]: found for found in visitor.office.findings(desk.data_date, list(place_of))}
    return [row | {"found": newest.get(place)} for place, row in enumerate(rows)]

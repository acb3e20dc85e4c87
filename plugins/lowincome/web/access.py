"""Who looked at whom and why, for auditors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from lowincome.web import render
from lowincome.web.visitor import Visitor, may_open

router = APIRouter()
PAGE_SIZE = 100


@router.get("/access")
def show_accesses(
    visitor: Annotated[Visitor, Depends(may_open("access"))], place: Annotated[int, Query(ge=1)] = 1
) -> HTMLResponse:
    """The access log, newest first."""
    rows = visitor.office.accesses(PAGE_SIZE + 1, (place - 1) * PAGE_SIZE)
    return render.page(visitor, "access.html", rows=rows[:PAGE_SIZE], place=place, has_more=len(rows) > PAGE_SIZE)

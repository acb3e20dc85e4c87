"""One person unmasked: for a caseworker of the district, with a purpose, logged before anything is read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import HTMLResponse

from lowincome.web import render
from lowincome.web.desk import question
from lowincome.web.visitor import Visitor, may_open
from lowincome.web.worklist import PurposeText

router = APIRouter()


@router.post("/item/{item_id}/person/{person_id}")
def reveal(
    visitor: Annotated[Visitor, Depends(may_open("reveal"))], item_id: str, person_id: str,
    why: Annotated[PurposeText, Form()],
) -> HTMLResponse:
    """Name, ID and phone of one member of an item of the visitor's districts; of a child, and of others, 404."""
    desk = visitor.desk()
    members = {row["person_id"]: row for row in desk.rows("card_member", ("member",), question(item_id=item_id))}
    if person_id not in members or members[person_id]["is_child"]:
        raise HTTPException(404)
    visitor.log(desk.data_date, "reveal", person_id, why, item_id)
    person = next(iter(visitor.office.reveal(desk.data_date, person_id)), None)
    if person is None:
        raise HTTPException(404)
    return render.page(visitor, "reveal.html", item_id=item_id, why=why, person=person)

"""Doubts about who is who, put before a person: judgements are proposed here, approved by another, and withdrawn."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from lowincome.errors import ContractBroken
from lowincome.mask import mask_key
from lowincome.web import days, render
from lowincome.web.office import Rows
from lowincome.web.visitor import Visitor, may_open

router = APIRouter()
Reviewer = Annotated[Visitor, Depends(may_open("linkage"))]
Text = Annotated[str, Form(min_length=1, max_length=500)]
PAGE_SIZE = 20
VERDICTS = ("SAME", "DIFFERENT", "UNSURE")
SIDES = ("left_key", "right_key")


@router.get("/linkage")
def show_queue(visitor: Reviewer, place: Annotated[int, Query(ge=1)] = 1, saved: bool = False) -> HTMLResponse:
    """The cases of the newest published day, those on which most depends first, and every judgement."""
    day = days.newest_day(visitor.office.output)
    if day is None:
        raise HTTPException(404)
    name = visitor.member.name
    judgements = [row | {"actions": _actions(row, name)} for row in visitor.office.identity.judgements()]
    cases = [_masked(case) for case in _cases(visitor, day)]
    shown = cases[(place - 1) * PAGE_SIZE : place * PAGE_SIZE]
    visitor.log(day, "linkage", ",".join(case["case_id"] for case in shown), "worklist")
    return render.page(
        visitor, "linkage.html", cases=shown, total=len(cases), place=place, verdicts=VERDICTS, saved=saved,
        last_place=max(1, -(-len(cases) // PAGE_SIZE)), judgements=judgements[::-1])


@router.post("/linkage/judge")
def judge(
    visitor: Reviewer,
    left: Annotated[str, Form()],
    right: Annotated[str, Form()],
    verdict: Annotated[str, Form(pattern=f"^({'|'.join(VERDICTS)})$")],
    reason: Text,
) -> Response:
    """Propose a judgement about two records; it is in force once another reviewer approved it."""
    day = days.newest_day(visitor.office.output)
    if day is None:
        raise HTTPException(404)
    keys = _keys_of(_cases(visitor, day), left, right)
    try:
        visitor.office.identity.judge(day, *keys, verdict, visitor.member.name, reason)
    except ContractBroken as error:
        raise HTTPException(409) from error
    return _back(visitor)


@router.post("/linkage/{action}/{judgement_id}")
def review(visitor: Reviewer, action: str, judgement_id: int, reason: Text) -> Response:
    """Approve or withdraw a judgement; nobody approves their own."""
    actions = {"approve": visitor.office.identity.approve, "withdraw": visitor.office.identity.withdraw}
    if action not in actions:
        raise HTTPException(404)
    try:
        actions[action](judgement_id, visitor.member.name, reason)
    except ContractBroken as error:
        raise HTTPException(409) from error
    return _back(visitor)


def _cases(visitor: Visitor, day: date) -> Rows:
    return visitor.office.identity.cases(day, days.manifest(visitor.office.output, day)["run_id"])


def _masked(case: dict[str, Any]) -> dict[str, Any]:
    """The case as it is shown: a key that a source made of an ID is masked."""
    return case | {"doubts": [doubt | dict(zip(SIDES, _shown(doubt), strict=True)) for doubt in case["doubts"]]}


def _shown(doubt: dict[str, Any]) -> tuple[str, str]:
    return mask_key(doubt["left_key"]), mask_key(doubt["right_key"])


def _keys_of(cases: Rows, left: str, right: str) -> tuple[str, str]:
    """The keys of the one doubt that was shown so; where two look alike as shown, what was shown, which is no key."""
    doubts = [doubt for case in cases for doubt in case["doubts"]]
    found = {(doubt["left_key"], doubt["right_key"]) for doubt in doubts if _shown(doubt) == (left, right)}
    return found.pop() if len(found) == 1 else (left, right)


def _actions(row: dict[str, Any], name: str) -> tuple[str, ...]:
    """What this reviewer may still do with a judgement."""
    if row["withdrawn_by"] is not None:
        return ()
    may_approve = row["verdict"] != "UNSURE" and row["approved_by"] is None and row["author"] != name
    return ("approve", "withdraw") if may_approve else ("withdraw",)


def _back(visitor: Visitor) -> Response:
    return RedirectResponse(f"{visitor.root}/linkage?saved=true", 303)

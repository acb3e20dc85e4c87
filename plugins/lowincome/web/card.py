"""The card of one household: members, facts and their sources, why it is listed, history; and the finding."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from lowincome.findings import findings, misdated
from lowincome.mask import mask_text
from lowincome.messages import pairs
from lowincome.web import render
from lowincome.web.desk import Desk, question
from lowincome.web.office import Found, Rows
from lowincome.web.visitor import Visitor, may_open
from lowincome.web.words import LANGUAGES
from lowincome.web.worklist import PURPOSES, PurposeText

router = APIRouter()
Caseworker = Annotated[Visitor, Depends(may_open("worklist"))]
REMARK_LENGTH = 500
QUIET = ("NONE", "ERROR")


@router.get("/item/{item_id}")
def show_card(visitor: Caseworker, item_id: str, why: PurposeText | None = None, saved: bool = False) -> HTMLResponse:
    """The card; without a purpose the visitor is asked for one first, and nothing is shown."""
    return _card(visitor, item_id, why, "card", saved=saved)


@router.get("/item/{item_id}/print")
def print_card(visitor: Caseworker, item_id: str, why: PurposeText | None = None) -> HTMLResponse:
    """The card on paper, with who printed it and when."""
    return _card(visitor, item_id, why, "print")


@router.post("/item/{item_id}/finding")
def record_finding(
    visitor: Annotated[Visitor, Depends(may_open("answers"))],
    item_id: str,
    finding: Annotated[str, Form()],
    visited_on: Annotated[date, Form()],
    flag: Annotated[list[str], Form()],
    remark: Annotated[str, Form(max_length=REMARK_LENGTH)] = "",
    why: PurposeText = "worklist",
) -> Response:
    """Record one finding about the chosen flags of the item; it takes effect with the next data date."""
    desk = visitor.desk()
    own = {row["flag_id"]: row["first_seen"] for row in _flags(desk, item_id) if row["is_asking"]}
    if not own:
        raise HTTPException(404)
    if not set(flag) <= own.keys() or finding not in findings():
        raise HTTPException(422)
    newest = max(own[one] for one in flag)
    problem = misdated(visited_on, first_seen=newest, today=visitor.office.now().date())
    if problem:
        return _card(visitor, item_id, why, "card", problem=problem)
    visitor.log(desk.data_date, "finding", item_id, why, f"{finding} {len(set(flag))}")
    said = (finding, visited_on, remark.strip(), visitor.member.name, desk.data_date)
    verdicts = visitor.office.record_findings([Found(one, *said) for one in sorted(set(flag))])
    if not set(verdicts) <= {"recorded", "passed_on", "unchanged"}:
        raise HTTPException(409)
    return RedirectResponse(f"{visitor.root}/item/{item_id}?why={why}&saved=true#findings", 303)


def _card(
    visitor: Visitor, item_id: str, why: str | None, action: str, *, saved: bool = False, problem: str | None = None
) -> HTMLResponse:
    desk = visitor.desk()
    flags = _flags(desk, item_id)
    if not flags:
        raise HTTPException(404)
    why = "supervision" if visitor.member.says_why else why
    if why is None:
        return render.page(visitor, "purpose.html", purposes=PURPOSES)
    visitor.log(desk.data_date, action, item_id, why)
    asked = question(item_id=item_id)
    desk = desk.within(flag["district"] for flag in flags)
    members = sorted(desk.rows("card_member", ("member",), asked), key=_place)
    return render.page(
        visitor, "card.html", 422 if problem else 200, item_id=item_id, why=why, saved=saved,
        problem=_in_words(problem, visitor.language), is_printed=action == "print",
        earliest=min((flag["first_seen"] for flag in flags if flag["is_asking"]), default=""),
        item=next(iter(desk.rows("card_item", ("item",), asked)), None), flags=flags, members=members,
        names={person["person_id"]: person["name"] for person in members}, criteria=_criteria(desk, asked),
        facts=_by_person(desk.rows("card_fact", ("fact",), asked)),
        families=desk.rows("card_family", ("family",), asked), history=_history(visitor, desk, item_id, members, flags),
        findings=_answers(visitor, desk, flags), choices=findings())


def _place(member: Mapping[str, Any]) -> tuple[bool, int]:
    """The head first, then by age; a day that an earlier version prepared has no ages."""
    return not member["is_head"], -(member.get("age") or 0)


def _in_words(problem: str | None, language: str) -> str | None:
    return pairs("answers")[problem][LANGUAGES.index(language)] if problem else None


def _answers(visitor: Visitor, desk: Desk, flags: Rows) -> Rows:
    """What was found so far. The register keeps a remark as written; shown are its IDs and phones masked."""
    found = visitor.office.findings(desk.data_date, [row["flag_id"] for row in flags])
    return [row | {"remark": mask_text(row["remark"] or "")} for row in found]


def _flags(desk: Desk, item_id: str) -> Rows:
    return desk.rows("card_flag", ("flag",), question(item_id=item_id))


def _criteria(desk: Desk, asked: pa.Table) -> dict[str, Rows]:
    """What each flag's rule judged, criterion by criterion."""
    by_flag: dict[str, Rows] = defaultdict(list)
    for row in desk.rows("card_criterion", ("criterion",), asked):
        by_flag[row["flag_id"]].append(row)
    return by_flag


def _by_person(facts: Rows) -> dict[str, dict[str, Rows]]:
    """Facts of each person ("" is the household): told one by one, or only named when nothing was found."""
    people: dict[str, dict[str, Rows]] = defaultdict(lambda: {"told": [], "NONE": [], "ERROR": []})
    for fact in facts:
        people[fact["person_id"] or ""][fact["status"] if fact["status"] in QUIET else "told"].append(fact)
    return dict(people)


def _history(visitor: Visitor, desk: Desk, item_id: str, members: Rows, flags: Rows) -> Rows:
    """Earlier episodes of the household and its members; today's stand above."""
    today = {flag["flag_id"] for flag in flags}
    subjects = [item_id, *(member["person_id"] for member in members)]
    return [episode for episode in visitor.office.episodes(desk.data_date, subjects) if episode["flag_id"] not in today]

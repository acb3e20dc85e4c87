"""Fills the templates: escaped, strict about missing values, with words in the visitor's language."""

import json
from decimal import Decimal
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lowincome import causes, closings, unanswered
from lowincome.expectations import why_zh
from lowincome.figures import SHARE, plain
from lowincome.settings import INCLUDE
from lowincome.shanghai import local
from lowincome.web import days
from lowincome.web.office import Rows
from lowincome.web.prepare import district_names
from lowincome.web.visitor import REASON_LENGTH, NoRole, Visitor, language_of
from lowincome.web.words import LANGUAGES, translator

PREFIX = "/lowincome"
PAGES = ("worklist", "statistics", "linkage", "validation", "health", "access")


def page(visitor: Visitor, template: str, code: int = 200, **context: Any) -> HTMLResponse:
    """A page inside the frame of navigation, newest day and language."""
    office = visitor.office
    day = days.newest_day(office.output)
    state = days.manifest(office.output, day)["state"] if day else None
    shown = [name for name in PAGES if name in visitor.member.pages]
    return _html(
        visitor.request, visitor.language, template, code, newest=day, day_state=state, pages=shown,
        member=visitor.member, today=office.now().date(), titles=_titles(office.rules, visitor.language),
        parameters=_titles(office.parameters, visitor.language), **context)


def error(request: Request, status: int) -> HTMLResponse:
    """What went wrong and what to do, without saying whether something exists."""
    return _html(request, language_of(request), "error.html", status, status=status, pages=(), newest=None)


def no_role(request: Request, user: NoRole) -> HTMLResponse:
    """Which line of which page gives a user of Airflow a role and districts; nothing of any day."""
    return _html(request, language_of(request), "no_role.html", 403, pages=(), newest=None, user=user,
                 page=request.app.state.office.staff.name, key=json.dumps(user.name, ensure_ascii=False))


def form(request: Request, language: str, template: str, status: int) -> HTMLResponse:
    """A page that only asks, and shows nothing of any day."""
    return _html(request, language, template, status, pages=(), newest=None, limits=REASON_LENGTH)


def _titles(entries: Rows, language: str) -> dict[str, str]:
    return {entry["id"]: entry[f"title_{language}"] for entry in entries}


def _html(request: Request, language: str, template: str, code: int, **context: Any) -> HTMLResponse:
    other = next(name for name in LANGUAGES if name != language)
    root = request.scope.get("root_path", "")
    text = _environment().get_template(template).render(
        t=translator(language), lang=language, root=root, airflow_root=root.removesuffix(PREFIX),
        other_language=str(request.url.include_query_params(lang=other)).removeprefix(_origin(request)),
        here=request.url.path, **context)
    return HTMLResponse(text, code)


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(INCLUDE / "templates" / "web"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"yuan": _yuan, "plain": plain, "month": _month, "local": local}
    environment.globals |= {
        "district_name": district_name, "township_name": township_name, "closing": closings.sentence,
        "unanswered": unanswered.sentence, "why_zh": why_zh, "cause_said": causes.sentence, "SHARE": SHARE}
    return environment


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{Decimal(int(fen)) / 100:,.2f}"


def _month(text: str | None) -> str:
    """202611 → 2026-11; days stay as they are."""
    return f"{text[:4]}-{text[4:]}" if text and len(text) == 6 else text or ""


def district_name(code: str, language: str) -> str:
    return district_names()[code][LANGUAGES.index(language)]


def township_name(code: str | None) -> str:
    return _townships().get(code or "", code or "")


@cache
def _townships() -> dict[str, str]:
    lines = (INCLUDE / "policy" / "jinan_townships.csv").read_text("utf-8").splitlines()[1:]
    return {code: name for code, name, *_ in (line.split(",") for line in lines)}

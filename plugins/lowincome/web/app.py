"""The pages as one FastAPI application. Mounted bare it admits nobody: whoever mounts it says who is signed in."""

import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from lowincome.errors import SettingsInvalid
from lowincome.settings import INCLUDE
from lowincome.web import (
    access,
    card,
    charts,
    health,
    linkage,
    reason,
    render,
    reveal,
    statistics,
    upload,
    validation,
    worklist,
)
from lowincome.web.days import PublishedChanged
from lowincome.web.office import Office
from lowincome.web.visitor import LANGUAGE_COOKIE, NoRole, ReasonMissing, Visitor, language_of, user_name, visitor

_log = logging.getLogger(__name__)
STATIC = INCLUDE / "static"
FORM_BYTES = 10_000
"""What a form may need beside the file in it."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'self'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def create_app(office: Office) -> FastAPI:
    """The pages over one office. Every route, also the style sheet, needs a signed-in user."""
    app = FastAPI(
        title="lowincome", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(user_name)])
    app.state.office = office
    for module in (upload, worklist, card, reveal, reason, statistics, linkage, validation, charts, health, access):
        app.include_router(module.router)
    app.add_api_route("/", _first_page, response_model=None)
    app.add_api_route("/static/{name}", _static)
    app.middleware("http")(_guard)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SettingsInvalid, _stopped)
    app.add_exception_handler(PublishedChanged, _changed)
    app.add_exception_handler(ReasonMissing, reason.ask)
    app.add_exception_handler(NoRole, _unknown)
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """No page of another host may post here, be shown around these pages, or receive anything from them."""
    unwelcome = _unwelcome(request) if request.method == "POST" else None
    if unwelcome:
        return render.error(request, unwelcome)
    response = await call_next(request)
    response.headers.update(HEADERS)
    if "lang" in request.query_params:
        response.set_cookie(LANGUAGE_COOKIE, language_of(request), samesite="lax", httponly=True)
    return response


def _unwelcome(request: Request) -> int | None:
    """Why a post is not even read: from another site (403), of unknown length (411), longer than any upload (413)."""
    if not _is_own(request):
        return 403
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        return 411
    return 413 if int(length) > request.app.state.office.answers.limit + FORM_BYTES else None


def _is_own(request: Request) -> bool:
    """Whether a page of ours posts: as the browser says or, where it says nothing (plain HTTP), by the page's host.

    A proxy may have been asked under another host than we are; no page can make a browser send a header that says so.
    """
    headers = request.headers
    if "sec-fetch-site" in headers:
        return headers["sec-fetch-site"] == "same-origin"
    hosts = (headers.get("host", ""), headers.get("x-forwarded-host", "").partition(",")[0].strip())
    return "origin" not in headers or headers["origin"].partition("://")[2].lower() in {
        host.lower() for host in hosts if host}


def _first_page(found: Annotated[Visitor, Depends(visitor)]) -> RedirectResponse:
    """The first page that the visitor may open."""
    page = next((name for name in render.PAGES if name in found.member.pages), None)
    if page is None:
        raise HTTPException(403)
    return RedirectResponse(f"{found.root}/{page}")


def _static(name: str) -> FileResponse:
    path = STATIC / name
    if path.parent != STATIC or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path)


async def _refused(request: Request, error: Exception) -> Response:
    return render.error(request, error.status_code if isinstance(error, HTTPException) else 500)


async def _invalid(request: Request, error: Exception) -> Response:
    return render.error(request, 422)


async def _changed(request: Request, error: Exception) -> Response:
    """A published file that is not what was published is not handed out; the log says which."""
    _log.error("%s", error)
    return render.error(request, 500)


async def _unknown(request: Request, error: Exception) -> Response:
    return render.no_role(request, cast(NoRole, error))


async def _stopped(request: Request, error: Exception) -> Response:
    """A wrong staff page closes every page: nobody's rights are guessed."""
    return render.error(request, 503)

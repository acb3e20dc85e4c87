"""Why somebody looks at cases that are not their own work: asked before the first one, logged with each."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from lowincome.mask import mask_text
from lowincome.web import render
from lowincome.web.visitor import REASON_COOKIE, Visitor, is_reason, language_of, visitor

router = APIRouter()
SECONDS = 3600
"""How long a reason stands; then it is asked for again."""


@router.post("/reason")
def say_why(found: Annotated[Visitor, Depends(visitor)], reason: Annotated[str, Form()]) -> Response:
    """Log the reason of a visitor who may look at cases, keep it for an hour and show the list."""
    text = mask_text(reason.strip())
    if not found.member.says_why:
        raise HTTPException(403)
    if not is_reason(text):
        raise HTTPException(422)
    found.log(found.desk().data_date, "reason", ",".join(found.member.districts), "supervision", text)
    answer = RedirectResponse(f"{found.root}/worklist?why=supervision", 303)
    answer.set_cookie(
        REASON_COOKIE, quote(text), SECONDS, path=found.root or "/", samesite="strict", httponly=True,
        secure=found.request.url.scheme == "https")
    return answer


async def ask(request: Request, error: Exception) -> Response:
    """The form instead of a case; 403, for nothing is shown."""
    return render.form(request, language_of(request), "reason.html", 403)

"""The filled workbook comes back on the page: what was taken of it, what was not and why."""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import pyarrow as pa
from fastapi import APIRouter, Depends, HTTPException, Path, UploadFile
from fastapi.responses import FileResponse, HTMLResponse

from lowincome.web import render
from lowincome.web.desk import Desk
from lowincome.web.office import Receipt, Upload
from lowincome.web.visitor import Visitor, may_open
from lowincome.web.words import LANGUAGES, translator
from lowincome.web.worklist import XLSX, megabytes

router = APIRouter()
Caseworker = Annotated[Visitor, Depends(may_open("answers"))]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
CONTENT_TYPES = (XLSX, "application/octet-stream", "application/wps-office.xlsx")
"""What browsers call a workbook, also where the office suite is WPS or none."""


@router.get("/worklist/upload")
def ask_for_list(visitor: Caseworker) -> HTMLResponse:
    """The form alone."""
    visitor.desk()
    return _page(visitor, None, "")


@router.post("/worklist/upload")
def take_list(visitor: Caseworker, file: UploadFile) -> HTMLResponse:
    """Take the answers of a filled worklist about the visitor's own districts; logged before it is read."""
    desk, limit = visitor.desk(), visitor.office.answers.limit
    content = file.file.read(limit + 1)
    sha256 = hashlib.sha256(content).hexdigest()
    own = visitor.member.districts
    visitor.log(desk.data_date, "upload", ",".join(own), "worklist", f"{sha256[:16]} bytes={len(content)}")
    problem = _problem(file, len(content), limit)
    if problem:
        said = {language: translator(language)(problem, limit=megabytes(limit)) for language in LANGUAGES}
        return _page(visitor, Receipt(problem=said), sha256)
    given = Upload(content, visitor.member.name, own, partial(_shown, desk.with_held()))
    return _page(visitor, visitor.office.answers.receive(given), sha256)


@router.get("/worklist/returned/{sha256}")
def download_returned(visitor: Caseworker, sha256: Digest) -> FileResponse:
    """The rows of the visitor's own upload of which something was not taken, with the reasons; logged."""
    path = visitor.office.answers.returned(visitor.member.name, sha256)
    if path is None:
        raise HTTPException(404)
    visitor.log(visitor.desk().data_date, "returned", sha256[:16], "worklist")
    return FileResponse(path, media_type=XLSX, filename=f"returned_{sha256[:16]}.xlsx")


def _problem(file: UploadFile, size: int, limit: int) -> str | None:
    """Why a file is not read at all, by its name, kind and size."""
    if not (file.filename or "").lower().endswith(".xlsx") or file.content_type not in CONTENT_TYPES:
        return "upload.not_xlsx"
    if size > limit:
        return "upload.too_large"
    return None if size else "upload.empty"


def _shown(desk: Desk, flag_ids: Sequence[str]) -> frozenset[str]:
    """Which of these flags the newest day has in the desk's districts, also where the list is held."""
    asked = pa.table({"flag_id": pa.array(flag_ids, pa.string())})
    return frozenset(row["flag_id"] for row in desk.rows("shown_flag", ("flag",), asked))


def _page(visitor: Visitor, receipt: Receipt | None, sha256: str) -> HTMLResponse:
    answers = visitor.office.answers
    returned = sha256 if receipt and answers.returned(visitor.member.name, sha256) else None
    return render.page(
        visitor, "upload.html", 422 if receipt and receipt.problem else 200, receipt=receipt, returned=returned,
        limit=megabytes(answers.limit))

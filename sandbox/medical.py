"""The medical-insurance bureau: bearer tokens that soon expire, half-open windows, opaque cursors."""

import base64
import binascii
from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from sandbox.faults import FaultRule
from sandbox.timeline import SHANGHAI, Row, Timelines
from sandbox.tokens import Tokens
from sandbox.world import World

SOURCE = "medical_insurance"


class MedicalRefused(Exception):
    """An HTTP status with {"code","message"}."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def problem_answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The bureau's error body."""
    return JSONResponse({"code": code, "message": message}, status, headers)


class Medical:
    """Windows over the world's insured persons and settlements."""

    def __init__(self, world: World, tokens: Tokens) -> None:
        self.world = world
        self.tokens = tokens
        self.windows: dict[tuple[str, str], list[Row]] = {}

    async def token(self, request: Request) -> Response:
        """A fresh token for the right key and secret."""
        try:
            asked = orjson.loads(await request.body())
            key, secret = asked["appKey"], asked["appSecret"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as problem:
            raise MedicalRefused(400, "BAD_REQUEST", "appKey and appSecret are needed") from problem
        if (key, secret) != (self.world.app_key(SOURCE), self.world.secret(SOURCE)):
            raise MedicalRefused(401, "BAD_CREDENTIALS", "unknown app key or wrong secret")
        return JSONResponse({"accessToken": self.tokens.issue(), "expiresIn": self.tokens.seconds})

    async def insured(self, request: Request) -> Response:
        """Insured persons updated in the window."""
        return self._window(request, "insured", self.world.builder.insured)

    async def settlements(self, request: Request) -> Response:
        """Settlements updated in the window."""
        return self._window(request, "settlements", self.world.builder.settlements)

    def _window(self, request: Request, name: str, lines: Timelines[Row]) -> Response:
        self._authorise(request)
        query = request.query_params
        start, end = _instant(query.get("updatedFrom", "")), _instant(query.get("updatedTo", ""))
        limit = query.get("limit", "1000")
        if not limit.isdigit() or int(limit) < 1:
            raise MedicalRefused(400, "BAD_PARAMETER", "limit is a whole number from 1")
        first, size = _offset(query.get("cursor"), f"{start}{end}"), min(int(limit), self.world.page_cap)
        if first == 0 or (name, f"{start}{end}") not in self.windows:
            self.windows[name, f"{start}{end}"] = self._rows(lines, start, end)
        rows = self.windows[name, f"{start}{end}"]
        after = first + size
        cursor = _cursor(after, f"{start}{end}") if after < len(rows) else None
        body = {"items": rows[first:after], "nextCursor": cursor}
        return Response(orjson.dumps(body), media_type="application/json")

    def _authorise(self, request: Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not self.tokens.is_known(token):
            raise MedicalRefused(401, "TOKEN_INVALID", "a bearer token is needed")
        if not self.tokens.is_fresh(token):
            raise MedicalRefused(401, "TOKEN_EXPIRED", "the token has expired")

    def _rows(self, lines: Timelines[Row], start: datetime, end: datetime) -> list[Row]:
        found = sorted(((v.at, key, v.value) for key, v in lines.before(end) if v.at >= start), key=lambda r: r[:2])
        rows: list[Row] = [value | {"updatedAt": f"{at.isoformat(timespec='seconds')}+08:00"} for at, _, value in found]
        return self._drifted(rows)

    def _drifted(self, rows: list[Row]) -> list[Row]:
        faults = self.world.faults
        shrunken: FaultRule | None = faults.state(SOURCE, "shrunken")
        if shrunken:
            rows = rows[: int(len(rows) * (shrunken.value or 0.5))]
        if faults.state(SOURCE, "new_column"):
            rows = [row | {"remark": ""} for row in rows]
        if faults.state(SOURCE, "missing_column"):
            rows = [{k: v for k, v in row.items() if k != "psnNo"} for row in rows]
        if faults.state(SOURCE, "unknown_code"):
            rows = [row | {"certType": "77"} if "certType" in row and n == 0 else row for n, row in enumerate(rows)]
        return rows


def _instant(text: str) -> datetime:
    """An RFC 3339 time with offset, as Shanghai time without zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise MedicalRefused(400, "BAD_PARAMETER", "times are RFC 3339 (a plus is sent as %2B)") from problem
    if moment.tzinfo is None:
        raise MedicalRefused(400, "BAD_PARAMETER", "times need an offset")
    return moment.astimezone(SHANGHAI).replace(tzinfo=None)


def _cursor(offset: int, window: str) -> str:
    return base64.urlsafe_b64encode(f"{offset}|{window}".encode()).decode()


def _offset(cursor: str | None, window: str) -> int:
    if not cursor:
        return 0
    try:
        offset, _, of = base64.urlsafe_b64decode(cursor).decode().partition("|")
    except (binascii.Error, UnicodeDecodeError) as problem:
        raise MedicalRefused(400, "BAD_CURSOR", "not a cursor of this server") from problem
    if of != window or not offset.isdigit():
        raise MedicalRefused(400, "BAD_CURSOR", "the cursor belongs to another window")
    return int(offset)


def medical_router(world: World, tokens: Tokens) -> APIRouter:
    """The three endpoints."""
    medical, router = Medical(world, tokens), APIRouter(prefix="/yb/v1")
    router.add_api_route("/token", medical.token, methods=["POST"])
    router.add_api_route("/insured", medical.insured, methods=["GET"])
    router.add_api_route("/settlements", medical.settlements, methods=["GET"])
    return router


async def medical_refused(_: Request, problem: Any) -> Response:
    """MedicalRefused with its status."""
    return problem_answer(problem.status, problem.code, str(problem))

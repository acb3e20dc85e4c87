"""The provincial checking system: asynchronous export, gzip NDJSON, Range and ETag."""

import gzip
import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from sandbox.faults import FaultRule
from sandbox.ranges import ranged
from sandbox.signature import SignatureCheck, SignatureRefused
from sandbox.timeline import SHANGHAI, Row, end_of, midnight
from sandbox.world import World

SOURCE = "province_check"
ROWS_A_FILE = 2000
REFUSALS = {"signature": 40101, "clock": 40102, "nonce": 40103}


class Refused(Exception):
    """An envelope with a code that is not 0."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Export:
    """One export: its gzip files are made when it is asked for; `polls` answers are left before it succeeds."""

    export_id: str
    data_date: str
    files: list[bytes]
    counts: list[int]
    polls: int
    expires_at: str
    ended: str | None = None
    statuses: list[str] = field(default_factory=lambda: ["PENDING", "RUNNING"])


def envelope(code: int, message: str, data: Any = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """The status is the first three digits of the code."""
    status = 200 if code == 0 else int(str(code)[:3])
    body = {"code": code, "message": message, "requestId": "R-sandbox", "data": data}
    return JSONResponse(body, status, headers)


class Province:
    """The exports asked for so far, over the world's reports."""

    def __init__(self, world: World, check: SignatureCheck) -> None:
        self.world = world
        self.check = check
        self.exports: dict[str, Export] = {}

    async def submit(self, request: Request) -> Response:
        """Ask for an export."""
        await self.check.verify(request)
        order = _order(await request.body())
        data_date: date = order["dataDate"]
        number = f"E{data_date:%Y%m%d}-{1 + sum(e.data_date == str(data_date) for e in self.exports.values()):02d}"
        chunks = _chunks(self._reports(order))
        expires = (datetime.now(SHANGHAI) + timedelta(days=1)).isoformat(timespec="seconds")
        export = Export(number, str(data_date), [_packed(chunk) for chunk in chunks], [len(c) for c in chunks],
                        self._polls(str(data_date)), expires)
        self.exports[number] = export
        return envelope(0, "ok", {"exportId": number, "status": "PENDING"})

    async def status(self, export_id: str, request: Request) -> Response:
        """How far the export is; each answer brings it on."""
        await self.check.verify(request)
        export = self._export(export_id)
        return envelope(0, "ok", self._described(export, self._advance(export)))

    async def download(self, export_id: str, file_id: str, request: Request) -> Response:
        """One file, whole or from an offset."""
        await self.check.verify(request)
        export = self._export(export_id)
        number = int(file_id[1:]) if file_id[1:].isdigit() else 0
        if not file_id.startswith("f") or not 0 < number <= len(export.files) or export.polls > 0 or export.ended:
            raise Refused(40401, "no such file")
        content = export.files[number - 1]
        return ranged(request, content, f'"{hashlib.sha256(content).hexdigest()}"', "application/gzip")

    def _export(self, export_id: str) -> Export:
        if export_id not in self.exports:
            raise Refused(40401, "no such export")
        return self.exports[export_id]

    def _polls(self, data_date: str) -> int:
        slow = self.world.faults.state(SOURCE, "export_slow", data_date)
        return int(slow.value or 10) if slow else self.world.polls

    def _advance(self, export: Export) -> str:
        if export.ended is None:
            for fault, status in (("export_failed", "FAILED"), ("export_expired", "EXPIRED")):
                if self.world.faults.state(SOURCE, fault, export.data_date):
                    export.ended = status
        if export.ended:
            return export.ended
        if export.polls <= 0:
            return "SUCCEEDED"
        export.polls -= 1
        return export.statuses.pop(0) if len(export.statuses) > 1 else export.statuses[0]

    def _described(self, export: Export, status: str) -> Row:
        described: Row = {"exportId": export.export_id, "status": status, "expiresAt": export.expires_at}
        if status != "SUCCEEDED":
            return described
        spoilt = self.world.faults.state(SOURCE, "wrong_digest", export.data_date)
        short: FaultRule | None = self.world.faults.state(SOURCE, "wrong_total", export.data_date)
        files = [{"fileId": f"f{n}", "rows": rows, "bytes": len(content),
                  "sha256": hashlib.sha256(content + (b"spoilt" if spoilt else b"")).hexdigest()}
                 for n, (content, rows) in enumerate(zip(export.files, export.counts, strict=True), 1)]
        return described | {"totalReports": sum(export.counts) + (1 if short else 0), "files": files}

    def _reports(self, order: Row) -> list[Row]:
        data_date, lines = order["dataDate"], self.world.builder.reports
        if order["mode"] == "INCREMENTAL":
            found = [v.value for _, v in lines.received(midnight(order["sinceDate"]), end_of(data_date))]
        else:
            oldest = f"{data_date.year - 2}{data_date:-%m-%d}"
            found = [v.value for _, v in lines.before(end_of(data_date)) if v.value["checkedOn"] >= oldest]
        return self._drifted(found, str(data_date))

    def _drifted(self, reports: list[Row], data_date: str) -> list[Row]:
        state = self.world.faults.state
        if shrunken := state(SOURCE, "shrunken", data_date):
            reports = reports[: int(len(reports) * (shrunken.value or 0.5))]
        if state(SOURCE, "new_column", data_date):
            reports = [report | {"grade": "A"} for report in reports]
        if state(SOURCE, "missing_column", data_date):
            reports = [{name: value for name, value in r.items() if name != "authorizedUntil"} for r in reports]
        if state(SOURCE, "unknown_code", data_date):
            reports = [_with_unknown_code(report) for report in reports]
        return reports


def _with_unknown_code(report: Row) -> Row:
    first, *others = report["members"]
    strange = {"itemCode": "I99", "periodFrom": None, "periodTo": None, "amount": "1.00", "quantity": None,
               "provider": "QT", "asOf": report["checkedOn"], "status": "HIT"}
    return report | {"members": [first | {"items": [*first["items"], strange]}, *others]}


def _order(body: bytes) -> Row:
    try:
        order = orjson.loads(body)
        mode, area = order["mode"], str(order["areaCode"])
        parsed: Row = {"mode": mode, "dataDate": date.fromisoformat(order["dataDate"])}
        if mode == "INCREMENTAL":
            parsed["sinceDate"] = date.fromisoformat(order["sinceDate"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as problem:
        raise Refused(40001, f"bad parameter: {type(problem).__name__} {problem}") from problem
    if mode not in ("FULL", "INCREMENTAL") or parsed.get("sinceDate", parsed["dataDate"]) > parsed["dataDate"]:
        raise Refused(40001, "bad parameter: mode or sinceDate")
    if not area.startswith("3701"):
        raise Refused(40301, "not authorised for area")
    return parsed


def _chunks(reports: list[Row]) -> list[list[Row]]:
    return [reports[n:n + ROWS_A_FILE] for n in range(0, len(reports), ROWS_A_FILE)] or [[]]


def _packed(reports: list[Row]) -> bytes:
    return gzip.compress(b"".join(orjson.dumps(report) + b"\n" for report in reports), 5, mtime=0)


def province_router(world: World, check: SignatureCheck) -> APIRouter:
    """The three endpoints."""
    province, router = Province(world, check), APIRouter(prefix="/pcs/api/v2/exports")
    router.add_api_route("", province.submit, methods=["POST"])
    router.add_api_route("/{export_id}", province.status, methods=["GET"])
    router.add_api_route("/{export_id}/files/{file_id}", province.download, methods=["GET"])
    return router


async def refused(_: Request, problem: Exception) -> Response:
    """Refused as an envelope."""
    return envelope(problem.code if isinstance(problem, Refused) else 50000, str(problem))


def signature_refused(problem: SignatureRefused) -> Response:
    """A bad signature as an envelope."""
    return envelope(REFUSALS[problem.reason], problem.message)

"""The city's checking system: numbered pages of a pinned snapshot; every answer is an HTTP 200."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from sandbox.builder import CityState
from sandbox.signature import SignatureCheck, SignatureRefused
from sandbox.timeline import Row, Version, end_of, midnight
from sandbox.world import World

SOURCE = "city_check"


class CityRefused(Exception):
    """success false, with the code of the contract."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Snapshot:
    """What was asked for, and the rows it pins."""

    asked: tuple[str, str]
    rows: dict[str, list[Row]]


def answer(code: str, message: str, data: Any = None) -> Response:
    """The city's envelope."""
    body = {"success": code == "200", "code": code, "msg": message, "data": data}
    return Response(orjson.dumps(body), media_type="application/json")


class City:
    """The snapshots in force, over the world's city persons."""

    def __init__(self, world: World, check: SignatureCheck) -> None:
        self.world = world
        self.check = check
        self.snapshots: dict[str, Snapshot] = {}
        self.count = 0

    async def persons(self, request: Request) -> Response:
        """A page of persons."""
        return await self._page("persons", request)

    async def items(self, request: Request) -> Response:
        """A page of items."""
        return await self._page("items", request)

    async def _page(self, kind: str, request: Request) -> Response:
        await self.check.verify(request)
        query = request.query_params
        asked = (query.get("dataDate", ""), query.get("since", ""))
        number, size = _whole(query.get("pageNo", "1")), _whole(query.get("pageSize", "500"))
        name = query.get("snapshotId") or self._take(asked)
        if name in self.snapshots and self.world.faults.state(SOURCE, "snapshot_gone"):
            del self.snapshots[name]
        if name not in self.snapshots or self.snapshots[name].asked != asked:
            raise CityRefused("410", "snapshot gone, start over at page 1")
        rows, size = self.snapshots[name].rows[kind], min(size, self.world.page_cap)
        page = rows[(number - 1) * size: number * size]
        return answer("200", "", {"snapshotId": name, "total": len(rows), "pageNo": number, "pageSize": size,
                                  "rows": page})

    def _take(self, asked: tuple[str, str]) -> str:
        data_date, since = _day(asked[0]), _day(asked[1]) if asked[1] else None
        states = [version for _, version in self.world.builder.city_persons.before(end_of(data_date))]
        rows = self._drifted(_rows(states, midnight(since) if since else None), data_date.isoformat())
        self.count += 1
        self.snapshots[f"S{self.count}"] = Snapshot(asked, rows)
        return f"S{self.count}"

    def _drifted(self, rows: dict[str, list[Row]], data_date: str) -> dict[str, list[Row]]:
        state = self.world.faults.state
        if shrunken := state(SOURCE, "shrunken", data_date):
            kept = rows["persons"][: int(len(rows["persons"]) * (shrunken.value or 0.5))]
            numbers = {row["rybh"] for row in kept}
            rows = {"persons": kept, "items": [row for row in rows["items"] if row["rybh"] in numbers]}
        if state(SOURCE, "new_column", data_date):
            rows = {kind: [row | {"bz": ""} for row in lines] for kind, lines in rows.items()}
        if state(SOURCE, "missing_column", data_date):
            rows = {kind: [{k: v for k, v in row.items() if k != "gxsj"} for row in lines]
                    for kind, lines in rows.items()}
        if state(SOURCE, "unknown_code", data_date):
            rows = rows | {"items": [row | {"xmdm": "ZZ"} if n == 0 else row for n, row in enumerate(rows["items"])]}
        return rows


def _rows(states: list[Version[CityState]], since: datetime | None) -> dict[str, list[Row]]:
    changed = [v for v in states if since is None or v.at >= since]
    stamp = "" if since is None else f"{since:%Y-%m-%d %H:%M:%S}"
    persons = [v.value.row for v in changed if v.value.row["gxsj"] >= stamp]
    return {"persons": persons, "items": [item for v in changed for item in v.value.items]}


def _whole(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise CityRefused("400", "pageNo and pageSize are whole numbers from 1")
    return int(text)


def _day(text: str) -> date:
    if len(text) != 8 or not text.isdigit():
        raise CityRefused("400", "dates are yyyyMMdd")
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise CityRefused("400", "no such day") from problem


def city_router(world: World, check: SignatureCheck) -> APIRouter:
    """Both endpoints."""
    city, router = City(world, check), APIRouter(prefix="/hd/openapi")
    router.add_api_route("/persons", city.persons, methods=["GET"])
    router.add_api_route("/items", city.items, methods=["GET"])
    return router


async def city_refused(_: Request, problem: Exception) -> Response:
    """CityRefused inside a 200."""
    return answer(problem.code if isinstance(problem, CityRefused) else "500", str(problem))


def city_signature_refused(problem: SignatureRefused) -> Response:
    """A bad signature inside a 200."""
    return answer("401", problem.message)

"""The three HTTP sources and the switchboard as one application."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from sandbox.city import CityRefused, city_refused, city_router, city_signature_refused
from sandbox.faults import FILE_SOURCES, UnknownFault
from sandbox.gate import FaultGate
from sandbox.medical import MedicalRefused, medical_refused, medical_router
from sandbox.province import Refused, province_router, refused, signature_refused
from sandbox.signature import SignatureCheck, SignatureRefused
from sandbox.tokens import Tokens
from sandbox.world import World

Hook = Callable[[], None]
RosterHook = Callable[[date], None]


def create_app(world: World, on_faults: Hook | None = None, on_roster: RosterHook | None = None) -> FastAPI:
    """The sandbox as an ASGI application.

    `on_faults` is called when the rules changed (the drops are then written again), `on_roster` to bring the
    roster's database to the state of a day.
    """
    app = FastAPI(title="sandbox", docs_url=None, redoc_url=None, openapi_url=None)
    tokens = Tokens(world.config.seed, world.token_seconds, time.time)
    app.include_router(province_router(world, _check(world, "province_check")))
    app.include_router(city_router(world, _check(world, "city_check")))
    app.include_router(medical_router(world, tokens))
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(CityRefused, city_refused)
    app.add_exception_handler(MedicalRefused, medical_refused)
    app.add_exception_handler(SignatureRefused, _signature_refused)
    _add_switchboard(app, world, on_faults, on_roster)
    app.add_middleware(FaultGate, world=world, tokens=tokens)
    return app


def _check(world: World, source: str) -> SignatureCheck:
    def clock_ms() -> int:
        return int(time.time() * 1000) + world.faults.skew_ms(source)

    return SignatureCheck(world.app_key(source), world.secret(source), world.signature == "HMAC-SM3", clock_ms)


async def _signature_refused(request: Request, problem: Any) -> Response:
    if request.url.path.startswith("/hd/"):
        return city_signature_refused(problem)
    return signature_refused(problem)


def _add_switchboard(app: FastAPI, world: World, on_faults: Hook | None, on_roster: RosterHook | None) -> None:
    def changed(before: list[dict[str, Any]]) -> JSONResponse:
        rules = world.faults.report()
        if on_faults and any(rule["source"] in FILE_SOURCES for rule in before + rules):
            on_faults()
        return JSONResponse(rules)

    async def add(request: Request) -> JSONResponse:
        asked, before = await request.json(), world.faults.report()
        try:
            world.faults.add(asked if isinstance(asked, list) else [asked])
        except (UnknownFault, TypeError) as problem:
            raise HTTPException(422, str(problem)) from problem
        return changed(before)

    async def clear() -> JSONResponse:
        before = world.faults.report()
        world.faults.clear()
        return changed(before)

    async def show() -> JSONResponse:
        return JSONResponse(world.faults.report())

    async def roster(request: Request) -> JSONResponse:
        as_of = date.fromisoformat((await request.json())["asOf"])
        if on_roster is None:
            raise HTTPException(404, "this sandbox has no roster database")
        on_roster(as_of)
        return JSONResponse({"asOf": as_of.isoformat()})

    app.add_api_route("/_sandbox/faults", add, methods=["POST"])
    app.add_api_route("/_sandbox/faults", clear, methods=["DELETE"])
    app.add_api_route("/_sandbox/faults", show, methods=["GET"])
    app.add_api_route("/_sandbox/roster", roster, methods=["POST"])

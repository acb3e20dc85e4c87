"""The gate before the routers: shows transport faults of the switch on the answers that pass."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from fastapi import Response

from sandbox.city import answer
from sandbox.faults import FaultRule
from sandbox.medical import problem_answer
from sandbox.province import envelope
from sandbox.tokens import Tokens
from sandbox.world import World

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
PREFIXES = {"/pcs/": "province_check", "/hd/": "city_check", "/yb/": "medical_insurance"}
GATEWAY_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"
PERMANENT = {"400": (40001, "bad parameter"), "401": (40101, "signature does not match"),
             "403": (40301, "not authorised for area"), "404": (40401, "no such resource")}


class FaultGate:
    """An ASGI layer; `tokens` are those that token_expired ends."""

    def __init__(self, app: App, world: World, tokens: Tokens) -> None:
        self.app = app
        self.world = world
        self.tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, unless a fault shows on it."""
        path = scope.get("path", "") if scope["type"] == "http" else ""
        source = next((name for prefix, name in PREFIXES.items() if path.startswith(prefix)), None)
        rule = self.world.faults.transport(source, path) if source else None
        if source is None or rule is None:
            await self.app(scope, receive, send)
        elif rule.fault in ("reset", "hang", "truncated_gzip"):
            await self._spoil(rule, scope, receive, send)
        elif rule.fault == "token_expired":
            self.tokens.expire_all()
            await self.app(scope, receive, send)
        else:
            await fault_answer(source, rule)(scope, receive, send)

    async def _spoil(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        start, body = await self._answer(scope, receive)
        if rule.fault == "truncated_gzip":
            await _send_truncated(start, body, send)
            return
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        if rule.fault == "hang":
            await asyncio.sleep(rule.value or 60)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        parts: list[Message] = []

        async def collect(message: Message) -> None:
            parts.append(message)

        await self.app(scope, receive, collect)
        return parts[0], b"".join(part.get("body", b"") for part in parts[1:])


async def _send_truncated(start: Message, body: bytes, send: Send) -> None:
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    if not any(name.lower() == b"content-type" and b"gzip" in value for name, value in headers):
        body = gzip.compress(body, mtime=0)
        headers.append((b"content-encoding", b"gzip"))
    cut = body[: len(body) * 2 // 3]
    headers.append((b"content-length", str(len(cut)).encode()))
    await send({"type": "http.response.start", "status": start["status"], "headers": headers})
    await send({"type": "http.response.body", "body": cut})


def fault_answer(source: str, rule: FaultRule) -> Response:
    """What a source, or the gateway before it, says in this fault."""
    if rule.fault == "empty":
        return Response(b"", 200, media_type="application/json")
    if rule.fault == "html":
        return Response(GATEWAY_PAGE.format("Service is upgrading"), 200, media_type="text/html")
    if rule.fault in ("500", "502", "503", "504"):
        return Response(GATEWAY_PAGE.format(f"{rule.fault} gateway error"), int(rule.fault), media_type="text/html")
    seconds = int(rule.value or 1)
    if rule.fault in ("throttle", "throttle_date"):
        return _throttled(source, seconds, rule.fault == "throttle_date")
    if rule.fault in ("maintenance", "internal"):
        return _unwell(source, rule.fault, seconds)
    code, message = PERMANENT[rule.fault]
    if source == "province_check":
        return envelope(code, message)
    if source == "city_check":
        return answer(rule.fault, message)
    return problem_answer(int(rule.fault), f"E{code}", message)


def _throttled(source: str, seconds: int, as_date: bool) -> Response:
    if source == "city_check":
        return answer("429", "slow down", {"retryAfter": seconds})
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    headers = {"Retry-After": until if as_date else str(seconds)}
    if source == "province_check":
        return envelope(42901, "too many exports", headers=headers)
    return problem_answer(429, "TOO_MANY_REQUESTS", "slow down", headers)


def _unwell(source: str, fault: str, seconds: int) -> Response:
    is_maintenance = fault == "maintenance"
    text = f"maintenance window, ends in {seconds} s" if is_maintenance else "internal error"
    if source == "city_check":
        return answer("503" if is_maintenance else "500", text)
    headers = {"Retry-After": str(seconds)} if is_maintenance else None
    if source == "province_check":
        return envelope(50301 if is_maintenance else 50000, text, headers=headers)
    if is_maintenance:
        return problem_answer(503, "MAINTENANCE", text, headers)
    return problem_answer(500, "INTERNAL", text)

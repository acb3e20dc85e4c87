"""A small honest client of the sandbox: signs as the contract says, in its own words."""

import hashlib
import hmac
import json
import secrets
import time
from typing import Any
from urllib.parse import quote

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as keyed
from fastapi.testclient import TestClient

from sandbox.server import create_app
from sandbox.world import World


def signed(world: World, source: str, method: str, path: str, query: str = "", body: bytes = b"",
           **over: Any) -> dict[str, str]:
    """Headers for one request; `over` spoils timestamp, nonce or signature."""
    stamp = over.get("timestamp", str(int(time.time() * 1000)))
    nonce = over.get("nonce", secrets.token_hex(16))
    message = "\n".join((method, path, query, stamp, nonce, _digest(world, body))).encode()
    return {"X-App-Key": world.app_key(source), "X-Timestamp": stamp, "X-Nonce": nonce,
            "X-Signature": over.get("signature", _mac(world, world.secret(source).encode(), message))}


def _digest(world: World, body: bytes) -> str:
    if world.signature == "HMAC-SHA256":
        return hashlib.sha256(body).hexdigest()
    digest = hashes.Hash(hashes.SM3())
    digest.update(body)
    return digest.finalize().hex()


def _mac(world: World, secret: bytes, message: bytes) -> str:
    if world.signature == "HMAC-SHA256":
        return hmac.new(secret, message, hashlib.sha256).hexdigest()
    mac = keyed.HMAC(secret, hashes.SM3())
    mac.update(message)
    return mac.finalize().hex()


class Client:
    """Asks one application; `http` may be a TestClient or an httpx client of a live server."""

    def __init__(self, world: World, http: httpx.Client | None = None) -> None:
        self.world = world
        self.http: Any = http or TestClient(create_app(world))

    def export(self, data_date: str, mode: str = "FULL", since: str | None = None,
               area: str = "370100") -> httpx.Response:
        """Ask the province for an export."""
        path = "/pcs/api/v2/exports"
        body = json.dumps({"dataDate": data_date, "mode": mode, "sinceDate": since, "areaCode": area}).encode()
        headers = signed(self.world, "province_check", "POST", path, body=body)
        answer: httpx.Response = self.http.post(path, content=body, headers=headers)
        return answer

    def province(self, tail: str, **headers: str) -> httpx.Response:
        """GET below the exports."""
        path = f"/pcs/api/v2/exports/{tail}"
        answer: httpx.Response = self.http.get(
            path, headers=signed(self.world, "province_check", "GET", path) | headers)
        return answer

    def finished(self, data_date: str, mode: str = "FULL", since: str | None = None) -> dict[str, Any]:
        """The description of a succeeded export."""
        number = self.export(data_date, mode, since).json()["data"]["exportId"]
        for _ in range(20):
            data: dict[str, Any] = self.province(number).json()["data"]
            if data["status"] not in ("PENDING", "RUNNING"):
                return data
        raise AssertionError("the export never ended")

    def city(self, kind: str, **params: Any) -> httpx.Response:
        """A page of the city."""
        path = f"/hd/openapi/{kind}"
        query = "&".join(f"{quote(k, safe='-._~')}={quote(str(v), safe='-._~')}" for k, v in sorted(params.items()))
        headers = signed(self.world, "city_check", "GET", path, query)
        answer: httpx.Response = self.http.get(f"{path}?{query}", headers=headers)
        return answer

    def city_rows(self, kind: str, **params: Any) -> list[dict[str, Any]]:
        """All pages of one snapshot."""
        rows: list[dict[str, Any]] = []
        snapshot: dict[str, Any] = {}
        for number in range(1, 1000):
            data = self.city(kind, pageNo=number, pageSize=500, **params, **snapshot).json()["data"]
            rows += data["rows"]
            snapshot = {"snapshotId": data["snapshotId"]}
            if number * data["pageSize"] >= data["total"]:
                return rows
        raise AssertionError("the pages never ended")

    def token(self) -> str:
        """A bearer token."""
        source = "medical_insurance"
        body = {"appKey": self.world.app_key(source), "appSecret": self.world.secret(source)}
        token: str = self.http.post("/yb/v1/token", json=body).json()["accessToken"]
        return token

    def medical(self, kind: str, token: str, start: str, end: str, limit: int = 1000,
                cursor: str | None = None) -> httpx.Response:
        """A page of the bureau."""
        params: dict[str, Any] = {"updatedFrom": start, "updatedTo": end, "limit": limit}
        if cursor:
            params["cursor"] = cursor
        answer: httpx.Response = self.http.get(f"/yb/v1/{kind}", params=params,
                                               headers={"Authorization": f"Bearer {token}"})
        return answer

    def medical_rows(self, kind: str, start: str, end: str) -> list[dict[str, Any]]:
        """All pages of a window."""
        rows: list[dict[str, Any]] = []
        cursor = None
        token = self.token()
        for _ in range(1000):
            page = self.medical(kind, token, start, end, cursor=cursor).json()
            rows += page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                return rows
        raise AssertionError("the pages never ended")

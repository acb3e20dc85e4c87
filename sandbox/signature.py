"""The request signature of both checking systems, as the server verifies it."""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as keyed
from fastapi import Request

CLOCK_LIMIT_MS = 300_000
NONCE = re.compile(r"[0-9a-fA-F]{32}")


class SignatureRefused(Exception):
    """`reason` is signature, clock or nonce."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def canonical_query(raw: str) -> str:
    """Names, then values, sorted by code point; unreserved characters plain, the rest percent-encoded."""
    pairs = [part.partition("=") for part in raw.split("&") if part]
    decoded = sorted((unquote(name), unquote(value)) for name, _, value in pairs)
    return "&".join(f"{quote(name, safe='-._~')}={quote(value, safe='-._~')}" for name, value in decoded)


def body_digest(body: bytes, is_sm3: bool) -> str:
    """SHA-256 or SM3 of the raw body, lower-case hex."""
    if not is_sm3:
        return hashlib.sha256(body).hexdigest()
    digest = hashes.Hash(hashes.SM3())
    digest.update(body)
    return digest.finalize().hex()


def sign(secret: str, message: str, is_sm3: bool) -> str:
    """HMAC of the message, lower-case hex."""
    if not is_sm3:
        return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    mac = keyed.HMAC(secret.encode(), hashes.SM3())
    mac.update(message.encode())
    return mac.finalize().hex()


@dataclass
class SignatureCheck:
    """Verifies requests of one app key and remembers the nonces it used."""

    app_key: str
    secret: str
    is_sm3: bool
    clock_ms: Callable[[], int]
    nonces: set[str] = field(default_factory=set)

    async def verify(self, request: Request) -> None:
        """Raise SignatureRefused unless the request is signed, fresh and new."""
        headers = request.headers
        stamp, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
        if headers.get("X-App-Key") != self.app_key or not stamp.isdigit() or not NONCE.fullmatch(nonce):
            raise SignatureRefused("signature", "unknown app key, or X-Timestamp or X-Nonce malformed")
        if abs(self.clock_ms() - int(stamp)) > CLOCK_LIMIT_MS:
            raise SignatureRefused("clock", "timestamp is more than 300 s off")
        expected = sign(self.secret, await self._message(request, stamp, nonce), self.is_sm3)
        if not hmac.compare_digest(expected.encode(), headers.get("X-Signature", "").encode()):
            raise SignatureRefused("signature", "signature does not match")
        if nonce in self.nonces:
            raise SignatureRefused("nonce", "nonce was used before")
        self.nonces.add(nonce)

    async def _message(self, request: Request, stamp: str, nonce: str) -> str:
        path = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
        query = canonical_query(request.scope["query_string"].decode("latin-1"))
        body = body_digest(await request.body(), self.is_sm3)
        return "\n".join((request.method, path.decode("latin-1"), query, stamp, nonce, body))

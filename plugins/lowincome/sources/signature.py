"""Request signatures of the checking systems: HMAC over SHA-256 or SM3 (GB/T 32905)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from lowincome.sources.connection import Connection, invalid

ALGORITHMS: dict[str, type[hashes.HashAlgorithm]] = {"HMAC-SHA256": hashes.SHA256, "HMAC-SM3": hashes.SM3}


def digest_hex(algorithm: str, data: bytes) -> str:
    """Lower-case hex digest under the hash that a signature algorithm names."""
    state = hashes.Hash(ALGORITHMS[algorithm]())
    state.update(data)
    return state.finalize().hex()


def hmac_hex(algorithm: str, key: bytes, message: bytes) -> str:
    """Lower-case hex HMAC under the hash that a signature algorithm names."""
    state = HMAC(key, ALGORITHMS[algorithm]())
    state.update(message)
    return state.finalize().hex()


def percent_encode(text: str) -> str:
    """Everything but `A-Za-z0-9-._~` as upper-case %XX of its UTF-8 bytes."""
    return quote(text, safe="")


def canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    """`name=value` joined by &, by name, then value, in code point order; empty when there is none."""
    return "&".join(f"{percent_encode(name)}={percent_encode(value)}" for name, value in sorted(pairs))


@dataclass(frozen=True)
class Signer:
    """Who signs: the app key, the secret, and the algorithm that the connection's extra names."""

    app_key: str
    secret: str = field(repr=False)
    algorithm: str = "HMAC-SHA256"

    @classmethod
    def of(cls, connection: Connection) -> "Signer":
        """The signer of a connection; an algorithm that is not agreed is a wrong setting."""
        algorithm = str(connection.extra.get("signature") or "HMAC-SHA256")
        if algorithm not in ALGORITHMS:
            raise invalid(connection.conn_id, "extra.signature is unknown", f"use one of {', '.join(ALGORITHMS)}")
        return cls(connection.app_key, connection.password, algorithm)

    def message(self, method: str, path: str, query: str, body: bytes, timestamp: str, nonce: str) -> bytes:
        """What is signed; `path` and `query` as sent, percent-encoded."""
        body_hash = digest_hex(self.algorithm, body)
        return "\n".join((method, path, query, timestamp, nonce, body_hash)).encode()

    def headers(self, method: str, path: str, query: str, body: bytes, *, timestamp: str, nonce: str) -> dict[str, str]:
        """Headers of one try. `timestamp` is epoch milliseconds, `nonce` 32 hex digits never used before."""
        message = self.message(method, path, query, body, timestamp, nonce)
        signature = hmac_hex(self.algorithm, self.secret.encode(), message)
        return {
            "X-App-Key": self.app_key,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": signature,
        }

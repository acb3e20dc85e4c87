"""HTTP as the sources speak it: signed anew each try, patient with transient faults, silent about secrets."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import requests
from lowincome.errors import ContractBroken
from lowincome.sources.connection import Connection, invalid
from lowincome.sources.legible import loosely, written
from lowincome.sources.redact import safe_text
from lowincome.sources.retry import Patience, Transient
from lowincome.sources.signature import Signer, canonical_query, percent_encode
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as SilentTooLong

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
LONGEST_BODY = 900.0
"""Seconds that a body may take in one try: each byte that comes begins the read timeout anew."""
LARGEST_ANSWER = 256 * 1024**2
"""Bytes of an answer, unpacked: it is held whole. A page of a thousand rows has about half a million."""
CHUNK = 1 << 18
SECONDS = re.compile(r"\d+(\.\d+)?")
WAIT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Call:
    """One request: `path` below the connection's base path, `body` the raw bytes."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A whole answer: the body as received, and the JSON object in it (None when there is none)."""

    status: int
    body: bytes
    document: dict[str, Any] | None
    retry_after: float | None = None

    @property
    def code(self) -> object:
        """The server's own code, else the HTTP status."""
        return (self.document or {}).get("code", self.status)

    @property
    def text(self) -> object:
        """The server's own words."""
        document = self.document or {}
        return document.get("message") or document.get("msg") or ""


class Refused(ContractBroken):
    """The server understood and said no; `status` is the HTTP status or what stands for it."""

    status: int = 0


Authorise = Callable[[str, str, str, bytes], Mapping[str, str]]
"""Headers of one try from method, path, query (both as sent) and body."""
Judge = Callable[[Call, Answer], None]
"""Looks into an answer for faults that only this source's dialect shows; raises, or lets pass."""


def no_judge(call: Call, answer: Answer) -> None:
    """For sources whose HTTP status tells everything."""


class HttpClient:
    """One session with one source."""

    def __init__(self, connection: Connection, authorise: Authorise, patience: Patience) -> None:
        self.connection, self.patience = connection, patience
        self._authorise = authorise
        self._secrets = {connection.password}
        self._base = connection.base_url
        read = connection.number("timeout", READ_SECONDS)
        self._timeout = (min(CONNECT_SECONDS, read), read)
        self._session = requests.Session()
        self._session.trust_env = False  # else ~/.netrc would replace our Authorization header
        self._session.verify = connection.verify

    def __enter__(self) -> "HttpClient":
        return self

    def __exit__(self, *error: object) -> None:
        self._session.close()

    def endpoint(self, path: str) -> str:
        """Address of a path without query, for the manifest."""
        return f"{self._base}{self.connection.base_path}{path}"

    def keep_secret(self, secret: str) -> None:
        """Never show this in a message."""
        self._secrets.add(secret)

    def ask(self, call: Call, judge: Judge = no_judge) -> dict[str, Any]:
        """The JSON object that answers a call; see `ask_raw`."""
        return self.ask_raw(call, judge)[1]

    def ask_raw(self, call: Call, judge: Judge = no_judge) -> tuple[bytes, dict[str, Any]]:
        """Body as received and its JSON object; transient faults are tried again, permanent ones raise Refused."""
        return self.patience.run(self.where(call), lambda: self._ask_once(call, judge))

    def where(self, call: Call) -> str:
        """Source and endpoint for messages; the query stays out."""
        return f"{self.connection.conn_id} {call.method} {self.connection.base_path}{call.path}"

    def refused(self, call: Call, status: int, code: object, text: object) -> Refused:
        """The error for a permanent fault, with the server's own code and text."""
        error = Refused(
            what="the server refuses the request",
            where=self.where(call),
            found=self.says(code, text),
            next_step="check the connection's key, secret and area, else call the publisher with this code",
        )
        error.status = status
        return error

    def says(self, code: object, text: object) -> str:
        """The server's code and text without secrets or personal data."""
        return f"server code {safe_text(f'{code}: {text}', self._secrets)}"

    @contextmanager
    def open(self, call: Call) -> Iterator[requests.Response]:
        """Send one try and read its body inside the block; network faults become Transient."""
        path = f"{self.connection.base_path}{call.path}"
        query = canonical_query(call.query)
        url = f"{self._base}{path}" + (f"?{query}" if query else "")
        headers = {**call.headers, **self._authorise(call.method, path, query, call.body)}
        with (
            _network_faults(self.where(call)),
            self._session.request(
                call.method,
                url,
                data=call.body or None,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            yield response

    def read(self, call: Call, response: requests.Response) -> Answer:
        """A whole answer, unpacked; ContractBroken beyond LARGEST_ANSWER. Not for files."""
        received = bytearray()
        for piece in self.pieces(response):
            received += piece
            if len(received) > LARGEST_ANSWER:
                raise self._too_large(call)
        body = bytes(received)
        return Answer(response.status_code, body, _json_object(body), self._retry_after(response))

    def pieces(self, response: requests.Response, unpack: bool = True) -> Iterator[bytes]:
        """A body as it comes, however little at a time; Transient when it takes longer than LONGEST_BODY."""
        ends = self.patience.clock() + LONGEST_BODY
        while piece := response.raw.read1(CHUNK, decode_content=unpack):
            if self.patience.clock() > ends:
                raise Transient(f"the body takes longer than {LONGEST_BODY:.0f} s")
            yield piece

    def check(self, call: Call, answer: Answer) -> None:
        """Sort an HTTP status: wait, refuse, or pass."""
        if answer.status in WAIT_STATUSES:
            raise Transient(self.says(answer.code, answer.text), answer.retry_after)
        if not 200 <= answer.status < 300:
            raise self.refused(call, answer.status, answer.code, answer.text)

    def _ask_once(self, call: Call, judge: Judge) -> tuple[bytes, dict[str, Any]]:
        with self.open(call) as response:
            answer = self.read(call, response)
        judge(call, answer)
        self.check(call, answer)
        if answer.document is None:
            raise Transient("an empty answer" if not answer.body else "the answer is not a JSON object")
        return answer.body, answer.document

    def _too_large(self, call: Call) -> ContractBroken:
        return ContractBroken(
            what="the answer is too large", where=self.where(call), expected=f"at most {LARGEST_ANSWER} bytes unpacked",
            found="more; the rest was not read",
            next_step="set a smaller page_size in the connection's extra; if it is small, ask the publisher",
        )

    def _retry_after(self, response: requests.Response) -> float | None:
        """Seconds to wait, from seconds or from an HTTP date (against the server's own clock if it tells it)."""
        value = response.headers.get("Retry-After", "").strip()
        if SECONDS.fullmatch(value):
            return float(value)
        until, now = _http_date(value), _http_date(response.headers.get("Date", ""))
        if until is None:
            return None
        return max(0.0, until - (self.patience.clock() if now is None else now))


def signed_client(connection: Connection, patience: Patience) -> HttpClient:
    """A client whose every try carries a new timestamp, nonce and signature."""
    signer = Signer.of(connection)

    def authorise(method: str, path: str, query: str, body: bytes) -> Mapping[str, str]:
        timestamp = str(int(patience.clock() * 1000))
        return signer.headers(method, path, query, body, timestamp=timestamp, nonce=secrets.token_hex(16))

    return HttpClient(connection, authorise, patience)


def json_call(path: str, content: Mapping[str, Any]) -> Call:
    """A POST of a JSON object."""
    return Call("POST", path, body=orjson.dumps(content), headers={"Content-Type": "application/json"})


def fill_path(template: str, **names: str) -> str:
    """A path with percent-encoded names in it."""
    return template.format(**{key: percent_encode(value) for key, value in names.items()})


@contextmanager
def _network_faults(where: str) -> Iterator[None]:
    """Name a fault by its kind only: the library's own text holds the query."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        if "CERTIFICATE_VERIFY_FAILED" not in str(error):
            raise Transient("TLS was broken off") from None
        raise Refused(
            what="the server's certificate is not trusted",
            where=where,
            next_step="give the publisher's CA bundle in the connection's extra as \"verify\"",
        ) from None
    except (requests.exceptions.Timeout, SilentTooLong):
        raise Transient("no answer in time") from None
    except requests.exceptions.ConnectionError:
        raise Transient("connection failed or was broken off") from None
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError, HTTPError):
        raise Transient("the body was cut off") from None
    except requests.exceptions.RequestException as error:
        raise invalid(where, f"the request cannot be made ({type(error).__name__})", "correct it") from None


def _json_object(body: bytes) -> dict[str, Any] | None:
    """The object that a body is. A text of it that cannot be read is one row's fault, not that of the answer."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = _loose_object(body)
    return document if isinstance(document, dict) else None


def _loose_object(body: bytes) -> Any:
    try:
        return orjson.loads(written(loosely(body), "replace"))
    except ValueError:
        return None


def _http_date(value: str) -> float | None:
    """Epoch seconds of an HTTP date in any of its three forms; all are in GMT."""
    try:
        return parsedate_to_datetime(value).replace(tzinfo=UTC).timestamp()
    except (TypeError, ValueError):
        return None

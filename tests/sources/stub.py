"""A tiny HTTP server that says what a test tells it to, and what a job needs to talk to it."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lowincome.lake import read_json
from lowincome.sources.connection import Connection
from lowincome.sources.fetch import fetch
from lowincome.sources.landing import LandingRef
from lowincome.sources.retry import Patience

SECRET = "correct-horse/battery staple"
DAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Request:
    """A request as it came; `target` is path and query as sent."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What to answer; `cut` sends that many bytes of the body and resets the connection, `hang` never ends."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    hang: bool = False


def json_reply(content: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON answer; `Retry_After` becomes `Retry-After`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(content, ensure_ascii=False).encode(), status, {"Content-Type": "application/json"} | named)


HTML = Reply(b"<html>gateway</html>", headers={"Content-Type": "text/html"})
BAD_GATEWAY = Reply(b"<html>502</html>", 502, {"Content-Type": "text/html"})

TRANSIENT: dict[str, Reply] = {
    "a reset in mid-body": Reply(b"{" * 1000, cut=10),
    "a body that hangs": Reply(b"{" * 1000, hang=True),
    "truncated gzip": Reply(
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xabV*", headers={"Content-Encoding": "gzip"}),
    "an empty 200": Reply(b""),
    "HTML instead of JSON": HTML,
    "half of a JSON object": Reply(b'{"code":0,"data":{'),
    "500": Reply(b"oops", 500), "502": BAD_GATEWAY, "503": Reply(b"", 503), "504": Reply(b"", 504),
    "429 in seconds": Reply(b"{}", 429, {"Retry-After": "7"}),
    "429 as a date": Reply(
        b"{}", 429, {"Retry-After": "Sun, 22 Nov 2026 16:00:07 GMT", "Date": "Sun, 22 Nov 2026 16:00:00 GMT"}),
}


class Stub:
    """A server on loopback. `answer` may be exchanged at any time; `first` replies are given before it is asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.timeout = 10.0
        self.first: list[Reply] = []
        self.answer: Callable[[Request], Reply] = lambda request: Reply(status=404)
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = int(self._server.server_address[1])

    def reply(self, request: Request) -> Reply:
        self.requests.append(request)
        return self.first.pop(0) if self.first else self.answer(request)

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def connection(self, conn_id: str = "province_check", **extra: Any) -> Connection:
        return Connection(
            conn_id, "http", schema="http", host="127.0.0.1", port=self.port, login="key", password=SECRET,
            extra={"timeout": self.timeout, **extra})


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = stub.reply(Request(self.command, self.path, dict(self.headers), body))
            self.send_response_only(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self._send(reply)

        do_POST = do_GET

        def _send(self, reply: Reply) -> None:
            if reply.hang:
                self.wfile.write(reply.body[:1])
                self.wfile.flush()
                stub.released.wait(5)
                self.close_connection = True
            elif reply.cut is not None:
                self.wfile.write(reply.body[: reply.cut])
                self.wfile.flush()
                self._reset()
            else:
                with suppress(ConnectionError):  # whoever asked may have had enough
                    self.wfile.write(reply.body)

        def _reset(self) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def running_stub() -> Iterator[Stub]:
    stub = Stub()
    stub.start()
    try:
        yield stub
    finally:
        stub.stop()


@dataclass(frozen=True)
class Page:
    """The part of a source's page that transports read."""

    id: str
    transport: str
    options: Mapping[str, Any]


@dataclass
class Slept:
    """Takes the place of sleep; remembers how long."""

    seconds: list[float] = field(default_factory=list)

    def patience(self, now: float = 1_795_363_200.0) -> Patience:
        return Patience(sleep=self.seconds.append, clock=lambda: now, chance=lambda: 0.0)


def land(
    page: Page, connection: Connection, folder: Path, since: date | None = None, ticket: str | None = None
) -> LandingRef:
    """Fetch without waiting."""
    return fetch(page, connection, DAY, since, folder / "0001", "0001", patience=Slept().patience(), ticket=ticket)


def manifest(folder: Path) -> Any:
    return read_json(folder / "0001" / "manifest.json")


def rows_of(folder: Path, part: str, *path: str) -> list[Any]:
    """All rows of a part's landed JSON pages."""
    rows: list[Any] = []
    for entry in manifest(folder)["files"]:
        if entry["part"] == part:
            content = json.loads((folder / "0001" / entry["name"]).read_bytes())
            for name in path:
                content = content[name]
            rows += content or []
    return rows

"""A file over HTTP that survives a broken line: resumes by Range and ETag, ends verified or not at all."""

from dataclasses import dataclass

import requests
from lowincome.errors import ContractBroken
from lowincome.sources.http import Call, HttpClient, Judge
from lowincome.sources.landing import Sink
from lowincome.sources.retry import Transient

MISMATCHES, TRIES = 3, 60


@dataclass(frozen=True)
class Promise:
    """What the server said the file is."""

    bytes: int
    sha256: str


class Transfer:
    """One file on its way into one sink."""

    def __init__(self, client: HttpClient, call: Call, sink: Sink, judge: Judge) -> None:
        self._client, self._call, self._sink, self._judge = client, call, sink, judge
        self._etag: str | None = None
        self._ended_at = -1

    def run(self, promise: Promise) -> None:
        """Bytes and digest as promised, or an error; only tries without progress use up patience."""
        fruitless = mismatches = 0
        for _ in range(TRIES):
            before = self._sink.size
            fault = self._try(promise)
            if fault is None and self._is_as_promised(promise):
                return
            if fault is None:
                mismatches += 1
                self._mismatch(promise, mismatches)
                fault = Transient("the file is not as promised")
            fruitless = 0 if self._sink.size > before else fruitless + 1
            if fruitless >= self._client.patience.tries:
                raise self._client.patience.exhausted(self._where, fault, fruitless)
            self._client.patience.wait(self._where, fruitless, fault)
        raise self._client.patience.exhausted(self._where, Transient("the line breaks off too often"), TRIES)

    @property
    def _where(self) -> str:
        return self._client.where(self._call)

    def _is_as_promised(self, promise: Promise) -> bool:
        return (self._sink.size, self._sink.sha256) == (promise.bytes, promise.sha256.lower())

    def _mismatch(self, promise: Promise, times: int) -> None:
        """Another file than promised came whole: ask afresh, but not for ever."""
        found = f"{self._sink.size} bytes, sha256 {self._sink.sha256}"
        self._sink.restart()
        if times >= MISMATCHES:
            raise ContractBroken(
                what="the file is not as promised", where=self._where, found=found,
                expected=f"{promise.bytes} bytes, sha256 {promise.sha256}",
                next_step="the landing is refused; ask the publisher for a new export",
            )

    def _try(self, promise: Promise) -> Transient | None:
        """One request; None when it ended in good order or nothing is missing."""
        try:
            with self._client.open(self._resuming()) as response:
                self._receive(response, promise)
        except Transient as fault:
            return None if self._is_as_promised(promise) else fault
        return self._short_end(promise)

    def _short_end(self, promise: Promise) -> Transient | None:
        """Too few bytes in good order may be resumed once; a second end at the same place is another file."""
        place, self._ended_at = self._ended_at, self._sink.size
        if self._sink.size >= promise.bytes or place == self._sink.size > 0:
            return None
        return Transient("the file ended early" if self._sink.size else "an empty answer")

    def _resuming(self) -> Call:
        headers = {"Accept-Encoding": "identity"}
        if self._sink.size:
            headers["Range"] = f"bytes={self._sink.size}-"
            if self._etag and not self._etag.startswith("W/"):
                headers["If-Range"] = self._etag
        return Call(self._call.method, self._call.path, self._call.query, headers=headers)

    def _receive(self, response: requests.Response, promise: Promise) -> None:
        """What comes, until it is more than was promised: a stream without an end would fill the disk."""
        if response.status_code == 416:
            self._sink.restart()
            raise Transient("the server cannot resume")
        is_page = response.headers.get("Content-Type", "").split(";")[0] in ("text/html", "application/json")
        if response.status_code not in (200, 206) or is_page:
            self._fault(response)
        self._place(response)
        for piece in self._client.pieces(response, unpack=False):
            self._sink.write(piece)
            if self._sink.size > promise.bytes:
                return

    def _place(self, response: requests.Response) -> None:
        """Go on where the sink ends, or begin again when this is another file or another place."""
        if response.status_code == 200:
            self._sink.restart()
            self._etag = response.headers.get("ETag")
            return
        begins = f"bytes {self._sink.size}-"
        is_same = self._etag is None or response.headers.get("ETag", self._etag) == self._etag
        if not is_same or not response.headers.get("Content-Range", "").startswith(begins):
            self._sink.restart()
            raise Transient("the server resumed another file or place")

    def _fault(self, response: requests.Response) -> None:
        answer = self._client.read(self._call, response)
        self._judge(self._call, answer)
        self._client.check(self._call, answer)
        raise Transient("an error page instead of a file")

"""Cursor-paged reads of a half-open time window under short-lived bearer tokens (medical insurance)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from lowincome.errors import ContractBroken
from lowincome.sources.http import Answer, Call, HttpClient, json_call
from lowincome.sources.job import Job
from lowincome.sources.landing import Delivery
from lowincome.sources.retry import Transient

PAGE_SIZE = 1000
RENEWALS = 5
EMPTY_PAGES = 1000
"""So many pages without a row, one after another, may lie between two with rows; a cursor behind more does not end."""
MIDNIGHT = "T00:00:00+08:00"


class TokenExpired(Exception):
    """The token ran out in the middle of a pull; the cursor outlives it."""


class _Token:
    """The bearer token now in force. `authorise` hands it to every try."""

    def __init__(self) -> None:
        self.value = ""
        self.expires_at = 0.0

    def authorise(self, method: str, path: str, query: str, body: bytes) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.value}"} if self.value else {}


def fetch(job: Job) -> Delivery:
    """Every stream of the source within [since, end of the data date), one landed file a page."""
    token = _Token()
    with HttpClient(job.connection, token.authorise, job.patience) as client:
        reader = _CursorReader(job, client, token)
        streams = job.option("streams")
        totals = {stream["part"]: reader.read(stream["part"], stream["path"]) for stream in streams}
        return Delivery(job.since, client.endpoint(streams[0]["path"]), totals)


def window(job: Job) -> tuple[str, str]:
    """[from, to) in RFC 3339: from the day `since` (or `initial_from`) to the end of the data date, in Jinan."""
    begin = job.since or date.fromisoformat(str(job.spec.options.get("initial_from", "1970-01-01")))
    return f"{begin.isoformat()}{MIDNIGHT}", f"{(job.data_date + timedelta(days=1)).isoformat()}{MIDNIGHT}"


class _CursorReader:
    def __init__(self, job: Job, client: HttpClient, token: _Token) -> None:
        self._job, self._client, self._token = job, client, token

    def read(self, part: str, path: str) -> int:
        """All pages of one stream; the rows that came."""
        received, number, cursor, seen, empty = 0, 1, None, set[str](), 0
        while number == 1 or cursor is not None:
            call = Call("GET", path, self._query(cursor))
            body, document = self._page(call)
            rows, cursor = self._rows_and_cursor(call, document, seen)
            empty = 0 if rows else empty + 1
            if empty > EMPTY_PAGES and cursor is not None:
                raise self._broken(call, "the cursor does not end", f"{empty} pages without a row one after another")
            self._job.writer.put(f"{part}-{number:05d}.json", part, body, rows)
            received, number = received + rows, number + 1
        return received

    def _query(self, cursor: str | None) -> tuple[tuple[str, str], ...]:
        begin, end = window(self._job)
        query = [("updatedFrom", begin), ("updatedTo", end), ("limit", str(self._job.page_size(PAGE_SIZE)))]
        return tuple(query + ([("cursor", cursor)] if cursor is not None else []))

    def _page(self, call: Call) -> tuple[bytes, dict[str, Any]]:
        """One page, under a new token as often as the old one runs out."""
        for _ in range(RENEWALS):
            self._renew_if_due()
            try:
                return self._client.ask_raw(call, self._judge)
            except TokenExpired:
                self._token.expires_at = 0.0
        raise self._broken(call, "new tokens are refused as expired", f"{RENEWALS} times TOKEN_EXPIRED")

    def _renew_if_due(self) -> None:
        """A token is used until shortly before its end, by our own clock."""
        if self._job.patience.clock() < self._token.expires_at:
            return
        self._token.value = ""
        connection = self._job.connection
        call = json_call(
            str(self._job.option("token_path")), {"appKey": connection.login, "appSecret": connection.password}
        )
        asked_at, document = self._job.patience.clock(), self._client.ask(call)
        try:
            value, lasts = str(document["accessToken"]), float(document["expiresIn"])
            value.encode("latin-1")  # all that a header carries
        except (KeyError, TypeError, ValueError):
            raise self._broken(call, "the token is not as agreed", "no usable accessToken or expiresIn") from None
        self._client.keep_secret(value)
        self._token.value, self._token.expires_at = value, asked_at + lasts * 0.9

    def _rows_and_cursor(self, call: Call, document: Mapping[str, Any], seen: set[str]) -> tuple[int, str | None]:
        items, cursor = document["items"] or [], document.get("nextCursor", 0)
        if not isinstance(items, list) or not (cursor is None or isinstance(cursor, str)):
            raise self._broken(call, "the page is not as agreed", "no items, or a nextCursor that is no text")
        if not cursor:
            return len(items), None
        if cursor in seen:
            raise self._broken(call, "the cursor goes in a circle", "a nextCursor that came before")
        seen.add(cursor)
        return len(items), cursor

    def _judge(self, call: Call, answer: Answer) -> None:
        if answer.status == 401 and str(answer.code) == "TOKEN_EXPIRED":
            raise TokenExpired
        if answer.status == 200 and answer.document is not None and "items" not in answer.document:
            raise Transient(self._client.says(answer.code, answer.text))

    def _broken(self, call: Call, what: str, found: str) -> ContractBroken:
        return ContractBroken(
            what=what, where=self._client.where(call), found=found,
            next_step="the landing is refused; ask the publisher",
        )

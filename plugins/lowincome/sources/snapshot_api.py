"""Page-numbered reads pinned to one snapshot (the city's checking system): all of it from one snapshot, or none.

The status is always 200 there; what went wrong stands in the body.
"""

from dataclasses import dataclass
from typing import Any

from lowincome.errors import ContractBroken, SourceUnavailable
from lowincome.sources.http import Answer, Call, HttpClient, signed_client
from lowincome.sources.job import Job
from lowincome.sources.landing import Delivery
from lowincome.sources.retry import Transient

START_OVERS = 5
PAGE_SIZE = 500
WAIT_CODES = ("429", "500", "502", "503", "504")


class SnapshotMoved(Exception):
    """The snapshot is gone or its pages shifted: start over, nothing read so far may be kept."""


@dataclass
class _Pin:
    """What the first page fixed for all later ones."""

    page_size: int
    snapshot_id: str | None = None


def fetch(job: Job) -> Delivery:
    """Every stream of the source from one snapshot, one landed file a page."""
    with signed_client(job.connection, job.patience) as client:
        reader = _SnapshotReader(job, client)
        for attempt in range(START_OVERS):
            try:
                return reader.read()
            except SnapshotMoved:
                job.writer.discard()
                job.patience.wait(job.spec.id, attempt, Transient("the snapshot is gone; starting over"))
        raise SourceUnavailable(
            what=f"the snapshot went away {START_OVERS} times in the middle of a pull", where=job.spec.id,
            next_step="the task retries later; ask the publisher for longer-lived snapshots if it lasts",
        )


class _SnapshotReader:
    def __init__(self, job: Job, client: HttpClient) -> None:
        self._job, self._client = job, client
        self._asked = job.page_size(PAGE_SIZE)

    def read(self) -> Delivery:
        pin = _Pin(self._asked)
        streams = self._job.option("streams")
        totals = {stream["part"]: self._stream(stream["part"], stream["path"], pin) for stream in streams}
        return Delivery(self._job.since, self._client.endpoint(streams[0]["path"]), totals)

    def _stream(self, part: str, path: str, pin: _Pin) -> int:
        """All pages of one stream; the rows that came, which are as many as the source said."""
        received, number, total = 0, 1, None
        while total is None or received < total:
            call = Call("GET", path, self._query(number, pin))
            body, document = self._client.ask_raw(call, self._judge)
            rows, total = self._page(call, document["data"], number, total, pin)
            self._job.writer.put(f"{part}-{number:05d}.json", part, body, rows)
            received, number = received + rows, number + 1
        return received

    def _query(self, number: int, pin: _Pin) -> tuple[tuple[str, str], ...]:
        query = [
            ("dataDate", f"{self._job.data_date:%Y%m%d}"), ("pageNo", str(number)), ("pageSize", str(pin.page_size)),
        ]
        query += [("snapshotId", pin.snapshot_id)] if pin.snapshot_id else []
        query += [("since", f"{self._job.since:%Y%m%d}")] if self._job.since else []
        return tuple(query)

    def _page(
        self, call: Call, data: dict[str, Any], number: int, total: int | None, pin: _Pin
    ) -> tuple[int, int]:
        """Check one page against the snapshot's own numbers; its rows and the stream's total."""
        try:
            rows, announced, size = len(list(data["rows"] or ())), int(data["total"]), int(data["pageSize"])
            snapshot = str(data["snapshotId"])
            page_number = int(data.get("pageNo", number))
        except (KeyError, TypeError, ValueError):
            raise self._broken(call, "the page is not as agreed", "a field is missing or of another type") from None
        self._pin(number, size, snapshot, pin)
        if total not in (None, announced) or page_number != number:
            raise SnapshotMoved
        due = min(pin.page_size, announced - (number - 1) * pin.page_size)
        if rows != due:
            raise self._broken(call, "the page does not hold the rows due", f"{rows}", f"{due} of {announced}")
        return rows, announced

    def _pin(self, number: int, size: int, snapshot: str, pin: _Pin) -> None:
        """The first answer names the snapshot; the server's page size rules, but not in the middle of a stream."""
        if pin.snapshot_id not in (None, snapshot) or size < 1:
            raise SnapshotMoved
        if size != pin.page_size and number > 1:
            self._asked = size
            raise SnapshotMoved
        pin.snapshot_id, pin.page_size = snapshot, size

    def _judge(self, call: Call, answer: Answer) -> None:
        document = answer.document
        if document is None or not 200 <= answer.status < 300:
            return
        if "success" not in document:
            raise Transient("the answer is not the agreed envelope")
        if document.get("success") is True:
            if not isinstance(document.get("data"), dict):
                raise self._broken(call, "the answer holds no data", "success without data")
            return
        code = str(answer.code)
        if code == "410":
            raise SnapshotMoved
        if code in WAIT_CODES:
            raise Transient(self._client.says(answer.code, answer.text), _seconds(document) or answer.retry_after)
        raise self._client.refused(call, int(code) if code.isdecimal() else 0, answer.code, answer.text)

    def _broken(self, call: Call, what: str, found: str, expected: str = "") -> ContractBroken:
        return ContractBroken(
            what=what, where=self._client.where(call), expected=expected, found=found,
            next_step="the landing is refused; ask the publisher",
        )


def _seconds(document: dict[str, Any]) -> float | None:
    """`data.retryAfter`, when the server gives it."""
    data = document.get("data")
    value = data.get("retryAfter") if isinstance(data, dict) else None
    try:
        return None if value is None else max(0.0, float(value))
    except (TypeError, ValueError):
        return None

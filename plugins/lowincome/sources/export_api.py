"""Asynchronous exports (the province's checking system): submit, poll, download.

`submit` and `poll` are small and quick, so a deferrable Airflow trigger can wait without a worker slot;
`fetch` does all three and waits itself.
"""

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lowincome.errors import ContractBroken, SourceUnavailable
from lowincome.lake import open_file
from lowincome.sources.connection import Connection
from lowincome.sources.http import WAIT_STATUSES, Answer, Call, HttpClient, Refused, fill_path, json_call, signed_client
from lowincome.sources.job import FetchSpec, Job, option
from lowincome.sources.landing import Delivery
from lowincome.sources.retry import Patience, Transient
from lowincome.sources.transfer import Promise, Transfer

PENDING, LOST = ("PENDING", "RUNNING"), ("FAILED", "EXPIRED")
NEW_EXPORTS = 3
FIRST_POLL, SLOWEST_POLL, LONGEST_EXPORT = 1.0, 30.0, 7200.0
BLOCK = 1 << 20


@dataclass(frozen=True)
class ExportFile:
    """One file of a finished export; `rows` are lines, `bytes` and `sha256` those of the gzip as sent."""

    file_id: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ExportStatus:
    """Where an export stands: PENDING, RUNNING, SUCCEEDED, FAILED or EXPIRED."""

    export_id: str
    status: str
    total_reports: int = 0
    files: tuple[ExportFile, ...] = ()

    @property
    def is_pending(self) -> bool:
        """Ask again later."""
        return self.status in PENDING

    @property
    def is_lost(self) -> bool:
        """A new export has to be asked for."""
        return self.status in LOST


def submit(
    spec: FetchSpec, connection: Connection, data_date: date, since: date | None, patience: Patience | None = None
) -> str:
    """Ask for an export; its id. `since` None asks for FULL, else for every version received since that day."""
    patience = patience or Patience()
    with signed_client(connection, patience) as client:
        return _Exports(spec, client).submit(data_date, since)


def poll(spec: FetchSpec, connection: Connection, export_id: str, patience: Patience | None = None) -> ExportStatus:
    """Where an export stands now; one quick request."""
    patience = patience or Patience()
    with signed_client(connection, patience) as client:
        return _Exports(spec, client).poll(export_id)


def download(job: Job, status: ExportStatus) -> Delivery:
    """Every file of a finished export into the landing, each verified, and their sum."""
    with signed_client(job.connection, job.patience) as client:
        return _Exports(job.spec, client).download(job, status)


def fetch(job: Job) -> Delivery:
    """Submit (or take up the job's ticket), wait and download; a lost export is asked for anew, three times.

    Refused when all are lost.
    """
    with signed_client(job.connection, job.patience) as client:
        exports = _Exports(job.spec, client)
        export_id = job.ticket or exports.submit(job.data_date, job.since)
        for new_exports in range(NEW_EXPORTS + 1):
            status = exports.wait(export_id)
            delivery = None if status.is_lost else exports.download_unless_lost(job, status)
            if delivery is not None:
                return delivery
            job.writer.discard()
            if new_exports < NEW_EXPORTS:
                export_id = exports.submit(job.data_date, job.since)
        raise exports.given_up(status)


class _Exports:
    """The three calls of one source over one client."""

    def __init__(self, spec: FetchSpec, client: HttpClient) -> None:
        self._spec, self._client = spec, client
        self._submit_path = str(option(spec, "submit_path"))
        self._status_path = str(spec.options.get("status_path", self._submit_path + "/{export_id}"))
        self._file_path = str(spec.options.get("file_path", self._status_path + "/files/{file_id}"))

    def submit(self, data_date: date, since: date | None) -> str:
        body = {"dataDate": data_date.isoformat(), "mode": "FULL" if since is None else "INCREMENTAL"}
        if since is not None:
            body["sinceDate"] = since.isoformat()
        call = json_call(self._submit_path, {**body, "areaCode": str(option(self._spec, "area_code"))})
        return str(self._data(call, ("exportId",))["exportId"])

    def poll(self, export_id: str) -> ExportStatus:
        call = Call("GET", fill_path(self._status_path, export_id=export_id))
        data = self._data(call, ("status",))
        if data["status"] == "SUCCEEDED":
            return self._succeeded(call, export_id, data)
        if data["status"] not in PENDING + LOST:
            raise self._broken(call, "an export status that is not agreed", str(data["status"])[:40])
        return ExportStatus(export_id, str(data["status"]))

    def wait(self, export_id: str) -> ExportStatus:
        """Poll more and more slowly until the export is done or lost."""
        waited, pause = 0.0, FIRST_POLL
        while (status := self.poll(export_id)).is_pending:
            if waited >= LONGEST_EXPORT:
                raise SourceUnavailable(
                    what=f"export {export_id} is {status.status} after {waited:.0f} s", where=self._spec.id,
                    next_step="the task asks for a new export later",
                )
            self._client.patience.sleep(pause)
            waited, pause = waited + pause, min(SLOWEST_POLL, pause * 2)
        return status

    def download_unless_lost(self, job: Job, status: ExportStatus) -> Delivery | None:
        """The delivery; None when the export expired in the middle of it."""
        try:
            return self.download(job, status)
        except Refused as refused:
            if refused.status not in (404, 410) or not self.poll(status.export_id).is_lost:
                raise
            return None

    def download(self, job: Job, status: ExportStatus) -> Delivery:
        part = str(self._spec.options.get("part", "reports"))
        for number, file in enumerate(status.files, 1):
            self._download_file(job, status.export_id, file, f"{part}-{number:05d}.ndjson.gz", part)
        endpoint = self._client.endpoint(self._submit_path)
        return Delivery(job.since, endpoint, {part: status.total_reports})

    def given_up(self, status: ExportStatus) -> Refused:
        """No later try of itself, which would ask for three more."""
        return Refused(
            what=f"exports are lost again and again, after {NEW_EXPORTS} new ones too", where=self._spec.id,
            found=f"export {status.export_id} {status.status}",
            next_step="ask the publisher what is wrong with its exports, then clear the task",
        )

    def _download_file(self, job: Job, export_id: str, file: ExportFile, name: str, part: str) -> None:
        call = Call("GET", fill_path(self._file_path, export_id=export_id, file_id=file.file_id))
        with job.writer.file(name, part) as sink:
            Transfer(self._client, call, sink, self._judge).run(Promise(file.bytes, file.sha256))
        rows = self._count_lines(call, job.writer.path(name))
        if rows != file.rows:
            raise self._broken(call, "rows differ from what was promised", f"{rows}", f"{file.rows}")
        job.writer.count(name, rows)

    def _count_lines(self, call: Call, path: Path) -> int:
        try:
            return count_lines(path)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise self._broken(call, "the file is not whole gzip", "as many bytes as promised") from None

    def _succeeded(self, call: Call, export_id: str, data: Mapping[str, Any]) -> ExportStatus:
        try:
            files = tuple(
                ExportFile(str(file["fileId"]), int(file["rows"]), int(file["bytes"]), str(file["sha256"]))
                for file in data.get("files") or ()
            )
            total = int(data["totalReports"])
        except (KeyError, TypeError, ValueError):
            raise self._broken(call, "totalReports or files are not as agreed", "another shape") from None
        rows = sum(file.rows for file in files)
        if rows != total:
            raise self._broken(call, "rows of the files do not add up to totalReports", f"{rows}", f"{total}")
        return ExportStatus(export_id, "SUCCEEDED", total, files)

    def _data(self, call: Call, names: tuple[str, ...]) -> dict[str, Any]:
        data = self._client.ask(call, self._judge).get("data")
        if not isinstance(data, dict) or any(not data.get(name) for name in names):
            raise self._broken(call, "data is not as agreed", "another shape", f"data with {', '.join(names)}")
        return data

    def _judge(self, call: Call, answer: Answer) -> None:
        """A code other than 0 counts even under a status of 200; its first three digits stand for a status."""
        if answer.document is None or not 200 <= answer.status < 300:
            return
        if "code" not in answer.document:
            raise Transient("the answer is not the agreed envelope")
        code = str(answer.code)
        if code == "0":
            return
        status = int(code[:3]) if code[:3].isdecimal() else 0
        if status in WAIT_STATUSES:
            raise Transient(self._client.says(answer.code, answer.text), answer.retry_after)
        raise self._client.refused(call, status, answer.code, answer.text)

    def _broken(self, call: Call, what: str, found: str, expected: str = "") -> ContractBroken:
        return ContractBroken(
            what=what, where=self._client.where(call), expected=expected, found=found,
            next_step="the landing is refused; ask the publisher",
        )


def count_lines(path: Path) -> int:
    """Lines of a gzip file, in blocks; a last line needs no line feed."""
    lines, last = 0, b"\n"
    with open_file(path) as packed, gzip.open(packed) as file:
        while block := file.read(BLOCK):
            lines, last = lines + block.count(b"\n"), block[-1:]
    return lines + (last != b"\n")

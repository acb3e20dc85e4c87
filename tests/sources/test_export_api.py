"""The asynchronous export: every report once and verified, or no landing."""

import gzip
import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lowincome.errors import ContractBroken, SourceUnavailable
from lowincome.sources import export_api
from lowincome.sources.http import CHUNK, Refused
from lowincome.sources.transfer import MISMATCHES

from tests.sources.stub import (
    BAD_GATEWAY,
    DAY,
    HTML,
    TRANSIENT,
    Page,
    Reply,
    Request,
    Slept,
    Stub,
    json_reply,
    land,
    manifest,
)

PAGE = Page("province_check", "export_api", {"submit_path": "/pcs/api/v2/exports", "area_code": "370100"})


def packed(count: int, salt: str) -> bytes:
    lines = [json.dumps({"reportNo": f"{salt}{n}", "pad": hashlib.sha256(f"{salt}{n}".encode()).hexdigest()})
             for n in range(count)]
    return gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)


@dataclass
class Province:
    """Plays the province. `statuses` are given one a poll, per export; the last one stays."""

    files: list[bytes] = field(default_factory=lambda: [packed(300, "A"), packed(20, "B")])
    statuses: list[list[str]] = field(default_factory=lambda: [["PENDING", "RUNNING", "SUCCEEDED"]])
    total: int = 320
    rows: tuple[int, ...] = (300, 20)
    sha256: str | None = None
    file_faults: list[Reply] = field(default_factory=list)
    ranges: bool = True
    exports: int = 0
    asked: list[Any] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        if request.method == "POST":
            self.exports += 1
            self.asked.append(request.json)
            return _ok({"exportId": f"E{self.exports}", "status": "PENDING"})
        if "/files/" in request.path:
            return self._file(request)
        return _ok(self._status())

    def _status(self) -> dict[str, Any]:
        queue = self.statuses[min(self.exports, len(self.statuses)) - 1]
        status = queue.pop(0) if len(queue) > 1 else queue[0]
        if status != "SUCCEEDED":
            return {"exportId": f"E{self.exports}", "status": status}
        files = [{"fileId": f"f{n}", "rows": rows, "bytes": len(content),
                  "sha256": self.sha256 or hashlib.sha256(content).hexdigest()}
                 for n, (content, rows) in enumerate(zip(self.files, self.rows, strict=True), 1)]
        return {"status": status, "totalReports": self.total, "files": files, "expiresAt": "…"}

    def _file(self, request: Request) -> Reply:
        content = self.files[int(request.path[-1]) - 1]
        begin = int(request.headers.get("Range", "bytes=0-")[6:-1]) if self.ranges else 0
        self.offsets.append(begin)
        if self.file_faults:
            fault = self.file_faults.pop(0)
            if fault.cut is None:
                return fault
            return self._part(content, begin, fault.cut)
        return self._part(content, begin, None)

    def _part(self, content: bytes, begin: int, cut: int | None) -> Reply:
        etag = '"' + hashlib.md5(content).hexdigest() + '"'
        headers = {"Content-Type": "application/gzip", "ETag": etag}
        if begin == 0:
            return Reply(content, 200, headers, cut)
        headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        return Reply(content[begin:], 206, headers, cut)


def _ok(data: Any) -> Reply:
    return json_reply({"code": 0, "message": "ok", "requestId": "r", "data": data})


@pytest.fixture
def province(stub: Stub) -> Province:
    stub.answer = Province()
    return stub.answer


def landed_lines(folder: Path) -> int:
    return sum(gzip.decompress((folder / "0001" / e["name"]).read_bytes()).count(b"\n")
               for e in manifest(folder)["files"])


def test_an_export_is_landed_as_sent_with_its_totals(stub: Stub, province: Province, tmp_path: Path) -> None:
    reference = land(PAGE, stub.connection(), tmp_path)
    shown = manifest(tmp_path)
    assert (reference.rows, reference.mode, shown["totals"], shown["since"]) == (320, "full", {"reports": 320}, None)
    assert [(e["part"], e["rows"], e["bytes"]) for e in shown["files"]] == [
        ("reports", 300, len(province.files[0])), ("reports", 20, len(province.files[1]))]
    assert (tmp_path / "0001" / shown["files"][0]["name"]).read_bytes() == province.files[0]
    assert shown["endpoint"].endswith("/pcs/api/v2/exports")


def test_full_is_asked_for_without_since_and_incremental_with_it(
    stub: Stub, province: Province, tmp_path: Path
) -> None:
    land(PAGE, stub.connection(), tmp_path / "a")
    land(PAGE, stub.connection(), tmp_path / "b", since=date(2026, 11, 21))
    whole = {"dataDate": "2026-11-22", "mode": "FULL", "areaCode": "370100"}
    assert province.asked == [whole, whole | {"mode": "INCREMENTAL", "sinceDate": "2026-11-21"}]
    assert manifest(tmp_path / "b")["since"] == "2026-11-21"


def test_no_reports_are_a_landing_of_no_files(stub: Stub, province: Province, tmp_path: Path) -> None:
    province.files, province.rows, province.total = [], (), 0
    land(PAGE, stub.connection(), tmp_path)
    assert (manifest(tmp_path)["files"], manifest(tmp_path)["totals"]) == ([], {"reports": 0})


def test_a_broken_download_resumes_where_it_broke(stub: Stub, province: Province, tmp_path: Path) -> None:
    province.file_faults = [Reply(cut=1000), Reply(cut=500), BAD_GATEWAY]
    land(PAGE, stub.connection(), tmp_path)
    assert landed_lines(tmp_path) == 320
    first = [r for r in stub.requests if r.path.endswith("f1")]
    assert first[1].headers["Range"].startswith("bytes=")
    assert first[1].headers["If-Range"].startswith('"')
    assert province.offsets[1] > 0


def test_a_server_without_ranges_sends_it_again_and_nothing_doubles(
    stub: Stub, province: Province, tmp_path: Path
) -> None:
    province.ranges, province.file_faults = False, [Reply(cut=1000)]
    land(PAGE, stub.connection(), tmp_path)
    assert landed_lines(tmp_path) == 320


def test_a_file_that_changed_between_two_tries_is_taken_from_its_beginning(
    stub: Stub, province: Province, tmp_path: Path
) -> None:
    other = {"Content-Type": "application/gzip", "ETag": '"other"', "Content-Range": "bytes 1000-1003/1004"}
    province.file_faults = [Reply(cut=1000), Reply(b"xxxx", 206, other)]
    land(PAGE, stub.connection(), tmp_path)
    assert landed_lines(tmp_path) == 320


@pytest.mark.parametrize("fault", [name for name in TRANSIENT if "reset" not in name])
def test_a_file_survives_every_transient_fault(fault: str, stub: Stub, province: Province, tmp_path: Path) -> None:
    province.file_faults = [TRANSIENT[fault]] * 2
    land(PAGE, stub.connection(), tmp_path)
    assert landed_lines(tmp_path) == 320


def test_a_gateway_page_of_another_type_ends_as_the_right_bytes(
    stub: Stub, province: Province, tmp_path: Path
) -> None:
    province.file_faults = [Reply(HTML.body, 200, {"Content-Type": "application/gzip"})]
    land(PAGE, stub.connection(), tmp_path)
    assert landed_lines(tmp_path) == 320


def test_of_a_file_longer_than_promised_little_more_is_taken(stub: Stub, province: Province, tmp_path: Path) -> None:
    promised = len(province.files[0])
    province.file_faults = [Reply(b"x" * 20 * CHUNK, 200, {"Content-Type": "application/gzip"})] * MISMATCHES
    with pytest.raises(ContractBroken, match="not as promised") as refused:
        land(PAGE, stub.connection(), tmp_path)
    assert promised < int(refused.value.found.split()[0]) <= promised + CHUNK


@pytest.mark.parametrize(("change", "words"), [
    ({"sha256": "0" * 64}, "not as promised"),
    ({"total": 321}, "do not add up"),
    ({"total": 321, "rows": (301, 20)}, "rows differ"),
    ({"files": [b"not gzip at all", packed(20, "B")]}, "not whole gzip"),
    ({"files": [packed(300, "A")[:-20], packed(20, "B")]}, "not whole gzip"),
    ({"statuses": [["CANCELLED"]]}, "not agreed"),
])
def test_what_is_not_as_promised_is_not_landed(
    change: dict[str, Any], words: str, stub: Stub, province: Province, tmp_path: Path
) -> None:
    for name, value in change.items():
        setattr(province, name, value)
    with pytest.raises(ContractBroken, match=words):
        land(PAGE, stub.connection(), tmp_path)
    assert not (tmp_path / "0001").exists()
    assert list(tmp_path.rglob("*.gz")) == []


def test_a_lost_export_is_asked_for_anew_three_times(stub: Stub, province: Province, tmp_path: Path) -> None:
    province.statuses = [["FAILED"], ["RUNNING", "EXPIRED"], ["FAILED"], ["SUCCEEDED"]]
    assert land(PAGE, stub.connection(), tmp_path).rows == 320
    assert province.exports == 4


def test_a_fourth_new_export_is_not_asked_for_nor_the_task_tried_again(
    stub: Stub, province: Province, tmp_path: Path
) -> None:
    province.statuses = [["FAILED"]]
    with pytest.raises(Refused, match="lost again"):
        land(PAGE, stub.connection(), tmp_path)
    assert province.exports == 4


def test_an_export_that_expires_during_the_download_begins_anew(
    stub: Stub, province: Province, tmp_path: Path
) -> None:
    gone = json_reply({"code": 40401, "message": "no such file"}, 404)
    province.statuses = [["SUCCEEDED", "EXPIRED"], ["SUCCEEDED"]]
    real = province._file

    def expiring(request: Request) -> Reply:
        return gone if "E1" in request.path and request.path.endswith("f2") else real(request)

    province._file = expiring  # type: ignore[method-assign]
    assert land(PAGE, stub.connection(), tmp_path).rows == 320
    assert landed_lines(tmp_path) == 320


def test_a_missing_file_of_a_standing_export_is_permanent(stub: Stub, province: Province, tmp_path: Path) -> None:
    province.file_faults = [json_reply({"code": 40401, "message": "no such file"}, 404)]
    with pytest.raises(ContractBroken, match="40401: no such file"):
        land(PAGE, stub.connection(), tmp_path)


@pytest.mark.parametrize("code", [42901, 50301])
def test_busy_codes_wait_even_under_a_status_of_200(
    code: int, stub: Stub, province: Province, tmp_path: Path
) -> None:
    stub.first = [json_reply({"code": code, "message": "wait"}), json_reply({"code": code}, code // 100)]
    assert land(PAGE, stub.connection(), tmp_path).rows == 320


@pytest.mark.parametrize("code", [40001, 40101, 40102, 40103, 40301])
def test_other_codes_are_permanent(code: int, stub: Stub, province: Province, tmp_path: Path) -> None:
    for status in (code // 100, 200):
        stub.first = [json_reply({"code": code, "message": "no"}, status)]
        with pytest.raises(ContractBroken, match=f"province_check POST /pcs/api/v2/exports.*{code}: no"):
            land(PAGE, stub.connection(), tmp_path)


def test_a_trigger_can_submit_and_poll_and_leave_the_download_to_the_task(
    stub: Stub, province: Province, tmp_path: Path
) -> None:
    patience = Slept().patience()
    export_id = export_api.submit(PAGE, stub.connection(), DAY, None, patience)
    seen = [export_api.poll(PAGE, stub.connection(), export_id, patience).status for _ in range(3)]
    assert seen == ["PENDING", "RUNNING", "SUCCEEDED"]
    assert land(PAGE, stub.connection(), tmp_path, ticket=export_id).rows == 320
    assert province.exports == 1


def test_an_export_that_never_ends_is_left_after_two_hours(stub: Stub, province: Province, tmp_path: Path) -> None:
    province.statuses = [["RUNNING"]]
    with pytest.raises(SourceUnavailable, match="RUNNING after 72"):
        land(PAGE, stub.connection(), tmp_path)


def test_lines_are_counted_with_or_without_a_last_line_feed(tmp_path: Path) -> None:
    for text, lines in ((b"", 0), (b"a", 1), (b"a\n", 1), (b"a\nb", 2)):
        (tmp_path / "x.gz").write_bytes(gzip.compress(text))
        assert export_api.count_lines(tmp_path / "x.gz") == lines

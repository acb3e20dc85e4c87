"""The province's contract: signature, asynchronous export, digests, ranges."""

import gzip
import hashlib
import json
import time
from typing import Any

import pytest

from sandbox.world import World
from tests.sandbox.client import Client, signed
from tests.sandbox.conftest import CONFIG

PATH = "/pcs/api/v2/exports/E1"


def lines(client: Client, done: dict[str, Any]) -> list[dict[str, Any]]:
    """All reports of a finished export."""
    content = [client.province(f"{done['exportId']}/files/{file['fileId']}").content for file in done["files"]]
    return [json.loads(line) for packed in content for line in gzip.decompress(packed).splitlines()]


def test_an_export_is_pending_then_running_then_succeeds(client: Client) -> None:
    answer = client.export("2026-11-20").json()
    assert (answer["code"], answer["data"]) == (0, {"exportId": "E20261120-01", "status": "PENDING"})
    statuses = [client.province("E20261120-01").json()["data"]["status"] for _ in range(3)]
    assert statuses == ["PENDING", "RUNNING", "SUCCEEDED"]


def test_rows_bytes_and_digests_are_those_of_the_files(client: Client) -> None:
    done = client.finished("2026-11-20")
    for file in done["files"]:
        content = client.province(f"{done['exportId']}/files/{file['fileId']}").content
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
        assert len(gzip.decompress(content).splitlines()) == file["rows"]
    assert sum(file["rows"] for file in done["files"]) == done["totalReports"] > 50


def test_asking_twice_gives_two_exports_with_the_same_reports(client: Client) -> None:
    first, second = client.finished("2026-11-20"), client.finished("2026-11-20")
    assert first["exportId"] != second["exportId"]
    assert lines(client, first) == lines(client, second)


def test_a_full_export_holds_only_the_newest_version_and_an_incremental_every_one(client: Client) -> None:
    full = lines(client, client.finished("2026-11-22"))
    assert len({report["reportNo"] for report in full}) == len(full)
    some = lines(client, client.finished("2026-11-22", "INCREMENTAL", "2026-11-21"))
    assert 0 < len(some) < len(full) / 5
    assert {report["version"] for report in some} >= {2}


def test_the_increment_from_the_beginning_ends_in_the_full_state(client: Client) -> None:
    state: dict[str, dict[str, Any]] = {}
    for report in lines(client, client.finished("2026-11-22", "INCREMENTAL", "2020-01-01")):
        known = state.get(report["reportNo"])
        if known is None or known["version"] <= report["version"]:
            state[report["reportNo"]] = report
    assert set(state) >= {report["reportNo"] for report in lines(client, client.finished("2026-11-22"))}


def test_a_broken_download_resumes_by_range_while_the_etag_holds(client: Client) -> None:
    done = client.finished("2026-11-20")
    tail = f"{done['exportId']}/files/f1"
    whole = client.province(tail)
    rest = client.province(tail, Range="bytes=100-", **{"If-Range": whole.headers["ETag"]})
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{len(whole.content) - 1}/{len(whole.content)}"
    changed = client.province(tail, Range="bytes=100-", **{"If-Range": '"other"'})
    assert (changed.status_code, changed.content) == (200, whole.content)
    assert client.province(tail, Range=f"bytes={len(whole.content)}-").status_code == 416


@pytest.mark.parametrize(("spoilt", "code"), [
    ({"skew": -301_000}, 40102), ({"skew": 400_000}, 40102),
    ({"signature": "0" * 64}, 40101), ({"nonce": "short"}, 40101)])
def test_a_bad_signature_is_refused_with_its_own_code(client: Client, spoilt: dict[str, Any], code: int) -> None:
    if (skew := spoilt.get("skew")) is not None:  # the clock of the test, not of its collection
        spoilt = {"timestamp": str(int(time.time() * 1000) + skew)}
    answer = client.http.get(PATH, headers=signed(client.world, "province_check", "GET", PATH, **spoilt))
    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_a_nonce_is_good_for_one_request(client: Client) -> None:
    headers = signed(client.world, "province_check", "GET", PATH)
    assert client.http.get(PATH, headers=headers).json()["code"] == 40401
    assert client.http.get(PATH, headers=headers).json()["code"] == 40103


def test_a_clock_299_seconds_off_is_still_good(client: Client) -> None:
    late = str(int(time.time() * 1000) - 299_000)
    headers = signed(client.world, "province_check", "GET", PATH, timestamp=late)
    assert client.http.get(PATH, headers=headers).json()["code"] == 40401


def test_sm3_is_used_throughout_when_the_connection_says_so(world: World) -> None:
    modern = World(CONFIG, signature="HMAC-SM3")
    modern.__dict__["builder"] = world.builder
    assert Client(modern).export("2026-11-20").json()["code"] == 0
    stranger = Client(world, Client(modern).http)
    assert stranger.export("2026-11-20").json()["code"] == 40101


def test_bad_parameters_and_foreign_areas_are_refused(client: Client) -> None:
    assert client.export("2026-13-01").status_code == 400
    assert client.export("2026-11-20", "INCREMENTAL").json()["code"] == 40001
    assert client.export("2026-11-20", area="370200").json()["code"] == 40301

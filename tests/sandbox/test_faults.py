"""Every fault of the switch shows, as often as it was told to, and goes away."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import openpyxl
import pytest

from sandbox.faults import FaultSwitch, UnknownFault
from sandbox.running import Sandbox, running_sandbox
from sandbox.world import World
from tests.sandbox.client import Client

START, END = "2020-01-01T00:00:00+08:00", "2026-11-21T00:00:00+08:00"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox on a real port."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), households=60) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(live: Sandbox) -> Iterator[Sandbox]:
    """The live sandbox, mended after each test."""
    yield live
    live.mend()


@pytest.fixture
def over_tcp(sandbox: Sandbox) -> Iterator[Client]:
    """A client over the wire, with a short patience."""
    with httpx.Client(base_url=sandbox.base_url, timeout=1.0) as http:
        yield Client(sandbox.world, http)


def fault(source: str, name: str, **more: Any) -> dict[str, Any]:
    """A rule."""
    return {"source": source, "fault": name, **more}


def test_a_reset_breaks_the_body_and_the_next_request_is_whole(sandbox: Sandbox, over_tcp: Client) -> None:
    done = over_tcp.finished("2026-11-20")
    sandbox.faults(fault("province_check", "reset", path="/files/"))
    tail = f"{done['exportId']}/files/f1"
    with pytest.raises(httpx.RemoteProtocolError):
        over_tcp.province(tail)
    assert hashlib.sha256(over_tcp.province(tail).content).hexdigest() == done["files"][0]["sha256"]


def test_a_hanging_read_outlasts_the_clients_patience(sandbox: Sandbox, over_tcp: Client) -> None:
    sandbox.faults(fault("city_check", "hang", value=3))
    with pytest.raises(httpx.ReadTimeout):
        over_tcp.city("persons", dataDate="20261120")
    assert over_tcp.city("persons", dataDate="20261120").json()["success"]


def test_a_gzip_is_cut_though_the_answer_looks_whole(client: Client) -> None:
    done = client.finished("2026-11-20")
    client.world.faults.add([fault("province_check", "truncated_gzip", path="/files/")])
    cut = client.province(f"{done['exportId']}/files/f1")
    assert cut.status_code == 200
    with pytest.raises(EOFError):
        gzip.decompress(cut.content)


def test_throttling_says_when_to_come_back(client: Client) -> None:
    client.world.faults.add([fault("province_check", "throttle", value=2), fault("province_check", "throttle_date"),
                             fault("medical_insurance", "throttle", value=3), fault("city_check", "throttle", value=4)])
    first, second = client.export("2026-11-20"), client.export("2026-11-20")
    assert (first.status_code, first.json()["code"], first.headers["Retry-After"]) == (429, 42901, "2")
    assert parsedate_to_datetime(second.headers["Retry-After"]).tzinfo is not None
    assert client.http.post("/yb/v1/token", json={}).headers["Retry-After"] == "3"
    city = client.city("persons", dataDate="20261120")
    assert (city.status_code, city.json()["code"], city.json()["data"]) == (200, "429", {"retryAfter": 4})
    assert client.export("2026-11-20").status_code == 200


@pytest.mark.parametrize("status", ["500", "502", "503", "504"])
def test_a_gateway_answers_in_html_with_its_status(client: Client, status: str) -> None:
    client.world.faults.add([fault("city_check", status)])
    answer = client.city("persons", dataDate="20261120")
    assert answer.status_code == int(status)
    assert answer.text.startswith("<html>")


def test_an_empty_200_and_html_instead_of_json(client: Client) -> None:
    client.world.faults.add([fault("city_check", "empty"), fault("city_check", "html")])
    empty, page = (client.city("persons", dataDate="20261120") for _ in range(2))
    assert (empty.status_code, empty.content) == (200, b"")
    assert (page.status_code, page.headers["Content-Type"][:9]) == (200, "text/html")


def test_maintenance_and_internal_errors_in_each_ones_words(client: Client) -> None:
    client.world.faults.add([fault(s, name) for s in ("province_check", "city_check", "medical_insurance")
                             for name in ("maintenance", "internal")])
    province = client.export("2026-11-20")
    assert (province.status_code, province.json()["code"], province.headers["Retry-After"]) == (503, 50301, "1")
    assert [client.city("persons", dataDate="20261120").json()["code"] for _ in range(2)] == ["503", "500"]
    assert [client.http.post("/yb/v1/token", json={}).status_code for _ in range(2)] == [503, 500]


@pytest.mark.parametrize("status", ["400", "401", "403", "404"])
def test_permanent_errors_carry_the_servers_own_code(client: Client, status: str) -> None:
    client.world.faults.add([fault("province_check", status), fault("city_check", status),
                             fault("medical_insurance", status)])
    province = client.export("2026-11-20")
    assert (str(province.status_code), str(province.json()["code"])[:3]) == (status, status)
    assert client.city("persons", dataDate="20261120").json()["code"] == status
    assert str(client.http.post("/yb/v1/token", json={}).status_code) == status


def test_after_and_times_choose_the_requests(client: Client) -> None:
    client.world.faults.add([fault("city_check", "empty", after=1, times=2)])
    sizes = [len(client.city("persons", dataDate="20261120").content) for _ in range(4)]
    assert [size == 0 for size in sizes] == [False, True, True, False]


def test_a_skewed_clock_refuses_an_honest_request(client: Client) -> None:
    client.world.faults.add([fault("province_check", "clock_skew", value=400)])
    assert client.export("2026-11-20").json()["code"] == 40102


def test_a_snapshot_goes_in_the_middle_of_a_pull(client: Client) -> None:
    name = client.city("persons", dataDate="20261120").json()["data"]["snapshotId"]
    client.world.faults.add([fault("city_check", "snapshot_gone")])
    assert client.city("persons", dataDate="20261120", pageNo=2, snapshotId=name).json()["code"] == "410"
    assert client.city("persons", dataDate="20261120", pageNo=2, snapshotId=name).json()["code"] == "410"
    assert client.city("persons", dataDate="20261120").json()["success"]


def test_exports_fail_expire_lie_and_dawdle(client: Client) -> None:
    faults = client.world.faults
    faults.add([fault("province_check", "export_failed")])
    assert client.finished("2026-11-20")["status"] == "FAILED"
    faults.add([fault("province_check", "export_expired")])
    assert client.finished("2026-11-20")["status"] == "EXPIRED"
    honest = client.finished("2026-11-20")
    faults.add([fault("province_check", "wrong_digest"), fault("province_check", "wrong_total")])
    lying = client.finished("2026-11-20")
    assert lying["files"][0]["sha256"] != honest["files"][0]["sha256"]
    assert lying["totalReports"] == honest["totalReports"] + 1
    faults.add([fault("province_check", "export_slow", value=15)])
    number = client.export("2026-11-20").json()["data"]["exportId"]
    assert {client.province(number).json()["data"]["status"] for _ in range(15)} == {"PENDING", "RUNNING"}


def test_schemas_drift_and_snapshots_shrink(client: Client) -> None:
    whole = len(client.city_rows("persons", dataDate="20261120"))
    client.world.faults.add([fault("city_check", name) for name in
                             ("shrunken", "new_column", "missing_column", "unknown_code")])
    data = client.city("persons", dataDate="20261120").json()["data"]
    items = client.city("items", dataDate="20261120", snapshotId=data["snapshotId"]).json()["data"]["rows"]
    assert data["total"] == whole // 2
    assert "bz" in items[0] and "gxsj" not in items[0] and items[0]["xmdm"] == "ZZ"


def test_the_provinces_reports_drift_too(client: Client) -> None:
    client.world.faults.add([fault("province_check", name) for name in
                             ("shrunken", "new_column", "missing_column", "unknown_code")])
    done = client.finished("2026-11-20")
    content = client.province(f"{done['exportId']}/files/f1").content
    report = json.loads(gzip.decompress(content).splitlines()[0])
    assert "grade" in report and "authorizedUntil" not in report
    assert report["members"][0]["items"][-1]["itemCode"] == "I99"


def test_the_bureaus_rows_drift_too(client: Client) -> None:
    client.world.faults.add([fault("medical_insurance", name) for name in
                             ("new_column", "missing_column", "unknown_code")])
    row = client.medical_rows("insured", START, END)[0]
    assert "remark" in row and "psnNo" not in row and row["certType"] == "77"


def test_files_come_wrong_late_or_short(sandbox: Sandbox) -> None:
    folder, day = sandbox.folder / "drops", "2026-11-20"
    whole = len((folder / "rural/rr_monitor_20261120.csv").read_bytes())
    sandbox.faults(fault("rural_revitalization", "wrong_md5", date=day),
                   fault("rural_revitalization", "missing_column", date=day),
                   fault("rural_revitalization", "shrunken", date=day, value=0.5),
                   fault("disabled_federation", "missing_ok", date=day))
    content = (folder / "rural/rr_monitor_20261120.csv").read_bytes()
    assert hashlib.md5(content).hexdigest() not in (folder / "rural/rr_monitor_20261120.csv.md5").read_text().lower()
    assert "证件号码".encode("gb18030") not in content and len(content) < whole * 0.7
    assert not (folder / "federation/cl_cert_20261120.xlsx.ok").exists()
    assert (folder / "federation/cl_cert_20261121.xlsx.ok").exists()
    sandbox.mend()
    assert len((folder / "rural/rr_monitor_20261120.csv").read_bytes()) == whole


def test_files_drift_and_go_missing(sandbox: Sandbox) -> None:
    folder = sandbox.folder / "drops"
    sandbox.faults(fault("rural_revitalization", "missing_md5", date="2026-11-20"),
                   fault("rural_revitalization", "new_column"), fault("rural_revitalization", "unknown_code"),
                   fault("disabled_federation", "missing_column", date="2026-11-20"),
                   fault("disabled_federation", "new_column"), fault("disabled_federation", "unknown_code"),
                   fault("disabled_federation", "missing_file", date="2026-11-22"))
    content = (folder / "rural/rr_monitor_20261120.csv").read_bytes()
    assert "帮扶责任人".encode("gb18030") in content and "待定户".encode("gb18030") in content
    assert not (folder / "rural/rr_monitor_20261120.csv.md5").exists()
    book = openpyxl.load_workbook(folder / "federation/cl_cert_20261120.xlsx")
    texts = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"备注", "待核"} <= texts and "残疾人证号" not in texts
    assert not (folder / "federation/cl_cert_20261122.xlsx").exists()


def test_the_switchboard_is_worked_at_run_time(sandbox: Sandbox, over_tcp: Client) -> None:
    path = "/_sandbox/faults"
    added = over_tcp.http.post(path, json=[fault("city_check", "empty"),
                                           fault("rural_revitalization", "missing_ok", date="2026-11-20")])
    assert [rule["shown"] for rule in added.json()] == [0, 0]
    assert not (sandbox.folder / "drops/rural/rr_monitor_20261120.csv.ok").exists()
    assert over_tcp.city("persons", dataDate="20261120").content == b""
    assert over_tcp.http.get(path).json()[0]["shown"] == 1
    assert over_tcp.http.delete(path).json() == []
    assert (sandbox.folder / "drops/rural/rr_monitor_20261120.csv.ok").exists()
    assert over_tcp.http.post(path, json={"source": "city_check", "fault": "wrong_md5"}).status_code == 422


def test_the_roster_is_set_to_a_day_at_run_time(sandbox: Sandbox, over_tcp: Client) -> None:
    assert over_tcp.http.post("/_sandbox/roster", json={"asOf": "2026-11-20"}).json() == {"asOf": "2026-11-20"}


def test_a_fault_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownFault):
        FaultSwitch([fault("rural_revitalization", "reset")])


def test_the_connections_name_all_six_sources(sandbox: Sandbox) -> None:
    lines = (sandbox.folder / "connections.env").read_text(encoding="utf-8").splitlines()
    parsed = {line.partition("=")[0]: json.loads(line.partition("=")[2].strip("'")) for line in lines}
    assert len(parsed) == 6
    province = parsed["AIRFLOW_CONN_PROVINCE_CHECK"]
    assert (province["conn_type"], province["host"], province["port"]) == ("http", "127.0.0.1", sandbox.port)
    assert province["password"] == World(sandbox.world.config).secret("province_check")
    assert parsed["AIRFLOW_CONN_ASSISTANCE_ROSTER"]["extra"]["sqlalchemy_url"].startswith("sqlite:///")

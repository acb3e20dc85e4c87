"""All six sources of the sandbox through the one entry, with the pages that ship."""

import gzip
import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from lowincome.errors import ContractBroken, SettingsInvalid, SourceUnavailable
from lowincome.lake import digest, read_json
from lowincome.sources.connection import Connection, from_fields
from lowincome.sources.fetch import TRANSPORTS, fetch
from lowincome.sources.spec import TRANSPORTS as NAMES
from lowincome.sources.spec import SourceSpec, registry

from sandbox.running import Sandbox, running_sandbox
from tests.sources.stub import Page, Slept

DAY = date(2026, 11, 21)
HTTP = ("province_check", "city_check", "medical_insurance")
PASSING = (
    "reset", "hang", "truncated_gzip", "throttle", "throttle_date", "empty", "html", "502", "503", "504", "maintenance")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), households=40, page_cap=20) as running:
        yield running


@pytest.fixture(autouse=True)
def mended(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "sandbox" in request.fixturenames:
        request.getfixturevalue("sandbox").mend()


def connect(sandbox: Sandbox, source: str, **extra: Any) -> Connection:
    fields = sandbox.connections[source]
    return from_fields(source, fields | {"extra": fields["extra"] | {"timeout": 10} | extra})


def land(sandbox: Sandbox, source: str, folder: Path, since: date | None = None, **extra: Any) -> dict[str, Any]:
    connection, patience = connect(sandbox, source, **extra), Slept().patience(time.time())
    fetch(registry()[source], connection, DAY, since, folder / "0001", "0001", patience=patience)
    content: dict[str, Any] = read_json(folder / "0001" / "manifest.json")
    return content


def rows(folder: Path) -> list[str]:
    """Every row of a landing of JSON, as text, in the order of its coming."""
    found: list[Any] = []
    for path in sorted((folder / "0001").iterdir()):
        if path.suffix == ".gz":
            found += [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
        elif path.name != "manifest.json":
            content = json.loads(path.read_bytes())
            found += content["items"] if "items" in content else content["data"]["rows"]
    return [json.dumps(row, sort_keys=True) for row in found]


def test_every_transport_that_a_page_may_name_is_there() -> None:
    assert set(TRANSPORTS) == set(NAMES)


@pytest.mark.parametrize("source", sorted(registry()))
def test_a_source_lands_whole_and_its_manifest_tells_the_truth(sandbox: Sandbox, source: str, tmp_path: Path) -> None:
    manifest = land(sandbox, source, tmp_path)
    assert manifest["files"]
    for entry in manifest["files"]:
        path = tmp_path / "0001" / entry["name"]
        assert (digest(path), path.stat().st_size) == (entry["sha256"], entry["bytes"])
    by_part: dict[str, int] = {}
    for entry in manifest["files"]:
        by_part[entry["part"]] = by_part.get(entry["part"], 0) + (entry["rows"] or 0)
    assert by_part == (manifest["totals"] or {"file": 0})
    assert all(total > 0 for total in manifest["totals"].values())


@pytest.mark.parametrize(("source", "fault"), [
    ("medical_insurance", "token_expired"), *((source, fault) for source in HTTP for fault in PASSING)])
def test_no_row_is_lost_or_doubled_by_a_fault_that_passes(
    sandbox: Sandbox, source: str, fault: str, tmp_path: Path
) -> None:
    land(sandbox, source, tmp_path / "calm")
    sandbox.faults(*({"source": source, "fault": fault, "after": after, "value": 2} for after in (0, 1, 2, 4)))
    land(sandbox, source, tmp_path / "storm", timeout=0.5 if fault == "hang" else 10)
    assert rows(tmp_path / "storm") == rows(tmp_path / "calm")
    assert sum(rule["shown"] for rule in sandbox.world.faults.report()) > 0


@pytest.mark.parametrize("source", HTTP)
@pytest.mark.parametrize("fault", ["400", "401", "403", "404"])
def test_a_fault_that_stays_is_told_and_nothing_is_landed(
    sandbox: Sandbox, source: str, fault: str, tmp_path: Path
) -> None:
    sandbox.faults({"source": source, "fault": fault, "after": 1})
    with pytest.raises(ContractBroken) as caught:
        land(sandbox, source, tmp_path)
    assert source in str(caught.value)
    assert fault in str(caught.value)
    assert sandbox.world.secret(source) not in str(caught.value)
    assert not (tmp_path / "0001").exists()


def test_a_server_that_checks_sm3_signatures_is_answered_in_sm3(tmp_path: Path) -> None:
    with running_sandbox(tmp_path / "sandbox", households=5, signature="HMAC-SM3") as sandbox:
        for source in ("province_check", "city_check"):
            assert land(sandbox, source, tmp_path / source)["files"]
            with pytest.raises(ContractBroken, match="signature"):
                land(sandbox, source, tmp_path / f"{source}-wrong", signature="HMAC-SHA256")


@pytest.mark.parametrize("source", HTTP)
def test_a_wrong_secret_is_permanent(sandbox: Sandbox, source: str, tmp_path: Path) -> None:
    fields = sandbox.connections[source] | {"password": "wrong-hush"}
    with pytest.raises(ContractBroken, match=source) as caught:
        fetch(registry()[source], from_fields(source, fields), DAY, None, tmp_path / "0001", "0001")
    assert "hush" not in str(caught.value)


def test_a_snapshot_that_goes_in_mid_pull_doubles_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    land(sandbox, "city_check", tmp_path / "calm")
    sandbox.faults({"source": "city_check", "fault": "snapshot_gone", "after": 3})
    land(sandbox, "city_check", tmp_path / "storm")
    assert rows(tmp_path / "storm") == rows(tmp_path / "calm")


@pytest.mark.parametrize(("fault", "error"), [
    ("wrong_digest", ContractBroken), ("wrong_total", ContractBroken), ("clock_skew", ContractBroken)])
def test_an_export_that_is_not_as_promised_is_refused(
    sandbox: Sandbox, fault: str, error: type[Exception], tmp_path: Path
) -> None:
    sandbox.faults({"source": "province_check", "fault": fault, "value": 900})
    with pytest.raises(error, match="province_check"):
        land(sandbox, "province_check", tmp_path)


@pytest.mark.parametrize("fault", ["export_failed", "export_expired", "export_slow"])
def test_a_lost_or_slow_export_comes_in_the_end(sandbox: Sandbox, fault: str, tmp_path: Path) -> None:
    sandbox.faults({"source": "province_check", "fault": fault, "times": 3})
    assert land(sandbox, "province_check", tmp_path)["totals"]["reports"] > 0


@pytest.mark.parametrize(("fault", "error"), [
    ("missing_ok", SourceUnavailable), ("wrong_md5", ContractBroken), ("missing_md5", ContractBroken),
    ("missing_file", ContractBroken)])
def test_a_file_that_is_late_or_wrong_is_not_landed(
    sandbox: Sandbox, fault: str, error: type[Exception], tmp_path: Path
) -> None:
    sandbox.faults({"source": "rural_revitalization", "fault": fault, "times": None})
    with pytest.raises(error, match="rural_revitalization"):
        land(sandbox, "rural_revitalization", tmp_path)


@pytest.mark.parametrize("source", HTTP)
def test_changes_are_fewer_than_the_whole(sandbox: Sandbox, source: str, tmp_path: Path) -> None:
    whole = land(sandbox, source, tmp_path / "whole")
    changes = land(sandbox, source, tmp_path / "changes", since=DAY - timedelta(days=1))
    assert (whole["mode"], changes["mode"], changes["since"]) == ("full", "incremental", "2026-11-20")
    assert sum(changes["totals"].values()) < sum(whole["totals"].values())


def test_the_roster_has_all_four_tables(sandbox: Sandbox, tmp_path: Path) -> None:
    land(sandbox, "assistance_roster", tmp_path)
    columns = {path.stem: set(pq.read_schema(path).names) for path in (tmp_path / "0001").glob("*.parquet")}
    assert set(columns) == {"assist_household", "assist_member", "assist_payment", "disability_subsidy"}
    assert "household_no" in columns["assist_payment"]


def test_a_seventh_source_of_a_known_transport_is_a_page_and_nothing_else(sandbox: Sandbox, tmp_path: Path) -> None:
    page = Page("seventh", "snapshot_api", {"streams": [{"part": "people", "path": "/hd/openapi/persons"}]})
    reference = fetch(page, connect(sandbox, "city_check"), DAY, None, tmp_path / "0001", "0001")
    assert (reference.source, reference.rows > 0) == ("seventh", True)


def test_an_unknown_transport_is_a_wrong_page(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="carrier_pigeon"):
        fetch(Page("x", "carrier_pigeon", {}), Connection("x", "http"), DAY, None, tmp_path / "0001", "0001")


def test_a_page_without_a_mandatory_option_says_which(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="submit_path"):
        fetch(Page("x", "export_api", {}), Connection("x", "http", schema="http", host="127.0.0.1"), DAY, None,
              tmp_path / "0001", "0001")


def test_a_source_page_is_what_transports_read() -> None:
    spec: SourceSpec = registry()["city_check"]
    assert (spec.id, spec.transport, "streams" in spec.options) == ("city_check", "snapshot_api", True)

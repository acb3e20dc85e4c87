"""Snapshot-pinned pages: all of it from one snapshot, nothing kept or doubled."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lowincome.errors import ContractBroken, SourceUnavailable

from tests.sources.stub import SECRET, TRANSIENT, Page, Reply, Request, Stub, json_reply, land, manifest, rows_of

PAGE = Page("city_check", "snapshot_api", {"page_size": 500, "streams": [
    {"part": "persons", "path": "/hd/openapi/persons"}, {"part": "items", "path": "/hd/openapi/items"}]})


@dataclass
class City:
    """Plays the city. A new snapshot shifts every row by its number, so mixing two of them shows."""

    totals: dict[str, int] = field(default_factory=lambda: {"persons": 450, "items": 1234})
    cap: int = 200
    snapshots: int = 0
    faults: list[tuple[str, int, Any]] = field(default_factory=list)
    short_by: int = 0

    def __call__(self, request: Request) -> Reply:
        query, kind = request.query, request.path.rsplit("/")[-1]
        number = int(query["pageNo"])
        if self.faults and self.faults[0][:2] == (kind, number):
            fault = self.faults.pop(0)[2]
            return fault if isinstance(fault, Reply) else json_reply(fault)
        if "snapshotId" not in query:
            self.snapshots += 1
        size = min(int(query["pageSize"]), self.cap)
        snapshot = query.get("snapshotId", f"S{self.snapshots}")
        every = [f"{snapshot}:{kind}:{n}" for n in range(self.totals[kind])]
        rows = every[(number - 1) * size: number * size - self.short_by]
        return page(snapshot, self.totals[kind], number, size, rows)


def page(snapshot: str, total: int, number: int, size: int, rows: list[str]) -> Reply:
    return json_reply({"success": True, "code": "200", "msg": "", "data": {
        "snapshotId": snapshot, "total": total, "pageNo": number, "pageSize": size, "rows": rows}})


def failure(code: str, data: Any = None) -> Any:
    return {"success": False, "code": code, "msg": f"said {code}", "data": data}


@pytest.fixture
def city(stub: Stub) -> City:
    stub.answer = City()
    return stub.answer


def check_whole(folder: Path, snapshot: str) -> None:
    for part, total in (("persons", 450), ("items", 1234)):
        assert rows_of(folder, part, "data", "rows") == [f"{snapshot}:{part}:{n}" for n in range(total)]


def test_every_page_of_both_streams_comes_from_one_snapshot(stub: Stub, city: City, tmp_path: Path) -> None:
    reference = land(PAGE, stub.connection("city_check"), tmp_path)
    check_whole(tmp_path, "S1")
    assert reference.rows == 1684
    assert manifest(tmp_path)["totals"] == {"persons": 450, "items": 1234}
    assert manifest(tmp_path)["files"][0]["name"] == "persons-00001.json"


def test_the_servers_page_size_rules_from_the_second_page_on(stub: Stub, city: City, tmp_path: Path) -> None:
    land(PAGE, stub.connection("city_check"), tmp_path)
    assert [request.query["pageSize"] for request in stub.requests[:3]] == ["500", "200", "200"]


def test_the_query_is_canonical_and_since_only_when_given(stub: Stub, city: City, tmp_path: Path) -> None:
    land(PAGE, stub.connection("city_check"), tmp_path / "a")
    land(PAGE, stub.connection("city_check"), tmp_path / "b", since=date(2026, 11, 21))
    assert stub.requests[0].target == "/hd/openapi/persons?dataDate=20261122&pageNo=1&pageSize=500"
    assert all("since" not in r.query for r in stub.requests[:10])
    assert all(r.query["since"] == "20261121" for r in stub.requests[10:])
    assert manifest(tmp_path / "b")["mode"] == "incremental"


@pytest.mark.parametrize("where", [("persons", 2), ("items", 1), ("items", 5)])
def test_a_snapshot_that_is_gone_is_started_over_with_nothing_kept(
    where: tuple[str, int], stub: Stub, city: City, tmp_path: Path
) -> None:
    city.faults = [(*where, failure("410"))]
    land(PAGE, stub.connection("city_check"), tmp_path)
    check_whole(tmp_path, "S2")


def test_a_snapshot_that_always_goes_is_given_up(stub: Stub, city: City, tmp_path: Path) -> None:
    city.faults = [("items", 2, failure("410"))] * 10
    with pytest.raises(SourceUnavailable, match="snapshot went away"):
        land(PAGE, stub.connection("city_check"), tmp_path)
    assert not (tmp_path / "0001").exists()


def test_a_page_of_another_snapshot_or_size_or_total_is_started_over(stub: Stub, city: City, tmp_path: Path) -> None:
    rows = ["x"] * 200
    city.faults = [("persons", 2, page("S9", 450, 2, 200, rows)), ("persons", 2, page("S2", 450, 2, 100, rows[:100])),
                   ("items", 2, page("S3", 1235, 2, 200, rows))]
    land(PAGE, stub.connection("city_check"), tmp_path)
    assert len(rows_of(tmp_path, "persons", "data", "rows")) == 450
    assert "x" not in rows_of(tmp_path, "items", "data", "rows")


@pytest.mark.parametrize("code", ["429", "500", "503"])
def test_faults_inside_a_200_that_pass_are_waited_for(code: str, stub: Stub, city: City, tmp_path: Path) -> None:
    city.faults = [("persons", 2, failure(code, {"retryAfter": 3})), ("persons", 2, failure(code))]
    land(PAGE, stub.connection("city_check"), tmp_path)
    check_whole(tmp_path, "S1")


@pytest.mark.parametrize("fault", TRANSIENT)
def test_every_transient_fault_is_survived(fault: str, stub: Stub, city: City, tmp_path: Path) -> None:
    city.faults = [("persons", 3, TRANSIENT[fault]), ("items", 2, TRANSIENT[fault])]
    land(PAGE, stub.connection("city_check"), tmp_path)
    check_whole(tmp_path, "S1")


@pytest.mark.parametrize("code", ["401", "400", "403", "999"])
def test_other_faults_inside_a_200_are_permanent(code: str, stub: Stub, city: City, tmp_path: Path) -> None:
    city.faults = [("items", 1, failure(code))]
    with pytest.raises(ContractBroken, match=f"city_check GET /hd/openapi/items.*{code}: said {code}") as caught:
        land(PAGE, stub.connection("city_check"), tmp_path)
    assert SECRET not in str(caught.value)


def test_a_page_with_too_few_rows_refuses_the_landing(stub: Stub, city: City, tmp_path: Path) -> None:
    city.short_by = 1
    with pytest.raises(ContractBroken, match="rows due; expected 200 of 450; found 199"):
        land(PAGE, stub.connection("city_check"), tmp_path)
    assert not (tmp_path / "0001").exists()


def test_no_rows_are_one_empty_page_a_stream(stub: Stub, city: City, tmp_path: Path) -> None:
    city.totals = {"persons": 0, "items": 0}
    assert land(PAGE, stub.connection("city_check"), tmp_path).files == 2
    assert manifest(tmp_path)["totals"] == {"persons": 0, "items": 0}


def test_null_rows_of_nothing_are_no_rows_and_new_fields_are_no_fault(
    stub: Stub, city: City, tmp_path: Path
) -> None:
    nothing = {"snapshotId": "S1", "total": 0, "pageNo": 1, "pageSize": 200, "rows": None, "more": {}}
    city.faults = [(kind, 1, {"success": True, "code": "200", "data": nothing}) for kind in ("persons", "items")]
    land(PAGE, stub.connection("city_check"), tmp_path)
    assert manifest(tmp_path)["totals"] == {"persons": 0, "items": 0}


def test_a_page_size_that_shrinks_in_the_middle_starts_over_with_the_smaller(
    stub: Stub, city: City, tmp_path: Path
) -> None:
    city.faults = [("items", 3, page("S1", 1234, 3, 50, [f"S1:items:{n}" for n in range(100, 150)]))]
    land(PAGE, stub.connection("city_check"), tmp_path)
    check_whole(tmp_path, "S2")
    assert {request.query["pageSize"] for request in stub.requests if request.query.get("snapshotId") == "S2"} == {"50"}

"""One small day from landing to the published folder, and the days after it, without a transport."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome import steps
from lowincome.lake import Lake
from lowincome.sources.spec import registry

from tests.landing_of import items, land, ndjson, page

D = date(2026, 11, 22)
MOTHER, SON = "370102196001022324", "370102198503040012"
Changes = dict[str, Any]


def parquet(*rows: dict[str, Any]) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), content)
    return content.getvalue()


def roster(status: str = "ACTIVE", review: str = "2027-01-01") -> dict[str, tuple[str, bytes]]:
    household = {
        "household_no": "J1", "programme": "DB", "urban_rural": "城市", "area_code": "370102001", "status": status,
        "approved_on": "2020-01-01", "ended_on": None, "monthly_amount": "100.00", "review_class": "A",
        "next_review_on": review, "gradual_exit_until": None, "updated_at": "2026-01-01 00:00:00"}
    member = {
        "household_no": "J1", "member_no": "1", "name": "王秀英", "id_no": MOTHER, "relation": "01", "sex": "2",
        "birth_date": "1960-01-02", "phone": "13800001234", "address": "某街道", "work_ability": None,
        "single_person_dibao": "false", "left_on": None, "updated_at": "2026-01-01 00:00:00"}
    payment = {"household_no": "J1", "month": "202610", "amount": "100.00", "paid_on": "2026-10-10"}
    subsidy = {
        "subsidy_no": "1", "id_no": MOTHER, "name": "王秀英", "kind": "LIVING", "monthly_amount": "1.00",
        "status": "ACTIVE", "start_month": "202001", "end_month": None, "updated_at": "2026-01-01 00:00:00"}
    tables = {"assist_household": household, "assist_member": member, "assist_payment": payment,
              "disability_subsidy": subsidy}
    return {f"{name}.parquet": (name, parquet(row)) for name, row in tables.items()}


def report(items_of_mother: list[dict[str, Any]], until: str = "2027-12-31") -> bytes:
    member = {"memberNo": 1, "name": "王秀英", "idType": "1", "idNo": MOTHER, "relation": "01", "sex": "2",
              "birthDate": "19600102", "items": items_of_mother}
    return ndjson({"reportNo": "SD1", "version": 1, "householdNo": "PH1", "areaCode": "370102001003",
                   "checkReason": "REVIEW", "authorizedOn": "2026-03-01", "authorizedUntil": until,
                   "checkedOn": "2026-11-20", "members": [member]})


def answer(code: str, status: str = "HIT", **changes: Any) -> dict[str, Any]:
    return {"itemCode": code, "status": status, "asOf": "2026-11-15", "provider": "X", "amount": "0.00"} | changes


def rural(day: date, removed: str = "否") -> dict[str, tuple[str, bytes]]:
    columns = registry()["rural_revitalization"].known_columns
    cells = {"户编号": "RH1", "姓名": "赵某", "证件号码": SON, "与户主关系": "户主", "监测对象类别": "边缘易致贫户",
             "风险是否消除": removed, "行政区划代码": "370114101"}
    text = ",".join(columns) + "\n" + ",".join(cells.get(column, "") for column in columns) + "\n"
    return {f"rr_monitor_{day:%Y%m%d}.csv": ("file", text.encode("gb18030"))}


def federation(day: date) -> dict[str, tuple[str, bytes]]:
    columns = registry()["disabled_federation"].known_columns
    cells = {"姓名": "王秀英", "残疾人证号": MOTHER + "42", "身份证号": MOTHER, "残疾类别": "肢体", "残疾等级": "二级",
             "有效期至": "2030-01-01", "证件状态": "正常"}
    book = openpyxl.Workbook()
    book.worksheets[0].append(list(columns))
    book.worksheets[0].append([cells.get(column) for column in columns])
    content = io.BytesIO()
    book.save(content)
    return {f"cl_cert_{day:%Y%m%d}.xlsx": ("file", content.getvalue())}


def deliveries(day: date, facts: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """The six deliveries of a day; a source set to None does not come."""
    files: dict[str, Any] = {
        "province_check": {"f1.ndjson.gz": ("reports", report(facts, changes.pop("until", "2027-12-31")))},
        "city_check": {"persons-00001.json": ("persons", page()), "items-00001.json": ("items", page())},
        "medical_insurance": {"insured-00001.json": ("insured", items()),
                              "settlements-00001.json": ("settlements", items())},
        "rural_revitalization": rural(day, changes.pop("removed", "否")),
        "disabled_federation": federation(day),
        "assistance_roster": roster(changes.pop("status", "ACTIVE"), changes.pop("review", "2027-01-01"))}
    return files | changes


@pytest.fixture
def run_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Land, standardise and publish a day; the published folder."""
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")
    lake = Lake(tmp_path / "home" / "lake")

    def run(day: date = D, facts: list[dict[str, Any]] | None = None, **changes: Any) -> Path:
        text = day.isoformat()
        for source, files in deliveries(day, facts or [], **changes).items():
            if files is None:
                steps.missing(source, text, "did not come")
                continue
            number = steps.next_run_id(lake, source, day)
            land(lake, source, day, files, run_id=number)
            steps.standardise(source, text)
        for step in steps.DAY:
            step(text)
        return tmp_path / "output" / text

    return run


def flags(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "flags.csv").open(encoding="utf-8") as file:
        return {row["rule_id"]: row for row in csv.DictReader(file)}


def test_a_day_leaves_everything_that_the_contract_names(run_day: Callable[..., Path]) -> None:
    folder = run_day()
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["state"] == "complete"
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert written == set(manifest["outputs"]) | {"manifest.json"}
    assert len(list((folder / "worklists").glob("*.xlsx"))) == 13
    for source in manifest["sources"].values():
        assert source["rows_in"] == source["kept"] + source["quarantined"] + source["refused"]


def test_a_monitored_household_without_assistance_is_flagged_until_its_risk_is_removed(
    run_day: Callable[..., Path],
) -> None:
    first = flags(run_day())["A08"]
    assert (first["state"], first["certainty"], first["district"]) == ("new", "certain", "370114")
    assert first["household_keys"] == "rural_revitalization:RH1"
    second = flags(run_day(D + timedelta(days=1)))["A08"]
    assert (second["state"], second["flag_id"], second["first_seen"]) == ("open", first["flag_id"], "2026-11-22")
    third = flags(run_day(D + timedelta(days=2), removed="是"))["A08"]
    assert (third["state"], third["flag_id"]) == ("closed", first["flag_id"])
    assert "A08" not in flags(run_day(D + timedelta(days=3), removed="是"))
    assert flags(run_day(D + timedelta(days=4)))["A08"]["flag_id"] != first["flag_id"]


@pytest.mark.parametrize(("status", "is_flagged"), [("HIT", True), ("NONE", False), ("ERROR", False)])
def test_a_covered_person_is_flagged_dead_only_on_a_hit(
    run_day: Callable[..., Path], status: str, is_flagged: bool
) -> None:
    found = flags(run_day(facts=[answer("S01", status, periodFrom="202610", periodTo="202610")]))
    assert ("B01" in found) is is_flagged


@pytest.mark.parametrize(("until", "is_flagged"), [(None, True), ("202611", True), ("202610", False)])
def test_custody_lasts_until_its_last_month(run_day: Callable[..., Path], until: str | None, is_flagged: bool) -> None:
    found = flags(run_day(facts=[answer("S02", periodFrom="202601", periodTo=until)]))
    assert ("B02" in found) is is_flagged


@pytest.mark.parametrize(("item", "rule", "low", "high"), [
    (answer("A04", quantity=1), "B04", "1", "1"), (answer("A04", quantity=None), "B04", "1", ""),
    (answer("A03", quantity=2), "B05", "2", "2")])
def test_property_over_the_limit_is_flagged_with_its_bounds(
    run_day: Callable[..., Path], item: Changes, rule: str, low: str, high: str
) -> None:
    found = flags(run_day(facts=[item]))[rule]
    assert (found["observed_low"], found["observed_high"], found["certainty"]) == (low, high, "certain")


@pytest.mark.parametrize("item", [
    answer("A04", quantity=0), answer("A04", "NONE"), answer("A04", "ERROR"), answer("A03", quantity=1),
    answer("A03", quantity=None)])
def test_property_within_the_limit_or_unknown_raises_nothing(run_day: Callable[..., Path], item: Changes) -> None:
    assert not {"B04", "B05"} & set(flags(run_day(facts=[item])))


def test_a_lapsed_consent_feeds_no_rule_and_is_listed_for_renewal(run_day: Callable[..., Path]) -> None:
    hits = [answer("S01", periodFrom="202610", periodTo="202610"), answer("A04", quantity=3)]
    assert set(flags(run_day(facts=hits, until="2026-11-22"))) >= {"B01", "Q01"}
    found = flags(run_day(D + timedelta(days=1), facts=hits, until="2026-11-22"))
    assert found["Q01"]["state"] == "open"
    assert (found["B01"]["state"], found["B01"]["certainty"]) == ("open", "unknown")


@pytest.mark.parametrize(("until", "is_flagged"), [("2026-12-22", True), ("2026-12-23", False)])
def test_an_authorization_is_due_for_renewal_thirty_days_before(
    run_day: Callable[..., Path], until: str, is_flagged: bool
) -> None:
    assert ("Q01" in flags(run_day(until=until))) is is_flagged


@pytest.mark.parametrize(("review", "is_flagged"), [("2026-11-21", True), ("2026-11-22", False)])
def test_a_review_is_overdue_from_the_day_after(run_day: Callable[..., Path], review: str, is_flagged: bool) -> None:
    assert ("Q04" in flags(run_day(review=review))) is is_flagged


def test_a_suspended_household_is_not_covered(run_day: Callable[..., Path]) -> None:
    found = flags(run_day(facts=[answer("A04", quantity=2)], status="SUSPENDED", review="2020-01-01"))
    assert not {"B04", "Q04"} & set(found)


def test_a_missing_source_degrades_the_day_and_a_stale_one_holds_its_flags(run_day: Callable[..., Path]) -> None:
    opened = flags(run_day())["A08"]
    for age, state in ((1, "open"), (3, "open"), (4, "held")):
        folder = run_day(D + timedelta(days=age), rural_revitalization=None)
        found = flags(folder)["A08"]
        assert (found["state"], found["flag_id"]) == (state, opened["flag_id"])
        assert json.loads((folder / "manifest.json").read_text("utf-8"))["state"] == "degraded"


def test_an_outage_of_the_roster_turns_nobody_away_and_raises_nothing(run_day: Callable[..., Path]) -> None:
    opened = flags(run_day(facts=[answer("A04", quantity=1)]))
    found = flags(run_day(D + timedelta(days=2), facts=[answer("A04", quantity=1)], assistance_roster=None))
    assert found["B04"]["state"] == "held"
    assert set(found) == set(opened)


def test_the_same_day_twice_gives_the_same_bytes(run_day: Callable[..., Path]) -> None:
    first = run_day()
    before = {path.name: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    for step in steps.DAY:
        step(D.isoformat())
    assert {path.name: path.read_bytes() for path in first.rglob("*") if path.is_file()} == before


def test_no_name_id_or_phone_stands_in_any_machine_file_or_report(run_day: Callable[..., Path]) -> None:
    folder = run_day(facts=[answer("A04", quantity=1)])
    for path in [*folder.rglob("*.csv"), *folder.rglob("*.json"), *folder.rglob("*.html")]:
        text = path.read_text("utf-8")
        assert not any(secret in text for secret in (MOTHER, SON, "王秀英", "赵某", "13800001234"))


def test_a_worklist_masks_names_ids_and_phones(run_day: Callable[..., Path]) -> None:
    folder = run_day(facts=[answer("A04", quantity=1)])
    book = openpyxl.load_workbook(next((folder / "worklists").glob("370102_*.xlsx")))
    cells = [str(cell.value) for row in book["清单"].iter_rows() for cell in row]
    assert {"王**", "3701**********2324", "138****1234"} <= set(cells)
    assert not {MOTHER, "王秀英", "13800001234"} & set(cells)
    assert any("登记机动车1辆" in cell for cell in cells)

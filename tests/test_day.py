"""One small day from landing to the published folder, and the days after it, without a transport."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from lowincome import steps
from lowincome.register.models import FlagEvent
from lowincome.settings import read_settings
from sqlalchemy import create_engine, select

from tests.small_day import MOTHER, SON, Changes, D, answer, flags


def closed_because(day: date) -> list[str]:
    """Why the register closed flags on a day."""
    engine = create_engine(read_settings().register_url)
    with engine.connect() as connection:
        query = select(FlagEvent.reason).where(FlagEvent.event == "closed", FlagEvent.data_date == day)
        return [str(reason) for reason in connection.scalars(query)]


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
    assert closed_because(D + timedelta(days=2)) == ["false: relapse_monitored"]
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

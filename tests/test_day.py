"""One small day from landing to the published folder, and the days after it, without a transport."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from lowincome import steps
from lowincome.register.models import FlagEvent
from lowincome.settings import read_settings
from sqlalchemy import create_engine, select

from tests.conftest import day_runner
from tests.side_by_side import side_by_side
from tests.small_day import MOTHER, SON, Changes, D, answer, every_flag, flags, rural


def closed_because(day: date) -> list[str]:
    """Why the register closed flags on a day."""
    engine = create_engine(read_settings().register_url)
    with engine.connect() as connection:
        query = select(FlagEvent.reason).where(FlagEvent.event == "closed", FlagEvent.data_date == day)
        return [str(reason) for reason in connection.scalars(query)]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A day on which the covered household has a vehicle."""
    with pytest.MonkeyPatch.context() as patch:
        yield day_runner(tmp_path_factory.mktemp("published"), patch)(facts=[answer("A04", quantity=1)])


def test_a_day_leaves_everything_that_the_contract_names(published: Path) -> None:
    manifest = json.loads((published / "manifest.json").read_text("utf-8"))
    assert manifest["state"] == "complete"
    written = {str(path.relative_to(published)) for path in published.rglob("*") if path.is_file()}
    assert written == set(manifest["outputs"]) | {"manifest.json"}
    assert len(list((published / "worklists").glob("*.xlsx"))) == 13
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


DEAD, IN_CUSTODY = {"periodFrom": "202610", "periodTo": "202610"}, {"periodFrom": "202601"}
ALONE: list[tuple[str, Changes, set[str]]] = [
    ("a death that was found", {"facts": [answer("S01", **DEAD)]}, {"B01"}),
    ("a death that was not found", {"facts": [answer("S01", "NONE", **DEAD)]}, set()),
    ("a death nobody could tell of", {"facts": [answer("S01", "ERROR", **DEAD)]}, set()),
    ("custody without an end", {"facts": [answer("S02", **IN_CUSTODY, periodTo=None)]}, {"B02"}),
    ("custody in its last month", {"facts": [answer("S02", **IN_CUSTODY, periodTo="202611")]}, {"B02"}),
    ("custody that ended last month", {"facts": [answer("S02", **IN_CUSTODY, periodTo="202610")]}, set()),
    ("one vehicle", {"facts": [answer("A04", quantity=1)]}, {"B04"}),
    ("vehicles without a number", {"facts": [answer("A04", quantity=None)]}, {"B04"}),
    ("two dwellings", {"facts": [answer("A03", quantity=2)]}, {"B05"}),
    ("no vehicle", {"facts": [answer("A04", quantity=0)]}, set()),
    ("no vehicle found", {"facts": [answer("A04", "NONE")]}, set()),
    ("vehicles nobody could tell of", {"facts": [answer("A04", "ERROR")]}, set()),
    ("one dwelling", {"facts": [answer("A03", quantity=1)]}, set()),
    ("dwellings without a number", {"facts": [answer("A03", quantity=None)]}, set()),
    ("an authorization that ends in thirty days", {"until": "2026-12-22"}, {"Q01"}),
    ("an authorization that ends in thirty-one days", {"until": "2026-12-23"}, set()),
    ("a review that was due yesterday", {"review": "2026-11-21"}, {"Q04"}),
    ("a review that is due today", {"review": "2026-11-22"}, set()),
    ("a suspended household", {"facts": [answer("A04", quantity=2)], "status": "SUSPENDED", "review": "2020-01-01"},
     set()),
]
JUDGED = {"B01", "B02", "B04", "B05", "Q01", "Q04"}


@pytest.fixture(scope="module")
def flags_of_many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, dict[str, str]]]]:
    """Flags by rule of each household of ALONE, all on one day."""
    with pytest.MonkeyPatch.context() as patch:
        cases = [changes for _, changes, _ in ALONE]
        folder = day_runner(tmp_path_factory.mktemp("many"), patch)(D, **side_by_side(D, cases))
        with (folder / "flags.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    yield [{row["rule_id"]: row for row in rows if f"assistance_roster:J{number}" in row["household_keys"].split("|")}
           for number in range(1, len(cases) + 1)]


@pytest.mark.parametrize("number", range(len(ALONE)), ids=[name for name, _, _ in ALONE])
def test_what_one_source_says_of_a_household_raises_its_flag_or_none(
    flags_of_many: list[dict[str, dict[str, str]]], number: int
) -> None:
    assert JUDGED & set(flags_of_many[number]) == ALONE[number][2]


@pytest.mark.parametrize(("name", "rule", "low", "high"), [
    ("one vehicle", "B04", "1", "1"), ("vehicles without a number", "B04", "1", ""),
    ("two dwellings", "B05", "2", "2")])
def test_property_over_the_limit_is_flagged_with_its_bounds(
    flags_of_many: list[dict[str, dict[str, str]]], name: str, rule: str, low: str, high: str
) -> None:
    found = flags_of_many[[alone for alone, _, _ in ALONE].index(name)][rule]
    assert (found["observed_low"], found["observed_high"], found["certainty"]) == (low, high, "certain")


def test_a_lapsed_consent_feeds_no_rule_and_is_listed_for_renewal(run_day: Callable[..., Path]) -> None:
    hits = [answer("S01", periodFrom="202610", periodTo="202610"), answer("A04", quantity=3)]
    assert set(flags(run_day(facts=hits, until="2026-11-22"))) >= {"B01", "Q01"}
    found = flags(run_day(D + timedelta(days=1), facts=hits, until="2026-11-22"))
    assert found["Q01"]["state"] == "open"
    assert (found["B01"]["state"], found["B01"]["certainty"]) == ("open", "unknown")


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


@pytest.mark.parametrize(("comes_back", "state"), [(True, "open"), (False, "closed")])
def test_whoever_is_missing_during_an_outage_keeps_the_flag_until_the_source_is_there_again(
    run_day: Callable[..., Path], comes_back: bool, state: str
) -> None:
    opened = flags(run_day())["A08"]
    day = D + timedelta(days=2)
    held = flags(run_day(day, assistance_roster=None, rural_revitalization=another_family(day)))["A08"]
    assert (held["flag_id"], held["state"]) == (opened["flag_id"], "held")
    assert [held[name] for name in ("district", "certainty", "household_id")] == [
        opened[name] for name in ("district", "certainty", "household_id")]
    after = day + timedelta(days=1)
    folder = run_day(after, **({} if comes_back else {"rural_revitalization": another_family(after)}))
    found = every_flag(folder)[opened["flag_id"]]
    assert (found["state"], found["first_seen"]) == (state, D.isoformat())
    assert closed_because(after) == ([] if comes_back else ["subject_left_sources"])


def test_a_rule_that_waits_for_a_stale_source_is_listed_as_not_decided(run_day: Callable[..., Path]) -> None:
    run_day()
    day = D + timedelta(days=2)
    folder = run_day(day, assistance_roster=None, rural_revitalization=another_family(day))
    waiting = {row["rule_id"]: row["household_id"] for row in undecided(folder) if row["why"] == "held"}
    assert waiting["A08"] not in {row["household_id"] for row in every_flag(folder).values()}


@pytest.mark.parametrize(("until", "is_listed"), [("2026-11-21", True), ("2026-11-22", False)])
def test_a_household_whose_consent_has_lapsed_is_listed_for_renewal(
    run_day: Callable[..., Path], until: str, is_listed: bool
) -> None:
    rows = [row for row in undecided(run_day(until=until)) if row["why"] == "consent_lapsed"]
    assert [(row["rule_id"], row["person_id"], row["district"]) for row in rows] == [("", "", "370102")] * is_listed


@pytest.mark.parametrize(("area", "is_evaluated"), [("370114101", True), ("110101001", False), ("", False)])
def test_a_household_outside_jinan_or_of_unknown_area_is_listed_and_not_evaluated(
    run_day: Callable[..., Path], area: str, is_evaluated: bool
) -> None:
    (name, (part, content)), = rural(D).items()
    folder = run_day(rural_revitalization={name: (part, content.replace(b"370114101", area.encode()))})
    assert ("A08" in flags(folder)) is is_evaluated
    assert [row["why"] for row in undecided(folder)].count("no_district") == (0 if is_evaluated else 1)


def test_the_report_counts_what_is_listed_as_not_decided(published: Path) -> None:
    told = json.loads((published / "validation" / "results.json").read_text("utf-8"))["undecided"]
    listed = Counter((row["why"], row["rule_id"] or None) for row in undecided(published))
    assert {(row["why"], row["rule_id"]): row["subject_count"] for row in told} == listed
    assert listed["cannot_tell", "B01"] == 1


def undecided(folder: Path) -> list[dict[str, str]]:
    """What the day lists as not decided."""
    with (folder / "validation" / "undecided.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def another_family(day: date) -> dict[str, tuple[str, bytes]]:
    """The rural file with another family in the place of the one that it named."""
    (name, (part, content)), = rural(day).items()
    return {name: (part, content.replace(b"RH1", b"RH2").replace(SON.encode(), b"370102199001010015"))}


def test_the_same_day_twice_gives_the_same_bytes(published: Path) -> None:
    before = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}
    for step in steps.DAY:
        step(D.isoformat())
    assert {path: path.read_bytes() for path in published.rglob("*") if path.is_file()} == before


def test_no_name_id_or_phone_stands_in_any_machine_file_or_report(published: Path) -> None:
    for path in [*published.rglob("*.csv"), *published.rglob("*.json"), *published.rglob("*.html")]:
        text = path.read_text("utf-8")
        assert not any(secret in text for secret in (MOTHER, SON, "王秀英", "赵某", "13800001234"))


def test_a_worklist_masks_names_ids_and_phones(published: Path) -> None:
    book = openpyxl.load_workbook(next((published / "worklists").glob("370102_*.xlsx")))
    cells = [str(cell.value) for row in book["清单"].iter_rows() for cell in row]
    assert {"王**", "3701**********2324", "138****1234"} <= set(cells)
    assert not {MOTHER, "王秀英", "13800001234"} & set(cells)
    assert any("登记机动车1辆" in cell for cell in cells)

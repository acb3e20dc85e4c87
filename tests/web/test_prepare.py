"""What the pages keep of a day, and for how long."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome import schema
from lowincome.lake import Lake
from lowincome.register.statistics import ANSWERED_FLAG
from lowincome.rules import catalogue
from lowincome.web import prepare

from tests.web import world

D = world.D


def test_pages_older_than_a_week_are_removed_and_no_others(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    kept = [D - timedelta(days=back) for back in (-1, 0, 1, 7)]
    for day in [*kept, D - timedelta(days=8), date(2025, 1, 1)]:
        lake.pages(day, "run").mkdir(parents=True)
    prepare.remove_old(tmp_path / "pages", D)
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {day.isoformat() for day in kept}


def test_a_run_prepared_again_replaces_its_folder_whole(tmp_path: Path) -> None:
    world.build(tmp_path, (D,))
    folder = Lake(tmp_path / "lake").pages(D, f"run-{D}")
    (folder / "370102" / "left_over.parquet").write_bytes(b"")
    world.prepare_day(tmp_path / "lake", D, world.HOUSEHOLDS)
    assert {path.name for path in (folder / "370102").iterdir()} == {f"{name}.parquet" for name in prepare.TABLES}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_every_district_has_every_table_also_where_nothing_is_flagged(tmp_path: Path) -> None:
    world.prepare_day(tmp_path, D, {"H370102000001": "370102"})
    files = list(Lake(tmp_path).pages(D, f"run-{D}").rglob("*.parquet"))
    assert len(files) == len(prepare.district_names()) * len(prepare.TABLES)


@pytest.mark.parametrize(("born", "age", "is_child"), [
    (date(2012, 11, 22), 14, False), (date(2012, 11, 23), 13, True), (date(1960, 1, 2), 66, False),
    (date(1960, 12, 2), 65, False), (None, None, False)])
def test_of_a_child_under_fourteen_less_is_shown_and_of_nobody_the_birth_date(
    tmp_path: Path, born: date | None, age: int | None, is_child: bool
) -> None:
    tables = world.inputs({"H370102000001": "370102"}, D)
    person, key = tables["person"].to_pylist()[0], tables["person_link"]["record_key"][0].as_py()
    tables["person"] = pa.Table.from_pylist([person | {"birth_date": born}], schema.TABLES["person"])
    tables["certificate"] = pa.Table.from_pylist(
        [{"source": "disabled_federation", "record_key": key, "category": "6", "level": "1", "issued_on": D}],
        schema.TABLES["certificate"])
    run = pa.table({"data_date": pa.array([D], pa.date32()), "month": [f"{D:%Y%m}"]})
    prepare.build(tables, run, catalogue.as_dicts(), ANSWERED_FLAG.empty_table(), tmp_path / "day" / "run")
    (member,) = pq.read_table(tmp_path / "day" / "run" / "370102" / "member.parquet").to_pylist()
    facts = pq.read_table(tmp_path / "day" / "run" / "370102" / "fact.parquet").to_pylist()
    (certificate,) = [fact for fact in facts if fact["code"] == "CERTIFICATE"]
    assert member["is_child"] is is_child
    assert (member["id_no"] == "", member["phone"] == "") == (is_child, is_child)
    assert member["age"] == age and not {name for name, value in member.items() if isinstance(value, date)}
    assert (certificate["detail"], certificate["valid_from"]) == ((None, None) if is_child else ("6 1", "2026-11-22"))


def test_facts_of_one_person_code_and_month_stand_in_the_order_of_their_records(tmp_path: Path) -> None:
    tables = world.inputs({"H370102000001": "370102"}, D)
    person = tables["person"].to_pylist()[0]
    run = pa.table({"data_date": pa.array([D], pa.date32()), "month": [f"{D:%Y%m}"]})
    said = {"person_id": person["person_id"], "source": "city_check", "item_code": "I01", "period_from": "202611",
            "status": "HIT", "as_of": D, "is_corrected": False}
    shuffled = [said | {"record_key": f"city_check:{place * 7 % 10}"} for place in range(10)]
    tables["winning_fact"] = pa.Table.from_pylist(shuffled, schema.TABLES["winning_fact"])
    prepare.build(tables, run, catalogue.as_dicts(), ANSWERED_FLAG.empty_table(), tmp_path / "day" / "run")
    facts = pq.read_table(tmp_path / "day" / "run" / "370102" / "fact.parquet").to_pylist()
    assert [fact["record_key"] for fact in facts if fact["code"] == "I01"] == [f"city_check:{n}" for n in range(10)]


@pytest.mark.parametrize(("certainty", "owed"), [("possible", "A04:1"), ("certain", None)])
def test_a_possible_flag_keeps_which_items_nobody_answered(
    tmp_path: Path, certainty: str, owed: str | None
) -> None:
    tables = world.inputs({"H370102000001": "370102"}, D)
    for name, changes in (("flag_day", {"certainty": certainty}), ("criterion", {"outcome": None, "is_told": True})):
        rows = [row | changes for row in tables[name].to_pylist()]
        tables[name] = pa.Table.from_pylist(rows, schema.TABLES[name])
    tables["winning_fact"] = schema.TABLES["winning_fact"].empty_table()
    run = pa.table({"data_date": pa.array([D], pa.date32()), "month": [f"{D:%Y%m}"]})
    prepare.build(tables, run, catalogue.as_dicts(), ANSWERED_FLAG.empty_table(), tmp_path / "day" / "run")
    assert pq.read_table(tmp_path / "day" / "run" / "370102" / "flag.parquet")["unanswered"].to_pylist() == [owed]


def test_a_number_that_a_source_took_from_an_id_is_masked_wherever_a_page_shows_a_key(tmp_path: Path) -> None:
    home = "370102196001022324"
    world.prepare_day(tmp_path, D, {home: "370102"})
    folder = Lake(tmp_path).pages(D, f"run-{D}") / "370102"
    shown = {name: pq.read_table(folder / f"{table}.parquet")[name][0].as_py() for table, name in (
        ("item", "household_key"), ("fact", "record_key"), ("flag", "evidence"))}
    masked = "assistance_roster:3701**********2324"
    assert shown == {"household_key": masked, "record_key": f"{masked}/1", "evidence": f"{masked}/1"}
    assert pq.read_table(folder / "family.parquet")["household_key"].to_pylist() == [masked]

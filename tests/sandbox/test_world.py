"""People, files, roster and truth: deterministic, well-formed, as dirty as promised."""

import csv
import hashlib
import io
import sqlite3
from datetime import date
from itertools import combinations
from pathlib import Path

import openpyxl
import pytest

from sandbox.builder import MOST_PLANTED, Builder, Config
from sandbox.drops import write_drops
from sandbox.judge.episodes import RULES, Open, judged
from sandbox.population import ELSEWHERE, Population, check_digit
from sandbox.roster import write_roster
from sandbox.running import generate
from sandbox.situations import MOST_COPIES
from sandbox.truth import open_flags
from sandbox.world import World
from tests.sandbox.client import Client
from tests.sandbox.conftest import CONFIG

DAY = date(2026, 11, 20)


def fingerprints(folder: Path) -> dict[str, str]:
    """Digest of every file."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    worlds = [World(Config(60, 11, DAY, 2)) for _ in range(2)]
    for number, world in enumerate(worlds):
        generate(world, tmp_path / str(number))
    assert fingerprints(tmp_path / "0") == fingerprints(tmp_path / "1")
    clients = [Client(world) for world in worlds]
    assert clients[0].finished("2026-11-21")["files"] == clients[1].finished("2026-11-21")["files"]


def test_another_seed_gives_other_people(built: World) -> None:
    other = World(Config(300, 8, DAY, 3))
    assert built.builder.population.households[0].head.id_no != other.builder.population.households[0].head.id_no


def test_numbers_are_valid_unique_and_of_the_reserved_sequence(built: World) -> None:
    people = {person.no: person for home in built.builder.population.households for person in home.persons}
    numbers = [person.id_no for person in people.values()]
    assert all(number[17] == check_digit(number[:17]) and number[14] == "9" for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_parts_of_one_population_share_nobody() -> None:
    parts = [World(Config(60, 7 + part, DAY, 1, part, 3)).builder for part in range(3)]
    for one, other in combinations(map(named, parts), 2):
        assert one and other and not one & other


def named(builder: Builder) -> set[object]:
    """The numbers by which sources tell households and persons apart."""
    people = builder.population.people.values()
    return {*builder.reports.by_key, *builder.coverages.by_key, *builder.insured.by_key,
            *(home.no for home in builder.population.households), *(person.id_no for person in people)}


def test_where_the_numbers_of_a_day_are_used_up_people_have_moved_here() -> None:
    population = Population(7, DAY, sequences=range(900, 902))
    born = [population.person("370102", "02", "1", date(1980, 1, 1), "王", "").id_no for _ in range(5)]
    assert len(set(born)) == 5 and born[0][:6] == "370102" and {number[:6] for number in born[1:]} <= set(ELSEWHERE)


def test_what_is_planted_fits_between_two_parts() -> None:
    planted = len(World(Config(0, 7, DAY, 1)).builder.population.households)
    assert 0 < planted * MOST_COPIES <= MOST_PLANTED


def test_records_of_a_later_part_change_too() -> None:
    reports = World(Config(200, 7, DAY, 2, 4, 5), changed=(0.5,)).builder.reports.by_key
    assert sum(versions[-1].at.date() > DAY for versions in reports.values()) > len(reports) * 0.2


def test_about_two_in_a_hundred_records_change_each_day(client: Client) -> None:
    whole = client.finished("2026-11-20")["totalReports"]
    daily = client.finished("2026-11-22", "INCREMENTAL", "2026-11-22")["totalReports"]
    assert 0.005 < daily / whole < 0.04


def test_as_many_records_change_as_are_asked_for_and_two_in_a_hundred_after_that() -> None:
    reports = World(Config(200, 7, DAY, 4)).builder.reports.by_key
    still, moved = renewed((0.0, 0.0, 0.0)), renewed((0.0, 0.5))
    none, half, usual = (more - less for more, less in zip(moved, still, strict=True))
    assert none == 0 < usual < len(reports) * 0.04 < len(reports) * 0.2 < half


def renewed(changed: tuple[float, ...]) -> list[int]:
    """How many versions of reports each day after the first brings, planted ones among them."""
    world = World(Config(200, 7, DAY, 4), changed=changed)
    days = [one.at.date() for versions in world.builder.reports.by_key.values() for one in versions[1:]]
    return [days.count(day) for day in world.config.dates[1:]]


def test_the_monitor_file_is_gb18030_with_its_digest_and_broken_rows(world: World, tmp_path: Path) -> None:
    write_drops(world, tmp_path, DAY)
    content = (tmp_path / "rural/rr_monitor_20261120.csv").read_bytes()
    assert (tmp_path / "rural/rr_monitor_20261120.csv.md5").read_text()[:32].lower() == hashlib.md5(content).hexdigest()
    assert (tmp_path / "rural/rr_monitor_20261120.csv.ok").read_bytes() == b""
    with pytest.raises(UnicodeDecodeError):
        content.decode("gb18030")
    rows = list(csv.DictReader(io.StringIO(content.decode("gb18030", "replace").removeprefix("\ufeff"), newline="")))
    assert {"户编号", "证件号码", "更新日期"} <= set(rows[0])
    assert len([row for row in rows if None in row or None in row.values()]) == 2


def test_a_correction_stands_beside_the_days_earlier_file(world: World, tmp_path: Path) -> None:
    write_drops(world, tmp_path, date(2026, 11, 21))
    first, second = (tmp_path / f"rural/rr_monitor_20261121{n}.csv" for n in ("", "_1"))
    assert len(first.read_bytes()) < len(second.read_bytes())


def test_the_workbook_has_a_header_a_number_for_an_id_and_a_closing_row(world: World, tmp_path: Path) -> None:
    write_drops(world, tmp_path, DAY)
    book = openpyxl.load_workbook(tmp_path / "federation/cl_cert_20261120.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    texts = [cell.value for cell in cells]
    assert "残疾人证号" in texts and "合计" in texts
    assert any(isinstance(value, int | float) and value > 10**16 for value in texts)


def test_the_roster_stands_at_the_day_it_is_asked_for(world: World, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'roster.db'}"
    amounts = []
    for day in (DAY, date(2026, 11, 22)):
        assert write_roster(url, world, day)["assist_member"] > 100
        with sqlite3.connect(tmp_path / "roster.db") as connection:
            amounts.append(connection.execute("select household_no, monthly_amount from assist_household").fetchall())
    assert amounts[0] != amounts[1]
    assert len(amounts[0]) == len(amounts[1])


def test_ended_households_alone_have_an_end(built: World) -> None:
    for versions in built.builder.coverages.by_key.values():
        assert (versions[-1].value["status"] == "ENDED") == (versions[-1].value["ended_on"] is not None)


PLANNED = ("A08", "B01", "B02", "B04", "B05", "Q01", "Q04")


@pytest.fixture(scope="module")
def days(built: World) -> dict[date, list[Open]]:
    """Every open flag of every day, by the judge."""
    return dict(judged(built.builder))


def test_rules_with_plans_have_positives_and_near_misses(built: World) -> None:
    for rule in PLANNED:
        plans = [one for one in built.builder.expected if one.rule == rule]
        assert any(one.certainty(DAY) for one in plans), rule
        assert any(not one.certainty(day) for one in plans for day in CONFIG.dates), rule


def test_the_judge_agrees_with_every_plan(built: World, days: dict[date, list[Open]]) -> None:
    for one in built.builder.expected:
        for day, flags in days.items():
            judged_so = [flag.certainty for flag in flags if flag.rule == one.rule and flag.subject.keys is one.keys]
            assert judged_so == [certainty] if (certainty := one.certainty(day)) else not judged_so, one


def test_every_rule_is_raised_somewhere(days: dict[date, list[Open]]) -> None:
    assert {flag.rule for flags in days.values() for flag in flags} == set(RULES)


def test_the_truth_names_every_flag_by_lasting_keys(days: dict[date, list[Open]]) -> None:
    truth = open_flags(days[DAY], {})
    assert {entry["certainty"] for entry in truth["A01"]} == {"certain", "possible"}
    assert all(entry["key"] in entry["keys"] for entries in truth.values() for entry in entries)


def test_secrets_are_made_from_the_seed(built: World) -> None:
    assert len({built.secret(source) for source in ("province_check", "city_check", "medical_insurance")}) == 3
    assert built.secret("city_check") == World(CONFIG).secret("city_check")

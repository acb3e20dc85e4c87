"""Members of one report that bear one number."""

import json
from typing import Any

import pytest
from lowincome.lake import Lake

from tests.standardise.deliveries import NEXT, D, item, province, quarantine, report, rows

ONE = report()["members"][0] | {"items": [item(itemCode="I01", amount="6000.00")]}
OTHER = ONE | {"name": "李某", "idNo": ""}


def amounts(lake: Lake, record: dict[str, Any]) -> list[tuple[str, int]]:
    found = rows(lake, record, "economic_fact")
    return sorted((row["record_key"].rpartition("/")[2], row["amount_fen"]) for row in found)


def names(lake: Lake, record: dict[str, Any]) -> dict[str, str]:
    return {row["member_no"]: row["name"] for row in rows(lake, record, "person_record")}


@pytest.mark.parametrize("again", [ONE, ONE | {"memberNo": "1"}, ONE | {"memberNo": " 1\u3000"}])
@pytest.mark.parametrize("times", [1, 2])
def test_the_same_member_again_counts_once_with_its_items(lake: Lake, again: dict[str, Any], times: int) -> None:
    record = province(lake, report(members=[ONE, OTHER | {"memberNo": 2}, *[again] * times]), door=True)
    assert names(lake, record) == {"1": "王某", "2": "李某"}
    assert amounts(lake, record) == [("1", 600_000), ("2", 600_000)]
    assert (record["state"], record["rows_in"], record["kept"]) == ("ok", 2 + times, 2 + times)
    assert record["facts"] == {"rows_in": 2 + times, "kept": 2 + times, "quarantined": 0, "refused": 0}


@pytest.mark.parametrize("other", [
    OTHER, OTHER | {"memberNo": "1"}, OTHER | {"memberNo": "\t1"}, ONE | {"phone": "13800000000"},
    ONE | {"items": [item(itemCode="I01", amount="6000.01")]}, ONE | {"newField": 1}])
def test_members_that_differ_under_one_number_are_quarantined_with_their_items(
    lake: Lake, other: dict[str, Any]
) -> None:
    record = province(lake, report(members=[ONE, OTHER | {"memberNo": 2}, other]), door=True)
    assert (names(lake, record), amounts(lake, record)) == ({"2": "李某"}, [("2", 600_000)])
    assert quarantine(lake, record) == {("province_check:SD1/1", "member_twice")}
    assert (record["state"], record["rows_in"], record["kept"], record["quarantined"]) == ("ok", 3, 1, 2)
    assert record["facts"] == {"rows_in": 3, "kept": 1, "quarantined": 2, "refused": 0}


def test_a_member_that_came_twice_and_once_otherwise_is_quarantined_each_time(lake: Lake) -> None:
    record = province(lake, report(members=[ONE, ONE, OTHER]))
    assert (record["quarantined"], record["kept"], record["facts"]["quarantined"]) == (3, 0, 3)


@pytest.mark.parametrize("number", ["11", "01", "1a", 10**20])
def test_members_alike_in_all_but_their_number_are_two(lake: Lake, number: Any) -> None:
    record = province(lake, report(members=[ONE, ONE | {"memberNo": number}]))
    assert amounts(lake, record) == sorted([("1", 600_000), (str(number), 600_000)])
    assert (record["kept"], record["quarantined"]) == (2, 0)


def test_members_without_a_number_are_no_twins(lake: Lake) -> None:
    record = province(lake, report(members=[ONE, OTHER | {"memberNo": None}, ONE | {"memberNo": " "}, None, 5]))
    assert {reason for _, reason in quarantine(lake, record)} == {"required:record_key"}
    assert (record["kept"], record["quarantined"], record["facts"]["quarantined"]) == (1, 4, 2)


def test_the_same_number_in_two_reports_is_no_twin_and_two_items_of_a_member_stay_two(lake: Lake) -> None:
    both = ONE | {"items": [item(), item()]}
    record = province(lake, report("SD1", members=[both]), report("SD2", members=[OTHER]))
    assert (len(amounts(lake, record)), record["facts"]["kept"], record["quarantined"]) == (3, 3, 0)


def test_twins_of_which_one_has_no_items_or_no_array_are_told_all_the_same(lake: Lake) -> None:
    record = province(lake, report(members=[ONE, ONE | {"items": None}, ONE | {"items": "none"}]))
    assert (record["quarantined"], record["facts"]) == (
        3, {"rows_in": 2, "kept": 0, "quarantined": 2, "refused": 0})


def test_a_report_whose_members_all_bear_one_number_replaces_what_was_known(lake: Lake) -> None:
    province(lake, report())
    record = province(lake, report(members=[ONE, OTHER]), day=NEXT, since=D)
    assert [len(rows(lake, record, table)) for table in ("check_report", "person_record", "economic_fact")] == [1, 0, 0]


def test_a_report_of_very_many_members_is_looked_through_in_no_long_time(lake: Lake) -> None:
    members = [{"memberNo": number // 2, "name": str(number % 4)} for number in range(2000)]
    record = province(lake, json.dumps(report(members=members)))
    assert (record["rows_in"], record["quarantined"]) == (2000, 2000)

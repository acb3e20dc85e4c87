"""Another kind of record is another comparison set: Australian records by the benchmark's page and SQL files."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from benchmarks.febrl import ours

Row = dict[str, Any]
GIVEN = ("harriet", "desmond", "lucinda", "ambrose", "winifred", "percival")
SURNAMES = ("okafor", "lindqvist", "marchetti", "thorburn", "zielinski")
STREETS = ("wattle crescent", "harbour parade", "quarry lane", "jacaranda way", "observatory hill")
COLUMNS = ("given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
           "date_of_birth", "soc_sec_id")


def person(number: int) -> Row:
    """One of thirty who share names, streets and states, and nothing else."""
    return {
        "given_name": GIVEN[number % 6], "surname": SURNAMES[number % 5], "street_number": str(11 + number * 7),
        "address_1": STREETS[number // 6], "address_2": f"{STREETS[number % 5]} estate",
        "suburb": f"suburb {number * 31}", "postcode": str(2000 + number * 97), "state": ("nsw", "vic")[number % 2],
        "date_of_birth": f"19{30 + number}{1 + number % 9:02d}{10 + number % 17}", "soc_sec_id": None}


def lists(change: Callable[[Row], Row]) -> pa.Table:
    """Everybody once in each of two lists; in the second as `change` makes it."""
    rows = [
        {"record_key": f"{name}{number}", "list": name, **(one if name == "a" else one | change(one))}
        for number, one in enumerate(map(person, range(30))) for name in "ab"]
    return pa.Table.from_pylist(rows, pa.schema({name: pa.string() for name in ("record_key", "list", *COLUMNS)}))


def groups(links: pa.Table) -> set[frozenset[str]]:
    found = defaultdict(set)
    for row in links.to_pylist():
        found[row["person_id"]].add(row["record_key"])
    return {frozenset(keys) for keys in found.values()}


PAIRS = {frozenset({f"a{number}", f"b{number}"}) for number in range(30)}


@pytest.mark.parametrize("change", [
    lambda one: {}, lambda one: {"surname": one["surname"][1:]}, lambda one: {"given_name": None, "address_2": None},
    lambda one: {"given_name": one["surname"], "surname": one["given_name"]},
    lambda one: {"address_1": one["address_2"], "address_2": one["address_1"], "state": None},
    lambda one: {"date_of_birth": None, "suburb": one["suburb"][::-1]},
], ids=["nothing", "a letter lost", "silent", "names crossed", "addresses crossed", "no birth date"])
def test_a_person_is_found_again_however_one_thing_was_distorted(change: Callable[[Row], Row]) -> None:
    assert groups(ours.link(lists(change))) == PAIRS


def test_a_neighbour_is_compared_and_is_somebody_else() -> None:
    """The same suburb and postcode make a candidate pair."""
    name = {"given_name": "ottilie", "surname": "vandermeer", "date_of_birth": "20010309"}
    stranger = name | {"street_number": "4", "address_1": "ferry close", "address_2": None}
    found = groups(ours.link(lists(lambda one: stranger if one["street_number"] == "11" else {})))
    assert found == PAIRS - {frozenset({"a0", "b0"})} | {frozenset({"a0"}), frozenset({"b0"})}


def test_a_list_that_knows_each_person_once_holds_no_person_twice() -> None:
    records = lists(lambda one: {})
    twice = [*records.to_pylist(), records.slice(0, 1).to_pylist()[0] | {"record_key": "a30"}]
    found = groups(ours.link(pa.Table.from_pylist(twice, records.schema)))
    assert not any({"a0", "a30"} <= group for group in found)
    assert frozenset({"a1", "b1"}) in found

"""Who must not be merged in the benchmark's city, told from the persons and not from any way of linking them."""

from collections import defaultdict
from functools import cache

import pytest

from benchmarks.resolution import truth

DIRT = truth.Dirt(
    missing=0, mistyped=0, legacy=0, name_variant=0, changed_address=0, twins=0.05, namesakes=0.05, other_id=0.05)
Values = dict[int, set[str]]


@cache
def city() -> tuple[dict[str, list[tuple[int, int]]], dict[str, Values]]:
    """Pairs of persons who both have records, by kind; all that the records say of each person, by column."""
    records = truth.records(5, 3000, DIRT)
    said: dict[str, Values] = {column: defaultdict(set) for column in ("name", "birth_date", "id_raw")}
    for row in records.to_pylist():
        for column, values in said.items():
            values[row["person_no"]].add(str(row[column]))
    pairs = defaultdict(list)
    for row in truth.apart(5, 3000, DIRT, records).to_pylist():
        if {row["person_no"], row["other_no"]} <= said["name"].keys():
            pairs[row["kind"]].append((row["person_no"], row["other_no"]))
    return pairs, said


@pytest.mark.parametrize(("kind", "same", "other"), [
    ("twin", {"birth_date"}, {"name", "id_raw"}), ("namesake", {"name", "birth_date"}, {"id_raw"})])
def test_they_share_what_makes_them_hard_to_tell_apart(kind: str, same: set[str], other: set[str]) -> None:
    pairs, said = city()
    honest = [pair for pair in pairs[kind] if all(len(said["id_raw"][person]) == 1 for person in pair)]
    assert honest
    for one, two in honest:
        assert all(said[column][one] == said[column][two] for column in same)
        assert all(said[column][one] != said[column][two] for column in other)


def test_a_borrowed_number_is_also_its_owners() -> None:
    pairs, said = city()
    assert pairs["other_id"]
    assert all(said["id_raw"][one] & said["id_raw"][owner] for one, owner in pairs["other_id"])

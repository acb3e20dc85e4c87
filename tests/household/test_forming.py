"""Which families become one household (rules.md section 2)."""

from pathlib import Path

import pyarrow as pa
import pytest
from lowincome import schema
from lowincome.household import stage
from lowincome.household.forming import form_households
from lowincome.lake import read_rows

ROSTER, PROVINCE, CITY, RURAL, ENDED = range(5)


def numbers(families: list[tuple[str, int, str]], members: dict[str, str]) -> list[tuple[str, int, str]]:
    """Key, household and role of each family; a person is a letter."""
    keys = sorted(key for key, _, _ in families)
    asked = [(level, keys.index(key) + 1, ord(head), [ord(person) for person in members[key]])
             for key, level, head in families]
    placed = form_households(asked, ord("z"))
    return [(key, *one) for (key, _, _), one in zip(families, placed, strict=True)]


def test_each_roster_household_is_one_even_with_the_same_head() -> None:
    placed = numbers([("r1", ROSTER, "a"), ("r2", ROSTER, "a")], {"r1": "ab", "r2": "ab"})
    assert [role for _, _, role in placed] == ["forming", "forming"]


def test_a_family_joins_the_household_with_its_head_even_alone() -> None:
    placed = numbers([("r1", ROSTER, "a"), ("p1", PROVINCE, "a")], {"r1": "ab", "p1": "a"})
    assert placed[1] == ("p1", 1, "joined")


def test_without_the_head_two_shared_persons_join_and_one_does_not() -> None:
    families = [("r1", ROSTER, "a"), ("p1", PROVINCE, "b")]
    assert numbers(families, {"r1": "abc", "p1": "bc"})[1] == ("p1", 1, "joined")
    assert numbers(families, {"r1": "abc", "p1": "bd"})[1] == ("p1", 2, "forming")


def test_the_head_counts_before_the_number_of_shared_persons() -> None:
    families = [("r1", ROSTER, "x"), ("r2", ROSTER, "a"), ("p1", PROVINCE, "a")]
    assert numbers(families, {"r1": "bcd", "r2": "a", "p1": "abcd"})[2] == ("p1", 2, "joined")


def test_the_most_shared_persons_win_and_a_tie_goes_to_the_lowest_key() -> None:
    families = [("r1", ROSTER, "x"), ("r2", ROSTER, "y"), ("p1", PROVINCE, "z")]
    assert numbers(families, {"r1": "ab", "r2": "cde", "p1": "abcde"})[2] == ("p1", 2, "joined")
    assert numbers(families, {"r1": "ab", "r2": "cd", "p1": "abcd"})[2] == ("p1", 1, "joined")


def test_a_tie_between_systems_goes_to_the_lowest_key_too() -> None:
    families = [("province:1", PROVINCE, "x"), ("city:1", CITY, "y"), ("rural:1", RURAL, "z")]
    members = {"province:1": "ab", "city:1": "cd", "rural:1": "abcd"}
    assert numbers(families, members)[2] == ("rural:1", 2, "joined")


def test_an_ended_roster_household_attaches_as_history_or_stands_alone() -> None:
    families = [("r1", ROSTER, "a"), ("e1", ENDED, "a"), ("e2", ENDED, "z")]
    placed = numbers(families, {"r1": "ab", "e1": "a", "e2": "yz"})
    assert placed[1:] == [("e1", 1, "history"), ("e2", 3, "forming")]


@pytest.mark.parametrize("at_a_time", [1, 2, 50_000])
def test_households_are_the_same_however_many_families_are_looked_at_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    families = [("r9", ROSTER, "P5"), ("r1", ROSTER, None), ("p1", PROVINCE, "P1"), ("c1", CITY, "P2")]
    members = [("r9", "P5"), ("p1", "P1"), ("p1", "P2"), ("p1", "P2"), ("c1", "P2"), ("c1", "P1")]
    known = {
        "family": pa.table({
            "place": range(1, 5), "family_key": [key for key, _, _ in families],
            "level": [level for _, level, _ in families], "head_person_id": [head for _, _, head in families]}),
        "family_member": pa.table(dict(zip(("family_key", "person_id"), zip(*members, strict=True), strict=True)))}
    monkeypatch.setattr(stage, "FAMILIES_AT_A_TIME", at_a_time)
    assert stage._form(known, tmp_path / "formed") == 4
    assert [tuple(row.values()) for row in read_rows(tmp_path / "formed").to_pylist()] == [
        ("r9", 1, "forming"), ("r1", 2, "forming"), ("p1", 3, "forming"), ("c1", 3, "joined")]


def test_without_families_there_are_no_households(tmp_path: Path) -> None:
    none = {name: pa.table({"place": pa.array([], pa.int64()), "level": pa.array([], pa.int64()),
                            **{column: pa.array([], pa.string()) for column in (
                                "family_key", "head_person_id", "person_id")}}) for name in ("family", "family_member")}
    assert stage._form(none, tmp_path / "formed") == 0
    assert read_rows(tmp_path / "formed").schema == schema.TABLES["family_household"]

"""Who is who in the sandbox, as `evaluate-linkage` is told."""

from collections import Counter
from datetime import date
from itertools import combinations

import pytest

from sandbox.linkage_truth import linkage_truth
from sandbox.world import World

DAY, BEFORE_THE_ROSTER = date(2026, 11, 20), date(2026, 10, 20)


def test_each_record_is_told_once_by_the_person_who_bears_its_key(built: World) -> None:
    records, _ = linkage_truth(built.builder, DAY)
    people = built.builder.population.people
    assert len({key for key, _, _ in records}) == len(records)
    assert all(key in people[no].keys for key, no, _ in records)


def test_every_kind_of_dirt_is_told(built: World) -> None:
    kinds = Counter(kind for _, _, kind in linkage_truth(built.builder, DAY)[0])
    assert {"clean", "missing_id", "mistyped_id", "legacy_id", "other_id"} <= set(kinds)
    assert kinds.most_common(1)[0][0] == "clean"


@pytest.mark.parametrize("kind", ["twin", "namesake", "other_id", "shared_id"])
def test_those_who_must_stay_apart_are_told_with_the_reason(kind: str, built: World) -> None:
    assert kind in {pair.kind for pair in linkage_truth(built.builder, DAY)[1]}


def test_nobody_is_apart_from_himself_and_everybody_has_a_record(built: World) -> None:
    records, apart = linkage_truth(built.builder, DAY)
    told = {no for _, no, _ in records}
    assert apart
    assert all(pair.person_no < pair.other_no and {pair.person_no, pair.other_no} <= told for pair in apart)


def test_twins_are_told_and_other_siblings_are_not(built: World) -> None:
    twins = {(pair.person_no, pair.other_no) for pair in linkage_truth(built.builder, DAY)[1] if pair.kind == "twin"}
    for home in built.builder.population.households:
        for one, other in combinations(home.persons, 2):
            pair = tuple(sorted((one.no, other.no)))
            assert (pair in twins) == (one.birth == other.birth) or not (one.keys and other.keys)


def test_what_comes_later_is_told_later(built: World) -> None:
    early, today = ({key for key, _, _ in linkage_truth(built.builder, day)[0]} for day in (BEFORE_THE_ROSTER, DAY))
    assert early and early < today

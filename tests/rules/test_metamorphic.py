"""What must hold whatever the data: changes of the hand-worked households whose effect is known beforehand."""

import random
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lowincome import day_tables, schema, steps
from lowincome.household import stage as household_stage
from lowincome.lake import Lake
from lowincome.rules import stage as rules_stage
from lowincome.rules.parameters import Parameter, load_parameters
from lowincome.run import read_run
from lowincome.settings import read_settings

from tests.oracle import pipeline
from tests.oracle.day import CITY, Row
from tests.rules.test_cases import CASES, D, delivery

QUICK = settings(max_examples=2, deadline=None, derandomize=True,
                 suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
SAMPLED = [case for case in CASES if case.on == D and not case.content.get("yesterday")][::8]
STATUS_ITEMS = ("S01", "S02", "S03", "S05")
"""Unknown death and custody leave a member counted, by the rules; whether work was lost is told by a history."""
Outcomes = dict[tuple[str, str], str]



@dataclass(frozen=True)
class World:
    """A resolved day: its frozen inputs, and how to judge it again with some of them changed."""

    inputs: dict[str, Any]
    run: pa.Table
    home: Path

    def judged(self, law: list[Parameter] | None = None, /, **changes: list[Row]) -> Outcomes:
        """Outcome of every rule and subject; what is missing is false."""
        tables = {name: pa.Table.from_pylist(rows, schema.TABLES[name]) for name, rows in changes.items()}
        known = self.inputs | tables

        def out(table: str) -> Path:
            return self.home / f"{table}.parquet"

        built = household_stage.build(known, self.run, out)
        rules_stage.build(known | {table: [out(table)] for table in built}, self.run, out, law)
        rows = pq.read_table(out("outcome")).to_pylist()
        return {(row["rule_id"], row["person_id"] or row["household_id"]): row["outcome"] for row in rows}

    @cached_property
    def undisturbed(self) -> Outcomes:
        """The outcomes of the day as it came."""
        return self.judged()

    @cached_property
    def of_one_system(self) -> Outcomes:
        """The outcomes without the city's facts."""
        return self.judged(economic_fact=self.provincial)

    @property
    def provincial(self) -> list[Row]:
        """Facts of the province alone, so that no other system takes over where one is lost."""
        return [row for row in self.rows("economic_fact") if row["source"] != CITY]

    def rows(self, table: str) -> list[Row]:
        """The rows of an input."""
        held = self.inputs[table]
        read = held if isinstance(held, pa.Table) else pa.concat_tables([pq.read_table(one) for one in held])
        return [dict(row) for row in read.to_pylist()]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every eighth hand-worked household, frozen and resolved once."""
    home = tmp_path_factory.mktemp("metamorphic")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOWINCOME_HOME", str(home))
        patch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")
        patch.setattr(pipeline, "STAGES", (steps.freeze, steps.resolve))
        pipeline.start(home).run(delivery(D, [case.today for case in SAMPLED]))
        run = read_run(Lake(home / "lake"), D)
        found = day_tables.known_tables(run, read_settings())
        return World(found, run.table("key of the test"), tmp_path_factory.mktemp("judged"))


@QUICK
@given(seed=st.integers(0, 2**16), is_removed=st.booleans())
def test_losing_an_answer_never_makes_anything_more_certain(world: World, seed: int, is_removed: bool) -> None:
    chance = random.Random(seed)
    facts = world.provincial
    lost = {(row["record_key"], row["item_code"]) for row in facts
            if row["item_code"] not in STATUS_ITEMS and chance.random() < 0.2}
    kept = [row for row in facts if (row["record_key"], row["item_code"]) not in lost]
    unanswered = [row | {"status": "ERROR", "amount_fen": None, "quantity": None} for row in facts
                  if (row["record_key"], row["item_code"]) in lost and not is_removed]
    before, after = world.of_one_system, world.judged(economic_fact=kept + unanswered)
    newly = {key for key, outcome in after.items() if outcome == "certain" and before.get(key) != "certain"}
    gone = {key for key, outcome in before.items() if outcome != "false" and after.get(key, "false") == "false"}
    assert not newly
    assert not {key for key in gone if key[0] not in ("A03", "Q01", "Q03")}  # these stand on other answers


@QUICK
@given(seed=st.integers(0, 2**16))
def test_the_order_of_rows_never_changes_a_day(world: World, seed: int) -> None:
    chance = random.Random(seed)
    tables = ("economic_fact", "coverage", "certificate", "settlement", "subsidy", "current_record", "person_link")
    shuffled = {table: chance.sample(rows, len(rows)) for table in tables if (rows := world.rows(table))}
    assert world.judged(**shuffled) == world.undisturbed


@QUICK
@given(seed=st.integers(0, 2**16))
def test_what_is_said_of_one_never_changes_an_answer_about_another(world: World, seed: int) -> None:
    facts = world.rows("economic_fact")
    said_of = random.Random(seed).choice(SAMPLED).number
    changed = [row | {"amount_fen": 7777777, "status": "HIT"} if _case(row["record_key"]) == said_of else row
               for row in facts]
    before, after = world.undisturbed, world.judged(economic_fact=changed)
    case_of = {row["person_id"]: _case(row["record_key"]) for row in world.rows("person_link")}
    seats = pq.read_table(world.home / "household_member.parquet").to_pylist()
    case_of |= {row["household_id"]: case_of[row["person_id"]] for row in seats}
    differing = {subject for rule, subject in before.keys() | after.keys()
                 if before.get((rule, subject)) != after.get((rule, subject))}
    assert {case_of.get(subject) for subject in differing} <= {said_of}


def _case(record_key: str) -> int | None:
    """The number of the case in a key of a checking system or the roster."""
    digits = "".join(c if c.isdigit() else " " for c in record_key.partition(":")[2]).split()
    return int(digits[0]) if digits else None


@pytest.mark.parametrize("share", ["1.10", "1.50"])
def test_a_higher_standard_lets_more_in_and_fewer_out(world: World, share: str) -> None:
    before, after = world.undisturbed, world.judged(_raised(Decimal(share)))
    rank = {"false": 0, "possible": 1, "certain": 2}

    def moved(rule: str, is_up: bool) -> set[str]:
        subjects = {subject for one, subject in before.keys() | after.keys() if one == rule}
        told_of = {one: (before.get((rule, one), "false"), after.get((rule, one), "false")) for one in subjects}
        told = {one: (rank[a], rank[b]) for one, (a, b) in told_of.items() if "unknown" not in (a, b)}
        return {one for one, (a, b) in told.items() if (b > a if is_up else b < a)}

    assert moved("A01", is_up=True) and not moved("A01", is_up=False)
    assert moved("B03", is_up=False) and not moved("B03", is_up=True)


def _raised(share: Decimal) -> list[Parameter]:
    """The law that ships with its standard scaled."""
    return [_scaled(one, share) if one.id == "standard" else one for one in load_parameters()]


def _scaled(standard: Parameter, share: Decimal) -> Parameter:
    versions = tuple(replace(version, amounts={place: int(amount * share) for place, amount in version.amounts.items()})
                     for version in standard.versions)
    return replace(standard, versions=versions)

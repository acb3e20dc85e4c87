"""Answers that are carried over from the day before are those that a day without a day before finds, byte for byte."""

import math
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome import day_tables, schema, steps
from lowincome.errors import AuditFailed, SettingsInvalid
from lowincome.household import stage as household_stage
from lowincome.lake import Lake
from lowincome.rules import carry
from lowincome.rules import stage as rules_stage
from lowincome.rules.answers import KINDS, NOBODY, OF_EARLIER_RULES, SQL
from lowincome.rules.catalogue import rules
from lowincome.run import Run, read_run
from lowincome.settings import asks_everybody, read_settings

from tests.oracle import pipeline
from tests.rules.test_cases import CASES, D, delivery

SAMPLED = [case for case in CASES if case.on == D and not case.content.get("yesterday")][::2]
SEEDS, DAYS, SHARE = (11, 12), 6, 0.03
KEY = "key of the test"
Answers = dict[str, Path]
NEAR = (-366, -31, -1, 0, 1, 30, 60, 366)
"""Dates that move stand so many days from the data date: on both sides of what rules ask about."""
MOVES: dict[str, dict[str, tuple[Any, ...]]] = {
    "economic_fact": {"amount_fen": (None, 0, 60_000, 900_000), "quantity": (None, 0, 1, 3),
                      "status": ("HIT", "NONE", "ERROR")},
    "coverage": {"status": ("ACTIVE", "ENDED"), "ended_on": NEAR, "next_review_on": NEAR, "gradual_exit_until": NEAR,
                 "approved_on": NEAR},
    "certificate": {"valid_until": NEAR, "level": (None, "1", "3"), "is_disputed": (None, True, False)},
    "settlement": {"self_fen": (None, 10, 9_000_000), "settled_at": NEAR},
    "subsidy": {"status": ("ACTIVE", "STOPPED"), "end_month": (None, "202611", "202612", "202702")},
    "monitored_household": {"risk_removed": (None, True, False)},
    "current_record": {"authorized_until": NEAR, "left_on": NEAR, "household_key": ()},
}
"""What changes from day to day; of current_record a record may also go to another household of its source."""

KEYED = (*MOVES, "person_link")
"""Tables that name records."""


@dataclass
class World:
    """A resolved day that moves on: each day some of its rows say something else."""

    inputs: dict[str, Any]
    run: Run
    home: Path
    chance: random.Random = field(default_factory=random.Random)

    def moved(self, days: int) -> "World":
        """The world so many days later."""
        run = replace(self.run, data_date=self.run.data_date + timedelta(days=days))
        tables = {table: self._changed(table, run.data_date) for table in MOVES}
        return World(self.inputs | self._renamed(self.inputs | tables), run, self.home, self.chance)

    def _renamed(self, tables: dict[str, Any]) -> dict[str, pa.Table]:
        """Some records come under another key, as those of a dated file do each day."""
        keys = {row["record_key"] for table in KEYED for row in read(tables[table])}
        new = {key: f"{key}'" for key in sorted(keys) if self.chance.random() < SHARE}
        return {table: pa.Table.from_pylist([
            row | {name: new.get(row[name], row[name]) for name in row.keys() & {"record_key", "person_record_key"}}
            for row in read(tables[table])], schema.TABLES[table]) for table in KEYED}

    def _changed(self, table: str, day: date) -> pa.Table:
        rows = read(self.inputs[table])
        for row in rows:
            for column, values in MOVES[table].items():
                if self.chance.random() < SHARE:
                    row[column] = self._said(row, column, values, rows, day)
        return pa.Table.from_pylist(rows, schema.TABLES[table])

    def _said(self, row: dict[str, Any], column: str, values: tuple[Any, ...], rows: list[Any], day: date) -> Any:
        if column == "household_key":
            return self.chance.choice([one[column] for one in rows if one["source"] == row["source"]])
        said = self.chance.choice(values)
        if values is not NEAR:
            return said
        moved = day + timedelta(days=said)
        return datetime.combine(moved, datetime.min.time()) if column == "settled_at" else moved

    def answered(self, name: str, before: Answers | None = None) -> Answers:
        """The files of the day's answers; with `before` those of the day before are known, and what is open since."""
        folder = self.home / name
        view = self.run.table(KEY)
        known = self.inputs | {f"previous_{table}": [file] for table, file in (before or {}).items()}

        def out(table: str) -> Path:
            return folder / f"{table}.parquet"

        built = household_stage.build(known, view, out)
        rules_stage.build(known | {table: [out(table)] for table in built}, view, out)
        return {table: out(table) for table in ("outcome", "criterion", "dossier")}


def read(table: Any) -> list[dict[str, Any]]:
    held = table if isinstance(table, pa.Table) else pa.concat_tables([pq.read_table(one) for one in table])
    return list(held.to_pylist())


def opened(answers: Answers) -> pa.Table:
    """Open flags as the register would know them after the day."""
    rows = [{"flag_id": f"F{row['rule_id']}{row['person_id'] or row['household_id']}", "rule_id": row["rule_id"],
             "subject_id": row["person_id"] or row["household_id"], "certainty": row["outcome"], "first_seen": D}
            for row in pq.read_table(answers["outcome"]).to_pylist() if row["outcome"] in ("certain", "possible")]
    return pa.Table.from_pylist(rows, schema.TABLES["open_flag"])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Every other hand-worked household, frozen and resolved once."""
    home = tmp_path_factory.mktemp("carried")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOWINCOME_HOME", str(home))
        patch.setenv("LOWINCOME_IDENTITY_KEY", KEY)
        patch.setattr(pipeline, "STAGES", (steps.freeze, steps.resolve))
        pipeline.start(home).run(delivery(D, [case.today for case in SAMPLED]))
        run = read_run(Lake(home / "lake"), D)
        yield World(day_tables.known_tables(run, read_settings()), run, tmp_path_factory.mktemp("answered"))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many subjects' answers were carried over, a number for each day."""
    found: list[int] = []

    def noting(known: Any) -> pa.Table:
        subjects = really(known)
        found.append(subjects.num_rows)
        return subjects

    really = carry.held_subjects
    monkeypatch.setattr(carry, "held_subjects", noting)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_on_random_days_answers_that_are_carried_over_are_those_of_a_whole_day(
    world: World, held: list[int], seed: int
) -> None:
    world = replace(world, chance=random.Random(seed))
    before = world.answered(f"{seed}-0")
    for number in range(1, DAYS + 1):
        world = world.moved(world.chance.choice((1, 1, 1, 2, 9, 31)))
        world.inputs["open_flag"] = opened(before)
        today, anew = world.answered(f"{seed}-{number}", before), world.answered(f"{seed}-{number}-anew")
        for table in carry.ORDER:
            assert today[table].read_bytes() == anew[table].read_bytes(), (table, world.run.data_date)
        before = today
    carried = held[1::2]
    assert min(carried) > 0 and max(carried) < pq.read_metadata(before["dossier"]).num_rows * 4
    assert held[2::2] == [0] * DAYS


def test_where_nothing_changes_all_but_one_in_thirty_are_carried_over(world: World, held: list[int]) -> None:
    first = world.answered("once")
    second = world.answered("again", first)
    world.answered("and again", second)
    units = pq.read_metadata(first["dossier"]).num_rows
    assert held[0] == 0 < held[1]  # whoever was told something is asked once more, for now its records count
    assert held[2] > units * 0.9


def test_days_that_are_counted_go_on_where_nothing_else_changes(world: World, held: list[int]) -> None:
    due = [row | {"next_review_on": D - timedelta(days=3)} for row in read(world.inputs["coverage"])]
    world = replace(world, inputs=world.inputs | {"coverage": pa.Table.from_pylist(due, schema.TABLES["coverage"])})
    before = world.answered("a day", world.answered("a day before"))
    after = replace(world, run=replace(world.run, data_date=D + timedelta(days=1))).answered("the next", before)
    assert held[2] > 0
    assert (overdue(before), overdue(after)) == ({3}, {4})


def overdue(answers: Answers) -> set[Any]:
    """How many days reviews are told to be overdue."""
    return {row["low"] for row in read([answers["criterion"]]) if row["criterion"] == "review_overdue"} - {None}


@pytest.mark.parametrize("parts", [2, 7])
def test_answers_are_the_same_however_many_are_asked_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    asked, really = list[object](), rules_stage._evaluate
    monkeypatch.setattr(rules_stage, "_evaluate", lambda known, *more: asked.append(known) or really(known, *more))
    at_once = world.answered("all at once")
    figures = [at_once["outcome"].with_name(f"{kind}_figure.parquet") for kind in KINDS]
    subjects = sum(pq.read_metadata(file).num_rows for file in figures)
    monkeypatch.setattr(carry, "SUBJECTS_AT_A_TIME", math.ceil(subjects / parts))
    in_parts = world.answered(f"in {parts} parts")
    assert len(asked) == 1 + parts
    for table in carry.ORDER:
        assert in_parts[table].read_bytes() == at_once[table].read_bytes()


@pytest.mark.parametrize("way", ["setting", "law"])
def test_everybody_is_asked_where_it_is_wished_or_where_another_law_holds(
    world: World, held: list[int], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    before = world.answered(f"first by {way}")
    if way == "setting":
        monkeypatch.setenv("LOWINCOME_REBUILD", "yes")
    else:
        monkeypatch.setattr(carry.run, "versions", lambda: {"policy_version": "another"})
    world.answered(f"second by {way}", before)
    assert held == [0, 0]


def test_a_word_that_is_neither_yes_nor_no_is_refused() -> None:
    assert [asks_everybody({"LOWINCOME_REBUILD": word}) for word in ("yes", "no", "")] == [True, False, False]
    with pytest.raises(SettingsInvalid, match="LOWINCOME_REBUILD"):
        asks_everybody({"LOWINCOME_REBUILD": "1"})


def test_an_answer_that_is_found_anew_and_is_another_stops_the_stage(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.answered("true")
    rows = pq.read_table(before["outcome"])
    pq.write_table(rows.set_column(rows.schema.get_field_index("evidence"), "evidence", pa.array(["x"] * len(rows))),
                   before["outcome"])
    monkeypatch.setattr(carry, "held_subjects", lambda known: NOBODY)
    with pytest.raises(AuditFailed, match="although nothing that they read did") as error:
        world.answered("false", before)
    assert "LOWINCOME_REBUILD=yes" in str(error.value)
    monkeypatch.setenv("LOWINCOME_REBUILD", "yes")
    assert read([world.answered("again by its advice", before)["outcome"]]) != read([before["outcome"]])


def test_whatever_a_rule_reads_stands_in_the_dossier() -> None:
    named = re.compile(r"\b(?:from|join) (\w+)")
    dossier = set(named.findall((SQL / "dossier.sql").read_text("utf-8")))
    files = [SQL / "criterion" / f"{name}.sql" for rule in rules() for name in rule.criteria]
    files += [SQL / f"{name}.sql" for name in (
        "household_evidence", "person_evidence", "household_subject", "person_subject", "household_rule_subject",
        "person_rule_subject", "rule_outcome", "rule_criterion", "subject_answer")]
    files += [SQL / "quantity" / f"{name}.sql" for name in OF_EARLIER_RULES]
    texts = [file.read_text("utf-8") for file in files]
    own = {name for text in texts for name in re.findall(r"(\w+) as \(\n", text)}
    asked = {"household_subject", "person_subject", "subject", "subject_answer", "rule", "rule_outcome",
             "rule_criterion", "criterion", "criterion_bit", "told", "household_evidence", "person_evidence",
             "earlier_outcome", *OF_EARLIER_RULES}
    figures = {"household", "policy"}  # household_figure says what they say of the household
    read = {name for text in texts for name in named.findall(re.sub(r"--[^\n]*", "", text))}
    assert read - own - asked - figures - {"run"} <= dossier
    assert {"winning_fact", "open_flag", "discrepancy"} <= read


def test_every_record_behind_a_figure_counts_in_the_dossier_of_those_alone_who_are_told(world: World) -> None:
    text = (SQL / "dossier.sql").read_text("utf-8")
    world.answered("figures")
    for kind in ("household", "person"):
        columns = pq.read_schema(world.home / "figures" / f"{kind}_figure.parquet").names
        part = text[text.index(f"{kind} as ("):]
        part = part[:part.index(f"from {kind}_figure")]
        assert set(re.findall(r"end as (\w+)", part)) == {name for name in columns if name.endswith("_evidence")}

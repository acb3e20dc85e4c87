"""Criteria are joined by three-valued "and", and records are looked for only where a flag tells of them."""

import random
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from lowincome import engine, schema
from lowincome.rules.answers import KINDS, NOBODY, SQL, bits
from lowincome.rules.catalogue import rules

Row = dict[str, Any]
RULES: dict[str, list[str]] = {"R1": ["a", "b"], "R2": ["b"], "R3": ["a", "c", "d"]}
BIT = {name: 1 << place for place, name in enumerate("abcd")}
STALE = ("check", "medical", "rural", "federation", "roster")


def random_answers(chance: random.Random, subjects: list[str]) -> Iterator[Row]:
    for subject in subjects:
        for criterion in BIT:
            outcome = chance.choice([True, True, False, None])
            yield {"subject_id": subject, "criterion": criterion, "outcome": outcome,
                   "is_told": chance.choice([True, False, None])}


def read_plainly(answers: list[Row], subject: str, rule: str) -> str:
    """The rule's answer for a subject, read from the words of docs/rules.md."""
    asked = [row for row in answers if row["subject_id"] == subject and row["criterion"] in RULES[rule]]
    if any(row["outcome"] is False for row in asked):
        return "false"
    if any(row["outcome"] is None and row["is_told"] is not True for row in asked):
        return "unknown"
    return "possible" if any(row["outcome"] is None for row in asked) else "certain"


def judged(answers: list[Row], subjects: list[Row], open_flags: list[Row]) -> list[Row]:
    """The answers as the pipeline keeps them; every second criterion was asked in a later wave."""
    types = pa.schema([("subject_id", pa.string()), ("criterion", pa.string()), ("outcome", pa.bool_()),
                       ("is_told", pa.bool_())])
    criterion_bit = pa.table({"criterion": list(BIT), "bit": list(BIT.values())})
    parts = [
        engine.query(SQL / "subject_answer.sql", {
            "criterion": pa.Table.from_pylist([row for row in answers if row["criterion"] in wave], types),
            "criterion_bit": criterion_bit})
        for wave in ("ac", "bd")]
    rule = pa.table({
        "rule_id": list(RULES), "subject": ["person"] * len(RULES), "observed": pa.nulls(len(RULES), pa.string()),
        "criteria": [sum(BIT[name] for name in names) for names in RULES.values()],
        **{f"reads_{name}": [False] * len(RULES) for name in STALE[:-1]}})
    figure = pa.schema([("subject_id", pa.string()), ("criterion", pa.string()), ("low", pa.int64()),
                        ("high", pa.int64()), ("threshold", pa.int64()), ("unit", pa.string())]).empty_table()
    inputs: dict[str, engine.Input] = {
        "subject_answer": pa.concat_tables(parts), "rule": rule, "subject": pa.Table.from_pylist(subjects),
        "open_flag": pa.Table.from_pylist(open_flags, schema.TABLES["open_flag"]), "criterion": figure}
    return list(engine.query(SQL / "rule_outcome.sql", inputs).to_pylist())


def test_rules_are_answered_as_the_plain_reading_of_their_criteria() -> None:
    chance = random.Random(20261126)
    names = [f"P{number}" for number in range(400)]
    answers = list(random_answers(chance, names))
    subjects = [{"subject": "person", "subject_id": name, "household_id": None, "person_id": name,
                 "district": "370102", **{f"is_{source}_stale": False for source in STALE}} for name in names]
    plain = {(rule, name): read_plainly(answers, name, rule) for rule in RULES for name in names}
    flags = [{"rule_id": rule, "subject_id": name, "flag_id": f"{rule}{name}"}
             for rule, name in chance.sample(sorted(plain), 200)]
    flagged = {(flag["rule_id"], flag["subject_id"]) for flag in flags}
    found = {(row["rule_id"], row["subject_id"]): row for row in judged(answers, subjects, flags)}
    assert {key: row["outcome"] for key, row in found.items()} == {
        key: outcome for key, outcome in plain.items() if outcome != "false" or key in flagged}
    assert {key for key, row in found.items() if row["is_told"]} == {
        key for key, outcome in plain.items() if outcome in ("certain", "possible") or key in flagged}
    assert {"false", "unknown", "possible", "certain"} == {row["outcome"] for row in found.values()}


def test_outside_jinan_nothing_is_answered_but_an_open_flag_stays_unknown() -> None:
    answers = [{"subject_id": name, "criterion": "b", "outcome": True, "is_told": True} for name in ("P1", "P2")]
    subjects = [{"subject": "person", "subject_id": name, "household_id": None, "person_id": name, "district": None,
                 **{f"is_{source}_stale": False for source in STALE}} for name in ("P1", "P2")]
    typed = pa.Table.from_pylist(subjects, pa.schema(
        [(name, pa.bool_() if name.endswith("_stale") else pa.string()) for name in subjects[0]]))
    found = judged(answers, typed.to_pylist(), [{"rule_id": "R2", "subject_id": "P1", "flag_id": "F1"}])
    assert [(row["subject_id"], row["outcome"]) for row in found] == [("P1", "unknown")]


def test_criteria_asked_of_one_kind_of_subject_have_bits_of_their_own_that_a_number_can_hold() -> None:
    bit = bits(rules())
    for kind in KINDS:
        asked = {name for rule in rules() if rule.subject == kind for name in rule.criteria}
        assert len({bit[name] for name in asked}) == len(asked)
    assert max(bit.values()) < 1 << 63


def records(told: pa.Table) -> list[Row]:
    """The records behind the figures of households that are told something, in a world of two households."""
    rows: dict[str, list[Row]] = {
        "household_member": [
            {"household_id": f"H{number}", "person_id": f"P{number}", "record_key": f"city_check:{number}",
             "role": "member", "is_counted": number != 3} for number in (1, 2, 3)],
        "household": [
            {"household_id": f"H{number}", "district": "370102", "residence": "urban"} for number in (1, 2, 3)],
        "roster_member": [],
        "winning_fact": [
            {"person_id": f"P{number}", "record_key": f"city_check:{number}", "item_code": item}
            for number in (1, 2, 3) for item in ("I01", "I02", "A01", "A04", "S05")],
    }
    inputs: dict[str, engine.Input] = {name: pa.Table.from_pylist(of, schema.TABLES[name]) for name, of in rows.items()}
    inputs |= {"policy": pa.table({"district": ["370102"], "residence": ["urban"]}), "told": told}
    inputs["counted_settlement"] = pa.table({"person_id": ["P1"], "record_key": ["medical_insurance:9"]})
    return list(engine.query(SQL / "household_evidence.sql", inputs).to_pylist())


def test_a_record_behind_several_items_is_named_once_and_only_for_those_who_are_told() -> None:
    (found,) = records(pa.table({"subject_id": ["H1"]}))
    own = "city_check:1"
    assert {name: value for name, value in found.items() if value is not None} == {
        "household_id": "H1", "member_evidence": own, "income_evidence": own, "asset_evidence": own,
        "vehicle_evidence": own, "rigid_evidence": "medical_insurance:9"}


def test_of_income_and_property_only_counted_members_are_named_and_nobody_is_asked_for_nothing() -> None:
    (found,) = records(pa.table({"subject_id": ["H3"]}))
    assert {name for name, value in found.items() if value is not None} == {"household_id", "member_evidence"}
    assert records(NOBODY) == []

"""What nobody answered is named where a flag is open for it, and nowhere else."""

import re
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from lowincome import engine
from lowincome.deliver import wording
from lowincome.rules.catalogue import rules
from lowincome.settings import INCLUDE
from lowincome.unanswered import sentence

from tests.deliver.listing import RULES, flag, worklist
from tests.deliver.test_flags import table

D = date(2026, 11, 22)
SQL = INCLUDE / "sql" / "deliver" / "unanswered.sql"
Row = dict[str, Any]
INCOME = [f"I0{number}" for number in range(1, 8)]


def fact(person: str, item: str, status: str = "HIT", **changes: Any) -> Row:
    return {"person_id": person, "item_code": item, "status": status, "is_corrected": False} | changes


def owed(*facts: Row, criterion: str = "vehicles_over_limit", judged: Row | None = None, **changes: Any) -> str | None:
    """What is owed to one flag of H1, whose members P1 and P2 are counted and P3 is not."""
    found = {"flag_id": "F1", "rule_id": "B04", "subject": "household", "household_id": "H1",
             "certainty": "possible", "state": "open"} | changes
    asked = {"rule_id": found["rule_id"], "subject_id": "P1" if found["subject"] == "person" else "H1",
             "criterion": criterion, "is_told": True}
    members = [{"household_id": "H1", "person_id": f"P{number}", "is_counted": number < 3} for number in (1, 2, 3)]
    rows = engine.query(SQL, {
        "run": pa.table({"data_date": pa.array([D], pa.date32()), "month": [f"{D:%Y%m}"]}),
        "flag_day": table("flag_day", found), "criterion": table("criterion", asked | (judged or {})),
        "household_member": table("household_member", *members), "winning_fact": table("winning_fact", *facts),
    }).to_pylist()
    return rows[0]["items"] if rows else None


@pytest.mark.parametrize(("facts", "items"), [
    ([fact("P1", "A04"), fact("P2", "A04", "NONE")], None),
    ([fact("P1", "A04"), fact("P2", "A01")], "A04:1"),
    ([fact("P3", "A04")], "A04:2"),
    ([], "A04:2"),
])
def test_of_the_counted_members_those_count_about_whom_nobody_answered(facts: list[Row], items: str | None) -> None:
    assert owed(*facts) == items


@pytest.mark.parametrize(("second", "items"), [
    ({"status": "NONE"}, None), ({"status": "ERROR"}, "A04:1"), ({"status": "ERROR", "is_corrected": True}, None)])
def test_an_error_is_no_answer_and_a_hit_that_a_caseworker_found_wrong_was_one(second: Row, items: str | None) -> None:
    assert owed(fact("P1", "A04"), fact("P1", "A04") | second, fact("P2", "A04")) == items


@pytest.mark.parametrize(("first", "last", "is_owed"), [
    ("202510", "202510", False), ("202510", "202511", True), ("202610", "202610", True), ("202611", "202611", False),
    (None, None, True), (None, "202510", True)])
def test_an_error_of_income_counts_inside_the_window_alone(first: str | None, last: str | None, is_owed: bool) -> None:
    both = [fact(person, item) for person in ("P1", "P2") for item in INCOME]
    silent = fact("P1", "I02", "ERROR", period_from=first, period_to=last)
    assert owed(*both, silent, criterion="income_below_standard") == ("I02:1" if is_owed else None)


def test_a_persons_flag_names_the_items_of_that_person_without_a_number() -> None:
    person = {"subject": "person", "person_id": "P1", "rule_id": "A07", "criterion": "single_person_case"}
    assert owed(fact("P2", "I01"), fact("P1", "S05"), **person) == "I01"
    assert owed(fact("P1", "I01"), fact("P1", "S05"), **person) is None


@pytest.mark.parametrize("settled", [
    {"certainty": "certain"}, {"certainty": "unknown"}, {"state": "closed"}, {"judged": {"outcome": True}},
    {"judged": {"outcome": False}}, {"judged": {"is_told": False}}, {"criterion": "no_month_carried"}])
def test_nothing_is_named_where_the_flag_is_not_open_for_it(settled: Row) -> None:
    assert owed(**settled) is None


@pytest.mark.parametrize("state", ["new", "open", "held"])
def test_an_item_is_named_as_long_as_the_flag_is_open(state: str) -> None:
    assert owed(state=state) == "A04:2"


def test_the_property_of_a_rule_is_all_that_its_limit_reads() -> None:
    assert owed(criterion="property_within_limit") == "A01:2|A02:2|A03:2|A04:2|A05:2|A07:2"


def test_every_criterion_that_reads_items_is_one_of_a_rule_and_reads_what_is_corrected_for_it() -> None:
    known = set(re.findall(r"\('(\w+)', '[a-z]+'\)", SQL.read_text("utf-8")))
    assert known <= {name for rule in rules() for name in rule.criteria} and len(known) > 10
    for rule in rules():
        named = [name for name in rule.criteria if name in known]
        if named:
            found = {item.partition(":")[0] for name in named for item in (owed(criterion=name) or "").split("|")}
            assert set(rule.corrects) <= found, rule.id


def test_a_sentence_names_income_first_and_says_of_how_many_members() -> None:
    told = sentence("A04:1|I01:2")
    assert told["zh"] == "尚未答复：工资（2人）；机动车（1人）。"
    assert told["en"] == "Not answered yet: Wages (persons: 2); Vehicles (persons: 1)."
    assert sentence("I01|S05")["zh"] == "尚未答复：工资、职工社保。"
    assert sentence("A01:2|A04:1|I01:2")["zh"] == "尚未答复：工资、存款（各2人）；机动车（1人）。"
    assert sentence("A01:2|I01:2")["en"] == "Not answered yet: Wages, Deposits (persons: 2 each)."
    assert sentence(None) == {"zh": "", "en": ""}


@pytest.mark.parametrize(("items", "zh", "en"), [
    ("A04:1", "有车辆。尚未答复：机动车（1人）（依据", "A vehicle. Not answered yet: Vehicles (persons: 1). Verify"),
    (None, "有车辆（依据", "A vehicle. Verify")])
def test_a_list_names_what_nobody_answered_between_the_sentence_and_the_law(
    items: str | None, zh: str, en: str
) -> None:
    (item,) = worklist(flag("F1", reason_zh="有车辆。", reason_en="A vehicle.", unanswered=items)).items
    assert zh in wording.why(item, RULES) and en in wording.why_en(item, RULES)

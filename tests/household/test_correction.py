"""A fact that a caseworker found wrong is unknown: that one alone, until the source or time ends it."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from lowincome import engine, schema
from lowincome.household.correction import correct, in_force
from lowincome.settings import INCLUDE

Row = dict[str, Any]
D = date(2026, 11, 22)
VISIT = date(2026, 11, 20)
LAST = date(2027, 11, 20)
PREVIOUS = ("disposition", "correction", "winning_fact", "household_member", "person_redirect", "household_redirect")
ANSWER = {"flag_id": "B04:1", "finding": "data_wrong", "visited_on": VISIT, "list_date": VISIT}
FLAG = {"flag_id": "B04:1", "rule_id": "B04", "subject_id": "H1"}
MEMBERS = [{"household_id": "H1", "person_id": "P1", "is_counted": True},
           {"household_id": "H1", "person_id": "P2", "is_counted": False}]
CORRECTS = {"B04": ("A04",), "B01": ("S01", "S03"), "A08": ()}


def fact(**changes: Any) -> Row:
    return {"person_id": "P1", "source": "province_check", "record_key": "SD1/1", "item_code": "A04", "amount_fen": 0,
            "quantity": 1, "status": "HIT", "as_of": date(2026, 11, 15), "is_corrected": False} | changes


def table(name: str, rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema.TABLES[name])


def corrections(
    day: date = D, answers: list[Row] | None = None, flags: list[Row] | None = None, **previous: list[Row]
) -> list[Row]:
    """The corrections of a day; the day before knew one vehicle of P1 unless told otherwise."""
    before: dict[str, list[Row]] = {"winning_fact": [fact()], "household_member": MEMBERS} | previous
    known: dict[str, engine.Input] = {f"previous_{name}": table(name, before.get(name, [])) for name in PREVIOUS}
    known["answer"] = table("disposition", [ANSWER] if answers is None else answers)
    known["open_flag"] = table("open_flag", [FLAG] if flags is None else flags)
    known["run"] = pa.table({"data_date": pa.array([day], pa.date32())})
    return correct(known, CORRECTS).to_pylist()


def kept(day: date = D, answers: list[Row] | None = None, **previous: list[Row]) -> Row:
    """The vehicle's correction a day after it was set, when the day before it was already corrected."""
    seen: dict[str, list[Row]] = {"winning_fact": [fact(status="ERROR", is_corrected=True)]} | previous
    (row,) = corrections(day, answers, correction=corrections(), **seen)
    return row


def test_data_wrong_disputes_the_hits_that_the_rule_reads_of_the_counted_members() -> None:
    found = corrections(winning_fact=[
        fact(), fact(item_code="A03"), fact(person_id="P2"), fact(person_id="P3"), fact(status="NONE", quantity=None)])
    assert found == [{
        "flag_id": "B04:1", "rule_id": "B04", "visited_on": VISIT, "person_id": "P1", "source": "province_check",
        "record_key": "SD1/1", "item_code": "A04", "amount_fen": 0, "quantity": 1, "as_of": date(2026, 11, 15),
        "expires_on": LAST, "ended_on": None}]


def test_a_flag_of_a_person_disputes_that_persons_hits_alone() -> None:
    flag = FLAG | {"rule_id": "B01", "subject_id": "P1"}
    found = corrections(flags=[flag], winning_fact=[fact(item_code="S03"), fact(item_code="S01", person_id="P2")])
    assert [(row["person_id"], row["item_code"]) for row in found] == [("P1", "S03")]


@pytest.mark.parametrize("finding", ["confirmed", "not_confirmed", "unreachable", "referred"])
def test_another_finding_disputes_nothing(finding: str) -> None:
    assert corrections(answers=[ANSWER | {"finding": finding}]) == []


def test_a_rule_that_reads_no_item_disputes_nothing() -> None:
    assert corrections(flags=[FLAG | {"rule_id": "A08"}]) == []


def test_an_answer_that_was_known_the_day_before_disputes_nothing_that_came_later() -> None:
    assert corrections(disposition=[ANSWER]) == []


def test_an_answer_whose_correction_ended_does_not_dispute_what_the_source_says_instead() -> None:
    ended = corrections()[0] | {"ended_on": D}
    assert corrections(correction=[ended], winning_fact=[fact(quantity=2)]) == [ended]


def test_the_same_value_under_another_key_date_or_period_is_still_disputed() -> None:
    again = fact(status="ERROR", is_corrected=True, record_key="SD9/1", as_of=D, period_from="202601")
    assert kept(winning_fact=[again])["ended_on"] is None


@pytest.mark.parametrize("now", [
    fact(quantity=2), fact(quantity=None), fact(amount_fen=1), fact(status="NONE", amount_fen=None, quantity=None),
    fact(status="NONE")])
def test_another_value_of_the_source_ends_the_correction(now: Row) -> None:
    assert kept(winning_fact=[now])["ended_on"] == D


@pytest.mark.parametrize("now", [
    [], [fact(source="city_check", quantity=2)], [fact(status="ERROR")], [fact(item_code="A03", quantity=2)],
    [fact(person_id="P3", quantity=2)], [fact(status="ERROR", is_corrected=True), fact(quantity=2)]])
def test_silence_another_system_item_or_person_and_a_row_beside_it_end_nothing(now: list[Row]) -> None:
    assert kept(winning_fact=now)["ended_on"] is None


@pytest.mark.parametrize(("day", "ended_on"), [(LAST, None), (LAST + timedelta(days=1), LAST + timedelta(days=1))])
def test_a_correction_holds_through_its_last_day(day: date, ended_on: date | None) -> None:
    assert kept(day)["ended_on"] == ended_on


@pytest.mark.parametrize("now", [[], [ANSWER | {"finding": "confirmed"}]])
def test_an_answer_that_is_no_longer_the_newest_corrects_nothing(now: list[Row]) -> None:
    assert kept(answers=now)["ended_on"] == D


def test_data_wrong_said_again_after_a_later_visit_renews_the_correction() -> None:
    later = ANSWER | {"visited_on": D}
    wrong = [fact(status="ERROR", is_corrected=True)]
    found = corrections(D, [later], correction=corrections(), disposition=[ANSWER], winning_fact=wrong)
    assert [(row["visited_on"], row["ended_on"]) for row in found] == [(VISIT, D), (D, None)]


def test_a_correction_outlives_its_flag() -> None:
    wrong = [fact(status="ERROR", is_corrected=True)]
    (row,) = corrections(flags=[], correction=corrections(), disposition=[ANSWER], winning_fact=wrong)
    assert row["ended_on"] is None


@pytest.mark.parametrize(("person", "quantity", "ended_on"), [("P0", 1, None), ("P0", 2, D), ("P1", 2, None)])
def test_while_its_person_is_anothers_a_correction_ends_by_what_is_said_of_the_other(
    person: str, quantity: int, ended_on: date | None
) -> None:
    found = kept(person_redirect=[{"person_id": "P1", "leads_to": "P0"}],
                 winning_fact=[fact(person_id=person, quantity=quantity)])
    assert found["ended_on"] == ended_on


def test_a_correction_stays_its_persons_through_a_merge_and_goes_home_with_them() -> None:
    merged = kept(person_redirect=[{"person_id": "P1", "leads_to": "P0"}], winning_fact=[])
    assert winning(fact(), corrected=[merged], leads_to="P0") == [("A04", "ERROR", 1, True)]
    assert winning(fact(), corrected=[merged]) == [("A04", "ERROR", 1, True)]


@pytest.mark.parametrize(("ended_on", "left"), [(None, [ANSWER]), (D, [])])
def test_an_answer_is_in_force_until_a_correction_of_it_ends(ended_on: date | None, left: list[Row]) -> None:
    row = corrections()[0] | {"ended_on": ended_on}
    assert in_force(table("disposition", [ANSWER]), table("correction", [row])).to_pylist() == left


def winning(*facts: Row, corrected: list[Row] | None = None, leads_to: str | None = None) -> list[tuple[Any, ...]]:
    """Winning facts of P1, whose record is SD1/1, under corrections: item, status, amount, quantity, is_corrected."""
    redirects = [{"person_id": "P1", "leads_to": leads_to}] if leads_to else []
    person = leads_to or "P1"
    systems = ("province_check", "city_check")
    basis = [{"person_id": person, "source": source, "record_key": "SD1/1"} for source in systems]
    rows = [{name: value for name, value in one.items() if name != "is_corrected"} for one in facts]
    known: dict[str, engine.Input] = {
        "economic_fact": table("economic_fact", rows), "person_basis": table("person_basis", basis),
        "correction": table("correction", corrections() if corrected is None else corrected),
        "person_redirect": table("person_redirect", redirects)}
    found = engine.query(INCLUDE / "sql" / "household" / "winning_fact.sql", known).to_pylist()
    return [(row["item_code"], row["status"], row["quantity"], row["is_corrected"]) for row in found]


def test_a_corrected_hit_is_unknown_and_still_shows_what_the_source_says() -> None:
    assert winning(fact()) == [("A04", "ERROR", 1, True)]


def test_two_answers_about_one_fact_give_one_row() -> None:
    twice = [corrections()[0], corrections()[0] | {"flag_id": "B04:2"}]
    assert winning(fact(), corrected=twice) == [("A04", "ERROR", 1, True)]


@pytest.mark.parametrize("other", [
    fact(quantity=2), fact(quantity=None), fact(amount_fen=1), fact(item_code="A03"), fact(status="NONE"),
    fact(status="NONE", quantity=None), fact(source="city_check")])
def test_another_value_item_or_system_and_a_none_are_untouched(other: Row) -> None:
    assert winning(other) == [(other["item_code"], other["status"], other["quantity"], False)]


def test_the_other_system_does_not_step_in_for_a_corrected_winner() -> None:
    assert winning(fact(), fact(source="city_check", quantity=2)) == [("A04", "ERROR", 1, True)]


def test_an_ended_correction_touches_nothing() -> None:
    assert winning(fact(), corrected=[corrections()[0] | {"ended_on": D}]) == [("A04", "HIT", 1, False)]


def test_a_correction_of_a_person_who_was_merged_today_holds_for_the_one_who_lives_on() -> None:
    assert winning(fact(), leads_to="P0") == [("A04", "ERROR", 1, True)]


def test_an_answer_about_a_flag_whose_subject_was_merged_corrects_what_is_known_of_the_one_who_lives_on() -> None:
    redirects = {"household_redirect": [{"household_id": "H1", "leads_to": "H2"}],
                 "household_member": [{"household_id": "H2", "person_id": "P1", "is_counted": True}]}
    assert [row["person_id"] for row in corrections(**redirects)] == ["P1"]
    assert corrections(household_member=redirects["household_member"]) == []

"""Flags, their history and their answers follow their subject through merges, splits and the undoing of both."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lowincome import schema
from lowincome.lake import write_rows
from lowincome.register import chain, dispositions, history, ledger
from lowincome.register.dispositions import Answer
from lowincome.register.models import AuditEntry
from sqlalchemy import create_engine, select

START, NOW = date(2026, 11, 20), datetime(2026, 11, 21, 9)
MERGED = {"P2": "P1"}
Row = dict[str, Any]


def day(number: int) -> date:
    return START + timedelta(days=number)


def said(person: str, outcome: str, is_held: bool) -> Row:
    return {"rule_id": "A04", "rule_version": 1, "direction": "A", "subject": "person", "person_id": person,
            "household_id": "H1", "outcome": outcome, "is_held": is_held, "parameters": "", "evidence": "",
            "district": "370102", "false_criterion": "no_hardship" if outcome == "false" else None}


class Days:
    """Days entered one after another; each checks that open + new - closed is the next day's open, to the row."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.redirects: dict[date, dict[str, str]] = {}
        ledger.migrate(url)

    def enter(
        self, number: int, leads_to: dict[str, str] | None = None, run: str = "run", is_held: bool = False,
        **outcomes: str,
    ) -> dict[str, Row]:
        """Flags of a day by flag id, from outcome by person."""
        rows = [said(person, outcome, is_held) for person, outcome in outcomes.items()]
        before = self.open_ids(number)
        table = pa.Table.from_pylist(rows, schema.TABLES["outcome"])
        self.redirects[day(number)] = leads_to or {}
        flags = {row["flag_id"]: row for row in
                 ledger.apply(self.url, day(number), f"{run}-{number}", table, leads_to).to_pylist()}
        states = Counter(row["state"] for row in flags.values())
        assert len(before) + states["new"] - states["closed"] == len(self.open_ids(number + 1))
        assert before <= flags.keys()
        return flags

    def open_ids(self, number: int) -> set[str]:
        return set(ledger.open_flags(self.url, day(number)).column("flag_id").to_pylist())

    def answer(self, flag_id: str, finding: str, number: int, verdict: str = "recorded") -> None:
        """An answer to the list of a day, from a caseworker who saw its households as they were merged on it."""
        given = Answer(flag_id, finding, day(number), "看过", "office", NOW, "page", day(number))
        assert dispositions.record(self.url, [given], lambda when: self.redirects.get(when, {})) == [verdict]

    def in_force(self, number: int, leads_to: dict[str, str]) -> dict[str, str]:
        return {row["flag_id"]: row["finding"] for row in dispositions.in_force(self.url, day(number), leads_to)}

    def shown(self, flag_id: str, number: int) -> list[str]:
        """What a card that is looked at on a day tells of a flag."""
        engine = create_engine(self.url)
        rows = history.answers(engine, [flag_id], self.redirects.get(day(number), {}))
        engine.dispose()
        return [row["finding"] for row in rows]

    def card(self, person: str, number: int) -> dict[str, str]:
        """The flags on a person's card on a day, each with its last event."""
        engine = create_engine(self.url)
        rows = history.episodes(engine, [person], self.redirects.get(day(number), {}))
        engine.dispose()
        return {row["flag_id"]: row["event"] for row in rows}


@pytest.fixture
def days(empty_url: str) -> Days:
    return Days(empty_url)


def only(flags: dict[str, Row]) -> Row:
    (row,) = flags.values()
    return row


def test_a_flag_of_a_merged_person_is_continued_under_the_id_that_lives_on(days: Days) -> None:
    before = only(days.enter(0, P2="certain"))
    days.answer(before["flag_id"], "confirmed", 0)
    for number in (1, 2):
        after = only(days.enter(number, MERGED, P1="certain"))
        assert (after["flag_id"], after["first_seen"], after["state"]) == (before["flag_id"], day(0), "open")
        assert after["person_id"] == "P1"
        assert days.in_force(number + 1, MERGED) == {before["flag_id"]: "confirmed"}


def test_a_flag_followed_closes_for_the_reason_its_rule_gives(days: Days) -> None:
    before = only(days.enter(0, P2="certain"))
    after = only(days.enter(1, MERGED, P1="false"))
    assert (after["flag_id"], after["state"]) == (before["flag_id"], "closed")
    assert after["close_reason"] == "false: no_hardship"


def test_a_flag_followed_is_held_while_a_source_is_stale(days: Days) -> None:
    before = only(days.enter(0, P2="certain"))
    assert only(days.enter(1, MERGED, is_held=True, P1="false"))["state"] == "held"
    assert only(days.enter(2, MERGED, P1="certain"))["flag_id"] == before["flag_id"]


@pytest.mark.parametrize(("first", "second"), [("P1", "P2"), ("P2", "P1")])
def test_of_two_flags_that_meet_the_older_lives_on_and_the_younger_closes_as_merged(
    days: Days, first: str, second: str
) -> None:
    older = only(days.enter(0, **{first: "certain"}))["flag_id"]
    (younger,) = days.enter(1, **{first: "certain", second: "certain"}).keys() - {older}
    flags = days.enter(2, MERGED, P1="certain")
    assert (flags[older]["state"], flags[older]["person_id"], flags[older]["first_seen"]) == ("open", "P1", day(0))
    assert (flags[younger]["state"], flags[younger]["person_id"]) == ("closed", second)
    assert flags[younger]["close_reason"] == f"merged: {older}"
    assert days.enter(3, MERGED, P1="certain").keys() == {older}


def test_flags_of_other_rules_and_persons_do_not_meet(days: Days) -> None:
    days.enter(0, P1="certain", P2="certain", P3="certain")
    states = Counter(row["state"] for row in days.enter(1, MERGED, P1="certain", P3="certain").values())
    assert states == {"open": 2, "closed": 1}


def test_answers_about_the_younger_count_for_the_older_the_newest_first(days: Days) -> None:
    older = only(days.enter(0, P1="certain"))["flag_id"]
    (younger,) = days.enter(1, P1="certain", P2="certain").keys() - {older}
    days.answer(older, "confirmed", 1)
    days.answer(younger, "not_confirmed", 1)
    days.enter(2, MERGED, P1="certain")
    assert days.in_force(3, MERGED) == {older: "not_confirmed"}
    days.answer(older, "referred", 2)
    assert days.in_force(3, MERGED) == {older: "referred"}


def test_an_answer_that_came_with_a_merge_does_not_outlive_it_or_the_flag(days: Days) -> None:
    older = only(days.enter(0, P1="certain"))["flag_id"]
    (younger,) = days.enter(1, P1="certain", P2="certain").keys() - {older}
    days.answer(younger, "not_confirmed", 1)
    days.enter(2, MERGED, P1="certain")
    assert older not in days.in_force(3, {})
    days.enter(3, MERGED, P1="false")
    again = only(days.enter(4, MERGED, P1="certain"))["flag_id"]
    assert again not in days.in_force(5, MERGED)


def test_after_a_merge_is_undone_each_flag_is_at_home_again(days: Days) -> None:
    before = days.enter(0, P1="false", P2="certain")
    days.enter(1, MERGED, P1="certain")
    after = days.enter(2, P1="false", P2="certain")
    assert after.keys() == before.keys()
    assert [(row["person_id"], row["state"], row["first_seen"]) for row in after.values()] == [("P2", "open", day(0))]


def test_after_the_undoing_one_whose_flag_was_closed_as_merged_has_a_new_one(days: Days) -> None:
    older = only(days.enter(0, P1="certain"))["flag_id"]
    (younger,) = days.enter(1, P1="certain", P2="certain").keys() - {older}
    days.enter(2, MERGED, P1="certain")
    after = days.enter(3, P1="certain", P2="certain")
    states = {row["person_id"]: (flag, row["state"]) for flag, row in after.items()}
    assert states["P1"] == (older, "open")
    assert states["P2"][0] not in (older, younger)
    assert states["P2"][1] == "new"


def test_after_a_split_the_flag_stays_with_the_name_and_the_new_person_has_one_of_its_own(days: Days) -> None:
    before = only(days.enter(0, P1="certain"))["flag_id"]
    after = days.enter(1, P1="certain", P7="certain")
    assert {row["person_id"]: (flag == before, row["state"]) for flag, row in after.items()} == {
        "P1": (True, "open"), "P7": (False, "new")}


def test_a_chain_of_merges_leads_to_one_flag_and_brings_every_answer(days: Days) -> None:
    first = only(days.enter(0, P1="certain"))["flag_id"]
    (second,) = days.enter(1, P1="certain", P2="certain").keys() - {first}
    (third,) = days.enter(2, P1="certain", P2="certain", P3="certain").keys() - {first, second}
    days.answer(third, "referred", 2)
    days.enter(3, {"P3": "P2"}, P1="certain", P2="certain")
    both = {"P3": "P1", "P2": "P1"}
    days.enter(4, both, P1="certain")
    assert days.in_force(5, both) == {first: "referred"}


def test_a_household_leads_on_like_a_person(days: Days) -> None:
    rows = [said("P1", "certain", False) | {"subject": "household", "person_id": None, "household_id": "H2"}]
    table = pa.Table.from_pylist(rows, schema.TABLES["outcome"])
    before = ledger.apply(days.url, day(0), "run-0", table).to_pylist()[0]
    moved = pa.Table.from_pylist([rows[0] | {"household_id": "H1"}], schema.TABLES["outcome"])
    after = ledger.apply(days.url, day(1), "run-1", moved, {"H2": "H1"}).to_pylist()[0]
    assert (after["flag_id"], after["household_id"], after["state"]) == (before["flag_id"], "H1", "open")


def test_a_previewed_day_is_what_it_would_be_and_is_not_entered(days: Days) -> None:
    days.enter(0, P1="certain", P2="certain")
    table = pa.Table.from_pylist([said("P1", "certain", False)], schema.TABLES["outcome"])
    seen = ledger.preview(days.url, day(1), table, MERGED)
    assert Counter(seen.column("state").to_pylist()) == {"open": 1, "closed": 1}
    assert len(days.open_ids(2)) == 2
    assert seen == ledger.apply(days.url, day(1), "run-1", table, MERGED)


def test_one_who_leaves_every_source_after_a_merge_has_left_them(days: Days) -> None:
    days.enter(0, P2="certain")
    row = only(days.enter(1, MERGED, P9="false"))
    assert (row["state"], row["close_reason"]) == ("closed", "subject_left_sources")


def test_the_day_of_a_merge_restates_identically(days: Days) -> None:
    days.enter(0, P1="certain", P2="certain")
    first = days.enter(1, MERGED, P1="certain")
    assert days.enter(1, MERGED, P1="certain") == first
    assert days.enter(1, MERGED, run="restated", P1="certain") == first
    after = days.enter(2, MERGED, P1="certain")
    days.enter(1, MERGED, run="restated again", P1="certain")
    assert days.enter(2, MERGED, P1="certain") == after


def test_a_day_restated_without_the_merge_is_as_if_it_had_not_been(days: Days) -> None:
    opened = days.enter(0, P1="certain", P2="certain").keys()
    days.enter(1, MERGED, P1="certain")
    days.enter(1, run="restated", P1="certain", P2="certain")
    assert days.open_ids(2) == opened


@pytest.fixture
def merged(days: Days) -> tuple[str, str]:
    """Two flags of one rule, of which the younger was merged into the older."""
    older = only(days.enter(0, P1="certain"))["flag_id"]
    (younger,) = days.enter(1, P1="certain", P2="certain").keys() - {older}
    days.enter(2, MERGED, P1="certain")
    return older, younger


def test_the_card_of_the_one_who_lives_on_tells_what_was_merged_and_answered(days: Days) -> None:
    older = only(days.enter(0, P1="certain"))["flag_id"]
    (younger,) = days.enter(1, P1="certain", P2="certain").keys() - {older}
    days.answer(younger, "referred", 1)
    days.enter(2, MERGED, P1="certain")
    assert days.card("P1", 2) == {older: "opened", younger: "closed"}
    assert days.shown(older, 2) == ["referred"]


def test_after_the_undoing_no_card_tells_of_the_other(days: Days, merged: tuple[str, str]) -> None:
    older, younger = merged
    new = days.enter(3, P1="certain", P2="certain").keys() - {older}
    assert days.card("P1", 3).keys() == {older}
    assert days.card("P2", 3).keys() == {younger, *new}


def test_a_flag_that_went_home_is_not_on_the_card_it_was_moved_to(days: Days) -> None:
    flag = only(days.enter(0, P2="certain"))["flag_id"]
    days.enter(1, MERGED, P1="certain")
    assert days.card("P1", 1) == {flag: "moved"}
    days.enter(2, P1="false", P2="certain")
    assert (days.card("P1", 2), days.card("P2", 2)) == ({}, {flag: "moved"})


def test_an_answer_about_two_who_were_one_counts_and_is_shown_while_they_are_one(
    days: Days, merged: tuple[str, str]
) -> None:
    older, _ = merged
    days.answer(older, "not_confirmed", 2)
    assert days.in_force(3, MERGED) == {older: "not_confirmed"}
    assert days.shown(older, 2) == ["not_confirmed"]


def test_after_the_undoing_it_counts_for_neither_and_is_shown_with_neither(days: Days, merged: tuple[str, str]) -> None:
    older, younger = merged
    days.answer(older, "not_confirmed", 2)
    new = days.enter(3, P1="certain", P2="certain").keys() - {older}
    assert days.in_force(4, {}) == {}
    assert [days.shown(flag, 3) for flag in (older, younger, *new)] == [[], [], []]


def test_of_a_flag_that_moved_the_answers_given_before_go_home_with_it_and_those_given_meanwhile_do_not(
    days: Days,
) -> None:
    flag = only(days.enter(0, P2="certain"))["flag_id"]
    days.answer(flag, "confirmed", 0)
    days.enter(1, MERGED, P1="certain")
    days.answer(flag, "not_confirmed", 1)
    assert (days.in_force(2, MERGED), days.shown(flag, 1)) == ({flag: "not_confirmed"}, ["confirmed", "not_confirmed"])
    days.enter(2, P1="false", P2="certain")
    assert (days.in_force(3, {}), days.shown(flag, 2)) == ({flag: "confirmed"}, ["confirmed"])


def test_what_was_said_of_both_may_be_said_again_of_the_one(days: Days, merged: tuple[str, str]) -> None:
    """The same words, visit and remark are no repetition: they were about two, and now they are about one."""
    older, _ = merged
    said = Answer(older, "confirmed", day(2), "看过", "office", NOW, "page", day(2))
    assert dispositions.record(days.url, [said, said], days.redirects.__getitem__) == ["recorded", "unchanged"]
    days.enter(3, P1="certain", P2="certain")
    again = replace(said, list_date=day(3))
    assert dispositions.record(days.url, [again], days.redirects.__getitem__) == ["recorded"]
    assert days.in_force(4, {}) == {older: "confirmed"}


def test_an_answer_to_a_flag_that_was_merged_meanwhile_is_passed_on_to_the_one_that_lives_on(
    days: Days, merged: tuple[str, str]
) -> None:
    older, younger = merged
    days.answer(younger, "referred", 1, "passed_on")
    assert days.in_force(3, MERGED) == {older: "referred"}
    assert days.shown(older, 2) == ["referred"]
    days.answer(younger, "referred", 1, "unchanged")


def test_what_was_passed_on_was_about_the_one_alone_so_after_the_undoing_the_other_has_nothing_of_it(
    days: Days, merged: tuple[str, str]
) -> None:
    older, younger = merged
    days.answer(younger, "referred", 1, "passed_on")
    days.enter(3, P1="certain", P2="certain")
    assert older not in days.in_force(4, {})
    assert (days.shown(older, 3), days.shown(younger, 3)) == ([], ["referred"])


def test_nothing_is_passed_on_over_a_later_answer(days: Days, merged: tuple[str, str]) -> None:
    older, younger = merged
    days.answer(older, "confirmed", 2)
    days.answer(younger, "referred", 1, "stale")
    assert days.in_force(3, MERGED) == {older: "confirmed"}


@pytest.mark.parametrize("today", [{"P1": "false", "P2": "certain"}, {"P1": "certain", "P2": "certain"}])
def test_nothing_is_passed_on_to_one_from_whom_the_subject_was_parted(
    days: Days, merged: tuple[str, str], today: dict[str, str]
) -> None:
    days.enter(3, **today)
    days.answer(merged[1], "referred", 1, "closed")


def test_nothing_is_passed_on_to_a_flag_that_closed(days: Days, merged: tuple[str, str]) -> None:
    days.enter(3, MERGED, P1="false")
    days.answer(merged[1], "referred", 1, "closed")


def test_whom_an_answer_was_about_is_sealed_with_it(days: Days, merged: tuple[str, str]) -> None:
    days.answer(merged[0], "confirmed", 2)
    engine = create_engine(days.url)
    assert chain.faults(engine) == []
    with engine.begin() as connection:
        entries = connection.scalars(select(AuditEntry.row_key).where(AuditEntry.kind == "answered_subject")).all()
    engine.dispose()
    assert entries == ["1/P2"]


def test_outcomes_in_their_file_make_the_flags_of_outcomes_in_memory(days: Days, tmp_path: Path) -> None:
    """Flags that begin, go on and close, and one that no outcome ends; all that an outcome tells stands beside each."""
    days.enter(0, P1="certain", P2="certain", P3="certain")
    rows = [said("P1", "certain", False) | {"reason_zh": "甲", "observed_low": Decimal("1.5")},
            said("P2", "false", False) | {"reason_zh": "乙"}, said("P4", "certain", False), said("P5", "false", False)]
    table = pa.Table.from_pylist(rows, schema.TABLES["outcome"])
    write_rows(table, tmp_path / "outcome.parquet")
    flags = ledger.preview(days.url, day(1), [tmp_path / "outcome.parquet"], {})
    assert flags == ledger.preview(days.url, day(1), table, {})
    assert flags.schema == schema.TABLES["flag_day"]
    assert {(row["person_id"], row["state"], row["reason_zh"], row["observed_low"]) for row in flags.to_pylist()} == {
        ("P1", "open", "甲", Decimal("1.5")), ("P2", "closed", "乙", None), ("P3", "closed", None, None),
        ("P4", "new", None, None)}
    assert flags.column("flag_id").to_pylist() == sorted(flags.column("flag_id").to_pylist())

"""A day continues the day before as that one was entered, whatever was run again since; so it balances as published."""

import pytest
from lowincome.errors import AuditFailed
from lowincome.register import ledger, statistics
from lowincome.register.models import RegisterDay
from sqlalchemy import create_engine, func, insert, select

from tests.register.test_chain import disarm
from tests.register.test_following import Days, Row, day, only


@pytest.fixture
def days(empty_url: str) -> Days:
    return Days(empty_url)


def of(flags: dict[str, Row], person: str) -> Row:
    return only({flag: row for flag, row in flags.items() if row["person_id"] == person})


def closed_in_a_restatement(days: Days) -> str:
    """P1's flag, open on the days 0 to 2 as they were published; then day 1 is run again and closes it."""
    flag = only(days.enter(0, P1="certain"))["flag_id"]
    for number in (1, 2):
        days.enter(number, P1="certain")
    assert only(days.enter(1, run="again", P1="false"))["state"] == "closed"
    return str(flag)


def opened_in_a_restatement(days: Days) -> str:
    """P3's flag, which day 1 opened when it was run again, after day 2 had been published without it."""
    for number in range(3):
        days.enter(number, P1="certain")
    flags = days.enter(1, run="again", P1="certain", P3="certain")
    return str(of(flags, "P3")["flag_id"])


@pytest.mark.parametrize(("outcomes", "reason"), [
    ({"P1": "false"}, "false: no_hardship"), ({"P2": "false"}, "subject_left_sources")])
def test_what_a_restated_day_closed_and_the_newest_left_open_is_closed_with_a_row_by_the_next(
    days: Days, outcomes: dict[str, str], reason: str
) -> None:
    flag = closed_in_a_restatement(days)
    assert days.open_ids(3) == {flag}
    row = only(days.enter(3, **outcomes))
    assert (row["flag_id"], row["state"], row["close_reason"]) == (flag, "closed", reason)


def test_what_a_restated_day_closed_goes_on_with_its_id_and_first_day_while_its_rule_holds(days: Days) -> None:
    flag = closed_in_a_restatement(days)
    row = only(days.enter(3, P1="certain"))
    assert (row["flag_id"], row["state"], row["first_seen"]) == (flag, "open", day(0))


def test_the_days_after_run_again_in_order_continue_the_restated_one(days: Days) -> None:
    closed_in_a_restatement(days)
    days.enter(3, P1="certain")
    row = only(days.enter(2, run="again", P1="certain"))
    assert (row["state"], row["first_seen"]) == ("new", day(2))
    assert only(days.enter(3, run="again", P1="certain"))["flag_id"] == row["flag_id"]
    assert days.open_ids(4) == {row["flag_id"]}


def test_what_a_restated_day_opened_and_the_newest_never_read_is_new_on_the_next_and_open_once(days: Days) -> None:
    unread = opened_in_a_restatement(days)
    assert unread not in days.open_ids(3) and unread in days.open_ids(2)
    row = of(days.enter(3, P1="certain", P3="certain"), "P3")
    assert (row["state"], row["first_seen"]) == ("new", day(3))
    flags = days.enter(4, P1="certain", P3="certain")
    assert of(flags, "P3")["flag_id"] == row["flag_id"] != unread
    assert unread not in flags


def test_it_lives_with_its_own_id_once_the_days_after_were_run_again_and_the_other_never_was(days: Days) -> None:
    unread = opened_in_a_restatement(days)
    other = of(days.enter(3, P1="certain", P3="certain"), "P3")["flag_id"]
    for number in (2, 3):
        row = of(days.enter(number, run="again", P1="certain", P3="certain"), "P3")
        assert (row["flag_id"], row["first_seen"]) == (unread, day(1))
    assert unread in days.open_ids(4) and other not in days.open_ids(4)


def test_when_only_one_of_the_days_after_was_run_again_the_newest_still_goes_on_as_published(days: Days) -> None:
    unread = opened_in_a_restatement(days)
    other = of(days.enter(3, P1="certain", P3="certain"), "P3")["flag_id"]
    days.enter(2, run="again", P1="certain", P3="certain")
    assert unread in days.open_ids(3)
    assert of(days.enter(4, P1="certain", P3="certain"), "P3")["flag_id"] == other


def test_each_day_goes_on_from_what_it_read_when_several_were_run_again_in_an_odd_order(days: Days) -> None:
    first = only(days.enter(0, P1="certain"))["flag_id"]
    days.enter(1, P1="certain")
    days.enter(0, run="again", P1="false")
    assert only(days.enter(2, P1="certain"))["flag_id"] == first
    second = only(days.enter(1, run="again", P1="certain"))["flag_id"]
    assert second != first
    assert only(days.enter(3, P1="certain"))["flag_id"] == first
    for number in (2, 3):
        assert only(days.enter(number, run="again", P1="certain"))["flag_id"] == second


def test_a_day_that_was_missed_and_entered_late_is_not_read_by_those_after_it_until_they_are_run_again(
    days: Days
) -> None:
    for number in (0, 2):
        days.enter(number, P1="certain")
    late = of(days.enter(1, P1="certain", P3="certain"), "P3")["flag_id"]
    assert of(days.enter(3, P1="certain", P3="certain"), "P3")["state"] == "new"
    assert of(days.enter(2, run="again", P1="certain", P3="certain"), "P3")["flag_id"] == late


def test_a_run_that_is_entered_again_unchanged_leaves_the_line_as_it_was(days: Days) -> None:
    flags = [days.enter(number, P1="certain", P2="certain") for number in range(3)]
    days.enter(1, run="again", P1="certain", P2="certain")
    assert days.enter(2, P1="certain", P2="certain") == flags[2]
    engine = create_engine(days.url)
    with engine.connect() as connection:
        newest = connection.scalar(select(func.max(RegisterDay.revision)).where(RegisterDay.data_date == day(2)))
    engine.dispose()
    assert newest == 1
    assert days.open_ids(3) == flags[2].keys()


def test_cards_answers_and_statistics_tell_of_a_flag_what_the_newest_day_does(days: Days) -> None:
    flag = closed_in_a_restatement(days)
    assert days.card("P1", 2) == {flag: "opened"}
    days.answer(flag, "confirmed", 2)
    assert days.in_force(3, {}) == {flag: "confirmed"}
    told = [statistics.answered_flags(days.url, day(number)).column("is_open").to_pylist() for number in (0, 1, 2)]
    assert told == [[True], [False], [True]]


def test_what_the_newest_day_never_read_is_on_no_card_and_cannot_be_answered(days: Days) -> None:
    unread = opened_in_a_restatement(days)
    assert days.card("P3", 2) == {}
    days.answer(unread, "confirmed", 1, "unknown")
    days.enter(2, run="again", P1="certain", P3="certain")
    assert days.card("P3", 2) == {unread: "opened"}
    days.answer(unread, "confirmed", 1)


def test_days_from_before_there_was_a_chain_were_entered_before_all_others(days: Days) -> None:
    days.enter(0, P1="certain")
    days.enter(0, run="again", P2="certain")
    days.enter(1, P2="certain")
    engine = create_engine(days.url)
    with engine.begin() as connection:
        disarm(connection)
        connection.exec_driver_sql("delete from audit_entry")
    engine.dispose()
    before = days.open_ids(2)
    assert len(before) == 1
    days.enter(0, run="now", P3="certain")
    assert days.open_ids(2) == before


def test_a_day_that_left_open_another_number_than_its_events_tell_is_not_continued(days: Days) -> None:
    days.enter(0, P1="certain")
    counts = {"flags_new": 2, "flags_open": 0, "flags_held": 0, "flags_closed": 0}
    engine = create_engine(days.url)
    with engine.begin() as connection:
        connection.execute(insert(RegisterDay), [
            {"data_date": day(1), "revision": 1, "run_id": "r", "events_sha256": "", **counts}])
    with pytest.raises(AuditFailed, match="flags do not balance"):
        days.enter(2, P1="certain", P2="certain")
    assert ledger.first_run(days.url, day(2)) is None
    engine.dispose()

"""Rows that somebody with the right to add plants for a day to come are named, and never sealed as that day's own."""

from datetime import date, timedelta
from typing import Any

import pytest
from lowincome.errors import AuditFailed
from lowincome.register import chain, ledger
from lowincome.register.models import Flag, FlagEvent, RegisterDay
from sqlalchemy import Engine, create_engine, func, insert, select

from tests.register.test_dispositions import outcomes

DAY = date(2026, 11, 20)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def database(empty_url: str) -> Engine:
    """A register with one day, on which a flag was opened."""
    ledger.migrate(empty_url)
    ledger.apply(empty_url, DAY, "run-1", outcomes("certain"))
    return create_engine(empty_url)


def enter(database: Engine, day: date, run_id: str, *kinds: str) -> Any:
    url = database.url.render_as_string(hide_password=False)
    return ledger.apply(url, day, run_id, outcomes(*kinds)).to_pylist()


def plant_event(database: Engine, day: date, revision: int, flag_id: str, event: str = "closed") -> None:
    row = {"flag_id": flag_id, "data_date": day, "revision": revision, "event": event, "certainty": "certain",
           "rule_version": 1, "direction": "B"}
    with database.begin() as connection:
        connection.execute(insert(FlagEvent), [row])


def plant_flag(database: Engine, flag_id: str, subject_id: str = "H9", first_seen: date = NEXT) -> None:
    row = {"flag_id": flag_id, "rule_id": "B04", "subject_id": subject_id, "first_seen": first_seen}
    with database.begin() as connection:
        connection.execute(insert(Flag), [row])


def known_flag(database: Engine) -> str:
    with database.connect() as connection:
        return str(connection.scalar(select(Flag.flag_id)))


def told(database: Engine) -> list[tuple[str, str, str]]:
    return [(one.kind, one.row_key, one.what) for one in chain.faults(database)]


def days(database: Engine) -> int:
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(RegisterDay)) or 0


def test_days_that_were_entered_and_entered_again_cover_all_their_rows(database: Engine) -> None:
    enter(database, DAY, "run-2", "certain", "certain")
    enter(database, NEXT, "run-3", "false", "certain")
    assert told(database) == []
    assert days(database) == 3


@pytest.mark.parametrize(("day", "revision"), [(NEXT, 1), (DAY, 2)])
def test_a_transition_planted_for_what_is_entered_next_is_named_and_stops_it(
    database: Engine, day: date, revision: int
) -> None:
    plant_event(database, day, revision, known_flag(database))
    assert told(database) == [("flag_event", f"{day}/{revision}", "never sealed")]
    with pytest.raises(AuditFailed, match=f"register {day}/{revision}: rows were added .* found 1; next: nothing"):
        enter(database, day, "run-2", "certain")
    assert days(database) == 1


@pytest.mark.parametrize(("day", "revision"), [(NEXT, 2), (NEXT + timedelta(days=1), 1)])
def test_a_transition_planted_for_later_is_named_and_taken_for_nothing(
    database: Engine, day: date, revision: int
) -> None:
    plant_event(database, day, revision, known_flag(database))
    assert [flag["state"] for flag in enter(database, NEXT, "run-2", "certain")] == ["open"]
    assert told(database) == [("flag_event", f"{day}/{revision}", "never sealed")]


def test_a_planted_flag_is_named_with_and_without_a_transition(database: Engine) -> None:
    plant_flag(database, "Fplanted")
    assert told(database) == [("flag", "Fplanted", "never sealed")]
    plant_event(database, NEXT, 1, "Fplanted", "opened")
    assert told(database) == [("flag_event", f"{NEXT}/1", "never sealed"), ("flag", "Fplanted", "never sealed")]


def test_a_transition_planted_under_a_day_that_was_entered_is_a_change_of_that_day(database: Engine) -> None:
    plant_flag(database, "Fplanted", first_seen=DAY)
    plant_event(database, DAY, 1, "Fplanted", "opened")
    assert told(database) == [("flag_event", f"{DAY}/1", "changed")]


@pytest.mark.parametrize("is_other", [True, False])
def test_a_flag_that_stands_where_one_is_opened_must_be_the_same(empty_url: str, is_other: bool) -> None:
    ledger.migrate(empty_url)
    database = create_engine(empty_url)
    flag_id = ledger.preview(empty_url, DAY, outcomes("certain"), {}).column("flag_id")[0].as_py()
    plant_flag(database, flag_id, "H7" if is_other else "H1", DAY)
    if not is_other:
        enter(database, DAY, "run-1", "certain")
        assert told(database) == []
        return
    with pytest.raises(AuditFailed, match=rf"1 with other content, the first {flag_id}; next"):
        enter(database, DAY, "run-1", "certain")
    assert days(database) == 0

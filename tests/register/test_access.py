"""The access log keeps every entry, newest first to the reader; history tells an episode's last word."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from lowincome.register import access, history, ledger
from lowincome.register.models import Flag, FlagEvent, RegisterDay
from sqlalchemy import Engine, create_engine, insert

D = date(2026, 11, 22)
ENTRY = {"user_name": "li", "action": "card", "subject": "H1", "reason": "worklist", "data_date": D, "detail": ""}


@pytest.fixture
def database(empty_url: str) -> Iterator[Engine]:
    """A migrated register."""
    ledger.migrate(empty_url)
    engine = create_engine(empty_url)
    yield engine
    engine.dispose()


def enter(database: Engine, day: date, revision: int, *events: dict[str, Any]) -> None:
    """One revision of a day with its events."""
    counts = {f"flags_{state}": 0 for state in ("new", "open", "held", "closed")}
    given = {"data_date": day, "revision": revision}
    shared = {"certainty": "certain", "rule_version": 1, "direction": "B", "reason": None}
    with database.begin() as connection:
        connection.execute(insert(RegisterDay), [{**given, "run_id": f"r{revision}", **counts}])
        connection.execute(insert(FlagEvent), [{**shared, **given, **event} for event in events])


def test_entries_are_kept_in_order_and_read_page_by_page(database: Engine) -> None:
    for number in range(5):
        access.append(database, datetime(2026, 11, 22, 8, number), {**ENTRY, "subject": f"H{number}"})
    assert [row["subject"] for row in access.newest(database, 2, 0)] == ["H4", "H3"]
    assert [row["subject"] for row in access.newest(database, 2, 4)] == ["H0"]
    assert access.newest(database, 1, 0)[0]["at"] == datetime(2026, 11, 22, 8, 4)


def test_a_longer_detail_than_the_column_is_cut_and_never_stops_the_entry(database: Engine) -> None:
    access.append(database, datetime(2026, 11, 22), {**ENTRY, "subject": "s" * 300, "detail": "d" * 600})
    (row,) = access.newest(database, 10, 0)
    assert (len(row["subject"]), len(row["detail"])) == (256, 512)


def test_history_tells_the_last_event_of_each_episode_by_the_newest_revision_of_its_day(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(insert(Flag), [
            {"flag_id": flag, "rule_id": "B04", "subject_id": subject, "first_seen": D}
            for flag, subject in (("F1", "H1"), ("F2", "P9"))])
    enter(database, D, 1, {"flag_id": "F1", "event": "closed"}, {"flag_id": "F2", "event": "opened"})
    enter(database, D, 2, {"flag_id": "F1", "event": "opened"})
    assert [row["event"] for row in history.episodes(database, ["H1"])] == ["opened"]
    assert history.episodes(database, ["P9", "H2"]) == []

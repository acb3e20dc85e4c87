"""Two processes enter the same day: each entry is whole, none is lost, and the same run is entered once."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context

import pyarrow as pa
import pytest
from lowincome import schema
from lowincome.register import ledger
from lowincome.register.models import FlagEvent, RegisterDay
from sqlalchemy import create_engine, func, select

DAY, HOUSEHOLDS, RUNS = date(2026, 11, 20), 200, 12


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Two processes that share nothing with the test or with each other."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


def outcomes() -> pa.Table:
    row = {"rule_id": "B04", "rule_version": 1, "direction": "B", "subject": "household", "is_held": False,
           "parameters": "", "evidence": "", "district": "370102", "outcome": "certain"}
    return pa.Table.from_pylist([row | {"household_id": f"H{n}"} for n in range(HOUSEHOLDS)], schema.TABLES["outcome"])


def enter(url: str, run: str) -> int:
    return ledger.apply(url, DAY, run, outcomes()).num_rows


def test_every_run_of_two_processes_is_a_whole_revision_of_its_own(
    empty_url: str, processes: ProcessPoolExecutor
) -> None:
    ledger.migrate(empty_url)
    entered = list(processes.map(partial(enter, empty_url), [f"run-{number}" for number in range(RUNS)]))
    assert entered == [HOUSEHOLDS] * RUNS
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        events = select(FlagEvent.revision, func.count()).group_by(FlagEvent.revision).order_by(FlagEvent.revision)
        assert [tuple(row) for row in connection.execute(events)] == [(n, HOUSEHOLDS) for n in range(1, RUNS + 1)]
        runs = set(connection.execute(select(RegisterDay.run_id)).scalars())
    engine.dispose()
    assert len(runs) == RUNS


def test_the_same_run_by_two_processes_is_entered_once(
    empty_url: str, processes: ProcessPoolExecutor
) -> None:
    list(processes.map(ledger.migrate, [empty_url] * 4))
    assert list(processes.map(partial(enter, empty_url), ["run"] * RUNS)) == [HOUSEHOLDS] * RUNS
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(RegisterDay)) == 1
    engine.dispose()

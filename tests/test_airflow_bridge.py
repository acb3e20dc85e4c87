"""Which day a run of a DAG is for, whoever triggered it and however he wrote the date."""

from types import SimpleNamespace
from typing import Any

import pendulum
import pytest
from airflow.sdk.exceptions import AirflowFailException
from airflow_bridge import data_date

BEGINS = pendulum.datetime(2026, 11, 22, 16, 30, tz="UTC")


def context(chosen: Any, begins: Any = None) -> dict[str, Any]:
    return {"params": {"data_date": chosen}, "dag_run": SimpleNamespace(data_interval_start=begins)}


@pytest.mark.parametrize("chosen", ["2026-11-21", "20261121", "2026-W47-6"])
def test_a_day_is_the_same_however_it_is_written(chosen: str) -> None:
    assert data_date(context(chosen, BEGINS)) == "2026-11-21"


def test_a_run_without_the_parameter_is_for_the_day_in_jinan_on_which_its_interval_begins() -> None:
    assert data_date(context(None, BEGINS)) == "2026-11-23"


def test_a_run_without_parameter_and_interval_fails() -> None:
    with pytest.raises(AirflowFailException, match="trigger the run again with a data_date"):
        data_date(context(None))


@pytest.mark.parametrize("chosen", ["../../register.db", "2026-13-40", "tomorrow", " 2026-11-21", "2026-11-21/.."])
def test_what_is_no_day_fails_the_run_and_is_not_repeated_in_the_message(chosen: str) -> None:
    with pytest.raises(AirflowFailException, match="names a day, nothing was done") as failed:
        data_date(context(chosen, BEGINS))
    assert chosen not in str(failed.value)

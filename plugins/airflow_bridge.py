"""What tasks take from Airflow: the data date, a connection, and which failures must not be retried.

It lies beside the plugin because every component of Airflow finds that folder; the triggerer does not find `dags/`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lowincome.sources.connection import Connection

FIELDS = ("conn_type", "schema", "host", "port", "login", "password", "extra")


def data_date(context: Mapping[str, Any]) -> str:
    """The day that the data describes, yyyy-mm-dd: the run's parameter, else the local day its interval begins."""
    from datetime import date

    from airflow.sdk.exceptions import AirflowFailException
    from airflow_runs import day_of

    day = day_of(context["params"].get("data_date"), context["dag_run"].data_interval_start)
    try:
        return date.fromisoformat(day or "").isoformat()
    except ValueError:
        raise AirflowFailException("neither the parameter data_date nor a data interval names a day, nothing was done; "
                                   "trigger the run again with a data_date such as 2026-11-22") from None


def connection(conn_id: str) -> "Connection":
    """An Airflow connection as the package knows it; SettingsInvalid when there is none or it cannot be used."""
    from lowincome.sources.connection import invalid

    found = _connection(conn_id)
    if found is None:
        raise invalid(conn_id, "there is no such connection", "make it, then clear the task")
    return found


def connection_or_skip(conn_id: str) -> "Connection":
    """The connection; the task is skipped where the operator has made none."""
    from airflow.sdk.exceptions import AirflowSkipException

    found = _connection(conn_id)
    if found is None:
        raise AirflowSkipException(f"there is no connection {conn_id}: nothing is sent through it")
    return found


def _connection(conn_id: str) -> "Connection | None":
    from airflow.sdk import Connection as AirflowConnection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return known(conn_id, AirflowConnection.get(conn_id))
    except AirflowNotFoundException:
        return None


def known(conn_id: str, found: Any) -> "Connection":
    """Airflow's own connection object, turned into the package's."""
    from lowincome.sources.connection import from_fields

    return from_fields(conn_id, {name: getattr(found, name) for name in FIELDS})


@contextmanager
def failing_for_good() -> Iterator[None]:
    """What is broken fails the task at once, under its chapter of the runbook; who may come back is tried again."""
    from airflow.sdk.exceptions import AirflowFailException
    from lowincome.errors import PipelineError, SourceUnavailable

    try:
        yield
    except SourceUnavailable:
        raise
    except PipelineError as error:
        raise AirflowFailException(f"{type(error).__name__}: {error}") from None

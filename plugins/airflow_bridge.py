"""What tasks take from Airflow: the data date, a connection, and which failures must not be retried.

It lies beside the plugin because every component of Airflow finds that folder; the triggerer does not find `dags/`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from lowincome.sources.connection import Connection

FIELDS = ("conn_type", "schema", "host", "port", "login", "password", "extra")


def data_date(context: Mapping[str, Any]) -> str:
    """The day that the data describes, yyyy-mm-dd: the run's parameter, else the local day its interval begins."""
    from airflow.sdk.exceptions import AirflowFailException

    day = day_of(context["params"].get("data_date"), context["dag_run"].data_interval_start)
    if day is None:
        raise AirflowFailException("the run has no data interval; trigger it again with the parameter data_date")
    return day


def day_of(chosen: Any, begins: "datetime | None") -> str | None:
    """The day that was chosen for a run, else the local day its interval begins; None where it has neither."""
    import pendulum

    if chosen:
        return str(chosen)
    return pendulum.instance(begins).in_timezone("Asia/Shanghai").to_date_string() if begins else None


def connection(conn_id: str) -> "Connection":
    """An Airflow connection as the package knows it; SettingsInvalid when there is none or it cannot be used."""
    from airflow.sdk import Connection as AirflowConnection
    from airflow.sdk.exceptions import AirflowNotFoundException
    from lowincome.sources.connection import invalid

    try:
        return known(conn_id, AirflowConnection.get(conn_id))
    except AirflowNotFoundException:
        raise invalid(conn_id, "there is no such connection", "make it, then clear the task") from None


def known(conn_id: str, found: Any) -> "Connection":
    """Airflow's own connection object, turned into the package's."""
    from lowincome.sources.connection import from_fields

    return from_fields(conn_id, {name: getattr(found, name) for name in FIELDS})


def connection_or_skip(conn_id: str) -> "Connection":
    """The connection; the task is skipped where the operator has made none."""
    from airflow.sdk import Connection as AirflowConnection
    from airflow.sdk.exceptions import AirflowNotFoundException, AirflowSkipException

    try:
        return known(conn_id, AirflowConnection.get(conn_id))
    except AirflowNotFoundException:
        raise AirflowSkipException(f"there is no connection {conn_id}: nothing is sent through it") from None


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

"""How Airflow tells engineers what is wrong: what the DAG `watch` does, and tasks that are watched."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from airflow_bridge import connection_or_skip
from message_channels import SMTP, WECOM, by_mail, by_wecom


def now() -> datetime:
    """The clock of this edge."""
    import pendulum

    return pendulum.now("Asia/Shanghai")


def look() -> dict[str, str]:
    """Hold what is wrong against what engineers were told."""
    from lowincome import alerts

    return alerts.look(now())


def mail() -> dict[str, int]:
    """Tell by mail what mail has not told yet; skipped without the connection."""
    from lowincome import alerts

    connection_or_skip(SMTP)
    return alerts.tell("mail", by_mail, now(), _runbook())


def wecom() -> dict[str, int]:
    """Tell the robot what it has not told yet; skipped without the connection."""
    from lowincome import alerts

    return alerts.tell("wecom", by_wecom(connection_or_skip(WECOM)), now(), _runbook())


@contextmanager
def watched(kind: str) -> Iterator[None]:
    """What fails in here stands as a cause until it succeeds again; what is skipped closes it."""
    from airflow.sdk.exceptions import AirflowSkipException
    from lowincome import alerts
    from lowincome.errors import PipelineError

    found: str | None = "failed: see the log of the task"
    try:
        yield
        found = None
    except AirflowSkipException:
        found = None
        raise
    except PipelineError as error:
        found = str(error)
        raise
    finally:
        alerts.stand(kind, found, now())


def _runbook() -> str:
    from airflow.sdk.configuration import conf

    return conf.get("api", "base_url", fallback="").rstrip("/") + "/lowincome/runbook"

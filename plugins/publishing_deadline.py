"""The hour by which a day is published (LOWINCOME_PUBLISH_BY), as a deadline of Airflow on `monitor_households`.

The scheduler sees that it passed, and an executor calls `day_is_due`; it finds this file as it finds the plugin.
"""

from contextlib import suppress
from datetime import timedelta

from airflow.sdk import DeadlineAlert, DeadlineReference, SyncCallback

BEGINS = 6
"""The hour at which the interval of a day begins; its run starts at the same hour of the next day."""


def day_is_due() -> None:
    """Look what is wrong and tell engineers at once, not at the next look: a day in time closes, and tells nothing."""
    import alerting
    from airflow.sdk.exceptions import AirflowSkipException

    alerting.look()
    for tell in (alerting.mail, alerting.wecom):
        with suppress(AirflowSkipException):
            tell()


def publishing_deadline() -> DeadlineAlert:
    """Counted from the logical date, at which a day's interval begins."""
    from lowincome.settings import publish_by

    hour = publish_by()
    interval = timedelta(days=1, hours=hour.hour - BEGINS, minutes=hour.minute)
    return DeadlineAlert(DeadlineReference.DAGRUN_LOGICAL_DATE, interval, SyncCallback(day_is_due), name="published")

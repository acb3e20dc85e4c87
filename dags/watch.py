"""Every quarter of an hour: what is wrong, by cause → engineers are told what is new: opened, changed, closed.

One message a cause, however many sources share it; nobody is told the same twice, and a message that could not be sent
is tried again by the next run. What stands is on the Health page too; what to do about it is in the runbook.

Triage: red `look` is the register; that it does not answer is told by `mail` and `wecom`, once, which are red until it
does. Else red `mail` or `wecom` says why the message was not taken: mend the connection `smtp_default` or
`wecom_webhook`. Skipped means that there is no such connection. `measure` sends the newest day's figures to where
Airflow sends its metrics, and is skipped while those are off.
"""

from airflow.sdk import DAG, task
from airflow.timetables.trigger import CronTriggerTimetable
from time_limits import SMALL


@task
def look() -> object:
    import alerting

    return alerting.look()


@task(trigger_rule="all_done")
def mail() -> object:
    import alerting

    return alerting.mail()


@task(trigger_rule="all_done")
def wecom() -> object:
    import alerting

    return alerting.wecom()


@task
def measure() -> object:
    import measuring

    return measuring.measure()


with DAG("watch", schedule=CronTriggerTimetable("*/15 * * * *", timezone="Asia/Shanghai"), catchup=False,
         max_active_runs=1, default_args=SMALL, tags=["lowincome"], doc_md=__doc__):
    look() >> [mail(), wecom(), measure()]

"""Every night at three: disks → audit chain → what has expired → Airflow's own database.

Triage: red `disks` names the disk that is almost full: make room before the day at six. Red `chain` is for the security
office at once: somebody changed the register, its chain or a published file; the days go on. Red `expired` deleted
nothing that was not sealed before; run it again. `airflow` is skipped where there is no connection `airflow_metadata`.
Each is told to engineers by `watch` until it is green again.
"""

from datetime import timedelta

from airflow.sdk import DAG, task
from airflow.timetables.trigger import CronTriggerTimetable
from time_limits import SMALL, STEP

KEEP = timedelta(days=365)
FILES_READ = timedelta(days=45)  # every night; `chain verify` on the command line reads those of all data dates
TABLES = ("callback", "celery_taskmeta", "dag_run", "deadline", "import_error", "job", "log", "task_instance",
          "task_instance_history", "task_reschedule", "trigger", "xcom")


@task(**SMALL)
def disks() -> object:
    from alerting import watched
    from lowincome.maintenance import watch_disks

    with watched("disk"):
        return watch_disks()


@task(trigger_rule="all_done")
def chain() -> object:
    from alerting import now, watched
    from lowincome.chain_verbs import verify_chain

    with watched("chain"):
        return verify_chain(since=(now() - FILES_READ).date())


@task
def expired() -> object:
    from alerting import watched
    from lowincome.maintenance import retain

    with watched("expired"):
        return retain()


@task(trigger_rule="all_done")
def airflow() -> None:
    from alerting import now, watched
    from metadata_cleaning import clean_metadata

    with watched("airflow-database"):
        clean_metadata(now() - KEEP, TABLES)


with DAG("maintenance", schedule=CronTriggerTimetable("0 3 * * *", timezone="Asia/Shanghai"), catchup=False,
         max_active_runs=1, default_args=STEP, tags=["lowincome"], doc_md=__doc__):
    disks() >> chain() >> expired() >> airflow()

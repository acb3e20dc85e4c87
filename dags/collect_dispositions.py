"""Filled worklists dropped into LOWINCOME_HOME/answers → the register, every quarter of an hour.

Triage: a row that could not be taken is no failure; it comes back in answers/returned with its reason. Red `collect`
is ours: nothing of the file that failed was recorded; it stays where it was dropped and the next run takes it again.
"""

from airflow.sdk import DAG, task
from airflow.timetables.trigger import CronTriggerTimetable
from time_limits import STEP

with DAG("collect_dispositions", schedule=CronTriggerTimetable("*/15 * * * *", timezone="Asia/Shanghai"),
         catchup=False, max_active_runs=1, default_args=STEP, tags=["lowincome"], doc_md=__doc__):

    @task(task_id="collect")
    def collect() -> object:
        import pendulum
        from lowincome.collect import collect as collect_answers

        return collect_answers(pendulum.now("Asia/Shanghai").isoformat())

    collect()

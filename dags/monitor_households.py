"""The day: freeze → resolve → assemble → evaluate → register → return_errors → prepare_pages → publish.

Once a data date, at the cutoff. A source that has not come by then degrades the day and does not block it; when it
comes, run this DAG again for the data date (parameter `data_date`) and the day is what it would have been.

Triage: red `freeze` or `publish` is the disk or the settings; red `resolve`, `assemble`, `evaluate`, `return_errors`
is ours: an audit failed and nothing was replaced; red `register` means that flags do not balance and nothing was
entered. A step that was killed may be cleared at once. Readers keep the day before until `publish` is green; then
`tell_districts` starts by itself. A day that is not published by LOWINCOME_PUBLISH_BY is told to engineers at that
minute, by the deadline of this DAG.
"""

from datetime import timedelta

from airflow.sdk import DAG, Param, chain, get_current_context, task
from airflow.timetables.interval import CronDataIntervalTimetable
from publication import PUBLISHED
from publishing_deadline import publishing_deadline
from time_limits import STEP

STEPS = ("freeze", "resolve", "assemble", "evaluate", "register", "return_errors", "prepare_pages", "publish")


def step(name: str) -> object:
    """One task that calls one verb of `lowincome.steps`."""

    is_last = name == "publish"

    @task(task_id=name, retries=3 if is_last else 0, retry_delay=timedelta(minutes=2), outlets=[PUBLISHED] * is_last)
    def run() -> object:
        from airflow_bridge import data_date, failing_for_good
        from lowincome import datasets, steps
        from measuring import timed
        from publication import announce
        from told_datasets import tell_datasets

        context = get_current_context()
        with failing_for_good(), timed(name):
            done = getattr(steps, name)(data_date(context))
        tell_datasets(context["ti"], *datasets.of_day(name, data_date(context)))
        if is_last:
            announce(context, data_date(context))
        return done

    return run()


with DAG("monitor_households", schedule=CronDataIntervalTimetable("0 6 * * *", "Asia/Shanghai"), catchup=False,
         max_active_runs=1, tags=["lowincome"], doc_md=__doc__, deadline=publishing_deadline(),
         default_args=STEP, params={"data_date": Param(None, type=["null", "string"])}):
    chain(*[step(name) for name in STEPS])

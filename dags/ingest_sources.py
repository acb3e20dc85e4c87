"""One DAG a source: fetch (submit, wait, download where the source exports) → standardise.

Triage: red `fetch` is theirs: a late source is tried again until the cutoff, a refusal names the source's own code;
call them and clear `fetch` when it is mended. Red `standardise` is ours: nothing was replaced, read its log. A green
run whose source day is *refused* keeps the last good day; the validation report names the check.
"""

from datetime import timedelta
from pathlib import Path

import yaml
from airflow.sdk import DAG, Param, get_current_context, task
from airflow.timetables.interval import CronDataIntervalTimetable

PAGES = sorted((Path(__file__).parents[1] / "include" / "sources").glob("*.yaml"))
THEIRS = {"retries": 6, "retry_delay": timedelta(minutes=5), "retry_exponential_backoff": True}


def ingest(source: str, conn_id: str, is_export: bool) -> None:
    """The tasks of one source. Imports are inside, so that parsing stays quick."""

    def call(step: str, *arguments: str) -> object:
        from airflow_bridge import connection, data_date, failing_for_good
        from lowincome import steps

        with failing_for_good():
            return getattr(steps, step)(source, data_date(get_current_context()), connection(conn_id), *arguments)

    @task(**THEIRS)
    def submit() -> object:
        return call("submit")

    @task.sensor(mode="reschedule", poke_interval=30, timeout=timedelta(hours=2))
    def wait(export_id: str) -> object:
        return call("is_export_ready", export_id)

    @task(**THEIRS)
    def fetch(*export_id: str) -> object:
        return call("fetch", *export_id)

    @task(trigger_rule="all_done")
    def standardise() -> object:
        from airflow_bridge import data_date
        from lowincome import steps

        return steps.standardise(source, data_date(get_current_context()))

    ticket = [submit()] if is_export else []
    fetched = fetch(*ticket)
    if is_export:
        wait(ticket[0]) >> fetched
    fetched >> standardise()


for page in (yaml.safe_load(path.read_text("utf-8")) for path in PAGES):
    with DAG(f"ingest_{page['id']}", schedule=CronDataIntervalTimetable(page["schedule"], "Asia/Shanghai"),
             catchup=False, max_active_runs=1, tags=["lowincome"], doc_md=f"{page['purpose']}\n\n{__doc__}",
             params={"data_date": Param(None, type=["null", "string"])}):
        ingest(page["id"], page["connection"], page["transport"] == "export_api")

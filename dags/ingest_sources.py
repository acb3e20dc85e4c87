"""One DAG a source: fetch (submit, wait, fetch where the source exports) → standardise. It starts half past midnight.

Triage: red `submit`, `wait` or `fetch` is theirs: a late source is tried again until the cutoff, a refusal names the
source's own code; call them, and clear the red task when it is mended. Red `standardise` says why the delivery was
refused; the last good day stays in force. When the source has come, run `monitor_households` for the date again.
"""

from datetime import timedelta
from functools import partial
from pathlib import Path

import yaml
from airflow.sdk import DAG, Param, task
from airflow.timetables.interval import CronDataIntervalTimetable
from export_wait import WaitForExport
from time_limits import LONG, STEP

PAGES = sorted((Path(__file__).parents[1] / "include" / "sources").glob("*.yaml"))
THEIRS = {"retries": 6, "retry_delay": timedelta(minutes=5), "retry_exponential_backoff": True}


def ingest(source: str, conn_id: str, is_export: bool) -> None:
    """The tasks of one source. Imports are inside, so that parsing stays quick."""

    def call(step: str, *arguments: str) -> object:
        from airflow_bridge import connection
        from told_datasets import source_step

        return source_step(step, source, partial(connection, conn_id), *arguments)

    @task(**THEIRS)
    def submit() -> object:
        return call("submit")

    @task(**THEIRS, **LONG)
    def fetch(*export_id: str) -> object:
        return call("fetch", *export_id)

    @task
    def standardise() -> object:
        from airflow.sdk.exceptions import AirflowFailException
        from told_datasets import source_step

        day = source_step("standardise", source)
        if day["state"] == "refused":
            raise AirflowFailException(f"refused: {day['reason']}")  # the runbook's chapter
        return day

    export = WaitForExport(task_id="wait", source=source, conn_id=conn_id, export_id=submit()) if is_export else None
    fetch(*([export.output] if export else [])) >> standardise()


for page in (yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in PAGES):
    with DAG(f"ingest_{page['id']}", schedule=CronDataIntervalTimetable(page["schedule"], "Asia/Shanghai"),
             catchup=False, max_active_runs=1, tags=["lowincome"], doc_md=f"{page['purpose']}\n\n{__doc__}",
             default_args=STEP, params={"data_date": Param(None, type=["null", "string"])}):
        ingest(page["id"], page["connection"], page["transport"] == "export_api")

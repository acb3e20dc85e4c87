"""What Airflow's own database tells the pages: how long tasks took, and which run a data date is."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime

TASKS_SHOWN = 40
RUNS_LOOKED_AT = 60
"""Two runs a day, for as many days as the health page shows, and some more."""


def task_times() -> list[dict[str, Any]]:
    """The newest tasks of this project that Airflow ran, newest first, with how long each took."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import select

    ours = TaskInstance.dag_id.like("ingest\\_%", escape="\\") | (TaskInstance.dag_id == "monitor_households")
    query = select(TaskInstance).where(ours, TaskInstance.start_date.is_not(None))
    with create_session() as session:
        rows = session.scalars(query.order_by(TaskInstance.start_date.desc()).limit(TASKS_SHOWN))
        return [_time(row) for row in rows]


def run_of(dag_id: str, day: "date") -> str | None:
    """The newest run of a DAG for a data date: the one whose tasks are cleared when the day is done again."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    query = select(DagRun).where(DagRun.dag_id == dag_id).order_by(DagRun.run_after.desc()).limit(RUNS_LOOKED_AT)
    with create_session() as session:
        runs = session.scalars(query)
        found = (run.run_id for run in runs
                 if day_of((run.conf or {}).get("data_date"), run.data_interval_start) == day.isoformat())
        return next(found, None)


def day_of(chosen: Any, begins: "datetime | None") -> str | None:
    """The day that was chosen for a run, else the local day its interval begins; None where it has neither."""
    from lowincome.shanghai import local

    if chosen:
        return str(chosen)
    return local(begins).date().isoformat() if begins else None


def _time(row: Any) -> dict[str, Any]:
    from lowincome.shanghai import local

    return {
        "dag_id": row.dag_id, "run_id": row.run_id, "task_id": row.task_id, "state": row.state,
        "started": f"{local(row.start_date):%Y-%m-%d %H:%M:%S}",
        "seconds": "" if row.duration is None else f"{row.duration:.1f}",
    }

"""Registers the pages in Airflow's UI: one application behind Airflow's login, and an entry for each page.

Airflow loads this file in every component, so nothing heavy is imported until somebody opens a page.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from datetime import date

    from fastapi import FastAPI

PREFIX = "/lowincome"
CATEGORY = "低收入监测"
PAGES = {"worklist": "工作清单 Worklist", "statistics": "统计 Statistics", "linkage": "身份比对 Linkage review",
         "validation": "数据校验 Validation", "health": "运行状况 Health"}
TASKS_SHOWN = 40
RUNS_LOOKED_AT = 60
"""Two runs a day, for as many days as the health page shows, and some more."""


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """The pages' application, made when the first request comes."""
    await _application()(scope, receive, send)


@cache
def _application() -> "FastAPI":
    from airflow.api_fastapi.core_api.security import get_user
    from fastapi import Depends
    from lowincome import pages as parts
    from lowincome.web.app import create_app
    from lowincome.web.office import Tasks
    from lowincome.web.visitor import user_name

    def airflow_user(user: Any = Depends(get_user)) -> str:  # noqa: B008
        return str(user.get_name())

    application = create_app(parts.office(Tasks(times=task_times, run_of=run_of)))
    application.dependency_overrides[user_name] = airflow_user
    return application


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
    from airflow_bridge import day_of
    from sqlalchemy import select

    query = select(DagRun).where(DagRun.dag_id == dag_id).order_by(DagRun.run_after.desc()).limit(RUNS_LOOKED_AT)
    with create_session() as session:
        runs = session.scalars(query)
        found = (run.run_id for run in runs
                 if day_of((run.conf or {}).get("data_date"), run.data_interval_start) == day.isoformat())
        return next(found, None)


def _time(row: Any) -> dict[str, Any]:
    return {
        "dag_id": row.dag_id, "run_id": row.run_id, "task_id": row.task_id, "state": row.state,
        "started": f"{row.start_date:%Y-%m-%d %H:%M:%S}",
        "seconds": "" if row.duration is None else f"{row.duration:.1f}",
    }


class LowincomePlugin(AirflowPlugin):
    """The pages under /lowincome, and where they stand in Airflow's navigation."""

    name = "lowincome"
    fastapi_apps = [{"app": pages, "url_prefix": PREFIX, "name": "lowincome"}]
    external_views = [
        {"name": title, "href": f"{PREFIX}/{page}", "destination": "nav", "category": CATEGORY,
         "url_route": f"lowincome-{page}"}
        for page, title in PAGES.items()
    ]

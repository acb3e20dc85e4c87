"""Registers the pages in Airflow's UI: one application behind Airflow's login, and an entry for each page.

Airflow loads this file in every component, so nothing heavy is imported until somebody opens a page.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX = "/lowincome"
CATEGORY = "低收入监测"
PAGES = {"worklist": "工作清单 Worklist", "statistics": "统计 Statistics", "linkage": "身份比对 Linkage review",
         "validation": "数据校验 Validation", "health": "运行状况 Health"}


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """The pages' application, made when the first request comes."""
    await _application()(scope, receive, send)


@cache
def _application() -> "FastAPI":
    import airflow_runs
    from airflow.api_fastapi.core_api.security import get_user
    from fastapi import Depends
    from lowincome import pages as parts
    from lowincome.web.app import create_app
    from lowincome.web.office import Tasks
    from lowincome.web.visitor import user_name, user_roles

    def airflow_user(user: Any = Depends(get_user)) -> str:  # noqa: B008
        return str(user.get_name())

    def airflow_roles(user: Any = Depends(get_user)) -> frozenset[str] | None:  # noqa: B008
        """Those of FAB's users; SimpleAuthManager's have none of our own."""
        return frozenset(role.name for role in user.roles) if hasattr(user, "roles") else None

    application = create_app(parts.office(Tasks(times=airflow_runs.task_times, run_of=airflow_runs.run_of)))
    application.dependency_overrides |= {user_name: airflow_user, user_roles: airflow_roles}
    return application


class LowincomePlugin(AirflowPlugin):
    """The pages under /lowincome, and where they stand in Airflow's navigation."""

    name = "lowincome"
    fastapi_apps = [{"app": pages, "url_prefix": PREFIX, "name": "lowincome"}]
    external_views = [
        {"name": title, "href": f"{PREFIX}/{page}", "destination": "nav", "category": CATEGORY,
         "url_route": f"lowincome-{page}"}
        for page, title in PAGES.items()
    ]

"""Every page with each role in a real API server whose FAB auth manager keeps them. Slow: set LOWINCOME_TEST_FAB=1."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from lowincome.settings import PROJECT

from tests.web.test_inside_airflow import PATIENCE, free_port, home, serving

__all__ = ["home"]

if not os.environ.get("LOWINCOME_TEST_FAB"):
    pytest.skip("two minutes; set LOWINCOME_TEST_FAB=1", allow_module_level=True)

STAFF = ('li: {districts: ["370102"]}\nsun: {districts: ["370102"]}\n'
         'yang: {districts: ["370103"]}\nzhao: {districts: all}\n')
USERS = {"li": "caseworker", "yang": "caseworker", "sun": "auditor", "wu": "engineer", "zhao": "supervisor",
         "qian": "reviewer", "op": "Op", "admin": "administrator"}
PAGES = {"worklist": {"li", "yang", "zhao"}, "statistics": {"li", "yang", "sun", "zhao"}, "linkage": {"qian"},
         "validation": {"sun", "zhao", "wu"}, "health": {"wu"}, "access": {"sun"}}
"""Who opens what at once; the auditor's list needs a reason."""
OF_AIRFLOW = {
    "/api/v2/dags": {"wu", "zhao", "op"}, "/api/v2/connections": {"admin", "op"}, "/api/v2/variables": {"admin", "op"},
    "/auth/fab/v1/users": {"admin"}, "/api/v2/eventLogs": {"wu"}}


@pytest.fixture(scope="module")
def airflow(home: Path) -> Iterator[str]:
    """An API server with FAB, the roles of scripts/prepare_roles.py and a user of each."""
    (home / "staff.yaml").write_text(STAFF, "utf-8")
    url, folder = f"http://127.0.0.1:{free_port()}", home / "airflow"
    folder.mkdir()
    programs = Path(sys.executable).parent
    settings = os.environ | {
        "AIRFLOW_HOME": str(folder), "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}",
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
        "AIRFLOW__FAB__AUTH_RATE_LIMITED": "False", "AIRFLOW__API__SECRET_KEY": "secret of the test",
        "AIRFLOW__API__BASE_URL": url, "AIRFLOW__API_AUTH__JWT_SECRET": "secret of the test " * 4,
        "AIRFLOW_ADMIN_PASSWORD": "admin"}
    with (folder / "log").open("w") as log:
        for _ in range(2):  # the second time nothing is left to do
            for command in ([programs / "airflow", "db", "migrate"], [sys.executable, "scripts/prepare_roles.py"]):
                subprocess.run(command, cwd=PROJECT, env=settings, stdout=log, stderr=log, check=True)
        make = "; ".join(f"sm.add_user('{name}', '{name}', '', '{name}@x', sm.find_role('{role}'), '{name}')"
                         for name, role in USERS.items() if name != "admin")
        subprocess.run([sys.executable, "-c", "from airflow.providers.fab.auth_manager.cli_commands.utils import "
                        f"get_application_builder as g\nwith g() as b:\n sm = b.sm\n {make}"],
                       env=settings, stdout=log, stderr=log, check=True)
        with serving(url, settings, log, folder / "log"):
            yield url


@pytest.fixture(scope="module")
def sessions(airflow: str) -> dict[str, httpx.Client]:
    """A signed-in client of each user."""
    found = {}
    for user in USERS:
        answer = httpx.post(f"{airflow}/auth/token", json={"username": user, "password": user}, timeout=PATIENCE)
        token = answer.raise_for_status().json()["access_token"]
        found[user] = httpx.Client(base_url=airflow, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)
    return found


def opening(sessions: dict[str, httpx.Client], path: str) -> set[str]:
    """The users for whom a path opens; everybody else is refused."""
    codes = {user: session.get(path).status_code for user, session in sessions.items()}
    assert set(codes.values()) <= {200, 403, 404}, codes
    return {user for user, code in codes.items() if code == 200}


def test_each_page_opens_for_its_roles_and_for_no_other(sessions: dict[str, httpx.Client]) -> None:
    for page, users in PAGES.items():
        assert opening(sessions, f"/lowincome/{page}") == users, page


def test_airflow_itself_opens_for_engineer_and_administrator_each_with_their_part(
    sessions: dict[str, httpx.Client]
) -> None:
    for path, users in OF_AIRFLOW.items():
        assert opening(sessions, path) == users, path


def test_nothing_opens_without_a_session_or_with_a_tampered_one(
    airflow: str, sessions: dict[str, httpx.Client]
) -> None:
    good = sessions["li"].headers["Authorization"]
    for headers in ({}, {"Authorization": good[:-4] + "AAAA"}, {"Authorization": "Bearer none"}):
        for page in (*PAGES, "item/H1?why=worklist", "worklist/export.xlsx", "static/pages.css"):
            code = httpx.get(f"{airflow}/lowincome/{page}", headers=headers, timeout=PATIENCE).status_code
            assert code in (401, 403), page


def test_another_districts_session_and_tampered_links_find_nothing(sessions: dict[str, httpx.Client]) -> None:
    text = sessions["li"].get("/lowincome/worklist").text
    item = text.partition("/lowincome/item/")[2].partition("?")[0]
    assert sessions["li"].get(f"/lowincome/item/{item}?why=worklist").status_code == 200
    for user, path in (("yang", f"item/{item}?why=worklist"), ("li", f"item/{item}x?why=worklist"),
                       ("li", "item/..%2f..%2fstaff.yaml?why=worklist"), ("li", "static/..%2f..%2fstaff.yaml"),
                       ("sun", "evidence/2026-11-22/..%2f..%2f..%2fstaff.yaml"), ("li", "workbook/370103")):
        assert sessions[user].get(f"/lowincome/{path}").status_code in (403, 404), (user, path)


def test_an_auditor_says_why_and_then_sees_the_list_of_their_district(sessions: dict[str, httpx.Client]) -> None:
    sun = sessions["sun"]
    assert sun.get("/lowincome/worklist").status_code == 403
    assert sun.post("/lowincome/reason", data={"reason": "季度复查抽样核对"}).status_code == 303
    assert sun.get("/lowincome/worklist").status_code == 200
    assert "季度复查抽样核对" in sun.get("/lowincome/access").text

"""The whole way: Airflow's login, the list in its frame, a card, a finding, and the next day's list that knows it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TextIO

import httpx
import pytest
from lowincome import ingest, steps
from lowincome.lake import Lake
from lowincome.settings import PROJECT
from playwright.sync_api import Frame, Page

from tests.landing_of import land
from tests.small_day import D, answer, deliveries
from tests.web import browsing

STAFF = 'li: {roles: [caseworker], districts: ["370102"]}\nwu: {roles: [engineer]}\n'
USERS = ("li", "wu", "stranger")
PROGRAM = Path(sys.executable).with_name("airflow")
PATIENCE = 60
"""Seconds for an answer of a server that has just started on a busy machine."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of the pipeline with one published day: a covered household that owns a vehicle."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOWINCOME_HOME", str(folder))
        patch.setenv("LOWINCOME_OUTPUT", str(folder / "output"))
        patch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")
        patch.delenv("LOWINCOME_REGISTER_URL", raising=False)
        (folder / "staff.yaml").write_text(STAFF, "utf-8")
        publish(folder, 0)
        yield folder


def publish(home: Path, offset: int) -> None:
    """Land and publish the day so many days after the first."""
    day = D + timedelta(days=offset)
    for source, files in deliveries(day, [answer("A04", quantity=1)]).items():
        land(Lake(home / "lake"), source, day, files, run_id="0001")
        ingest.standardise(source, day.isoformat())
    for step in steps.DAY:
        step(day.isoformat())


@pytest.fixture(scope="module")
def airflow(home: Path) -> Iterator[str]:
    """Airflow's own API server with this plugin, three users and no scheduler."""
    if browsing.chromium_path() is None:
        pytest.skip("no browser: install Debian's package chromium, or name one in LOWINCOME_CHROMIUM")
    url, folder, command = f"http://127.0.0.1:{free_port()}", home / "airflow", PROGRAM
    folder.mkdir()
    (folder / "passwords.json").write_text(json.dumps({user: user for user in USERS}))
    environment = os.environ | {
        "AIRFLOW_HOME": str(folder), "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:viewer" for user in USERS),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "passwords.json"),
        "AIRFLOW__API__BASE_URL": url, "AIRFLOW__API_AUTH__JWT_SECRET": "secret of the test " * 4}
    with (folder / "log").open("w") as log:
        subprocess.run([command, "db", "migrate"], env=environment, stdout=log, stderr=log, check=True)
        with serving(url, environment, log, folder / "log"):
            yield url


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(url: str, settings: dict[str, str], log: TextIO, read: Path) -> Iterator[None]:
    """An API server at this address, from its first answer on; stopped at the end."""
    command = [PROGRAM, "api-server", "--port", url.rpartition(":")[2], "--host", "127.0.0.1", "--workers", "1"]
    server = subprocess.Popen(command, env=settings, stdout=log, stderr=log)
    try:
        wait_for(url, server, read)
        yield
    finally:
        server.terminate()
        server.wait(30)


def wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the server answers; its log when it ends before."""
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            httpx.get(f"{url}/api/v2/version")
            return
        except httpx.TransportError:
            time.sleep(0.25)
    raise AssertionError(log.read_text()[-3000:])


def sign_in(page: Page, airflow: str, user: str) -> None:
    """Through Airflow's own form."""
    page.goto(airflow)
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", user)
    page.click("button[type=submit]")
    page.wait_for_url(f"{airflow}/")


def framed(page: Page, airflow: str, name: str) -> Frame:
    """Our page inside Airflow's frame."""
    page.goto(f"{airflow}/plugin/lowincome-{name}")
    frame = page.wait_for_selector("iframe").content_frame()
    assert frame is not None
    frame.wait_for_load_state()
    return frame


def test_nobody_without_a_login_reads_a_page_or_even_its_style_sheet(airflow: str) -> None:
    for path in ("/", "/worklist", "/static/pages.css", "/item/H1?why=worklist", "/worklist/export.xlsx"):
        assert httpx.get(f"{airflow}/lowincome{path}", timeout=PATIENCE).status_code == 401


def test_log_in_filter_open_a_card_record_a_finding_and_find_it_on_the_next_days_list(
    airflow: str, home: Path
) -> None:
    with browsing.chromium() as browser:
        page = browser.new_page()
        sign_in(page, airflow, "li")
        frame = framed(page, airflow, "worklist")
        frame.select_option("select[name=rule]", "B04")
        frame.click("button[type=submit]")
        frame.wait_for_url("**rule=B04**")
        frame.click("a.open")
        frame.wait_for_url("**/item/**")
        assert "王**" in frame.inner_text("h1")
        frame.check("input[name=finding][value=confirmed]")
        frame.fill("textarea", "车辆属实")
        frame.click("form.finding button[type=submit]")
        frame.wait_for_url("**saved=true**")
        publish(home, 1)
        frame = framed(page, airflow, "worklist")
        assert str(D + timedelta(days=1)) in frame.inner_text(".day")
        assert "属实" in frame.inner_text(".found")
        assert "li" in frame.inner_text(".found")
        browser.close()


def test_a_user_of_airflow_whom_the_staff_page_does_not_name_is_refused(airflow: str) -> None:
    token = httpx.post(
        f"{airflow}/auth/token", json={"username": "stranger", "password": "stranger"}, timeout=PATIENCE).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert httpx.get(f"{airflow}/lowincome/worklist", headers=headers, timeout=PATIENCE).status_code == 403

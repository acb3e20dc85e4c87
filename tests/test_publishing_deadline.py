"""A day that is late is told when its hour has come, and a task of the upkeep stands as a cause while it fails."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import alerting
import pytest
from airflow.sdk.exceptions import AirflowSkipException
from lowincome import alerts, pages
from lowincome.errors import AuditFailed, SettingsInvalid, SourceUnavailable
from lowincome.settings import publish_by
from publishing_deadline import day_is_due, publishing_deadline

from tests.test_alerts import FIRST, Bureau
from tests.test_message_channels import mailbox, robot

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """A home whose first day was published; it is eight o'clock two days later."""
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT", raising=False)
    monkeypatch.setattr(alerting, "now", lambda: datetime(2026, 11, 3, 8, tzinfo=ZONE))
    bureau = Bureau(tmp_path)
    bureau.day(FIRST)
    return bureau


def standing() -> set[str]:
    """Kinds that nothing closes: what a look that finds nothing new leaves open."""
    settings = alerts.read_settings()
    with alerts.ledger.opened(settings.register_url) as engine:
        return {row["kind"] for row in alerts.register.open_alerts(engine)}


@pytest.mark.usefixtures("bureau")
def test_the_callback_tells_the_late_day_to_the_robot_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with robot() as (login, got):
        monkeypatch.setenv("AIRFLOW_CONN_WECOM_WEBHOOK", json.dumps(
            {"conn_type": "http", "schema": "http", "host": "127.0.0.1", "port": login.port, "password": "key"}))
        day_is_due()
        day_is_due()
    [(_, body)] = got
    assert "当日未按时发布" in body["markdown"]["content"] and "2026-11-02" in body["markdown"]["content"]


def test_the_callback_says_nothing_of_a_day_in_time_and_needs_no_connection(bureau: Bureau) -> None:
    bureau.day(FIRST + timedelta(days=1))
    day_is_due()
    assert standing() == set()


@pytest.mark.usefixtures("bureau")
@pytest.mark.parametrize(("hour", "told"), [(7, []), (8, [("unpublished", {"2026-11-02": "2026-11-01"})])])
def test_the_health_page_says_so_though_nothing_looks_any_more(hour: int, told: list[object]) -> None:
    late = pages._publication(alerts.read_settings(), datetime(2026, 11, 3, hour, tzinfo=ZONE))
    assert [(cause["kind"], cause["about"]) for cause in late] == told


@pytest.mark.usefixtures("bureau")
def test_the_callback_fails_when_mail_fails_and_the_cause_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox(monkeypatch):
        pass
    page = Path(alerts.read_settings().home) / "recipients.yaml"
    page.write_text("operations: {name: 运维, email: [ops@example.org]}\n", "utf-8")
    page.chmod(0o600)
    monkeypatch.setenv("LOWINCOME_RECIPIENTS", str(page))
    with pytest.raises(SourceUnavailable):
        day_is_due()
    assert standing() == {"unpublished"}


@pytest.mark.parametrize(("text", "hours"), [("07:30", 25.5), ("05:45", 23.75), ("06:00", 24)])
def test_the_deadline_is_that_hour_of_the_day_after(
    text: str, hours: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOWINCOME_PUBLISH_BY", text)
    interval = publishing_deadline().interval
    assert interval == timedelta(hours=hours)
    begins = datetime.combine(FIRST, datetime.min.time(), ZONE) + timedelta(hours=6)
    late = begins + interval
    assert alerts.due_day(late, publish_by()) == FIRST
    assert alerts.due_day(late - timedelta(minutes=1), publish_by()) == FIRST - timedelta(days=1)


@pytest.mark.parametrize("text", ["7 o'clock", "25:00"])
def test_an_hour_that_cannot_be_read_is_told(text: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"LOWINCOME_PUBLISH_BY.*expected HH:MM"):
        publish_by({"LOWINCOME_PUBLISH_BY": text})


@pytest.mark.usefixtures("bureau")
def test_a_watched_task_stands_while_it_fails_and_is_over_when_it_succeeds_or_is_skipped() -> None:
    for failure in (AuditFailed(what="almost full", where="home"), OSError("no such disk")):
        with pytest.raises(type(failure)), alerting.watched("disk"):
            raise failure
        assert standing() == {"disk"}
    with alerting.watched("disk"):
        pass
    assert standing() == set()
    with pytest.raises(AuditFailed), alerting.watched("disk"):
        raise AuditFailed(what="almost full", where="home")
    with pytest.raises(AirflowSkipException), alerting.watched("disk"):
        raise AirflowSkipException
    assert standing() == set()


def test_the_first_day_of_the_year_is_due_on_its_second_morning() -> None:
    assert alerts.due_day(datetime(2027, 1, 2, 8, tzinfo=ZONE), publish_by({})) == date(2027, 1, 1)

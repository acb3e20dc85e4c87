"""Own figures go with Airflow's metrics, to a StatsD server on loopback here, and the dashboard asks for no others."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import alerting
import pytest
from airflow.sdk.exceptions import AirflowSkipException
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics.stats_utils import get_stats_factory
from lowincome import alerts
from lowincome.gauges import Gauge, gauges
from lowincome.lake import Lake, write_json
from lowincome.settings import INCLUDE
from measuring import measure, timed

from tests.deliver.test_report import D, found

NOW = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
DASHBOARD = json.loads((INCLUDE / "metrics" / "grafana" / "lowincome.json").read_text("utf-8"))
AIRFLOWS_OWN = {"airflow_ti_finish": {"state"}}
"""What the dashboard shows of Airflow itself, with the labels that it asks for."""


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A published day of one source, one rule and one district; it is three days later."""
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    monkeypatch.setattr(alerting, "now", lambda: NOW)
    write_json(Lake(tmp_path / "lake").root / "published" / f"{D}.json", {})
    day = found(D)
    write_json(tmp_path / "output" / D.isoformat() / "validation" / "results.json", day)
    return day


@pytest.fixture
def statsd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[str]]]:
    """Airflow's metrics are on; what a server on loopback got, a line a figure."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.2)
        settings = {"ON": "true", "HOST": "127.0.0.1", "PORT": str(server.getsockname()[1]), "INFLUXDB_ENABLED": "true"}
        for name, value in settings.items():
            monkeypatch.setenv(f"AIRFLOW__METRICS__STATSD_{name}", value)
        stats.initialize(factory=get_stats_factory(), export_legacy_names=False)

        def got() -> list[str]:
            lines = []
            try:
                while True:
                    lines.append(server.recv(4096).decode())
            except TimeoutError:
                return lines

        yield got
    monkeypatch.undo()
    stats.initialize(factory=get_stats_factory(), export_legacy_names=False)


@pytest.mark.usefixtures("published")
def test_a_day_is_measured_by_source_rule_and_district_and_every_kind_of_cause_is_told() -> None:
    measured = gauges(NOW)
    for expected in (
        Gauge("rows", 3, {"source": "city_check", "outcome": "in"}),
        Gauge("rows", 1, {"source": "city_check", "outcome": "quarantined"}),
        Gauge("source_age_days", 3, {"source": "city_check"}), Gauge("published_age_days", 3),
        Gauge("flags", 2, {"rule": "B04", "state": "new"}), Gauge("flags", 1, {"rule": "B04", "state": "closed"}),
        Gauge("overdue", 4, {"district": "370102"}), Gauge("cause", 0, {"kind": "disk"}),
    ):
        assert expected in measured


@pytest.mark.usefixtures("published")
def test_a_cause_is_one_while_it_stands() -> None:
    alerts.stand("disk", "home", NOW)
    assert Gauge("cause", 1, {"kind": "disk"}) in gauges(NOW)


def test_a_source_that_never_came_has_no_age(published: dict[str, Any], tmp_path: Path) -> None:
    published["sources"]["city_check"]["as_of"] = None
    write_json(tmp_path / "output" / D.isoformat() / "validation" / "results.json", published)
    assert [gauge for gauge in gauges(NOW) if gauge.name == "source_age_days"] == []


def test_before_the_first_day_only_causes_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    assert {gauge.name for gauge in gauges(NOW)} == {"cause"}


@pytest.mark.usefixtures("published")
def test_every_figure_arrives_with_its_labels(statsd: Callable[[], list[str]]) -> None:
    sent = measure()["sent"]
    lines = statsd()
    assert len(lines) == sent
    assert "airflow.lowincome.rows,source=city_check,outcome=in:3.0|g" in lines
    assert "airflow.lowincome.published_age_days:3.0|g" in lines


def test_a_step_is_timed_when_it_succeeds_and_not_when_it_fails(statsd: Callable[[], list[str]]) -> None:
    with pytest.raises(KeyError), timed("resolve"):
        raise KeyError
    with timed("freeze"):
        pass
    [line] = statsd()
    assert re.fullmatch(r"airflow\.lowincome\.step_seconds,step=freeze:[\d.e-]+\|g", line)


@pytest.mark.usefixtures("published")
def test_while_metrics_are_off_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "false")
    with pytest.raises(AirflowSkipException, match="metrics are off"):
        measure()


def asked() -> dict[str, set[str]]:
    """The figures that the dashboard asks for, with the labels it asks of them."""
    wanted: dict[str, set[str]] = {}
    for panel in DASHBOARD["panels"]:
        expression = panel["targets"][0]["expr"]
        labels = re.findall(r"(\w+)=~?\"", expression) + re.findall(r"by \((\w+)\)", expression)
        labels += re.findall(r"\{\{(\w+)\}\}", panel["targets"][0]["legendFormat"])
        for name in re.findall(r"airflow_\w+", expression):
            wanted.setdefault(name, set()).update(labels)
    return wanted


@pytest.mark.usefixtures("published")
def test_the_dashboard_shows_every_figure_and_asks_for_no_other() -> None:
    sent: dict[str, set[str]] = {"airflow_lowincome_step_seconds": {"step"}}
    for gauge in gauges(NOW):
        sent.setdefault(f"airflow_lowincome_{gauge.name}", set()).update(gauge.tags)
    wanted = asked()
    assert set(wanted) == set(sent) | set(AIRFLOWS_OWN)
    assert {name: labels - (sent | AIRFLOWS_OWN)[name] for name, labels in wanted.items()
            if labels - (sent | AIRFLOWS_OWN)[name]} == {}

"""Airflow's own servers of task logs listen on all addresses: what they give to whom."""

from pathlib import Path

import pytest
from airflow.utils.serve_logs import create_app
from fastapi.testclient import TestClient


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer of.no.token"}], ids=["no token", "a wrong one"])
def test_nobody_without_a_token_of_airflow_is_given_a_log(
    headers: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "task.log").write_text("a log", "utf-8")
    monkeypatch.setenv("AIRFLOW__LOGGING__BASE_LOG_FOLDER", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "secret of the test")
    answer = TestClient(create_app()).get("/log/task.log", headers=headers)
    assert (answer.status_code, "a log" in answer.text) == (403, False)

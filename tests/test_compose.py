"""docker-compose.yml holds what production needs, keeps to the Compose specification, and tells no secret."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

FILE = Path(__file__).parents[1] / "docker-compose.yml"
TEXT = FILE.read_text("utf-8")
CONTENT: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = CONTENT["services"]
PARTS = {
    "postgres", "redis", "airflow-init", "airflow-api-server", "airflow-scheduler", "airflow-dag-processor",
    "airflow-triggerer", "airflow-worker", "sandbox",
}


def test_it_keeps_to_the_compose_specification() -> None:
    specified = PyCompose.from_json(json.dumps(CONTENT))
    specified.validate()
    assert set(specified.service_names()) == PARTS


def test_a_key_that_the_specification_does_not_know_would_be_found() -> None:
    broken = {"services": {"redis": {"image": "redis:8.2", "colour": "red"}}}
    with pytest.raises(ValueError, match="colour"):
        PyCompose.from_json(json.dumps(broken)).validate()


def test_every_service_that_is_waited_for_exists() -> None:
    waited = {name for service in SERVICES.values() for name in service.get("depends_on", ())}
    assert waited and waited <= SERVICES.keys()


def test_every_named_volume_is_declared() -> None:
    used = {str(volume).split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert used == CONTENT["volumes"].keys()


def test_images_are_pinned_to_a_version() -> None:
    images = {service["image"] for service in SERVICES.values()} | set(re.findall(r"FROM (\S+)", TEXT))
    assert all(re.fullmatch(r"[\w./-]+:\d+\.\d+[\w.-]*", image) for image in images)


def test_every_long_running_service_has_a_health_check() -> None:
    assert [name for name, service in SERVICES.items() if "healthcheck" not in service] == ["airflow-init"]


def test_the_sandbox_starts_only_when_asked_for() -> None:
    assert [name for name, service in SERVICES.items() if service.get("profiles")] == ["sandbox"]


def test_no_secret_stands_in_the_file() -> None:
    secret = re.compile(r"(PASSWORD|SECRET|KEY)[A-Z_]*: (?!\$\{|/var/)(\S+)")
    assert secret.findall(TEXT) == []
    assert re.findall(r"://[^:/\s]*:(?!\$\{)[^@\s]+@", TEXT) == []


def test_the_administrator_of_the_database_is_known_to_the_server_and_to_the_preparation_alone() -> None:
    knowing = {name for name, service in SERVICES.items() if "${POSTGRES_PASSWORD" in json.dumps(service)}
    assert knowing == {"postgres", "airflow-init"}


def test_every_secret_must_be_given_and_has_no_default() -> None:
    given = {name: rest for name, rest in re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)([^}]*)\}", TEXT)}
    assert len(given) == 7
    assert all(rest.startswith(":?") for rest in given.values())


def test_the_same_airflow_runs_everywhere_as_the_lock_names() -> None:
    lock = (FILE.parent / "requirements.txt").read_text("utf-8")
    version = re.search(r"^apache-airflow==(\S+)", lock, re.MULTILINE)
    assert version is not None
    assert f"FROM apache/airflow:{version[1]}-python3.11" in TEXT

"""docker-compose.yml holds what production needs, keeps to the Compose specification, and tells no secret."""

import json
import os
import re
import shutil
import subprocess
import sys
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
    "airflow-triggerer", "airflow-worker", "sandbox", "statsd-exporter", "prometheus", "grafana",
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
    assert {name for name in used if not name.startswith("./")} == CONTENT["volumes"].keys()


def test_every_file_of_the_project_that_a_service_reads_exists_and_is_read_only() -> None:
    mounts = [str(volume) for service in SERVICES.values() for volume in service.get("volumes", ())
              if str(volume).startswith("./")]
    assert len(mounts) == 5
    assert all((FILE.parent / mount.split(":")[0]).is_file() and mount.endswith(":ro") for mount in mounts)


def test_images_are_pinned_to_a_version() -> None:
    images = {service["image"] for service in SERVICES.values()} | set(re.findall(r"FROM (\S+)", TEXT))
    assert all(re.fullmatch(r"[\w./-]+:v?\d+\.\d+[\w.-]*", image) for image in images)


def test_every_long_running_service_has_a_health_check() -> None:
    assert [name for name, service in SERVICES.items() if "healthcheck" not in service] == ["airflow-init"]


def test_the_sandbox_and_the_metrics_start_only_when_asked_for() -> None:
    profiles = {name: service["profiles"] for name, service in SERVICES.items() if service.get("profiles")}
    assert profiles == {
        "sandbox": ["sandbox"], "statsd-exporter": ["metrics"], "prometheus": ["metrics"], "grafana": ["metrics"]}


def test_what_is_published_on_the_host_is_for_this_machine_alone() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(ports) == {"airflow-api-server", "grafana"}
    assert all(port.startswith("127.0.0.1:") for listed in ports.values() for port in listed)


def test_no_secret_stands_in_the_file() -> None:
    secret = re.compile(r"(PASSWORD|SECRET|KEY)[A-Z_]*: (?!\$\{|/var/)(\S+)")
    assert secret.findall(TEXT) == []
    assert re.findall(r"://[^:/\s]*:(?!\$\{)[^@\s]+@", TEXT) == []


def test_the_administrator_of_the_database_is_known_to_the_server_and_to_the_preparation_alone() -> None:
    knowing = {name for name, service in SERVICES.items() if "${POSTGRES_PASSWORD" in json.dumps(service)}
    assert knowing == {"postgres", "airflow-init"}


def test_every_secret_must_be_given_and_has_no_default() -> None:
    secret = r"\$\{(\w*(?:PASSWORD|SECRET|KEY(?!S))\w*)([^}]*)\}"  # …_KEYS says where keys lie
    given = {name: rest for name, rest in re.findall(secret, TEXT)}
    assert len(given) == 9
    assert all(rest.startswith(":?") for rest in given.values())


def test_the_same_airflow_runs_everywhere_as_the_lock_names() -> None:
    lock = (FILE.parent / "requirements.txt").read_text("utf-8")
    version = re.search(r"^apache-airflow==(\S+)", lock, re.MULTILINE)
    assert version is not None
    assert f"FROM apache/airflow:{version[1]}-python3.11" in TEXT


def is_sent(path: str) -> bool:
    """Whether a file of this folder goes into the image, by the last line of .dockerignore that fits."""
    lines = (FILE.parent / ".dockerignore").read_text("utf-8").splitlines()
    names = [path, *map(str, Path(path).parents)][:-1]
    fitting = [line for line in lines if line and not line.startswith("#")
               and any(re.fullmatch(pattern(line.removeprefix("!")), name) for name in names)]
    return not fitting or fitting[-1].startswith("!")


def pattern(line: str) -> str:
    """A line of .dockerignore as a regular expression: `*` stays within a folder, `**/` is any number of them."""
    return re.escape(line).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")


def tracked() -> list[str]:
    """Every file of the project that is its own."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=FILE.parent, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("asks git which files are the project's own")
    return [name for name in listed.stdout.split("\0") if (FILE.parent / name).is_file()]


@pytest.mark.parametrize("path", [
    ".env", "sources.env", "scripts/sources.env", "var/register.db", "var/lake/landing/x.gz", ".git/config",
    "keys.yaml", ".venv/bin/python", "identity.key", "tests/conftest.py",
    "plugins/lowincome/__pycache__/keys.cpython-311.pyc"])
def test_no_secret_no_home_and_nothing_that_is_not_named_goes_into_the_image(path: str) -> None:
    assert not is_sent(path)


def test_every_file_of_the_folders_that_the_file_names_goes_into_the_image() -> None:
    named = set(re.findall(r"/opt/lowincome/([\w.]+)|(?:python|-m) (?:-m )?(\w+)/", TEXT))
    folders = {first or second for first, second in named} | {"sandbox", "include"}
    assert folders == {"requirements.txt", "dags", "plugins", "scripts", "sandbox", "include"}
    assert [name for name in tracked() if name.split("/")[0] in folders and not is_sent(name)] == []


def test_what_goes_into_the_image_is_enough_to_run_there(tmp_path: Path) -> None:
    sent = [name for name in tracked() if is_sent(name)]
    for name in sent:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FILE.parent / name, tmp_path / name)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOWINCOME_")}
    environment |= {"PYTHONPATH": f"{tmp_path / 'plugins'}:{tmp_path}", "LOWINCOME_HOME": str(tmp_path / "home")}
    code = """
import lowincome.__main__, lowincome.retention, sandbox.server, scripts.prepare_databases, sandbox
from lowincome import run, sources
from lowincome.web import app, handbook
from lowincome.sources.spec import registry
assert len(registry()) == 6 and handbook.chapter("runbook", "zh").language == "zh"
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)


def test_files_of_secrets_are_not_taken_into_the_repository() -> None:
    lines = (FILE.parent / ".gitignore").read_text("utf-8").splitlines()
    assert {".env", "sources.env", "var/", ".venv/"} <= set(lines)

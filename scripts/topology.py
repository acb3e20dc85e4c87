"""`make topology`: the parts of docker-compose.yml as plain processes, and one data date through them.

PostgreSQL comes as a wheel, Redis from the system (redis-server), everything else from the venv. Settings, users,
rights, commands and start order are those of the compose file; only hosts, folders and ports are moved. It starts the
sandbox, lets the API server trigger the six ingest DAGs and monitor_households, and ends with 0 when the day is
published complete and every row of the register is borne out by its chain.

`KILLS=6 make topology` kills the scheduler or the worker, with the task it runs, so often at random moments (by SEED)
while the DAGs run, and starts it anew; what failed by that is run once more, as an engineer would.
"""

import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from airflow_home import PROJECT, bring_roster_to, running, sandbox_world
from compose_settings import environment, required, services
from postgresql import postgresql

PARTS = ("airflow-api-server", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer", "airflow-worker")
KILLED = ("airflow-scheduler", "airflow-worker")
PAUSE = (3.0, 15.0)
"""Seconds between two kills."""
PROGRAMS = Path(sys.executable).parent
SECONDS = 1500
DAY = date(2026, 11, 20)
Settings = dict[str, str]


def main() -> int:
    """Start everything, run one day, stop everything that was started."""
    if shutil.which("redis-server") is None:
        print("skipped: there is no redis-server on this machine (Debian: apt install redis-server)")
        return 0
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="topology")))
        given, ports = _secrets(), Ports()
        moved = _moved(home, stack.enter_context(_postgresql()), ports)
        world = sandbox_world(home, [DAY])
        base_url = stack.enter_context(running(world, home / "sandbox"))
        stack.enter_context(_redis(home, given["REDIS_PASSWORD"], ports["redis"]))
        _initialise(home, environment("airflow-init", given, moved))
        engineer = _engineer(home, environment("airflow-scheduler", given, moved))
        settings = {part: environment(part, given, moved) | _of_this_machine(home, ports) for part in PARTS}
        parts = {part: stack.enter_context(Part(home, part, settings[part])) for part in PARTS}
        bring_roster_to(base_url, DAY)
        airflow = Airflow(ports["api"], "wu", engineer)
        kills = int(os.environ.get("KILLS") or 0)
        with _killing([parts[part] for part in KILLED], kills):
            state = _run_day(airflow)
        if kills:
            state |= _healed(airflow, state)
        return _judged(home, environment("airflow-worker", given, moved), state)


class Ports(dict[str, int]):
    """A free port for each name, chosen when it is first asked for."""

    def __missing__(self, name: str) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self[name] = int(free.getsockname()[1])
        return self[name]


class Airflow:
    """Airflow's own API, as its user."""

    def __init__(self, port: int, user: str, password: str) -> None:
        """Waits until the server answers and every part says that it is healthy."""
        self.url, self.token = f"http://127.0.0.1:{port}", ""
        _until("the parts are healthy", self._are_healthy)
        self.token = self.call("POST", "/auth/token", username=user, password=password)["access_token"]

    def call(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """One request; its answer. Raises HTTPError when it is refused."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        content = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.url + path, content, headers, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=120) as answer:
            read: dict[str, Any] = json.load(answer)
        return read

    def run(self, dags: list[str], run_id: str = "topology") -> dict[str, str]:
        """Run these DAGs for the day, at once; the state of each when all have ended."""
        for dag in dags:
            _until(f"{dag} is known", lambda dag=dag: self.call("PATCH", f"/api/v2/dags/{dag}", is_paused=False))
            self.call("POST", f"/api/v2/dags/{dag}/dagRuns", dag_run_id=run_id, logical_date=None,
                      conf={"data_date": DAY.isoformat()})
        ended = {"success", "failed"}
        _until(f"{len(dags)} DAGs have ended", lambda: set(self._states(dags, run_id).values()) <= ended)
        return self._states(dags, run_id)

    def _states(self, dags: list[str], run_id: str) -> dict[str, str]:
        return {dag: str(self.call("GET", f"/api/v2/dags/{dag}/dagRuns/{run_id}")["state"]) for dag in dags}

    def _are_healthy(self) -> bool:
        health = self.call("GET", "/api/v2/monitor/health")
        return all(health[part]["status"] == "healthy"
                   for part in ("metadatabase", "scheduler", "dag_processor", "triggerer"))


def _until(what: str, is_so: Any) -> None:
    """Wait for it, also while the server is not up, asking every second; SystemExit when it takes too long."""
    began = time.monotonic()
    while True:
        try:
            if is_so():
                print(f"{time.monotonic() - began:5.0f} s until {what}", flush=True)
                return
        except (OSError, urllib.error.HTTPError):
            pass
        if time.monotonic() - began > SECONDS:
            raise SystemExit(f"gave up after {SECONDS} s: not so that {what}")
        time.sleep(1)


def _run_day(airflow: Airflow) -> dict[str, str]:
    sources = [f"ingest_{page.stem}" for page in sorted((PROJECT / "include" / "sources").glob("*.yaml"))]
    return airflow.run(sources) | airflow.run(["monitor_households"])


def _healed(airflow: Airflow, states: dict[str, str]) -> dict[str, str]:
    """What failed runs again, as an engineer would have it run, and the day with it."""
    failed = [dag for dag, ended in states.items() if ended == "failed" and dag != "monitor_households"]
    print("failed by the kills:", [dag for dag, ended in states.items() if ended == "failed"], flush=True)
    return airflow.run(failed, "healed") | airflow.run(["monitor_households"], "healed")


def _judged(home: Path, settings: Settings, states: dict[str, str]) -> int:
    """0 when every DAG succeeded, the day is complete and the chain bears out the register."""
    manifest = home / "output" / DAY.isoformat() / "manifest.json"
    day = json.loads(manifest.read_text("utf-8"))["state"] if manifest.exists() else "not published"
    verify = [sys.executable, "-m", "lowincome", "chain", "verify"]
    holds = subprocess.run(verify, cwd=PROJECT, env=_environment(home, settings) | {
        "PYTHONPATH": str(PROJECT / "plugins")}).returncode == 0
    print(f"{states}\n{DAY}: {day}; chain {'holds' if holds else 'is broken'}", flush=True)
    return 0 if set(states.values()) == {"success"} and day == "complete" and holds else 1


def _secrets() -> Settings:
    """A value for every variable that must be given; a Fernet key is 32 bytes in base64."""
    from cryptography.fernet import Fernet

    given = {name: secrets.token_hex(32) for name in required()}
    return given | {"AIRFLOW_FERNET_KEY": Fernet.generate_key().decode()}


def _moved(home: Path, postgresql: Path, ports: Ports) -> Settings:
    """Where the containers' hosts and folders lie on this machine."""
    return {
        r"@postgres/(\w+)": rf"@/\1?host={postgresql}", "@redis:6379": f"@127.0.0.1:{ports['redis']}",
        "airflow-api-server:8080": f"127.0.0.1:{ports['api']}", "localhost:8080": f"localhost:{ports['api']}",
        "/opt/lowincome": str(PROJECT), "/var/lib/lowincome": str(home)}


def _of_this_machine(home: Path, ports: Ports) -> Settings:
    """What several parts on one machine need: a port for each, few processes, no runs but those asked for; and a task
    whose worker is gone is missed after a minute instead of five."""
    return {
        "AIRFLOW__API__PORT": str(ports["api"]), "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "false",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(ports["scheduler"]),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(ports["worker log"]),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(ports["triggerer log"]),
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "2", "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1"}


def _environment(home: Path, settings: Settings) -> Settings:
    """The sandbox's connections and the service's own variables; nothing of Airflow from the caller's shell."""
    inherited = {name: value for name, value in os.environ.items()
                 if not name.startswith(("AIRFLOW__", "LOWINCOME_", "PYTHONPATH"))}
    return inherited | {"AIRFLOW_HOME": str(home / "airflow"), "PATH": f"{PROGRAMS}:{os.environ['PATH']}"} | settings


def _initialise(home: Path, settings: Settings) -> None:
    """The one-off service, by its own entrypoint and command."""
    init = services()["airflow-init"]
    with (home / "airflow-init.log").open("wb") as log:
        done = subprocess.run([*init["entrypoint"], *init["command"]], cwd=PROJECT, stdout=log, stderr=log,
                              env=_environment(home, settings))
    if done.returncode:
        raise SystemExit((home / "airflow-init.log").read_text("utf-8")[-3000:])
    print("databases, roles and tables are ready", flush=True)


def _engineer(home: Path, settings: Settings) -> str:
    """Make the user `wu` with the role engineer, who runs days and nothing else; the password."""
    password = secrets.token_urlsafe(16)
    command = [str(PROGRAMS / "airflow"), "users", "create", "--username", "wu", "--firstname", "wu", "--lastname",
               "wu", "--email", "wu@localhost", "--role", "engineer", "--password", password]
    with (home / "users.log").open("wb") as log:
        subprocess.run(command, cwd=PROJECT, stdout=log, stderr=log, env=_environment(home, settings), check=True)
    return password


class Part:
    """One long-running part, in a process group of its own, which is stopped at the end."""

    def __init__(self, home: Path, name: str, settings: Settings) -> None:
        self.name, self._log = name, home / f"{name}.log"
        self._command = [str(PROGRAMS / "airflow"), *services()[name]["command"].split()]
        self._environment = _environment(home, settings)

    def __enter__(self) -> "Part":
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True,
                                             env=self._environment)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is not None:
            print(self._log.read_text("utf-8")[-2000:], f"\n{self.name} had ended: {self._process.returncode}")
        _stop(self._process)

    def fall(self) -> None:
        """Die at once with all that it runs, as with the power cut, and start again."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.__enter__()


@contextmanager
def _killing(parts: Sequence[Part], times: int) -> Iterator[None]:
    """One of the parts falls at random moments while the block runs, at most so often; tells which and how often."""
    dice, over, fallen = random.Random(int(os.environ.get("SEED") or 7)), threading.Event(), Counter[str]()

    def kill() -> None:
        while fallen.total() < times and not over.wait(dice.uniform(*PAUSE)):
            part = dice.choice(parts)
            part.fall()
            fallen[part.name] += 1

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()
        print("killed:", dict(fallen) or "nothing", flush=True)


@contextmanager
def _redis(home: Path, password: str, port: int) -> Iterator[None]:
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--requirepass", password, "--save", "",
               "--dir", str(home)]
    with (home / "redis.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        _stop(process)


@contextmanager
def _postgresql() -> Iterator[Path]:
    """A server on a Unix socket; the folder of the socket."""
    with postgresql() as server:
        yield Path(server.get_uri().partition("host=")[2])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask the process group to end, and end it when it does not."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(20)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


if __name__ == "__main__":
    sys.exit(main())

"""Airflow on SQLite inside LOWINCOME_HOME: its settings, its database, and the sandbox beside it."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SANDBOX_DAYS = 7
START_SECONDS = 300


@dataclass(frozen=True)
class SandboxWorld:
    """The people that the sandbox plays. They belong to the home, so that the next call meets the same ones."""

    households: int
    seed: int
    first_date: str
    days: int

    @property
    def last_date(self) -> date:
        """The last date that the sandbox can play."""
        return date.fromisoformat(self.first_date) + timedelta(days=self.days - 1)


def prepare_environment() -> tuple[Path, Path]:
    """Set Airflow's environment; home and output. Nothing outside of the two is written."""
    home = Path(os.environ.get("LOWINCOME_HOME") or PROJECT / "var").absolute()
    output = Path(os.environ.get("LOWINCOME_OUTPUT") or home / "output").absolute()
    settings = {
        "LOWINCOME_HOME": home, "LOWINCOME_OUTPUT": output, "AIRFLOW_HOME": home / "airflow",
        "AIRFLOW__CORE__DAGS_FOLDER": PROJECT / "dags", "AIRFLOW__CORE__PLUGINS_FOLDER": PROJECT / "plugins",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow' / 'airflow.db'}",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai", "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    if is_sandbox_on() and (world_page(home).exists() or not (home / "lake").exists()):  # no home of real people
        settings |= {name: os.environ.get(name) or value for name, value in _played(home).items()}
    os.environ.update({name: str(value) for name, value in settings.items()})
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home.stat().st_mode & 0o077:
        print(f"others may enter {home}; unless that is meant: chmod 700 {home}", file=sys.stderr)
    (home / "airflow").mkdir(exist_ok=True)
    sys.path[:0] = [path for path in (str(PROJECT / "plugins"), str(PROJECT / "dags")) if path not in sys.path]
    return home, output


def _played(home: Path) -> dict[str, str]:
    """What holds where sources are played: DAGs run when they are triggered, and not by the clock, whose days nobody
    plays; and Airflow's admin sees every page, unless the home has a staff page of its own."""
    settings = {"AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False", "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False"}
    if not (home / "staff.yaml").exists():
        settings["LOWINCOME_STAFF"] = str(PROJECT / "sandbox" / "staff.yaml")
    return settings


def migrate_airflow(home: Path) -> None:
    """Create or upgrade Airflow's database, once for each version of Airflow."""
    marker, wanted = home / "airflow" / "migrated", version("apache-airflow-core")
    if marker.exists() and marker.read_text("utf-8") == wanted:
        return
    log = home / "airflow" / "migrate.log"
    with log.open("wb") as file:
        done = subprocess.run([Path(sys.executable).with_name("airflow"), "db", "migrate"], stdout=file, stderr=file)
    if done.returncode:
        raise SystemExit(f"Airflow's database could not be made; read {log}")
    marker.write_text(wanted, "utf-8")


def is_sandbox_on() -> bool:
    """SANDBOX=off takes the AIRFLOW_CONN_* of the environment instead."""
    return os.environ.get("SANDBOX", "on").lower() not in ("off", "0", "false", "no")


def world_page(home: Path) -> Path:
    """Where a home keeps what its sandbox plays."""
    return home / "sandbox" / "world.json"


def sandbox_world(home: Path, days: list[date]) -> SandboxWorld:
    """The home's world, made by the first call; SystemExit when it does not reach to the dates asked for."""
    path = world_page(home)
    if path.exists():
        world = SandboxWorld(**json.loads(path.read_text("utf-8")))
    else:
        households, seed = int(os.environ.get("HOUSEHOLDS") or 2000), int(os.environ.get("SEED") or 7)
        world = SandboxWorld(households, seed, days[0].isoformat(), max(SANDBOX_DAYS, len(days)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(world)) + "\n", "utf-8")
    is_other = [name for name in ("households", "seed") if os.environ.get(name.upper()) not in
                (None, "", str(getattr(world, name)))]
    if is_other or days[0] < date.fromisoformat(world.first_date) or days[-1] > world.last_date:
        raise SystemExit(f"the sandbox of {home} plays {world.households} households (seed {world.seed}) from "
                         f"{world.first_date} to {world.last_date}; choose other dates, or another LOWINCOME_HOME")
    return world


@contextmanager
def running(world: SandboxWorld, folder: Path) -> Iterator[str]:
    """The six sources on loopback and their AIRFLOW_CONN_* in the environment; the base URL. Stopped at the end."""
    (folder / "ready").unlink(missing_ok=True)
    command = [sys.executable, "-m", "sandbox", "--households", str(world.households), "--seed", str(world.seed),
               "--first-date", world.first_date, "--days", str(world.days), "--port", "0", "--dir", str(folder)]
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True)
    try:
        yield _started(folder, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _started(folder: Path, process: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + START_SECONDS
    while not (folder / "ready").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the sandbox did not start; read {folder / 'sandbox.log'}")
        time.sleep(0.1)
    for line in (folder / "connections.env").read_text("utf-8").splitlines():
        name, _, value = line.partition("=")
        os.environ[name] = shlex.split(value)[0]
    return (folder / "ready").read_text("utf-8").strip()


def bring_roster_to(base_url: str, day: date) -> None:
    """The bureau's database is live: before a day is pulled it has to stand at that day."""
    request = urllib.request.Request(f"{base_url}/_sandbox/roster", json.dumps({"asOf": day.isoformat()}).encode(),
                                     {"Content-Type": "application/json"})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=120).close()

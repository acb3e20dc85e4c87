"""`make demo`: the six ingest DAGs and monitor_households for some data dates, through Airflow, on this machine.

With SANDBOX=on (default) it starts the sandbox and stops it again; with SANDBOX=off it uses the AIRFLOW_CONN_* of
the environment. State lies in LOWINCOME_HOME, published days in LOWINCOME_OUTPUT.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parents[1]
SHANGHAI = ZoneInfo("Asia/Shanghai")
STATES = ("new", "open", "held", "closed")


def main() -> int:
    """Run the days; 0 when every day was published."""
    console = Console()
    home, output = _prepare_environment()
    first = date.fromisoformat(os.environ.get("DATA_DATE") or "2026-11-20")
    days = [first + timedelta(days=offset) for offset in range(int(os.environ.get("DAYS") or 3))]
    with _sandbox(home, days, console):
        started = time.monotonic()
        _initialise_airflow(console)
        console.print(f"Airflow is ready after {time.monotonic() - started:.0f} s", highlight=False)
        for day in days:
            began = time.monotonic()
            _run_day(day, console)
            console.print(f"{day} took {time.monotonic() - began:.1f} s", highlight=False)
    published = [_show(output / day.isoformat(), console) for day in days]
    return 0 if all(published) else 1


def _prepare_environment() -> tuple[Path, Path]:
    """Airflow on SQLite in the project's own folder; nothing outside LOWINCOME_HOME is written."""
    home = Path(os.environ.get("LOWINCOME_HOME") or PROJECT / "var").absolute()
    output = Path(os.environ.get("LOWINCOME_OUTPUT") or home / "output").absolute()
    settings = {
        "LOWINCOME_HOME": home, "LOWINCOME_OUTPUT": output, "AIRFLOW_HOME": home / "airflow",
        "AIRFLOW__CORE__DAGS_FOLDER": PROJECT / "dags", "AIRFLOW__CORE__PLUGINS_FOLDER": PROJECT / "plugins",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow' / 'airflow.db'}",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai", "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    os.environ.update({name: str(value) for name, value in settings.items()})
    (home / "airflow").mkdir(parents=True, exist_ok=True)
    sys.path[:0] = [str(PROJECT / "plugins"), str(PROJECT / "dags")]
    return home, output


@contextmanager
def _sandbox(home: Path, days: list[date], console: Console) -> Iterator[None]:
    """The six sources on loopback, unless SANDBOX=off; stopped whatever happens."""
    if os.environ.get("SANDBOX", "on") == "off":
        yield
        return
    folder = home / "sandbox"
    (folder / "ready").unlink(missing_ok=True)
    households, seed = os.environ.get("HOUSEHOLDS") or "2000", os.environ.get("SEED") or "7"
    command = [sys.executable, "-m", "sandbox", "--households", households, "--seed", seed, "--port", "0",
               "--first-date", days[0].isoformat(), "--days", str(len(days)), "--dir", str(folder)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(folder / "ready", process)
        for line in (folder / "connections.env").read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            os.environ[name] = shlex.split(value)[0]
        console.print(f"sandbox: {households} households, seed {seed}", highlight=False)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_for(ready: Path, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if ready.exists():
            return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit("the sandbox did not start; run `python -m sandbox --help` and read its own message")


def _initialise_airflow(console: Console) -> None:
    console.print("initialising Airflow on SQLite …")
    subprocess.run([Path(sys.executable).with_name("airflow"), "db", "migrate"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _run_day(day: date, console: Console) -> None:
    """Every DAG once, in this process; a failing source does not stop the day."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(PROJECT / "dags"))
    if bag.import_errors:
        raise SystemExit(f"DAG files with errors: {sorted(bag.import_errors)}")
    names = sorted(name for name in bag.dags if name.startswith("ingest_"))
    for name in [*names, "monitor_households"]:
        moment = datetime.combine(day, datetime.min.time(), SHANGHAI)
        run = bag.dags[name].test(logical_date=moment, run_conf={"data_date": day.isoformat()})
        console.print(f"  {day} {name}: {run.state if run else 'not run'}", highlight=False)


def _show(folder: Path, console: Console) -> bool:
    """What came in, what was quarantined, what was flagged and where the files lie."""
    if not (folder / "manifest.json").exists():
        console.print(f"[bold red]{folder.name}: not published[/]")
        return False
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    flags = json.loads((folder / "validation" / "results.json").read_text("utf-8"))["flags"]
    console.print(_source_table(folder.name, manifest))
    console.print(_flag_table(folder.name, flags))
    console.print(f"files: {folder}\n", highlight=False, soft_wrap=True)
    return True


def _source_table(day: str, manifest: dict[str, Any]) -> Table:
    table = Table("source", "state", "as of", "in", "kept", "quarantined", "refused", "facts in",
                  title=f"{day} {manifest['state']}", title_justify="left")
    for name, source in sorted(manifest["sources"].items()):
        counts = [str(source[key]) for key in ("rows_in", "kept", "quarantined", "refused")]
        table.add_row(name, source["state"], source["as_of"] or "-", *counts, str(source["facts"]["rows_in"]))
    return table


def _flag_table(day: str, flags: dict[str, dict[str, int]]) -> Table:
    table = Table("rule", *STATES, title=f"{day} flags", title_justify="left")
    for rule, counts in sorted(flags.items()):
        table.add_row(rule, *(str(counts[state]) for state in STATES))
    return table


if __name__ == "__main__":
    sys.exit(main())

"""`make demo`: the six ingest DAGs and monitor_households for some data dates, through Airflow, on this machine.

DATA_DATE and DAYS choose the dates, HOUSEHOLDS and SEED the sandbox's people; SANDBOX=off uses the AIRFLOW_CONN_* of
the environment instead. State lies in LOWINCOME_HOME, published days in LOWINCOME_OUTPUT.
"""

import json
import os
import signal
import sys
import time
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow_home import (
    PROJECT,
    bring_roster_to,
    is_sandbox_on,
    migrate_airflow,
    prepare_environment,
    running,
    sandbox_world,
)
from rich.console import Console
from rich.table import Table
from rich.text import Text

STATES = ("new", "open", "held", "closed")
RETRY_SECONDS = 5
"""Production waits minutes for a source that is down; whoever watches a demo does not."""


def main() -> int:
    """Run the days; 0 when each was published, complete or degraded, and 1 when one was not."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    days = _days()
    home, output = prepare_environment()
    console = _quiet(home / "airflow" / "demo.log")
    with ExitStack() as stack:
        base_url = None
        if is_sandbox_on():
            world = sandbox_world(home, days)
            console.print(f"sandbox: {world.households} households, seed {world.seed}, from {world.first_date}")
            base_url = stack.enter_context(running(world, home / "sandbox"))
        began = time.monotonic()
        migrate_airflow(home)
        dags = _dags()
        console.print(f"Airflow is ready after {time.monotonic() - began:.0f} s; its log is {home}/airflow/demo.log")
        published = [_run_day(dags, day, base_url, console) for day in days]
    for day, is_published in zip(days, published, strict=True):
        _show(output / day.isoformat(), is_published, console)
    return 0 if all(published) else 1


def _days() -> list[date]:
    """The data dates asked for; SystemExit when they cannot be read."""
    try:
        first, count = date.fromisoformat(os.environ.get("DATA_DATE") or "2026-11-20"), int(os.environ.get("DAYS") or 3)
    except ValueError as error:
        raise SystemExit(f"DATA_DATE must be yyyy-mm-dd and DAYS a number: {error}") from None
    if count < 1:
        raise SystemExit("DAYS must be at least 1")
    return [first + timedelta(days=offset) for offset in range(count)]


def _quiet(log: Path) -> Console:
    """What Airflow and its tasks print goes to the log; the console that is returned still reaches the user."""
    screen = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    width = None if screen.isatty() else 120
    return Console(file=screen, highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)


def _dags() -> dict[str, Any]:
    """The DAGs by name, with the demo's patience."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(PROJECT / "dags"))
    if bag.import_errors:
        raise SystemExit(f"DAG files with errors: {bag.import_errors}")
    for task in (task for dag in bag.dags.values() for task in dag.tasks if task.retries):
        task.retries, task.retry_delay = 1, timedelta(seconds=RETRY_SECONDS)
        task.retry_exponential_backoff = 0
    for dag in bag.dags.values():  # nothing watches deadlines here, and dag.test() fails over one: apache/airflow#73428
        dag.deadline = None
    return dict(bag.dags)


def _run_day(dags: dict[str, Any], day: date, base_url: str | None, console: Console) -> bool:
    """Every DAG once, in this process; whether the day was published. A failing source does not stop it."""
    began = time.monotonic()
    if base_url:
        bring_roster_to(base_url, day)
    sources = sorted(name for name in dags if name.startswith("ingest_"))
    states = {name: _run(dags[name], day, console) for name in [*sources, "monitor_households"]}
    console.print(f"{day} took {time.monotonic() - began:.1f} s\n")
    return states["monitor_households"] == "success"


def _run(dag: Any, day: date, console: Console) -> str:
    """One DAG run; its state, with the tasks that failed."""
    from lowincome.shanghai import SHANGHAI  # prepare_environment has put it on the path by now

    began = time.monotonic()
    run = dag.test(logical_date=datetime.combine(day, datetime.min.time(), SHANGHAI),
                   run_conf={"data_date": day.isoformat()})
    failed = sorted(task.task_id for task in run.get_task_instances() if task.state == "failed")
    told = Text.assemble(("failed", "bold red"), f" at {', '.join(failed)}") if failed else str(run.state)
    console.print(f"{day} {dag.dag_id:<30}", told, f"{time.monotonic() - began:5.1f} s")
    return str(run.state)


def _show(folder: Path, is_published: bool, console: Console) -> None:
    """What came in, why a source's day did not, what was quarantined, what was flagged and where the files lie."""
    if not is_published:
        kept = "; the folder holds what was published before" if folder.exists() else ""
        console.print(Text(f"{folder.name}: not published", "bold red"), kept, sep="")
        return
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    results = json.loads((folder / "validation" / "results.json").read_text("utf-8"))
    console.print(_source_table(folder.name, manifest))
    for reason in (source["reason"] for _, source in sorted(results["sources"].items()) if source["reason"]):
        console.print(f"- {reason}")
    console.print(_flag_table(folder.name, results["flags"]))
    console.print(f"files: {folder}\n")


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

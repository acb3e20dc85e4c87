"""Outages of what a day depends on: python -m benchmarks.outages database|sandbox|deliveries [--trials 12] [--seed 7].

database: the server of the register is killed at a random moment of a day, and comes back. sandbox: the server of the
sources is killed in the middle of a fetch, and comes back. deliveries: over three days sources come, are cut for days,
come late, or come twice; after each day nobody may have left a list, and when all has come and the days were run again,
their flags are those of days on which everything came in time. Stops with the number of the first trial that breaks
this; the same seed repeats it. The harness of what happens to a run itself is benchmarks/faults.py.
"""

import argparse
import csv
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from lowincome import chain_verbs, ingest, steps
from lowincome.errors import PipelineError
from lowincome.lake import Lake, digest, read_json, read_rows
from sqlalchemy import create_engine

from benchmarks.faults import prepared
from scripts.airflow_home import SandboxWorld, running
from scripts.postgresql import postgresql
from tests.disturbed import FORKS, STEPS, Home, finish, strike, warm
from tests.landing_of import land
from tests.small_day import D, answer, deliveries

OVER_HTTP = ("province_check", "city_check", "medical_insurance")
DAYS = [D + timedelta(days=number) for number in range(3)]
PATIENCE = 3
"""Seconds that a fetch may wait for a server that is gone before it is killed as well."""
Told = Counter[str]


def main() -> int:
    """Run the trials of one kind; 0 when nothing was lost, doubled or half."""
    parser = argparse.ArgumentParser(description=str(__doc__).split(":")[0])
    parser.add_argument("kind", choices=("database", "sandbox", "deliveries"))
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    trials = {"database": databases, "sandbox": sandboxes, "deliveries": schedules}[options.kind]
    began, told = time.monotonic(), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for _ in trials(Path(folder), random.Random(options.seed), options.trials, told):
            pass
    print(f"{options.kind}: {options.trials} trials, seed {options.seed}, {time.monotonic() - began:.0f} s")
    print(*(f"{count:5} {name}" for name, count in sorted(told.items())), sep="\n")
    return 0


def databases(folder: Path, dice: random.Random, trials: int, told: Told) -> Iterator[int]:
    """Each trial has a register of its own, copied on the server from one in which the day waits."""
    with warm(), postgresql() as server:
        os.environ["LOWINCOME_REGISTER_URL"] = _url(server, "waiting")
        _execute(server, "create database waiting")
        waiting = prepared(folder / "waiting")
        before = waiting.seen()
        spared = _copy(server, waiting, folder, "spared")
        seconds = finish(spared)
        after = spared.seen()
        for number in range(trials):
            home = _copy(server, waiting, folder, f"trial{number}")
            step = dice.choice(STEPS)
            ended = strike(home, step, dice.random() * seconds[step], lambda _: _kill_server(server))
            told[f"ended {'by itself' if ended == 0 else 'disturbed'}"] += 1
            _expect(home.seen() in (before, after), f"trial {number}: half a folder after the server fell in {step}")
            finish(home)
            _expect(home.seen() == after, f"trial {number}: the run after it did not heal {home.root}")
            _verify(home)
            yield number


def _url(server: Any, database: str) -> str:
    url: str = server.get_uri(database, driver="psycopg")
    return url


def _execute(server: Any, statement: str) -> None:
    engine = create_engine(_url(server, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _copy(server: Any, waiting: Home, folder: Path, name: str) -> Home:
    _execute(server, f"create database {name} template waiting")
    return Home(waiting.copy(folder / name).root, _url(server, name))


def _kill_server(server: Any) -> None:
    """As a power cut does, with every connection; then it starts again from what its disk has."""
    os.kill(server.get_pid(), signal.SIGKILL)
    for _ in range(60):
        time.sleep(0.5)
        try:
            server.ensure_postgres_running()
            server.psql("select 1")
            return
        except (AssertionError, subprocess.SubprocessError):
            continue  # the killed process is not gone yet
    raise SystemExit("the server did not start again")


def _verify(home: Home) -> None:
    """Every row of the register is borne out by its chain."""
    os.environ |= {"LOWINCOME_HOME": str(home.root / "home"), "LOWINCOME_REGISTER_URL": home.register_url}
    chain_verbs.verify_chain()


def sandboxes(folder: Path, dice: random.Random, trials: int, told: Told) -> Iterator[int]:
    """Each trial fetches one source into a home of its own; what is landed is whole, and reads as if nothing was."""
    world = SandboxWorld(30, 7, D.isoformat(), 1)
    expected: dict[str, list[pa.Table]] = {}
    seconds: dict[str, float] = {}
    with warm():
        for number in range(-len(OVER_HTTP), trials):
            source = OVER_HTTP[number] if number < 0 else dice.choice(OVER_HTTP)
            root = folder / str(number)
            fell = None if number < 0 else dice.random() * seconds[source]
            ended, took = _fetch_while_it_falls(folder / f"sandbox {number}", root, world, source, fell)
            seconds.setdefault(source, took)
            if number >= 0:
                told[f"{source}: ended {'by itself' if ended == 0 else 'disturbed'}"] += 1
            _check_landings(root, source, f"trial {number}")
            if ended:
                _fetch_again(folder / f"again {number}", root, world, source)
            found = _standardised(root, source)
            _expect(expected.setdefault(source, found) == found, f"trial {number}: {source} reads otherwise")
            yield number


def _fetch_while_it_falls(
    folder: Path, root: Path, world: SandboxWorld, source: str, fell: float | None
) -> tuple[int | None, float]:
    """Fetch in a child; its exit code and seconds. The server is killed so much later, then who waits in vain."""
    folder.mkdir()
    with running(world, folder):
        logins = {name: value for name, value in os.environ.items() if name.startswith("AIRFLOW_CONN_")}
        child, began = FORKS.Process(target=_fetch, args=(root, source, logins)), time.monotonic()
        child.start()
        if fell is not None:
            child.join(fell)
            _kill_sandbox()
            child.join(PATIENCE)
            child.kill()
        child.join()
        return child.exitcode, time.monotonic() - began


def _fetch(root: Path, source: str, logins: dict[str, str]) -> None:
    """One source's day, in a child."""
    os.environ.update(logins | {"LOWINCOME_HOME": str(root)})
    ingest.fetch(source, D.isoformat())


def _kill_sandbox() -> None:
    """The sandbox is a child of this process; the fetching child is one of the fork server."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=True).stdout
    for number, _, command in (line.strip().partition(" ") for line in listed.splitlines()):
        if "-m sandbox" in command:
            os.kill(int(number), signal.SIGKILL)


def _fetch_again(folder: Path, root: Path, world: SandboxWorld, source: str) -> None:
    ended, _ = _fetch_while_it_falls(folder, root, world, source, None)
    _expect(ended == 0, f"{root}: the fetch after the outage failed")


def _check_landings(root: Path, source: str, told: str) -> None:
    """Whatever readers can see of a landing is complete, and is what its manifest says."""
    for folder in Lake(root / "lake").landings(source, D).glob("[0-9]*"):
        manifest = read_json(folder / "manifest.json")
        is_whole = manifest["complete"] and all(
            digest(folder / entry["name"]) == entry["sha256"] for entry in manifest["files"])
        _expect(is_whole, f"{told}: a landing that is not whole is visible in {folder}")


def _standardised(root: Path, source: str) -> list[pa.Table]:
    os.environ["LOWINCOME_HOME"] = str(root)
    ingest.standardise(source, D.isoformat())
    lake = Lake(root / "lake")
    return [read_rows(path) for path in sorted(lake.root.glob(f"standardised/**/source={source}/**/*.parquet"))]


def schedules(folder: Path, dice: random.Random, trials: int, told: Told) -> Iterator[int]:
    """Each trial plays three days twice: as a schedule of outages, and in time."""
    for number in range(trials):
        root, spared = folder / str(number), folder / f"{number} in time"
        sent = {day: deliveries(day, [answer("A04", quantity=1)]) for day in DAYS}
        come = _schedule(dice, list(sent[D]), told)
        for today, day in enumerate(DAYS):
            for (source, sent_on), (comes_on, times) in come.items():
                if comes_on == today:
                    _receive(root, source, DAYS[sent_on], sent[DAYS[sent_on]][source], times)
            _run(root, day)
            _expect(not _closed(root, day), f"trial {number}: somebody left a list on {day}")
        for day in DAYS:
            for source, files in sent[day].items():
                late = come[source, DAYS.index(day)][0] >= len(DAYS)
                if late:
                    _receive(root, source, day, files, 1)
                _receive(spared, source, day, files, 1)
            _run(spared, day)
        for day in DAYS:
            _run(root, day)
        for day in DAYS:
            _expect(_flags(root, day) == _flags(spared, day), f"trial {number}: {day} has other flags")
        yield number


def _schedule(dice: random.Random, sources: list[str], told: Told) -> dict[tuple[str, int], tuple[int, int]]:
    """For each source and day: on which day it comes (after the last: when all is over) and how often."""
    come = {}
    for source in sources:
        cut_from = dice.randrange(1, 2 * len(DAYS))
        for day in range(len(DAYS)):
            fate = dice.choice(("in time", "in time", "late", "twice")) if day < cut_from else "cut"
            late = day + dice.randrange(1, len(DAYS)) if fate == "late" else len(DAYS)
            told[fate] += 1
            come[source, day] = (day if fate in ("in time", "twice") else late, 2 if fate == "twice" else 1)
    return come


def _settle(root: Path) -> Lake:
    os.environ |= {"LOWINCOME_HOME": str(root / "home"), "LOWINCOME_OUTPUT": str(root / "output"),
                   "LOWINCOME_REGISTER_URL": "", "LOWINCOME_IDENTITY_KEY": "key of the test"}
    return Lake(root / "home" / "lake")


def _receive(root: Path, source: str, day: date, files: Any, times: int) -> None:
    lake = _settle(root)
    for _ in range(times):
        land(lake, source, day, files, run_id=ingest.next_run_id(lake, source, day))
        ingest.standardise(source, day.isoformat())


def _run(root: Path, day: date) -> None:
    _settle(root)
    for source in deliveries(day, []):
        if not Lake(root / "home" / "lake").landings(source, day).exists():
            ingest.missing(source, day.isoformat(), "did not come")
    for step in steps.DAY:
        step(day.isoformat())


def _flags(root: Path, day: date) -> list[dict[str, str]]:
    with (root / "output" / day.isoformat() / "flags.csv").open(encoding="utf-8") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["flag_id"])


def _closed(root: Path, day: date) -> list[dict[str, str]]:
    return [row for row in _flags(root, day) if row["state"] == "closed"]


def _expect(is_so: bool, what_else: str) -> None:
    if not is_so:
        raise SystemExit(what_else)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PipelineError as error:
        sys.exit(str(error))

"""Two days of six live sources through Airflow, as `make demo` runs them, and the same two days without Airflow."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lowincome.__main__ import main
from lowincome.lake import digest
from lowincome.sources.spec import registry

from sandbox.builder import Config
from sandbox.population import legacy_id
from sandbox.running import Sandbox, running_sandbox

PROJECT = Path(__file__).resolve().parents[1]
DAYS = (date(2026, 11, 20), date(2026, 11, 21))
TABLES = ("flags.csv", "links.csv", "discrepancies.csv")
KEY = "key of the test"
SHORTEST_NAME = 3
"""A name of two characters may stand in any Chinese text by chance."""


@dataclass(frozen=True)
class Demo:
    """What a call of scripts/demo.py left: LOWINCOME_HOME, LOWINCOME_OUTPUT, its exit code and what it printed."""

    home: Path
    output: Path
    code: int
    printed: str

    def metadata(self) -> sqlite3.Connection:
        """Airflow's database."""
        return sqlite3.connect(f"file:{self.home / 'airflow' / 'airflow.db'}?mode=ro", uri=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Both days in one call, in a process, a home and an Airflow of their own."""
    home = tmp_path_factory.mktemp("demo")
    asked = {"HOUSEHOLDS": "20", "SEED": "7", "DATA_DATE": DAYS[0].isoformat(), "DAYS": str(len(DAYS)), "SANDBOX": "on",
             "LOWINCOME_HOME": str(home), "LOWINCOME_OUTPUT": str(home / "output"), "LOWINCOME_IDENTITY_KEY": KEY}
    set_here = ("AIRFLOW", "LOWINCOME", "PYTHONPATH")  # whoever calls `make demo` on a fresh clone has none of them
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(set_here)}
    done = subprocess.run([sys.executable, PROJECT / "scripts" / "demo.py"], env=inherited | asked, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return Demo(home, home / "output", done.returncode, done.stdout)


@pytest.fixture(scope="module")
def sandbox(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The world that the demo met, played once more."""
    played = json.loads((demo.home / "sandbox" / "world.json").read_text("utf-8"))
    config = Config(played["households"], played["seed"], date.fromisoformat(played["first_date"]), played["days"])
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), config.households, config.seed, config.first_date,
                         config.days) as running:
        yield running


@pytest.fixture(scope="module")
def sources(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The sandbox, with its connections in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOWINCOME_IDENTITY_KEY", KEY)
        for source in registry():
            patch.setenv(f"AIRFLOW_CONN_{source.upper()}", json.dumps(sandbox.connections[source]))
        yield sandbox


def run(sources: Sandbox, home: Path, day: date) -> Path:
    """`python -m lowincome run` for one day, the bureau's live database standing at it; the output."""
    sources.roster_as_of(day)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOWINCOME_HOME", str(home))
        patch.setenv("LOWINCOME_OUTPUT", str(home / "output"))
        assert main(["run", "--data-date", day.isoformat()]) == 0
    return home / "output"


@pytest.fixture(scope="module")
def day_by_day(sources: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both days without Airflow, each by a call of its own; the output."""
    home = tmp_path_factory.mktemp("day_by_day")
    return [run(sources, home, day) for day in DAYS][-1]


@pytest.fixture(scope="module")
def secrets(sandbox: Sandbox) -> list[bytes]:
    """What must stand nowhere: ID numbers, phones, addresses and names of everybody, and the connections' passwords."""
    found = {str(login["password"]) for login in sandbox.connections.values() if "password" in login}
    for home in sandbox.world.builder.population.households:
        found.add(home.address)
        for person in home.persons:
            found |= {person.id_no, legacy_id(person.id_no), person.phone}
            found |= {person.name} if len(person.name) >= SHORTEST_NAME else set()
    return sorted({spelled for text in found for spelled in (text.encode(), json.dumps(text)[1:-1].encode())})


def leaks(paths: Iterable[Path], secrets: list[bytes]) -> list[str]:
    """The files in which a secret stands; never the secret itself, for a failing test is printed."""
    files = {path: path.read_bytes() for path in paths if path.is_file()}
    return [path.name for path, content in files.items() if any(secret in content for secret in secrets)]


def manifest(output: Path, day: date) -> dict[str, Any]:
    return dict(json.loads((output / day.isoformat() / "manifest.json").read_text("utf-8")))


def test_one_call_publishes_both_days_complete(demo: Demo) -> None:
    assert demo.code == 0, demo.printed[-2000:]
    for day in DAYS:
        told = manifest(demo.output, day)
        assert told["state"] == "complete", f"{day}: {told['sources']}"
        assert set(told["sources"]) == set(registry())
        files = {name: digest(demo.output / day.isoformat() / name) for name in told["outputs"]}
        assert files == {name: entry["sha256"] for name, entry in told["outputs"].items()}


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("name", TABLES)
def test_airflow_changes_no_byte_of_a_table(demo: Demo, day_by_day: Path, day: date, name: str) -> None:
    through_airflow = (demo.output / day.isoformat() / name).read_bytes()
    assert through_airflow.count(b"\n") > 1
    assert (day_by_day / day.isoformat() / name).read_bytes() == through_airflow


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_both_days_at_once_give_what_day_by_day_gives(demo: Demo, day_by_day: Path, day: date) -> None:
    assert manifest(day_by_day, day)["outputs"] == manifest(demo.output, day)["outputs"]


def test_a_day_without_a_source_becomes_the_undisturbed_day_when_the_source_has_come(
    sources: Sandbox, day_by_day: Path, tmp_path: Path
) -> None:
    day = DAYS[0]
    sources.faults({"source": "rural_revitalization", "fault": "missing_ok", "date": day.isoformat()})
    try:
        degraded = manifest(run(sources, tmp_path, day), day)
        without = (tmp_path / "output" / day.isoformat() / "flags.csv").read_bytes()
    finally:
        sources.mend()
    assert (degraded["state"], degraded["sources"]["rural_revitalization"]["state"]) == ("degraded", "missing")
    again = run(sources, tmp_path, day)
    assert manifest(again, day)["state"] == "complete"
    assert (day_by_day / day.isoformat() / "flags.csv").read_bytes() != without
    for name in TABLES:
        assert (again / day.isoformat() / name).read_bytes() == (day_by_day / day.isoformat() / name).read_bytes()


def test_the_search_for_secrets_finds_them_where_they_belong(demo: Demo, secrets: list[bytes]) -> None:
    assert leaks((demo.home / "sandbox" / "drops").rglob("*.csv"), secrets)
    assert leaks([demo.home / "sandbox" / "connections.env"], secrets)


def test_no_secret_stands_in_the_metadata_database_or_a_log(demo: Demo, secrets: list[bytes]) -> None:
    written = [path for path in (demo.home / "airflow").rglob("*") if path.is_file()]
    assert {"airflow.db", "demo.log"} <= {path.name for path in written}
    assert leaks([*written, demo.home / "sandbox" / "sandbox.log"], secrets) == []
    assert not any(secret in demo.printed.encode() for secret in secrets)


def test_no_cell_of_the_metadata_database_holds_a_secret(demo: Demo, secrets: list[bytes]) -> None:
    """A long cell is spread over pages of the file, so each table is also read as rows."""
    with demo.metadata() as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        rows = {name: repr(database.execute(f'select * from "{name}"').fetchall()).encode() for name in tables}
    assert {"xcom", "task_instance", "log", "connection", "rendered_task_instance_fields"} <= set(rows)
    assert [name for name, content in rows.items() if any(secret in content for secret in secrets)] == []


def test_a_task_hands_on_counts_and_references_and_nothing_of_a_person(
    demo: Demo, sandbox: Sandbox, secrets: list[bytes]
) -> None:
    with demo.metadata() as database:
        values = database.execute("select task_id, value from xcom where key = 'return_value'").fetchall()
    handed_on = {task: json.dumps(json.loads(value), ensure_ascii=False).encode() for task, value in values}
    assert {"submit", "fetch", "standardise", "freeze", "evaluate", "publish"} <= set(handed_on)
    keys = [key.encode() for home in sandbox.world.builder.population.households
            for key in [*home.keys, *(key for person in home.persons for key in person.keys)]]
    assert keys
    assert [task for task, value in handed_on.items() if any(word in value for word in [*secrets, *keys])] == []


def test_no_secret_stands_in_a_published_machine_file_or_report(demo: Demo, secrets: list[bytes]) -> None:
    published = [path for kind in ("csv", "json", "html") for path in demo.output.rglob(f"*.{kind}")]
    assert {"flags.csv", "manifest.json"} <= {path.name for path in published}
    assert any(path.suffix == ".html" for path in published)
    assert leaks(published, secrets) == []


def test_a_cause_leads_to_the_run_of_its_day(demo: Demo) -> None:
    days = "datetime.date(2026, 11, day)"
    asked = ("import datetime, airflow_runs as airflow\n"
             f"print(*(airflow.run_of('ingest_city_check', {days}) for day in (20, 21, 22)))")
    database = {"AIRFLOW_HOME": str(demo.home / "airflow"),
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{demo.home / 'airflow' / 'airflow.db'}"}
    told = subprocess.run([sys.executable, "-c", asked], env=os.environ | database, cwd=PROJECT / "plugins", text=True,
                          stdout=subprocess.PIPE, check=True).stdout.splitlines()[-1].split()
    with demo.metadata() as airflow:
        runs = airflow.execute("select run_id, conf from dag_run where dag_id = 'ingest_city_check'").fetchall()
    by_day = {day: run for run, conf in runs for day in DAYS if day.isoformat() in str(conf)}
    assert told == [by_day[DAYS[0]], by_day[DAYS[1]], "None"]

"""One run of days in a home of its own: every stage a process, its rows counted, its floor measured beside it."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from lowincome import steps
from lowincome.lake import Lake, read_json
from lowincome.sources.spec import registry

from benchmarks.day.cost import Cost, run_child
from sandbox.running import Sandbox

FIRST = date(2026, 11, 21)
LAYERS = {"resolve": "resolved", "assemble": "households", "evaluate": "outcomes", "return_errors": "returns"}


@dataclass(frozen=True)
class Part:
    """One stage inside the process of a whole day; megabytes are resident: at most, and after it (Arrow's among them).

    What an earlier stage did not give back counts in both. `seconds` are those of the clock.
    """

    name: str
    source: str
    seconds: float
    cpu: float
    peak_mb: float
    after_mb: float
    arrow_mb: float


@dataclass(frozen=True)
class Step:
    """One stage of one day; `floor` are the processor seconds of the bare work and `rows` those that the stage wrote.

    A dropped file is fetched without looking inside, so its rows are not known then. `parts` are those of a whole day.
    """

    day: date
    name: str
    source: str
    rows: int | None
    cost: Cost
    floor_name: str
    floor: float | None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Place:
    """A folder that keeps landings from run to run; everything else in it is made anew by each run."""

    folder: Path

    @property
    def home(self) -> Path:
        """LOWINCOME_HOME of the run."""
        return self.folder / "home"

    @property
    def lake(self) -> Lake:
        """The run's lake; its landing is the one that is kept."""
        return Lake(self.home / "lake")

    @property
    def log(self) -> Path:
        """What the verbs print."""
        return self.folder / "verbs.log"

    def is_landed(self, source: str, day: date) -> bool:
        """Whether the source's delivery of the day is there from an earlier run."""
        return any(self.lake.landings(source, day).glob("*/manifest.json"))

    def empty(self) -> None:
        """A home with nothing but what was landed; one identity key, so that every run gives the same bytes."""
        shutil.rmtree(self.home, ignore_errors=True)
        (self.folder / "landing").mkdir(parents=True, exist_ok=True)
        self.lake.root.mkdir(parents=True)
        (self.lake.root / "landing").symlink_to(self.folder / "landing")
        os.environ |= {"LOWINCOME_HOME": str(self.home), "LOWINCOME_OUTPUT": str(self.home / "output"),
                       "LOWINCOME_ENCRYPTION_KEYS": "",  # floors open files bare
                       "LOWINCOME_IDENTITY_KEY": "a key of the benchmark"}


def dates(days: int) -> list[date]:
    """The data dates of a run."""
    return [FIRST + timedelta(days=offset) for offset in range(days)]


def is_whole(place: Place, days: int) -> bool:
    """Whether every landing of the days is there, so that no sandbox is needed."""
    return all(place.is_landed(source, day) for source in registry() for day in dates(days))


def run_whole(place: Place, days: int) -> Iterator[Step]:
    """Each day again in one process, from what was landed to what is published, as where Airflow is not used."""
    place.empty()
    for day in dates(days):
        child = run_child("benchmarks.day.whole", day.isoformat(), log=place.log)
        parts = tuple(Part(**part) for part in list(child.answer["parts"]))  # type: ignore[call-overload]
        cost = replace(child.cost, peak_mb=max(part.peak_mb for part in parts))
        yield Step(day, "one process", "", None, cost, "", None, parts)


def run_days(place: Place, days: int, sandbox: Sandbox | None) -> Iterator[Step]:
    """Every stage of every day, one after the other; sources are fetched where they are not there yet."""
    place.empty()
    for day in dates(days):
        if sandbox:
            _serve(sandbox, day)
        for source in registry():
            if not place.is_landed(source, day):
                yield _step(place, day, "fetch", source)
            yield _step(place, day, "standardise", source)
        for step in steps.DAY:
            yield _step(place, day, step.__name__)


def land_days(place: Place, days: int, sandbox: Sandbox) -> Iterator[Step]:
    """Each day's deliveries and nothing more, where no stage is measured by itself."""
    place.empty()
    for day in dates(days):
        _serve(sandbox, day)
        child = run_child("benchmarks.day.land", day.isoformat(), log=place.log)
        yield Step(day, "fetch", "and standardise all", None, child.cost, "", None)


def _serve(sandbox: Sandbox, day: date) -> None:
    """The sources stand as of the day, and this process's children know where."""
    sandbox.roster_as_of(day)
    os.environ |= {f"AIRFLOW_CONN_{name.upper()}": json.dumps(connection)
                   for name, connection in sandbox.connections.items()}


def _step(place: Place, day: date, name: str, source: str = "") -> Step:
    arguments = [name, "--data-date", day.isoformat(), *(["--source", source] if source else [])]
    child = run_child("benchmarks.day.stage", *arguments, log=place.log)
    inputs = [Path(str(path)) for path in list(child.answer["inputs"])]  # type: ignore[call-overload]
    kind, files = _floor_of(place, day, name, source, inputs)
    floor = float(str(run_child("benchmarks.day.floor", kind, *map(str, files)).answer["cpu"])) if kind else None
    return Step(day, name, source, _rows(place, day, name, source), child.cost, kind, floor)


def _floor_of(place: Place, day: date, name: str, source: str, inputs: list[Path]) -> tuple[str, list[Path]]:
    """Which bare work a stage is held against, and on which files."""
    if name == "fetch":
        return "", []
    if name == "standardise":
        return "decode", _landed(place, source, day)
    if name == "freeze":
        return "digest", list(_frozen(place, day))
    if name == "register":
        return "sqlite", [place.home / "register.db"]
    if name == "publish":
        return "workbook", sorted(_published(place, day).rglob("*.xlsx"))
    return "scan", inputs


def _landed(place: Place, source: str, day: date) -> list[Path]:
    folder, manifest = _manifest(place, source, day)
    return [folder / entry["name"] for entry in manifest["files"]]


def _manifest(place: Place, source: str, day: date) -> tuple[Path, dict[str, Any]]:
    folder = sorted(place.lake.landings(source, day).glob("[0-9]*"))[-1]
    return folder, read_json(folder / "manifest.json")


def _frozen(place: Place, day: date) -> Iterator[Path]:
    for source in read_json(place.lake.lock(day))["sources"].values():
        yield from (place.lake.root / entry["path"] for entry in source["tables"].values())


def _published(place: Place, day: date) -> Path:
    return place.home / "output" / day.isoformat()


def _rows(place: Place, day: date, name: str, source: str) -> int | None:
    """Rows that a stage wrote, `freeze` those of the tables that it names, `publish` lines of all files together."""
    root, today = place.lake.root, f"data_date={day.isoformat()}"
    if name == "fetch":
        files = _manifest(place, source, day)[1]["files"]
        return sum(entry["rows"] or 0 for entry in files) or None
    if name == "standardise":
        return _parquet_rows((root / "standardised").glob(f"*/source={source}/{today}/*.parquet"))
    if name == "freeze":
        return _parquet_rows(_frozen(place, day))
    if name == "register":
        return _parquet_rows([place.lake.partition("outcomes", "flag_day", day)])
    if name == "prepare_pages":
        return _parquet_rows((root / "pages" / day.isoformat()).rglob("*.parquet"))
    if name == "publish":
        outputs = read_json(_published(place, day) / "manifest.json")["outputs"]
        return sum(int(entry["rows"]) for entry in outputs.values())
    written = (root / LAYERS[name]).glob(f"*/{today}/*.parquet")
    return _parquet_rows(path for path in written if path.parent.parent.name != "flag_day")


def _parquet_rows(files: Iterable[Path]) -> int:
    return sum(pq.read_metadata(file).num_rows for file in files)

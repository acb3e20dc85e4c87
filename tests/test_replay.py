"""Days run again: caught up at once they equal days run daily, and a past day follows from its lock anywhere.

Three days by default; LOWINCOME_TEST_DAYS=30 makes it a month.
"""

import os
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lowincome import ingest, steps
from lowincome.lake import Lake, digest
from lowincome.sources.spec import registry

from tests.conftest import day_ingester
from tests.small_day import D, answer

DAYS = [D + timedelta(days=number) for number in range(int(os.environ.get("LOWINCOME_TEST_DAYS", 3)))]
COMPUTED = ("resolved", "households", "outcomes")
Use = Callable[[Path], Lake]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Makes a folder the home and output of what follows; its lake."""
    monkeypatch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")

    def settle(root: Path) -> Lake:
        monkeypatch.setenv("LOWINCOME_HOME", str(root / "home"))
        monkeypatch.setenv("LOWINCOME_OUTPUT", str(root / "output"))
        return Lake(root / "home" / "lake")

    return settle


@pytest.fixture(scope="module")
def caught_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which every delivery had come before the first day was run; tests read it, and work elsewhere."""
    home = tmp_path_factory.mktemp("caught_up")
    with pytest.MonkeyPatch.context() as patch:
        ingest_day = day_ingester(home, patch)
        for number, day in enumerate(DAYS):
            changes: dict[str, Any] = {"rural_revitalization": None} if number % 3 == 1 else {}
            facts = [answer("A04", quantity=1)] if number % 2 == 0 else []
            ingest_day(day, facts=facts, status="SUSPENDED" if number % 5 == 2 else "ACTIVE", **changes)
        for day in DAYS:
            run(day)
    return home


def run(day: date, first: int = 0) -> None:
    """The steps of a day from one of them on."""
    for step in steps.DAY[first:]:
        step(day.isoformat())


def arrive(source: str, day: date, at: Lake, here: Lake) -> None:
    """What came there comes here, byte for byte."""
    if not at.landings(source, day).exists():
        ingest.missing(source, day.isoformat(), "did not come")
        return
    shutil.copytree(at.landings(source, day), here.landings(source, day))
    ingest.standardise(source, day.isoformat())


def files(folder: Path) -> dict[str, str]:
    """Every file below a folder with its digest; published days are links that are followed by their own name."""
    return {str(path.relative_to(folder)): digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_days_caught_up_at_once_equal_days_run_daily(caught_up: Path, use: Use, tmp_path: Path) -> None:
    daily = use(tmp_path / "daily")
    for day in DAYS:
        for source in registry():
            arrive(source, day, Lake(caught_up / "home" / "lake"), daily)
        run(day)
    assert files(tmp_path / "daily" / "output") == files(caught_up / "output")
    links = [(tmp_path / "daily" / "output" / day.isoformat()).readlink() for day in DAYS]
    assert links == [(caught_up / "output" / day.isoformat()).readlink() for day in DAYS]


def test_a_past_day_replays_from_its_lock_elsewhere(caught_up: Path, use: Use, tmp_path: Path) -> None:
    day, elsewhere = DAYS[1], tmp_path / "elsewhere"
    shutil.copytree(caught_up / "home", elsewhere / "home")
    lake = use(elsewhere)
    computed = [table for layer in COMPUTED for table in lake.root.glob(f"{layer}/**/data_date={day}")]
    assert computed
    for table in computed:
        shutil.rmtree(table)
    run(day, first=1)
    assert files(elsewhere / "output" / day.isoformat()) == files(caught_up / "output" / day.isoformat())

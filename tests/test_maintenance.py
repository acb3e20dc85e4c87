"""Upkeep: a disk that fills is told before it is full, and only tables and dates that were meant are cleaned."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import _ntuple_diskusage as Usage
from types import SimpleNamespace
from typing import Any

import metadata_cleaning
import pytest
from lowincome import maintenance
from lowincome.errors import AuditFailed


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Sets how many of 1,000 bytes are free in the home, and elsewhere."""
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(tmp_path / "output"))

    def settle(home: int, elsewhere: int = 900) -> None:
        def usage(path: Path) -> Usage:
            return Usage(1000, 0, home if path.name == "home" else elsewhere)

        monkeypatch.setattr(maintenance.shutil, "disk_usage", usage)

    return settle


def test_a_disk_of_which_a_tenth_is_free_is_not_told(free: Callable[..., None]) -> None:
    free(home=100)
    assert maintenance.watch_disks() == {"home": 0.1, "output": 0.9, "anchors": 0.9}


def test_a_disk_with_less_is_told_by_what_lies_on_it(free: Callable[..., None]) -> None:
    free(home=99)
    with pytest.raises(AuditFailed, match=r"home: a disk is almost full; expected 10% free; found 9\.9%"):
        maintenance.watch_disks()


def test_nothing_expires_before_the_first_day(free: Callable[..., None]) -> None:
    free(home=900)
    assert maintenance.retain() == {}


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would have been run against the database of the connection; it fails at once for table `broken`."""
    calls: list[Any] = []

    def run(command: list[str], env: dict[str, str], **_: Any) -> SimpleNamespace:
        calls.append((command, env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]))
        return SimpleNamespace(returncode=int("broken" in command), stderr="no such table")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(metadata_cleaning, "connection_or_skip",
                        lambda name: SimpleNamespace(extra={"sqlalchemy_url": f"sqlite:///{name}"}))
    return calls


def test_airflows_database_is_cleaned_before_a_time_and_in_the_named_tables(cleaned: list[Any]) -> None:
    metadata_cleaning.clean_metadata(datetime(2026, 1, 2, tzinfo=UTC), ("log", "xcom"))
    (command, url), = cleaned
    assert url == "sqlite:///airflow_metadata"
    assert command[3:] == ["db", "clean", "--yes", "--skip-archive", "--clean-before-timestamp",
                           "2026-01-02T00:00:00+00:00", "--tables", "log,xcom", "--error-on-cleanup-failure"]


def test_a_cleaning_that_failed_is_told(cleaned: list[Any]) -> None:
    with pytest.raises(Exception, match="ended with 1: no such table"):
        metadata_cleaning.clean_metadata(datetime(2026, 1, 2, tzinfo=UTC), ("broken",))

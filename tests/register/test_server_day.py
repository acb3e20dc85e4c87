"""A published day does not depend on the kind of database that its register lives in."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from lowincome import steps
from lowincome.lake import digest

from tests.small_day import D, answer

Files = dict[str, str]


def publish(days: list[str], output: Path) -> Files:
    """Run the days one after the other; every file that was published, with its digest."""
    for day in days:
        for step in steps.DAY:
            step(day)
    return {str(path.relative_to(output)): digest(path) for path in sorted(output.rglob("*")) if path.is_file()}


def test_two_days_give_the_same_bytes_from_a_register_on_postgresql(
    ingest_day: Callable[..., str], new_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [ingest_day(facts=[answer("A04", quantity=1)]), ingest_day(D + timedelta(days=1), removed="是")]
    shutil.copytree(tmp_path / "home", tmp_path / "other" / "home")
    in_a_file = publish(days, tmp_path / "output")
    assert (tmp_path / "home" / "register.db").exists()

    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path / "other" / "home"))
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(tmp_path / "other" / "output"))
    monkeypatch.setenv("LOWINCOME_REGISTER_URL", new_database())
    assert publish(days, tmp_path / "other" / "output") == in_a_file
    assert not (tmp_path / "other" / "home" / "register.db").exists()

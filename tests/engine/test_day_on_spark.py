"""A day and the one after it are published alike by both engines, where PySpark is installed."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from lowincome import steps

from tests.conftest import day_ingester
from tests.small_day import D, answer

pytest.importorskip("pyspark", reason="Spark is optional: pip install -r requirements-spark.txt")
FACTS = [
    answer("I01", amount="12345.67", periodFrom="202601", periodTo="202610"), answer("A01", amount="50000.00"),
    answer("S05", "NONE"), answer("A03", "ERROR"),
]


def published(folder: Path, days: list[str], engine: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Every published file; tables of text with their rows sorted."""
    monkeypatch.setenv("LOWINCOME_HOME", str(folder / "home"))
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(folder / "output"))
    monkeypatch.setenv("LOWINCOME_ENGINE", engine)
    for step, day in ((step, day) for day in days for step in steps.DAY):
        step(day)
    files = [path for day in days for path in sorted((folder / "output" / day).rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): _content(path) for path in files}


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return b"".join(sorted(content.splitlines(keepends=True))) if path.suffix == ".csv" else content


def test_two_days_are_published_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingested = day_ingester(tmp_path / "duckdb", monkeypatch)
    days = [ingested(D, FACTS), ingested(D + timedelta(days=1), FACTS[:2], removed="是")]
    shutil.copytree(tmp_path / "duckdb", tmp_path / "spark")
    on_one_machine = published(tmp_path / "duckdb", days, "duckdb", monkeypatch)
    on_spark = published(tmp_path / "spark", days, "spark", monkeypatch)
    assert on_spark.keys() == on_one_machine.keys()
    assert [name for name in on_spark if on_spark[name] != on_one_machine[name]] == []

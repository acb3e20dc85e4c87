"""A day and the one after it have the same bytes from both engines, in the lake and published; with PySpark."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from lowincome import steps
from lowincome.day_tables import LAYERS

from tests.conftest import day_ingester
from tests.small_day import D, answer

pytest.importorskip("pyspark", reason="Spark is optional: `make test-spark`")
FACTS = [
    answer("I01", amount="12345.67", periodFrom="202601", periodTo="202610"), answer("A01", amount="50000.00"),
    answer("S05", "NONE"), answer("A03", "ERROR"),
]


def published(folder: Path, day: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Every published file of a day that one engine ran, and every table of its stages, which a later lock may name."""
    monkeypatch.setenv("LOWINCOME_HOME", str(folder / "home"))
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(folder / "output"))
    monkeypatch.setenv("LOWINCOME_ENGINE", engine)
    for step in steps.DAY:
        step(day)
    lake = folder / "home" / "lake"
    tables = [path for layer in LAYERS for path in (lake / layer).glob(f"*/data_date={day}/part.parquet")]
    files = [path for path in (folder / "output" / day).rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted([*tables, *files])}


def test_from_one_lock_both_engines_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingested = day_ingester(tmp_path / "duckdb", monkeypatch)
    for day in (ingested(D, FACTS), ingested(D + timedelta(days=1), FACTS[:2], removed="是")):
        shutil.copytree(tmp_path / "duckdb", tmp_path / day)
        on_spark = published(tmp_path / day, day, "spark", monkeypatch)
        on_one_machine = published(tmp_path / "duckdb", day, "duckdb", monkeypatch)
        assert on_spark.keys() == on_one_machine.keys()
        assert [name for name in on_spark if on_spark[name] != on_one_machine[name]] == []

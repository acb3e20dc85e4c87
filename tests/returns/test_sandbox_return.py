"""Faults of the sandbox's rural file, three days long, as its owner is told of them."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from lowincome import ingest, steps
from lowincome.errors import PipelineError
from lowincome.lake import Lake
from lowincome.settings import read_settings
from lowincome.sources.connection import Connection

from sandbox.builder import Config
from sandbox.drops import write_rural
from sandbox.world import World

SOURCE = "rural_revitalization"
D = date(2026, 11, 20)
DAYS = [D + timedelta(days=number) for number in range(3)]
ALWAYS = {"too_few_cells", "too_many_cells", "bytes_not_gb18030"}
"""The sandbox ends every rural file with three broken rows."""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Counter[tuple[str, str]]]:
    """Faults of the rural file by name and status: a day with a strange code, one without a column, one mended."""
    for name in ("home", "output"):
        monkeypatch.setenv(f"LOWINCOME_{name.upper()}", str(tmp_path / name))
    (tmp_path / "rural").mkdir()
    world = World(Config(20, 7, D, len(DAYS)))
    world.faults.add([{"source": SOURCE, "fault": "unknown_code", "date": DAYS[0].isoformat()},
                      {"source": SOURCE, "fault": "missing_column", "date": DAYS[1].isoformat()}])
    return [_day(world, tmp_path, day) for day in DAYS]


def _day(world: World, folder: Path, day: date) -> Counter[tuple[str, str]]:
    """Fetch and standardise the file, then run the day as far as its error returns."""
    write_rural(world, folder / "rural", day)
    drop = Connection(SOURCE, "fs", extra={"path": str(folder / "rural")})
    try:
        ingest.fetch(SOURCE, day.isoformat(), lambda: drop)
        ingest.standardise(SOURCE, day.isoformat())
    except PipelineError as error:
        ingest.missing(SOURCE, day.isoformat(), str(error))
    for step in (steps.freeze, steps.resolve, steps.assemble, steps.return_errors):
        step(day.isoformat())
    rows = pq.read_table(Lake(read_settings().lake).partition("returns", "error_return", day)).to_pylist()
    return Counter((row["fault"], row["status"]) for row in rows if row["source"] == SOURCE)


def test_a_broken_source_is_told_what_to_correct_and_what_it_corrected(
    told: list[Counter[tuple[str, str]]],
) -> None:
    first, second, third = told
    broken = {(fault, "open"): 1 for fault in ALWAYS}
    assert first == broken | {("unknown_code:category", "open"): 1}
    assert second == first | {("delivery_refused", "open"): 1}
    assert third == broken | {("unknown_code:category", "corrected"): 1, ("delivery_refused", "corrected"): 1}

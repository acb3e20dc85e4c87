"""PYTHONPATH=plugins python -m benchmarks.resolution [--persons N] [--seed N] [--hard] [--ways …]: ways in one table.

Splink, recordlinkage and dedupe need benchmarks/requirements.txt; the last two run where they are named, on a sample.

Each way runs in a process of its own, so that seconds and memory are its own: reading the records is outside the
seconds, and inside the memory.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
from lowincome.resolve.evaluate import evaluate
from lowincome.resolve.quality_table import quality_tables
from rich.console import Console
from rich.table import Table

from benchmarks.resolution import truth
from benchmarks.resolution.measure import in_child, measure, write_truth
from benchmarks.resolution.rivals import OF_A_SAMPLE, RIVALS


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resolution", description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--ways", nargs="+", choices=RIVALS, default=[way for way in RIVALS if way not in OF_A_SAMPLE])
    parser.add_argument("--hard", action="store_true", help="15 %% of the IDs missing and 5 %% mistyped")
    options = parser.parse_args()
    console = Console(width=160)
    with TemporaryDirectory(prefix="lowincome-benchmark-") as folder:
        path, apart = Path(folder) / "truth.parquet", Path(folder) / "apart.parquet"
        dirt = truth.HARD if options.hard else truth.STANDARD
        in_child(write_truth, path, apart, options.seed, options.persons, dirt)
        rows = {name: in_child(measure, name, path, apart, Path(folder)) for name in options.ways}
        _print(console, rows, f"{options.persons:,} persons, {pq.read_metadata(path).num_rows:,} records, {options}")
        if "ours" not in options.ways:
            return 0
        for table in quality_tables(evaluate([path], [Path(folder) / "ours.parquet"], [apart])):
            console.print(table)
    return 0


def _print(console: Console, rows: dict[str, dict[str, Any]], title: str) -> None:
    table = Table("", *next(iter(rows.values())), title=title)
    for name, row in rows.items():
        table.add_row(name, *(f"{value:.5f}" if isinstance(value, float) else f"{value}" for value in row.values()))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())

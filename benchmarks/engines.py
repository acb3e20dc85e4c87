"""PYTHONPATH=plugins:. python -m benchmarks.engines --folder F [--days N] [--engines spark]: one day on both engines.

F keeps the landings of `benchmarks.day --folder F`. Each engine runs the same days from them, each day in one process,
from what was landed to what is published, in a home of its own (F/duckdb, F/spark). Then every file of lake and output
is compared byte for byte, and what each stage cost is told side by side. Exit 1 where rows differ. With `--engines`
only those are run: of the other its last run is compared and told. Needs PySpark (docs/spark.md).
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from filecmp import cmp
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from lowincome.lake import read_json, write_json
from lowincome.sources.spec import registry
from rich.console import Console
from rich.table import Table

from benchmarks.day import tables
from benchmarks.day.run import FIRST, Place, dates, run_whole

ENGINES = ("duckdb", "spark")
COSTS = "costs.json"
DIFFERS, REGROUPED = "differs", "the same rows in the same order, in groups that begin elsewhere"
ASIDE = {"locks"}
"""What processes held while they took turns."""
Json = dict[str, Any]


def main() -> int:
    """Run, compare and print."""
    options, console = _options(), Console(width=150, highlight=False)
    places = {engine: _place(options.folder.absolute(), engine) for engine in ENGINES}
    if not all(list(folder.glob("*/manifest.json")) for folder in _landings(options.folder, options.days)):
        raise SystemExit(f"{options.folder} lacks landings: python -m benchmarks.day --whole --folder {options.folder}")
    for engine in options.engines:
        _run(places[engine], engine, options.days)
    console.print(str(tables.size(places[ENGINES[0]], FIRST)))
    for table in side_by_side({engine: read_json(place.folder / COSTS) for engine, place in places.items()}):
        console.print(table)
    found = different(*(place.home for place in places.values()))
    console.print("\n".join(f"{name}: {how}" for name, how in found.items()) or "every file has the same bytes")
    return int(DIFFERS in found.values())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where benchmarks.day kept its landings")
    parser.add_argument("--days", type=int, default=1, help="so many data dates from the first on")
    parser.add_argument("--engines", nargs="*", choices=ENGINES, default=ENGINES, help="which to run (again)")
    return parser.parse_args()


def _landings(folder: Path, days: int) -> Iterator[Path]:
    return (folder / "landing" / source / day.isoformat() for source in registry() for day in dates(days))


def _place(folder: Path, engine: str) -> Place:
    """A home for one engine, in which the folder's landings are seen."""
    own = folder / engine
    own.mkdir(exist_ok=True)
    if not (own / "landing").exists():
        (own / "landing").symlink_to(folder / "landing")
    return Place(own)


def _run(place: Place, engine: str, days: int) -> None:
    """Run the days and keep what they cost beside the home."""
    os.environ["LOWINCOME_ENGINE"] = engine
    steps = [asdict(step) | {"day": step.day.isoformat()} for step in run_whole(place, days)]
    write_json(place.folder / COSTS, steps)


def side_by_side(runs: dict[str, list[Json]]) -> Iterator[Table]:
    """A table a day: processor seconds and largest memory of each stage, engine beside engine."""
    for days in zip(*runs.values(), strict=True):
        table = Table("stage", *(f"{engine} {figure}" for engine in runs for figure in ("CPU s", "peak MB")),
                      title=days[0]["day"])
        for column in table.columns[1:]:
            column.justify = "right"
        for parts in zip(*(day["parts"] for day in days), strict=True):
            table.add_row(f"{parts[0]['name']} {parts[0]['source']}".strip(), *_figures(parts))
        table.add_section()
        table.add_row("all", *_figures([day["cost"] for day in days]))
        clock = (day["cost"]["seconds"] for day in days)
        table.add_row("seconds of the clock", *(cell for seconds in clock for cell in (f"{seconds:,.1f}", "")))
        yield table


def _figures(costs: Iterable[Json]) -> Iterator[str]:
    for cost in costs:
        yield from (f"{cost['cpu']:,.1f}", f"{cost['peak_mb']:,.0f}")


def different(one: Path, other: Path) -> dict[str, str]:
    """How files of lake and output differ, by name; nothing where their bytes are the same."""
    names = sorted({name for home in (one, other) for name in _files(home)})
    found = {name: _difference(one / name, other / name) for name in names}
    return {name: how for name, how in found.items() if how}


def _files(home: Path) -> Iterator[str]:
    """What a run made; landings, which are links, are not followed."""
    for folder in ("lake", "output"):
        found = (path.relative_to(home) for path in (home / folder).rglob("*") if path.is_file())
        yield from (str(path) for path in found if not ASIDE.intersection(path.parts))


def _difference(one: Path, other: Path) -> str:
    if not one.exists() or not other.exists():
        return DIFFERS
    if cmp(one, other, shallow=False):
        return ""
    is_table = one.suffix == ".parquet"
    return REGROUPED if is_table and pq.read_table(one).equals(pq.read_table(other), check_metadata=True) else DIFFERS


if __name__ == "__main__":
    sys.exit(main())

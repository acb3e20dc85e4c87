"""PYTHONPATH=plugins:. python -m benchmarks.day [--persons N] [--changed 2 …] [--folder F]: what a day costs.

The sandbox plays a population of about so many persons; the first day brings everything, each later one its share of
changed records. Every stage is a process of its own, one after the other, on what the real transports landed; then each
day runs again in one process, with --whole only that. LOWINCOME_MEMORY_LIMIT bounds the engine as on any day. A folder
keeps its landings: the next run in it needs no sandbox and fetches nothing. What --json keeps, benchmarks.growth plots.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.day import landing, tables
from benchmarks.day.cost import Cost, run_child
from benchmarks.day.run import FIRST, Place, Step, is_whole, run_days, run_whole

WORLD = ("persons", "seed", "changed", "parts")
"""What landings depend on."""


def main() -> int:
    """Measure and print."""
    options, console = _options(), Console(width=150, highlight=False)
    with _folder(options.folder) as folder:
        place = Place(folder)
        runs = [[_told(step, console) for step in _run(place, options)] for _ in range(options.runs)]
        size, idle = tables.size(place, FIRST), run_child("benchmarks.day.start").cost
    console.print(f"{size}; memory limit of the engine {_limit()}; {options.runs} runs, medians; "
                  f"starting Python with its imports takes {idle.cpu:.1f} CPU s")
    for table in (*tables.of_days(runs, idle), *tables.of_parts(runs[-1])):
        console.print(table)
    if not options.whole:
        console.print(tables.of_machine(run_child("benchmarks.day.machine").answer))
    if options.json:
        _write(options, size, idle, runs)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.day", description=__doc__)
    parser.add_argument("--persons", type=int, default=30_000, help="about so many")
    parser.add_argument("--changed", type=float, nargs="*", default=[2.0],
                        help="percent of the records that change, one figure for each day after the first")
    parser.add_argument("--whole", action="store_true", help="only each day in one process, no stage of its own")
    parser.add_argument("--parts", type=int, default=1,
                        help="play the population in so many sandboxes, one a core at a time; with --whole only")
    parser.add_argument("--runs", type=int, default=1, help="figures are medians of so many runs")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="keeps the landings for the next run; else all is removed")
    parser.add_argument("--json", type=Path, help="write every figure of every run there")
    options = parser.parse_args()
    if options.parts > 1 and not options.whole:
        parser.error("--parts needs --whole: a stage of its own is measured while a sandbox serves it")
    return options


@contextmanager
def _folder(asked: Path | None) -> Iterator[Path]:
    if asked:
        asked.mkdir(parents=True, exist_ok=True)
        yield asked.absolute()
        return
    with TemporaryDirectory(prefix="lowincome-benchmark-") as folder:
        yield Path(folder)


def _run(place: Place, options: argparse.Namespace) -> Iterator[Step]:
    """All steps of one run."""
    days = 1 + len(options.changed)
    place.empty()
    _is_of_one_world(place.folder / "world.json", {name: getattr(options, name) for name in WORLD})
    was_landed = is_whole(place, days)
    if options.whole and not was_landed:
        yield from (landing.land_parts if options.parts > 1 else landing.land)(place, options, days)
    if not options.whole:
        with nullcontext() if was_landed else landing.sources(place, options, days) as sandbox:
            yield from run_days(place, days, sandbox)
    yield from run_whole(place, days)


def _is_of_one_world(kept: Path, asked: dict[str, object]) -> None:
    """SystemExit where the folder's landings are of another population, seed or change."""
    if kept.exists() and (found := json.loads(kept.read_text("utf-8"))) != asked:
        raise SystemExit(f"{kept.parent} keeps the landings of {found}; asked for {asked}: take another folder")
    kept.write_text(json.dumps(asked), "utf-8")


def _told(step: Step, console: Console) -> Step:
    console.print(f"{step.day} {step.name} {step.source} {step.cost.seconds:.1f} s", style="dim")
    return step


def _limit() -> str:
    return os.environ.get("LOWINCOME_MEMORY_LIMIT") or "2GB"


def _write(options: argparse.Namespace, size: tables.Size, idle: Cost, runs: list[list[Step]]) -> None:
    steps = [asdict(step) | {"day": step.day.isoformat(), "run": number}
             for number, of_run in enumerate(runs) for step in of_run]
    told = {"size": asdict(size), "changed": options.changed, "memory_limit": _limit(), "idle": asdict(idle),
            "steps": steps}
    options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())

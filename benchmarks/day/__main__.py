"""PYTHONPATH=plugins:. python -m benchmarks.day [--persons N] [--days 2] [--runs 1] [--folder F]: what a day costs.

The sandbox plays a population of about so many persons; the first day brings everything, each later one 2 % changed.
Every stage is a process of its own, one after the other, on what the real transports landed; then each day runs again
in one process. LOWINCOME_MEMORY_LIMIT bounds the engine as on any day. A folder keeps its landings: the next run in it
needs no sandbox and fetches nothing.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.day import tables
from benchmarks.day.cost import run_child
from benchmarks.day.run import FIRST, Place, Step, is_whole, run_days, run_whole
from sandbox.running import Sandbox, running_sandbox

PERSONS_A_HOUSEHOLD = 2.5


def main() -> int:
    """Measure and print."""
    options, console = _options(), Console(width=150, highlight=False)
    with _folder(options.folder) as folder:
        place, runs = Place(folder), []
        for _ in range(options.runs):
            with _sources(place, options) as sandbox:
                runs.append([_told(step, console) for step in run_days(place, options.days, sandbox)])
            runs[-1] += [_told(step, console) for step in run_whole(place, options.days)]
        size = tables.size(place, FIRST)
        idle = run_child("benchmarks.day.start").cost
        console.print(f"{size}; memory limit of the engine {os.environ.get('LOWINCOME_MEMORY_LIMIT', '2GB')}; "
                      f"{options.runs} runs, medians; starting Python with its imports takes {idle.cpu:.1f} CPU s")
        for table in tables.of_days(runs, idle):
            console.print(table)
        console.print(tables.of_machine(run_child("benchmarks.day.machine").answer))
        if options.json:
            _write(options.json, runs)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.day", description=__doc__)
    parser.add_argument("--persons", type=int, default=30_000, help="about so many")
    parser.add_argument("--days", type=int, default=2, help="the first brings everything, each later one 2 %% changed")
    parser.add_argument("--runs", type=int, default=1, help="figures are medians of so many runs")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="keeps the landings for the next run; else all is removed")
    parser.add_argument("--json", type=Path, help="write every figure of every run there")
    return parser.parse_args()


@contextmanager
def _folder(asked: Path | None) -> Iterator[Path]:
    if asked:
        asked.mkdir(parents=True, exist_ok=True)
        yield asked.absolute()
        return
    with TemporaryDirectory(prefix="lowincome-benchmark-") as folder:
        yield Path(folder)


@contextmanager
def _sources(place: Place, options: argparse.Namespace) -> Iterator[Sandbox | None]:
    """The six sources, or nothing where all was landed before."""
    place.empty()
    if is_whole(place, options.days):
        yield None
        return
    households = int(options.persons / PERSONS_A_HOUSEHOLD)
    folder = place.folder / "sandbox"
    with running_sandbox(folder, households, options.seed, FIRST, options.days, has_truth=False) as sandbox:
        yield sandbox


def _told(step: Step, console: Console) -> Step:
    console.print(f"{step.day} {step.name} {step.source} {step.cost.seconds:.1f} s", style="dim")
    return step


def _write(path: Path, runs: list[list[Step]]) -> None:
    rows = [asdict(step) | {"day": step.day.isoformat(), "run": number}
            for number, steps in enumerate(runs) for step in steps]
    path.write_text(json.dumps(rows, indent=1), "utf-8")


if __name__ == "__main__":
    sys.exit(main())

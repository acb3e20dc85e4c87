"""python -m benchmarks.day.whole <told.json> <date>: a day in one process, and what each step of it took.

The answer names by step the seconds of the clock and of processors, the largest resident memory while it ran, what was
resident after it (in MB), and how much of that Arrow held.
"""

import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pyarrow as pa
from lowincome import __main__ as command
from lowincome import ingest, steps

from benchmarks.day.cost import MEGABYTE, SELF, beside, processor_seconds, status, tell

Part = dict[str, Any]
Verb = Callable[..., Any]


def main() -> int:
    """Run the day on what was landed, and tell."""
    told, day = sys.argv[1:]
    parts: list[Part] = []
    ingest.standardise = _noted(ingest.standardise, parts)
    steps.DAY = tuple(_noted(step, parts) for step in steps.DAY)
    failed = command.main(["run", "--no-fetch", "--data-date", day])
    if not failed:
        tell(Path(told), {"parts": parts})
    return failed


def _noted(verb: Verb, parts: list[Part]) -> Verb:
    @wraps(verb)
    def noting(*names: str) -> Any:
        _forget_peak()
        clock, began = time.perf_counter(), processor_seconds()
        result = verb(*names)
        parts.append({
            "name": verb.__name__, "source": names[0] if len(names) > 1 else "",
            "seconds": time.perf_counter() - clock, "cpu": processor_seconds() - began,
            "peak_mb": status("VmHWM") / 1024, "after_mb": status("VmRSS") / 1024,
            "arrow_mb": pa.total_allocated_bytes() / MEGABYTE})
        return result

    return noting


def _forget_peak() -> None:
    """The kernel counts the largest resident memory from here on."""
    for process in (SELF, *beside()):
        (process / "clear_refs").write_text("5", "ascii")


if __name__ == "__main__":
    sys.exit(main())

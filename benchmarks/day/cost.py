"""What one process cost: seconds of the clock and of processors, its peak of memory, bytes read and written."""

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

MEGABYTE = 1024 * 1024
SELF = Path("/proc/self")


@dataclass(frozen=True)
class Cost:
    """`seconds` are those of the clock, start of Python and imports included; `cpu` those of all threads.

    `peak_mb` is the largest resident memory; bytes are those asked of the system, from its cache or from disk. What a
    process has running beside it, such as Spark's, counts as its own; peaks are added though they may not coincide.
    """

    seconds: float
    cpu: float
    peak_mb: float
    read_mb: float
    written_mb: float


@dataclass(frozen=True)
class Child:
    """What a child process gave back."""

    cost: Cost
    answer: dict[str, object]


def own_cost() -> Cost:
    """Of this process until now; its seconds are not known from inside."""
    return Cost(0, processor_seconds(), status("VmHWM") / 1024, _io("rchar"), _io("wchar"))


def run_child(module: str, *arguments: str, log: Path | None = None) -> Child:
    """Run a module of this package, which writes its cost and answer; RuntimeError with its output when it fails."""
    with TemporaryDirectory(prefix="lowincome-benchmark-") as folder:
        told, output = Path(folder) / "told.json", log or Path(folder) / "log"
        began = time.perf_counter()
        with output.open("ab") as file:
            done = subprocess.run([sys.executable, "-m", module, str(told), *arguments], stdout=file, stderr=file)
        seconds = time.perf_counter() - began
        if done.returncode or not told.exists():
            raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{output.read_text('utf-8')[-4000:]}")
        content = json.loads(told.read_text("utf-8"))
    return Child(replace(Cost(**content["cost"]), seconds=seconds), content["answer"])


def tell(told: Path, answer: dict[str, object]) -> None:
    """What a child says at its end."""
    told.write_text(json.dumps({"cost": asdict(own_cost()), "answer": answer}), "utf-8")


def median(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    rows = [asdict(cost) for cost in costs]
    return Cost(**{name: statistics.median(row[name] for row in rows) for name in rows[0]})


def total(costs: list[Cost]) -> Cost:
    """Of processes one after the other: sums, and the largest peak."""
    rows = [asdict(cost) for cost in costs]
    return Cost(**{name: sum(row[name] for row in rows) for name in rows[0]} | {
        "peak_mb": max(cost.peak_mb for cost in costs)})


def beside() -> list[Path]:
    """What the system tells of the processes that this one started and that still run."""
    started = " ".join(file.read_text("ascii") for file in Path("/proc/self/task").glob("*/children"))
    return [Path("/proc") / number for number in started.split()]


def processor_seconds() -> float:
    """Of all threads, in the program and in the system."""
    ticks = sum(sum(map(int, (process / "stat").read_text("utf-8").rpartition(")")[2].split()[11:13]))
                for process in beside())
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def status(name: str) -> int:
    """Kilobytes of a line of /proc/…/status: unlike ru_maxrss, never those of the process that started this one."""
    return sum(int(_told(process / "status")[name].split()[0]) for process in (SELF, *beside()))


def _io(name: str) -> float:
    return sum(int(_told(process / "io")[name]) for process in (SELF, *beside())) / MEGABYTE


def _told(file: Path) -> dict[str, str]:
    return dict(line.split(":", 1) for line in file.read_text("utf-8").splitlines())

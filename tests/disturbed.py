"""A day that something happens to while it runs: it is killed, its disk is full, its clock is wrong.

A run is a child process of its own; tests and benchmarks/faults.py disturb it and look at what its readers find.
"""

import multiprocessing
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from lowincome import steps
from lowincome.lake import digest, read_json
from lowincome.register import ledger

from tests.small_day import D

PROJECT = Path(__file__).resolve().parents[1]
STEPS = [step.__name__ for step in steps.DAY]
FORKS = multiprocessing.get_context("forkserver")
Folder = dict[str, str]


@dataclass(frozen=True)
class Home:
    """A home and its output, which are copied together; its register lies in it, or at a URL of its own."""

    root: Path
    register_url: str = ""

    @property
    def published(self) -> Path:
        """The day as readers open it."""
        return self.root / "output" / D.isoformat()

    def copy(self, into: Path) -> "Home":
        """The same home elsewhere."""
        return Home(Path(shutil.copytree(self.root, into, symlinks=True, dirs_exist_ok=True)))

    def seen(self) -> Folder:
        """Digests of what a reader finds; AssertionError when it is not what its own manifest says."""
        told = read_json(self.published / "manifest.json")
        found = {str(path.relative_to(self.published)): digest(path)
                 for path in self.published.rglob("*") if path.is_file()}
        outputs = {name: entry["sha256"] for name, entry in told["outputs"].items()}
        assert found == outputs | {"manifest.json": found["manifest.json"]}
        return found

    def check_register(self) -> None:
        """The register opens, is sound, and its next day can be asked for."""
        path = self.root / "home" / "register.db"
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        ledger.open_flags(f"sqlite:///{path}", D + timedelta(days=1))


@contextmanager
def warm() -> Iterator[None]:
    """The fork server imports once what a day needs; it finds the packages by PYTHONPATH."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(PROJECT), str(PROJECT / "plugins")])
    FORKS.set_forkserver_preload([__name__, "great_expectations"])
    try:
        yield
    finally:
        os.environ.pop("PYTHONPATH")
        os.environ |= {"PYTHONPATH": before} if before is not None else {}


def run_steps(
    root: Path, began: Connection | None = None, largest_file: int | None = None, register_url: str = ""
) -> None:
    """The day in a child; tells its parent the name of each step before it begins."""
    os.environ.update({"LOWINCOME_HOME": str(root / "home"), "LOWINCOME_OUTPUT": str(root / "output"),
                       "LOWINCOME_REGISTER_URL": register_url, "LOWINCOME_IDENTITY_KEY": "key of the test"})
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
    for step in steps.DAY:
        if began:
            began.send(step.__name__)
        step(D.isoformat())


def start(home: Home) -> tuple[ForkServerProcess, Connection]:
    """A child that runs the day, and where it tells of its steps."""
    reader, writer = FORKS.Pipe(duplex=False)
    child = FORKS.Process(target=run_steps, args=(home.root, writer, None, home.register_url))
    child.start()
    writer.close()
    return child, reader


def finish(home: Home) -> dict[str, float]:
    """An undisturbed run; seconds by step."""
    child, reader = start(home)
    moments = {}
    for _ in STEPS:
        moments[reader.recv()] = time.monotonic()
    child.join()
    assert child.exitcode == 0
    ends = [*list(moments.values())[1:], time.monotonic()]
    return {name: end - began for (name, began), end in zip(moments.items(), ends, strict=True)}


def strike(home: Home, step: str, seconds: float, blow: Callable[[ForkServerProcess], None]) -> int | None:
    """Let something happen to a run so many seconds after a step began; its exit code."""
    child, reader = start(home)
    while reader.recv() != step:
        pass
    child.join(seconds)
    blow(child)
    child.join()
    return child.exitcode


def kill(home: Home, step: str, seconds: float) -> int | None:
    """Kill a run so many seconds after a step began; its exit code."""
    return strike(home, step, seconds, lambda child: child.kill())


def fill(home: Home, largest_file: int) -> int | None:
    """Let no file of a run grow beyond so many bytes, as a full disk or a quota does; its exit code."""
    child = FORKS.Process(target=run_steps, args=(home.root, None, largest_file))
    child.start()
    child.join()
    return child.exitcode


def misdate(home: Home, offset: str, library: Path) -> int:
    """Run the day under libfaketime with the wall clock off, such as `+400d`; its exit code."""
    command = [sys.executable, "-c", "import sys; from pathlib import Path; from tests.disturbed import run_steps;"
               "run_steps(Path(sys.argv[1]))", str(home.root)]
    paths = os.pathsep.join([str(PROJECT), str(PROJECT / "plugins")])
    return subprocess.run(command, env=os.environ | {
        "LD_PRELOAD": str(library), "FAKETIME": offset, "PYTHONPATH": paths}, check=False).returncode

"""A day that is killed at any moment, or run twice at once: readers see the old folder or the new one, whole.

The day runs in children of a fork server that has imported everything and opened nothing, so a trial costs the day
alone. Every home is a copy of one in which a folder is published and a later delivery waits; it is killed several times
in a row, so that what one kill left behind meets the next.
"""

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from lowincome import steps
from lowincome.lake import Lake, digest, read_json
from lowincome.register import ledger

from tests.landing_of import land
from tests.small_day import D, rural

PROJECT = Path(__file__).resolve().parents[1]
STEPS = [step.__name__ for step in steps.DAY]
HOMES, KILLS = 5, 4
FORKS = multiprocessing.get_context("forkserver")
Folder = dict[str, str]


@dataclass(frozen=True)
class Home:
    """A home and its output, which are copied together."""

    root: Path

    @property
    def published(self) -> Path:
        """The day as readers open it."""
        return self.root / "output" / D.isoformat()

    def copy(self, into: Path) -> "Home":
        """The same home elsewhere."""
        return Home(Path(shutil.copytree(self.root, into, symlinks=True)))

    def seen(self) -> Folder:
        """Digests of what a reader finds; AssertionError when it is not what its own manifest says."""
        told = read_json(self.published / "manifest.json")
        found = {str(path.relative_to(self.published)): digest(path)
                 for path in self.published.rglob("*") if path.is_file()}
        outputs = {name: entry["sha256"] for name, entry in told["outputs"].items()}
        assert found == outputs | {"manifest.json": found["manifest.json"]}
        return found


def run_steps(root: Path, began: Connection) -> None:
    """The day in a child; tells its parent the name of each step before it begins."""
    os.environ.update({"LOWINCOME_HOME": str(root / "home"), "LOWINCOME_OUTPUT": str(root / "output"),
                       "LOWINCOME_IDENTITY_KEY": "key of the test"})
    for step in steps.DAY:
        began.send(step.__name__)
        step(D.isoformat())


def start(home: Home) -> tuple[ForkServerProcess, Connection]:
    """A child that runs the day, and where it tells of its steps."""
    reader, writer = FORKS.Pipe(duplex=False)
    child = FORKS.Process(target=run_steps, args=(home.root, writer))
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


def kill(home: Home, step: str, seconds: float) -> int | None:
    """Kill a run so many seconds after a step began; its exit code."""
    child, reader = start(home)
    while reader.recv() != step:
        pass
    child.join(seconds)
    child.kill()
    child.join()
    return child.exitcode


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    """The fork server imports once what a day needs; it finds the packages by PYTHONPATH."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(PROJECT), str(PROJECT / "plugins")]))
        FORKS.set_forkserver_preload([__name__, "great_expectations"])
        yield


@pytest.fixture
def waiting(tmp_path: Path, run_day: Callable[..., Path]) -> Home:
    """The day was published without one source; its delivery has come since, and nothing was run."""
    run_day(rural_revitalization=None)
    land(Lake(tmp_path / "home" / "lake"), "rural_revitalization", D, rural(D))
    steps.standardise("rural_revitalization", D.isoformat())
    return Home(tmp_path)


@pytest.fixture
def trials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the copies of a home lie."""
    return tmp_path_factory.mktemp("trials")


def check_register(home: Home) -> None:
    """The register opens, is sound, and its next day can be asked for."""
    path = home.root / "home" / "register.db"
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
    ledger.open_flags(f"sqlite:///{path}", D + timedelta(days=1))


def test_a_kill_at_any_moment_leaves_a_whole_folder_and_the_next_run_completes(waiting: Home, trials: Path) -> None:
    before, never_killed = waiting.seen(), waiting.copy(trials / "never killed")
    seconds = finish(never_killed)
    after, dice, killed = never_killed.seen(), random.Random(7), []
    assert before != after
    for home in (waiting.copy(trials / str(number)) for number in range(HOMES)):
        for _ in range(KILLS):
            step = dice.choice(STEPS)
            killed.append(kill(home, step, dice.random() * seconds[step]))
            assert home.seen() in (before, after), f"after a kill in {step}"
            check_register(home)
        finish(home)
        assert home.seen() == after, "after the kills and a run"
    assert killed.count(-signal.SIGKILL) > len(killed) / 2


def test_two_runs_of_one_day_at_once_leave_one_whole_folder(waiting: Home, trials: Path) -> None:
    alone = waiting.copy(trials / "alone")
    finish(alone)
    together = [start(waiting) for _ in range(2)]
    for child, _ in together:
        child.join()
    assert [child.exitcode for child, _ in together] == [0, 0]
    assert waiting.seen() == alone.seen()
    check_register(waiting)

"""A day that is killed at any moment, or run twice at once: readers see the old folder or the new one, whole.

The day runs in children of a fork server that has imported everything and opened nothing, so a trial costs the day
alone. Every home is a copy of one in which a folder is published and a later delivery waits; it is killed several times
in a row, so that what one kill left behind meets the next.
"""

import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lowincome import ingest
from lowincome.lake import Lake

from tests import disturbed
from tests.disturbed import STEPS, Home, fill, finish, kill, start
from tests.landing_of import land
from tests.small_day import D, rural

HOMES, KILLS = 3, 4


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    """One fork server for the module."""
    with disturbed.warm():
        yield


@pytest.fixture
def waiting(tmp_path: Path, run_day: Callable[..., Path]) -> Home:
    """The day was published without one source; its delivery has come since, and nothing was run."""
    run_day(rural_revitalization=None)
    land(Lake(tmp_path / "home" / "lake"), "rural_revitalization", D, rural(D))
    ingest.standardise("rural_revitalization", D.isoformat())
    return Home(tmp_path)


@pytest.fixture
def trials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the copies of a home lie."""
    return tmp_path_factory.mktemp("trials")


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
            home.check_register()
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
    waiting.check_register()


def test_a_full_disk_leaves_a_whole_folder_and_the_next_run_completes(waiting: Home, trials: Path) -> None:
    before, never_full = waiting.seen(), waiting.copy(trials / "never full")
    finish(never_full)
    after, ended = never_full.seen(), []
    for largest in (0, 3_000, 12_000, 40_000):
        ended.append(fill(waiting, largest))
        assert waiting.seen() in (before, after), f"no file beyond {largest} bytes"
        waiting.check_register()
    assert ended[:2] == [1, 1]
    finish(waiting)
    assert waiting.seen() == after

"""Hundreds of disturbed runs of one day: python -m benchmarks.faults [--trials 200] [--seed 7] [--folder /tmp/faults].

A home waits with a published day and a later delivery. Each trial disturbs a run of it in one way: killed at a moment,
no file may grow beyond a size, a disk of its own that is almost full (needs root), the wall clock off by years (needs
libfaketime), two runs at once of which one is killed. After each, readers find the old folder or the new one, whole,
and the register is sound; after every fifth one a run is left in peace and must give the bytes of a day never
disturbed, and a fresh home follows. The first trial that breaks this stops with its number; the same seed repeats it.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lowincome import ingest, steps
from lowincome.lake import Lake

from tests.disturbed import STEPS, Folder, Home, fill, finish, kill, misdate, start, warm
from tests.landing_of import land
from tests.small_day import D, deliveries, rural

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
HEAL_AFTER = 5
PAGE = 4096
"""Bytes in which a disk in memory counts."""
Disturb = Callable[[Home, random.Random], object]


@dataclass(frozen=True)
class Known:
    """What readers may find, and how long each step takes when nothing happens."""

    before: Folder
    after: Folder
    seconds: dict[str, float]


def main() -> int:
    """Run the trials and print what was disturbed how often; 0 when nothing was lost, doubled or half."""
    options = _options()
    dice, done = random.Random(options.seed), Counter[str]()
    with warm(), tempfile.TemporaryDirectory(dir=options.folder) as folder:
        waiting = prepared(Path(folder) / "waiting")
        known = _known(waiting, Path(folder))
        disturbances = _disturbances(known)
        began, home = time.monotonic(), None
        for number in range(options.trials):
            home = home or waiting.copy(Path(folder) / str(number))
            name = dice.choice(sorted(disturbances))
            ended = disturbances[name](home, dice)
            done[f"{name}: ended {'by itself' if ended == 0 else 'disturbed'}"] += 1
            _check(home, known, f"trial {number}: {name}")
            if number % HEAL_AFTER == HEAL_AFTER - 1:
                home = _healed(home, known, number)
        print(f"{options.trials} trials, seed {options.seed}, {time.monotonic() - began:.0f} s")
    for name, count in sorted(done.items()):
        print(f"{count:5} {name}")
    return 0


def prepared(root: Path) -> Home:
    """The day was published without one source; its delivery has come since, and nothing was run."""
    os.environ |= {"LOWINCOME_HOME": str(root / "home"), "LOWINCOME_OUTPUT": str(root / "output"),
                   "LOWINCOME_IDENTITY_KEY": "key of the test"}
    lake, day = Lake(root / "home" / "lake"), D.isoformat()
    for source, files in deliveries(D, [], rural_revitalization=None).items():
        if files is None:
            ingest.missing(source, day, "did not come")
            continue
        land(lake, source, D, files)
        ingest.standardise(source, day)
    for step in steps.DAY:
        step(day)
    land(lake, "rural_revitalization", D, rural(D))
    ingest.standardise("rural_revitalization", day)
    return Home(root)


def _known(waiting: Home, folder: Path) -> Known:
    undisturbed = waiting.copy(folder / "undisturbed")
    seconds = finish(undisturbed)
    return Known(waiting.seen(), undisturbed.seen(), seconds)


def _check(home: Home, known: Known, told: str) -> None:
    seen = home.seen()
    if seen not in (known.before, known.after):
        raise SystemExit(f"{told}: a folder that never was published is visible in {home.root}")
    home.check_register()


def _healed(home: Home, known: Known, number: int) -> None:
    """The home is done with: a run left in peace gave the bytes of a day never disturbed."""
    finish(home)
    if home.seen() != known.after:
        raise SystemExit(f"trial {number}: the run after it did not heal {home.root}")
    shutil.rmtree(home.root)


def _disturbances(known: Known) -> dict[str, Disturb]:
    """Every way that this machine allows."""

    def killed(home: Home, dice: random.Random) -> object:
        step = dice.choice(STEPS)
        return kill(home, step, dice.random() * known.seconds[step])

    def quota(home: Home, dice: random.Random) -> object:
        return fill(home, int(10 ** dice.uniform(2, 5.5)))

    def one_of_two_killed(home: Home, dice: random.Random) -> object:
        child, _ = start(home)
        ended = killed(home, dice)
        child.join()
        return ended or child.exitcode

    def clock_off(home: Home, dice: random.Random) -> object:
        offset = f"{dice.choice((-1, 1)) * dice.randrange(1, 2000):+d}d"
        if misdate(home, offset, FAKETIME):
            raise SystemExit(f"a clock that is {offset} off stopped the day in {home.root}")
        return 0

    ways: dict[str, Disturb] = {"killed": killed, "quota": quota, "one of two killed": one_of_two_killed}
    if FAKETIME.exists():
        ways["clock off"] = clock_off
    if os.geteuid() == 0:
        ways["disk full"] = disk_full
    return ways


def disk_full(home: Home, dice: random.Random) -> object:
    """The home moves to a disk of its own with a little room for the run, and back."""
    room = int(10 ** dice.uniform(3, 6))
    with _disk(home, room) as moved:
        return fill(moved, sys.maxsize)


@contextmanager
def _disk(home: Home, room: int) -> Iterator[Home]:
    used = sum(-(-path.lstat().st_size // PAGE) * PAGE for path in home.root.rglob("*") if path.is_file())
    with tempfile.TemporaryDirectory() as mount:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={used + room}", "tmpfs", mount], check=True)
        try:
            moved = home.copy(Path(mount))
            yield moved
            shutil.rmtree(home.root)
            moved.copy(home.root)
        finally:
            subprocess.run(["umount", mount], check=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).split(":")[0])
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=None, help="where homes are copied; default: the system's own")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Temporary folders for what a step puts aside, and the engine for it: gone when it ends or, where it was killed, when
the next one begins.

What lies there are rows of people, and as many as the lake's: none may outlast the step.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HELD = ".held"
"""Of every such folder: locked as long as the process that made it lives."""


@contextmanager
def aside(purpose: str) -> Iterator[Path]:
    """An empty folder for the time of the block; what processes that were killed left is removed first."""
    _remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=f"lowincome-{purpose}-") as name:
        folder = Path(name)
        with open(folder / "mark", "wb") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX)
            (folder / "mark").rename(folder / HELD)  # so nobody finds the mark before it is locked
            yield folder


def _remove_abandoned() -> None:
    for mark in Path(tempfile.gettempdir()).glob(f"lowincome-*/{HELD}"):
        if _is_abandoned(mark):
            shutil.rmtree(mark.parent, ignore_errors=True)


def _is_abandoned(mark: Path) -> bool:
    """Whether nobody holds the folder; one of another user, or that is gone by now, is not looked at."""
    try:
        with open(mark, "r+b") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

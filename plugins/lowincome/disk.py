"""A disk that takes no more is said by its folder: whoever wrote last is not at fault, nor whose data it was."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lowincome.errors import SettingsInvalid

FULL = {number: os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)}
"""No space, quota used up, file longer than allowed; the words stand in the errors of every library."""


class DiskFull(SettingsInvalid):
    """Call us: a file could not be written whole. Nothing was replaced, and nobody's delivery is refused for it."""


@contextmanager
def written_whole(path: Path) -> Iterator[None]:
    """Around whatever writes a new file: it is whole, or it is gone; DiskFull where its disk takes no more."""
    try:
        yield
    except BaseException as error:
        with suppress(OSError):
            path.unlink()
        if isinstance(error, OSError) and (said := full(error)):
            raise disk_full(path.parent, said) from None
        raise


def full(error: BaseException) -> str:
    """What an error says of a disk that takes no more; empty when it says something else."""
    if isinstance(error, OSError) and error.errno is not None:
        return FULL.get(error.errno, "")
    return next((words for words in FULL.values() if words in str(error)), "")


def disk_full(folder: Path, said: str) -> DiskFull:
    """The error for a folder in which nothing more can be written."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    free = shutil.disk_usage(there).free // 1024**2
    return DiskFull(
        what="the disk takes no more", where=str(folder), expected="room for one more file",
        found=f"{said}; {free} MiB free without the file that was begun, which is removed",
        next_step="make room there or raise the quota, then run the step again; nothing was replaced")

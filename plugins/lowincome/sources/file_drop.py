"""File drops (rural revitalization, the Federation): the newest finished correction of a day's file, whole.

A file counts once its `.ok` lies beside it; of several corrections `_<n>` the highest number counts.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from lowincome.errors import ContractBroken, SourceUnavailable
from lowincome.sources.connection import Connection, invalid
from lowincome.sources.job import Job
from lowincome.sources.landing import Delivery, Sink
from lowincome.sources.retry import Transient
from lowincome.sources.sftp import sftp_drop

BLOCK = 1 << 20
_MD5 = re.compile(rb"([0-9a-fA-F]{32})(?![0-9a-fA-F])")


class Drop(Protocol):
    """A folder that others write into, wherever it is. OSError when it cannot be read."""

    def names(self) -> list[str]:
        """File names in the folder."""

    def stamp(self, name: str) -> tuple[int, float]:
        """Size and time of last change."""

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file's bytes."""


class FolderDrop:
    """A folder of this machine, or one mounted on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        return [path.name for path in self._folder.iterdir() if path.is_file()]

    def stamp(self, name: str) -> tuple[int, float]:
        status = (self._folder / name).stat()
        return status.st_size, status.st_mtime

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        return (self._folder / name).open("rb")


def fetch(job: Job) -> Delivery:
    """The day's file under its own name; always the full state."""
    return job.patience.run(job.spec.id, lambda: _fetch_once(job))


def newest_finished(names: list[str], pattern: str) -> str | None:
    """The file with the highest correction number among those whose `.ok` lies there; None when there is none."""
    stem, dot, suffix = pattern.rpartition(".")
    shape = re.compile(rf"{re.escape(stem)}(?:_([0-9]+))?{re.escape(dot + suffix)}\.ok")
    found = [(int(match[1] or -1), name) for name in names if (match := shape.fullmatch(name))]
    return max(found)[1].removesuffix(".ok") if found else None


def _fetch_once(job: Job) -> Delivery:
    job.writer.discard()
    pattern = str(job.option("file_pattern")).format(yyyymmdd=f"{job.data_date:%Y%m%d}")
    with _opened(job.connection) as drop, _unreadable(job):
        names = drop.names()
        name = newest_finished(names, pattern)
        if name is None:
            raise SourceUnavailable(
                what="the file is not there yet", where=f"{job.spec.id} {pattern}", expected=f"{pattern}.ok",
                next_step="the task looks again later; ask the publisher if the day ends without it",
            )
        _copy(job, drop, name, _promised_md5(job, drop, name, names))
    return Delivery(None, f"{job.connection.conn_type}:{pattern}")


def _copy(job: Job, drop: Drop, name: str, promised: str | None) -> None:
    """Stream into the landing; what does not match its md5, or changed meanwhile, is not landed."""
    before = drop.stamp(name)
    with drop.open(name) as file, job.writer.file(name, str(job.spec.options.get("part", "file"))) as sink:
        found = _stream(file, sink)
    if drop.stamp(name) != before or sink.size != before[0]:
        raise Transient(f"{name} is still being written")
    if promised is not None and found != promised:
        raise _refused(job, name, "the file does not match its md5", f"md5 {found}", f"md5 {promised}")


def _stream(file: BinaryIO, sink: Sink) -> str:
    """Copy in blocks; the md5 of what was copied."""
    md5 = hashlib.md5(usedforsecurity=False)
    while block := file.read(BLOCK):
        sink.write(block)
        md5.update(block)
    return md5.hexdigest()


def _promised_md5(job: Job, drop: Drop, name: str, names: list[str]) -> str | None:
    """The digest that the publisher put beside the file; a mandatory one that is missing refuses the file."""
    if name not in names:
        raise _refused(job, name, "there is an .ok without its file", "no file", name)
    if not job.spec.options.get("needs_md5", False):
        return None
    if f"{name}.md5" not in names:
        raise _refused(job, name, "there is an .ok without its md5 file", "no md5 file", f"{name}.md5")
    with drop.open(f"{name}.md5") as file:
        match = _MD5.match(file.read(4096))
    if match is None:
        raise _refused(job, name, "the md5 file cannot be read", "another beginning", "32 hex digits at the beginning")
    return match[1].decode().lower()


def _refused(job: Job, name: str, what: str, found: str, expected: str) -> ContractBroken:
    return ContractBroken(
        what=what, where=f"{job.spec.id} {name}", expected=expected, found=found,
        next_step="the file is refused; ask the publisher for a correction",
    )


@contextmanager
def _opened(connection: Connection) -> Iterator[Drop]:
    path = connection.extra.get("path")
    if not path:
        raise invalid(connection.conn_id, "extra.path is missing", "give the folder of the file drop")
    if connection.conn_type == "sftp":
        with sftp_drop(connection, str(path)) as drop:
            yield drop
    elif connection.conn_type in ("fs", "file"):
        yield FolderDrop(Path(str(path)))
    else:
        raise invalid(connection.conn_id, "conn_type must be fs or sftp", "correct the connection")


@contextmanager
def _unreadable(job: Job) -> Iterator[None]:
    """A folder that cannot be read now may be readable later."""
    try:
        yield
    except OSError as error:
        raise Transient(f"the folder cannot be read ({error.strerror or type(error).__name__})") from None
    except EOFError:
        raise Transient("the connection was broken off") from None

"""Put-once landing: bytes as received into a hidden folder, manifest last, then one atomic rename.

A folder that readers can see is complete. A second delivery under the same run id is refused.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from lowincome.disk import written_whole
from lowincome.errors import AuditFailed
from lowincome.lake import create_file, sync, write_json

CONTRACT_VERSION = "1"


@dataclass(frozen=True)
class Delivery:
    """What a transport brought, beside the files: `totals` are rows by part, as counted and verified."""

    since: date | None
    endpoint: str
    totals: Mapping[str, int] = field(default_factory=dict)

    @property
    def mode(self) -> str:
        """`full` state, or `incremental`: the changes since a day."""
        return "full" if self.since is None else "incremental"


@dataclass(frozen=True)
class LandingRef:
    """A small reference to a finished landing; safe for XCom."""

    source: str
    data_date: str
    run_id: str
    folder: Path
    mode: str
    files: int
    rows: int
    bytes: int


class Sink:
    """One file being received: digest, bytes and rows are known the moment it ends. Can start over."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash = file, hashlib.sha256()
        self.size = 0
        self.rows: int | None = None

    @property
    def sha256(self) -> str:
        """Digest of the bytes received so far, lower-case hex."""
        return self._hash.hexdigest()

    @property
    def closed(self) -> bool:
        """Whether the file is closed (asked by Arrow)."""
        return self._file.closed

    def write(self, chunk: bytes) -> int:
        """Append bytes as received."""
        data = memoryview(chunk)
        self._file.write(data)
        self._hash.update(data)
        self.size += data.nbytes
        return data.nbytes

    def tell(self) -> int:
        """Bytes received so far."""
        return self.size

    def flush(self) -> None:
        """Hand the bytes to the operating system."""
        self._file.flush()

    def restart(self) -> None:
        """Forget every byte received so far."""
        self._file.truncate(0)
        self._file.seek(0)
        self._hash, self.size, self.rows = hashlib.sha256(), 0, None


class LandingWriter:
    """The one way into the landing. Leaving the block without `commit` leaves nothing behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._work = folder.parent / ".partial" / folder.name
        self._entries: list[dict[str, Any]] = []
        self._lock = -1

    def __enter__(self) -> Self:
        self._refuse_second()
        self._work.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._work, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._refuse_second()
        except OSError:
            self._unlock()
            raise self._taken("another process is landing it now") from None
        except AuditFailed:
            self._unlock()
            raise
        self.discard()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._work, ignore_errors=True)
        self._unlock()

    @contextmanager
    def file(self, name: str, part: str) -> Iterator[Sink]:
        """A file of the delivery to stream into; it counts when the block ends without an error."""
        if any(entry["name"] == name for entry in self._entries):
            raise ValueError(f"{name} was received before")
        with written_whole(self.path(name)):
            with create_file(self.path(name)) as opened:
                sink = Sink(opened)
                yield sink
            sync(self.path(name))
        entry = {"name": name, "part": part, "sha256": sink.sha256, "bytes": sink.size, "rows": sink.rows}
        self._entries.append(entry)

    def count(self, name: str, rows: int) -> None:
        """Rows of a file that were counted when it was whole."""
        next(entry for entry in self._entries if entry["name"] == name)["rows"] = rows

    def put(self, name: str, part: str, content: bytes, rows: int | None) -> None:
        """A small file of the delivery, whole."""
        with self.file(name, part) as sink:
            sink.write(content)
            sink.rows = rows

    def path(self, name: str) -> Path:
        """Where a file of the delivery lies before the commit."""
        if name != Path(name).name or name.startswith(".") or name == "manifest.json":
            raise ValueError("not a plain file name")
        return self._work / name

    def discard(self) -> None:
        """Start over: nothing that was received is kept."""
        for path in self._work.iterdir():
            path.unlink()
        self._entries.clear()

    def commit(self, source: str, data_date: date, delivery: Delivery, received_at: str) -> LandingRef:
        """Write the manifest and show the folder, in that order."""
        manifest = {
            "source": source,
            "data_date": data_date.isoformat(),
            "run_id": self.folder.name,
            "mode": delivery.mode,
            "since": delivery.since.isoformat() if delivery.since else None,
            "contract_version": CONTRACT_VERSION,
            "files": self._entries,
            "totals": dict(delivery.totals),
            "endpoint": delivery.endpoint,
            "received_at": received_at,
            "complete": True,
        }
        write_json(self._work / "manifest.json", manifest)
        self._show()
        return LandingRef(
            source,
            data_date.isoformat(),
            self.folder.name,
            self.folder,
            delivery.mode,
            len(self._entries),
            sum(delivery.totals.values()),
            sum(entry["bytes"] for entry in self._entries),
        )

    def _show(self) -> None:
        os.fsync(self._lock)
        try:
            os.rename(self._work, self.folder)
        except OSError:
            raise self._taken("it was landed before") from None
        sync(self.folder.parent)

    def _refuse_second(self) -> None:
        if self.folder.exists():
            raise self._taken("it was landed before")

    def _taken(self, found: str) -> AuditFailed:
        return AuditFailed(
            what="a run id is landed once",
            where=f"landing {'/'.join(self.folder.parts[-3:])}",
            found=found,
            next_step="fetch again under a new run id",
        )

    def _unlock(self) -> None:
        os.close(self._lock)
        self._lock = -1

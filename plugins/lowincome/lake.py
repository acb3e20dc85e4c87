"""Where each table lives, the only ways to change it (put once, replace whole), and the one door to its files.

Where keys are set (keys.py) files are sealed as they are written; what is read is told apart by its mark. A digest is
always of the content, so locks and manifests say the same with and without keys.
"""

import fcntl
import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from lowincome.disk import written_whole
from lowincome.errors import ContractBroken
from lowincome.keys import keyring
from lowincome.sealed import CHUNK, SealedFile, SealedWriter, is_sealed


@dataclass(frozen=True)
class Lake:
    """Parquet partitions by layer, table, source and data date."""

    root: Path

    def landing(self, source: str, data_date: date, run_id: str) -> Path:
        """Folder of one delivery as received."""
        return self.landings(source, data_date) / run_id

    def landings(self, source: str, data_date: date) -> Path:
        """Folder of every delivery of one source and day; the only layer with several copies of a date."""
        return self.root / "landing" / source / data_date.isoformat()

    def partition(self, layer: str, table: str, data_date: date, source: str | None = None) -> Path:
        """The published file of one table and data date."""
        folder = self.root / layer / table
        folder = folder / f"source={source}" if source else folder
        return folder / f"data_date={data_date.isoformat()}" / "part.parquet"

    def source_day(self, source: str, data_date: date) -> Path:
        """The record of what became of one source on one day."""
        return self.root / "standardised" / "_days" / source / f"{data_date.isoformat()}.json"

    def source_days(self, source: str) -> list[Path]:
        """Every recorded day of a source, oldest first."""
        return sorted(self.source_day(source, date.min).parent.glob("*.json"))

    def lock(self, data_date: date) -> Path:
        """The frozen list of inputs of one day."""
        return self.root / "runs" / data_date.isoformat() / "run.lock.json"

    def pages(self, data_date: date, run_id: str) -> Path:
        """Folder of what the pages show of one run; readers take the run that is published."""
        return self.root / "pages" / data_date.isoformat() / run_id

    def lineage(self, data_date: date, run_id: str) -> Path:
        """Which source records stand behind the flags of one run (table flag_record); a restated day keeps both."""
        return self.root / "lineage" / data_date.isoformat() / f"{run_id}.parquet"

    def candidate(self, final: Path) -> Path:
        """Where a table is written before its audit; invisible to readers."""
        final.parent.mkdir(parents=True, exist_ok=True)
        return final.with_name(f".{final.name}.candidate")

    def reference(self, path: Path) -> dict[str, str]:
        """How a lock names a file: where it lies and its digest."""
        return {"path": str(path.relative_to(self.root)), "sha256": digest(path)}

    @contextmanager
    def alone(self, work: str) -> Iterator[None]:
        """Hold one piece of work, such as a data date, for this process; a second one waits its turn.

        ContractBroken where its name would lead to another folder: whoever starts a run chooses it.
        """
        if work in ("", ".", "..") or "/" in work:
            raise ContractBroken(what="a piece of work is named by no path", where="locks", expected="a data date",
                                 next_step="nothing was done; start the run again with a day such as 2026-11-22")
        path = self.root / "locks" / work
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def replace_file(candidate: Path, final: Path) -> Path:
    """Make a finished candidate the published file in one step that survives a crash."""
    final.parent.mkdir(parents=True, exist_ok=True)
    sync(candidate)
    os.replace(candidate, final)
    return final


def sync(path: Path) -> None:
    """Bring a file or the names in a folder to the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def open_file(path: Path) -> io.BufferedReader:
    """The content of a file, sealed or in the clear; AuditFailed where its key is not here or it was changed."""
    return io.BufferedReader(SealedFile(path), CHUNK) if is_sealed(path) else path.open("rb")


def create_file(path: Path) -> BinaryIO:
    """A new file to write, sealed where keys are set."""
    ring = keyring()
    return cast(BinaryIO, SealedWriter(path, ring)) if ring else path.open("wb")


def digest(path: Path) -> str:
    """SHA-256 of a file's content, lower-case hex."""
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_rows(path: Path, filters: Sequence[tuple[str, str, object]] | None = None) -> pa.Table:
    """The rows of a Parquet file in their order; with filters (column, comparison, value) only those that hold."""
    with open_file(path) as file:
        return pq.read_table(file, filters=filters)


@contextmanager
def opened_rows(path: Path) -> Iterator[pq.ParquetFile]:
    """A Parquet file whose rows are read in batches."""
    with open_file(path) as file:
        yield pq.ParquetFile(file)


def write_rows(rows: pa.Table, path: Path, rows_a_group: int | None = None) -> None:
    """Write a Parquet file where it is not yet read by anybody, such as a candidate.

    Rows that came in pieces are put together first, so that the file's bytes do not depend on where they were cut.
    """
    with written_whole(path), create_file(path) as file:
        pq.write_table(rows.combine_chunks(), file, row_group_size=rows_a_group)


def write_table(rows: pa.Table, final: Path) -> Path:
    """Write a table of the lake, whole or not at all."""
    candidate = Lake(final.parent).candidate(final)
    write_rows(rows, candidate)
    return replace_file(candidate, final)


def write_json(path: Path, content: Any) -> Path:
    """Write JSON with sorted keys, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    candidate = path.with_name(f".{path.name}.{os.getpid()}")
    with written_whole(candidate):
        candidate.write_text(json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n", "utf-8")
    return replace_file(candidate, path)


def read_json(path: Path) -> Any:
    """Read what `write_json` wrote."""
    return json.loads(path.read_text("utf-8"))

"""Odd formats at the door: landed bytes become one table of text cells, with file, line, position and fault.

JSON stays JSON (the engine opens it); CSV and XLSX become Parquet of text columns, written in bounded batches.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from lowincome.disk import written_whole
from lowincome.errors import ContractBroken
from lowincome.lake import create_file
from lowincome.sources.spec import SourceSpec

BATCH = 20_000
Record = dict[str, Any]


class FileRefused(ContractBroken):
    """A file that cannot be read as agreed; `rows` are the records it holds, all refused with it."""

    rows: int = 0


def file_refused(what: str, where: str, *, rows: int = 0, expected: str = "", found: str = "") -> FileRefused:
    """The refusal of a whole file."""
    error = FileRefused(what=what, where=where, expected=expected, found=found,
                        next_step="ask the publisher for a corrected file; the last good day stays in force")
    error.rows = rows
    return error


@dataclass
class CellTable:
    """A Parquet file of text cells, written in batches, and what was odd about its columns and sheets."""

    path: Path
    columns: tuple[str, ...]
    unknown_columns: set[str] = field(default_factory=set)
    sheets_without_header: int = 0
    rows: int = 0

    def write(self, records: Iterable[Record]) -> None:
        """Write every record; absent cells are null."""
        schema = pa.schema(
            [pa.field(name, pa.string()) for name in self.columns]
            + [pa.field("_file", pa.string()), pa.field("_line", pa.int64())]
            + [pa.field("_position", pa.string()), pa.field("_fault", pa.string())]
        )
        source = iter(records)
        with written_whole(self.path), create_file(self.path) as file, pq.ParquetWriter(file, schema) as writer:
            while batch := list(islice(source, BATCH)):
                writer.write_table(pa.Table.from_pylist(batch, schema))
                self.rows += len(batch)

    def header(self, spec: SourceSpec, where: str, cells: Iterable[Any]) -> "Header":
        """The columns by place, and what is wrong with them; columns that the page does not know are noted."""
        names = [squeezed(cell) for cell in cells]
        self.unknown_columns |= {name for name in names if name and name not in spec.known_columns}
        missing = tuple(column for column in spec.required_columns if column not in names)
        repeated = tuple(sorted({name for name in names if name in self.columns and names.count(name) > 1}))
        places = [name if name in self.columns else f"_unused_{place}" for place, name in enumerate(names)]
        return Header(f"{spec.id} {where}", places, missing, repeated)


@dataclass(frozen=True)
class Header:
    """The columns of a file or sheet by their place."""

    where: str
    places: list[str]
    missing: tuple[str, ...]
    repeated: tuple[str, ...]

    def checked(self, rows: Iterator[Any]) -> list[str]:
        """The columns; FileRefused, with the rows that go with them, when one is missing or stands there twice."""
        if not self.missing and not self.repeated:
            return self.places
        raise file_refused(
            "the header does not hold the agreed columns", self.where, rows=sum(1 for _ in rows),
            expected="each agreed column once",
            found=f"missing {'、'.join(self.missing) or 'none'}, repeated {'、'.join(self.repeated) or 'none'}",
        )


def squeezed(cell: Any) -> str:
    """A cell's text without any white space or byte order mark; empty when there is nothing."""
    return re.sub(r"[\s\u3000\u200b\ufeff]+", "", "" if cell is None else str(cell))

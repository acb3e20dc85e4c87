"""The machine's files of a day: UTF-8, commas, LF, empty for infinity and not applicable."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.csv as pacsv

from lowincome.lake import opened_rows
from lowincome.mask import mask_key


def write_csv(table: Path, path: Path) -> int:
    """Write the rows of a file with exact decimals without trailing zeros; their number."""
    with opened_rows(table) as found:
        rows = (map(_cell, row.values()) for batch in found.iter_batches() for row in batch.to_pylist())
        _write(path, found.schema_arrow.names, rows)
        return int(found.metadata.num_rows)


def write_large_csv(table: Path, path: Path) -> int:
    """Write the rows of a file, text and numbers, by Arrow and not row by row; their number."""
    with opened_rows(table) as found:
        options = pacsv.WriteOptions(quoting_style="needed")
        with pacsv.CSVWriter(path, found.schema_arrow, write_options=options) as writer:
            for batch in found.iter_batches():
                writer.write_batch(batch)
        return int(found.metadata.num_rows)


def write_listed(listed: Path, source: str, path: Path) -> int:
    """Write the rows of one source, less its name, in the order of the file `listed`; no value of any record.

    A key that looks like an ID is masked: a person reads these files, and the line leads to the row. Their number.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened_rows(listed) as found, path.open("w", encoding="utf-8", newline="") as file:
        writer, count = csv.writer(file, lineterminator="\n"), 0
        writer.writerow(found.schema_arrow.names[1:])
        for batch in found.iter_batches():
            own = batch.filter(pc.equal(batch["source"], source)).to_pylist()
            writer.writerows((mask_key(row["record_key"]), *list(row.values())[2:]) for row in own)
            count += len(own)
    return count


def _write(path: Path, names: Sequence[str], rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return format(value.normalize() + 0, "f") if isinstance(value, Decimal) else str(value)

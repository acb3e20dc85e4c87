"""The machine's files of a day: UTF-8, commas, LF, empty for infinity and not applicable."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv


def write_csv(table: pa.Table, path: Path) -> int:
    """Write exact decimals without trailing zeros; the number of rows."""
    columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    return _write(path, table.column_names, zip(*columns, strict=True))


def write_large_csv(table: pa.Table, path: Path) -> int:
    """Write text and numbers by Arrow, not row by row; the number of rows."""
    pacsv.write_csv(table, path, pacsv.WriteOptions(quoting_style="needed"))
    return int(table.num_rows)


def write_listed(listed: Iterable[dict[str, Any]], told: str, path: Path) -> int:
    """Write `record_key,<told>,line` of one source, each line once, sorted; no value of any record."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = {(row["record_key"], row[told], _cell(row["line"])) for row in listed}
    return _write(path, ("record_key", told, "line"), sorted(lines))


def _write(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    written = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(written)
    return len(written)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return format(value.normalize() + 0, "f") if isinstance(value, Decimal) else str(value)

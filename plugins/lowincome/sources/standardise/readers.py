"""Odd formats at the door: landed bytes become one table of text cells, with file, line and order.

JSON stays JSON (the engine opens it); CSV and XLSX become Parquet of text columns, read in bounded batches.
"""

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from lowincome.errors import ContractBroken
from lowincome.sources.spec import SourceSpec
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel

BATCH = 20_000
TECHNICAL = ("_file", "_line", "_position", "_fault")


@dataclass
class CellTable:
    """A Parquet file of text cells, written in batches, and what was odd about its columns."""

    path: Path
    columns: tuple[str, ...]
    unknown_columns: set[str] = field(default_factory=set)
    rows: int = 0

    def write(self, records: Iterable[dict[str, Any]]) -> None:
        """Write every record; absent cells are null."""
        schema = pa.schema(
            [pa.field(name, pa.string()) for name in self.columns]
            + [pa.field("_file", pa.string()), pa.field("_line", pa.int64())]
            + [pa.field("_position", pa.string()), pa.field("_fault", pa.string())]
        )
        with pq.ParquetWriter(self.path, schema) as writer:
            for batch in _batches(records):
                writer.write_table(pa.Table.from_pylist(batch, schema))
                self.rows += len(batch)


def read_csv(spec: SourceSpec, file: Path, table: CellTable) -> None:
    """GB18030 CSV with Chinese headers into text cells. `_position` is the record number from 1."""
    table.write(_csv_records(spec, file, table))


def read_xlsx(spec: SourceSpec, file: Path, table: CellTable) -> None:
    """A hand-made workbook into text cells. `_position` is `<sheet>!<Excel row>`; numbers read `#num:…`."""
    table.write(_xlsx_records(spec, file, table))


def _csv_records(spec: SourceSpec, file: Path, table: CellTable) -> Iterator[dict[str, Any]]:
    with file.open(encoding=_encoding(file), errors="surrogateescape", newline="") as stream:
        reader = csv.reader(stream)
        header = _header(spec, file.name, next(reader, []), table)
        number, last_line = 0, reader.line_num
        for cells in reader:
            line, last_line = last_line + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            yield _csv_record(header, cells, file.name, line, number)


def _encoding(file: Path) -> str:
    """GB18030 by contract; a file that opens with the UTF-8 mark and whose first line reads as UTF-8 is UTF-8."""
    with file.open("rb") as stream:
        first = stream.readline()
    if not first.startswith(b"\xef\xbb\xbf"):
        return "gb18030"
    try:
        first.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _csv_record(header: list[str], cells: list[str], name: str, line: int, number: int) -> dict[str, Any]:
    record: dict[str, Any] = {"_file": name, "_line": line, "_position": str(number), "_fault": None}
    if any("\udc80" <= character <= "\udcff" for cell in cells for character in cell):
        return record | {"_fault": "bytes_not_gb18030"}
    if len(cells) != len(header):
        return record | {"_fault": "too_few_cells" if len(cells) < len(header) else "too_many_cells"}
    return dict(zip(header, cells, strict=True)) | record


def _header(spec: SourceSpec, name: str, cells: Iterable[Any], table: CellTable) -> list[str]:
    header = [re.sub(r"[\s\u3000\ufeff]+", "", str(cell or "")) for cell in cells]
    missing = [column for column in spec.required_columns if column not in header]
    repeated = sorted({column for column in header if column and header.count(column) > 1})
    if missing or repeated:
        raise ContractBroken(
            what="the header does not hold the agreed columns",
            where=f"{spec.id} {name}",
            expected=f"each once: {'、'.join(spec.required_columns)}",
            found=f"missing {'、'.join(missing) or 'none'}, repeated {'、'.join(repeated) or 'none'}",
            next_step="ask the publisher for a corrected file; the last good day stays in force",
        )
    table.unknown_columns |= {column for column in header if column and column not in spec.known_columns}
    return [column if column in table.columns else f"_unused_{place}" for place, column in enumerate(header)]


def _xlsx_records(spec: SourceSpec, file: Path, table: CellTable) -> Iterator[dict[str, Any]]:
    merged = _merged_ranges(file)
    workbook = load_workbook(file, read_only=True, data_only=True)
    dates = {entry.origin for page in spec.tables for entry in page.fields.values() if entry.parse == "date"}
    sheets_with_header = 0
    for sheet in workbook.worksheets:
        rows = _filled_rows(sheet, merged.get(sheet.title, []))
        header: list[str] | None = None
        for number, cells in rows:
            if header is None:
                if _is_header(spec, cells):
                    header = _header(spec, f"{file.name} sheet {sheet.title}", cells, table)
                    sheets_with_header += 1
                continue
            if _is_record(cells):
                values = [
                    _cell(cells[i] if i < len(cells) else None, name in dates, workbook.epoch)
                    for i, name in enumerate(header)
                ]
                yield dict(zip(header, values, strict=True)) | {
                    "_file": file.name,
                    "_line": number,
                    "_position": f"{sheet.title}!{number}",
                    "_fault": None,
                }
    workbook.close()
    if not sheets_with_header:
        _header(spec, file.name, [], table)


def _is_header(spec: SourceSpec, cells: tuple[Any, ...]) -> bool:
    texts = {re.sub(r"[\s\u3000]+", "", str(cell)) for cell in cells if cell is not None}
    return len(texts & set(spec.known_columns)) >= 3


def _is_record(cells: tuple[Any, ...]) -> bool:
    texts = [re.sub(r"[\s\u3000]+", "", str(cell)) for cell in cells if cell is not None]
    texts = [text for text in texts if text]
    return bool(texts) and not texts[0].startswith(("合计", "总计", "小计"))


def _filled_rows(sheet: Any, ranges: list[tuple[int, int, int, int]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Rows with their Excel number; a merged cell's value stands in each cell that it covers downwards."""
    held: dict[int, tuple[int, Any]] = {}
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        row = list(cells)
        for left, top, right, bottom in ranges:
            if top == number and right == left and bottom > top and left <= len(row):
                held[left] = (bottom, row[left - 1])
        for column, (bottom, value) in list(held.items()):
            if number > bottom:
                del held[column]
            elif column <= len(row) and row[column - 1] is None and any(c is not None for c in row):
                row[column - 1] = value
        yield number, tuple(row)


def _merged_ranges(file: Path) -> dict[str, list[tuple[int, int, int, int]]]:
    """Merged ranges by sheet title, read from the package, since the streaming reader does not give them."""
    book = load_workbook(file, read_only=True)
    paths = {sheet.title: cast(Any, sheet)._worksheet_path for sheet in book.worksheets}
    book.close()
    with zipfile.ZipFile(file) as package:
        return {
            title: [
                cast("tuple[int, int, int, int]", range_boundaries(ref.decode()))
                for ref in re.findall(rb'<(?:\w+:)?mergeCell ref="([A-Z0-9:]+)"', package.read(path))
            ]
            for title, path in paths.items()
        }


def _cell(value: Any, is_date: bool, epoch: datetime) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        if is_date and 1 <= value < 200_000:
            return str(from_excel(value, epoch))[:10]
        if is_date and float(value).is_integer():
            return str(int(value))
        return f"#num:{int(value) if float(value).is_integer() else value}"
    return str(value)


def _batches(records: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch

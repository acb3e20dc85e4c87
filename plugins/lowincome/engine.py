"""Runs one SQL file over named inputs into one Parquet file. The only import of duckdb."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa

Input: TypeAlias = Sequence[Path] | pa.Table


@contextmanager
def session(inputs: Mapping[str, Input], spill: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which every input is a view; memory is bounded by LOWINCOME_MEMORY_LIMIT."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"set memory_limit = '{os.environ.get('LOWINCOME_MEMORY_LIMIT', '2GB')}'")
        connection.execute("set TimeZone = 'Asia/Shanghai'")
        if spill is not None:
            connection.execute(f"set temp_directory = {_literal(spill)}")
        for name, source in inputs.items():
            _add_input(connection, name, source)
        yield connection
    finally:
        connection.close()


def run_sql(sql_file: Path, inputs: Mapping[str, Input], output: Path) -> int:
    """Write the file's single SELECT to `output` as Parquet; the number of rows written."""
    return write_query(sql_file.read_text("utf-8"), inputs, output)


def write_query(sql: str, inputs: Mapping[str, Input], output: Path) -> int:
    """Write one SELECT to `output` as Parquet; the number of rows written."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with session(inputs, output.parent / ".spill") as connection:
        statement = sql.strip().rstrip(";")
        connection.execute(f"copy ({statement}) to {_literal(output)} (format parquet, compression zstd)")
        row = connection.execute(f"select count(*) from read_parquet({_literal(output)})").fetchall()[0]
    return int(row[0])


def query(sql: str | Path, inputs: Mapping[str, Input]) -> pa.Table:
    """The rows of one SELECT, given as text or as a file, as an Arrow table."""
    text = sql.read_text("utf-8") if isinstance(sql, Path) else sql
    with session(inputs) as connection:
        return connection.sql(text.strip().rstrip(";")).to_arrow_table()


def count(path: Path) -> int:
    """The number of rows of a Parquet file."""
    return int(query("select count(*) as n from t", {"t": [path]}).column("n")[0].as_py())


def _add_input(connection: duckdb.DuckDBPyConnection, name: str, source: Input) -> None:
    if isinstance(source, pa.Table):
        connection.register(name, source)
        return
    if not source:
        raise ValueError(f"input {name}: no files; pass an empty table of the right schema instead")
    files = ", ".join(_literal(path) for path in source)
    reader = f"read_parquet([{files}], union_by_name = true, hive_partitioning = false)"
    connection.execute(f'create view "{name}" as select * from {reader}')


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"

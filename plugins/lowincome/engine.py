"""Runs one SQL file over named inputs into one Parquet file. The only import of duckdb.

LOWINCOME_ENGINE=spark runs the same statements on Spark (engine_spark) with the same answers.

Where keys are set (keys.py) files are read and written through the sealed filesystem, and nothing is spilled to disk.
"""

import atexit
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import duckdb
import pyarrow as pa

from lowincome.errors import AuditFailed, SettingsInvalid
from lowincome.keys import keyring
from lowincome.lake import digest
from lowincome.sealed import PROTOCOL, is_sealed

QueryFailed = duckdb.Error
Input: TypeAlias = Sequence[Path] | pa.Table | str
"""Parquet files, a table in memory, or the SELECT of a view over the inputs before it."""
KEPT, SCRATCH = "zstd, compression_level 1", "lz4"
"""How tables of the lake and tables of one step are compressed; a higher level costs a third more and saves 5 %."""
_STAYS: ContextVar[bool] = ContextVar("stays", default=False)


@contextmanager
def on_one_machine() -> Iterator[None]:
    """Within it every statement is DuckDB's: a delivery is read in its own format, on the machine where it landed."""
    token = _STAYS.set(True)
    try:
        yield
    finally:
        _STAYS.reset(token)


def _scaled_out() -> ModuleType | None:
    """The engine that LOWINCOME_ENGINE names when it is not this one; it is imported by nobody else."""
    name = os.environ.get("LOWINCOME_ENGINE") or "duckdb"
    if name not in ("duckdb", "spark"):
        raise SettingsInvalid(what=f"unknown engine {name!r}", where="LOWINCOME_ENGINE", expected="duckdb or spark",
                              next_step="leave it out for DuckDB; docs/spark.md tells when Spark is worth it")
    if name == "duckdb" or _STAYS.get():
        return None
    if keyring():
        raise SettingsInvalid(what="Spark cannot open sealed files", where="LOWINCOME_ENGINE=spark",
                              next_step="leave out LOWINCOME_ENCRYPTION_KEYS and encrypt the storage, or use DuckDB")
    try:
        from lowincome import engine_spark
    except ImportError as error:
        raise SettingsInvalid(what=f"PySpark is not installed: {error}", where="LOWINCOME_ENGINE=spark",
                              next_step="pip install --require-hashes -r requirements-spark.txt") from None
    return engine_spark


@contextmanager
def _scaled(engine: ModuleType) -> Iterator[None]:
    """Whoever catches a failed statement need not know which engine ran it."""
    try:
        yield
    except engine.QueryFailed as error:
        raise QueryFailed(str(error)) from error


@cache
def _database(is_sealing: bool) -> duckdb.DuckDBPyConnection:
    """The process's one database in memory; sessions are cursors of it, each with its own temporary views.

    Its own encryption of what it spills needs an extension that does not come with it: sealed rows stay in memory.
    """
    database = duckdb.connect(":memory:")
    database.execute(f"set memory_limit = '{os.environ.get('LOWINCOME_MEMORY_LIMIT', '2GB')}'")
    spill = "" if is_sealing else str(Path(tempfile.gettempdir()) / "lowincome-spill")
    database.execute(f"set temp_directory = {_text(spill)}")
    if is_sealing:
        from lowincome.sealed_filesystem import SealedFilesystem

        database.execute("set enable_external_file_cache = false")
        database.register_filesystem(SealedFilesystem())
        atexit.register(database.unregister_filesystem, PROTOCOL)
    return database


@contextmanager
def _session(sql: str, inputs: Mapping[str, Input]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which every input that the SQL names is a view; memory is bounded by LOWINCOME_MEMORY_LIMIT."""
    connection, named = _database(keyring() is not None).cursor(), _named(sql, inputs)
    try:
        connection.execute("set TimeZone = 'Asia/Shanghai'")
        for name, source in inputs.items():
            if name in named:
                _add_input(connection, name, source)
        yield connection
    except QueryFailed:
        refusal = _refusal(inputs[name] for name in named)
        if refusal:
            raise refusal from None
        raise
    finally:
        connection.close()


def _named(sql: str, inputs: Mapping[str, Input]) -> set[str]:
    """The inputs that a SELECT names, itself or through a view: to make a view of each of all would cost more."""
    named = set(re.findall(r"\w+", sql)) & inputs.keys()
    views = [source for name in named if isinstance(source := inputs[name], str)]
    before = {name: source for name, source in inputs.items() if name not in named}
    return named.union(*(_named(view, before) for view in views))


def _only_named(sql: str, inputs: Mapping[str, Input]) -> dict[str, Input]:
    named = _named(sql, inputs)
    return {name: source for name, source in inputs.items() if name in named}


def run_sql(sql_file: Path, inputs: Mapping[str, Input], output: Path, compression: str = KEPT) -> int:
    """Write the file's single SELECT to `output` as Parquet; the number of rows written."""
    return write_query(sql_file.read_text("utf-8"), inputs, output, compression)


def write_query(
    sql: str, inputs: Mapping[str, Input], output: Path, compression: str = KEPT, rows_a_group: int = 122_880
) -> int:
    """Write one SELECT to `output` as Parquet; the number of rows written.

    Scratch tables may compress less; a sorted table that is asked for single keys is found faster in smaller groups.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    if spark := _scaled_out():
        with _scaled(spark):
            return int(spark.write_query(sql, _only_named(sql, inputs), output, compression, rows_a_group))
    with _session(sql, inputs) as connection:
        statement = sql.strip().rstrip(";")
        form = f"format parquet, compression {compression}, row_group_size {rows_a_group}"
        connection.execute(f"copy ({statement}) to {literal(output)} ({form})")
        row = connection.execute(f"select count(*) from read_parquet({literal(output)})").fetchall()[0]
    return int(row[0])


def query(sql: str | Path, inputs: Mapping[str, Input]) -> pa.Table:
    """The rows of one SELECT, given as text or as a file, as an Arrow table."""
    text = sql.read_text("utf-8") if isinstance(sql, Path) else sql
    if spark := _scaled_out():
        with _scaled(spark):
            rows: pa.Table = spark.query(text, _only_named(text, inputs))
            return rows
    with _session(text, inputs) as connection:
        return connection.sql(text.strip().rstrip(";")).to_arrow_table()


def alike(files: Sequence[Path]) -> Input:
    """An input of many files that were all written alike: their columns are not compared, so a year opens fast."""
    if _scaled_out():
        return files
    return f"select * from read_parquet([{', '.join(literal(path) for path in files)}], hive_partitioning = false)"


def count(path: Path) -> int:
    """The number of rows of a Parquet file."""
    return int(query("select count(*) as n from t", {"t": [path]}).column("n")[0].as_py())


def _add_input(connection: duckdb.DuckDBPyConnection, name: str, source: Input) -> None:
    if isinstance(source, pa.Table):
        connection.register(name, source)
        return
    if isinstance(source, str):
        connection.execute(f'create temp view "{name}" as {source}')
        return
    if not source:
        raise ValueError(f"input {name}: no files; pass an empty table of the right schema instead")
    files = ", ".join(literal(path) for path in source)
    reader = f"read_parquet([{files}], union_by_name = true, hive_partitioning = false)"
    connection.execute(f'create temp view "{name}" as select * from {reader}')


def _refusal(inputs: Iterable[Input]) -> AuditFailed | None:
    """Which file was changed or lacks its key, if that is why a query failed: the engine tells only a trace of it."""
    files = (path for source in inputs if not isinstance(source, pa.Table | str) for path in source)
    try:
        for path in files:
            if path.exists() and is_sealed(path):
                digest(path)
    except AuditFailed as error:
        return error
    return None


def literal(path: Path) -> str:
    """A file as SQL names it."""
    return _text(f"{PROTOCOL}://{path.absolute()}" if keyring() else str(path))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

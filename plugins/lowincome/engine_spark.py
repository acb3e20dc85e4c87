"""The engine where one machine ends: the same statements on Spark. The only import of pyspark.

LOWINCOME_SPARK_MASTER says where (default: this machine); everything else is Spark's own configuration. Files of the
lake are read and written where they lie, so a cluster needs them on storage that all its machines see.

DuckDB says which types an answer has, and writes the one file of a table from Spark's parts: so a table is the same to
its bytes, whichever engine found its rows.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

from lowincome import dialect, engine
from lowincome.aside import aside
from lowincome.engine import Files, Input, QueryFailed
from lowincome.errors import SettingsInvalid
from lowincome.scaled_out import on_one_machine
from lowincome.sealed import is_sealed

FAILURES = (PySparkException, Py4JError)
"""What a statement that Spark cannot do ends in: some it names, others come as they are from its process."""
SAME_ANSWERS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    "spark.sql.variable.substitute": "false",
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases",
}
"""Settings without which a statement would mean something else: errors instead of nulls, times without zone, decimals
that keep their fraction. The rule that is left out made a plan invalid whose union names a column twice (4.3.0)."""

TRUE_SIZES = {"spark.sql.sources.fileCompressionFactor": "10"}
"""Rows take seven to thirty times the room of their file. By the size of the file Spark hands to every thread a table
that does not fit into its memory, and stops (a million persons, 2 GB)."""


def query(sql: str, inputs: Mapping[str, Input]) -> pa.Table:
    """The rows of one SELECT as an Arrow table, in DuckDB's types."""
    with _asked(sql, inputs) as (rows, answer):
        found = rows.toArrow()
    with on_one_machine():
        return engine.query(answer, {"found": found})


def write_query(sql: str, inputs: Mapping[str, Input], output: Path, compression: str, rows_a_group: int) -> int:
    """Write one SELECT to `output` as Parquet; the number of rows written. Spark writes a folder of parts first."""
    parts = output.with_name(f"{output.name}.parts")
    try:
        with _asked(sql, inputs) as (rows, answer):
            rows.write.mode("overwrite").parquet(str(parts))
        found = Files(sorted(parts.glob("part-*.parquet")))
        with on_one_machine():
            return engine.write_query(answer, {"found": found}, output, compression, rows_a_group)
    finally:
        shutil.rmtree(parts, ignore_errors=True)


@contextmanager
def _asked(sql: str, inputs: Mapping[str, Input]) -> Iterator[tuple[DataFrame, str]]:
    """Spark's rows of one SELECT, not yet worked out, and what is asked of them (`found`): their types and their order.

    Every input is a view of a session that nobody else sees. QueryFailed whatever engine fails.
    """
    columns, session = _columns(sql, inputs), _spark().newSession()
    try:
        with ExitStack() as held:
            statement, order = dialect.without_order(dialect.parsed(sql))
            tables = _views(session, statement, inputs, held)
            rows = session.sql(dialect.to_spark(statement, tables))
            yield _without_void(rows), f"select {columns} from found {order}"
    except (*FAILURES, dialect.NotUnderstood) as error:
        raise QueryFailed(str(error)) from error


def _views(
    session: SparkSession, statement: dialect.Query, inputs: Mapping[str, Input], held: ExitStack
) -> dialect.Tables:
    """What the statement reads, each a view of the session: inputs, then the queries of its WITH, taken out of it.

    Spark works a query out anew wherever it is read; one that is dear and read more than once is kept instead, on disk:
    in memory it would take the room in which the statement itself is worked out.
    """
    queries = {name: dialect.parsed(source) for name, source in inputs.items() if isinstance(source, str)}
    own = dialect.parts(statement)
    readers = [*queries.values(), *own.values(), statement]
    tables: dict[str, dict[str, str]] = {}
    for name, source in [*{**inputs, **queries}.items(), *own.items()]:
        if isinstance(source, dialect.Query):
            rows = session.sql(dialect.to_spark(source, tables))
            if dialect.is_dear(source) and dialect.is_shared(name, readers):
                held.callback(rows.persist(StorageLevel.DISK_ONLY).unpersist)
        else:
            rows = _rows(session, source, held)
        rows.createOrReplaceTempView(name)
        tables[name] = dict(rows.dtypes)
    return tables


def _columns(sql: str, inputs: Mapping[str, Input]) -> str:
    """The answer's columns in the types that DuckDB gives them: it plans the statement, and runs nothing."""
    with on_one_machine():
        described = engine.query(f"describe {sql}", inputs).to_pylist()
    return ", ".join(_column(row["column_name"].replace('"', '""'), row["column_type"]) for row in described)


def _column(name: str, kind: str) -> str:
    """One column of what Spark found; one of nothing but nulls has no type to be cast to."""
    return f'null as "{name}"' if kind == '"NULL"' else f'cast("{name}" as {kind}) as "{name}"'


def _without_void(rows: DataFrame) -> DataFrame:
    """Spark cannot write a column of nothing but nulls."""
    return rows.select([rows[name].cast("int").alias(name) if kind == "void" else rows[name]
                        for name, kind in rows.dtypes])


def _without_nulls_only(table: pa.Table) -> pa.Table:
    """Spark cannot read a column of nothing but nulls either."""
    return table.cast(pa.schema([kind.with_type(pa.int32()) if pa.types.is_null(kind.type) else kind
                                 for kind in table.schema]))


def _rows(session: SparkSession, source: pa.Table | Files | Sequence[Path], links: ExitStack) -> DataFrame:
    if isinstance(source, pa.Table):
        source = [_file(source, links)]
    files = source if isinstance(source, Files) else Files(source)
    rows = reduce(DataFrame.union, _read(session, files.paths, links))
    return rows.select("*", f.col("_metadata.row_index").alias(files.row_number)) if files.row_number else rows


def _file(table: pa.Table, links: ExitStack) -> Path:
    """A table in memory as a file for the time of the statement: handed over otherwise it stands in the heap whole."""
    path = links.enter_context(aside("spark")) / "table.parquet"
    pq.write_table(_without_nulls_only(table), path, compression=engine.SCRATCH)
    return path


def _read(session: SparkSession, paths: Sequence[Path], links: ExitStack) -> Iterator[DataFrame]:
    """Parquet files by the names of their columns, one after the other: at once Spark would begin with the largest.

    SettingsInvalid for a sealed one, of a time when keys were set.
    """
    for path in paths:
        if is_sealed(path):
            raise SettingsInvalid(
                what="Spark cannot open sealed files", where="LOWINCOME_ENGINE=spark", expected="a home in the clear",
                found=path.name, next_step="run the day on DuckDB, with its keys")
    schemas = [pq.read_schema(path) for path in paths]
    kinds = from_arrow_schema(pa.unify_schemas(schemas, promote_options="permissive"), prefer_timestamp_ntz=True)
    for path in paths:
        yield session.read.schema(kinds).parquet(str(links.enter_context(_visible(path))))


@contextmanager
def _visible(path: Path) -> Iterator[Path]:
    """A name under which Spark sees a file: it passes over those that begin with a dot, as candidates do."""
    if not path.name.startswith((".", "_")):
        yield path
        return
    link = path.with_name(f"{path.name.lstrip('._')}.{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(path.name)
    try:
        yield link
    finally:
        link.unlink()


@cache
def _spark() -> SparkSession:
    """The process's one connection to Spark."""
    master = os.environ.get("LOWINCOME_SPARK_MASTER") or "local[*]"
    builder = SparkSession.builder.appName("lowincome").master(master)
    for name, value in {**SAME_ANSWERS, **TRUE_SIZES, **(_own_machine() if master.startswith("local") else {})}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    if not master.startswith("local"):
        _check_shared(session)
    return session


def _check_shared(session: SparkSession) -> None:
    """SettingsInvalid unless every executor's machine sees the temporary folder: what a step puts aside lies there."""
    try:
        with ExitStack() as held:
            for rows in _read(session, [_file(pa.table({"n": [1]}), held)], held):
                rows.collect()
    except FAILURES:
        raise SettingsInvalid(
            what="Spark's executors do not see the temporary folder, where steps put tables aside", where="TMPDIR",
            expected="a folder on the storage that holds LOWINCOME_HOME, under the same path on every machine",
            found=tempfile.gettempdir(), next_step="set TMPDIR to such a folder and run the step again") from None


def _own_machine() -> dict[str, str]:
    """On one machine: no pages, few partitions, memory as for the other engine."""
    limit = (os.environ.get("LOWINCOME_MEMORY_LIMIT") or "2GB").upper().removesuffix("B")
    return {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "localhost",
        "spark.driver.memory": limit,
        "spark.sql.shuffle.partitions": str(os.cpu_count() or 2),
    }

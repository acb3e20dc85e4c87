"""The engine where one machine ends: the same statements on Spark. The only import of pyspark.

LOWINCOME_SPARK_MASTER says where (default: this machine); everything else is Spark's own configuration. Files of the
lake are read and written where they lie, so a cluster needs them on storage that all its machines see.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from lowincome import dialect
from lowincome.engine import Input

QueryFailed = (PySparkException, Py4JError, dialect.NotUnderstood)
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


@cache
def _spark() -> SparkSession:
    """The process's one connection to Spark."""
    master = os.environ.get("LOWINCOME_SPARK_MASTER", "local[*]")
    builder = SparkSession.builder.appName("lowincome").master(master)
    for name, value in {**SAME_ANSWERS, **(_own_machine() if master.startswith("local") else {})}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _own_machine() -> dict[str, str]:
    """On one machine: no pages, few partitions, memory as for the other engine."""
    limit = os.environ.get("LOWINCOME_MEMORY_LIMIT", "2GB").upper().removesuffix("B")
    return {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "localhost",
        "spark.driver.memory": limit,
        "spark.sql.shuffle.partitions": str(os.cpu_count() or 2),
    }


def _answer(sql: str, inputs: Mapping[str, Input]) -> DataFrame:
    """The rows of one SELECT over named inputs, each a view of a session that nobody else sees."""
    session = _spark().newSession()
    tables: dict[str, dict[str, str]] = {}
    for name, source in inputs.items():
        rows = _rows(session, name, source, tables)
        rows.createOrReplaceTempView(name)
        tables[name] = dict(rows.dtypes)
    return session.sql(dialect.to_spark(sql, tables))


def _rows(session: SparkSession, name: str, source: Input, tables: dialect.Tables) -> DataFrame:
    if isinstance(source, pa.Table):
        return session.createDataFrame(source)
    if isinstance(source, str):
        return session.sql(dialect.to_spark(source, tables))
    if not source:
        raise ValueError(f"input {name}: no files; pass an empty table of the right schema instead")
    columns = pa.unify_schemas([pq.read_schema(path) for path in source], promote_options="permissive")
    kinds = from_arrow_schema(columns, prefer_timestamp_ntz=True)
    return session.read.schema(kinds).parquet(*map(str, source))


def write_query(sql: str, inputs: Mapping[str, Input], output: Path, compression: str, rows_a_group: int) -> int:
    """Write one SELECT to `output` as Parquet; the number of rows written.

    Spark writes a folder of parts; they become one file here, in order, a batch at a time.
    """
    parts = output.with_name(f"{output.name}.parts")
    try:
        rows = _answer(sql, inputs)
        known = [rows[name].cast("int").alias(name) if kind == "void" else rows[name] for name, kind in rows.dtypes]
        rows.select(known).write.mode("overwrite").parquet(str(parts))
        return _joined(sorted(parts.glob("part-*.parquet")), output, compression, rows_a_group)
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def _joined(parts: Sequence[Path], output: Path, compression: str, rows_a_group: int) -> int:
    """One file with the rows of all parts; their number."""
    columns, written = pq.read_schema(parts[0]).remove_metadata(), 0
    with pq.ParquetWriter(output, columns, compression=compression.split(",")[0]) as file:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches(rows_a_group):
                file.write_batch(batch, rows_a_group)
                written += batch.num_rows
    return written


def query(sql: str, inputs: Mapping[str, Input]) -> pa.Table:
    """The rows of one SELECT as an Arrow table."""
    table: pa.Table = _answer(sql, inputs).toArrow()
    return table

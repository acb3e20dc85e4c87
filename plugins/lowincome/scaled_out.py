"""Which engine runs a statement: DuckDB, or where LOWINCOME_ENGINE says so Spark (docs/spark.md)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Protocol, cast

import pyarrow as pa

from lowincome.errors import SettingsInvalid
from lowincome.settings import engine_name

_STAYS: ContextVar[bool] = ContextVar("stays", default=False)


class Engine(Protocol):
    """What an engine does with one SELECT over named inputs."""

    def query(self, sql: str, inputs: Mapping[str, object]) -> pa.Table:
        """Its rows."""

    def write_query(
        self, sql: str, inputs: Mapping[str, object], output: Path, compression: str, rows_a_group: int
    ) -> int:
        """Write its rows to one Parquet file; their number."""


@contextmanager
def on_one_machine() -> Iterator[None]:
    """Within it, or in a function that it decorates, every statement is DuckDB's, on the machine of the step.

    A delivery is read in its own format where it landed; a hash is made that another engine would make otherwise.
    """
    token = _STAYS.set(True)
    try:
        yield
    finally:
        _STAYS.reset(token)


def scaled_out() -> Engine | None:
    """The engine that runs statements in DuckDB's stead; None where DuckDB does. Nobody else imports it.

    SettingsInvalid when PySpark is not installed.
    """
    if _STAYS.get() or engine_name() == "duckdb":
        return None
    try:
        from lowincome import engine_spark
    except ImportError as error:
        raise SettingsInvalid(
            what="Spark cannot be used", where="LOWINCOME_ENGINE=spark", found=str(error),
            expected="what requirements-spark.txt lists is installed",
            next_step="`make demo ENGINE=spark` builds .venv-spark with it; docs/spark.md tells the rest") from None
    return cast(Engine, engine_spark)

"""The day's error returns from its faults and those of the day before."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from lowincome import engine
from lowincome.settings import INCLUDE


def build(inputs: Mapping[str, engine.Input], run: pa.Table, out: Callable[[str], Path]) -> dict[str, int]:
    """Write the table error_return to `out(table)`; its rows."""
    sql = INCLUDE / "sql" / "returns" / "error_return.sql"
    return {"error_return": engine.run_sql(sql, {**inputs, "run": run}, out("error_return"))}

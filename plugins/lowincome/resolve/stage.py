"""Current records → checked identities → persons. Thin: one valid ID is one person, all others stand alone."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from lowincome import engine
from lowincome.settings import INCLUDE

TABLES = ("current_record", "identity", "person_link", "person")


def build(inputs: Mapping[str, engine.Input], run: pa.Table, out: Callable[[str], Path]) -> dict[str, int]:
    """Write every table of this stage to `out(table)`; rows by table."""
    known: dict[str, engine.Input] = {**inputs, "run": run}
    rows = {}
    for table in TABLES:
        rows[table] = engine.run_sql(INCLUDE / "sql" / "resolve" / f"{table}.sql", known, out(table))
        known[table] = [out(table)]
    return rows

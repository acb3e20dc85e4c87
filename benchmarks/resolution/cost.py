"""PYTHONPATH=plugins python -m benchmarks.resolution.cost [--persons N] [--seed N]: what the resolve stage costs.

From files to files as on any day, table by table, in a process of its own: a first day, then a day in which one
record in fifty changed. "records to links" ends where every record has its person; what comes after it recognises
persons tomorrow, shows them and puts doubts before people. Bounded by LOWINCOME_MEMORY_LIMIT. Where other jobs run,
processor seconds say more than seconds.
"""

import argparse
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pyarrow as pa
from lowincome import engine, schema
from rich.console import Console
from rich.table import Table

from benchmarks.resolution import day, truth
from benchmarks.resolution.measure import in_child

INPUTS = ("person_record", "check_report")
CHANGED = """
    select * replace (
        case when turn = 0 then null else id_raw end as id_raw,
        case when turn = 1 then left(name, 1) || '丽' else name end as name,
        case when turn = 2 then null else phone end as phone)
    from (select *, abs(hash(record_key) % 150) as turn from person_record)
"""
"""One record in fifty loses its ID, its name or its phone."""
Cost = tuple[str, int, float, float]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resolution.cost", description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="lowincome-benchmark-") as name:
        first, second = Path(name) / "first", Path(name) / "second"
        in_child(write_days, options.seed, options.persons, first, second)
        for title, folder, before in (("first day", first, None), ("2 % changed", second, first)):
            costs, memory = in_child(resolve, folder, before)
            _print(f"{title}: {options.persons:,} persons, {memory:.2f} GB at most", costs)
    return 0


def write_days(seed: int, persons: int, first: Path, second: Path) -> None:
    """What the stage is given on two days, as the standardise stage writes it: in the order of keys."""
    given = day.inputs(truth.records(seed, persons).drop_columns(["person_no", "kind"]))
    tables = {name: given[name] for name in INPUTS}
    columns = ", ".join(schema.TABLES["person_record"].names)
    for folder, source in ((first, "person_record"), (second, f"({CHANGED})")):
        rows = f"select {columns} from {source} order by source, record_key"
        engine.write_query(rows, tables, folder / "person_record.parquet")
        engine.write_query("select * from check_report", tables, folder / "check_report.parquet")


def resolve(folder: Path, before: Path | None) -> tuple[list[Cost], float]:
    """Rows, seconds and processor seconds of each table and of the whole, and the most memory in GB."""
    costs: list[Cost] = []
    run_sql = engine.run_sql

    def timed(sql: Path, inputs: Any, output: Path, compression: str) -> int:
        start, used = time.perf_counter(), time.process_time()
        rows = run_sql(sql, inputs, output, compression)
        costs.append((output.stem, rows, time.perf_counter() - start, time.process_time() - used))
        if output.stem == "person_link":
            costs.append(("records to links", rows, time.perf_counter() - begun, time.process_time() - used_before))
        return rows

    given: dict[str, engine.Input] = {name: [folder / f"{name}.parquet"] for name in INPUTS}
    if before:
        given |= {f"previous_{table}": [before / f"{table}.parquet"] for table in ("person_anchor", "person_link")}
    given = {**day.inputs(_nobody()), **given}
    begun, used_before = time.perf_counter(), time.process_time()
    with mock.patch.object(engine, "run_sql", timed):
        day.resolve(given, folder)
    costs.append(("the whole", 0, time.perf_counter() - begun, time.process_time() - used_before))
    return costs, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _nobody() -> pa.Table:
    return schema.TABLES["person_record"].empty_table()


def _print(title: str, costs: list[Cost]) -> None:
    table = Table("table", "rows", "seconds", "processor seconds", title=title)
    for name, rows, seconds, used in costs:
        table.add_row(name, f"{rows:,}", f"{seconds:.2f}", f"{used:.2f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    sys.exit(main())

"""Facts in force, families, households, members: sets in SQL, the forming of households in Python."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lowincome import engine, schema
from lowincome.household.forming import Family, Placed, form_households
from lowincome.lake import write_rows
from lowincome.redirects import redirect_view
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "household"
FAMILIES_AT_A_TIME = 50_000
BEFORE = ("person_basis", "winning_fact", "person_status", "roster_member", "family_member", "family")
AFTER = (
    "person_claim", "household", "household_key", "household_redirect", "household_member", "authorization",
    "employment_answer", "flag_answer",
)


def build(inputs: Mapping[str, engine.Input], run: pa.Table, out: Callable[[str], Path]) -> dict[str, int]:
    """Write every table of this stage to `out(table)`; rows by table."""
    known: dict[str, engine.Input] = {**inputs, "run": run, "redirect": redirect_view()}
    rows: dict[str, int] = {}
    for table in BEFORE:
        rows[table] = _write(table, known, out)
    rows["family_household"] = _form(known, out("family_household"))
    known["family_household"] = [out("family_household")]
    for table in AFTER:
        rows[table] = _write(table, known, out)
    return rows


def _write(table: str, known: dict[str, engine.Input], out: Callable[[str], Path]) -> int:
    rows = engine.run_sql(SQL / f"{table}.sql", known, out(table))
    known[table] = [out(table)]
    return rows


def _form(known: Mapping[str, engine.Input], output: Path) -> int:
    """Write the household and role of each family (table family_household); how many."""
    numbered = {**known, "person_number": (SQL / "person_number.sql").read_text("utf-8")}
    families = engine.query(SQL / "forming_family.sql", numbered)
    members = engine.query(SQL / "forming_member.sql", numbered)
    placed = form_households(_numbers(families, members), pc.max(members["person_no"]).as_py() or 0)
    key, *rest = schema.TABLES["family_household"]
    table = _table(placed, pa.schema(rest)).add_column(0, key, families["family_key"])
    write_rows(table, output)
    return int(table.num_rows)


def _numbers(families: pa.Table, members: pa.Table) -> Iterator[Family]:
    """Each family with its members, of which those of all families lie one after the other."""
    persons = members["person_no"].to_numpy()
    bounds = np.searchsorted(members["place"].to_numpy(), np.arange(families.num_rows + 1), side="right")
    for batch in families.select(["level", "key_no", "head_no"]).to_batches(FAMILIES_AT_A_TIME):
        ends, bounds = bounds[:batch.num_rows + 1].tolist(), bounds[batch.num_rows:]
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        for row, first, end in zip(rows, ends, ends[1:], strict=False):
            yield *row, persons[first:end].tolist()


def _table(placed: Iterator[Placed], kinds: pa.Schema) -> pa.Table:
    """Number and role of each family's household; few at a time are objects of Python."""
    batches = []
    while some := list(islice(placed, FAMILIES_AT_A_TIME)):
        columns = zip(kinds.types, zip(*some, strict=True), strict=True)
        batches.append(pa.RecordBatch.from_arrays([pa.array(values, kind) for kind, values in columns], schema=kinds))
    return pa.Table.from_batches(batches, kinds)

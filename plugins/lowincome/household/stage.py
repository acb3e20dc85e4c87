"""Facts in force, families, households, members: sets in SQL, the forming of households in Python."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from lowincome import engine, schema
from lowincome.household.forming import form_households
from lowincome.lake import write_rows
from lowincome.redirects import redirect_view
from lowincome.settings import INCLUDE

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
    rows = engine.run_sql(INCLUDE / "sql" / "household" / f"{table}.sql", known, out(table))
    known[table] = [out(table)]
    return rows


def _form(known: Mapping[str, engine.Input], output: Path) -> int:
    families = engine.query("select family_key, level, head_person_id from family order by place", known)
    members: dict[str, set[str]] = defaultdict(set)
    pairs = engine.query("select family_key, person_id from family_member", known).to_pydict()
    for key, person in zip(pairs["family_key"], pairs["person_id"], strict=True):
        members[key].add(person)
    columns = families.to_pydict()
    placed = form_households(
        zip(columns["family_key"], columns["level"], columns["head_person_id"], strict=True), members
    )
    names = schema.TABLES["family_household"]
    arrays = zip(*placed, strict=True) if placed else ([], [], [])
    table = pa.Table.from_arrays(
        [pa.array(list(values), kind.type) for values, kind in zip(arrays, names, strict=True)], schema=names
    )
    write_rows(table, output)
    return len(placed)

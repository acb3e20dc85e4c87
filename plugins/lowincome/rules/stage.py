"""Rules over households and persons: one SQL file a rule, one shape of answer."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lowincome import engine, schema
from lowincome.rules.catalogue import Rule, load_rules
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "evaluate"


def build(inputs: Mapping[str, engine.Input], run: pa.Table, out: Callable[[str], Path]) -> dict[str, int]:
    """Write household_subject, covered_person, outcome and discrepancy; rows by table."""
    known: dict[str, engine.Input] = {**inputs, "run": run}
    rows = {}
    for table in ("household_subject", "covered_person", "discrepancy"):
        rows[table] = engine.run_sql(SQL / f"{table}.sql", known, out(table))
        known[table] = [out(table)]
    outcomes = pa.concat_tables([_outcomes(rule, known) for rule in load_rules()])
    pq.write_table(outcomes, out("outcome"))
    return rows | {"outcome": outcomes.num_rows}


def _outcomes(rule: Rule, known: Mapping[str, engine.Input]) -> pa.Table:
    answers = engine.query(SQL / f"{rule.id}.sql", known)
    constants: dict[str, object] = {
        "rule_id": rule.id,
        "rule_version": rule.version,
        "direction": rule.direction,
        "subject": rule.subject,
        "threshold": None if rule.threshold is None else Decimal(rule.threshold),
        "unit": rule.unit,
        "parameters": "|".join(rule.parameters),
    }
    columns = []
    for column in schema.TABLES["outcome"]:
        if column.name in constants:
            columns.append(pa.array([constants[column.name]] * answers.num_rows, column.type))
        elif column.name == "evidence":
            columns.append(_sorted_keys(answers.column("evidence")))
        else:
            columns.append(pc.cast(answers.column(column.name), column.type))
    return pa.Table.from_arrays(columns, schema=schema.TABLES["outcome"])


def _sorted_keys(evidence: pa.ChunkedArray) -> pa.Array:
    """Record keys once each, sorted, joined by |."""
    return pa.array(
        ["|".join(sorted(set(filter(None, (text or "").split("|"))))) for text in evidence.to_pylist()], pa.string()
    )

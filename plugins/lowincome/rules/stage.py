"""Rules over households and persons: quantities, then criteria, then their three-valued join, all in SQL."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lowincome import engine, schema
from lowincome.rules.catalogue import CRITERIA, Rule, rules
from lowincome.rules.message import reasons
from lowincome.rules.parameters import InForce, Parameter, in_force, load_parameters, policy_table
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "evaluate"
QUANTITIES = (
    "stale_source", "income_item", "person_income", "person_property", "certificate_in_force", "subsidy_in_force",
    "medical_burden", "person_coverage", "person_monitored", "employment_ended", "person_area", "overpayment",
    "identity_conflict", "discrepancy", "household_subject", "person_subject",
)
OF_EARLIER_RULES = ("raised", "entrant", "hardship")
Known = dict[str, engine.Input]


def build(
    inputs: Mapping[str, engine.Input], run: pa.Table, out: Callable[[str], Path],
    parameters: list[Parameter] | None = None, catalogue: tuple[Rule, ...] | None = None,
) -> dict[str, int]:
    """Write every quantity, `outcome` and `criterion`; rows by table. The law defaults to the one that ships."""
    law, day = parameters or load_parameters(), run.column("data_date")[0].as_py()
    known: Known = {**inputs, "run": run, "policy": policy_table(law, day)}
    rows = {}
    for table in QUANTITIES:
        rows[table] = engine.run_sql(SQL / "quantity" / f"{table}.sql", known, out(table))
        known[table] = [out(table)]
    outcomes, criteria = _evaluate(known, in_force(law, day), catalogue or rules())
    for table, content in (("outcome", outcomes), ("criterion", criteria)):
        pq.write_table(content, out(table))
        rows[table] = content.num_rows
    return rows


def _evaluate(known: Known, law: dict[str, InForce], catalogue: tuple[Rule, ...]) -> tuple[pa.Table, pa.Table]:
    """Every rule in the order of its id; a later one may read the outcomes of those before it."""
    outcomes, criteria = schema.TABLES["outcome"].empty_table(), schema.TABLES["criterion"].empty_table()
    for rule in catalogue:
        answered, asked = _answer(rule, known | {"earlier_outcome": outcomes})
        outcomes = pa.concat_tables([outcomes, _outcomes(rule, answered, asked, law)])
        criteria = pa.concat_tables([criteria, asked])
    return outcomes, criteria


def criterion_view(rule: Rule, known: Known) -> Known:
    """The inputs with the view `criterion`: every criterion of the rule for every subject it may concern."""
    views = {name: _text(SQL / "quantity" / f"{name}.sql") for name in OF_EARLIER_RULES}
    parts = [f"select '{name}' as criterion, * from ({_text(CRITERIA / f'{name}.sql')})" for name in rule.criteria]
    before = {name: table for name, table in known.items() if name not in ("criterion", *views)}
    return {**before, **views, "criterion": " union all ".join(parts)}


def _answer(rule: Rule, known: Known) -> tuple[pa.Table, pa.Table]:
    """The rule's answer for each subject, and how each criterion was answered where a flag stands on it."""
    inputs = criterion_view(rule, known | {"rule": _rule_table(rule)})
    inputs["subject"] = _text(SQL / f"{rule.subject}_rule_subject.sql")
    answered = engine.query(SQL / "rule_outcome.sql", inputs)
    asked = engine.query(SQL / "rule_criterion.sql", inputs | {"rule_outcome": answered})
    return answered, asked.cast(schema.TABLES["criterion"])


def _rule_table(rule: Rule) -> pa.Table:
    reads = {
        "reads_check": "province_check" in rule.sources, "reads_medical": "medical_insurance" in rule.sources,
        "reads_rural": "rural_revitalization" in rule.sources,
        "reads_federation": "disabled_federation" in rule.sources,
    }
    return pa.table({
        "rule_id": [rule.id], "observed": pa.array([rule.observed], pa.string()),
        **{name: [value] for name, value in reads.items()},
    })


def _outcomes(rule: Rule, answered: pa.Table, asked: pa.Table, law: dict[str, InForce]) -> pa.Table:
    """Answers in the shape of the outcome table, with the rule's constants and its sentence."""
    used = [law[name] for name in sorted(rule.parameters)]
    zh, en = reasons(rule, answered, asked)
    constants: dict[str, object] = {
        "rule_id": rule.id, "rule_version": rule.version, "direction": rule.direction, "subject": rule.subject,
        "parameters": "|".join(one.reference for one in used),
        "assumptions": "|".join(one.parameter.id for one in used if one.is_assumption),
    }
    made = {"evidence": _sorted_keys(answered.column("evidence")), "reason_zh": zh, "reason_en": en}
    columns = [
        pa.array([constants[column.name]] * answered.num_rows, column.type) if column.name in constants
        else made[column.name] if column.name in made
        else pc.cast(answered.column(column.name), column.type)
        for column in schema.TABLES["outcome"]
    ]
    return pa.Table.from_arrays(columns, schema=schema.TABLES["outcome"])


def _sorted_keys(evidence: pa.ChunkedArray) -> pa.Array:
    """Record keys once each, sorted, joined by |."""
    return pa.array(
        ["|".join(sorted(set(filter(None, (text or "").split("|"))))) for text in evidence.to_pylist()], pa.string()
    )


def _text(file: Path) -> str:
    return file.read_text("utf-8").strip().rstrip(";")

"""Rules over households and persons: quantities, then criteria, then their three-valued join, all in SQL."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lowincome import engine, schema
from lowincome.lake import write_rows
from lowincome.redirects import redirect_view
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
"""Quantities made of the outcomes of other rules."""
WAITS_FOR = {
    "neither_a01_nor_a02": {"A01", "A02"},
    "member_in_new_hardship": {"A04", "A09"},
    "covered_monitored_or_entrant": {"A01", "A02", "A03"},
}
"""Criteria that can be asked only when these rules have answered."""
Known = dict[str, engine.Input]


def build(
    inputs: Mapping[str, engine.Input], run: pa.Table, out: Callable[[str], Path],
    parameters: list[Parameter] | None = None, catalogue: tuple[Rule, ...] | None = None,
) -> dict[str, int]:
    """Write every quantity, `outcome` and `criterion`; rows by table. The law defaults to the one that ships."""
    law, day = parameters or load_parameters(), run.column("data_date")[0].as_py()
    known: Known = {**inputs, "run": run, "policy": policy_table(law, day), "open_flag": open_today(inputs)}
    rows = {}
    for table in QUANTITIES:
        rows[table] = engine.run_sql(SQL / "quantity" / f"{table}.sql", known, out(table))
        known[table] = [out(table)]
    outcomes, criteria = _evaluate(known, in_force(law, day), catalogue or rules(), out("criterion_answer"))
    for table, content in (("outcome", outcomes), ("criterion", criteria)):
        write_rows(content, out(table))
        rows[table] = content.num_rows
    return rows


def open_today(inputs: Mapping[str, engine.Input]) -> pa.Table:
    """The flags open before the day (table open_flag), each under the id that stands for its subject today."""
    known = {**inputs, "redirect": redirect_view()}
    return engine.query(SQL / "open_today.sql", known).cast(schema.TABLES["open_flag"])


def _evaluate(
    known: Known, law: dict[str, InForce], catalogue: tuple[Rule, ...], answers: Path
) -> tuple[pa.Table, pa.Table]:
    """Every rule, those first that no other waits for; each criterion is asked once, into the file `answers`."""
    outcomes, criteria = schema.TABLES["outcome"].empty_table(), schema.TABLES["criterion"].empty_table()
    for wave in _waves(catalogue):
        answered, asked = _answer(wave, known | {"earlier_outcome": outcomes}, answers)
        for rule in wave:
            own = pc.equal(answered.column("rule_id"), rule.id)
            its_criteria = asked.filter(pc.equal(asked.column("rule_id"), rule.id))
            outcomes = pa.concat_tables([outcomes, _outcomes(rule, answered.filter(own), its_criteria, law)])
        criteria = pa.concat_tables([criteria, asked])
    answers.unlink()
    return outcomes.sort_by([(name, "ascending") for name in ("rule_id", "household_id", "person_id")]), criteria


def _waves(catalogue: tuple[Rule, ...]) -> Iterator[list[Rule]]:
    """The rules in an order in which each finds the outcomes that its criteria wait for."""
    waiting = list(catalogue)
    while waiting:
        ids = {rule.id for rule in waiting}
        wave = [rule for rule in waiting if not any(WAITS_FOR.get(name, set()) & ids for name in rule.criteria)]
        yield wave
        waiting = [rule for rule in waiting if rule not in wave]


def criterion_view(criteria: Iterable[str], known: Known) -> Known:
    """The inputs with the view `criterion`: some criteria for every subject that they may concern."""
    views = {name: _text(SQL / "quantity" / f"{name}.sql") for name in OF_EARLIER_RULES}
    parts = [f"select '{name}' as criterion, * from ({_text(CRITERIA / f'{name}.sql')})" for name in criteria]
    before = {name: table for name, table in known.items() if name not in ("criterion", *views)}
    return {**before, **views, "criterion": " union all ".join(parts)}


def _answer(wave: list[Rule], known: Known, answers: Path) -> tuple[pa.Table, pa.Table]:
    """The rules' answers for each subject, and how each criterion was answered where a flag stands on it."""
    criteria = sorted({name for rule in wave for name in rule.criteria})
    engine.write_query("select * from criterion", criterion_view(criteria, known), answers)
    inputs: Known = {
        **known, "criterion_answer": [answers], "rule": _rule_table(wave),
        "rule_criterion": pa.table({
            "rule_id": [rule.id for rule in wave for _ in rule.criteria],
            "criterion": [name for rule in wave for name in rule.criteria]}),
        "subject": " union all ".join(_text(SQL / f"{kind}_rule_subject.sql") for kind in ("household", "person")),
    }
    answered = engine.query(SQL / "rule_outcome.sql", inputs)
    asked = engine.query(SQL / "rule_criterion.sql", inputs | {"rule_outcome": answered})
    return answered, asked.cast(schema.TABLES["criterion"])


def _rule_table(wave: list[Rule]) -> pa.Table:
    reads = {"check": "province_check", "medical": "medical_insurance", "rural": "rural_revitalization",
             "federation": "disabled_federation"}
    return pa.table({
        "rule_id": [rule.id for rule in wave], "observed": pa.array([rule.observed for rule in wave], pa.string()),
        **{f"reads_{name}": [source in rule.sources for rule in wave] for name, source in reads.items()},
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

"""Rules over households and persons: quantities, then criteria, then their three-valued join, all in SQL."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lowincome import engine, schema
from lowincome.aside import aside
from lowincome.lake import write_rows
from lowincome.redirects import redirect_view, standing_flag_view
from lowincome.rules import carry
from lowincome.rules.answers import NOBODY, SQL, Known, ask, bits, judge, prove, subject_views, write_absent
from lowincome.rules.catalogue import Rule, rules
from lowincome.rules.parameters import InForce, Parameter, in_force, load_parameters, policy_table
from lowincome.rules.proof import proved

QUANTITIES = (
    "stale_source", "income_item", "person_income", "person_property", "certificate_in_force", "subsidy_in_force",
    "counted_settlement", "medical_burden", "person_coverage", "person_monitored", "employment_ended", "person_area",
    "overpayment", "identity_conflict", "discrepancy", "household_figure", "person_figure",
)
PUT_ASIDE = {"person_figure": "person_id"}
"""A quantity whose joins leave no room to put its many columns in order beside them, and that order."""
WAITS_FOR = {
    "neither_a01_nor_a02": {"A01", "A02"},
    "member_in_new_hardship": {"A04", "A09"},
    "covered_monitored_or_entrant": {"A01", "A02", "A03"},
}
"""Criteria that can be asked only when these rules have answered."""


def build(
    inputs: Mapping[str, engine.Input], run: pa.Table, out: Callable[[str], Path],
    parameters: list[Parameter] | None = None, catalogue: tuple[Rule, ...] | None = None,
) -> dict[str, int]:
    """Write every quantity, `dossier`, `outcome` and `criterion`; rows by table. The law: else what ships.

    Quantities are found of everybody, rules asked of those whose dossier is not that of the day before.
    """
    law, day = parameters or load_parameters(), run.column("data_date")[0].as_py()
    known: Known = {**_nothing_before(), **inputs, "run": run, "policy": policy_table(law, day),
                    "open_flag": open_today(inputs)}
    rows = {}
    for table in QUANTITIES:
        rows[table] = _write_quantity(table, known, out(table))
        known[table] = [out(table)]
    return rows | _answer(known, in_force(law, day), catalogue or rules(), out)


def _write_quantity(table: str, known: Known, output: Path) -> int:
    sql = (SQL / "quantity" / f"{table}.sql").read_text("utf-8")
    if order := PUT_ASIDE.get(table):
        return engine.write_in_order(sql, order, known, output)
    return engine.write_query(sql, known, output)


def completed(known: Known) -> Known:
    """The tables of an evaluated day, with those quantities that the version which evaluated it did not keep."""
    tables = dict(known)
    for table in QUANTITIES:
        if table not in tables:
            tables[table] = engine.query(SQL / "quantity" / f"{table}.sql", tables)
    return tables


def open_today(inputs: Mapping[str, engine.Input]) -> pa.Table:
    """The flags open before the day (table open_flag), each under the id that stands for its subject today."""
    known = {**inputs, "redirect": redirect_view(), "standing_flag": standing_flag_view()}
    return engine.query(SQL / "open_today.sql", known).cast(schema.TABLES["open_flag"])


def _nothing_before() -> Known:
    """What the day before told, on the first day."""
    return {f"previous_{table}": schema.TABLES[table].empty_table() for table in ("dossier", "flag_day", *carry.ORDER)}


def _answer(
    known: Known, law: dict[str, InForce], catalogue: tuple[Rule, ...], out: Callable[[str], Path]
) -> dict[str, int]:
    """Write the rules' answers about everybody: found anew, or carried over where they still hold."""
    rows = {"dossier": carry.write_dossiers(known, law, catalogue, out("dossier"))}
    known = {**known, "dossier": [out("dossier")]}
    held = carry.held_subjects(known)
    with aside("evaluate") as folder:
        parts = [_evaluate(asked, law, catalogue, folder / str(number))
                 for number, asked in enumerate(carry.without(held, known, folder))]
        write_absent(catalogue, known, folder / "absent_outcome.parquet")
        parts.append({"outcome": [folder / "absent_outcome.parquet"], "criterion": []})
        known |= {f"fresh_{table}": [file for part in parts for file in part[table]] for table in carry.ORDER}
        carry.check_asked_again(held, known)
        return rows | {table: carry.write_answers(table, held, known, out(table)) for table in carry.ORDER}


def _evaluate(
    known: Known, law: dict[str, InForce], catalogue: tuple[Rule, ...], folder: Path
) -> dict[str, list[Path]]:
    """Files of outcomes and criteria: every rule, those first that no other waits for; each criterion is asked once."""
    bit, everybody, answers = bits(catalogue), subject_views(known, NOBODY), list[Path]()
    waiting, found = dict(bit), {"outcome": list[Path](), "criterion": list[Path]()}
    for wave in _waves(catalogue):
        earlier: Known = {"earlier_outcome": found["outcome"] or schema.TABLES["outcome"].empty_table()}
        ready = {name: waiting.pop(name) for rule in wave for name in rule.criteria if name in waiting}
        answers.append(folder / f"subject_answer_{len(answers)}.parquet")
        ask(ready, everybody | earlier, answers[-1])
        judged = judge(wave, everybody | earlier, answers, bit)
        told = _told(wave, judged, prove(wave, known | earlier, judged, folder), law)
        for table, files in found.items():
            files.append(folder / f"fresh_{table}_{len(answers)}.parquet")
            write_rows(told.pop(table), files[-1])
        del judged
        pa.default_memory_pool().release_unused()  # else it waits while the next statement takes what the engine may
    return found


def _told(wave: list[Rule], judged: pa.Table, proofs: pa.Table, law: dict[str, InForce]) -> dict[str, pa.Table]:
    """Outcomes and criteria of some rules."""
    return {"outcome": pa.concat_tables(_outcomes(rule, judged, proofs, law) for rule in wave), "criterion": proofs}


def _waves(catalogue: tuple[Rule, ...]) -> Iterator[list[Rule]]:
    """The rules in an order in which each finds the outcomes that its criteria wait for."""
    waiting = list(catalogue)
    while waiting:
        ids = {rule.id for rule in waiting}
        wave = [rule for rule in waiting if not any(WAITS_FOR.get(name, set()) & ids for name in rule.criteria)]
        yield wave
        waiting = [rule for rule in waiting if rule not in wave]


def _outcomes(rule: Rule, judged: pa.Table, proofs: pa.Table, law: dict[str, InForce]) -> pa.Table:
    """A rule's answers in the shape of the outcome table, with its constants, its sentence and what it stands on."""
    used = [law[name] for name in sorted(rule.parameters)]
    constants: dict[str, object] = {
        "rule_id": rule.id, "rule_version": rule.version, "direction": rule.direction, "subject": rule.subject,
        "parameters": "|".join(one.reference for one in used),
        "assumptions": "|".join(one.parameter.id for one in used if one.is_assumption),
    }
    answered, asked = (table.filter(pc.equal(table["rule_id"], rule.id)) for table in (judged, proofs))
    made = proved(rule, answered["subject_id"], asked)
    columns = [
        pa.repeat(pa.scalar(constants[column.name], column.type), answered.num_rows) if column.name in constants
        else made[column.name] if column.name in made
        else pc.cast(answered.column(column.name), column.type)
        for column in schema.TABLES["outcome"]
    ]
    return pa.Table.from_arrays(columns, schema=schema.TABLES["outcome"])

"""Whose answers of the day before still hold: units of which the rules read today what they read then.

A unit is a household with all its members, or a person of no household; no rule looks beyond it. Its dossier is what
the rules read of it, as one number, so an answer is carried over only where its whole reason is the same. Everybody is
asked where the version, the policy or a parameter is another, and by LOWINCOME_REBUILD=yes. The number is DuckDB's own,
so this is its work where Spark does the rest.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from lowincome import engine, run
from lowincome.errors import AuditFailed
from lowincome.rules.answers import KINDS, NOBODY, SQL, Known, criterion_view, subject_views
from lowincome.rules.catalogue import CRITERIA, Rule
from lowincome.rules.parameters import InForce
from lowincome.scaled_out import on_one_machine
from lowincome.settings import asks_everybody

ORDER = {
    "outcome": ("coalesce(person_id, household_id)", "rule_id, household_id, person_id"),
    "criterion": ("subject_id", "rule_id, subject_id, criterion"),
}
"""What is carried over: whom a row is about, and how rows stand."""
UNIT = {"household": "household_id", "person": "coalesce(household_id, person_id)"}
"""Which unit the figures of a subject are of."""
SUBJECTS_AT_A_TIME = 2_000_000
"""Households and persons that are asked at a time; what is told of them takes half a gigabyte."""
RULE_CRITERION = pa.schema({"rule_id": pa.string(), "criterion": pa.string()})
OF_THE_DAY = re.compile(r"\brun\.(?:data_date|month|window_\w+)")


@on_one_machine()
def write_dossiers(known: Known, law: Mapping[str, InForce], rules: Sequence[Rule], output: Path) -> int:
    """Write what the rules read of each unit as one number (table dossier); how many units."""
    dated = [{"rule_id": rule.id, "criterion": name} for rule in rules for name in rule.criteria if _is_dated(name)]
    inputs = criterion_view(sorted({pair["criterion"] for pair in dated}), subject_views(known, NOBODY))
    inputs |= {"rule_criterion": pa.Table.from_pylist(dated, RULE_CRITERION),
               "basis": pa.table({"text": [_basis(law, rules)]})}
    return engine.run_sql(SQL / "dossier.sql", inputs, output)


@on_one_machine()
def held_subjects(known: Known) -> pa.Table:
    """Whose answers of the day before still hold (column subject_id); nobody's where everybody is to be asked."""
    if asks_everybody():
        return NOBODY
    return engine.query(SQL / "held_subject.sql", _compared(known))


def without(held: pa.Table, known: Known, aside: Path) -> Iterator[Known]:
    """The inputs with the figures of those alone who are to be asked, in files of the folder `aside`.

    Some units at a time, so that what is told of them fits into memory however many they are. No rule looks beyond one.
    """
    subjects = sum(engine.count(known[f"{kind}_figure"]) for kind in KINDS) - held.num_rows
    parts = max(1, math.ceil(subjects / SUBJECTS_AT_A_TIME))
    for part in range(parts):
        files = {kind: aside / f"asked_{kind}_{part}.parquet" for kind in KINDS}
        for kind, file in files.items():
            _write_asked(kind, held, known, f"hash({UNIT[kind]}) % {parts} = {part}", file)
        yield {**known, **{f"{kind}_figure": [file] for kind, file in files.items()}}


@on_one_machine()
def _write_asked(kind: str, held: pa.Table, known: Known, is_in_part: str, output: Path) -> None:
    """The figures of the kind's subjects that do not hold and are in the part."""
    sql = (f"select * from {kind}_figure where {kind}_id not in (select subject_id from held_subject) "
           f"and {is_in_part}")
    engine.write_query(sql, {**known, "held_subject": held}, output, engine.SCRATCH)


@on_one_machine()
def write_answers(table: str, held: pa.Table, known: Known, output: Path) -> int:
    """Write the day's outcomes or criteria: those found anew (fresh_…), and those of the day before that still hold."""
    subject, order = ORDER[table]
    held_rows = f"select * from previous_{table} where {subject} in (select subject_id from held_subject)"
    rows = f"select * from fresh_{table} union all by name {held_rows}"
    return engine.write_in_order(rows, order, {**known, "held_subject": held}, output)


@on_one_machine()
def check_asked_again(held: pa.Table, known: Known) -> None:
    """AuditFailed where an answer was found anew (fresh_outcome), though nothing had changed, and is another.

    Not where everybody is asked by setting: that is how the stage goes on after it.
    """
    if asks_everybody():
        return
    differing = engine.query(SQL / "asked_again.sql", {**_compared(known), "held_subject": held})
    if differing.num_rows:
        raise AuditFailed(
            what="answers of rules changed although nothing that they read did", where="outcomes",
            expected="the answers of the day before", found=f"{differing.num_rows} rows, of rules "
            + ", ".join(sorted(set(differing.column("rule_id").to_pylist()))),
            next_step="set LOWINCOME_REBUILD=yes, run `evaluate` and what follows again, and report it")


def _compared(known: Known) -> Known:
    """The inputs with the view of those of whom the rules read what they read the day before."""
    return {**known, "unchanged_subject": (SQL / "unchanged_subject.sql").read_text("utf-8")}


def _is_dated(criterion: str) -> bool:
    """Whether a criterion asks for the day itself, so that its answer moves by the calendar."""
    return bool(OF_THE_DAY.search((CRITERIA / f"{criterion}.sql").read_text("utf-8")))


def _basis(law: Mapping[str, InForce], rules: Sequence[Rule]) -> str:
    """What every answer rests on: code, policy, the values in force on the day, the rules asked, and the libraries."""
    said = repr([run.versions(), sorted(law.items()), rules, [version(name) for name in ("duckdb", "pyarrow")]])
    return hashlib.sha256(said.encode()).hexdigest()

"""Asks criteria: everybody whether they may hold, and those on whom a flag may stand for figures and records too."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from lowincome import engine, schema
from lowincome.rules.catalogue import CRITERIA, Rule
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "evaluate"
KINDS = ("household", "person")
"""What a rule may be asked of."""
OF_EARLIER_RULES = ("raised", "entrant", "hardship")
"""Quantities made of the outcomes of other rules."""
NOBODY = pa.table({"subject_id": pa.array([], pa.string())})
Known = dict[str, engine.Input]


def subject_views(known: Mapping[str, engine.Input], told: pa.Table, kinds: Sequence[str] = KINDS) -> Known:
    """The inputs with what criteria ask of every subject; of those in `told` (subject_id) with the records behind it.

    Records are many and dear to name: they are looked for only where a flag stands or may stand on them.
    """
    asking = {**known, "told": told}
    records = {f"{kind}_evidence": engine.query(SQL / f"{kind}_evidence.sql", asking) for kind in kinds}
    return {**asking, **records, **{f"{kind}_subject": _text(SQL / f"{kind}_subject.sql") for kind in kinds}}


def criterion_view(criteria: Iterable[str], known: Known) -> Known:
    """The inputs with the view `criterion`: some criteria for every subject that they may concern."""
    views = {name: _text(SQL / "quantity" / f"{name}.sql") for name in OF_EARLIER_RULES}
    parts = [f"select '{name}' as criterion, * from ({_text(CRITERIA / f'{name}.sql')})" for name in criteria]
    before = {name: table for name, table in known.items() if name not in ("criterion", *views)}
    return {**before, **views, "criterion": " union all ".join(parts)}


def bits(catalogue: Iterable[Rule]) -> dict[str, int]:
    """A bit of a number for each criterion that is asked of households, and for each that is asked of persons."""
    rules = list(catalogue)
    asked = ({name for rule in rules if rule.subject == kind for name in rule.criteria} for kind in KINDS)
    return {name: 1 << place for names in asked for place, name in enumerate(sorted(names))}


def ask(criteria: Mapping[str, int], known: Known, output: Path) -> None:
    """Write which of some criteria (each with its bit) may hold for whom (table subject_answer)."""
    inputs = criterion_view(criteria, known)
    inputs["criterion_bit"] = pa.table({"criterion": list(criteria), "bit": list(criteria.values())})
    engine.run_sql(SQL / "subject_answer.sql", inputs, output, engine.SCRATCH)


def judge(rules: Sequence[Rule], known: Known, answers: Sequence[Path], bit: Mapping[str, int]) -> pa.Table:
    """The rules' answers for each subject (rule_outcome) from what `ask` wrote of their criteria."""
    observed = criterion_view(sorted({rule.observed for rule in rules if rule.observed}), known)
    return engine.query(SQL / "rule_outcome.sql", {
        **observed, "subject_answer": answers, "rule": _rule_table(rules, bit),
        "subject": " union all ".join(_text(SQL / f"{kind}_rule_subject.sql") for kind in KINDS)})


def prove(rules: Sequence[Rule], known: Known, judged: pa.Table, aside: Path) -> pa.Table:
    """How each criterion was answered where a flag stands or may stand (table criterion), with figures and records."""
    files = {kind: aside / f"{kind}_subject.parquet" for kind in KINDS}
    told = pa.table({"subject_id": judged.filter(judged["is_told"])["subject_id"].unique()})
    _write_told(subject_views(known, told), files)
    pairs = [{"rule_id": rule.id, "criterion": name} for rule in rules for name in rule.criteria]
    subjects: Known = {f"{kind}_subject": [file] for kind, file in files.items()}
    inputs = criterion_view(sorted({pair["criterion"] for pair in pairs}), known | subjects)
    inputs |= {"rule_outcome": judged, "rule_criterion": pa.Table.from_pylist(pairs)}
    return engine.query(SQL / "rule_criterion.sql", inputs).cast(schema.TABLES["criterion"])


def _write_told(views: Known, files: Mapping[str, Path]) -> None:
    """What criteria ask of the subjects of `told` alone, so that it is put together once and not by every criterion."""
    for kind, file in files.items():
        sql = f"select * from {kind}_subject where {kind}_id in (select subject_id from told)"
        engine.write_query(sql, views, file, engine.SCRATCH)


def write_absent(rules: Sequence[Rule], known: Known, output: Path) -> None:
    """Write the outcomes of open flags whose subject is missing while a source that the rule reads is stale."""
    inputs = known | {"rule": _rule_table(rules, bits(rules))}
    engine.run_sql(SQL / "absent_outcome.sql", inputs, output, engine.SCRATCH)


def _rule_table(rules: Sequence[Rule], bit: Mapping[str, int]) -> pa.Table:
    reads = {"check": "province_check", "medical": "medical_insurance", "rural": "rural_revitalization",
             "federation": "disabled_federation"}
    return pa.table({
        "rule_id": [rule.id for rule in rules], "subject": [rule.subject for rule in rules],
        "observed": pa.array([rule.observed for rule in rules], pa.string()),
        "criteria": [sum(bit[name] for name in set(rule.criteria)) for rule in rules],
        **{f"reads_{name}": [source in rule.sources for rule in rules] for name, source in reads.items()},
    })


def _text(file: Path) -> str:
    return engine.bare(file.read_text("utf-8"))

"""What people decided before a day, frozen like any other input: open flags, answers, judgements, corrections."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowincome import schema
from lowincome.chain_verbs import seal_decision
from lowincome.errors import ContractBroken
from lowincome.household.correction import correct, in_force
from lowincome.lake import Lake, write_json, write_table
from lowincome.mask import mask_text
from lowincome.redirects import leads_to
from lowincome.register import dispositions, judgements, ledger
from lowincome.rules import catalogue
from lowincome.run import dated, read_run

Reference = dict[str, str]
BEFORE = (
    ("households", "winning_fact"), ("households", "household_member"), ("households", "household_redirect"),
    ("resolved", "person_redirect"),
)


def freeze_decisions(lake: Lake, url: str, day: date, before: date | None) -> dict[str, Reference]:
    """Write what holds on a day and refer to it by table; a table that would be empty is left out, but open flags.

    `before` is the day that this one continues, None on the first.
    """
    ledger.migrate(url)
    open_flags = ledger.open_flags(url, day)
    said = dispositions.in_force(url, day, leads_to(lake, before) if before else {})
    answers = _table("disposition", said)
    about = [{"flag_id": row["flag_id"], "subject_id": one} for row in said for one in row["about"] if row["about"][1:]]
    corrections = _corrections(lake, day, before, answers, open_flags)
    decided = {
        "disposition": in_force(answers, corrections), "correction": corrections,
        "answered_subject": _table("answered_subject", about),
        "judgement": _table("judgement", judgements.in_force(url)),
    }
    tables = {"open_flag": open_flags} | {name: rows for name, rows in decided.items() if rows.num_rows}
    return {name: lake.reference(write_table(rows, lake.partition("decisions", name, day)))
            for name, rows in tables.items()}


def decide(path: Path, kind: str, row_key: str, who: str, reason: str, **about: str) -> None:
    """Keep a person's decision `about` something as a file, and seal it; IDs and phones in the reason are masked.

    ContractBroken where nobody decides, or without a reason.
    """
    decision = {"who": who.strip(), "reason": mask_text(reason.strip()), **about}
    lacking = [name for name, said in decision.items() if not said]
    if lacking:
        raise ContractBroken(what=f"a decision needs {' and '.join(lacking)}", where=f"{kind} {row_key}",
                             expected="the name of who decides, and why", found="only blanks",
                             next_step="nothing was recorded; decide again with both")
    write_json(path, decision)
    seal_decision(kind, row_key, decision)


def _corrections(lake: Lake, day: date, before: date | None, answers: pa.Table, open_flags: pa.Table) -> pa.Table:
    """Nothing can be wrong before a first day was looked at, or while nobody has answered."""
    if before is None or not answers.num_rows:
        return schema.TABLES["correction"].empty_table()
    run = read_run(lake, before)
    known = {f"previous_{name}": run.earlier("decisions", name) for name in ("disposition", "correction")}
    known |= {f"previous_{name}": _built(lake, layer, name, before) for layer, name in BEFORE}
    known |= {"answer": answers, "open_flag": open_flags, "run": dated(day)}
    return correct(known, {rule.id: rule.corrects for rule in catalogue.rules()})


def _built(lake: Lake, layer: str, name: str, day: date) -> list[Path] | pa.Table:
    """A table that a stage wrote; empty where the code of that day did not know it yet."""
    path = lake.partition(layer, name, day)
    return [path] if path.exists() else schema.TABLES[name].empty_table()


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    kinds = schema.TABLES[name]
    return pa.Table.from_pylist([{column: row[column] for column in kinds.names} for row in rows], kinds)

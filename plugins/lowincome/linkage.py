"""The verbs of identity: what people decide, what waits for them, what a decision would change, and how good links are.

Steps like those of `steps.py`, for the command line and the pages; they read published days and the register.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lowincome import day_tables, engine, schema
from lowincome.aside import aside
from lowincome.errors import ContractBroken
from lowincome.household import stage as household_stage
from lowincome.lake import Lake
from lowincome.redirects import redirect_view
from lowincome.register import judgements, ledger
from lowincome.resolve import cases, estimate, evaluate, explain, golden
from lowincome.resolve import stage as resolve_stage
from lowincome.resolve.comparison import read_comparison
from lowincome.resolve.model import read_model
from lowincome.rules import stage as rules_stage
from lowincome.settings import INCLUDE, read_settings

Rows = list[dict[str, Any]]
DIFFERENCES = INCLUDE / "sql" / "linkage"


def judge(data_date: str, left: str, right: str, verdict: str, who: str, reason: str, at: datetime) -> int:
    """Record that two current records are the SAME person, DIFFERENT persons, or that one is UNSURE; its number."""
    url = read_settings().register_url
    ledger.migrate(url)
    return judgements.propose(url, _anchors(data_date, left, right), verdict, who, reason, at)


def approve(judgement_id: int, who: str, reason: str, at: datetime) -> None:
    """A second person approves a judgement; it is in force from the next freeze on."""
    judgements.approve(read_settings().register_url, judgement_id, who, reason, at)


def withdraw(judgement_id: int, who: str, reason: str, at: datetime) -> None:
    """Undo a judgement; the next freeze is as if it had not been."""
    judgements.withdraw(read_settings().register_url, judgement_id, who, reason, at)


def list_judgements() -> Rows:
    """Every judgement with who approved and who withdrew it."""
    url = read_settings().register_url
    ledger.migrate(url)
    return judgements.every(url)


def preview(data_date: str, left: str, right: str, verdict: str) -> dict[str, Rows]:
    """What a judgement would change on a day that is evaluated: records, households, and flags with their lists.

    The day is computed again with the judgement in a scratch folder; nothing is written.
    """
    run, inputs = day_tables.frozen_day(data_date)
    anchors = sorted(_anchors(data_date, left, right))
    given = inputs["judgement"]
    known = engine.query("select * from judgement", {"judgement": given})
    row = {"judgement_id": 0, "left_anchor": anchors[0], "right_anchor": anchors[1], "verdict": verdict}
    others = [other for other in known.to_pylist() if [other["left_anchor"], other["right_anchor"]] != anchors]
    judged = pa.Table.from_pylist([*others, row], schema.TABLES["judgement"])
    with aside("preview") as folder:
        after = _compute({**inputs, "judgement": judged}, run, folder)
        tables = {**inputs, **{f"{name}_after": after[name] for name in ("person_link", "household_member")}}
        tables |= {"flag": _flags(data_date, inputs), "flag_after": _flags(data_date, after)}
        return {name: engine.query(DIFFERENCES / f"changed_{name}.sql", tables).to_pylist() for name in COMPARED}


COMPARED = ("person_link", "household_member", "flag")


def _flags(data_date: str, tables: Mapping[str, Any]) -> pa.Table:
    """The flags of the day, as the register would enter them from these tables."""
    redirects = engine.query("select subject_id, leads_to from redirect", {**tables, "redirect": redirect_view()})
    leads_to = dict(zip(*(column.to_pylist() for column in redirects.columns), strict=True))
    return ledger.preview(read_settings().register_url, date.fromisoformat(data_date), tables["outcome"], leads_to)



def review_queue(data_date: str) -> Rows:
    """Cases that wait for a person, one a cluster, first those on which most depends."""
    _, inputs = day_tables.frozen_day(data_date)
    weights = engine.query(DIFFERENCES / "case_weight.sql", inputs).to_pylist()
    return cases.queue(engine.query("select * from review_pair", inputs).to_pylist(), weights)


def explain_link(data_date: str, left: str, right: str) -> dict[str, Any]:
    """Why two current records are, or are not, one person."""
    return explain.explain(day_tables.frozen_day(data_date)[1], left, right)


def golden_record(data_date: str, person_id: str) -> Rows:
    """What is held to be true of a person, attribute by attribute, with source, rule and rivals. Personal data."""
    return golden.golden_record(day_tables.frozen_day(data_date)[1], person_id)


def evaluate_linkage(data_date: str, truth: Path, apart: Path | None = None) -> dict[str, Rows]:
    """Precision, recall and F1 of a day's links against a CSV of record_key, person_no, kind; lost records are misses.

    `apart` is a CSV of person_no, other_no, kind: who must not be taken for one person. Records of the truth that newer
    ones replaced by the day are left out and counted; a record that the day never had is refused (ContractBroken).
    """
    _, inputs = day_tables.frozen_day(data_date)
    told = evaluate.read_truth(truth)
    others = evaluate.read_apart(apart, told) if apart else evaluate.NOBODY
    refused = _refused_by(date.fromisoformat(data_date))
    states = engine.query(DIFFERENCES / "truth_state.sql", {**inputs, "rejected_record": refused, "truth": told})
    known: dict[str, engine.Input] = {"truth": told, "state": _had(states, truth.name, data_date)}
    current = engine.query("select truth.* from truth inner join state using (record_key)", known)
    replaced = [{"replaced": told.num_rows - current.num_rows}]
    return {"replaced": replaced, **evaluate.evaluate(current, inputs["person_link"], others)}


def _refused_by(day: date) -> engine.Input:
    """What was refused at the door on the day or before it: what comes only once is told of only once."""
    stored = Lake(read_settings().lake).root / "standardised" / "rejected_record"
    files = [path for path in sorted(stored.glob("source=*/data_date=*/part.parquet"))
             if path.parent.name <= f"data_date={day}"]
    return files or schema.TABLES["rejected_record"].empty_table()


def _had(states: pa.Table, truth: str, data_date: str) -> pa.Table:
    """The records that are current; ContractBroken when the day never had some."""
    unknown = states.filter(pc.equal(states["state"], "unknown"))["record_key"].to_pylist()
    if unknown:
        raise ContractBroken(
            what="records that the day never had",
            where=truth,
            found=f"{len(unknown)}, among them {unknown[0]}",
            next_step=f"give a truth of {data_date}, with record keys as in its links.csv",
        )
    return states.filter(pc.not_equal(states["state"], "replaced"))


def estimate_linkage(data_date: str, output: Path) -> int:
    """Count the weights of the linkage model anew from a day's labelled pairs and write its next version to a new file.

    Nothing in use changes: a person compares the file with include/linkage/model.yaml and puts it there, or does not.
    ContractBroken when the file exists.
    """
    if output.exists():
        raise ContractBroken(
            what="a file that exists is not written over", where=str(output), next_step="name a new file in --output"
        )
    _, inputs = day_tables.frozen_day(data_date)
    with aside("estimate") as folder:
        model = estimate.estimate(explain.comparable(inputs), folder, read_comparison(), read_model())
    estimate.write_model(model, output)
    return model.version


def anchors_of(record_keys: Sequence[str], tables: Mapping[str, engine.Input]) -> dict[str, str]:
    """The anchor by which the register names each of these records, by record key; those not in `tables` are left out.

    `tables` holds `current_record` and a `run` with the key of identities.
    """
    sources = pa.table({"source": sorted({key.split(":")[0] for key in record_keys})})
    sql = (INCLUDE / "sql" / "resolve" / "record_anchor.sql").read_text("utf-8")
    asked: dict[str, engine.Input] = {**tables, "anchored_source": sources, "asked": pa.table({"key": record_keys})}
    rows = engine.query(
        f"with anchor as ({sql}) select * from anchor where record_key in (select key from asked)", asked
    )
    return {row["record_key"]: row["anchor"] for row in rows.to_pylist()}


def _anchors(data_date: str, left: str, right: str) -> tuple[str, str]:
    _, inputs = day_tables.frozen_day(data_date)
    found = anchors_of([left, right], inputs)
    if len(found) != 2:
        raise ContractBroken(
            what="two different current records are needed",
            where=data_date,
            found=f"{len(found)} of {left} and {right}",
            next_step="take record keys from links.csv of that day",
        )
    return found[left], found[right]


def _compute(inputs: Mapping[str, Any], run: pa.Table, folder: Path) -> dict[str, Any]:
    """Resolve, assemble and evaluate into a folder."""
    known = dict(inputs)
    for build in (resolve_stage.build, household_stage.build, rules_stage.build):
        written = build(known, run, lambda table: folder / f"{table}.parquet")
        known |= {table: [folder / f"{table}.parquet"] for table in written}
    return known

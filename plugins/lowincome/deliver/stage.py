"""Writes everything of a day into one folder and returns its manifest."""

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from lowincome import engine
from lowincome.deliver.report import write_report
from lowincome.deliver.workbook import write_workbook
from lowincome.lake import digest, write_json
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "deliver"
UNKNOWN_AREA = ("000000", "未知")
Rows = list[dict[str, Any]]


def build(
    inputs: Mapping[str, engine.Input],
    run: pa.Table,
    lock: dict[str, Any],
    days: Rows,
    catalogue: Rows,
    *,
    folder: Path,
) -> dict[str, Any]:
    """Files of `rules.md` section 5. `days` are the source days and the audits of the later layers."""
    known: dict[str, engine.Input] = {**inputs, "run": run}
    state = "complete" if all(entry["state"] == "ok" for entry in lock["sources"].values()) else "degraded"
    flags = engine.query(SQL / "flags.sql", known)
    rows = {
        "flags.csv": _write_csv(flags, folder / "flags.csv"),
        "links.csv": _write_links(engine.query(SQL / "links.sql", known), folder / "links.csv"),
        "discrepancies.csv": _write_csv(engine.query(SQL / "discrepancies.sql", known), folder / "discrepancies.csv"),
    }
    rejected = engine.query("select * from rejected_record order by all", known).to_pylist()
    for source in sorted(lock["sources"]):
        rows[f"validation/quarantine/{source}.csv"] = _write_quarantine(
            [row for row in rejected if row["source"] == source], folder / "validation" / "quarantine" / f"{source}.csv"
        )
    rows |= _worklists(engine.query(SQL / "worklist.sql", known).to_pylist(), lock, catalogue, state, folder)
    results = _results(lock, days, flags.to_pylist(), rows["discrepancies.csv"], state)
    write_json(folder / "validation" / "results.json", results)
    write_report(folder / "validation" / "index.html", results, catalogue, rejected)
    rows |= {"validation/results.json": len(results["expectations"]), "validation/index.html": 1}
    return _manifest(folder, lock, results, state, rows)


def _write_csv(table: pa.Table, path: Path) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        writer.writerows([_cell(value) for value in row.values()] for row in table.to_pylist())
    return int(table.num_rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return format(value.normalize() + 0, "f") if isinstance(value, Decimal) else str(value)


def _write_links(table: pa.Table, path: Path) -> int:
    """The one large file: written by Arrow, not row by row."""
    pacsv.write_csv(table, path, pacsv.WriteOptions(quoting_style="needed"))
    return int(table.num_rows)


def _write_quarantine(rejected: Rows, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = sorted(
        {(row["record_key"], row["reason"], "" if row["line"] is None else str(row["line"])) for row in rejected}
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("record_key", "reason", "line"))
        writer.writerows(lines)
    return len(lines)


def _worklists(rows: Rows, lock: dict[str, Any], catalogue: Rows, state: str, folder: Path) -> dict[str, int]:
    """A workbook for every district, also where nothing is open; unknown areas in one of their own when needed."""
    (folder / "worklists").mkdir()
    rules = {rule["id"]: rule for rule in catalogue}
    with (INCLUDE / "policy" / "district.csv").open(encoding="utf-8") as file:
        districts = [(row["code"], row["name_zh"]) for row in csv.DictReader(file)]
    written = {}
    for code, name in [*districts, UNKNOWN_AREA]:
        own = [row for row in rows if row["district"] == code]
        if own or code != UNKNOWN_AREA[0]:
            path = f"worklists/{code}_{name}_{lock['data_date']}.xlsx"
            write_workbook(folder / path, name, lock, own, rules, state)
            written[path] = len(own)
    return written


def _results(lock: dict[str, Any], days: Rows, flags: Rows, discrepancies: int, state: str) -> dict[str, Any]:
    by_rule: dict[str, dict[str, int]] = {}
    for flag in flags:
        counts = by_rule.setdefault(flag["rule_id"], {"new": 0, "open": 0, "held": 0, "closed": 0})
        counts[flag["state"]] += 1
    sources = {
        day["source"]: {
            key: day.get(key) for key in ("reason", "rows_in", "kept", "quarantined", "refused", "facts", "findings")
        }
        for day in days
        if day["source"] in lock["sources"]
    }
    for source, entry in lock["sources"].items():
        sources[source] |= {key: entry[key] for key in ("state", "as_of", "is_stale", "inputs")}
    return {
        "data_date": lock["data_date"],
        "run_id": lock["run_id"],
        "state": state,
        "sources": sources,
        "code_version": lock["code_version"],
        "policy_version": lock["policy_version"],
        "expectations": [{"source": day["source"], **result} for day in days for result in day["expectations"]],
        "flags": by_rule,
        "discrepancies": discrepancies,
    }


def _manifest(
    folder: Path, lock: dict[str, Any], results: dict[str, Any], state: str, rows: dict[str, int]
) -> dict[str, Any]:
    counted = ("state", "as_of", "inputs", "rows_in", "kept", "quarantined", "refused", "facts")
    manifest = {
        "data_date": lock["data_date"],
        "run_id": lock["run_id"],
        "state": state,
        "code_version": lock["code_version"],
        "policy_version": lock["policy_version"],
        "sources": {name: {key: entry[key] for key in counted} for name, entry in results["sources"].items()},
        "outputs": {path: {"sha256": digest(folder / path), "rows": count} for path, count in sorted(rows.items())},
    }
    write_json(folder / "manifest.json", manifest)
    return manifest

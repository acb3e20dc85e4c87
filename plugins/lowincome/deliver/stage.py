"""Writes everything of a day into one folder and returns its manifest (rules.md section 5)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from lowincome import engine
from lowincome.deliver import districts, returns, tables
from lowincome.deliver.day import Day
from lowincome.deliver.report import write_report
from lowincome.deliver.results import results
from lowincome.lake import digest, write_json
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "deliver"
PUBLISHED = ("flags", "links", "discrepancies")
MANIFEST = ("state", "as_of", "inputs", "rows_in", "kept", "quarantined", "refused", "facts")
ROWS_A_GROUP = 8192
"""Of the flags that lists are made of, which are read a district at a time."""

Inputs = Mapping[str, engine.Input]
Published = Mapping[str, Path]


def published(inputs: Inputs, run: pa.Table, aside: Path) -> Published:
    """The machines' tables of the day as files in the folder `aside`, to be audited before they are published."""
    return {name: _put_aside(name, {**inputs, "run": run}, aside) for name in PUBLISHED}


def build(inputs: Inputs, run: pa.Table, audited: Published, day: Day, aside: Path, *, folder: Path) -> dict[str, Any]:
    """Write every file of the day and the manifest that names them by digest; a list's flags are read when it is made.

    No table of the whole city is held in memory: what is large lies in files of the folder `aside`.
    """
    known: dict[str, engine.Input] = {**inputs, "run": run, "township": _townships()}
    rows = {
        "flags.csv": tables.write_csv(audited["flags"], folder / "flags.csv"),
        "links.csv": tables.write_large_csv(audited["links"], folder / "links.csv"),
        "discrepancies.csv": tables.write_csv(audited["discrepancies"], folder / "discrepancies.csv"),
    }
    rows |= _listed(day, "quarantine", known, aside, folder)
    rows |= _listed(day, "oddities", known, aside, folder)
    undecided = _put_aside("undecided", known, aside)
    rows["validation/undecided.csv"] = tables.write_large_csv(undecided, folder / "validation" / "undecided.csv")
    known["unanswered"] = [_put_aside("unanswered", known, aside)]
    flags = _put_aside("worklist", known, aside, ROWS_A_GROUP)
    counts = engine.query(SQL / "flag_count.sql", {"flag": [flags]}).to_pylist()
    lists = districts.write_worklists(day, flags, counts, folder)
    rows |= {listed.path: listed.entry["rows"] for listed in lists}
    owed = returns.error_returns(day, known)
    rows |= returns.write_returns(day, owed, folder)
    found = results(day, counts, rows["discrepancies.csv"], lists)
    found["returns"] = returns.scorecards(owed)
    found["linkage"] = engine.query(SQL / "linkage.sql", known).to_pylist()
    found["undecided"] = engine.query(SQL / "undecided_count.sql", {"undecided": [undecided]}).to_pylist()
    write_json(folder / "validation" / "results.json", found)
    rejected = engine.query(SQL / "rejected_count.sql", known).to_pylist()
    write_report(folder / "validation" / "index.html", found, day, rejected)
    rows |= {"validation/results.json": len(found["expectations"]), "validation/index.html": 1}
    return _manifest(day, rows, folder)


def _put_aside(table: str, known: Inputs, aside: Path, rows_a_group: int = engine.ROWS_A_GROUP) -> Path:
    """The file of a table that is read more than once, or is too large for memory."""
    file = aside / f"{table}.parquet"
    engine.run_sql(SQL / f"{table}.sql", known, file, engine.SCRATCH, rows_a_group)
    return file


def _townships() -> pa.Table:
    text = pacsv.ConvertOptions(column_types={"township_code": pa.string(), "district_code": pa.string()})
    return pacsv.read_csv(INCLUDE / "policy" / "jinan_townships.csv", convert_options=text)


def _listed(day: Day, kind: str, known: Inputs, aside: Path, folder: Path) -> dict[str, int]:
    """A file a source that names rows by key: `quarantine` what was not let in, `oddities` what was odd but kept."""
    file, written = _put_aside(kind, known, aside), {}
    for source in sorted(day.lock["sources"]):
        path = f"validation/{kind}/{source}.csv"
        written[path] = tables.write_listed(file, source, folder / path)
    return written


def _manifest(day: Day, rows: dict[str, int], folder: Path) -> dict[str, Any]:
    manifest = day.head() | {
        "sources": {name: {key: entry[key] for key in MANIFEST} for name, entry in day.sources.items()},
        "outputs": {path: {"sha256": digest(folder / path), "rows": count} for path, count in sorted(rows.items())},
    }
    write_json(folder / "manifest.json", manifest)
    return manifest

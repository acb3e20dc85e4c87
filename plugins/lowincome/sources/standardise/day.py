"""One source, one day: landing → canonical tables through the door, or the day is refused and the last stays.

Every table is written as a candidate, audited by its suite, and only when all of the day's tables pass do
they replace the published partition. The source day record says what became of every row.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from lowincome import engine, schema
from lowincome.errors import AuditFailed, ContractBroken
from lowincome.lake import Lake, digest, read_json, replace_file, write_json
from lowincome.sources.spec import SourceSpec, TableSpec
from lowincome.sources.standardise import readers, state
from lowincome.sources.standardise.mapping import mapping_sql

Audit = Callable[..., Any]
COUNTS = ("rows_in", "kept", "quarantined", "refused")


@dataclass
class Candidate:
    """One table of the day before it is let in."""

    table: TableSpec
    path: Path
    rows: int
    delivered: int
    rejected: int
    repeated: int


@dataclass
class SourceDay:
    """What became of one source on one day; written beside the tables as JSON."""

    source: str
    data_date: date
    state: str = "ok"
    reason: str | None = None
    run_id: str | None = None
    inputs: list[dict[str, str]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    facts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    expectations: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """The JSON form of the contract between stages."""
        return {
            "source": self.source,
            "data_date": self.data_date.isoformat(),
            "state": self.state,
            "reason": self.reason,
            "run_id": self.run_id,
            "inputs": self.inputs,
            **self.rows,
            "facts": self.facts,
            "tables": self.tables,
            "expectations": self.expectations,
            "findings": self.findings,
        }


def newest_landing(lake: Lake, source: str, data_date: date) -> Path | None:
    """The last complete delivery of a day; a folder without manifest is none."""
    manifests = sorted(lake.landings(source, data_date).glob("*/manifest.json"))
    return manifests[-1].parent if manifests else None


def last_good_day(lake: Lake, source: str, before: date, inclusive: bool = False) -> dict[str, Any] | None:
    """The newest accepted day of a source before (or on) a date."""
    for path in reversed(lake.source_days(source)):
        day = date.fromisoformat(path.stem)
        if day < before or (inclusive and day == before):
            record: dict[str, Any] = read_json(path)
            if record["state"] == "ok":
                return record
    return None


def mark_absent(lake: Lake, source: str, data_date: date, reason: str, state: str = "missing") -> dict[str, Any]:
    """Record that nothing usable came (missing) or that what came was refused whole.

    Never over a day that was already accepted: what is there stays.
    """
    path = lake.source_day(source, data_date)
    if path.exists() and read_json(path)["state"] == "ok":
        return dict(read_json(path))
    record = SourceDay(source, data_date, state, reason).record()
    write_json(path, record)
    return record


def standardise(spec: SourceSpec, lake: Lake, data_date: date, audit: Audit) -> dict[str, Any]:
    """Bring the newest landing of a day into the canonical tables; the source day record."""
    landing = newest_landing(lake, spec.id, data_date)
    if landing is None:
        path = lake.source_day(spec.id, data_date)
        return dict(read_json(path)) if path.exists() else mark_absent(lake, spec.id, data_date, "nothing came")
    manifest = read_json(landing / "manifest.json")
    day = SourceDay(spec.id, data_date, run_id=manifest["run_id"])
    day.inputs = [{"name": entry["name"], "sha256": entry["sha256"]} for entry in manifest["files"]]
    try:
        _accept(spec, lake, landing, manifest, day, audit)
    except (ContractBroken, AuditFailed) as error:
        _refuse(lake, day, error)
    write_json(lake.source_day(spec.id, data_date), day.record())
    return day.record()


def _refuse(lake: Lake, day: SourceDay, error: ContractBroken | AuditFailed) -> None:
    """The whole delivery is refused: its rows are counted, none is used, the last good day stays."""
    day.state, day.reason = "refused", str(error)
    for counts in (day.rows, day.facts):
        counts.update(kept=0, quarantined=0, refused=counts["rows_in"])
    day.tables = {}


def _accept(
    spec: SourceSpec, lake: Lake, landing: Path, manifest: dict[str, Any], day: SourceDay, audit: Audit
) -> None:
    work = lake.source_day(spec.id, day.data_date).parent / f".{day.data_date.isoformat()}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run = pa.table({"data_date": pa.array([day.data_date], pa.date32())})
    previous = None if manifest["mode"] == "full" else _previous(lake, spec, day.data_date, manifest["since"])
    cells = _cells(spec, landing, manifest, work, day)
    for table in spec.tables:
        _parse(spec, table, cells.get(table.part, []), run, work)
    candidates = [_candidate(spec, table, lake, day, previous, work) for table in spec.tables]
    _balance(spec, day, candidates, manifest)
    _expected_rows(spec, day, candidates)
    _shrink(spec, lake, day, candidates)
    rejected = _rejected(spec, lake, day, work)
    day.expectations += [
        result
        for candidate in candidates
        for result in audit(candidate.table.name, candidate.path, spec, day, lake, run)
    ]
    _pass_the_door(day)
    _publish(lake, day, candidates, rejected)
    shutil.rmtree(work)


def _previous(lake: Lake, spec: SourceSpec, data_date: date, since: str | None) -> dict[str, list[Path]]:
    good = last_good_day(lake, spec.id, data_date)
    if since is None or good is None:
        return {}
    if good["data_date"] < since:
        raise AuditFailed(
            what="the delivery begins after the last good day",
            where=spec.id,
            expected=f"since {good['data_date']}",
            found=f"since {since}",
            next_step="fetch this day again: clear `fetch` of the ingest DAG",
        )
    return {name: [lake.root / table["path"]] for name, table in good["tables"].items()}


def _cells(
    spec: SourceSpec, landing: Path, manifest: dict[str, Any], work: Path, day: SourceDay
) -> dict[str, list[Path]]:
    """Files by part, CSV and XLSX opened into text cells."""
    parts: dict[str, list[Path]] = {}
    for number, entry in enumerate(manifest["files"]):
        file = landing / entry["name"]
        if digest(file) != entry["sha256"]:
            raise AuditFailed(
                what="a landed file changed",
                where=f"{spec.id} {entry['name']}",
                next_step="restore the landing from backup or fetch again",
            )
        if spec.reader in ("csv", "xlsx"):
            table = readers.CellTable(work / f"cells-{number}.parquet", spec.known_columns)
            (readers.read_csv if spec.reader == "csv" else readers.read_xlsx)(spec, file, table)
            day.findings += [{"code": "unknown_column", "count": 1}] * len(table.unknown_columns)
            entry["rows"], file = table.rows, table.path
        parts.setdefault(entry["part"], []).append(file)
    return parts


def _parse(spec: SourceSpec, table: TableSpec, files: list[Path], run: pa.Table, work: Path) -> None:
    types = schema.duckdb_types(table.name)
    sql = mapping_sql(spec, table, files, types) if files else _nothing(types)
    engine.write_query(sql, {"run": run}, _parsed(work, table))


def _parsed(work: Path, table: TableSpec) -> Path:
    return work / f"{table.name}.parsed.parquet"


def _candidate(
    spec: SourceSpec, table: TableSpec, lake: Lake, day: SourceDay, previous: dict[str, list[Path]] | None, work: Path
) -> Candidate:
    columns = list(schema.duckdb_types(table.name))
    accepted = work / f"{table.name}.accepted.parquet"
    out = lake.candidate(lake.partition("standardised", table.name, day.data_date, spec.id))
    counts = engine.query(COUNT_SQL, {"parsed": [_parsed(work, table)]}).to_pylist()[0]
    fresh = engine.write_query(state.accepted_sql(table, columns), {"parsed": [_parsed(work, table)]}, accepted)
    delivered = [_parsed(work, other) for other in spec.tables if other.owner == table.owner]
    rows = state.merge(table, columns, accepted, delivered, (previous or {}).get(table.name, []), out)
    _count_findings(day, table, accepted)
    repeated = counts["delivered"] - counts["rejected"] - fresh
    return Candidate(table, out, rows, counts["delivered"], counts["rejected"], repeated)


COUNT_SQL = "select count(*) as delivered, count(_reason) as rejected from parsed"


def _nothing(types: dict[str, str]) -> str:
    columns = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in types.items())
    return (
        f"select {columns}, cast(null as varchar) as _reason, cast(null as varchar) as _findings, "
        "cast(null as varchar) as _file, 0 as _line, 0 as _order, 1 as _version_order where false"
    )


def _count_findings(day: SourceDay, table: TableSpec, accepted: Path) -> None:
    rows = engine.query(
        "select _findings, count(*) as n from accepted where _findings is not null group by all order by all",
        {"accepted": [accepted]},
    ).to_pylist()
    totals: dict[str, int] = {}
    for row in rows:
        for code in row["_findings"].split("|"):
            totals[code] = totals.get(code, 0) + row["n"]
    day.findings += [{"code": f"{table.name}:{code}", "count": n} for code, n in sorted(totals.items())]


def _balance(spec: SourceSpec, day: SourceDay, candidates: list[Candidate], manifest: dict[str, Any]) -> None:
    """Rows in = kept + quarantined; and what the transport counted is what was read."""
    for candidate in candidates:
        counts = {"rows": day.rows, "facts": day.facts}.get(candidate.table.counts_as)
        if counts is not None:
            counts["rows_in"] += candidate.delivered
            counts["quarantined"] += candidate.rejected
            counts["kept"] += candidate.delivered - candidate.rejected
        total = (manifest.get("totals") or {}).get(candidate.table.part)
        is_flat = candidate.table.part != "reports" and spec.reader in ("json", "parquet")
        if candidate.repeated < 0 or (is_flat and total is not None and total != candidate.delivered):
            raise AuditFailed(
                what=f"rows of {candidate.table.name} do not balance",
                where=f"{spec.id} {day.data_date}",
                expected=f"{total} delivered",
                found=f"{candidate.delivered} read, {candidate.repeated} repeated",
                next_step="nothing was replaced; keep the landing and report it",
            )


def _expected_rows(spec: SourceSpec, day: SourceDay, candidates: list[Candidate]) -> None:
    """A state outside the page's bounds, above all an empty one where rows are due, is refused."""
    rows = next(candidate.rows for candidate in candidates if candidate.table.name == "person_record")
    low, high = spec.expected_rows
    if not low <= rows <= high:
        raise ContractBroken(
            what="the number of persons is outside what is expected",
            where=f"{spec.id} {day.data_date}",
            expected=f"{low} to {high}",
            found=str(rows),
            next_step="ask the publisher; the last good day stays in force",
        )


def _shrink(spec: SourceSpec, lake: Lake, day: SourceDay, candidates: list[Candidate]) -> None:
    """A full snapshot much smaller than the last good day's is refused, unless a human accepted it."""
    good = last_good_day(lake, spec.id, day.data_date)
    accepted = lake.root / "accepted_shrink" / spec.id / f"{day.data_date.isoformat()}.json"
    if spec.load != "full" or good is None or accepted.exists():
        return
    before = good["tables"]["person_record"]["rows"]
    now = next(candidate.rows for candidate in candidates if candidate.table.name == "person_record")
    if before > 0 and now < before * (1 - spec.max_shrink):
        raise ContractBroken(
            what="the snapshot is much smaller than the last good day's",
            where=f"{spec.id} {day.data_date}",
            expected=f"at least {1 - spec.max_shrink:.0%} of {before} rows",
            found=f"{now} rows",
            next_step="ask the publisher; if it is right: python -m lowincome accept-shrink",
        )


def _rejected(spec: SourceSpec, lake: Lake, day: SourceDay, work: Path) -> Path:
    """The day's quarantine: record key, table, reason and physical line, never a value."""
    out = lake.candidate(lake.partition("standardised", "rejected_record", day.data_date, spec.id))
    parts = [
        f"select '{spec.id}' as source, "
        f"coalesce(record_key, '{spec.id}:' || _file || ':line/' || _line) as record_key, "
        f"'{table.name}' as table_name, _reason as reason, nullif(cast(_line as bigint), 0) as line "
        f"from {table.name} where _reason is not null"
        for table in spec.tables
    ]
    inputs = {table.name: [_parsed(work, table)] for table in spec.tables}
    engine.write_query(f"select distinct * from ({' union all '.join(parts)}) order by all", inputs, out)
    return out


def _pass_the_door(day: SourceDay) -> None:
    failed = [r for r in day.expectations if r["severity"] == "critical" and not r["success"]]
    if failed:
        names = ", ".join(f"{result['table']}.{result['expectation']}" for result in failed)
        raise AuditFailed(
            what=f"critical expectations failed: {names}",
            where=f"{day.source} {day.data_date}",
            next_step="read validation/results.json; the last good day stays in force",
        )


def _publish(lake: Lake, day: SourceDay, candidates: list[Candidate], rejected: Path) -> None:
    finals = [(c.table.name, c.path, c.rows) for c in candidates] + [("rejected_record", rejected, None)]
    for name, path, rows in finals:
        final = replace_file(path, lake.partition("standardised", name, day.data_date, day.source))
        count = rows if rows is not None else engine.count(final)
        day.tables[name] = {"path": str(final.relative_to(lake.root)), "sha256": digest(final), "rows": count}

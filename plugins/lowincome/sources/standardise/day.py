"""One source, one day: landing → canonical tables through the door, or the day is refused and the last stays.

Every table is written as a candidate, audited by its suite, and only when all of the day's tables pass do
they replace the published partition. The source day record says what became of every row.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from lowincome import engine, schema
from lowincome.errors import AuditFailed, ContractBroken
from lowincome.lake import Lake, digest, read_json, replace_file
from lowincome.run import dated
from lowincome.sources.redact import safe_text
from lowincome.sources.spec import SourceSpec, TableSpec
from lowincome.sources.standardise import arrival, shrink, source_day, state
from lowincome.sources.standardise.cells import CellTable, FileRefused
from lowincome.sources.standardise.csv_cells import read_csv
from lowincome.sources.standardise.delivery import Before, rows_of_delivery
from lowincome.sources.standardise.fields import lacking, unknown_fields
from lowincome.sources.standardise.legible_copy import legible_copies
from lowincome.sources.standardise.listed import oddities_sql, personal_numbers_sql, rejected_sql
from lowincome.sources.standardise.mapping import mapping_sql
from lowincome.sources.standardise.source_day import SourceDay, no_rows
from lowincome.sources.standardise.state import Candidate
from lowincome.sources.standardise.xlsx_cells import read_xlsx

Audit = Callable[[str, dict[str, Any], str], list[dict[str, Any]]]
"""Results of the suite of one table, from the table's name, the named inputs and the source."""
READERS = {"csv": read_csv, "xlsx": read_xlsx}
Parts = dict[str, list[Path]]
Written = dict[str, tuple[Path, int]]
"""Tables that were written: where, and how many rows."""


@dataclass(frozen=True)
class Work:
    """One delivery on its way through the door."""

    spec: SourceSpec
    lake: Lake
    landing: Path
    manifest: dict[str, Any]
    day: SourceDay
    folder: Path

    @property
    def run(self) -> pa.Table:
        """The one-row `run` view."""
        return dated(self.day.data_date)

    def parsed(self, table: TableSpec) -> Path:
        """Every delivered row of a table with its verdict."""
        return self.folder / f"{table.name}.parsed.parquet"

    def final(self, table: str) -> Path:
        """The published partition."""
        return self.lake.partition("standardised", table, self.day.data_date, self.spec.id)


def standardise(spec: SourceSpec, lake: Lake, data_date: date, audit: Audit) -> dict[str, Any]:
    """Bring the newest landing of a day into the canonical tables; the source day record."""
    landing, known = source_day.newest_landing(lake, spec.id, data_date), source_day.read(lake, spec.id, data_date)
    if landing is None:
        return known or source_day.mark_absent(lake, spec.id, data_date, "nothing came")
    if known and known["refused_after"] == landing.name:
        return known
    manifest = read_json(landing / "manifest.json")
    day = SourceDay(spec.id, data_date, run_id=manifest["run_id"], mode=manifest["mode"])
    day.others = {table: no_rows() for table in spec.others}
    day.inputs = [{"name": entry["name"], "sha256": entry["sha256"]} for entry in manifest["files"]]
    folder = lake.source_day(spec.id, data_date).parent / f".{data_date.isoformat()}"
    try:
        _accept(Work(spec, lake, landing, manifest, day, folder), audit)
    except (ContractBroken, AuditFailed) as error:
        day.rows["rows_in"] += getattr(error, "rows", 0)
        source_day.refuse(lake, day, str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    source_day.write(lake, day)
    return day.record()


def _accept(work: Work, audit: Audit) -> None:
    """Every table of the delivery, or ContractBroken or AuditFailed and nothing is replaced."""
    spec, day = work.spec, work.day
    shutil.rmtree(work.folder, ignore_errors=True)
    work.folder.mkdir(parents=True)
    before = Before.of(work.lake, spec.id, day.data_date)
    files = _files(work)
    for table in spec.tables:
        _parse(work, table, files)
    _note_unknown_fields(work, files)
    _continues(work, before)
    candidates = [_candidate(work, table, before) for table in spec.tables]
    _count(day, candidates)
    listed = _listed(work, candidates)
    _note_personal_numbers(work, candidates)
    day.expectations = _audited(work, candidates, listed, before, audit)
    _pass_the_door(day)
    _publish(work, candidates, listed)


def _files(work: Work) -> Parts:
    """Landed files by part; CSV and XLSX opened into text cells."""
    parts: Parts = {}
    for number, entry in enumerate(work.manifest["files"]):
        file = work.landing / entry["name"]
        if digest(file) != entry["sha256"]:
            raise AuditFailed(what="a landed file changed", where=f"{work.spec.id} {entry['name']}",
                              next_step="restore the landing from backup or fetch again")
        if work.spec.reader in READERS:
            file = _opened(work, entry, file, number)
        parts.setdefault(entry["part"], []).append(file)
    return parts


def _opened(work: Work, entry: dict[str, Any], file: Path, number: int) -> Path:
    table = CellTable(work.folder / f"cells-{number}.parquet", work.spec.known_columns)
    READERS[work.spec.reader](work.spec, file, table)
    for column in sorted(table.unknown_columns):
        work.day.find(f"{entry['part']}:unknown_column:{safe_text(column)}")
    if table.sheets_without_header:
        work.day.find("sheet_without_header", table.sheets_without_header)
    entry["rows"] = table.rows
    return table.path


def _note_unknown_fields(work: Work, files: Parts) -> None:
    if work.spec.reader in READERS or not work.spec.known_columns:
        return
    for part, paths in files.items():
        for name in unknown_fields(work.spec, part, paths):
            work.day.find(f"{part}:unknown_column:{safe_text(name)}")


def _parse(work: Work, table: TableSpec, files: Parts) -> None:
    """Every row of the table with its verdict; from copies of the files, and so the tables after it, where need be."""
    delivered = files.get(table.part, [])
    refusal = lacking(work.spec, table, delivered) if work.spec.reader == "parquet" else None
    if refusal is not None:
        raise refusal
    try:
        _write_parsed(work, table, delivered)
    except engine.QueryFailed:
        files[table.part] = legible_copies(work.spec, table, delivered, work.folder / "legible")
        _parse_again(work, table, files[table.part])


def _parse_again(work: Work, table: TableSpec, files: list[Path]) -> None:
    """The engine's own words would quote values, so they stay out."""
    try:
        _write_parsed(work, table, files)
    except engine.QueryFailed as error:
        raise FileRefused(what=f"the delivery cannot be read ({type(error).__name__})",
                          where=f"{work.spec.id} {table.name}",
                          next_step="look at the landing; ask the publisher or correct the page") from None


def _write_parsed(work: Work, table: TableSpec, files: list[Path]) -> None:
    types = schema.duckdb_types(table.name)
    sql = mapping_sql(work.spec, table, files, types) if files else _nothing(types)
    engine.write_query(sql, {"run": work.run}, work.parsed(table), engine.SCRATCH)


def _nothing(types: dict[str, str]) -> str:
    columns = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in types.items())
    return (
        f"select {columns}, cast(null as varchar) as _reason, cast(null as varchar) as _findings, false as _is_repeat, "
        "cast(null as varchar) as _file, 0 as _line, 0 as _order, 0 as _place, cast(null as varchar) as _position, "
        "cast(null as varchar) as _fault where false"
    )


def _continues(work: Work, before: Before) -> None:
    """Changes must begin where the last good day ends, or something between is lost."""
    since = work.manifest["since"]
    if since and before.good and before.good["data_date"] < since:
        raise AuditFailed(
            what="the delivery begins after the last good day", where=work.spec.id,
            expected=f"since {before.good['data_date']}", found=f"since {since}",
            next_step="fetch this day again: clear `fetch` of the ingest DAG",
        )


def _candidate(work: Work, table: TableSpec, before: Before) -> Candidate:
    columns, parsed = list(schema.duckdb_types(table.name)), engine.numbered(work.parsed(table), "_row")
    sql = "select count(*) as delivered, count(_reason) as rejected from parsed"
    counts = engine.query(sql, {"parsed": parsed}).to_pylist()[0]
    gone, owners = work.folder / f"{table.name}.repeated.parquet", _owners(work, table)
    inputs: dict[str, engine.Input] = {"parsed": parsed, "owners": owners}
    repeated = engine.write_query(state.repeated_sql(table), inputs, gone, engine.SCRATCH)
    accepted = state.accepted_rows(table, columns, parsed, gone)
    previous = before.table(table.name) if work.manifest["since"] else []
    out = work.lake.candidate(work.final(table.name))
    rows = state.merge(table, columns, accepted, owners, previous, out)
    return Candidate(table, out, accepted, rows, counts["delivered"], counts["rejected"],
                     counts["delivered"] - counts["rejected"] - repeated, _announced(work, table))


def _owners(work: Work, table: TableSpec) -> list[Path]:
    """The rows that name whose rows of before are replaced: the documents' own, where there are such."""
    return [work.parsed(other) for other in work.spec.tables if other.name == (table.document or table.name)]


def _announced(work: Work, table: TableSpec) -> int | None:
    """Rows that were counted before the engine saw them; None where the table is only a part of each."""
    if len(table.levels) > 1:
        return None
    if work.spec.reader in READERS:
        return sum(int(entry["rows"]) for entry in work.manifest["files"] if entry["part"] == table.part)
    totals: dict[str, int] = work.manifest["totals"]
    return totals.get(table.part)


def _listed(work: Work, candidates: list[Candidate]) -> Written:
    """The tables that name rejected rows, odd ones and where all came from; the oddities are counted in the record."""
    parsed: dict[str, engine.Input] = {table.name: [work.parsed(table)] for table in work.spec.tables}
    accepted = {name: source for one in candidates for name, source in one.accepted.items()}
    sources: dict[str, tuple[Callable[[SourceSpec], str], dict[str, engine.Input]]] = {
        "rejected_record": (rejected_sql, parsed),
        "odd_record": (oddities_sql, accepted),
    }
    listed = {}
    for name, (query, inputs) in sources.items():
        path = work.lake.candidate(work.final(name))
        listed[name] = path, engine.write_query(query(work.spec), inputs, path)
    listed["arrival"] = _arrival(work, parsed)
    sql = "select table_name || ':' || oddity as code, count(*) as n from t group by code order by code"
    for row in engine.query(sql, {"t": [listed["odd_record"][0]]}).to_pylist():
        work.day.find(row["code"], row["n"])
    return listed


def _note_personal_numbers(work: Work, candidates: list[Candidate]) -> None:
    """Count the households whose number is, or holds, an ID: whoever is told of the household would be told that."""
    tables: dict[str, engine.Input] = {
        one.table.name: [one.path] for one in candidates
        if "household_key" in one.table.fields and one.table.counts_as != "facts"}
    count = engine.query(personal_numbers_sql(tables), tables).to_pylist()[0]["households"] if tables else 0
    if count:
        work.day.find("household_number_is_id", count)


def _arrival(work: Work, parsed: dict[str, engine.Input]) -> tuple[Path, int]:
    """Where every accepted row stood."""
    path = work.lake.candidate(work.final("arrival"))
    inputs = parsed | {"run": work.run, "landed": arrival.landed_files(work.manifest)}
    return path, engine.write_in_order(arrival.arrival_sql(work.spec), arrival.ORDER, inputs, path)


def _count(day: SourceDay, candidates: list[Candidate]) -> None:
    """Persons under `rows`, items and settlements under `facts`, what lies apart from both under its own name."""
    counted = {"rows": day.rows, "facts": day.facts}
    for candidate in candidates:
        counts = counted.get(candidate.table.counts_as) or day.others.get(candidate.table.name)
        if counts is not None:
            counts["rows_in"] += candidate.delivered
            counts["quarantined"] += candidate.rejected
            counts["kept"] += candidate.kept


def _audited(
    work: Work, candidates: list[Candidate], listed: Written, before: Before, audit: Audit
) -> list[dict[str, Any]]:
    """Results of every suite; each may look at the source's other tables."""
    is_shrink_accepted = shrink.is_accepted(work.lake, work.manifest)
    inputs: dict[str, Any] = {candidate.table.name: [candidate.path] for candidate in candidates}
    inputs |= {
        "run": work.run,
        "delivery": rows_of_delivery(work.spec, work.day, candidates, before, is_shrink_accepted),
        "rejected_record": [listed["rejected_record"][0]],
    }
    names = ["delivery", *(candidate.table.name for candidate in candidates), "rejected_record"]
    return [result for name in names for result in audit(name, inputs, work.spec.id)]


def _pass_the_door(day: SourceDay) -> None:
    failed = [result for result in day.expectations if result["severity"] == "critical" and not result["success"]]
    if failed:
        names = "; ".join(f"{result['table']}.{result['expectation']}: {result['why']}" for result in failed)
        raise AuditFailed(
            what=f"critical expectations failed: {names}", where=f"{day.source} {day.data_date}",
            found=", ".join(str(key) for result in failed for key in result["failing_keys"][:3]),
            next_step="the last good day stays in force; the validation report has the numbers",
        )


def _publish(work: Work, candidates: list[Candidate], listed: Written) -> None:
    for name, (path, rows) in ({one.table.name: (one.path, one.rows) for one in candidates} | listed).items():
        final = replace_file(path, work.final(name))
        work.day.tables[name] = {
            "path": str(final.relative_to(work.lake.root)), "sha256": digest(final), "rows": rows}

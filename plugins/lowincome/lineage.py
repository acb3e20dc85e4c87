"""What lineage is read from: which source records stand behind the flags of a run, and where each record stood.

Two tables are written as the day goes by (`flag_record` here, `arrival` when a source is standardised); asked for a
year of days they answer in well under a second. Keys, ids and digests only: no value of any record.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowincome import engine, schema
from lowincome.lake import Lake, digest, read_json, replace_file
from lowincome.run import Run
from lowincome.settings import INCLUDE
from lowincome.version_folder import MANIFEST, folders

SQL = INCLUDE / "sql" / "lineage"
BEHIND = (
    ("outcomes", "flag_day"), ("households", "household_member"), ("households", "household_key"),
    ("resolved", "person_link"),
)
OWNERS = {"settlement": "person_record_key", "payment": "household_key"}
"""Tables whose rows stand behind a flag under another key: the insured's record, the roster household's."""
ROWS_A_GROUP, DAYS_AT_ONCE = 20_480, 7
Rows = list[dict[str, Any]]


def index_day(run: Run) -> int:
    """Write which source records stand behind the flags of a run; the number of pairs."""
    lake, day = run.lake, run.data_date
    inputs: dict[str, engine.Input] = {table: [lake.partition(layer, table, day)] for layer, table in BEHIND}
    inputs["run"] = pa.table({"data_date": pa.array([day], pa.date32()), "run_id": [run.run_id]})
    final = lake.lineage(day, run.run_id)
    pairs = engine.run_sql(SQL / "flag_record.sql", inputs, lake.candidate(final), rows_a_group=ROWS_A_GROUP)
    replace_file(lake.candidate(final), final)
    return pairs


def indexed_days(lake: Lake) -> list[date]:
    """Days whose flags can be traced, oldest first."""
    return sorted(date.fromisoformat(folder.name) for folder in (lake.root / "lineage").glob("*-*-*"))


def behind_flag(lake: Lake, data_date: date, run_id: str, flag_id: str) -> Rows:
    """The records behind one flag of a run, by key."""
    return rows("record_of_flag", {"flag_record": [lake.lineage(data_date, run_id)], "asked": asked([flag_id])})


def behind_open_flags(lake: Lake, data_date: date) -> list[str]:
    """Keys of the records behind the flags that are open on a day, in any run of it."""
    files = sorted((lake.root / "lineage" / data_date.isoformat()).glob("*.parquet"))
    sql = "select distinct record_key from flag_record where state <> 'closed'"
    keys: list[str] = engine.query(sql, {"flag_record": files}).column("record_key").to_pylist()
    return keys


def days_of_arrival(lake: Lake, source: str, record_keys: Sequence[str]) -> Rows:
    """The days on which the newest state of some of these records came from a source."""
    files = _arrival_files(lake, source, date.max)
    return rows("day_of_arrival", {"arrival": engine.alike(files), "asked": asked(record_keys)}) if files else []


def touched_by(lake: Lake, record_keys: Sequence[str]) -> Rows:
    """Every flag of every run behind which one of these records stands, by day and run."""
    files = sorted((lake.root / "lineage").glob("*/*.parquet"))
    return rows("flag_of_record", {"flag_record": engine.alike(files), "asked": asked(record_keys)}) if files else []


def arrivals(lake: Lake, record_key: str, is_full: bool) -> Rows:
    """Every landing that changed this record, oldest first: file, digest and line.

    A full source brings its records every day: of those the newest landing that still had this one.
    """
    files = _arrival_files(lake, record_key.partition(":")[0], date.max)
    batch = DAYS_AT_ONCE if is_full else max(len(files), 1)
    for last in range(len(files), 0, -batch):
        name = "newest_arrival" if is_full else "arrival_of_record"
        found = rows(name, {"arrival": engine.alike(files[max(0, last - batch):last]), "asked": asked([record_key])})
        if found:
            return _located(found)
    return []


def newest_arrivals(lake: Lake, source: str, is_full: bool, as_of: date, record_keys: Sequence[str]) -> Rows:
    """Where the state of a source's records on a day came from. A full delivery is the state; changes go back."""
    files = _arrival_files(lake, source, as_of)
    files = [lake.partition("standardised", "arrival", as_of, source)] if is_full else files
    inputs = {"arrival": engine.alike(files), "asked": asked(record_keys)}
    return _located(rows("newest_arrival", inputs)) if files else []


def arrivals_of_run(run: Run, source: str, is_full: bool, record_keys: Sequence[str]) -> Rows:
    """`newest_arrivals` of a source's records as the lock of a run had them; none when the source was never good."""
    as_of = run.lock["sources"].get(source, {}).get("as_of")
    own = [key for key in record_keys if key.startswith(f"{source}:")]
    return newest_arrivals(run.lake, source, is_full, date.fromisoformat(as_of), own) if as_of and own else []


def keys_of_person(run: Run, person_id: str) -> list[str]:
    """Record keys of one person's own rows on a run's day: their person records and their medical settlements."""
    settlements = run.inputs("settlement") or schema.TABLES["settlement"].empty_table()
    links = [run.lake.partition("resolved", "person_link", run.data_date)]
    inputs: dict[str, engine.Input] = {"person_link": links, "settlement": settlements, "asked": asked([person_id])}
    return [row["record_key"] for row in rows("person_record_key", inputs)]


def owners(lake: Lake, arrived: Rows) -> list[str]:
    """The keys under which rows of settlements and payments stand behind flags, as their newest state says."""
    newest = {row["table_name"]: row for row in arrived if row["table_name"] in OWNERS}
    keys = []
    for table, row in newest.items():
        inputs: dict[str, engine.Input] = {
            "state": [lake.partition("standardised", table, row["data_date"], row["source"])],
            "asked": asked([row["record_key"]])}
        sql = f"select distinct {OWNERS[table]} as owner from state where record_key in (select key from asked)"
        keys += engine.query(sql, inputs).column("owner").to_pylist()
    return keys


def published(output: Path, days: Iterable[tuple[date, str]]) -> Rows:
    """Every published version of these days and runs: its folder, the digest of its manifest and its files."""
    wanted = set(days)
    found = []
    for folder in folders(output):
        day = date.fromisoformat(folder.name[:10])
        manifest = read_json(folder / MANIFEST) if day in {one for one, _ in wanted} else {}
        if (day, manifest.get("run_id")) in wanted:
            found.append({"data_date": day, "run_id": manifest["run_id"], "folder": folder.name,
                          "manifest_sha256": digest(folder / MANIFEST), "outputs": manifest["outputs"]})
    return found


def _arrival_files(lake: Lake, source: str, until: date) -> list[Path]:
    folder = lake.partition("standardised", "arrival", date.min, source).parents[1]
    last = f"data_date={until.isoformat()}"
    return sorted(path for path in folder.glob("data_date=*/part.parquet") if path.parent.name <= last)


def _located(rows: Rows) -> Rows:
    return [row | {"path": f"landing/{row['source']}/{row['data_date']}/{row['run_id']}/{row['file']}"} for row in rows]


def asked(keys: Sequence[str]) -> pa.Table:
    """The keys that a query asks for (view `asked`)."""
    return pa.table({"key": pa.array(keys, pa.string())})


def rows(name: str, inputs: Mapping[str, engine.Input]) -> Rows:
    """The rows of include/sql/lineage/<name>.sql."""
    found: Rows = engine.query(SQL / f"{name}.sql", inputs).to_pylist()
    return found

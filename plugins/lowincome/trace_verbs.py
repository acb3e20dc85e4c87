"""The verbs `trace`, `evidence` and `retain`: where things come from, what proves it, and when it is deleted."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
from rich.console import Console
from sqlalchemy import Engine, create_engine

from lowincome import engine as sql
from lowincome import lineage, linkage
from lowincome.areas import UNKNOWN_AREA
from lowincome.errors import ContractBroken
from lowincome.evidence import PURPOSES, Asked, make_pack
from lowincome.lake import Lake
from lowincome.redirects import leads_to
from lowincome.register import history, traces
from lowincome.retention import delete_expired
from lowincome.run import Run, read_run
from lowincome.settings import read_settings
from lowincome.sources.spec import registry

Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True)
class Places:
    """Where lineage is kept: the lake, the published days and the register."""

    lake: Lake
    output: Path
    register: Engine

    @classmethod
    def of_settings(cls) -> Self:
        """Those of this process."""
        settings = read_settings()
        return cls(Lake(settings.lake), settings.output, create_engine(settings.register_url))


def add_verbs(verbs: Any) -> None:
    """Add the verbs."""
    pack = verbs.add_parser("evidence", help="write the evidence pack of a person", description=make_pack.__doc__)
    pack.add_argument("--data-date", required=True, type=date.fromisoformat, help="a published day")
    pack.add_argument("--person", required=True, help="a person's id, or the key of one of their records")
    pack.add_argument("--who", required=True, help="who asks for it")
    pack.add_argument("--purpose", required=True, choices=PURPOSES, help="as in the access log")
    pack.add_argument("--reason", required=True, help="why, in words; without personal data")
    pack.add_argument("--to", required=True, type=Path, help="the zip file to write")
    pack.set_defaults(verb=_evidence)
    retain = verbs.add_parser("retain", help="delete what is older than its months", description=delete_expired.__doc__)
    retain.add_argument("--data-date", required=True, type=date.fromisoformat, help="the newest day that was run")
    retain.add_argument("--rehearse", action="store_true", help="only count what would be deleted")
    retain.set_defaults(verb=lambda options, console: console.print(
        delete_expired(options.data_date.isoformat(), options.rehearse)))
    verb = verbs.add_parser("trace", help="lineage of a flag or of a source record", description=__doc__)
    asked = verb.add_mutually_exclusive_group(required=True)
    asked.add_argument("--flag", help="a flag's id, as in flags.csv")
    asked.add_argument("--record", help="a record key, as in links.csv or in the evidence of flags.csv")
    verb.add_argument("--data-date", type=date.fromisoformat, help="the flag on this day instead of its newest")
    verb.set_defaults(verb=_trace)


def _trace(options: argparse.Namespace, console: Console) -> None:
    places = Places.of_settings()
    flag, record, day = options.flag, options.record, options.data_date
    found = trace_flag(places, flag, day) if flag else trace_record(places, record)
    print(json.dumps(found, ensure_ascii=False, indent=1, default=str))


def _evidence(options: argparse.Namespace, console: Console) -> None:
    asked = Asked(options.who, options.purpose, options.reason, datetime.now(UTC).replace(tzinfo=None))
    console.print(make_pack(options.data_date.isoformat(), options.person, asked, options.to))


def trace_flag(places: Places, flag_id: str, data_date: date | None = None) -> Row:
    """Every source record behind a flag, with file, line and digest, on a day (the newest on which it stood).

    Raises ContractBroken when the register does not know the flag, or the day was not run.
    """
    subject = traces.subject_of(places.register, flag_id)
    episodes = history.episodes(places.register, [subject]) if subject else []
    episode = next((one for one in episodes if one["flag_id"] == flag_id), None)
    if episode is None:
        raise ContractBroken(what="no such flag", where=flag_id, next_step="take the id from the newest flags.csv")
    day = data_date or _newest_day(places.lake, episode)
    run = read_run(places.lake, day)
    records = lineage.behind_flag(places.lake, day, run.run_id, flag_id)
    return {
        "flag": episode, "data_date": day, "run_id": run.run_id, "lock": places.lake.reference(places.lake.lock(day)),
        "records": _with_arrivals(run, records),
        "lists": _lists(places, [{**one, "data_date": day, "run_id": run.run_id} for one in records]),
        "findings": history.answers(places.register, [flag_id], leads_to(places.lake, day)),
    }


def trace_record(places: Places, record_key: str) -> Row:
    """The landings that brought a source record and every flag, list, export, look and decision that it touched.

    Raises ContractBroken when no landing brought such a record.
    """
    page = registry().get(record_key.partition(":")[0])
    arrived = lineage.arrivals(places.lake, record_key, page.load == "full") if page else []
    if not arrived:
        raise ContractBroken(what="no landing brought such a record", where=record_key,
                             next_step="take the key from links.csv, or from the quarantine if it was rejected")
    touched = lineage.touched_by(places.lake, [record_key, *lineage.owners(places.lake, arrived)])
    flags = sorted({one["flag_id"] for one in touched})
    subjects = sorted(traces.subjects_of(places.register, flags))
    return {
        "record_key": record_key, "arrivals": arrived, "flags": _episodes(touched), "lists": _lists(places, touched),
        "looks": traces.looks(places.register, subjects), "exports": _exports(places.register, touched),
        "findings": history.answers(places.register, flags, _redirects(places.lake)),
        "judgements": traces.judgements_on(places.register, _anchors(places.lake, record_key)),
        "corrections": _corrections(places.lake, record_key),
    }


def _redirects(lake: Lake) -> dict[str, str]:
    """Who is one with whom on the newest day."""
    days = lineage.indexed_days(lake)
    return leads_to(lake, days[-1]) if days else {}


def _newest_day(lake: Lake, episode: Row) -> date:
    """The day on which a flag closed, or the newest day while it is open."""
    last: date = episode["data_date"]
    return last if episode["event"] == "closed" else max(lineage.indexed_days(lake), default=last)


def _with_arrivals(run: Run, records: Rows) -> Rows:
    """Each record with where its state on the day came from. A household's number may have no row of its own."""
    by_key: dict[str, Rows] = {one["record_key"]: [] for one in records}
    for source, page in registry().items():
        for row in lineage.arrivals_of_run(run, source, page.load == "full", list(by_key)):
            by_key[row["record_key"]].append(row)
    return [
        {"record_key": one["record_key"], "is_evidence": one["is_evidence"], "arrivals": by_key[one["record_key"]]}
        for one in records]


def _episodes(touched: Rows) -> Rows:
    """Each flag with the days on which the record stood behind it."""
    by_flag: dict[str, Rows] = {}
    for one in touched:
        by_flag.setdefault(one["flag_id"], []).append(one)
    return [
        {"flag_id": flag_id, "rule_id": days[0]["rule_id"], "first_date": days[0]["data_date"],
         "last_date": days[-1]["data_date"], "days": len({one["data_date"] for one in days}),
         "last_state": days[-1]["state"], "is_evidence": any(one["is_evidence"] for one in days)}
        for flag_id, days in by_flag.items()]


def _lists(places: Places, touched: Rows) -> Rows:
    """The published files of these flags: flags.csv and the workbook of their district, of every version of a day."""
    districts: dict[tuple[date, str], set[str]] = {}
    for one in touched:
        districts.setdefault((one["data_date"], one["run_id"]), set()).add(one["district"] or UNKNOWN_AREA)
    seals = traces.seals(places.register, "published", [f"{day}/{run_id}" for day, run_id in districts])
    entries = {seal["row_key"]: seal["entry_no"] for seal in seals}
    return [
        {"data_date": day["data_date"], "run_id": day["run_id"], "folder": day["folder"],
         "manifest_sha256": day["manifest_sha256"], "entry_no": entries.get(f"{day['data_date']}/{day['run_id']}"),
         "files": _files(day["outputs"], districts[day["data_date"], day["run_id"]])}
        for day in lineage.published(places.output, districts)]


def _files(outputs: Row, districts: set[str]) -> Row:
    wanted = ("flags.csv", *(f"worklists/{district}" for district in districts))
    return {path: entry["sha256"] for path, entry in outputs.items() if path.startswith(wanted)}


def _exports(register: Engine, touched: Rows) -> Rows:
    """Lists and workbooks of the flags' districts that left the pages on days on which the flags stood in them."""
    if not touched:
        return []
    stood = {(one["data_date"], one["district"] or UNKNOWN_AREA) for one in touched}
    found = traces.exports(register, touched[0]["data_date"], touched[-1]["data_date"])
    return [one for one in found
            if any((one["data_date"], district) in stood for district in one["subject"].split(","))]


def _anchors(lake: Lake, record_key: str) -> Sequence[str]:
    """By what the register's judgements name the record, if it is current on the newest day."""
    newest = _newest(lake, "resolved", "current_record")
    tables = {"current_record": newest, "run": pa.table({"identity_key": [read_settings().identity_key]})}
    return list(linkage.anchors_of([record_key], tables).values()) if newest else []


def _newest(lake: Lake, layer: str, table: str) -> list[Path]:
    """The newest partition of a table; none where there is none."""
    return sorted((lake.root / layer / table).glob("data_date=*/part.parquet"))[-1:]


def _corrections(lake: Lake, record_key: str) -> Rows:
    """What caseworkers found wrong of one record, as the newest day knew it."""
    newest = _newest(lake, "decisions", "correction")
    if not newest:
        return []
    inputs = {"stored": newest, "asked": lineage.asked([record_key])}
    query = "select * from stored where record_key in (select key from asked) order by all"
    rows: Rows = sql.query(query, inputs).to_pylist()
    return rows

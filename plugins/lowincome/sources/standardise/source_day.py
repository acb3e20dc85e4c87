"""The record of what became of one source on one day, beside its tables as JSON, and the days before it.

state: ok, refused (what came was refused whole), missing (nothing usable came). A day is *good* when tables of it
were accepted; a later delivery of the same day that is refused leaves them in force, and the day says refused.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lowincome.errors import AuditFailed
from lowincome.lake import Lake, read_json, write_json

COUNTS = ("rows_in", "kept", "quarantined", "refused")
Record = dict[str, Any]


def no_rows() -> dict[str, int]:
    """All counts at zero."""
    return dict.fromkeys(COUNTS, 0)


@dataclass
class SourceDay:
    """What became of one source on one day."""

    source: str
    data_date: date
    state: str = "ok"
    reason: str | None = None
    run_id: str | None = None
    refused_after: str | None = None
    mode: str | None = None
    inputs: list[dict[str, str]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=no_rows)
    facts: dict[str, int] = field(default_factory=no_rows)
    others: dict[str, dict[str, int]] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    delivery: list[dict[str, Any]] = field(default_factory=list)
    expectations: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    def find(self, code: str, count: int = 1) -> None:
        """Note an oddity that stops nothing."""
        self.findings.append({"code": code, "count": count})

    def record(self) -> Record:
        """The JSON form that other stages read."""
        return {
            "source": self.source,
            "data_date": self.data_date.isoformat(),
            "state": self.state,
            "reason": self.reason,
            "run_id": self.run_id,
            "refused_after": self.refused_after,
            "mode": self.mode,
            "inputs": self.inputs,
            **self.rows,
            "facts": self.facts,
            "others": self.others,
            "tables": self.tables,
            "delivery": self.delivery,
            "expectations": self.expectations,
            "findings": self.findings,
        }


def refuse(lake: Lake, day: SourceDay, reason: str) -> None:
    """Turn the day into a refusal: its rows are counted, none is used; what was accepted before stays in force."""
    day.state, day.reason = "refused", reason
    for counts in (day.rows, day.facts, *day.others.values()):
        counts.update(kept=0, quarantined=0, refused=counts["rows_in"])
    accepted = read(lake, day.source, day.data_date) or {}
    day.tables, day.inputs = accepted.get("tables", {}), accepted.get("inputs", day.inputs)


def mark_absent(lake: Lake, source: str, data_date: date, reason: str, state: str = "missing") -> Record:
    """Record that nothing usable came (missing), or that what came was refused before it was landed.

    What was accepted before on that day stays in force; that nothing came now does not unmake it.
    """
    known = read(lake, source, data_date)
    if state == "missing" and known and (known["tables"] or known["state"] == "refused"):
        return known
    day = SourceDay(source, data_date, state, reason)
    if state == "refused":
        refuse(lake, day, reason)
        landing = newest_landing(lake, source, data_date)
        day.refused_after = landing.name if landing else None
    write(lake, day)
    return day.record()


def check_balance(record: Record) -> None:
    """Rows in = kept + quarantined + refused, for persons, facts and other tables; AuditFailed when a row is lost.

    Records that were written before the other tables were counted have none.
    """
    for name, counts in {"rows": record, "facts": record["facts"], **record.get("others", {})}.items():
        ends = counts["kept"] + counts["quarantined"] + counts["refused"]
        if counts["rows_in"] != ends:
            raise AuditFailed(
                what=f"{name} of the source do not balance", where=f"{record['source']} {record['data_date']}",
                expected=f"{counts['rows_in']} kept, quarantined or refused", found=str(ends),
                next_step="nothing is evaluated; standardise this day again and report it",
            )


def write(lake: Lake, day: SourceDay) -> None:
    """Put the record in place."""
    write_json(lake.source_day(day.source, day.data_date), day.record())


def read(lake: Lake, source: str, data_date: date) -> Record | None:
    """The record of a day; None when there is none."""
    path = lake.source_day(source, data_date)
    return dict(read_json(path)) if path.exists() else None


def newest_landing(lake: Lake, source: str, data_date: date) -> Path | None:
    """The last complete delivery of a day; a folder without manifest is none."""
    manifests = sorted(lake.landings(source, data_date).glob("*/manifest.json"))
    return manifests[-1].parent if manifests else None


def last_good_day(lake: Lake, source: str, before: date, inclusive: bool = False) -> Record | None:
    """The newest day of a source with accepted tables, before (or on) a date."""
    return next((record for record in _days_back(lake, source, before, inclusive) if record["tables"]), None)


def good_days(lake: Lake, source: str, before: date, most: int) -> list[Record]:
    """The newest days with accepted tables before a date, newest first."""
    days = (record for record in _days_back(lake, source, before, False) if record["state"] == "ok")
    return [record for record, _ in zip(days, range(most), strict=False)]


def _days_back(lake: Lake, source: str, until: date, inclusive: bool) -> Any:
    for path in reversed(lake.source_days(source)):
        day = date.fromisoformat(path.stem)
        if day < until or (inclusive and day == until):
            yield read_json(path)

"""What is wrong, by cause: what the Health page shows and what engineers are told. Several sources share a cause."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lowincome.lake import Lake, read_json

KINDS = (
    "missing", "refused", "stale", "held", "unpublished", "disk", "chain", "expired", "airflow-database", "register")
"""Every kind of cause; docs/runbook.md has a chapter under each name."""
Record = dict[str, Any]
Records = Mapping[str, Mapping[date, Record]]
Rows = list[dict[str, Any]]
_NUMBER = re.compile(r"\b\d[\d.,:/-]*")


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong now: its kind, and what it is about (a source, a district, a day) with what is found.

    Texts hold counts, dates, codes and record keys, never personal data.
    """

    kind: str
    about: Mapping[str, str]

    @property
    def mark(self) -> str:
        """Stays the same while nothing new is to be said: the same things are concerned, refused for the same fault."""
        faults = {name: same_fault(found) if self.kind == "refused" else "" for name, found in self.about.items()}
        return hashlib.sha256(json.dumps(faults, sort_keys=True).encode()).hexdigest()


def records(lake: Lake, most: int) -> dict[str, dict[date, Record]]:
    """The newest source days, by source and date."""
    folders = sorted(path for path in (lake.root / "standardised" / "_days").glob("*") if path.is_dir())
    return {folder.name: {date.fromisoformat(path.stem): read_json(path)
                          for path in lake.source_days(folder.name)[-most:]} for folder in folders}


def troubles(known: Records) -> Rows:
    """One row a source that did not come, or was refused, for the same reason, however many days; newest first."""
    rows: dict[tuple[str, str, str], Record] = {}
    for source, by_day in known.items():
        for day, record in by_day.items():
            if record["state"] != "ok":
                reason = record["reason"] or ""
                key = source, record["state"], same_fault(reason)
                row = rows.setdefault(key, {"source": source, "state": record["state"], "first": day, "days": 0})
                row |= {"last": day, "reason": reason, "days": row["days"] + 1}
    return sorted(rows.values(), key=lambda row: (row["last"], row["days"]), reverse=True)


def of_sources(known: Records, day: date, max_age: Mapping[str, int]) -> list[Cause]:
    """What is wrong with the sources on a day: which did not come, which were refused, which are older than agreed.

    max_age: days, by source, after which the rules that read it neither raise nor close.
    """
    until = {source: {one: record for one, record in by_day.items() if one <= day} for source, by_day in known.items()}
    rows = [row for row in troubles(until) if row["last"] == day]
    found = {state: {row["source"]: row["reason"] for row in rows if row["state"] == state}
             for state in ("missing", "refused")}
    found["stale"] = {source: as_of for source in until
                      if (as_of := _stale_since(until[source], day, max_age[source])) is not None}
    return [Cause(kind, about) for kind, about in found.items() if about]


def same_fault(reason: str) -> str:
    """A reason without its dates and figures: the same fault names others each day."""
    return _NUMBER.sub("#", reason)


def _stale_since(by_day: Mapping[date, Record], day: date, max_age: int) -> str | None:
    """The last good day of a source that is older than agreed; empty when no good day is known, None when fresh."""
    good = max((known for known, record in by_day.items() if record["tables"]), default=None)
    if good is None:
        return ""
    return good.isoformat() if (day - good).days > max_age else None

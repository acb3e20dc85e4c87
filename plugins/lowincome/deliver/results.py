"""The machine's form of a day's validation: states, counts, expectations and digests; no personal data."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from lowincome.deliver.day import Day, Rows
from lowincome.deliver.worklist import Worklist
from lowincome.lake import read_json

STATES = ("new", "open", "held", "closed")


@dataclass(frozen=True)
class Listed:
    """What results.json tells of one district's list, which lies at `path`."""

    code: str
    path: str
    entry: dict[str, Any]


def read_results(folder: Path) -> dict[str, Any]:
    """What a published day's folder says of itself."""
    found: dict[str, Any] = read_json(folder / "validation" / "results.json")
    return found


def results(day: Day, counts: Rows, discrepancies: int, lists: list[Listed]) -> dict[str, Any]:
    """Content of validation/results.json; `counts` tell how many flags the day has (flag_count.sql)."""
    return day.head() | {
        "sources": day.sources,
        "expectations": day.expectations,
        "flags": _by_rule(counts),
        "closings": _closings(counts),
        "discrepancies": discrepancies,
        "assumptions": {name: day.parameters[name] for name in day.assumed},
        "worklists": {one.code: one.entry for one in lists},
    }


def listed(day: Day, worklist: Worklist, path: str) -> Listed:
    """What is told of a list that lies at `path`."""
    entry = {
        "district": worklist.district,
        "rows": len(worklist.items),
        "answered": len(worklist.answered),
        "flags": {state: worklist.counts[state] for state in STATES},
        "due": _due(worklist),
        "held_because": worklist.held_because,
        "released": day.released.get(worklist.code),
    }
    return Listed(worklist.code, path, entry)


def _by_rule(counts: Rows) -> dict[str, dict[str, int]]:
    found = summed(counts, "rule_id", "state")
    return {rule: {state: found[rule, state] for state in STATES} for rule in sorted({rule for rule, _ in found})}


def _closings(counts: Rows) -> Rows:
    """How many flags closed, by rule and reason."""
    found = summed([row for row in counts if row["state"] == "closed"], "rule_id", "close_reason")
    return [{"rule": rule, "reason": reason, "count": count} for (rule, reason), count in sorted(found.items())]


def summed(counts: Rows, *names: str) -> Counter[tuple[str, ...]]:
    """Flags by some columns of their counts."""
    found = Counter[tuple[str, ...]]()
    for row in counts:
        found[tuple(row[name] for name in names)] += row["flag_count"]
    return found


def _due(worklist: Worklist) -> dict[str, int]:
    """Rows whose due date has passed, and rows due on the data date or in the seven days after it."""
    today, dues = worklist.data_date, [item.due for item in worklist.items]
    week = today + timedelta(days=7)
    return {"overdue": sum(due < today for due in dues), "week": sum(today <= due <= week for due in dues)}

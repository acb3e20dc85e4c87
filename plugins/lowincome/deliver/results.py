"""The machine's form of a day's validation: states, counts, expectations and digests; no personal data."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from lowincome.deliver.day import Day, Rows
from lowincome.deliver.worklist import Worklist
from lowincome.lake import read_json

STATES = ("new", "open", "held", "closed")


def read_results(folder: Path) -> dict[str, Any]:
    """What a published day's folder says of itself."""
    found: dict[str, Any] = read_json(folder / "validation" / "results.json")
    return found


def results(day: Day, flags: Rows, discrepancies: int, lists: list[Worklist]) -> dict[str, Any]:
    """Content of validation/results.json; `flags` are all of the day, in lists or not."""
    return day.head() | {
        "sources": day.sources,
        "expectations": day.expectations,
        "flags": _by_rule(flags),
        "closings": _closings(flags),
        "discrepancies": discrepancies,
        "assumptions": {name: day.parameters[name] for worklist in lists for name in worklist.assumptions},
        "worklists": {worklist.code: _worklist(day, worklist) for worklist in lists},
    }


def _by_rule(flags: Rows) -> dict[str, dict[str, int]]:
    counts = Counter((flag["rule_id"], flag["state"]) for flag in flags)
    return {rule: {state: counts[rule, state] for state in STATES} for rule in sorted({rule for rule, _ in counts})}


def _closings(flags: Rows) -> Rows:
    """How many flags closed, by rule and reason."""
    counts = Counter((flag["rule_id"], flag["close_reason"]) for flag in flags if flag["state"] == "closed")
    return [{"rule": rule, "reason": reason, "count": count} for (rule, reason), count in sorted(counts.items())]


def _worklist(day: Day, worklist: Worklist) -> dict[str, Any]:
    return {
        "district": worklist.district,
        "rows": len(worklist.items),
        "answered": len(worklist.answered),
        "flags": {state: worklist.counts[state] for state in STATES},
        "due": _due(worklist),
        "held_because": worklist.held_because,
        "released": day.released.get(worklist.code),
    }


def _due(worklist: Worklist) -> dict[str, int]:
    """Rows whose due date has passed, and rows due on the data date or in the seven days after it."""
    today, dues = worklist.data_date, [item.due for item in worklist.items]
    week = today + timedelta(days=7)
    return {"overdue": sum(due < today for due in dues), "week": sum(today <= due <= week for due in dues)}

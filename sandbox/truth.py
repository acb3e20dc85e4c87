"""What the planted situations must raise, day by day; written from the plan, never from a run of the pipeline."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.builder import Expected
from sandbox.world import World

COMPLETE_RULES = ("A08", "B01", "B02", "B04", "B05", "Q01", "Q04")


def open_on(expected: list[Expected], day: date) -> dict[str, list[dict[str, Any]]]:
    """Rule → the subjects with an open flag, when the days are run in order from the first."""
    found: dict[str, list[dict[str, Any]]] = {rule: [] for rule in COMPLETE_RULES}
    for one in expected:
        certainty = one.certainty(day)
        if certainty and one.rule in found:
            found[one.rule].append(_entry(one) | {"certainty": certainty})
    return {rule: sorted(entries, key=lambda entry: str(entry["key"])) for rule, entries in found.items()}


def _entry(one: Expected) -> dict[str, Any]:
    return {"key": sorted(one.keys)[0], "keys": sorted(one.keys), "subject": one.subject, "situation": one.situation}


def write_truth(folder: Path, world: World) -> None:
    """truth.json: complete for COMPLETE_RULES. situations.json: every plan, the near-misses too."""
    expected, dates = world.builder.expected, world.config.dates
    truth = {day.isoformat(): open_on(expected, day) for day in dates}
    plans = [_entry(one) | {"rule": one.rule, "why": one.why,
                            "open": {day.isoformat(): one.certainty(day) for day in dates}} for one in expected]
    for name, content in (("truth.json", truth), ("situations.json", plans)):
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / name).write_text(text + "\n", encoding="utf-8")
